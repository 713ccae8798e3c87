"""Is somebody who tries a channel told what came of it, and what to mend?"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.shell.notify.desk import HANGS, Desk, Ears, an_alert, played

from tradebot.core.model.alert import AlertKind, Level
from tradebot.core.model.secret import Secret
from tradebot.ports import NotDelivered
from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.notify.trial import Trial, advice, reach_by
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.told.redact import hiding


class Lookable(Ears):
    """Ears that can be looked at without a word."""

    def __init__(self, trouble: str = "") -> None:
        super().__init__()
        self._trouble = trouble

    async def reach(self) -> str:
        if self._trouble:
            raise NotDelivered(self._trouble)
        return "ears answer"


def test_each_channel_is_tried_at_once_past_filters_and_told_in_a_row(tmp_path: Path) -> None:
    good, deaf = Ears(), Ears([NotDelivered("HTTP 404: hush-hush", is_final=True)])
    slow, broken = Ears([HANGS]), Ears([ValueError("odd")])

    async def scene(desk: Desk) -> list[dict[str, Any]]:
        desk.open(
            hiding([Secret("hush-hush")]), good=(good, {"min_level": Level.CRITICAL}),
            deaf=(deaf, {}), slow=(slow, {"timeout_s": 7.0}), broken=(broken, {}),
        )
        return await desk.alerts.try_out(None, "ann")

    channels = {
        "good": {"min_level": Level.CRITICAL}, "deaf": {}, "slow": {"timeout_s": 7.0},
        "broken": {}, "off": {"enabled": False},
    }
    rows = played(tmp_path, scene, channels={
        name: ChannelSection(**{"plugin": "ears", **more})  # type: ignore[arg-type]
        for name, more in channels.items()
    })
    assert {row["channel"]: (row["outcome"], row["told"], row["advice"]) for row in rows} == {
        "good": ("delivered", "", ""), "deaf": ("failed", "HTTP 404: ***", advice("HTTP 404")),
        "slow": ("failed", "no answer within 7 s", advice("no answer")),
        "broken": ("failed", "ValueError: odd", "see the log"),
        "off": ("skipped", "it is disabled", ""),
    }
    assert [row["latency_ms"] for row in rows] == [0.0, 0.0, 7000.0, 0.0, 0.0]
    (heard,) = good.heard
    assert (heard.kind, heard.text) == (
        AlertKind.TEST, "ann tried whether they do. Nothing has happened.")


def test_a_trial_by_one_channel_disturbs_none_and_counts_for_nothing(tmp_path: Path) -> None:
    one, other = Ears([NotDelivered("HTTP 500")] * 9), Ears()

    async def scene(desk: Desk) -> None:
        desk.open(one=(one, {"breaker_threshold": 2, "max_retries": 0}), other=(other, {}))
        for _ in range(9):
            (row,) = await desk.alerts.try_out("one", "ann")
            assert row["outcome"] == "failed"
        assert await desk.alerts.try_out("none", "ann") == []
        desk.alerts.raise_(an_alert())
        await asyncio.sleep(1)
        assert [row["state"] for row in desk.alerts.standing()] == ["CLOSED", "CLOSED"]

    section = ChannelSection(plugin="ears")
    played(tmp_path, scene, channels={"one": section, "other": section})
    assert (one.titles, other.titles) == (["hello"], ["hello"])


def test_a_channel_is_looked_at_without_a_word() -> None:
    ears = {"good": Lookable(), "gone": Lookable("no connection (X)"), "plain": Ears()}
    section = ChannelSection(plugin="ears")
    with asyncio.Runner(loop_factory=SimLoop) as runner:
        rows = runner.run(reach_by(
            [Trial(name=name, section=section, notifier=one) for name, one in ears.items()], str
        ))
    assert [(row["outcome"], row["told"]) for row in rows] == [
        ("reached", "ears answer"), ("failed", "no connection (X)"),
        ("reached", "it cannot be asked without a message"),
    ]
    assert [one.heard for one in ears.values()] == [[], [], []]


@pytest.mark.parametrize(("told", "leads_to"), [
    ("HTTP 401", "the key"), ("HTTP 403", "rights"), ("HTTP 404: no_service", "another webhook"),
    ("HTTP 410", "taken back"), ("HTTP 418", "settings"), ("HTTP 307", "moved"),
    ("HTTP 429: too much", "wait"), ("HTTP 503", "the service itself"),
    ("no connection (ClientConnectorCertificateError)", "certificate"),
    ("no connection (SSLError)", "TLS"), ("no connection (ClientConnectorError)", "host and port"),
    ("h.example: 10.0.0.1 is no address on the open Internet", "set allow_private"),
    ("h.example has no address (gaierror)", "names can be looked up"),
    ("no connection (BlockingIOError)", "wait, and try again"),
    ("AuthenticationError 535", "password"), ("2 recipients were refused (550)", "recipients"),
    ("no recipient was taken (550)", "recipients"), ("no answer within 10 s", "firewall"),
    ("Apprise delivered nothing", "its own command"), ("ValueError: odd", "see the log"),
])
def test_what_a_channel_says_leads_to_what_to_mend(told: str, leads_to: str) -> None:
    assert leads_to in advice(told)
