"""Who is the owner? Whoever can read the token, a file that is the owner's alone."""

import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from hmac import compare_digest
from pathlib import Path
from typing import Final

_TOKEN_BYTES_MAX: Final = 256


def unguessable() -> str:
    """Draw 256 bits that nobody can foresee, as text for a URL or a header."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """Return what may be kept and compared in place of a secret."""
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).digest()


class TokenFile:
    """The token, known by its fingerprint. Whoever deletes the file makes another one valid.

    `on_change` hears that another token is valid now, so that nothing lives on from the one before.
    """

    def __init__(
        self, path: Path, on_change: Callable[[], None], draw: Callable[[], str] = unguessable
    ) -> None:
        self._path = path
        self._draw = draw
        self._on_change = on_change
        self._stamp: tuple[int, int] | None = None
        self._fingerprint = b""

    def matches(self, said: str) -> bool:
        return compare_digest(fingerprint(said), self._fingerprint)

    def refresh(self) -> None:
        """Read the file if it is another one now, or make it; raise OSError where it is no secret.

        Raised too where others may read it: then it is none any more.
        """
        try:
            found = self._path.lstat()
        except FileNotFoundError:
            self._make()
            found = self._path.lstat()
        stamp = (found.st_ino, found.st_mtime_ns)
        if stamp == self._stamp and not found.st_mode & 0o077:
            return
        self._stamp, self._fingerprint = None, b""
        self._on_change()
        self._fingerprint = fingerprint(self._read())
        self._stamp = stamp

    def _make(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(self._path, flags, 0o600), "w", encoding="ascii") as file:
            file.write(f"{self._draw()}\n")

    def _read(self) -> str:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        with os.fdopen(os.open(self._path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
                raise OSError(f"{self._path} is no file of this user")
            if found.st_mode & 0o077:
                raise OSError(f"{self._path} can be read by others: delete it, or chmod 600")
            text = file.read(_TOKEN_BYTES_MAX + 1).decode("ascii", errors="replace").strip()
        if not 32 <= len(text) <= _TOKEN_BYTES_MAX:
            raise OSError(f"{self._path} holds no token: delete it, and another one is made")
        return text
