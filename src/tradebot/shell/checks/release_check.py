"""Is this release fit to trade with this configuration? It reads the data directory, and only that.

`load` reads the configuration; `trade` plays one order through all stages somewhere else, and
tells what it saw or raises.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import walk_packages
from time import perf_counter
from typing import Final

from tradebot.core.gates.routes import KIND_OF_MODE
from tradebot.core.model.settings import Mode
from tradebot.ports import Clock
from tradebot.shell.calendar import build_calendars
from tradebot.shell.checks.checks import Check, Checked, Finding, Word, examine
from tradebot.shell.checks.config_files import config_files
from tradebot.shell.controls import has_journal
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.verify import verify
from tradebot.shell.replay.redecide import redecide
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config, ConfigError
from tradebot.shell.settings.plugin_settings import check_plugins

FRESH: Final = timedelta(days=183)  # how far ahead the primary calendar must know its days
REDECIDE_WITHIN_S: Final = 1.5
_PACKAGE: Final = Path(__file__).resolve().parents[2]

_SENDS_NOTHING: Final = {
    Mode.STAGE: (Word.PASS, "mode stage sends nothing; every order becomes a draft"),
    Mode.LIVE_BLOCKED: (Word.WARN, "mode live_blocked refuses every order"),
}


class _Enough(Exception):
    """The journal is longer than the time for it."""


class ReleaseCheck:
    """The checks in order; what the configuration cannot tell is skipped, and said so."""

    def __init__(
        self, load: Callable[[], Config], trade: Callable[[Config], str], clock: Clock,
        *, is_quick: bool = False,
    ) -> None:
        self._load = load
        self._trade = trade
        self._clock = clock
        self._is_quick = is_quick
        self._loaded: Config | None = None
        self._problems: list[str] = []

    @property
    def data_dir(self) -> Path | None:
        """Where it looked, None before it knows a configuration."""
        return self._loaded.data_dir if self._loaded is not None else None

    def run(self) -> list[Checked]:
        return examine({
            "imports": _imports,
            "config": self._config,
            "config files": self._needs_config(config_files),
            "policy": self._policy,
            "calendar": self._needs_config(self._calendar),
            "journal": self._needs_config(self._journal),
            "extras": self._needs_config(_extras),
            "broker mode": self._needs_config(_broker_mode),
            "dry run": self._needs_config(lambda config: (Word.PASS, self._trade(config))),
        })

    def _needs_config(self, check: Callable[[Config], Finding]) -> Check:
        def asked() -> Finding:
            if self._loaded is None:
                return Word.SKIP, "there is no configuration to check it with"
            try:
                return check(self._loaded)
            except ConfigError as error:
                return Word.FAIL, "; ".join(error.problems)
        return asked

    def _config(self) -> Finding:
        try:
            config = self._load()
            self._problems = check_plugins(config)
        except ConfigError as error:
            self._problems = list(error.problems)
        if self._problems:
            return Word.FAIL, "; ".join(self._problems)
        self._loaded = config
        if config.warnings:
            return Word.WARN, "; ".join(config.warnings)
        return Word.PASS, f"{config.source}: mode {config.mode}, settings {config.settings_hash}"

    def _policy(self) -> Finding:
        if self._loaded is not None:
            return Word.PASS, f"{len(fields(self._loaded.policy))} limits"
        told = [text for text in self._problems if "policy" in text]
        return (Word.FAIL, "; ".join(told)) if told else (Word.SKIP, "not reached: see config")

    def _calendar(self, config: Config) -> Finding:
        known = build_calendars(config.schedule)[config.schedule.calendar].known_until
        name = config.schedule.calendar
        if known is None:
            return Word.PASS, f"{name} follows rules that never end"
        told = f"{name} knows its days until {known:%Y-%m-%d}"
        if known - self._clock.now() < FRESH:
            return Word.FAIL, f"{told}, less than {FRESH.days} days ahead: update tradebot"
        return Word.PASS, told

    def _journal(self, config: Config) -> Finding:
        if not has_journal(config.data_dir):
            return Word.PASS, f"none yet in {config.data_dir}"
        found = verify(config.data_dir)
        if not found.is_good:
            where = f"segment {found.segment}, record {found.record}: " if found.segment else ""
            return Word.FAIL, f"{where}{found.sentence}"
        told = f"{found.seq} decisions verified"
        if self._is_quick:
            return Word.PASS, f"{told}, not decided again (--quick)"
        return _decided_again(config, told)


def _decided_again(config: Config, told: str) -> Finding:
    done = 0
    began = perf_counter()

    def progress(count: int) -> None:
        nonlocal done
        done = count
        if perf_counter() - began > REDECIDE_WITHIN_S:
            raise _Enough

    try:
        found = redecide(config.data_dir, progress)
    except JournalDamaged as error:
        return Word.FAIL, str(error)
    except _Enough:
        more = f"the first {done} decided again, all the same (tradebot replay takes them all)"
        return Word.PASS, f"{told}; {more}"
    if found.difference is not None:
        is_explained = found.difference.by_other_gates
        return (Word.WARN if is_explained else Word.FAIL), found.difference.sentence()
    if found.books is not None:
        return Word.FAIL, f"the books differ at {found.books}"
    return Word.PASS, f"{told} and decided again, all the same"


def _extras(config: Config) -> Finding:
    """Strategies alone may lack one: the daemon starts without them."""
    loaded = {s.strategy_id: plugins.load("strategies", s.plugin) for s in config.strategies}
    told = [f"strategy {name}: {why}" for name, one in loaded.items()
            if (why := plugins.missing(one)) is not None]
    return (Word.WARN, "; ".join(told)) if told else (Word.PASS, "every strategy can run here")


def _broker_mode(config: Config) -> Finding:
    if config.mode in _SENDS_NOTHING:
        return _SENDS_NOTHING[config.mode]
    wanted = KIND_OF_MODE.get(config.mode)
    kinds = {name: config.route_kind(name) for name in config.brokers}
    told = ", ".join(f"{name} is {kind}" for name, kind in kinds.items())
    others = [name for name, kind in kinds.items() if kind is not wanted]
    if others:
        return Word.FAIL, f"mode {config.mode} cannot use {', '.join(others)}: {told}"
    return Word.PASS, f"mode {config.mode}: {told}"


def _imports() -> Finding:
    failed: list[str] = []
    count = 0
    for name in _modules(failed):
        count += 1
        plugins.contained(partial(import_module, name), partial(_note, failed, name))
    for group in plugins.GROUPS:
        for entry in entry_points(group=f"tradebot.{group}"):
            count += 1
            plugins.contained(
                partial(plugins.load, group, entry.name), partial(_note, failed, entry.value)
            )
    if failed:
        return Word.FAIL, "; ".join(failed)
    return Word.PASS, f"{count} modules and plugins"


def _modules(failed: list[str]) -> Iterator[str]:
    found = walk_packages(
        [str(_PACKAGE)], "tradebot.", onerror=lambda name: failed.append(f"{name}: no package")
    )
    return (module.name for module in found)


def _note(failed: list[str], name: str, error: Exception) -> None:
    failed.append(f"{name}: {type(error).__name__}: {error}")
