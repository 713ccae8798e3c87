"""What does a configuration file say, and how is another written in its place?"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tradebot.shell.settings import strict_json, strict_yaml
from tradebot.shell.settings.document import BYTES_MAX, ConfigError, Section
from tradebot.shell.settings.place import SUFFIXES, is_file

_NOTHING: Final[Mapping[Path, bytes]] = MappingProxyType({})


class Files:
    """What a configuration is read from: each file once, so that what was read can be kept.

    `said` is what the files said, by their absolute paths. Where that is known before, the disk is
    not asked.
    """

    def __init__(self, said: Mapping[Path, bytes] = _NOTHING) -> None:
        self.said = {path.absolute(): data for path, data in said.items()}

    def has(self, path: Path) -> bool:
        return path.absolute() in self.said or is_file(path)

    def read(self, path: Path) -> Section:
        """Read a YAML or JSON file by its suffix; raise ConfigError for what cannot be read."""
        if path.suffix not in SUFFIXES:
            raise ConfigError([f"{path}: expected a file ending in {', '.join(SUFFIXES)}"])
        file = path.absolute()
        if file not in self.said:
            self.said[file] = read_bytes(path)
        parse = strict_json.parse if path.suffix == ".json" else strict_yaml.parse
        return parse(self.said[file], str(path))


def read_bytes(path: Path) -> bytes:
    """Read at most a little more than any configuration may be long, and never wait for it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise ConfigError([f"{path}: expected a readable file, got another thing"])
            return file.read(BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError([f"{path}: expected a readable file, got {why}"]) from None


def write_whole(path: Path, data: bytes) -> None:
    """Put a whole new file in a file's place, for the same eyes; a crash leaves one of the two."""
    real = path.resolve()
    mode = stat.S_IMODE(real.stat().st_mode)
    begun = real.with_name(f".{real.name}.begun")
    begun.unlink(missing_ok=True)
    fd = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "wb") as file:
        os.fchmod(fd, mode)
        file.write(data)
        file.flush()
        os.fsync(fd)
    begun.replace(real)
    directory = os.open(real.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
