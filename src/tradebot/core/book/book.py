"""What do we believe? A fold over events: only this package changes state, and only by `apply`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tradebot.core.book.arming import Arming
from tradebot.core.book.config import Configuration
from tradebot.core.book.exposure import Exposure
from tradebot.core.book.flow import Flow
from tradebot.core.book.intents import Intents, IntentState
from tradebot.core.book.kill import Kill
from tradebot.core.book.ledger import Ledger
from tradebot.core.book.losses import Losses
from tradebot.core.book.orders import Orders
from tradebot.core.book.places import Market, Route
from tradebot.core.book.promotions import Promotions
from tradebot.core.book.reconciliation import Reconciliation
from tradebot.core.book.records import Records
from tradebot.core.model import combo
from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.commands import Control, Phase
from tradebot.core.model.drift import BreakKind
from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType
from tradebot.core.model.settings import Settings

EARLY_MAX: Final = 100  # busts and corrections an order that wait for what they take back
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Book:
    """Everything we believe, and nothing that no event told us.

    `now` is the time of the decision whose events are being applied: no part of what is believed.
    """

    settings: Settings = field(default_factory=Settings)
    settings_version: str = ""
    config: Configuration = field(default_factory=Configuration)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    markets: dict[str, Market] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    refused: dict[str, e.RouteRefused] = field(default_factory=dict)
    intents: Intents = field(default_factory=Intents)
    orders: Orders = field(default_factory=Orders)
    ledger: Ledger = field(default_factory=Ledger)
    flow: Flow = field(default_factory=Flow)
    controls: dict[Control, str] = field(default_factory=dict)  # those engaged, and why
    recon: Reconciliation = field(default_factory=Reconciliation)
    losses: Losses = field(default_factory=Losses)
    promotions: Promotions = field(default_factory=Promotions)
    records: Records = field(default_factory=Records)
    kill: Kill = field(default_factory=Kill)
    arming: Arming | None = None
    pins: dict[tuple[str, str], e.PinNoticed] = field(default_factory=dict)  # account, symbol
    halted: dict[str, Reason] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)
    now: datetime = field(default=NEVER, compare=False)

    def fold(self, at: datetime, events: Iterable[e.Event]) -> None:
        """Apply what one decision came to, at its time."""
        self.now = at
        for event in events:
            self.apply(event)

    def apply(self, event: e.Event) -> None:
        """Change state as the event says; every event class has exactly one row in FOLDS."""
        FOLDS[type(event)](self, event)

    @property
    def kill_reason(self) -> str | None:
        return self.kill.reason

    @property
    def exposure(self) -> Exposure:
        return self.orders.exposure

    def terms(self, symbol: str) -> Instrument | None:
        """Return the instrument; an option's symbol alone tells its terms."""
        return self.instruments.get(symbol) or option_of(symbol)

    def multiplier(self, symbol: str) -> Decimal:
        """Return what one unit stands for; where nobody knows, one (and then all is halted)."""
        terms = self.terms(symbol)
        return terms.multiplier if terms else ONE

    def reserved(self, account: str, intent: IntentState) -> Decimal:
        """Return what all orders and approved intents but this one may still cost, at worst."""
        changed, given = intent.replaces, intent.approval
        found = self.orders.reserved.get(account, ZERO) + self.intents.reserved.get(account, ZERO)
        own = given.reserved if given is not None and given.account == account else ZERO
        return found - own - (changed.counted.reserved if changed is not None else ZERO)

    def at_risk(self, account: str, intent: IntentState) -> Decimal:
        """Return what of that can be lost."""
        changed, given = intent.replaces, intent.approval
        found = self.orders.at_risk.get(account, ZERO) + self.intents.at_risk.get(account, ZERO)
        own = given.risk if given is not None and given.account == account else ZERO
        return found - own - (changed.counted.risk if changed is not None else ZERO)

    def compared_until(self, route: str) -> datetime | None:
        """Return up to when, by its broker's clock, a route's account was compared; None: never."""
        look, known = self.recon.looks.get(route), self.routes.get(route)
        if look is not None:
            return look.compared.as_of
        return self.ledger.accounts[known.account].opened if known is not None else None

    @property
    def is_idle(self) -> bool:
        """Tell whether no order works, and all that could trade is closed: little happens then."""
        used = {instrument.calendar for instrument in self.instruments.values()}
        markets = [self.markets[name] for name in used if name in self.markets]
        are_closed = all(market.phase is Phase.CLOSED for market in markets)
        return bool(markets) and are_closed and not self.orders.working

    def next_due(self) -> datetime | None:
        """Return when a Tick has something to do."""
        arming = self.arming.given.until if self.arming is not None else None
        due = (self.intents.next_due(), self.orders.deadlines.next_due(), arming)
        return min((moment for moment in due if moment is not None), default=None)


