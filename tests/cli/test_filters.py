"""Do the filters of every list hold together, by the daemon and by its journal alike?"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests.cli.asked import Out, told
from tests.cli.test_offline_verbs import write
from tests.makers import an_intent
from tests.tiny_daemon import AT, TinyDaemon, served

from tradebot.cli.main import main
from tradebot.core.model.commands import RequestCancel, SubmitIntent
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Source
from tradebot.shell.api.queries import parse_filters
from tradebot.shell.views.filters import (
    INTENT_STATUSES,
    ORDER_STATUSES,
)

Row = Mapping[str, Any]
OWNERS = ("slow", "fast", None)
CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "symbol": (None, "SPY", "IBM", "QQQ"), "strategy": (None, "slow", "fast", "nobody"),
    "since": (None, "2026-08-24", (AT + timedelta(seconds=14)).isoformat(), "2030-01-01"),
    "last": (None, "1", "2"),
}
STATUSES: Mapping[str, tuple[str | None, ...]] = {
    "intents": (None, "open", "done", "refused", "sent", "held"),
    "orders": (None, "open", "done", "filled", "canceled", "partially_filled"),
    "fills": (None,), "positions": (None,),
}
TIME_OF = {"intents": "received", "orders": "submitted", "fills": "at"}
IS_OF: Mapping[str, Callable[[Row, str], bool]] = {
    "intents": lambda row, status: status == row["status"] or (
        status == ("done" if row["status"] in ("refused", "finished") else "open")
    ),
    "orders": lambda row, status: status in (
        row["ord_status"], "open" if row["is_open"] else "done"
    ),
}


@pytest.fixture
def daemon() -> TinyDaemon:
    """Two symbols, two strategies and a person; fills, a cancel, a refusal and a rest."""
    found = TinyDaemon()
    for number, (symbol, owner) in enumerate(product(("SPY", "IBM"), OWNERS)):
        found.decide(SubmitIntent(intent=an_intent(
            symbol=symbol, price=None, qty=101 if owner == "fast" and symbol == "IBM" else 10,
            key=f"k{number}", source=Source.STRATEGY if owner else Source.CLI,
            strategy_id=StrategyId(owner) if owner else None,
        )))
    orders = [*found.book.orders.working]
    found.fill(orders[0], "10", "500.01", "X0")
    found.fill(orders[1], "4", "500.01", "X1")
    found.fill(orders[2], "10", "500.01", "X2")
    found.fill(orders[3], "10", "500.01", "X3")
    found.decide(RequestCancel(target=orders[4], by="ann"))
    return found


def wanted(rows: list[Row], verb: str, asked: Mapping[str, str | None]) -> list[Row]:
    kept = [
        row for row in rows
        if asked["symbol"] in (None, row["symbol"])
        and asked["strategy"] in (None, row["strategy_id"])
        and (asked["status"] is None or IS_OF[verb](row, asked["status"]))
        and (asked.get("since") is None or row[TIME_OF[verb]] >= str(asked["since"])[:19])
    ]
    return kept[-int(asked["last"]):] if asked.get("last") else kept


def asked_for(verb: str) -> Iterator[dict[str, str | None]]:
    names = [name for name in CHOICES if verb != "positions" or name in ("symbol", "strategy")]
    for status, *values in product(STATUSES[verb], *(CHOICES[name] for name in names)):
        yield {"status": status, **dict(zip(names, values, strict=True))}


def listed(out: Out, home: Path, verb: str, asked: Mapping[str, str | None]) -> list[Row]:
    words = [f"--{name}={value}" for name, value in asked.items() if value is not None]
    assert main([verb, *words, "--data-dir", str(home), "--json"]) == 0
    found: list[Row] = json.loads(out.readouterr().out)[verb]
    return found


@pytest.mark.parametrize("verb", [*STATUSES])
def test_every_combination_of_filters_is_what_a_person_would_pick(
    daemon: TinyDaemon, verb: str
) -> None:
    view = getattr(daemon.views, verb)
    rows, lengths = view(), set()
    for asked in asked_for(verb):
        said = {name: value for name, value in asked.items() if value is not None}
        found = view(parse_filters(said, (*INTENT_STATUSES, *ORDER_STATUSES)))
        assert found == wanted(rows, verb, asked), asked
        lengths.add(len(found))
    assert len(rows) >= 4
    assert lengths >= {0, 1, 2}


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "offline"])
def test_the_flags_of_every_list_mean_these_filters(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out, is_running: bool
) -> None:
    write(daemon, tmp_path)
    with ExitStack() as stack:
        if is_running:
            stack.enter_context(served(daemon, tmp_path))
        for verb in STATUSES:
            rows = listed(capsys, tmp_path, verb, {})
            for asked in [*asked_for(verb)][:: 41 if len(rows) > 4 else 7]:
                assert listed(capsys, tmp_path, verb, asked) == wanted(rows, verb, asked), asked


@pytest.mark.parametrize("words", [
    ("positions", "--status", "open"), ("fills", "--status", "open"),
    ("positions", "--since", "2026-08-24"), ("orders", "--status", "shiny"),
    ("intents", "--since", "soon"), ("orders", "--last", "0"),
])
def test_a_filter_that_a_list_does_not_have_is_usage(
    tmp_path: Path, capsys: Out, words: tuple[str, ...]
) -> None:
    code, said, error = told(capsys, tmp_path, *words)
    assert (code, said) == (2, "")
    assert words[1] in error


def test_a_persons_orders_fills_and_positions_have_one_owner(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    write(daemon, tmp_path)
    owner = next(row["strategy_id"] for row in listed(capsys, tmp_path, "fills", {})
                 if row["strategy_id"] not in OWNERS)
    asked = {"strategy": owner}
    assert len(listed(capsys, tmp_path, "fills", asked)) == 1
    assert len(listed(capsys, tmp_path, "positions", asked)) == 1
    assert len(listed(capsys, tmp_path, "orders", asked)) == 2
    assert len(listed(capsys, tmp_path, "intents", asked)) == 2
