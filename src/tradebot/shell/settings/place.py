"""Which file is meant? Found with nothing but the standard library: the kill switch asks, too."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tradebot.shell.settings.document import ConfigError

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
    raise ConfigError([f"{name}: expected a configuration file, found none in {looked};"
                       " tradebot init writes a first one"])


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False