def _submitted(book: Book, event: e.OrderSubmitted) -> None:
    _promoted(book, event)
    if event.armed_by and book.arming is not None:
        book.arming.orders += 1
        book.arming.notional += event.reserved
    book.records.sent(event, book.routes[event.route].kind, book.flow.session or f"{book.now:%F}")
    book.intents.submitted(event)
    body = event.intent
    legs = combo.shares_of(body.legs, book.multiplier) if body.is_combo else ()
    book.orders.submitted(event, book.now, legs)
    book.flow.submitted(event, book.now, book.settings.policy)


def _promoted(book: Book, event: e.OrderSubmitted) -> None:
    """Count what a window let through; what only closes, or counted before, counts no more."""
    name = book.intents.open[event.intent_id].window
    window = next((w for w in book.settings.windows if w.name == name), None)
    if window is None or event.attempt > 1 or not event.reserved > 0:
        return
    market = book.markets.get(window.calendar or book.settings.primary_calendar)
    book.promotions.went(name, market.session if market else None, event.reserved)


def _reported(book: Book, event: e.OrderReported) -> None:
    state = book.orders.reported(event, book.now, is_killed=book.kill_reason is not None)
    undoes = event.report.exec_ref_id
    if undoes is not None:
        state.early = {name: told for name, told in state.early.items() if name != undoes}
    if event.report.exec_type is ExecType.REJECTED:
        book.flow.rejected(state.intent, book.now, book.settings.policy)
        book.records.rejected(state.intent, state.account)


def _ignored(book: Book, event: e.ReportIgnored) -> None:
    """A bust or correction may overtake the execution that it takes back: it waits for it."""
    undoes = event.report.exec_ref_id
    if event.reason is not Reason.OMS_UNKNOWN_EXECUTION or undoes is None:
        return
    state = book.orders.of_report(event.report)
    if state is not None and state.order.fill(undoes) is None and len(state.early) < EARLY_MAX:
        state.early = {**state.early, undoes: event.report}


def _cancel_requested(book: Book, event: e.CancelRequested) -> None:
    book.orders.cancel_requested(event, book.now)
    book.flow.message(book.now)


def _replace_requested(book: Book, event: e.ReplaceRequested) -> None:
    state = book.orders.find(event.cl_ord_id)
    assert state is not None  # only what works is changed
    more, intent = event.reserved - state.counted.reserved, book.intents.open.get(state.intent_id)
    if book.arming is not None and state.armed_by:
        book.arming.notional += max(ZERO, more)
    used = book.promotions.windows.get(intent.window) if intent is not None else None
    if used is not None:
        used.notional += max(ZERO, more)
    book.orders.replace_requested(event)
    book.flow.message(book.now)


def _never_left(book: Book, event: e.OrderNeverLeft) -> None:
    book.intents.never_left(event, book.orders.never_left(event.cl_ord_id, book.now))


def _booked(book: Book, event: e.TradeBooked) -> None:
    profit = book.ledger.booked(event, book.terms(event.symbol))
    if profit:
        book.losses.ended(event.strategy_id, profit, book.now, book.settings.policy)
    if not event.is_external:
        book.records.booked(event)
        book.orders.booked(event, book.now)
    _held(book, event.account, event.symbol)


