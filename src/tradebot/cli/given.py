"""What did a person write in a file? The same strict readers as for the configuration."""

from pathlib import Path
from typing import Any

from tradebot.cli.outcome import Exit, Stop


def document_in(path: Path) -> dict[str, Any]:
    """Read YAML or JSON with every value as it was written; what is wrong ends the verb."""
    from tradebot.shell.settings import document, strict_json, strict_yaml

    try:
        data = path.read_bytes()
    except OSError as error:
        raise Stop(Exit.USAGE, f"--file: {path}: {error.strerror}") from None
    reader = strict_json if path.suffix == ".json" else strict_yaml
    try:
        found = document.plain(reader.parse(data, str(path)))
    except document.ConfigError as error:
        raise Stop(Exit.USAGE, "\n".join(error.problems)) from None
    assert isinstance(found, dict)  # both readers return a section
    return dict(found)
