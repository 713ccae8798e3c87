"""Does it quote both sides, follow the mid, stop at its bound, and wait for what is on its way?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tradebot.core.model.commands import RequestCancel, RequestReplace
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Intent, Side
from tradebot.plugins.strategies.mid_quoter import MidQuoter, MidQuoterSettings
from tradebot.ports import Action, Position, Working

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)


@dataclass
class FakeDesk:
    """A desk whose orders and position the test lays out."""

    held: Decimal = Decimal(0)
    mine: list[Working] = field(default_factory=list)
    on_the_way: int = 0
    trades_now: bool = True
    strategy_id: str = "q"

    def now(self) -> datetime:
        return AT

    def is_open(self, symbol: str) -> bool:
        return self.trades_now

    def position(self, symbol: str) -> Position:
        return Position(symbol=symbol, qty=self.held, avg_px=Decimal(100))

    def working(self, symbol: str) -> int:
        return len(self.mine) + self.on_the_way

    def orders(self, symbol: str) -> Sequence[Working]:
        return self.mine

    def quote(self, symbol: str) -> Quote | None:
        return None

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return ()


def quoter(**settings: str) -> MidQuoter:
    chosen = MidQuoterSettings(**{name: Decimal(value) for name, value in settings.items()})
    return MidQuoter(chosen, strategy_id="q", symbols=("SPY",))


def actions(
    desk: FakeDesk, mid: str = "100.00", strategy: MidQuoter | None = None, seconds: float = 0
) -> list[Action]:
    quote = Quote(
        symbol="SPY", bid=Decimal(mid) - Decimal("0.01"), ask=Decimal(mid) + Decimal("0.01"),
        as_of=AT + timedelta(seconds=seconds),
    )
    return list((strategy or quoter()).on_quote(quote, desk))


def an_order(side: Side, price: str, is_changing: bool = False) -> Working:
    return Working(
        cl_ord_id=ClOrdID(f"tb{side}"), symbol="SPY", side=side, leaves_qty=Decimal(10),
        price=Decimal(price), is_changing=is_changing,
    )


def both_sides() -> list[Working]:
    return [an_order(Side.BUY, "99.95"), an_order(Side.SELL, "100.05")]


def test_it_begins_with_a_bid_below_and_an_offer_above_the_mid() -> None:
    found = actions(FakeDesk())
    assert [
        (a.side, a.price, a.order_qty) for a in found if isinstance(a, Intent)
    ] == [(Side.BUY, Decimal("99.95"), 10), (Side.SELL, Decimal("100.05"), 10)]


def test_prices_are_on_ticks_and_never_nearer_than_asked_for() -> None:
    (bid, offer) = actions(FakeDesk(), "100.0033")
    assert isinstance(bid, Intent) and isinstance(offer, Intent)
    assert (bid.price, offer.price) == (Decimal("99.95"), Decimal("100.06"))


def test_quotes_stay_while_the_mid_hardly_moves_and_follow_when_it_does() -> None:
    assert actions(FakeDesk(mine=both_sides()), "100.01") == []
    assert actions(FakeDesk(mine=both_sides()), "101.00") == [
        RequestReplace(target="tbbuy", by="q", price=Decimal("100.94")),
        RequestReplace(target="tbsell", by="q", price=Decimal("101.06")),
    ]


def test_a_full_position_is_not_added_to() -> None:
    assert [
        a.side for a in actions(FakeDesk(held=Decimal(50))) if isinstance(a, Intent)
    ] == [Side.SELL]
    (last,) = (
        a for a in actions(FakeDesk(held=Decimal(-43))) if isinstance(a, Intent)
        and a.side is Side.SELL
    )
    assert last.order_qty == 7
    full = FakeDesk(held=Decimal(50), mine=both_sides())
    assert actions(full) == [RequestCancel(target="tbbuy", by="q")]


@pytest.mark.parametrize("desk", [
    FakeDesk(on_the_way=1), FakeDesk(trades_now=False),
    FakeDesk(mine=[replace(order, is_changing=True) for order in both_sides()]),
])
def test_it_waits_while_something_is_on_its_way_or_nothing_trades(desk: FakeDesk) -> None:
    assert actions(desk, "105.00") == []


def test_it_looks_every_so_often_and_at_once_after_a_fill() -> None:
    strategy, desk = quoter(requote_every_s="5"), FakeDesk()
    assert len(actions(desk, strategy=strategy)) == 2
    assert actions(desk, strategy=strategy, seconds=4) == []
    assert len(actions(desk, strategy=strategy, seconds=5)) == 2
    list(strategy.on_fill("SPY", Decimal(10), Decimal(100), desk))
    assert len(actions(desk, strategy=strategy, seconds=6)) == 2
