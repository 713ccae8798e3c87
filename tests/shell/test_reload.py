"""Does a configuration only change whole, checked and kept, and does a bad one change nothing?"""

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_daemon import TinyDaemon, a_reloader

from tradebot.core.model.alert import Alert, AlertKind
from tradebot.core.model.commands import ApproveSettings
from tradebot.core.model.config import ConfigAccepted, SettingsActivated, SettingsProposed
from tradebot.shell import config_watch, reload
from tradebot.shell.reload import Reloader
from tradebot.shell.settings.config import ConfigError
from tradebot.shell.settings.effect import AT_ONCE, DECIDES, Effect, effect_of
from tradebot.shell.settings.reference import describe
from tradebot.shell.settings.sections import Sections
from tradebot.shell.settings.versions import FOLDER, NotKept, Versions
from tradebot.shell.views.configs import pending

TIGHT = "mode: paper  # as agreed\npolicy: {order_qty_max: 50}\n"
TIGHTER = "mode: paper\npolicy: {order_qty_max: 20}\n"
LOOSER = "mode: paper\npolicy: {order_qty_max: 80}\n"


class House:
    """A daemon with a configuration of its own, and someone who writes into it."""

    def __init__(self, home: Path, text: str = TIGHT) -> None:
        self.daemon = TinyDaemon()
        self.home, self.path = home, home / "config.yaml"
        self.reloader: Reloader = a_reloader(self.daemon, home, text)
        self.run(self.reloader.start())

    def run(self, asked: Any) -> Any:
        return asyncio.run(asked)

    def write(self, text: str) -> None:
        self.path.write_text(text)

    def reload(self) -> dict[str, Any]:
        return dict(self.run(self.reloader.reload("owner", "api")))

    def events(self, kind: type) -> list[Any]:
        return [v for d in self.daemon.decisions for v in d.events if isinstance(v, kind)]

    @property
    def limit(self) -> str:
        return str(self.daemon.book.settings.policy.order_qty_max)

    @property
    def alerts(self) -> list[Alert]:
        return [told for told in self.daemon.told if isinstance(told, Alert)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def kept(home: Path, number: int) -> list[bytes]:
    return list(Versions(home / FOLDER).files(number).values())


def test_a_start_keeps_what_was_read_as_it_was_written(house: House) -> None:
    assert kept(house.home, 1) == [TIGHT.encode()]
    (accepted,) = house.events(ConfigAccepted)
    assert (accepted.number, accepted.by, accepted.source) == (1, "start", "start")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (house.home / FOLDER).rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_tighter_file_decides_at_once(house: House) -> None:
    house.write(TIGHTER)
    found = house.reload()
    assert (found["accepted"], found["pending"], house.limit) == (True, None, "20")
    assert found["changed"] == ["policy.order_qty_max"]
    assert found["version"]["number"] == 2
    assert kept(house.home, 2) == [TIGHTER.encode()]


def test_a_looser_file_is_a_version_that_waits(house: House) -> None:
    house.write(LOOSER)
    found = house.reload()
    assert house.limit == "50"
    digest = found["pending"]["digest"]
    assert found["pending"]["command"] == f"tradebot config approve {digest}"
    house.daemon.decide(ApproveSettings(target=digest, by="owner"))
    waits = pending(house.daemon.views.book)
    assert waits is not None and waits["waits_for"] == "the market's close"


def test_the_same_file_is_no_new_version(house: House) -> None:
    before = len(house.daemon.decisions)
    assert house.reload()["accepted"] is False
    assert len(house.daemon.decisions) == before
    assert not (house.home / FOLDER / "000002").exists()


def test_a_change_of_what_decides_nothing_is_a_version_too(house: House) -> None:
    house.write(TIGHT + "telemetry: {log_level: debug}\n")
    found = house.reload()
    assert (found["accepted"], found["changed"]) == (True, ["telemetry.log_level"])
    assert len(house.events(SettingsActivated)) == 2  # the tiny daemon's own, and the start's


def test_what_was_built_at_the_start_changes_at_the_next(house: House) -> None:
    house.write(TIGHTER + "brokers: {other: {adapter: paper}}\nschedule: {calendar: 24/7}\n")
    found = house.reload()
    assert found["at_next_start"][:2] == ["schedule.calendar", "brokers.paper.adapter"]
    settings = house.daemon.book.settings
    assert (settings.routes, settings.primary_calendar, house.limit) == (("paper",), "XNYS", "20")
    assert not house.events(SettingsProposed)


def test_who_asks_which_configuration_holds_has_none_compared(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []
    monkeypatch.setattr(reload, "effective", lambda config: compared.append(config) or [])
    house.reload()
    done = len(compared)
    assert done > 0
    for _ in range(3):
        house.reloader.document()
    assert len(compared) == done


def _huge(path: Path) -> None:
    path.write_bytes(b"# " + b"x" * 2_000_000)


def _swapped(path: Path) -> None:
    (path.parent / "other.yaml").write_text("mode: nonsense\n")
    path.unlink()
    path.symlink_to("other.yaml")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _for_anybody(path: Path) -> None:
    path.write_text(TIGHTER)
    path.chmod(0o666)


def _mute(path: Path) -> None:
    channel = "{plugin: webhook, url: 'http://127.0.0.1'}"
    path.write_text(f"notifications: {{channels: {{pager: {channel}}}}}\n")
    path.chmod(0o600)


def _of(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (_of(""), "config.yaml"),
    "half written": (_of("mode: paper\npolicy: {order_qty"), "config.yaml:3"),
    "huge": (_huge, "at most 1000000 bytes"),
    "unknown key": (_of("mode: paper\npolcy: {}\n"), "config.yaml:2: polcy"),
    "wrong type": (_of("mode: paper\npolicy: {order_qty_max: many}\n"), "policy.order_qty_max"),
    "a bomb": (_of("a: &a [x]\nb: [*a, *a]\n"), "config.yaml:1"),
    "a tag": (_of("mode: !!python/name:os.system\n"), "config.yaml:1"),
    "another file": (_swapped, "nonsense"),
    "no file": (Path.unlink, "No such file"),
    "a pipe": (_pipe, "a readable file"),
    "a folder": (_folder, "a readable file"),
    "no plugin": (_of("brokers: {paper: {adapter: nobody}}\n"), "nobody"),
    "a channel out of reach": (_mute, "config.yaml:1: notifications.channels.pager: url: expected"),
    "no day": (_of("schedule: {closures: [2026-13-01]}\n"), "closures"),
    "for anybody": (_for_anybody, "its owner alone"),
}


@pytest.mark.fault(10, 87)
@pytest.mark.parametrize("break_it", BAD.values(), ids=BAD)
def test_a_bad_file_changes_nothing_and_is_told_once(
    house: House, break_it: tuple[Callable[[Path], object], str]
) -> None:
    spoil, expected = break_it
    before = len(house.daemon.decisions)
    spoil(house.path)
    for _ in range(2):
        with pytest.raises(ConfigError) as refused:
            house.reload()
        house.reloader.refused(refused.value)
    assert expected in "\n".join(refused.value.problems)
    assert (len(house.daemon.decisions), house.limit) == (before, "50")
    (alert,) = house.alerts
    assert alert.kind is AlertKind.CONFIG_REFUSED and expected in alert.text
    assert house.reloader.document()["failure"]["problems"] == refused.value.problems
    if house.path.is_dir():
        house.path.rmdir()
    else:
        house.path.unlink(missing_ok=True)
    house.write(TIGHT)
    assert house.reload()["failure"] is None


def test_a_version_that_cannot_be_kept_is_not_accepted(house: House) -> None:
    house.write(TIGHTER)
    (house.home / FOLDER).rename(house.home / "away")
    (house.home / FOLDER).write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be kept"):
        house.reload()
    assert house.limit == "50"


def test_what_a_crash_left_of_a_version_is_replaced(house: House) -> None:
    for name in ("000002", "000002.begun"):
        (house.home / FOLDER / name).mkdir()
        (house.home / FOLDER / name / "1-config.yaml").write_text("mode: live\n")
    house.write(TIGHTER)
    house.reload()
    assert kept(house.home, 2) == [TIGHTER.encode()]


def test_a_version_comes_back_as_a_new_one(house: House) -> None:
    house.write(TIGHTER)
    house.reload()
    found = house.run(house.reloader.rollback(1, "owner", "too tight"))
    assert house.path.read_text() == TIGHT
    assert (found["version"]["number"], found["version"]["by"]) == (3, "owner")
    assert found["version"]["reason"] == "back to version 1: too tight"
    assert (house.limit, found["pending"]["changes"][0]["after"]) == ("20", "50")


def test_one_version_is_in_force_though_an_older_one_says_the_same(house: House) -> None:
    for text in (TIGHTER, TIGHTER + "telemetry: {log_level: error}\n"):
        house.write(text)
        house.reload()
    rows = house.reloader.parts.configs.rows()
    assert [(row["number"], row["in_force"]) for row in rows] == [
        (3, True), (2, False), (1, False)]


def test_a_version_comes_back_to_a_file_that_was_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    house = House(Path())
    (house.home / FOLDER / "000001" / "1-config.yaml").write_text("polcy: {}\n")
    with pytest.raises(ConfigError, match="polcy"):
        house.run(house.reloader.rollback(1, "owner", ""))
    assert house.path.read_text() == TIGHT


def test_a_version_that_is_good_no_more_does_not_come_back(house: House) -> None:
    house.write(TIGHTER)
    house.reload()
    (house.home / FOLDER / "000001" / "1-config.yaml").write_text("polcy: {}\n")
    with pytest.raises(ConfigError, match="polcy"):
        house.run(house.reloader.rollback(1, "owner", ""))
    assert house.path.read_text() == TIGHTER
    with pytest.raises(NotKept, match="version 9"):
        house.run(house.reloader.rollback(9, "owner", ""))


def test_old_versions_go_and_the_one_in_force_stays(house: House) -> None:
    text = "mode: paper\npolicy: {order_qty_max: %d}\nreload: {versions_max: 2}\n"
    for limit in (51, 52, 53, 54):  # looser than 50: version 1 decides all the time
        house.write(text % limit)
        house.reload()
    left = {path.name for path in (house.home / FOLDER).iterdir()}
    assert left == {"000001", "000004", "000005"}


def test_every_key_that_is_hot_is_a_setting() -> None:
    keys = [row.key for row in describe(Sections)]
    hot = (*DECIDES, *AT_ONCE)
    assert {name for name in hot if not any(key.startswith(name) for key in keys)} == set()
    assert effect_of("policy.desk.unlisted") is Effect.DECIDES
    assert effect_of("brokers.paper.adapter") is Effect.NEXT_START


class Watched(House):
    """A house whose files somebody looks at all the time."""

    def until(self, *steps: str, looks: int = 3) -> None:
        """Write one text after the other, with some looks between."""
        async def play() -> None:
            every_s = 0.002
            task = asyncio.create_task(config_watch.ConfigWatch(self.reloader, every_s).run())
            await self._looked(looks)
            for text in steps:
                self.write(text)
                await self._looked(looks)
            task.cancel()

        self.run(play())

    async def _looked(self, times: int) -> None:
        self.looks = 0
        while self.looks < times:
            await asyncio.sleep(0.001)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    found, look = Watched(tmp_path), config_watch.look

    def counted(paths: Any) -> Any:
        seen = look(paths)
        found.looks += 1
        return seen

    monkeypatch.setattr(config_watch, "look", counted)
    return found


def test_a_file_that_changes_is_read(watched: Watched) -> None:
    watched.until(TIGHTER, looks=6)
    assert watched.limit == "20"
    assert [v.source for v in watched.events(ConfigAccepted)] == ["start", "watch"]


def test_a_file_that_is_half_written_waits(watched: Watched) -> None:
    """A text that grows with each look is never read, not even where a part of it would do."""
    text = "mode: paper\npolicy:\n  order_qty_max: 20\n"
    watched.until(*(text[:length] for length in range(10, len(text) + 1)), looks=1)
    assert not watched.alerts
    assert len(watched.events(ConfigAccepted)) == 1
    watched.until(looks=3)
    assert (watched.limit, len(watched.events(ConfigAccepted))) == ("20", 2)


@pytest.mark.fault(87)
def test_a_bad_file_is_told_once_however_often_it_is_seen(watched: Watched) -> None:
    watched.until("polcy: {}\n", looks=20)
    assert len(watched.alerts) == 1
    watched.until("polcy: {}\n", "polcy: {}  # again\n", TIGHTER, looks=8)
    assert watched.limit == "20"
    assert len(watched.alerts) == 1
