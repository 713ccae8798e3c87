"""Do the curves say how equity and profit came to be, in bounded memory, and never hide a fall?"""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.makers import CALL, a_route, a_statement
from tests.tiny_daemon import AT, TinyDaemon

from tradebot.core.model.commands import DefineInstruments, Mark, SubmitIntent
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.instrument import parse_occ
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.shell.views.equity import POINTS_MAX, Curve, Point
from tradebot.shell.views.rows import Plain


def point(seconds: float, value: int, drawdown: str = "0") -> Point:
    return Point(AT + timedelta(seconds=seconds), Decimal(value), Decimal(drawdown))


def test_a_year_of_marks_is_two_thousand_points_dense_at_its_end() -> None:
    curve, day, step = Curve(POINTS_MAX), 86_400, 60
    for session in range(250):
        for n in range(390):
            curve.add(point(session * day + n * step, session * 1_000 + n))
            assert len(curve.points) <= POINTS_MAX
    newest = curve.points[-1].at
    assert curve.points[0] == point(0, 0)
    assert newest == AT + timedelta(seconds=249 * day + 389 * step)

    def between(older_s: int, newer_s: int) -> int:
        older, newer = newest - timedelta(seconds=older_s), newest - timedelta(seconds=newer_s)
        return sum(older <= p.at <= newer for p in curve.points)

    assert between(3_600, 0) == 61, "every minute of the last hour"
    assert between(200 * day, 100 * day) >= 20, "and days of half a year ago"


@given(
    st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 1_000)), max_size=99),
    st.integers(30, 90),
)
def test_the_deepest_fall_is_never_thinned_away(
    steps: list[tuple[int, int]], more: int
) -> None:
    curve, seconds = Curve(20), 0
    steps = [*steps, *((60, n % 7) for n in range(more))]
    for gap, fallen in steps:
        seconds += gap
        curve.add(point(seconds, -fallen, f"0.{fallen:04}"))
        assert len(curve.points) <= 20
    assert [p.at for p in curve.points] == sorted({p.at for p in curve.points})
    deepest = max(fallen for _, fallen in steps)
    assert max(p.drawdown for p in curve.points) == Decimal(f"0.{deepest:04}")
    assert curve.points[-1].value == -steps[-1][1]


def trade(
    daemon: TinyDaemon, strategy: str, side: str, qty: int, px: str, symbol: str = "SPY"
) -> None:
    """Have a strategy's order filled at once, at the market of its moment."""
    daemon.quote("SPY", "500", "500")
    daemon.quote(symbol, px, px)
    decision = daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol=symbol, side=Side(side)),), order_qty=Decimal(qty),
        strategy_id=StrategyId(strategy),
    )))
    assert decision is not None
    order = next(iter(daemon.book.orders.working))
    daemon.fill(order, str(qty), px, f"X{decision.seq}")


def mark(daemon: TinyDaemon, px: str, symbol: str = "SPY") -> None:
    for _ in range(6):  # the time moves a second a decision
        daemon.decide(Mark(quotes=(
            Quote(symbol=symbol, bid=Decimal(px), ask=Decimal(px), as_of=AT),
        )))


def curves(daemon: TinyDaemon) -> Plain:
    return daemon.views.equity.document(daemon.views.last)


def test_equity_falls_and_rises_with_its_marks() -> None:
    daemon = TinyDaemon()
    trade(daemon, "cross", "buy", 10, "500")
    for px in ("490", "505"):
        mark(daemon, px)
    told = [(row["equity"], row["drawdown"]) for row in curves(daemon)["equity"]]
    assert dict(told) == {"100000": "0", "99898.75": "0.001012", "100048.75": "0"}


def test_each_strategy_s_profit_is_its_own_and_what_the_account_says() -> None:
    daemon = TinyDaemon()
    trade(daemon, "cross", "buy", 10, "500")
    trade(daemon, "quoter", "sell", 4, "510")
    mark(daemon, "520")
    trade(daemon, "cross", "sell", 10, "515")
    profit = curves(daemon)["profit"]
    last = {row["strategy_id"]: row["net"] for row in profit}
    assert last == {"cross": "147.5", "quoter": "-21.25"}
    account = daemon.views.account()["strategies"]
    assert last == {row["strategy_id"]: row["net"] for row in account}
    assert next(r["net"] for r in profit if r["strategy_id"] == "cross") == "198.75"


def test_a_day_on_which_nothing_changes_adds_no_points() -> None:
    daemon = TinyDaemon()
    trade(daemon, "cross", "buy", 10, "500")
    for _ in range(20):
        mark(daemon, "500")
    opened, first, last = curves(daemon)["equity"]
    assert opened["equity"] == "100000"
    assert first["equity"] == last["equity"] == "99998.75", "what the fill cost"
    assert datetime.fromisoformat(last["at"]) > datetime.fromisoformat(first["at"])


def test_an_option_s_profit_counts_its_multiplier() -> None:
    daemon = TinyDaemon()
    daemon.decide(DefineInstruments(instruments=(parse_occ(CALL),)))
    trade(daemon, "cross", "buy", 2, "9.00", CALL)
    mark(daemon, "9.50", CALL)
    assert curves(daemon)["profit"][-1]["net"] == "98.75"


def test_a_clock_that_is_set_back_makes_no_curve_run_backwards() -> None:
    daemon = TinyDaemon()
    trade(daemon, "cross", "buy", 10, "500")
    mark(daemon, "510")
    daemon.decide(a_route("other", statement=a_statement(account="P2")))
    last = daemon.views.last
    assert last is not None
    for account in ("P3", ""):  # one that is new is looked at whatever the time
        if account:
            daemon.views.book.ledger.accounts[account] = daemon.views.book.ledger.accounts["P2"]
        daemon.views.book.ledger.accounts["PAPER-1"].cash += 1
        daemon.views.equity.look(last._replace(at=AT - timedelta(hours=1)))
    times = [row["at"] for row in curves(daemon)["equity"] if row["account"] == "PAPER-1"]
    assert times == sorted(times)
