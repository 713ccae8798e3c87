"""Do the books of the paper broker balance after any sequence of orders, quotes, bars and kills?

Everything is checked against what the reports say and the market showed, not against the broker.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.makers import at
from tests.plugins.paper.bench import (
    EPOCH,
    Bench,
    a_combo,
    an_order,
    check_account,
    play,
)

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Intent, Side, TimeInForce
from tradebot.core.model.order import LIFECYCLE, OrdStatus
from tradebot.core.model.report import ExecType, Report

SYMBOLS = ("SPY", "IBM")
CALL, HIGHER_CALL, PUT = (f"SPY260824{what}000" for what in ("C00100", "C00105", "P00100"))
cents = st.integers(9000, 11000).map(lambda number: Decimal(number) / 100)
sizes = st.sampled_from([0, 0, 3, 10, 40])

quotes = st.tuples(
    st.just("quote"), st.sampled_from(SYMBOLS), cents, st.integers(0, 30), sizes
)
option_quotes = st.tuples(
    st.just("option"), st.sampled_from([CALL, HIGHER_CALL, PUT]), st.integers(100, 900),
    st.integers(1, 20), sizes,
)
bars = st.tuples(st.just("bar"), st.sampled_from(SYMBOLS), st.lists(cents, min_size=4, max_size=4))
tifs = st.sampled_from([tif.value for tif in TimeInForce])
rests = st.sampled_from(["day", "gtc"])
sides = st.sampled_from(["buy", "sell"])
lots = st.integers(1, 60)
orders = st.one_of(
    st.builds(an_order, sides, lots, st.none(), tif=tifs, symbol=st.sampled_from(SYMBOLS)),
    st.builds(an_order, sides, lots, cents, tif=tifs, symbol=st.sampled_from(SYMBOLS)),
    st.builds(
        an_order, sides, lots, st.none() | cents, tif=rests, stop=cents,
        symbol=st.sampled_from(SYMBOLS),
    ),
    st.builds(
        an_order, sides, st.integers(1, 3), st.none(), tif=tifs,
        symbol=st.sampled_from([CALL, HIGHER_CALL, PUT]),
    ),
    st.builds(
        lambda first, second, shares, qty: a_combo(
            f"{first} SPY {shares}", f"{second} {CALL}", qty=qty
        ),
        sides, sides, st.sampled_from([50, 100]), st.integers(1, 3),
    ),
    st.builds(
        lambda first, second, qty, price, tif: a_combo(
            f"{first} {CALL}", f"{second} {HIGHER_CALL}", qty=qty, price=price, tif=tif
        ),
        sides, sides, st.integers(1, 4), st.none() | st.integers(-9, 9), tifs,
    ),
).map(lambda intent: ("order", intent))
requests = st.tuples(
    st.sampled_from(["cancel", "replace"]), st.integers(0, 30), lots, st.none() | cents
)
pauses = st.tuples(st.just("wait"), st.sampled_from([0.0, 0.03, 1.0, 60.0, 60.0, 25_000.0]))
steps = st.lists(
    st.one_of(quotes, quotes, orders, orders, bars, requests, option_quotes, pauses),
    min_size=5, max_size=60,
)
OPENING = (
    ("quote", "SPY", Decimal(100), 2, 40), ("quote", "IBM", Decimal(95), 1, 0),
    ("option", PUT, 300, 10, 0), ("option", CALL, 500, 10, 0), ("option", HIGHER_CALL, 200, 10, 0),
)
costs = st.fixed_dictionaries({
    "commission_bps": st.sampled_from([0, 10]), "slippage_bps": st.sampled_from([0, 5]),
    "latency_ms_min": st.sampled_from([0, 10]), "fill_probability": st.sampled_from(["0", "0.5"]),
    "commission_per_contract": st.sampled_from(["0", "0.65"]), "seed": st.integers(0, 9),
    "short_allowed": st.sampled_from([True, True, True, False]),
}).map(lambda drawn: {**drawn, "latency_ms_max": 40 if drawn["latency_ms_min"] else 0})


@dataclass
class Watch:
    """What the market showed, and when: the witness against the broker."""

    shown: dict[str, list[Quote]] = field(default_factory=lambda: defaultdict(list))
    bars: dict[str, list[Bar]] = field(default_factory=lambda: defaultdict(list))
    prices: dict[str, Decimal | None] = field(default_factory=dict)
    requests: int = 0

    async def act(self, bench: Bench, step: Any) -> None:
        await asyncio.sleep(0.001)  # no two things happen at one moment: stamps tell them apart
        match step:
            case ("quote", symbol, mid, spread, size):
                half = Decimal(spread) / 100
                self._show(bench, symbol, mid - half, mid + half, size)
            case ("option", symbol, mid, spread, size):
                ask = Decimal(mid + spread) / 100
                self._show(bench, symbol, Decimal(mid) / 100, ask, size)
            case ("bar", symbol, (opened, one, other, close)):
                prices = (opened, max(opened, one, other, close), min(opened, one, other, close))
                text = " ".join(map(str, (*prices, close)))
                self.bars[symbol].append(bench.market.print_bar(text, symbol=symbol))
            case ("order", intent):
                await bench.send(intent)
            case ("wait", seconds):
                await asyncio.sleep(seconds)
            case (kind, which, qty, price):
                await self._ask(bench, kind, which, qty, price)

    def _show(self, bench: Bench, symbol: str, bid: Decimal, ask: Decimal, size: int) -> None:
        self.shown[symbol].append(bench.market.show(bid, ask, size, symbol))

    async def _ask(
        self, bench: Bench, kind: str, which: int, qty: int, price: Decimal | None
    ) -> None:
        names = list(bench.intents)
        if not names:
            return
        self.requests += 1
        request, target = ClOrdID(f"Q{self.requests}"), names[which % len(names)]
        if kind == "cancel":
            await bench.broker.cancel(target, request)
        else:
            self.prices[request] = price
            await bench.broker.replace(target, request, Decimal(qty), price)


@dataclass
class Told:
    """One order as its own reports tell it."""

    intent: Intent
    order_qty: Decimal
    price: Decimal | None
    reports: list[Report] = field(default_factory=list)

    @property
    def cum_qty(self) -> Decimal:
        return sum((report.last_qty for report in self.reports), Decimal(0))


def sort_out(bench: Bench) -> list[Told]:
    """Give each report to its order; refused requests belong to none."""
    by_id = {
        name: Told(intent, intent.order_qty, intent.price)
        for name, intent in bench.intents.items()
    }
    made = list(by_id.values())
    for report in bench.told:
        is_of_none = report.exec_type in (ExecType.CANCEL_REJECTED, ExecType.SETTLEMENT)
        if is_of_none or report.is_duplicate_order:
            continue
        told = by_id[report.orig_cl_ord_id or report.cl_ord_id]
        told.reports.append(report)
        if report.exec_type is ExecType.REPLACED:
            assert report.order_qty is not None
            told.order_qty = report.order_qty
            by_id[report.cl_ord_id] = told
        assert told.cum_qty <= told.order_qty, "more was filled than was ordered"
    return made


def check_lives(made: list[Told]) -> None:
    """Every order's reports are a life that the order model of the core accepts."""
    for told in made:
        standing = OrdStatus.PENDING_NEW
        for place, report in enumerate(told.reports):
            assert standing not in (OrdStatus.CANCELED, OrdStatus.REJECTED, OrdStatus.EXPIRED)
            standing = LIFECYCLE[standing, report.exec_type]
            if report.exec_type is ExecType.TRADE:
                assert place > 0, "filled before it was acknowledged"
            if report.exec_type in (ExecType.REJECTED, ExecType.NEW):
                assert place == 0


