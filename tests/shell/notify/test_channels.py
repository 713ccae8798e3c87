"""Does every channel tell what it should, in its turn, and hold nobody up when it cannot?"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.shell.notify.desk import HANGS, Desk, Ears, an_alert, critical, played

from tradebot.core.model.alert import AlertKind, Level
from tradebot.ports import NotDelivered

DOWN = NotDelivered("503")


@pytest.mark.fault(91)
def test_who_raises_an_alert_goes_on_while_a_channel_hangs_and_its_queue_is_bounded(
    tmp_path: Path,
) -> None:
    mute, good = Ears([HANGS] * 10_000), Ears()

    async def scene(desk: Desk) -> tuple[float, int, list[dict[str, Any]]]:
        desk.open(
            mute=(mute, {"queue_max": 10, "messages_per_minute_max": 1000}),
            good=(good, {"queue_max": 1000, "messages_per_minute_max": 1000}),
        )
        time = asyncio.get_running_loop().time
        before, most = time(), 0
        for number in range(500):
            desk.alerts.raise_(an_alert(f"fill {number}"))
            most = max(most, desk.alerts.standing()[0]["waiting"])
        took_s = time() - before
        await asyncio.sleep(5)
        return took_s, most, desk.alerts.standing()

    took_s, most, (standing, _) = played(tmp_path, scene)
    assert took_s == 0
    assert most == 10
    assert (standing["delivered"], standing["lost"]) == (0, 490)
    assert good.titles == [f"fill {number}" for number in range(500)]


def test_the_least_important_and_oldest_is_lost_first_and_the_next_message_says_so(
    tmp_path: Path,
) -> None:
    ears = Ears([DOWN])

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"queue_max": 10, "messages_per_minute_max": 1000,
                               "initial_backoff_s": 5}))
        desk.alerts.raise_(an_alert("first"))
        await asyncio.sleep(1)  # refused, and now it rests
        for number in range(9):
            desk.alerts.raise_(critical(f"critical {number}"))
        desk.alerts.raise_(an_alert("warning", Level.WARNING))
        desk.alerts.raise_(an_alert("info"))
        desk.alerts.raise_(critical("critical 9"))
        desk.alerts.raise_(critical("critical 10"))
        desk.alerts.raise_(an_alert("late", Level.WARNING))
        await asyncio.sleep(60)

    played(tmp_path, scene)
    assert ears.titles == [f"critical {number}" for number in range(1, 11)]
    assert "5 earlier messages were lost" in ears.heard[0].text
    assert "lost" not in ears.heard[1].text


def test_what_is_critical_overtakes_what_waits(tmp_path: Path) -> None:
    ears = Ears([DOWN])

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"initial_backoff_s": 5}))
        desk.alerts.raise_(an_alert("one"))
        await asyncio.sleep(1)
        desk.alerts.raise_(an_alert("two", Level.WARNING))
        desk.alerts.raise_(critical("three"))
        await asyncio.sleep(60)

    played(tmp_path, scene)
    assert ears.titles == ["three", "two", "one"]


def test_a_message_is_tried_again_after_growing_waits_and_then_given_up(tmp_path: Path) -> None:
    ears = Ears([DOWN] * 4)

    async def scene(desk: Desk) -> list[str]:
        desk.open(mail=(ears, {"max_retries": 3, "breaker_threshold": 99}))
        desk.alerts.raise_(an_alert())
        await asyncio.sleep(60)
        return desk.lines

    lines = played(tmp_path, scene)
    waits = [later - sooner for sooner, later in zip(ears.tried, ears.tried[1:], strict=False)]
    assert [1 <= waits[0] <= 1.25, 2 <= waits[1] <= 2.5, 4 <= waits[2] <= 5] == [True] * 3
    assert waits[0] != int(waits[0])  # a part of chance
    assert len(ears.tried) == 4
    assert lines == ["alert not delivered to mail (failed): hello: NotDelivered: 503"]


def test_what_is_critical_is_tried_until_it_arrives(tmp_path: Path) -> None:
    ears = Ears([DOWN] * 30)

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {}))
        desk.alerts.raise_(critical())
        await asyncio.sleep(3600)

    played(tmp_path, scene)
    assert ears.titles == ["help"]


def test_a_final_refusal_is_not_tried_again(tmp_path: Path) -> None:
    ears = Ears([NotDelivered("404", is_final=True)])

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {}))
        desk.alerts.raise_(critical())
        await asyncio.sleep(3600)

    played(tmp_path, scene)
    assert (len(ears.tried), ears.heard) == (1, [])


@pytest.mark.parametrize(("asked_s", "least_s"), [(30, 30), (10_000, 600)])
def test_who_asks_to_be_left_alone_is_within_a_bound(
    tmp_path: Path, asked_s: float, least_s: float
) -> None:
    ears = Ears([NotDelivered("429", retry_after_s=asked_s)])

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {}))
        desk.alerts.raise_(an_alert())
        await asyncio.sleep(700)

    played(tmp_path, scene)
    assert least_s <= ears.tried[1] - ears.tried[0] < least_s + 2
    assert ears.titles == ["hello"]


@pytest.mark.parametrize("fault", [HANGS, ValueError("a fault of the plugin")])
def test_a_plugin_that_hangs_or_fails_costs_one_try(tmp_path: Path, fault: Any) -> None:
    ears = Ears([fault])

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"timeout_s": 10}))
        desk.alerts.raise_(an_alert())
        await asyncio.sleep(60)

    played(tmp_path, scene)
    assert ears.titles == ["hello"]


def test_a_channel_that_fails_too_often_rests_and_the_others_hear_of_it(tmp_path: Path) -> None:
    ears, others = Ears([DOWN] * 3), Ears()

    async def scene(desk: Desk) -> list[str]:
        desk.open(
            mail=(ears, {"breaker_threshold": 3, "breaker_timeout_s": 120}), chat=(others, {})
        )
        desk.alerts.raise_(critical())
        await asyncio.sleep(10)
        state = desk.alerts.standing()[0]["state"]
        await asyncio.sleep(300)
        return [state, desk.alerts.standing()[0]["state"]]

    assert played(tmp_path, scene) == ["OPEN", "CLOSED"]
    assert ears.tried[3] - ears.tried[2] >= 120
    assert others.titles == [
        "help", "Alert channel mail takes nothing", "Alert channel mail takes messages again",
    ]


def test_a_storm_becomes_a_summary_by_kind_that_holds_nothing_critical_back(
    tmp_path: Path,
) -> None:
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"messages_per_minute_max": 5}))
        for number in range(20):
            desk.alerts.raise_(an_alert(f"fill {number}"))
            desk.alerts.raise_(an_alert(f"refused {number}", kind=AlertKind.REFUSED))
        desk.alerts.raise_(critical())
        await asyncio.sleep(1)
        assert len(ears.titles) == 6
        await asyncio.sleep(120)
        desk.alerts.raise_(an_alert("calm again"))
        await asyncio.sleep(1)

    played(tmp_path, scene)
    assert ears.titles == [
        "help", "fill 0", "refused 0", "fill 1", "refused 1", "fill 2",
        "35 alerts more: refused 18, fill 17", "calm again",
    ]
    assert ears.heard[-2].kind is AlertKind.STORM


@pytest.mark.parametrize(("more", "is_told"), [
    ({}, True),
    ({"min_level": Level.CRITICAL}, False),
    ({"kinds": (AlertKind.HALT,)}, False),
    ({"kinds": (AlertKind.HALT, AlertKind.FILL)}, True),
    ({"strategies": ("sma",)}, True),
    ({"strategies": ("other",)}, False),
    ({"symbols": ("IBM",)}, False),
])
def test_a_channel_tells_what_it_is_for(
    tmp_path: Path, more: dict[str, Any], is_told: bool
) -> None:
    ears = Ears()
    fields = (("strategy_id", "sma"), ("symbol", "SPY"))

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, more))
        desk.alerts.raise_(an_alert(level=Level.WARNING, fields=fields))
        await asyncio.sleep(1)

    played(tmp_path, scene)
    assert bool(ears.heard) is is_told


def test_channels_are_swapped_while_messages_wait(tmp_path: Path) -> None:
    before, after = Ears([DOWN, DOWN]), Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(before, {}))
        desk.alerts.raise_(an_alert("one"))
        desk.alerts.raise_(an_alert("two"))
        await asyncio.sleep(0.5)
        desk.open(mail=(after, {}))
        await asyncio.sleep(1)
        desk.alerts.raise_(an_alert("three"))
        await asyncio.sleep(1)

    played(tmp_path, scene)
    assert after.titles == ["one", "two", "three"]
    assert before.is_closed
    assert after.is_closed


def test_what_waits_at_the_end_is_told_before_it(tmp_path: Path) -> None:
    ears = Ears()

    async def scene(desk: Desk) -> None:
        desk.open(mail=(ears, {"messages_per_minute_max": 2}))
        await asyncio.sleep(1)
        for number in range(4):
            desk.alerts.raise_(an_alert(str(number)))
        desk.alerts.raise_(critical("stopped by a failure"))

    played(tmp_path, scene)
    assert ears.titles == ["stopped by a failure", "0", "1", "2 alerts more: fill 2"]


def test_the_end_waits_for_no_channel(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> float:
        desk.open(mail=(Ears([HANGS] * 99), {"timeout_s": 120}))
        desk.alerts.raise_(critical())
        running = asyncio.create_task(desk.alerts.run())
        await asyncio.sleep(1)
        began = asyncio.get_running_loop().time()
        running.cancel()
        await asyncio.wait({running})
        return asyncio.get_running_loop().time() - began

    assert played(tmp_path, scene) < 5
