"""Which file is meant, and what does it say?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tradebot.shell import strict_json, strict_yaml
from tradebot.shell.document import BYTES_MAX, ConfigError, Section

SUFFIXES: Final = (".yaml", ".yml", ".json")
_SYSTEM: Final = Path("/etc/tradebot")


def find(name: str, environ: Mapping[str, str]) -> Path:
    """Find a configuration by path, else by name in ./config, the user's and the system's place."""
    if not name.strip() or "\0" in name:
        raise ConfigError(["--config: expected a file or its name, got nothing"])
    home = environ.get("HOME")
    xdg = environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    places = (Path(), Path("config"), *([Path(xdg, "tradebot")] if xdg else []), _SYSTEM)
    for place in places:
        for ending in ("", *SUFFIXES):
            candidate = place / f"{name}{ending}"
            if is_file(candidate):
                return candidate
    looked = ", ".join(f"{place}/" for place in places)
    raise ConfigError([f"{name}: expected a configuration file, found none in {looked}"])


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False


def read(path: Path) -> Section:
    """Read a YAML or JSON file by its suffix; raise ConfigError for what cannot be read."""
    if path.suffix not in SUFFIXES:
        raise ConfigError([f"{path}: expected a file ending in {', '.join(SUFFIXES)}"])
    parse = strict_json.parse if path.suffix == ".json" else strict_yaml.parse
    return parse(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """Read at most a little more than any configuration may be long."""
    try:
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError([f"{path}: expected a readable file, got {why}"]) from None