def check_wholes(made: list[Told]) -> None:
    """Orders that must fill whole fill whole, and what must be over at once is over."""
    for told in made:
        trades = [r.last_qty for r in told.reports if r.exec_type is ExecType.TRADE]
        tif = told.intent.time_in_force
        if told.intent.is_combo:
            assert all(qty == int(qty) for qty in trades)
        if tif is TimeInForce.FOK:
            assert len(trades) <= 1
            assert not trades or trades[0] == told.order_qty
        if tif in (TimeInForce.FOK, TimeInForce.IOC) and told.reports:
            stamps = {report.transact_time for report in told.reports}
            assert len(stamps) == 1
            last = told.reports[-1].exec_type
            is_over = last in (ExecType.REJECTED, ExecType.CANCELED)
            assert is_over or told.cum_qty == told.order_qty


def check_limits(watch: Watch, made: list[Told]) -> None:
    """No fill is worse than its limit; combos count in net prices."""
    for told in made:
        limit = told.price
        for report in told.reports:
            if report.exec_type is ExecType.REPLACED:
                asked = watch.prices[report.cl_ord_id]  # the report itself does not tell it
                limit = limit if asked is None else asked
            if report.exec_type is ExecType.TRADE and limit is not None:
                is_sale = told.intent.side is Side.SELL and not told.intent.is_combo
                better = report.last_px >= limit if is_sale else report.last_px <= limit
                assert better, (report, limit)


def check_prices(watch: Watch, made: list[Told]) -> None:
    """Every price of a share was there: in the last quote, or in a bar that had just ended."""
    for told in made:
        if told.intent.is_combo:
            continue
        symbol = told.intent.symbol
        for report in told.reports:
            if report.exec_type is not ExecType.TRADE:
                continue
            now = report.transact_time
            assert now is not None
            low, high = known_range(watch, symbol, now)
            slack = 1 + Decimal("0.0006")
            assert low / slack - Decimal("0.01") <= report.last_px
            assert report.last_px <= high * slack + Decimal("0.01")


