"""A server on this machine that answers as a test tells it to, with or without TLS."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web

Reply: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class AServer:
    """What it heard; `says` is how it answers, the last for ever."""

    says: list[Reply]
    port: int = 0
    bodies: list[bytes] = field(default_factory=list)
    requests: list[web.Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        return await (self.says.pop(0) if len(self.says) > 1 else self.says[0])(request)


def status(code: int, text: str = "", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def reply(_: web.Request) -> web.Response:
        return web.Response(status=code, text=text, headers=named)

    return reply


async def huge(request: web.Request) -> web.StreamResponse:
    """Answer a gigabyte, as far as somebody takes it."""
    answer = web.StreamResponse(status=500)
    answer.content_length = 2**30
    await answer.prepare(request)
    for _ in range(2**14):
        await answer.write(b" " * 2**16)
    return answer


def dripping(code: int) -> Reply:
    """Answer at once, and then a letter at a time without end."""
    async def reply(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(status=code)
        await answer.prepare(request)
        while True:
            await answer.write(b".")
            await asyncio.sleep(0.01)

    return reply


async def hanging(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError("nobody waits so long")


async def reset(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def serving(*says: Reply, tls: ssl.SSLContext | None = None) -> AsyncIterator[AServer]:
    server = AServer(says=list(says) or [status(200)])
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        server.port = runner.addresses[0][1]
        yield server
    finally:
        await runner.cleanup()


@dataclass
class ACertificate:
    """A certificate for hooks.example that nobody but its own file vouches for."""

    file: Path
    server: ssl.SSLContext


def a_certificate(folder: Path) -> ACertificate:
    key, cert = folder / "key.pem", folder / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=hooks.example", "-keyout", str(key),
         "-addext", "subjectAltName=DNS:hooks.example,DNS:localhost", "-out", str(cert)],
        check=False, capture_output=True, text=True,
    )
    if made.returncode:
        pytest.skip("needs openssl")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return ACertificate(cert, context)
