"""How is HTTP spoken over a Unix socket? Kept apart: only a verb that asks pays for its import."""

import http.client
import socket
from pathlib import Path


class UnixConnection(http.client.HTTPConnection):
    """One connection to a daemon's socket; every call on it is bounded in time."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
