"""Does a whole daemon serve what the reference describes, and trade on whoever asks it?"""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.daemon.test_embed import Place
from tests.docs.pages import ROOT

from tradebot.embed import OpenDaemon

REFERENCE = ROOT / "docs" / "reference" / "openapi.json"
CLOSES = "Connection: close\r\n\r\n"


def test_a_daemon_serves_the_document_of_the_reference_on_both_its_sockets(
    tmp_path: Path,
) -> None:
    async def ask(daemon: OpenDaemon) -> list[Any]:
        home = tmp_path / "data" / "rehearsal"
        deadline = asyncio.get_running_loop().time() + 1_000_000
        while not (at := daemon.status()["api"]["url"]):
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(1)
        host = at.removeprefix("http://").rstrip("/")
        token = (home / "api_token").read_text().strip()
        own = f"GET /openapi.json HTTP/1.1\r\nHost: x\r\n{CLOSES}"
        other = (f"GET /openapi.json HTTP/1.1\r\nHost: {host}\r\n"
                 f"Authorization: Bearer {token}\r\n{CLOSES}")
        return [
            await said(await asyncio.open_unix_connection(str(home / "tradebot.sock")), own),
            await said(await asyncio.open_connection(*host.split(":")), other),
        ]

    by_socket, over_tcp = Place(tmp_path).rehearse(ask)
    assert by_socket == over_tcp == json.loads(REFERENCE.read_text())


async def said(line: tuple[asyncio.StreamReader, asyncio.StreamWriter], asks: str) -> Any:
    reader, writer = line
    writer.write(asks.encode())
    head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 200 OK"), head
    return json.loads(body)
