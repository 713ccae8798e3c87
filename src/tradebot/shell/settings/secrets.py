"""Where may a secret stand? In a file of its owner's, or in the environment; never in a command."""

import os
import stat
from pathlib import Path
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from tradebot.core.model.secret import Secret
from tradebot.shell.settings.document import ConfigError, Place, Scalar, decoded, problem
from tradebot.shell.settings.scalars import Misfit

FILE: Final = "_file"  # `token_file` names the file that holds `token`
COMMAND_LINE: Final = "--set "
_BYTES_MAX: Final = 16_384
_OTHERS: Final = 0o077
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def is_secret_type(kind: Any) -> bool:
    """Tell whether a setting of this type holds one secret, or none."""
    return kind is Secret or (
        get_origin(kind) in (Union, UnionType) and Secret in get_args(kind)
    )


def secret_said(node: Scalar) -> Secret:
    """Take a secret that stands among the settings; raise Misfit where others can read it."""
    place = node.place
    if place.source.startswith(COMMAND_LINE):
        raise Misfit("secrets from a file or the environment: everyone sees a command")
    if place.line is not None:
        try:
            mode = Path(place.source).stat().st_mode
        except OSError as error:
            raise Misfit(f"a file whose mode can be read ({error.strerror})") from None
        if mode & _OTHERS:
            raise Misfit(
                f"secrets in a file that its owner alone may read (chmod 600 {place.source}),"
                f" or in one of their own that this setting's name with {FILE} names"
            )
    if not node.text.strip():
        raise Misfit("a secret")
    return Secret(node.text)


def file_said(node: Scalar) -> Scalar:
    """Read the file that a setting names, beside the file that names it; raise ConfigError."""
    beside = Path(node.place.source).parent if node.place.line is not None else Path()
    path = beside / Path(node.text).expanduser()
    return Scalar(text=read_secret(path), place=Place(source=str(path)))


def read_secret(path: Path) -> str:
    """Read a file that its owner alone may read, and that lies where its name says."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(path.parent.resolve()):
            raise _refused(path, "a file in this directory", f"a link out of it to {real}")
        fd = os.open(real, _FLAGS)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise _refused(path, "a readable file", str(why)) from None
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise _refused(path, "a file", "something else")
        if found.st_uid not in (os.geteuid(), 0):
            raise _refused(path, "a file of ours or of root", f"one of user {found.st_uid}")
        if found.st_mode & _OTHERS:
            expected = f"a file that its owner alone may read (chmod 600 {path})"
            raise _refused(path, expected, f"mode {found.st_mode & 0o777:04o}")
        return handed(file.read(_BYTES_MAX + 1), path)


def handed(data: bytes, path: Path) -> str:
    """Return the secret that a file's bytes are, without the line's end."""
    if len(data) > _BYTES_MAX:
        raise _refused(path, f"a secret of at most {_BYTES_MAX} bytes", "more")
    text = decoded(data, str(path)).strip()
    if not text:
        raise _refused(path, "a secret", "an empty file")
    return text


def _refused(path: Path, expected: str, got: str) -> ConfigError:
    return ConfigError([problem(Place(source=str(path)), "", expected, got)])
