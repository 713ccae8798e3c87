"""What must hold after any day? Each check has its own idea of the truth."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from tests.makers import ACCOUNT, CALL, of, some_instruments
from tests.properties.walk import Day, Line

from tradebot.core.book.book import Book
from tradebot.core.book.ledger import Share
from tradebot.core.book.order_state import OrderState
from tradebot.core.model import events as e
from tradebot.core.model.commands import Phase, SubmitIntent
from tradebot.core.model.intent import Side
from tradebot.core.model.reason import Stage
from tradebot.core.model.settings import Settings
from tradebot.core.pipeline.handle import handle

DUST: Final = Decimal("1e-15")  # averages do not divide evenly; 28 digits leave this much
CALENDARS: Final = {i.symbol: i.calendar for i in some_instruments()}
ANSWERS: Final = frozenset({"pending_cancel", "pending_replace", "cancel_rejected"})
MULTIPLIERS: Final = {i.symbol: i.multiplier for i in some_instruments()}


def refold_gives_the_same_book(day: Day) -> None:
    book = Book()
    for line in day.journal:
        book.fold(line.at, line.events)
    assert book == day.book


def deciding_again_gives_the_same_events(day: Day) -> None:
    book = Book()
    for line in day.journal:
        assert tuple(handle(book, line.command, line.facts(), line.at)) == line.events


def the_money_is_what_the_broker_moved(day: Day) -> None:
    account = day.book.ledger.accounts[ACCOUNT]
    assert account.cash - account.opening_cash == day.broker.cash()
    nets = day.book.ledger.nets.get(ACCOUNT, {})
    assert {symbol: net.qty for symbol, net in nets.items()} == day.broker.positions()
    assert account.fees == day.broker.fees


def each_order_is_filled_as_the_broker_filled_it(day: Day) -> None:
    for true in day.broker.orders.values():
        state = day.book.orders.find(true.cl_ord_id)
        assert state is not None
        assert state.order.cum_qty == sum(true.fills.values())


def an_ended_order_never_works_again(day: Day) -> None:
    for true in day.broker.orders.values():
        state = day.book.orders.find(true.cl_ord_id)
        if true.ended is not None and state is not None:
            assert state.order.is_done
            assert true.cl_ord_id not in day.book.orders.working


def bookings_sum_to_nothing(day: Day) -> None:
    for booked in _all(day, e.TradeBooked):
        assert abs(booked.cash + booked.cost + booked.fee - booked.realized) < DUST
    account, shares = day.book.ledger.accounts[ACCOUNT], list(_shares(day))
    cost = sum((share.cost for _, share in shares), Decimal(0))
    gained = account.cash - account.opening_cash
    assert abs(gained + cost + account.fees - account.realized) < DUST
    for symbol in CALENDARS:
        held = sum((share.qty for name, share in shares if name == symbol), Decimal(0))
        assert held == day.book.ledger.net_qty(ACCOUNT, symbol)
    for symbol, share in shares:
        assert share.qty or not share.cost, f"nothing of {symbol} is held, yet it cost something"


def a_bust_takes_back_what_was_booked(day: Day) -> None:
    booked: dict[str, e.TradeBooked] = {}
    held: dict[tuple[str, str], Decimal] = {}
    for event in _all(day, e.TradeBooked):
        name = (event.strategy_id, event.symbol)
        held[name] = held.get(name, Decimal(0)) + event.qty
        booked[event.exec_id] = event
        if event.reverses is not None:
            old = booked[event.reverses]
            assert (event.qty, event.px) == (-old.qty, old.px)
            assert event.cash + event.fee == -(old.cash + old.fee)
            assert not held[name] or (event.cost, event.realized) == (-old.cost, -old.realized)


def what_finished_was_handed_over_and_nothing_else(day: Day) -> None:
    orders = day.book.orders
    assert all(not state.order.is_done for state in orders.working.values())
    assert all(state.order.is_done and state.is_handed_off for state in orders.finished.values())
    changed: dict[str, bool] = {}  # was money booked since the last hand-over?
    for event in _all(day, e.TradeBooked, e.ReconRequested):
        changed[event.cl_ord_id] = isinstance(event, e.TradeBooked)
    for root in orders.finished:
        assert not changed.get(root), "money came after the hand-over, unannounced"


def sums_that_gates_ask_for_are_right(day: Day) -> None:
    orders = day.book.orders
    reserved, at_risk, leaves = Decimal(0), Decimal(0), dict[tuple[str, Side], Decimal]()
    for state in orders.working.values():
        open_, share = state.order.order_qty - state.order.cum_qty, _share(state)
        reserved += state.reserved * share
        at_risk += state.risk * share
        for leg in state.intent.legs:
            lane = (leg.symbol, leg.side)
            leaves[lane] = leaves.get(lane, Decimal(0)) + open_ * leg.ratio_qty
    assert abs(orders.reserved.get(ACCOUNT, Decimal(0)) - reserved) < DUST
    assert abs(orders.at_risk.get(ACCOUNT, Decimal(0)) - at_risk) < DUST
    for symbol in CALENDARS:
        for side in Side:
            assert orders.leaves_of(ACCOUNT, symbol, side) == leaves.get((symbol, side), 0)


def _share(state: OrderState) -> Decimal:
    """Return what part of an order still counts: all of it while in doubt."""
    order = state.order
    is_whole = state.in_doubt or not order.cum_qty
    return Decimal(1) if is_whole else (order.order_qty - order.cum_qty) / order.order_qty


def exposures_are_what_is_held_and_worked(day: Day) -> None:
    """Sum anew: the larger of what rises and what falls with each underlying, and of all."""
    sides: dict[str, list[Decimal]] = {}
    symbols: dict[str, set[str]] = {}

    def add(symbol: str, worth: Decimal) -> None:
        underlying = "SPY" if symbol.startswith("SPY") else symbol  # calls rise with it
        symbols.setdefault(underlying, set()).add(symbol)
        sides.setdefault(underlying, [Decimal(0), Decimal(0)])[worth < 0] += abs(worth)

    for symbol, net in day.book.ledger.nets.get(ACCOUNT, {}).items():
        add(symbol, net.value)
    for state in day.book.orders.working.values():
        for leg in state.intent.legs:
            add(leg.symbol, leg.side.sign * state.reserved * _share(state) / len(state.intent.legs))
    found = day.book.exposure.of(ACCOUNT)
    assert {u: bet.positions for u, bet in found.bets.items()} == {
        u: len(names) for u, names in symbols.items()
    }
    for underlying, (up, down) in sides.items():
        assert abs(found.bets[underlying].up - up) < DUST
        assert abs(found.bets[underlying].down - down) < DUST
    total = sum((max(both) for both in sides.values()), Decimal(0))
    assert abs(sum(found.sectors.values(), Decimal(0)) - total) < DUST


def the_risk_of_what_is_held_is_right(day: Day) -> None:
    """Held options: calls alone, so what is long can lose its value, what is short has no end."""
    account, nets = day.book.ledger.accounts[ACCOUNT], day.book.ledger.nets.get(ACCOUNT, {})
    calls = [net for symbol, net in nets.items() if symbol == CALL]
    assert account.options_gross == sum(abs(net.value) for net in calls)
    covered = [net for net in calls if net.qty > 0 or nets["SPY"].qty >= -100 * net.qty]
    assert account.endless == len(calls) - len(covered)
    assert account.options_loss == sum(max(Decimal(0), net.value) for net in covered)
    gross = sum((abs(net.value) for net in nets.values()), Decimal(0))
    assert account.gross_value == gross
    assert account.high_water >= account.equity


def every_order_sent_was_allowed(day: Day) -> None:
    """Govern anew: what was killed, refused, closed or too large at the time never goes out."""
    rules = Rules()
    for line in day.journal:
        rules.read(line)


class Rules:
    """A small memory of its own of what may be sent."""

    def __init__(self) -> None:
        self.is_killed = False
        self.phases: dict[str, Phase] = {}
        self.settings = Settings()
        self.sent: set[str] = set()
        self.over: set[str] = set()
        self.at_work: dict[str, str] = {}
        self.symbols: dict[str, tuple[str, ...]] = {}
        self.doubts: dict[str, tuple[str, ...]] = {}
        self.owners: dict[str, str] = {}
        self.canceled: set[str] = set()
        self.keys: dict[str, str] = {}

    def read(self, line: Line) -> None:
        self._about_keys(line)
        passed: str | None = None
        for event in line.events:
            if isinstance(event, e.OrderSubmitted):
                assert passed == event.intent_id, "sent without passing stage 5 just before"
                self._about_sent(line, event)
            passed = None
            if isinstance(event, e.StagesPassed) and event.through is Stage.DISPATCH:
                passed = event.intent_id
            self._remember(event)

    def _about_keys(self, line: Line) -> None:
        if not isinstance(line.command, SubmitIntent) or line.command.intent.key is None:
            return
        key, digest = line.command.intent.key, line.command.intent.digest()
        if key not in self.keys:
            assert isinstance(line.events[0], e.IntentReceived)
            self.keys[key] = digest
        elif self.keys[key] == digest:
            assert line.events == ()
        else:
            assert [type(event) for event in line.events] == [e.IntentConflicted]

    def _about_sent(self, line: Line, sent: e.OrderSubmitted) -> None:
        policy, body = self.settings.policy, sent.intent
        assert not self.is_killed
        assert line.latch is None
        assert sent.cl_ord_id not in self.sent, "one ClOrdID sent twice"
        assert sent.intent_id not in self.at_work, "one intent at work twice"
        assert sent.intent_id not in self.over, "sent after it was refused"
        assert sent.intent_id not in self.canceled, "sent after someone took it back"
        assert line.at < sent.send_by
        assert 0 < body.order_qty <= policy.order_qty_max
        worth = Decimal(0)
        for leg in body.legs:
            assert self.phases[CALENDARS[leg.symbol]] is Phase.TRADING
            assert not any(leg.symbol in symbols for symbols in self.doubts.values())
            quote = line.quotes[leg.symbol]
            age = Decimal(str((line.at - quote.as_of).total_seconds()))
            assert 0 <= age <= policy.quote_age_max_s
            px = quote.ask if leg.side is Side.BUY else quote.bid
            worth += px * leg.ratio_qty * MULTIPLIERS[leg.symbol]
        assert worth * body.order_qty <= policy.order_notional_max_usd
        self.sent.add(sent.cl_ord_id)

    def _remember(self, event: e.Event) -> None:
        match event:
            case e.KillSwitchSet():
                self.is_killed = event.engaged
            case e.SessionEntered():
                self.phases[event.calendar] = event.phase
            case e.SettingsActivated():
                self.settings = event.settings
            case e.OrderSubmitted():
                self.at_work[event.intent_id] = event.cl_ord_id
                self.owners[event.cl_ord_id] = event.intent_id
                self.symbols[event.cl_ord_id] = tuple(leg.symbol for leg in event.intent.legs)
            case e.OrderNeverLeft():
                self.at_work = {i: c for i, c in self.at_work.items() if c != event.cl_ord_id}
                self.doubts.pop(event.cl_ord_id, None)
            case e.ReplaceRequested():
                self.owners[event.request_id] = self.owners[event.cl_ord_id]
            case e.CancelRequested():
                self.canceled.add(self.owners[event.cl_ord_id])
            case e.OrderInDoubt():
                self.doubts[event.cl_ord_id] = self.symbols[event.cl_ord_id]
            case e.OrderReported():
                if event.report.exec_type not in ANSWERS:
                    self.doubts.pop(event.report.cl_ord_id, None)
            case e.IntentRefused() | e.IntentHeld():
                assert event.intent_id not in self.over, "an intent went on after its end"
                if isinstance(event, e.IntentRefused):
                    assert event.intent_id not in self.at_work
                    self.over.add(event.intent_id)
            case _:
                pass


def _all(day: Day, *types: type) -> Iterator[Any]:
    for line in day.journal:
        yield from of(line.events, *types)


def _shares(day: Day) -> Iterator[tuple[str, Share]]:
    for _, _, symbol, share in day.book.ledger.shares():
        yield symbol, share


CHECKS: Final[tuple[Callable[[Day], None], ...]] = (
    refold_gives_the_same_book,
    deciding_again_gives_the_same_events,
    the_money_is_what_the_broker_moved,
    each_order_is_filled_as_the_broker_filled_it,
    an_ended_order_never_works_again,
    bookings_sum_to_nothing,
    a_bust_takes_back_what_was_booked,
    what_finished_was_handed_over_and_nothing_else,
    sums_that_gates_ask_for_are_right,
    the_risk_of_what_is_held_is_right,
    exposures_are_what_is_held_and_worked,
    every_order_sent_was_allowed,
)
