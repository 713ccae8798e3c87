"""Can a monitor read the metrics, do they say what the daemon says, and what does a scrape cost?"""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.daemon.rehearsal import CONFIG

import tradebot
from tradebot.core.gates import REQUIRED
from tradebot.core.model.facts import Quote
from tradebot.embed import OpenDaemon
from tradebot.shell.metrics.exposition import METRICS
from tradebot.shell.metrics.metric import LABEL_LENGTH_MAX, SERIES_MAX, Kind

UNITS = ("seconds", "bytes", "ratio", "total", "info")
LABELS = {
    "account", "channel", "control", "currency", "gate", "mode", "outcome", "queue", "reason",
    "route", "state", "status", "step", "strategy", "symbol", "verdict", "version",
}


class Scraped(NamedTuple):
    text: str
    status: Mapping[str, Any]
    account: Mapping[str, Any]
    took_s: float
    flooded: str


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Scraped:
    """Half an hour of a rehearsal, with one order that a gate refuses; then a flood of symbols."""
    place = tmp_path_factory.mktemp("metrics")
    (place / "c.yaml").write_text(CONFIG.replace("data_dir: data", f"data_dir: {place}/data"))

    async def run() -> Scraped:
        async with tradebot.open_daemon(
            place / "c.yaml", rehearse=True, speed="max",
            start=datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
            until=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        ) as daemon:
            await daemon.submit(symbol="SPY", side="buy", qty=7, wait=True)
            await daemon.submit(symbol="SPY", side="buy", qty=1_000_000)
            await asyncio.sleep(1700)
            took = []
            for _ in range(20):
                began = perf_counter()
                text = daemon.metrics()
                took.append(perf_counter() - began)
            told = text, daemon.status(), daemon.account(), min(took)
            flood(daemon)
            return Scraped(*told, daemon.metrics())

    return tradebot.rehearse(run())


def flood(daemon: OpenDaemon) -> None:
    """Let a feed quote a thousand symbols that somebody made up to break what reads them."""
    quotes = daemon._built.engine._facts.quotes
    book = daemon._built.views.book
    for n in range(1_000):
        name = f'X{n}"}}\n# \\ ☠' + "y" * 100
        book.instruments[name] = book.instruments["SPY"]
        quotes[name] = Quote(symbol=name, bid=quotes["SPY"].bid, ask=quotes["SPY"].ask,
                             as_of=quotes["SPY"].as_of)


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text) for sample in family.samples
    }


def test_an_independent_parser_reads_every_metric_with_its_kind_and_help(scraped: Scraped) -> None:
    families = {family.name: family for family in text_string_to_metric_families(scraped.text)}
    for metric in METRICS:
        name = metric.name.removesuffix("_total") if metric.kind is Kind.COUNTER else metric.name
        family = families.pop(name)
        assert (family.type, family.documentation) == (metric.kind.value, metric.about)
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels)
            assert sample.value == sample.value, "a number"
    assert not families


def test_names_keep_the_rules_that_promtool_checks() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        name = metric.name
        assert re.fullmatch(r"tradebot(_[a-z]+)+", name), name
        assert name.endswith("_total") is (metric.kind is Kind.COUNTER), name
        assert name.endswith("_seconds") or metric.kind is not Kind.HISTOGRAM, name
        assert not re.search(r"_(ms|minutes|hours|percent|mb|count|sum|bucket)(_|$)", name)
        assert not any(f"_{unit}_" in name.removesuffix("_total") for unit in UNITS), name
        assert metric.about.endswith("."), name
        assert len(metric.about) <= 100, name
        assert set(metric.labels) <= LABELS, name


def test_the_numbers_are_those_that_the_daemon_tells(scraped: Scraped) -> None:
    found, status = samples(scraped.text), scraped.status
    account = scraped.account["accounts"][0]
    whose = (("account", account["account"]), ("currency", "USD"))
    for key in ("equity", "cash", "fees"):
        assert found[f"tradebot_account_{key}", whose] == pytest.approx(float(account[key]))
    assert found["tradebot_state", (("state", "TRADING"),)] == 1
    assert found["tradebot_state", (("state", "HALTED"),)] == 0
    assert found["tradebot_journal_seq", ()] == status["seq"]
    orders = status["orders"]
    assert orders["total"] > 0
    assert found["tradebot_orders_submitted_total", (("route", "paper"),)] == orders["total"]
    ended = {dict(labels)["status"]: n for (name, labels), n in found.items()
             if name == "tradebot_orders_ended_total"}
    assert ended["filled"] == orders["filled"]
    assert found["tradebot_fills_total", ()] == orders["fills"] > 0
    assert found["tradebot_journal_sync_seconds_count", ()] > 0
    refused = (("reason", "RISK_ORDER_QUANTITY"),)
    assert found["tradebot_intents_refused_total", refused] == 1
    by_gate = (("gate", "order_quantity"), ("verdict", "BLOCK"))
    assert found["tradebot_gate_objections_total", by_gate] == 1
    assert found["tradebot_order_step_seconds_count", (("step", "total"),)] == ended["filled"]
    for (name, labels), took in found.items():
        if name == "tradebot_order_step_seconds_bucket" and dict(labels)["le"] == "+Inf":
            assert took == found[name.replace("bucket", "count"), labels[1:]]


def test_every_standing_limit_of_the_gates_is_there_once_an_account(scraped: Scraped) -> None:
    gates = {dict(labels)["gate"] for name, labels in samples(scraped.text)
             if name == "tradebot_limit_used_ratio"}
    assert {"heat", "cash_buffer", "orders_per_day", "position_size", "daily_loss"} <= gates
    assert {"heat", "position_size"} <= {gate.__name__ for gate in REQUIRED}


def test_symbols_that_anybody_makes_up_make_no_flood_of_series(scraped: Scraped) -> None:
    ages = [labels for name, labels in samples(scraped.flooded)
            if name == "tradebot_quote_age_seconds"]
    assert len(ages) == SERIES_MAX
    assert all(len(dict(labels)["symbol"]) <= 2 * LABEL_LENGTH_MAX for labels in ages)
    assert len(scraped.flooded.splitlines()) < len(scraped.text.splitlines()) + SERIES_MAX
    assert scraped.flooded.isascii()


def test_a_scrape_costs_less_than_five_milliseconds(scraped: Scraped) -> None:
    assert scraped.took_s < 0.005, f"{scraped.took_s * 1000:.1f} ms"
