"""Does a call go only to what was checked, and is whatever comes back bounded?"""

import asyncio
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.outward.a_server import (
    a_certificate,
    dripping,
    hanging,
    huge,
    reset,
    serving,
    status,
)

from tradebot.outward.aside import Aside
from tradebot.outward.line import ANSWER_BYTES_MAX, HttpLine, Resolve, Unreached
from tradebot.outward.target import Reach

HERE = Reach(allow_private=True, allow_plain=True)
OUTSIDE = "93.184.216.34"


def lying(*answers: Sequence[str]) -> tuple[Resolve, list[str]]:
    """Return a name server that answers differently each time, and what it was asked."""
    asked, left = list[str](), list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve, asked


@pytest.mark.fault(107)
@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1",
    "::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fc00::1", "fec0::1",
    "ff02::1", "2001:db8::1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2001:0:53aa:64c:0:7fff:80ff:fffe", "::127.0.0.1",
])
async def test_a_name_that_points_inside_is_not_called(address: str) -> None:
    """Not even where the name has an address outside, too."""
    for found in ([address], [OUTSIDE, address]):
        resolve, asked = lying(found)
        line = HttpLine("https://hooks.example/x", Reach(), resolve)
        for call in (line.call(b"{}"), line.knock()):
            with pytest.raises(Unreached, match="no address on the open Internet") as caught:
                await call
            assert caught.value.is_forbidden
        assert asked == ["hooks.example"] * 2


@pytest.mark.fault(107)
async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """The name exists nowhere but in the first answer; a second one would point elsewhere."""
    async with serving() as server:
        resolve, asked = lying(["127.0.0.1"], ["192.0.2.1"])
        line = HttpLine(f"http://hooks.example:{server.port}/x", HERE, resolve)
        assert (await line.call(b"{}")).status == 200
        assert asked == ["hooks.example"]
        assert server.requests[0].headers["Host"] == f"hooks.example:{server.port}"


@pytest.mark.fault(107)
async def test_a_name_that_moves_inside_after_the_check_is_refused_the_next_time() -> None:
    resolve, _ = lying(["127.0.0.1"], ["10.0.0.1"])
    line = HttpLine("https://hooks.example/x", Reach(), resolve)
    for _ in range(2):
        with pytest.raises(Unreached, match="open Internet"):
            await line.call()


@pytest.mark.fault(107)
@pytest.mark.parametrize("to", ["http://169.254.169.254/latest/meta-data", "//127.0.0.1/", "/x"])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_nothing_to_follow(code: int, to: str) -> None:
    async with serving(status(code, Location=to)) as server:
        answer = await HttpLine(f"http://127.0.0.1:{server.port}/", HERE).call(b"{}")
        assert (answer.status, answer.is_good, len(server.requests)) == (code, False, 1)


@pytest.mark.fault(91)
async def test_a_gigabyte_is_taken_as_far_as_anybody_reads_it() -> None:
    async with serving(huge) as server:
        answer = await HttpLine(f"http://127.0.0.1:{server.port}/", HERE).call()
    assert len(answer.body) == ANSWER_BYTES_MAX
    assert answer.cut == f"more than {ANSWER_BYTES_MAX} bytes"


@pytest.mark.fault(91)
async def test_what_follows_a_success_keeps_nobody() -> None:
    async with serving(dripping(200)) as server, asyncio.timeout(2):
        answer = await HttpLine(f"http://127.0.0.1:{server.port}/", HERE).call(b"{}")
    assert (answer.is_good, answer.body) == (True, b"")


@pytest.mark.fault(91)
@pytest.mark.parametrize("reply", [dripping(500), hanging])
async def test_a_caller_that_waits_no_longer_ends_the_call(reply: object) -> None:
    async with serving(reply) as server:  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await HttpLine(f"http://127.0.0.1:{server.port}/", HERE).call(b"{}")


@pytest.mark.fault(91)
async def test_a_reset_is_no_answer_and_shows_no_url() -> None:
    async with serving(reset) as server:
        line = HttpLine(f"http://127.0.0.1:{server.port}/hush", HERE)
        with pytest.raises(Unreached, match="no connection") as caught:
            await line.call(b"{}")
    with pytest.raises(Unreached, match="no connection"):
        await line.knock()
    assert "hush" not in str(caught.value)
    assert caught.value.__suppress_context__


