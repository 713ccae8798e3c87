"""How does a mailbox hear of an alert? Over SMTP, encrypted unless the server is this machine."""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.alert import Alert
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.outward.names import NameServer, dial
from tradebot.outward.target import is_loopback
from tradebot.plugins.notifiers.mail import domain, message
from tradebot.ports import NotDelivered

_MAILBOX: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_RECIPIENTS_MAX: Final = 20
_FINAL: Final = 500  # from this code on, trying again is answered alike


class Encryption(StrEnum):
    """How the line to the server is closed to others."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS: Final = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}


@fact
class EmailSettings:
    """A mail server that takes messages from us, and for whom they are.

    host: the server's name
    sender: the address that the messages come from
    recipients: the addresses that they go to
    encryption: starttls (on port 587), tls (465), or none (25), which only this machine may have
    port: the server's port; the usual one where none is given
    username: who logs in; nobody where it is not given
    password: the password of who logs in
    ca_file: certificates that are trusted instead of the machine's
    """

    host: str
    sender: str
    recipients: tuple[str, ...]
    encryption: Encryption = Encryption.STARTTLS
    port: int | None = None
    username: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if not _HOST.fullmatch(self.host):
            raise ValueError("host: expected a host's name or address")
        if not 0 < len(self.recipients) <= _RECIPIENTS_MAX:
            raise ValueError(f"recipients: expected 1 to {_RECIPIENTS_MAX} addresses")
        for name, addresses in (("sender", (self.sender,)), ("recipients", self.recipients)):
            if not all(map(_MAILBOX.fullmatch, addresses)):
                raise ValueError(f"{name}: expected an address such as desk@example.com")
        if (self.username is None) is not (self.password is None):
            raise ValueError("username: expected a password beside it, or neither")
        if self.encryption is Encryption.NONE and not is_loopback(self.host):
            raise ValueError("encryption: expected starttls or tls: the server is another machine")


class EmailNotifier:
    """One mail server. Each message has a connection of its own."""

    settings_type = EmailSettings
    needs: Final = {"notify": "aiosmtplib"}

    def __init__(self, settings: EmailSettings) -> None:
        self._settings, self._names = settings, NameServer()
        self._port = settings.port or _PORTS[settings.encryption]
        self._tls = ssl.create_default_context(cafile=settings.ca_file)

    async def notify(self, alert: Alert) -> None:
        settings = self._settings
        told = message(alert, settings.sender, settings.recipients)
        async with self._server() as server:
            refused, _ = await server.send_message(told)
        if refused:
            taken = len(settings.recipients) - len(refused)
            codes = ", ".join(sorted({str(answer.code) for answer in refused.values()}))
            text = f"{len(refused)} recipients were refused ({codes}), {taken} got it"
            raise NotDelivered(text, is_final=True)

    async def reach(self) -> str:
        """Connect, agree on TLS and log in, and send nothing."""
        settings = self._settings
        async with self._server() as server:
            tls = server.get_transport_info("ssl_object")
        login = "" if settings.username is None else ", logged in"
        return f"{settings.host} answers, {tls.version() if tls else 'unencrypted'}{login}"

    async def close(self) -> None:
        """Have nothing to close."""

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[Any]:
        """Connect and log in; afterwards hang up: what was taken was answered."""
        import aiosmtplib

        settings = self._settings
        password = None if settings.password is None else settings.password.reveal()
        try:
            addresses = await self._names.ask(settings.host, self._port)
            server = aiosmtplib.SMTP(
                hostname=settings.host, sock=await dial(addresses, self._port), timeout=None,
                local_hostname=domain(settings.sender), tls_context=self._tls,
                use_tls=settings.encryption is Encryption.TLS,
                start_tls=settings.encryption is Encryption.STARTTLS,
                username=settings.username, password=password,
            )
            try:
                await server.connect()
                yield server
            finally:
                server.close()
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {one.code for one in error.recipients}
            told = ", ".join(map(str, sorted(codes)))
            is_final = min(codes) >= _FINAL
            raise NotDelivered(f"no recipient was taken ({told})", is_final=is_final) from None
        except aiosmtplib.SMTPResponseException as error:  # its words may quote ours
            why = f"{type(error).__name__.removeprefix('SMTP')} {error.code}"
            raise NotDelivered(why, is_final=error.code >= _FINAL) from None
        except aiosmtplib.SMTPNotSupported as error:
            raise NotDelivered(f"the server lacks what is asked of it: {error}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotDelivered(f"no connection ({type(error).__name__})") from None
