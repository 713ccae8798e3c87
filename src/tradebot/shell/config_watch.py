"""Did a file of the configuration change? Seen alike twice before it is read, and twice if bad."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from tradebot.shell.engine import Busy
from tradebot.shell.reload import Reloader, sentence
from tradebot.shell.settings.config import ConfigError
from tradebot.shell.supervisor import Run

_DOTENV: Final = ".env"
Seen: TypeAlias = tuple[tuple[int, int, int] | None, ...]


def chores_of(reloader: Reloader, *, is_rehearsal: bool) -> Mapping[str, Run]:
    """Return what has files read: a signal, and the watch, in a rehearsal only if asked for."""
    section = reloader.latest.reload
    is_watched = section.watch if section.watch is not None else not is_rehearsal
    watch = ConfigWatch(reloader, section.check_every_s * reloader.parts.pace)
    return {
        "configuration": reloader.run, **({"configuration watch": watch.run} if is_watched else {}),
    }


class ConfigWatch:
    """Looks every so often, in seconds of the loop's clock; a file that is being written waits."""

    def __init__(self, reloader: Reloader, every_s: float) -> None:
        self._reloader = reloader
        self._every_s = every_s

    async def run(self) -> None:
        """Look for ever; the first look of all reads what a start may have overtaken."""
        before: Seen | None = None
        tried: Seen | None = None
        doubted: Seen | None = None
        while True:
            await asyncio.sleep(self._every_s)
            config = self._reloader.latest
            paths = (*config.files, config.source.parent / _DOTENV)
            now = await self._reloader.work(partial(look, paths))
            if now == before != tried:
                error = await self._read()
                if error is None or now == doubted:
                    tried = now
                    if error is not None:
                        self._reloader.refused(error)
                doubted = now
            before = now

    async def _read(self) -> ConfigError | Busy | None:
        try:
            found = await self._reloader.reload("file", "watch")
        except (ConfigError, Busy) as error:
            return error
        if found["accepted"]:
            self._reloader.tell(sentence(found))
        return None


def look(paths: Iterable[Path]) -> Seen:
    """Tell one state of the files from another without reading them; None is no file."""
    return tuple(_look(path) for path in paths)


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
