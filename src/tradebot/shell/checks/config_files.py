"""May anybody else change what this daemon trades by, or read what it logs in with?"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tradebot.shell.checks.checks import Finding, Word
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.effective import inline_secrets
from tradebot.shell.settings.plugin_settings import check_plugins

_DOTENV: Final = ".env"


def config_files(config: Config) -> Finding:
    """Look at each file that the configuration came from, and at those that hold a secret."""
    if problems := check_plugins(config):
        return Word.FAIL, "; ".join(problems)
    beside = config.source.absolute().parent / _DOTENV
    files = [*config.files, *([beside] if beside.exists() else [])]
    found = [(word, f"{path} {why}") for path in files for word, why in _about(path)]
    if found:
        is_bad = any(word is Word.FAIL for word, _ in found)
        return (Word.FAIL if is_bad else Word.WARN), "; ".join(told for _, told in found)
    if inline := inline_secrets(config):
        return Word.WARN, "; ".join(inline)
    return Word.PASS, f"{len(files)} files, which only their owner writes"


def _about(path: Path) -> Iterator[Finding]:
    found = path.stat()
    if found.st_uid not in (os.geteuid(), 0):
        yield Word.FAIL, f"belongs to user {found.st_uid}, who can change what is traded"
    if found.st_mode & stat.S_IWOTH:
        yield Word.FAIL, f"can be written by anybody (chmod o-w {path})"
    elif found.st_mode & stat.S_IWGRP:
        yield Word.WARN, f"can be written by its group (chmod g-w {path})"