def _settled(book: Book, event: e.PositionSettled) -> None:
    assert event.report.exec_id is not None  # stage 6 has looked
    account = book.routes[event.report.route].account
    book.ledger.accounts[account].remember(event.report.exec_id, None)


def _held(book: Book, account: str, symbol: str) -> None:
    net = book.ledger.nets.get(account, {}).get(symbol)
    if net is None:
        book.pins.pop((account, symbol), None)
        book.orders.combos.ended(account, symbol)
    book.exposure.held(account, symbol, net.value if net is not None else None)


def _marked(book: Book, event: e.PositionsMarked) -> None:
    book.ledger.marked(event.quotes)
    for quote in event.quotes:
        for account, nets in book.ledger.nets.items():
            if quote.symbol in nets:
                _held(book, account, quote.symbol)


def _recon_requested(book: Book, event: e.ReconRequested) -> None:
    book.intents.finished(book.orders.handed_off(event.cl_ord_id, book.now), event.cl_ord_id)
    book.recon.finished(book.orders.finished[event.cl_ord_id].account)


def _break_found(book: Book, event: e.BreakFound) -> None:
    book.recon.found(event, book.now)
    book.records.broke(event.drift.account)


def _accepted(book: Book, event: e.BreakAccepted) -> None:
    drift = event.drift
    book.recon.accept(event)
    if drift.kind is BreakKind.CASH:
        book.ledger.corrected(drift.account, drift.amount)
    elif drift.kind is BreakKind.POSITION:
        terms = book.terms(drift.subject)
        book.ledger.adopted(drift.account, drift.subject, drift.amount, event.px, terms)
        _held(book, drift.account, drift.subject)


def _kill_switch(book: Book, event: e.KillSwitchSet) -> None:
    book.kill.switched(event, book.routes, book.now)
    for state in book.orders.working.values():
        state.asks = 0  # a kill has cancels of its own
        book.orders.deadlines.watch(state, is_killed=event.engaged)
    if not event.engaged:
        _clear(book, e.EVERYTHING)


def _armed(book: Book, event: LiveArmed) -> None:
    book.arming = Arming(given=event)


def _disarmed(book: Book, event: LiveDisarmed) -> None:
    book.arming = None


def _control(book: Book, event: e.ControlSet) -> None:
    if event.engaged:
        book.controls[event.control] = event.reason
    else:
        book.controls.pop(event.control, None)


def _halt_cleared(book: Book, event: e.HaltCleared) -> None:
    _clear(book, event.symbol)


def _clear(book: Book, symbol: str) -> None:
    if book.halted.pop(symbol, None) is Reason.RISK_DRAWDOWN_HALT:
        book.ledger.high_water_anew()  # or the same fall would halt all again at once


def _session(book: Book, event: e.SessionEntered) -> None:
    book.markets[event.calendar] = Market(
        phase=event.phase, session=event.session, opens=event.opens, closes=event.closes,
        utc_offset_s=event.utc_offset_s,
    )
    if event.calendar == book.settings.primary_calendar and book.flow.entered(event.session):
        book.ledger.day_began()
        book.orders.taken.clear()


def _settings(book: Book, event: e.SettingsActivated) -> None:
    book.settings, book.settings_version = event.settings, event.version
    if event.proposal:
        book.config.ended()
    book.exposure.settle(event.settings.policy)
    book.orders.settle(event.settings)


def _approved(book: Book, event: e.SettingsApproved) -> None:
    market = book.markets.get(book.settings.primary_calendar)
    book.config.approved(event, market.session if market is not None else None)


def _instruments(book: Book, event: e.InstrumentsDefined) -> None:
    book.instruments.update((i.symbol, i) for i in event.instruments)


