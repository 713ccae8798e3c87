"""Is everything told that matters, once, with no secret in it, also over the end of a process?"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.makers import OPEN
from tests.shell.notify.desk import Desk, Ears, an_alert, critical, played

from tradebot.core.model.alert import TITLE_MAX, AlertKind, Level
from tradebot.core.model.secret import HIDDEN, Secret
from tradebot.ports import NotDelivered
from tradebot.shell.notify.filters import SWITCHES
from tradebot.shell.notify.folding import Folding, titled
from tradebot.shell.notify.section import AlertFilters, NotificationsSection
from tradebot.shell.told.redact import hiding

DOWN = NotDelivered("503")


def lines_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "alerts.jsonl").read_text().splitlines()]


def test_the_same_within_a_minute_is_told_as_one_with_a_count(tmp_path: Path) -> None:
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {}))
        for number in range(10):
            desk.alerts.raise_(an_alert("refused", key="risk/sma", text=f"number {number}."))
        await asyncio.sleep(59)
        assert ears.titles == ["refused"]
        await asyncio.sleep(2)

    played(tmp_path, scene)
    assert ears.titles == ["refused", "refused (+9)"]
    assert ears.heard[1].text == "number 9. (came 9 more times)"


def test_what_is_critical_or_has_no_key_is_never_folded(tmp_path: Path) -> None:
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {}))
        for _ in range(3):
            desk.alerts.raise_(critical(key="halt"))
            desk.alerts.raise_(an_alert())
        await asyncio.sleep(1)

    played(tmp_path, scene)
    assert sorted(ears.titles) == ["hello"] * 3 + ["help"] * 3


def test_a_storm_of_keys_is_bounded() -> None:
    folding = Folding(60.0)
    for number in range(2_000):
        assert folding.lets(an_alert(key=str(number)), 0.0)
        folding.over(0.0)
    assert len(folding._seen) <= 256


@pytest.mark.parametrize("length", [3, 79, 80, 81, 500])
def test_a_title_fits_every_channel(length: int) -> None:
    assert len(titled("x" * length, " (+12)")) <= TITLE_MAX
    assert titled("short") == "short"


@pytest.mark.promise(22)
@pytest.mark.fault(104)
def test_a_secret_leaves_nowhere(tmp_path: Path) -> None:
    ears = Ears([NotDelivered("https://hooks/canary-5723 says no", is_final=True)])
    secret = "canary-5723"

    async def scene(desk: Desk) -> list[str]:
        desk.open(hiding([Secret(secret)]), mail=(ears, {}))
        for level in (Level.CRITICAL, Level.INFO):
            desk.alerts.raise_(an_alert(
                f"it is {secret}", level, text=f"token={secret}", fields=(("why", secret),)
            ))
            await asyncio.sleep(5)
        return desk.lines

    told = [*played(tmp_path, scene), (tmp_path / "alerts.jsonl").read_text(), str(ears.heard)]
    assert HIDDEN in ears.heard[0].title
    assert [text for text in told if secret in text] == []


@pytest.mark.parametrize("kind", list(AlertKind))
def test_a_switch_turns_off_what_it_is_for_and_nothing_critical(
    tmp_path: Path, kind: AlertKind
) -> None:
    off = AlertFilters(**dict.fromkeys(set(SWITCHES.values()), False))
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"messages_per_minute_max": 99}))
        desk.alerts.raise_(an_alert("plain", kind=kind))
        desk.alerts.raise_(critical("critical", kind=kind))
        await asyncio.sleep(1)

    played(tmp_path, scene, filters=off)
    assert "critical" in ears.titles
    assert ("plain" in ears.titles) is (kind not in SWITCHES)


def test_nobody_is_told_anything_where_notifications_are_off(tmp_path: Path) -> None:
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {}))
        desk.alerts.raise_(critical())
        await asyncio.sleep(1)

    played(tmp_path, scene, enabled=False)
    assert ears.heard == []
    assert NotificationsSection().enabled


def test_the_history_tells_the_newest_first_and_what_became_of_them(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> list[dict[str, Any]]:
        desk.open(mail=(Ears([DOWN] * 4), {"max_retries": 0}))
        desk.alerts.raise_(an_alert("one"))
        desk.alerts.raise_(an_alert("two", Level.WARNING, kind=AlertKind.ROUTE))
        await asyncio.sleep(10)
        history = desk.history
        assert [row["title"] for row in history.rows(level="warning")] == ["two"]
        assert [row["title"] for row in history.rows(kind="fill")] == ["one"]
        assert [row["title"] for row in history.rows(last=1)] == ["two"]
        assert history.rows(since=OPEN.replace(year=2030)) == []
        return history.rows()

    rows = played(tmp_path, scene)
    assert [(row["title"], row["outcomes"]) for row in rows] == [
        ("two", {"mail": "failed"}), ("one", {"mail": "failed"}),
    ]
    outcomes = [line for line in lines_in(tmp_path) if "of" in line]
    assert [(line["outcome"], line["tries"]) for line in outcomes] == [("failed", 1)] * 2


def test_a_critical_alert_that_a_crash_kept_back_is_told_after_it_and_says_so(
    tmp_path: Path,
) -> None:
    async def dies(desk: Desk) -> None:
        desk.open(mail=(Ears([DOWN] * 99), {}), chat=(Ears(), {}))
        desk.alerts.resume([], 10)
        desk.alerts.raise_(critical("lost?"), "11.0")
        desk.alerts.raise_(an_alert("no matter"), "12.0")
        await asyncio.sleep(30)

    played(tmp_path, dies, has_end=False)
    mail, chat = Ears(), Ears()

    async def lives(desk: Desk) -> None:
        desk.open(mail=(mail, {}), chat=(chat, {}))
        desk.alerts.resume([], 12)
        await asyncio.sleep(1)

    played(tmp_path, lives)
    assert mail.titles == ["lost?"]
    assert "sent again after a restart" in mail.heard[0].text
    assert chat.titles == []

    async def lives_on(desk: Desk) -> None:
        again = Ears()
        desk.open(mail=(again, {}), chat=(again, {}))
        desk.alerts.resume([], 12)
        await asyncio.sleep(1)
        assert again.heard == []

    played(tmp_path, lives_on)


def test_a_torn_or_foreign_line_of_the_history_is_passed_over(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> list[dict[str, Any]]:
        desk.alerts.raise_(critical(), "7.0")
        return desk.history.rows()

    played(tmp_path, scene)
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"alert_id": 3}\n[]\nnull\n' + path.read_text() + '{"alert_id": "8.0", "at"')

    async def read(desk: Desk) -> list[dict[str, Any]]:
        return desk.history.rows()

    assert [row["title"] for row in played(tmp_path, read)] == ["help"]


RAISED = st.lists(
    st.tuples(st.sampled_from(list(Level)), st.sampled_from(["", "a", "b"]), st.floats(0, 40)),
    max_size=30,
)


@given(raised=RAISED, failures=st.lists(st.booleans(), max_size=20), per_minute=st.integers(1, 5))
def test_whatever_happens_every_critical_alert_arrives_once(
    tmp_path_factory: pytest.TempPathFactory, raised: list[tuple[Level, str, float]],
    failures: list[bool], per_minute: int,
) -> None:
    ears = Ears([DOWN if failed else "" for failed in failures])

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"messages_per_minute_max": per_minute, "queue_max": 100}))
        for number, (level, key, pause_s) in enumerate(raised):
            desk.alerts.raise_(an_alert(str(number), level, key=key))
            await asyncio.sleep(pause_s)
        await asyncio.sleep(7200)

    played(tmp_path_factory.mktemp("alerts"), scene)
    wanted = [str(n) for n, (level, _, _) in enumerate(raised) if level is Level.CRITICAL]
    heard = [alert.title for alert in ears.heard if alert.level is Level.CRITICAL]
    assert heard == wanted
