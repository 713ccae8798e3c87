"""May a test of brokers reach anybody outside? Never: a socket to elsewhere fails the test.

And what a vendor's library only writes into its log, as a message that it could not read, is a
failure too: it would look like nothing having happened.
"""

import ipaddress
import logging
import socket
from collections.abc import Iterator
from typing import Any, Final

import pytest

VENDORS: Final = ("ib_async", "ib_insync", "alpaca")


@pytest.fixture(autouse=True)
def nobody_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets connect to this machine alone, and look up no other name."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    ask = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **more: Any) -> Any:
        assert _is_here(host), f"a test asks where {host} is"
        return ask(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(autouse=True)
def nothing_unread(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Let no library say in its log that it could not read what it was sent."""
    yield
    unread = [
        record.getMessage() for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR and record.name.startswith(VENDORS)
        and record.name.endswith("Decoder")
    ]
    assert not unread, f"a library could not read the fake: {unread}"


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        is_name = isinstance(address, str | bytes)  # of a socket in the file system
        assert is_name or _is_here(address[0]), f"a test connects to {address}"
        return connect(self, address)

    return guarded


def _is_here(host: Any) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