def _route_up(book: Book, event: e.RouteConnected) -> None:
    known = book.routes.get(event.route)
    if known is not None:
        book.recon.accepted.pop(f"{known.account}/{event.account}", None)
    book.refused.pop(event.route, None)
    book.routes[event.route] = Route(
        kind=event.kind, account=event.account, capabilities=event.capabilities
    )
    if event.opening is not None:
        book.ledger.opened(event.opening, book.terms)
        for stated in event.opening.holdings:
            _held(book, event.account, stated.symbol)


def _route_refused(book: Book, event: e.RouteRefused) -> None:
    book.refused[event.route] = event
    if event.route in book.routes:
        book.routes[event.route].is_up = False


def _route_down(book: Book, event: e.RouteDisconnected) -> None:
    book.routes[event.route].is_up = False


def _breaker(book: Book, event: e.BreakerSet) -> None:
    book.routes[event.route].breaker = event.state


def _strategy(book: Book, event: e.StrategySwitched) -> None:
    if event.enabled:
        book.disabled.pop(event.strategy_id, None)
    else:
        book.disabled[event.strategy_id] = event.reason


def _nothing(book: Book, event: object) -> None:
    """Kept as evidence; changes nothing."""


FOLDS: Final[Mapping[type, Callable[[Book, Any], None]]] = {
    e.IntentReceived: lambda book, event: book.intents.received(event),
    e.IntentConflicted: _nothing,
    e.StagesPassed: _nothing,
    e.IntentHeld: lambda book, event: book.intents.held(event),
    e.IntentRefused: lambda book, event: book.intents.refused(event),
    e.RouteChosen: lambda book, event: book.intents.routed(event),
    e.OrderSubmitted: _submitted,
    e.OrderReported: _reported,
    e.ReportIgnored: _ignored,
    e.OrderInDoubt: lambda book, event: book.orders.doubted(event),
    e.OrderNeverLeft: _never_left,
    e.CancelRequested: _cancel_requested,
    e.CancelRefused: _nothing,
    e.ReplaceRequested: _replace_requested,
    e.ReplaceRefused: lambda book, event: book.orders.replace_refused(event),
    e.TradeBooked: _booked,
    e.PositionSettled: _settled,
    e.PinNoticed: lambda book, event: book.pins.update({(event.account, event.symbol): event}),
    e.ReconRequested: _recon_requested,
    e.InstrumentHalted: lambda book, event: book.halted.update({event.symbol: event.reason}),
    e.HaltCleared: _halt_cleared,
    e.KillSwitchSet: _kill_switch,
    e.RouteFlattened: lambda book, event: book.kill.flattened(event),
    e.ControlSet: _control,
    LiveArmed: _armed,
    LiveDisarmed: _disarmed,
    ArmingRefused: _nothing,
    e.SessionEntered: _session,
    e.SettingsActivated: _settings,
    e.ConfigAccepted: lambda book, event: book.config.accepted(event),
    e.SettingsProposed: lambda book, event: book.config.proposed(event),
    e.SettingsApproved: _approved,
    e.SettingsDropped: lambda book, _: book.config.ended(),
    e.InstrumentsDefined: _instruments,
    e.RouteConnected: _route_up,
    e.RouteDisconnected: _route_down,
    e.RouteRefused: _route_refused,
    e.StatementCompared: lambda book, event: book.recon.compared(event, book.now),
    e.BreakFound: _break_found,
    e.BreakClosed: lambda book, event: book.recon.closed(event),
    e.BreakAccepted: _accepted,
    e.PositionsMarked: _marked,
    e.StrategySwitched: _strategy,
    e.IntentApproved: lambda book, event: book.intents.approved(event),
    e.ApprovalLapsed: lambda book, event: book.intents.lapsed(event),
    e.ApprovalRefused: _nothing,
    e.BreakerSet: _breaker,
    e.DeadLetterRetried: lambda book, event: book.intents.retried(event),
    e.DeadLetterDiscarded: lambda book, event: book.intents.discarded(event),
}
