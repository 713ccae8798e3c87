"""How does a configuration change while the daemon runs? Read whole, checked, kept, then decided.

What cannot be used changes nothing. Files are written before their version is decided on, so that
the journal names no version that nobody can read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar

from tradebot.core.book.book import Book
from tradebot.core.model.alert import Alert, AlertKind, Level, TellAlert
from tradebot.core.model.commands import AcceptConfig, Command
from tradebot.core.model.ids import digest_text
from tradebot.core.model.settings import Settings
from tradebot.core.pipeline.config import VERSION_LENGTH
from tradebot.shell.calendar import build_calendars
from tradebot.shell.engine import Busy
from tradebot.shell.journal.place import replace as put
from tradebot.shell.settings.config import Config, ConfigError
from tradebot.shell.settings.effect import Effect, effect_of
from tradebot.shell.settings.effective import effective
from tradebot.shell.settings.file import Files, write_whole
from tradebot.shell.settings.masked import with_secrets, without_secrets
from tradebot.shell.settings.plugin_settings import check_plugins
from tradebot.shell.settings.versions import Versions, files_hash
from tradebot.shell.views.configs import Configs
from tradebot.shell.views.rows import Plain, iso

T = TypeVar("T")

READ_WITHIN_S: Final = 30.0
_KEYS_MAX: Final = 50  # named in an event; a text for people has no use for more
_ALERT_MAX: Final = 2_000
_ANYBODY: Final = 0o002


class Decides(Protocol):
    """What a reload needs of the engine."""

    @property
    def book(self) -> Book: ...

    def now(self) -> datetime: ...

    async def submit(self, command: Command) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadParts:
    """What a reload needs of the daemon."""

    engine: Decides
    configs: Configs
    versions: Versions
    tell: Callable[[str], None]
    tell_alert: TellAlert
    reloading: Callable[[], AbstractContextManager[None]]
    threaded: bool
    pace: float


class Reloader:
    def __init__(self, config: Config, parts: ReloadParts) -> None:
        self.hears: list[Callable[[Config], None]] = []  # of what was accepted
        self._started = self._latest = config
        self.parts = parts
        self._lock = asyncio.Lock()
        self._asked = asyncio.Event()
        self._waiting = 0
        self._failure: Plain | None = None
        self._at_next_start: list[str] = []
        self._told = ""

    def ask(self) -> None:
        """Have the files read soon, however often this is asked: what a signal can do."""
        self._asked.set()

    async def start(self) -> None:
        """Accept what the daemon was started with; what of it waits is told at every start."""
        came = await self._accept(self._started, "start", "start", "")
        found = {**self.document(), **came}
        if found["pending"] is not None:
            self.parts.tell(f"NOT ALL SETTINGS ARE IN FORCE: {sentence(found)}")

    async def reload(self, by: str, source: str, reason: str = "") -> Plain:
        """Read the files and accept what they say; raises ConfigError, Busy, and changes nothing.

        One at a time, and one that waits: whoever asks in between would get the same answer.
        """
        return await self._alone(lambda: self._reload(by, source, reason))

    async def rollback(self, number: int, by: str, reason: str) -> Plain:
        """Put the files of a version back in their places, if they still make a configuration.

        Raises NotKept, ConfigError, Busy.
        """
        kept = self.parts.versions.files(number)

        async def back() -> Plain:
            said = with_secrets(kept, self._latest)
            await self.work(lambda: checked(self._latest, said))
            try:
                await self.work(lambda: put_back(said))
            except OSError as error:
                raise ConfigError([f"the files cannot be written: {error}"]) from None
            return await self._reload(by, "rollback", f"back to version {number}: {reason}")

        return await self._alone(back)

    async def run(self) -> None:
        """Read the files whenever that was asked for; never ends."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                found = await self.reload("signal", "SIGHUP")
            except (ConfigError, Busy) as error:
                self.refused(error)
            else:
                self.tell(sentence(found))

    def refused(self, error: ConfigError | Busy) -> None:
        """Tell once of what is wrong, however often it is read."""
        text = "\n".join(error.problems) if isinstance(error, ConfigError) else str(error)
        if text == self._told:
            return
        self._told = text
        self.parts.tell(f"CONFIGURATION REFUSED, the one before stays: {text}")
        self.parts.tell_alert(Alert(
            kind=AlertKind.CONFIG_REFUSED, level=Level.WARNING,
            title="The configuration cannot be used: the one before stays in force",
            text=text[:_ALERT_MAX], at=self.parts.engine.now(),
            key=digest_text("config refused", text),
        ))

    def document(self) -> Plain:
        """Tell which version holds, what waits, and what came of the last file that was no good."""
        return {
            **self.parts.configs.document(), "failure": self._failure,
            "at_next_start": self._at_next_start, "files": [str(p) for p in self._latest.files],
        }

    @property
    def latest(self) -> Config:
        return self._latest

    def tell(self, text: str) -> None:
        self.parts.tell(f"configuration: {text}")

    async def _alone(self, change: Callable[[], Awaitable[Plain]]) -> Plain:
        if self._waiting > 1:
            raise Busy("the configuration is being read already")
        self._waiting += 1
        try:
            async with self._lock:
                with self.parts.reloading():
                    return await change()
        finally:
            self._waiting -= 1

    async def _reload(self, by: str, source: str, reason: str) -> Plain:
        try:
            config = await self.work(lambda: checked(self._latest))
            came = await self._accept(config, by, source, reason)
        except ConfigError as error:
            self._failure = {
                "at": iso(self.parts.engine.now()), "problems": list(error.problems)
            }
            raise
        self._failure, self._told = None, ""
        return {**self.document(), **came}

    async def _accept(self, config: Config, by: str, source: str, reason: str) -> Plain:
        parts, book = self.parts, self.parts.engine.book
        name, number = files_hash(config.settings_hash, config.files), book.config.number + 1
        is_new = name != book.config.hash
        if is_new:
            try:
                await self.work(lambda: parts.versions.keep(number, without_secrets(config)))
            except OSError as error:
                raise ConfigError([f"the version cannot be kept: {error}"]) from None
        changed, waits = await self.work(lambda: (
            differences(self._latest, config), later(self._started, config)
        ))
        await parts.engine.submit(AcceptConfig(
            settings=self._settings(config), version=config.settings_hash[:VERSION_LENGTH],
            hash=name, by=by, source=source, reason=reason, changed=tuple(changed[:_KEYS_MAX]),
        ))
        self._latest, self._at_next_start = config, waits
        for hear in self.hears:
            hear(config)
        if is_new:
            await self._forget(config.reload.versions_max)
        return {"accepted": is_new, "changed": changed}

    def _settings(self, config: Config) -> Settings:
        """Leave what the routes and the calendar were built from as it is until the next start."""
        running = self._started.decisive()
        return replace(
            config.decisive(), routes=running.routes, primary_calendar=running.primary_calendar
        )

    async def _forget(self, newest: int) -> None:
        try:
            but = self.parts.configs.in_force()
            await self.work(lambda: self.parts.versions.forget(newest, but=but))
        except OSError as error:
            self.parts.tell(f"old versions of the configuration stay: {error}")

    async def work(self, work: Callable[[], T]) -> T:
        """Do what takes time beside trading; on the simulated loop time stands still for it."""
        if not self.parts.threaded:
            return work()
        try:
            async with asyncio.timeout(READ_WITHIN_S * self.parts.pace):
                return await asyncio.to_thread(work)
        except TimeoutError:
            raise ConfigError([f"the files took more than {READ_WITHIN_S:g} s"]) from None


