"""What does a configuration file say?"""

from pathlib import Path

from tradebot.shell.settings import strict_json, strict_yaml
from tradebot.shell.settings.document import BYTES_MAX, ConfigError, Section
from tradebot.shell.settings.place import SUFFIXES


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