async def test_an_answer_that_breaks_off_is_told_as_far_as_it_came() -> None:
    async def cut_off(stream: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        await stream.readuntil(b"\r\n\r\n")
        to.write(b"HTTP/1.1 429 x\r\nRetry-After: 7\r\nContent-Length: 9\r\n\r\nhalf")
        await to.drain()
        to.close()

    server = await asyncio.start_server(cut_off, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await HttpLine(f"http://127.0.0.1:{port}/", HERE).call()
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert answer.cut.startswith("it broke off")


@pytest.mark.parametrize("text", [b"", b"\x00\xff" * 99, b"HTTP/9.9 no\r\n\r\n", b"SSH-2.0-x\r\n"])
async def test_what_is_no_http_is_no_answer(text: bytes) -> None:
    async def garbage(stream: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        await stream.readuntil(b"\r\n\r\n")
        to.write(text)
        await to.drain()
        to.close()

    server = await asyncio.start_server(garbage, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreached, match="no connection"):
            await HttpLine(f"http://127.0.0.1:{port}/", HERE).call()


async def test_the_machines_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving() as server:
        assert (await HttpLine(f"http://127.0.0.1:{server.port}/", HERE).call(b"{}")).is_good


async def test_a_certificate_must_be_the_names_own_and_vouched_for(tmp_path: Path) -> None:
    certificate, (resolve, _) = a_certificate(tmp_path), lying(["127.0.0.1"])
    trusted = Reach(allow_private=True, ca_file=certificate.file)
    async with serving(tls=certificate.server) as server:
        url = f"https://hooks.example:{server.port}/"
        assert (await HttpLine(url, trusted, resolve).call(b"{}")).is_good
        told = await HttpLine(url, trusted, resolve).knock()
        assert told == "hooks.example answers at 127.0.0.1, TLSv1.3"
        other = url.replace("hooks", "other")
        for line in (
            HttpLine(url, Reach(allow_private=True), resolve), HttpLine(other, trusted, resolve),
        ):
            with pytest.raises(Unreached, match=r"Certificate|SSL"):
                await line.call(b"{}")
            with pytest.raises(Unreached, match="SSL"):
                await line.knock()
    assert len(server.requests) == 1


async def test_a_name_without_an_address_is_no_answer() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    for resolve in (unknown, lying([])[0], lying(["no address"])[0]):
        with pytest.raises(Unreached, match=r"hooks\.example has no address") as caught:
            await HttpLine("https://hooks.example/", Reach(), resolve).call()
        assert not caught.value.is_forbidden


async def test_the_machine_itself_knows_its_own_name() -> None:
    async with serving() as server:
        line = HttpLine(f"http://localhost:{server.port}/", HERE)
        assert (await line.call()).is_good
        with pytest.raises(Unreached, match="open Internet"):
            await HttpLine(f"https://localhost:{server.port}/", Reach()).call()


async def test_whoever_has_an_answer_may_ask_again_at_once() -> None:
    aside = Aside("question")
    for number in range(300):
        assert await aside.run(lambda: number) == number  # noqa: B023 - it runs before the next
        with pytest.raises(IsADirectoryError):
            await aside.run(_fail)


def _fail() -> None:
    raise IsADirectoryError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_work_that_breaks_is_told_and_keeps_nobody() -> None:
    aside = Aside("question that breaks")
    with pytest.raises(OSError, match="the question that breaks broke"):
        await aside.run(lambda: [1][2])
    for thread in threading.enumerate():
        if thread.name == "question that breaks":
            thread.join()
    assert await aside.run(lambda: 3) == 3


async def test_a_question_that_hangs_is_the_only_one() -> None:
    """Whoever waits no longer leaves one thread behind, however often they ask again."""
    aside, answer = Aside("question"), threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await aside.run(answer.wait)
    with pytest.raises(BlockingIOError, match="the last question hangs"):
        await aside.run(lambda: 1)
    answer.set()
    async with asyncio.timeout(2):
        while True:
            try:
                assert await aside.run(lambda: 2) == 2
                return
            except BlockingIOError:
                await asyncio.sleep(0.001)