def checked(config: Config, said: Mapping[Path, bytes] | None = None) -> Config:
    """Read a configuration anew, or as its files once were; raises ConfigError."""
    found = config.again(Files(said or {}))
    problems = check_plugins(found)
    if said is None:
        problems += [
            f"{path}: expected a file that its owner alone may write, anybody may"
            for path in found.files if path.stat().st_mode & _ANYBODY
        ]
    if problems:
        raise ConfigError(problems)
    build_calendars(found.schedule)
    return found


def put_back(said: Mapping[Path, bytes]) -> None:
    """Write files over what is there, each whole or not at all; raises OSError."""
    for path, data in said.items():
        write = write_whole if path.exists() else put
        write(path, data)


def differences(before: Config, after: Config) -> list[str]:
    """Name every setting that differs."""
    one, other = ({e.key: e.value for e in effective(config)} for config in (before, after))
    return [key for key in {**one, **other} if one.get(key) != other.get(key)]


def later(started: Config, latest: Config) -> list[str]:
    """Name every setting that takes effect at the next start only."""
    changed = differences(started, latest)
    return [key for key in changed if effect_of(key) is Effect.NEXT_START]


def sentence(found: Plain) -> str:
    """Tell a person in one line what came of a reload."""
    told = [f"version {found['version']['number']}" if found["accepted"] else "nothing new"]
    if (waits := found["pending"]) is not None:
        keys = ", ".join(change["key"] for change in waits["changes"])
        told.append(f"looser and waiting for {waits['waits_for']}: {keys}; {waits['command']}")
    if later := found["at_next_start"]:
        told.append(f"takes effect at the next start: {', '.join(later)}")
    return "; ".join(told)
