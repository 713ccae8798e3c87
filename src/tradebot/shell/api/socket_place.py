"""Where is the daemon's socket? Beside its data, or, where that name is too long, at a noted place.

A Unix socket's name holds 107 bytes. A longer one moves to the runtime directory or a private
temporary one, and a small file beside the data says where.
"""

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path
from typing import Final

SOCKET_NAME: Final = "tradebot.sock"
_NAME_BYTES_MAX: Final = 107
_NOTE_SUFFIX: Final = ".path"


def place(wanted: Path, runtime_dir: Path | None) -> Path:
    """Return a path short enough to bind, and note it beside the wanted one where it differs."""
    note = _note_of(wanted)
    if _fits(wanted):
        note.unlink(missing_ok=True)
        return wanted
    name = f"{hashlib.blake2b(os.fsencode(wanted.absolute()), digest_size=8).hexdigest()}.sock"
    home = runtime_dir if runtime_dir is not None else _private_temporary()
    short = home / name
    if not _fits(short):
        raise OSError(f"no short place for the socket: {short} is too long as well")
    note.write_text(f"{short}\n", encoding="utf-8")
    note.chmod(0o600)
    return short


def locate(wanted: Path) -> Path:
    """Return where a client finds the socket that a daemon wanted at this path."""
    if _fits(wanted):
        return wanted
    try:
        return Path(_note_of(wanted).read_text(encoding="utf-8").strip())
    except OSError:
        return wanted


def bind(path: Path) -> socket.socket:
    """Bind, for the owner alone, in place of a socket that a dead daemon left."""
    if path.is_symlink() or (path.exists() and not stat.S_ISSOCK(path.stat().st_mode)):
        raise OSError(f"{path} is there and is no socket")
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(0o600)  # before it listens, so nobody else ever connects
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= _NAME_BYTES_MAX


def _note_of(wanted: Path) -> Path:
    return wanted.with_name(wanted.name + _NOTE_SUFFIX)


def _private_temporary() -> Path:
    """Return a directory of our own; one that someone else put there is not used."""
    home = Path(tempfile.gettempdir()) / f"tradebot-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    found = home.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise OSError(f"{home} is not a private directory of this user")
    return home
