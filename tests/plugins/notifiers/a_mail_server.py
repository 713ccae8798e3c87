"""A mail server on this machine that takes messages, or does what a test tells it to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class AMailServer:
    """What it took, and how it answers where it does not."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name for it
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        told = self.answers.get(address, "250 OK")
        if told.startswith("250"):
            envelope.rcpt_tos.append(address)
        return told

    async def handle_DATA(  # noqa: N802 - the library's name for it
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append(envelope)
        self.was_encrypted.append(session.ssl is not None or server.transport.get_extra_info(
            "ssl_object") is not None)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"

    def login(self, server: Any, session: Any, envelope: Any, how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == b"hush-hush", handled=False)


@asynccontextmanager
async def mailing(
    starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None,
    **answers: str,
) -> AsyncIterator[AMailServer]:
    """Serve; whoever can log in must, where the line is encrypted."""
    loop, server = asyncio.get_running_loop(), AMailServer(answers=answers)
    lines = list[asyncio.BaseTransport]()

    class Kept(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            lines.append(transport)
            super().connection_made(transport)

    listening = await loop.create_server(
        lambda: Kept(
            server, loop=loop, tls_context=starttls, require_starttls=starttls is not None,
            authenticator=server.login, auth_required=bool(starttls or tls),
            auth_require_tls=starttls is not None, timeout=5,
        ), "127.0.0.1", 0, ssl=tls,
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for line in lines:
            line.close()
        await asyncio.sleep(0.01)
