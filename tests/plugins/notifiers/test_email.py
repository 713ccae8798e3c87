"""Does a mailbox hear of an alert over a line that nobody else reads, and once?"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.outward.a_server import ACertificate, a_certificate
from tests.plugins.notifiers.a_mail_server import mailing
from tests.plugins.notifiers.services import a_hostile_alert, an_alert

from tradebot.core.model.alert import Level
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.email import EmailNotifier, EmailSettings, Encryption
from tradebot.ports import NotDelivered

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ACertificate:
    return a_certificate(tmp_path_factory.mktemp("tls"))


def a_mailer(port: int | None, **settings: Any) -> EmailNotifier:
    return EmailNotifier(EmailSettings(**{
        "host": "localhost", "port": port, "sender": "desk@example.com",
        "recipients": ("ann@example.com", "bob@example.com"), "encryption": Encryption.NONE,
        **settings,
    }))


def secured(port: int, how: Encryption, ca: Path | None, **settings: Any) -> EmailNotifier:
    login = {"username": "desk", "password": Secret("hush-hush"), **settings}
    return a_mailer(port, encryption=how, ca_file=ca, **login)


async def test_each_recipient_gets_text_and_html_of_the_alerts_own_time() -> None:
    async with mailing() as server:
        await a_mailer(server.port).notify(an_alert(Level.CRITICAL))
    (message,), (envelope,) = server.messages, server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "desk@example.com", ["ann@example.com", "bob@example.com"])
    assert message["Date"].datetime == an_alert().at
    assert message["Subject"] == "CRITICAL: The kill switch is set"
    text, page = message.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert "equity: 99123.40" in text.get_content() and "99123.40</td>" in page.get_content()


async def test_a_repeat_is_the_same_message() -> None:
    async with mailing() as server:
        mailer = a_mailer(server.port)
        for alert in (an_alert(), an_alert(text="again"), an_alert(title="Another")):
            await mailer.notify(alert)
    first, again, other = (message["Message-ID"] for message in server.messages)
    assert first == again != other and first.endswith("@example.com>")


@pytest.mark.fault(106)
async def test_hostile_words_make_no_header_and_no_page() -> None:
    async with mailing() as server:
        await a_mailer(server.port).notify(a_hostile_alert())
    (message,), (envelope,) = server.messages, server.envelopes
    assert message["Bcc"] is None and len(envelope.rcpt_tos) == 2
    assert {name.lower() for name in message} == {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "importance",
        "mime-version", "content-type",
    }
    page = list(message.iter_parts())[1].get_content()
    for mark in ("<script", "<img", "onerror=alert(1)>", "\x1b", "://", "\u202e"):
        assert mark not in page


@pytest.mark.parametrize("how", [Encryption.STARTTLS, Encryption.TLS])
async def test_words_and_password_go_encrypted(how: Encryption, certificate: ACertificate) -> None:
    tls = {how.value: certificate.server}
    async with mailing(**tls) as server:  # type: ignore[arg-type]
        mailer = secured(server.port, how, certificate.file)
        await mailer.notify(an_alert())
        assert (await mailer.reach()).startswith("localhost answers, TLSv1.3, logged in")
        with pytest.raises(NotDelivered, match="535") as caught:
            await secured(
                server.port, how, certificate.file, password=Secret("hush-other")
            ).notify(an_alert())
        assert caught.value.is_final and "hush" not in str(caught.value)
        with pytest.raises(NotDelivered, match="no connection"):
            await secured(server.port, how, None).notify(an_alert())
    assert server.was_encrypted == [True]


async def test_a_server_without_tls_hears_no_word() -> None:
    async with mailing() as server:
        with pytest.raises(NotDelivered):
            await secured(server.port, Encryption.STARTTLS, None).notify(an_alert())
    assert server.envelopes == []


@pytest.mark.parametrize(("answers", "says", "is_final"), [
    ({"DATA": "452 full"}, "DataError 452", False), ({"DATA": "554 no"}, "DataError 554", True),
    ({"ann@example.com": "550 no"}, r"1 recipients were refused \(550\), 1 got it", True),
    ({"ann@example.com": "550 no", "bob@example.com": "450 busy"},
     r"no recipient was taken \(450, 550\)", False),
    ({"ann@example.com": "550 no", "bob@example.com": "551 no"},
     r"no recipient was taken \(550, 551\)", True),
])
async def test_a_refusal_tells_whether_trying_again_helps(
    answers: dict[str, str], says: str, is_final: bool
) -> None:
    async with mailing(**answers) as server:  # type: ignore[arg-type]
        with pytest.raises(NotDelivered, match=says) as caught:
            await a_mailer(server.port).notify(an_alert())
    assert caught.value.is_final is is_final


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(talk: Talk) -> AsyncIterator[int]:
    async def closing(stream: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        try:
            await talk(stream, to)
        except ConnectionError:
            return
        finally:
            to.close()

    server = await asyncio.start_server(closing, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.fault(91)
@pytest.mark.parametrize("greeting", [b"", b"\x00\xff\r\n", b"421 busy\r\n", b"x" * 20_000])
async def test_what_is_no_mail_server_takes_nothing(greeting: bytes) -> None:
    async def talk(stream: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        to.write(greeting)
        await to.drain()

    async with answering(talk) as port, asyncio.timeout(2):
        with pytest.raises(NotDelivered) as caught:
            await a_mailer(port).notify(an_alert())
    assert not caught.value.is_final


@pytest.mark.fault(91)
async def test_a_server_that_hangs_is_left_by_whoever_waits_no_longer() -> None:
    reached, left = asyncio.Event(), asyncio.Event()

    async def talk(stream: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        reached.set()
        await stream.read()
        left.set()

    async with answering(talk) as port, asyncio.timeout(5):
        call = asyncio.create_task(a_mailer(port).notify(an_alert()))
        await reached.wait()
        call.cancel()
        await left.wait()
    assert call.cancelled()


async def test_nobody_there_takes_nothing() -> None:
    async with mailing() as server:
        pass
    for call in (a_mailer(server.port).notify(an_alert()), a_mailer(server.port).reach()):
        with pytest.raises(NotDelivered, match="no connection"):
            await call


@pytest.mark.parametrize(("changed", "says"), [
    ({"host": "mail.example"}, "encryption"), ({"host": "10.0.0.1"}, "encryption"),
    ({"host": "a b"}, "host"), ({"host": ""}, "host"), ({"recipients": ()}, "recipients"),
    ({"recipients": ("a@b.example\r\nBcc: c@d.example",)}, "recipients"),
    ({"recipients": ("a@b.example, c@d.example",)}, "recipients"),
    ({"sender": "Desk <a@b.example>"}, "sender"), ({"sender": "a"}, "sender"),
    ({"username": "desk"}, "password"), ({"password": Secret("hush")}, "password"),
    ({"recipients": ("a@b.example",) * 21}, "recipients"),
])
def test_a_setting_that_leads_elsewhere_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        a_mailer(25, **changed)
    assert "hush" not in str(caught.value)


def test_the_usual_port_follows_from_the_encryption() -> None:
    assert [a_mailer(None, encryption=how)._port for how in Encryption] == [587, 465, 25]


def test_the_machines_own_certificates_are_asked_for_unless_others_are_named() -> None:
    mailer = a_mailer(25)
    assert mailer._tls.verify_mode is ssl.CERT_REQUIRED and mailer._tls.check_hostname
