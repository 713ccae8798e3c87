"""Does each day's file tell every run of the gates over drafts and options, once, in full?"""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.core.gates.desks import CONDOR, a_condor, a_fact, ranked
from tests.makers import an_intent
from tests.tiny_daemon import AT, TinyDaemon, a_morning

from tradebot.core.gates import REQUIRED
from tradebot.core.gates.desk import DESK
from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    DefineInstruments,
    FactArrived,
    SubmitIntent,
)
from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.ids import IntentId
from tradebot.core.model.instrument import Instrument, parse_occ
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.reason import option_need
from tradebot.shell.told.gate_files import GateFiles

DAY = "2026-08-24.jsonl"
SYMBOLS = tuple(leg.symbol for leg in CONDOR)


def a_daemon(**desk: Any) -> TinyDaemon:
    """Make a daemon that knows the condor's options, under the shipped limits of the desk."""
    daemon = TinyDaemon()
    first = a_morning()[0]
    assert isinstance(first, ActivateSettings)
    policy = replace(first.settings.policy, desk=DeskPolicy(**desk))
    daemon.decide(ActivateSettings(settings=replace(first.settings, policy=policy), version="desk"))
    spy = Instrument(symbol="SPY", is_fund=True)
    daemon.decide(DefineInstruments(instruments=(spy, *map(parse_occ, SYMBOLS))))
    for symbol in SYMBOLS:
        daemon.quote(symbol, "2.00", "2.10")
        daemon.facts.options[symbol] = a_fact(symbol, AT)
    daemon.facts.volatilities["SPY"] = ranked("0.5", AT)
    return daemon


def submit(daemon: TinyDaemon, body: Intent) -> IntentId:
    decision = daemon.decide(SubmitIntent(intent=body))
    assert decision is not None
    intent_id: IntentId = decision.events[0].intent_id  # type: ignore[union-attr]
    return intent_id


def told(daemon: TinyDaemon, directory: Path) -> list[dict[str, Any]]:
    """Write what a daemon's start finds missing, end it, and read what is there."""
    closes: list[Callable[[], None]] = []
    GateFiles(directory, daemon.views.gate_runs, closes.append)
    for close in closes:
        close()
    path = directory / DAY
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def test_a_run_tells_every_gate_with_its_numbers_and_how_old_the_facts_were(
    tmp_path: Path,
) -> None:
    daemon = a_daemon()
    intent_id = submit(daemon, a_condor(source=Source.DESK, strategy_id=None, user="ann"))
    (line,) = told(daemon, tmp_path)
    assert (line["intent_id"], line["draft_id"]) == (intent_id, intent_id)
    assert (line["structure"], line["verdict"], line["warnings"]) == ("iron_condor", "ALLOW", [])
    assert [gate["gate"] for gate in line["gates"]] == [g.__name__ for g in (*REQUIRED, *DESK)]
    rank = next(gate for gate in line["gates"] if gate["gate"] == "iv_rank")
    assert (rank["verdict"], rank["actual"], rank["limit"]) == ("ALLOW", "0.5", "0.8")
    assert set(line["ages_s"]["options"]) == set(SYMBOLS)
    assert set(line["ages_s"]["quotes"]) == {*SYMBOLS, "SPY"}
    age = line["seq"]  # the daemon's clock moves a second a decision
    assert line["ages_s"]["volatilities"] == {"SPY": str(age)}
    assert line["gate_list"] == 8


def test_a_run_that_objects_is_told_and_so_is_the_next(tmp_path: Path) -> None:
    daemon = a_daemon()
    daemon.facts.options[SYMBOLS[0]] = a_fact(SYMBOLS[0], AT, open_interest=None)
    submit(daemon, a_condor())
    daemon.facts.options[SYMBOLS[0]] = a_fact(SYMBOLS[0], AT, open_interest=499)
    daemon.decide(FactArrived(needs=(option_need(SYMBOLS[0]),)))
    waits, refused = told(daemon, tmp_path)
    assert (waits["verdict"], refused["verdict"]) == ("PAUSE", "BLOCK")
    (gate,) = [gate for gate in refused["gates"] if gate["verdict"] == "BLOCK"]
    assert gate == {
        "gate": "open_interest", "verdict": "BLOCK", "reason": "RISK_LIQUIDITY", "limit": "499",
        "actual": "500",
    }
    assert refused["draft_id"] is None  # nobody ever had to approve it


def test_a_warning_is_told_as_one(tmp_path: Path) -> None:
    limits = replace(DeskPolicy().greeks, excess="warn", vega_max_frac=Decimal("0.0001"))
    daemon = a_daemon(greeks=limits)
    submit(daemon, an_intent("buy", 1, SYMBOLS[0], price="2.10"))
    (line,) = told(daemon, tmp_path)
    assert (line["verdict"], line["warnings"]) == ("ALLOW", ["portfolio_vega"])


def test_shares_are_told_only_as_drafts(tmp_path: Path) -> None:
    daemon = a_daemon()
    submit(daemon, an_intent("buy", 1))
    assert told(daemon, tmp_path) == []
    draft = submit(daemon, an_intent("buy", 1, source=Source.DESK, strategy_id=None))
    digest = daemon.book.intents.open[draft].body.digest()
    daemon.decide(Approve(target=draft, digest=digest, by="ann"))
    lines = told(daemon, tmp_path)
    assert [line["draft_id"] for line in lines] == [draft, draft]  # drafted, and sent
    assert [line["structure"] for line in lines] == [None, None]
    assert len(lines[0]["gates"]) == len(REQUIRED)


@pytest.mark.fault(29)
def test_what_was_kept_back_is_written_at_the_next_start_and_nothing_twice(
    tmp_path: Path,
) -> None:
    daemon = a_daemon()
    for _ in range(3):
        submit(daemon, a_condor())
    assert len(told(daemon, tmp_path)) == 3
    path = tmp_path / DAY
    first, _, last = path.read_text().splitlines()
    path.write_text(f"{first}\n{last[:40]}")  # a crash cut the last, and lost one
    again = told(daemon, tmp_path)
    assert len({line["seq"] for line in again}) == len(again) == 3


def test_a_decision_is_written_as_it_comes(tmp_path: Path) -> None:
    daemon, closes = a_daemon(), list[Callable[[], None]]()
    files = GateFiles(tmp_path, daemon.views.gate_runs, closes.append)
    submit(daemon, a_condor())
    files.on_decision(daemon.decisions[-1])
    submit(daemon, an_intent("buy", 1))
    files.on_decision(daemon.decisions[-1])
    for close in closes:
        close()
    assert len((tmp_path / DAY).read_text().splitlines()) == 1