def known_range(watch: Watch, symbol: str, now: datetime) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest price that the market could have shown at that moment."""
    past = [quote for quote in watch.shown[symbol] if quote.as_of <= now]
    same = [quote for quote in past if quote.as_of == now] or past[-1:]
    prices = [px for quote in same for px in (quote.bid, quote.ask)]
    for bar in watch.bars[symbol]:
        if bar.end == now:
            prices += [bar.low, bar.high]
    return min(prices), max(prices)


def check_sizes(watch: Watch, made: list[Told]) -> None:
    """Between two quotes no more is bought of a symbol than the first of them displayed."""
    for symbol in SYMBOLS:
        shown = watch.shown[symbol]
        ends = {bar.end for bar in watch.bars[symbol]}
        stamps = [quote.as_of for quote in shown]
        for quote, until in zip_longest(shown, stamps[1:]):
            if not quote.ask_size or stamps.count(quote.as_of) > 1:
                continue
            for side in Side:
                assert sum(
                    report.last_qty for told in made for report in told.reports
                    if report.exec_type is ExecType.TRADE and not told.intent.is_combo
                    and told.intent.symbol == symbol and told.intent.side is side
                    and report.transact_time is not None and report.transact_time not in ends
                    and quote.as_of <= report.transact_time
                    and (until is None or report.transact_time < until)
                ) <= quote.ask_size


async def check_statement(bench: Bench, made: list[Told]) -> None:
    """What the broker states is what it told; what works is what is not over."""
    await check_account(bench)
    statement = await bench.broker.statement()
    over = (ExecType.REJECTED, ExecType.CANCELED, ExecType.EXPIRED)
    working = [
        told for told in made
        if told.cum_qty < told.order_qty and not any(r.exec_type in over for r in told.reports)
    ]
    assert len(statement.working) == len(working)
    money = (ExecType.TRADE, ExecType.SETTLEMENT)
    trades = [report for report in bench.told if report.exec_type in money]
    assert list(await bench.broker.fills_since(EPOCH)) == trades
    has_delivered = any(report.legs for report in trades if report.symbol)  # a put may go short
    if not bench.settings.short_allowed and not has_delivered:
        assert all(held.qty >= 0 for held in statement.holdings if held.symbol in SYMBOLS)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps, costs=costs)
def test_after_any_sequence_the_books_balance(steps: list[Any], costs: dict[str, Any]) -> None:
    watch = Watch()

    async def story(bench: Bench) -> None:
        for step in (*OPENING, *steps):
            await watch.act(bench, step)
        await bench.settle(1)
        made = sort_out(bench)
        check_lives(made)
        check_wholes(made)
        check_limits(watch, made)
        check_prices(watch, made)
        check_sizes(watch, made)
        await check_statement(bench, made)

    with TemporaryDirectory() as home:
        play(Path(home), story, **costs)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=steps, after=steps, costs=costs)
def test_a_kill_in_the_middle_changes_no_sum(
    before: list[Any], after: list[Any], costs: dict[str, Any]
) -> None:
    """What the second life states is what both lives told, and what the first wrote untold."""
    watch = Watch()
    lives: list[Bench] = []

    async def first(bench: Bench) -> None:
        lives.append(bench)
        for step in (*OPENING, *before):
            await watch.act(bench, step)

    async def second(bench: Bench) -> None:
        told_before = lives[0]
        bench.intents.update(told_before.intents)
        bench.names = "U"
        found = [await bench.broker.find(name) for name in told_before.intents]
        remembered = {report for order in found if order for report in order.reports}
        fills = list(await bench.broker.fills_since(EPOCH))
        for report in told_before.told:
            if report.exec_type is ExecType.SETTLEMENT:
                assert report in fills
            elif report.exec_type is not ExecType.CANCEL_REJECTED:
                assert report in remembered or report.is_duplicate_order
        watch.requests = 1000
        for step in after:
            await watch.act(bench, step)
        await bench.settle(1)
        found = [await bench.broker.find(name) for name in bench.intents]
        everything = {report for order in found if order for report in order.reports}
        fills = list(await bench.broker.fills_since(EPOCH))
        ended = {report for report in fills if report.exec_type is ExecType.SETTLEMENT}
        trades = {report for report in everything if report.exec_type is ExecType.TRADE}
        assert trades == set(fills) - ended
        assert len({report.exec_id for report in fills}) == len(fills)
        replaced = [report for report in everything if report.exec_type is ExecType.REPLACED]
        replaced.sort(key=lambda report: report.transact_time or at(0))
        bench.told[:] = [*replaced, *fills]
        await check_account(bench)

    with TemporaryDirectory() as home:
        play(Path(home), first, **costs)
        play(Path(home), second, at(3 * 3600), **costs)
