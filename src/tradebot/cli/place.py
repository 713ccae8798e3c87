"""Which configuration and which data directory does a verb mean?"""

import argparse
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.settings.config import Config
    from tradebot.shell.views.drafts import Shelf

DEFAULT_CONFIG: Final = "config.paper.yaml"
REHEARSAL: Final = "rehearsal"
SOCKET: Final = "tradebot.sock"
_DATA_DIR: Final = re.compile(r"^data_dir:[ \t]*([^#\n]+)", re.MULTILINE)


def load(args: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> "Config":
    """Load the configuration that the flags name; a problem ends the verb with exit 4."""
    from tradebot.shell.settings.document import ConfigError

    try:
        return read(args, environ)
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    except ImportError as error:  # a damaged installation can still be killed
        raise Stop(Exit.CONFIG, f"no configuration can be read: {error}") from None


def read(args: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> "Config":
    """Load the configuration that the flags name; raises ConfigError."""
    from tradebot.shell.settings import config

    path = config.find(args.config or DEFAULT_CONFIG, environ)
    return config.load(path, environ=environ, overrides=overrides(args))


def overrides(args: argparse.Namespace) -> Mapping[str, str]:
    """Read `--set a.b=c` and `--data-dir`."""
    found: dict[str, str] = {}
    for text in args.overrides:
        path, is_there, value = text.partition("=")
        if not is_there or not path.strip():
            raise Stop(Exit.USAGE, f"--set: expected A.B=C, got {text!r}")
        found[path.strip()] = value
    if args.data_dir is not None:
        found["data_dir"] = args.data_dir
    return found


def home(args: argparse.Namespace) -> Path:
    """Return the data directory that is meant; with --data-dir no configuration is read."""
    try:
        base = Path(args.data_dir if args.data_dir is not None else load(args).data_dir)
    except Stop as stop:
        if stop.code is not Exit.CONFIG:
            raise
        raise Stop(stop.code, f"{stop}\nwithout a configuration: --data-dir DIR") from None
    return base / REHEARSAL if args.rehearsal else base


def shelf(args: argparse.Namespace) -> "Shelf":
    """Say where the files of drafts are: as configured, or where nothing was by default."""
    from tradebot.shell.settings.sections import StagingSection
    from tradebot.shell.views.drafts import Shelf

    staging = StagingSection() if args.data_dir is not None else load(args).staging
    return Shelf(directory=home(args) / staging.drafts_dir, format=staging.format)


def data_dir_named(args: argparse.Namespace) -> Path | None:
    """Return what a configuration that does not load says of its data directory, if anything."""
    from tradebot.shell.settings import place as config_place
    from tradebot.shell.settings.document import ConfigError

    try:
        path = config_place.find(args.config or DEFAULT_CONFIG, os.environ)
        found = _DATA_DIR.search(path.read_text(encoding="utf-8", errors="replace"))
    except (ConfigError, OSError):
        return None
    if found is None:
        return None
    base = Path(found[1].strip().strip("'\""))
    return base / REHEARSAL if args.rehearsal else base


def socket_path(directory: Path) -> Path:
    return directory / SOCKET
