"""Was a promise broken? The invariants by number, each with its own idea of the truth.

Numbers are those of docs/reference/faults.md. A violation ends the day.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model import events as e
from tradebot.core.model.commands import Flatten
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason, Stage
from tradebot.core.model.report import ExecType
from tradebot.core.model.settings import Settings
from tradebot.ports import Clock
from tradebot.shell.clock_watch import LOOK_EVERY_S
from tradebot.shell.engine import INBOX_MAX
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.kill_flag import Latch
from tradebot.shell.replay.redecide import compare
from tradebot.shell.simulate.consents import Consents
from tradebot.shell.simulate.venue import Placed, Venue
from tradebot.shell.simulate.widening import Widening

_SECOND: Final = 1.0
_CONFLICT: Final = Reason.OMS_CONFLICTING_EXECUTION
_TASKS_MAX: Final = 1000
_EARLY: Final = timedelta(seconds=1)  # what a market opens early by a clock that was set back
_SEEN_WITHIN_S: Final = 10.0  # a clock that was set: by a look, and a decision on a slow disk


@fact
class Violation:
    """A promise that did not hold: the invariant's number, when, and what was seen."""

    invariant: int
    at_s: float
    text: str


class Referee:
    """Looks on while a day is played; it changes nothing."""

    def __init__(
        self, venues: Mapping[str, Venue], settings: Settings, *, now: Callable[[], float],
        is_durable: Callable[[bytes], bool], trades: Callable[[datetime], bool],
    ) -> None:
        self.violations: list[Violation] = []
        self.published: dict[int, Decision] = {}
        self.submitted: dict[str, int] = {}  # ClOrdID -> decision
        self.never_left: set[str] = set()
        self.is_killed = False
        self.has_steps = False  # of the clock: what counts by its time is then not judged
        self.count: Counter[str] = Counter()
        self._venues = venues
        self._policy = settings.policy
        self._consents = Consents(settings, now)
        self._widening = Widening()
        self._doubts: set[str] = set()
        self._now = now
        self._is_durable = is_durable
        self._trades = trades
        self._expires: dict[str, datetime] = {}
        self._drafts: set[str] = set()
        self._messages: deque[datetime] = deque()
        self._applied: set[tuple[str, str]] = set()
        self._stepped_at = -inf
        self._settled_at = -inf  # where `_stepped_at` stood before the steps of the last second
        self._steps: list[tuple[float, float]] = []  # of the last second: when, and by how much

    def broken(self, invariant: int, text: str) -> None:
        self.violations.append(
            Violation(invariant=invariant, at_s=round(self._now(), 3), text=text)
        )

    def on_step(self, seconds: float) -> None:
        """Somebody set the clock, by so much under a process that runs.

        What is set back before anybody looks leaves no trace.
        """
        self.has_steps = True
        now = self._now()
        self._steps = [(at, by) for at, by in self._steps if now - at < LOOK_EVERY_S]
        if not self._steps:
            self._settled_at = self._stepped_at
        self._steps.append((now, seconds))
        moved_s = sum(by for _, by in self._steps)
        is_seen = not abs(moved_s) <= self._policy.clock_step_max_s
        self._stepped_at = now if is_seen else self._settled_at

    def on_start(self, past: Sequence[Decision], view: Book) -> None:
        """A process has read its journal: everything that was ever told must be there."""
        self.count["starts"] += 1
        self._stepped_at = self._settled_at = -inf  # nobody can tell any more
        self._steps = []
        for place, decision in enumerate(past, 1):
            if decision.seq != place:
                self.broken(9, f"decision {decision.seq} stands at place {place}")
            told = self.published.get(place)
            if told is not None and told != decision:
                self.broken(10, f"decision {place} was told as another")
        for seq in self.published:
            if seq > len(past):
                self.broken(10, f"decision {seq} was told, and is not in the journal")
                return
        for decision in past[len(self.published):]:
            self._note(decision)
        self._doubts = _in_doubt(view)
        self._consents.on_start()

    def on_published(self, decision: Decision, view: Book) -> None:
        """A decision is told to the world, and the view knows it."""
        if decision.seq != len(self.published) + 1:
            self.broken(9, f"decision {decision.seq} is told after {len(self.published)}")
        if not self._is_durable(b'{"seq":%d,' % decision.seq):
            self.broken(10, f"decision {decision.seq} is told, and is not durable")
        self._note(decision)
        self._about_doubts(decision, view)
        self._about_alarms(decision, view)

    def before_send(
        self, clock: Clock, latch: Latch, kind: str, order: e.OrderSubmitted | None
    ) -> None:
        """A request leaves for the venue."""
        self.count[f"{kind}s sent"] += 1
        if kind == "cancel":
            return
        is_exit = order is not None and order.intent.source is Source.KILL
        if (self.is_killed or latch.reason is not None) and not is_exit:
            self.broken(6, f"a {kind} leaves after the kill switch was set")
        if order is None:
            return
        if order.cl_ord_id not in self.submitted:
            self.broken(2, f"order {order.cl_ord_id} leaves before its decision is told")
        if not self._consents.is_armed(order):
            self.broken(11, f"order {order.cl_ord_id} leaves, and nothing is armed for it")
        if not clock.now() <= order.send_by:
            self.broken(16, f"order {order.cl_ord_id} leaves after its time")
        if not self._trades(clock.now()) and not self._trades(clock.now() + _EARLY):
            self.broken(16, f"order {order.cl_ord_id} leaves in a closed session")
        settles = self._stepped_at + self._policy.clock_settle_s
        if not is_exit and self._stepped_at + _SEEN_WITHIN_S < self._now() < settles:
            self.broken(24, f"order {order.cl_ord_id} leaves, and the clock was just set")

    def on_bounds(self, waiting: Mapping[str, int], tasks: int) -> None:
        """A look at what grows in a process that runs."""
        if not (max(waiting.values()) <= INBOX_MAX and tasks <= _TASKS_MAX):
            self.broken(20, f"{dict(waiting)} wait, in {tasks} tasks")

    def on_clean_end(self, view: Book, journal: Journal) -> None:
        """A process ended as it was asked to: its journal must tell exactly what it told."""
        again = Book()
        for decision in journal.decisions():
            if decision.seq in self.published:  # what was decided behind them, nobody heard of
                again.fold(decision.at, decision.events)
        if again != view:
            self.broken(9, "the journal folds to another book than the one that ran")

    def redecide(self) -> None:
        """Decide the whole day again: the same must come of it."""
        found = compare(self.published.values())
        if found.difference is not None:
            self.broken(18, found.difference.sentence())
        elif found.books is not None:
            self.broken(18, found.books)

    def judge(self) -> None:
        """Look at the venue's books once they agree with ours."""
        for found in self._about_intents():
            self.broken(1, found)
        for order in self._orders():
            if order.filled > order.qty and not any(self._halts(order.symbol)):
                self.broken(3, f"order {order.ids[0]} is overfilled, and nobody was alarmed")
            if self.never_left & {*order.ids}:
                self.broken(12, f"order {order.ids[0]} never left, yet the venue has it")

    def disagreement(self, book: Book) -> str | None:
        """Say where the book is not what the venue holds true; None where all is the same."""
        told = (self._differs(book, route, venue) for route, venue in self._venues.items())
        return next((difference for difference in told if difference is not None), None)

    def _differs(self, book: Book, route: str, venue: Venue) -> str | None:
        account = book.ledger.accounts.get(venue.account)
        if account is None:
            return f"the book has no account {venue.account}"
        if account.cash != venue.cash():
            return f"cash: book {account.cash}, venue {venue.cash()}"
        held = book.ledger.nets.get(venue.account, {}).items()
        nets = {symbol: net.qty for symbol, net in held if net.qty}
        if nets != venue.positions():
            return f"positions: book {nets}, venue {venue.positions()}"
        theirs = {order.ids[0] for order in venue.working()}
        ours = {
            str(root) for root, state in book.orders.working.items() if state.route == route
            and not (state.in_doubt and root not in venue.by_id)  # nobody can ever tell
        }
        if ours != theirs:
            return f"working orders: only book {sorted(ours - theirs)}, only venue" \
                   f" {sorted(theirs - ours)}"
        for order in venue.orders.values():
            state = book.orders.find(order.ids[0])
            if state is None:
                return f"order {order.ids[0]} is not in the book"
            if state.order.cum_qty != order.filled:
                return f"{order.ids[0]}: filled {state.order.cum_qty}, venue {order.filled}"
        return None

    def _about_intents(self) -> Iterator[str]:
        orders = Counter(order.intent for order in self._orders())
        for intent, count in orders.items():
            if count > 1:
                yield f"{count} orders came of intent {intent}"

    def _orders(self) -> Iterator[Placed]:
        for venue in self._venues.values():
            yield from venue.orders.values()

    def _halts(self, symbol: str) -> Iterator[bool]:
        for decision in self.published.values():
            for event in decision.events:
                if isinstance(event, e.InstrumentHalted) and event.symbol in (symbol, e.EVERYTHING):
                    yield True

    def _note(self, decision: Decision) -> None:
        self.published[decision.seq] = decision
        self.count["decisions"] += 1
        for number, text in (*self._consents.note(decision), *self._widening.note(decision)):
            self.broken(number, text)
        through: dict[str, Stage] = {}
        for event in decision.events:
            if isinstance(event, e.IntentReceived):
                self._expires[event.intent_id] = event.expires
            elif isinstance(event, e.IntentHeld) and event.expires is not None:
                self._note_draft_time(event.intent_id, event.stage, event.expires)
            elif isinstance(event, e.StagesPassed):
                through[event.intent_id] = event.through
            elif isinstance(event, e.OrderSubmitted):
                self._note_order(decision, event, through)
            elif isinstance(event, e.OrderNeverLeft):
                self.never_left.add(event.cl_ord_id)
            elif isinstance(event, e.KillSwitchSet):
                self.is_killed = event.engaged
            elif isinstance(event, e.SettingsActivated):
                self._policy = event.settings.policy
            elif isinstance(event, e.OrderReported):
                self._note_report(event)

    def _about_doubts(self, decision: Decision, view: Book) -> None:
        """What is in doubt keeps all that it reserves, until the broker tells."""
        now = _in_doubt(view)
        for root in sorted(now):
            state = view.orders.working[ClOrdID(root)]
            if not (state.counted.reserved >= state.reserved):
                self.broken(12, f"order {root} is in doubt, and reserves less than it did")
        for root in sorted(self._doubts - now - _told_of(decision, view)):
            self.broken(12, f"{type(decision.command).__name__} ended the doubt about {root}")
        self._doubts = now

    def _about_alarms(self, decision: Decision, view: Book) -> None:
        """What is not ours, or cannot be, halts its instrument; a kill cancels all that works."""
        is_alarmed = any(isinstance(event, e.InstrumentHalted) for event in decision.events)
        for event in decision.events:
            is_other = isinstance(event, e.TradeBooked) and event.is_external
            is_conflict = isinstance(event, e.ReportIgnored) and event.reason is _CONFLICT
            if (is_other or is_conflict) and not is_alarmed:
                self.broken(3, f"decision {decision.seq}: a fill of nobody alarms nobody")
            if isinstance(event, e.KillSwitchSet) and event.engaged:
                left = [
                    root for root, state in view.orders.working.items()
                    if not state.canceled_by and state.intent.source is not Source.KILL
                ]
                if left:
                    self.broken(6, f"the kill switch leaves {left} without a cancel")

    def _note_draft_time(self, intent_id: str, stage: Stage, expires: datetime) -> None:
        """A draft gets the time that a person takes: at the route, once, and never less."""
        if stage is not Stage.ROUTE or intent_id in self._drafts:
            self.broken(16, f"the time of intent {intent_id} was changed at {stage.name}")
        self._drafts.add(intent_id)
        self._expires[intent_id] = max(expires, self._expires[intent_id])

    def _note_order(
        self, decision: Decision, event: e.OrderSubmitted, through: dict[str, Stage]
    ) -> None:
        self.count["orders"] += 1
        if event.cl_ord_id in self.submitted:
            self.broken(1, f"order {event.cl_ord_id} was decided on twice")
        self.submitted[event.cl_ord_id] = decision.seq
        if not (decision.at < self._expires[event.intent_id]):
            self.broken(16, f"order {event.cl_ord_id} was decided on after its intent's time")
        if event.intent.source is Source.KILL:
            self._about_exit(decision, event)
            return
        if through.get(event.intent_id) is not Stage.DISPATCH:
            self.broken(5, f"order {event.cl_ord_id} was not cleared by the decision that sends it")
        if self.is_killed:
            self.broken(6, f"order {event.cl_ord_id} was decided on after the kill switch was set")
        self._about_limits(decision, event)
        self._messages.append(decision.at)
        while (decision.at - self._messages[0]).total_seconds() >= _SECOND:
            self._messages.popleft()
        if len(self._messages) > self._policy.messages_per_second_max and not self.has_steps:
            self.broken(14, f"{len(self._messages)} orders within a second")

    def _about_exit(self, decision: Decision, event: e.OrderSubmitted) -> None:
        """What a kill sends only reduces what the broker stated."""
        body, told = event.intent, decision.command
        stated = told.statement.holdings if isinstance(told, Flatten) else ()
        held = sum((h.qty for h in stated if h.symbol == body.symbol), Decimal(0))
        exits = [other.intent for other in decision.events if isinstance(other, e.OrderSubmitted)]
        closed = sum((x.side.sign * x.order_qty for x in exits if x.symbol == body.symbol), held)
        if not self.is_killed or not (0 <= closed * held < held * held):
            self.broken(6, f"the exit {event.cl_ord_id} turns {held} into {closed}")

    def _about_limits(self, decision: Decision, event: e.OrderSubmitted) -> None:
        """Hold the order against the limits in force and the quote that the decision saw."""
        body, policy = event.intent, self._policy
        if not (body.order_qty <= policy.order_qty_max):
            self.broken(13, f"order {event.cl_ord_id} of {body.order_qty} is over the limit")
        quote = next((q for q in decision.reads.quotes if q.symbol == body.symbol), None)
        if quote is None:
            self.broken(15, f"order {event.cl_ord_id} was cleared without a quote")
            return
        age_s = (decision.at - quote.as_of).total_seconds()
        if not (age_s <= policy.quote_age_max_s) or not (quote.bid <= quote.ask):
            self.broken(15, f"order {event.cl_ord_id} was cleared by a quote {age_s} s old")
        px = quote.mid if body.price is None else body.price
        beyond = body.side.sign * (px - quote.mid) / quote.mid
        if not (beyond <= policy.price_collar_frac):
            self.broken(15, f"order {event.cl_ord_id} pays {beyond} beyond the market")

    def _note_report(self, event: e.OrderReported) -> None:
        report = event.report
        if report.exec_type is ExecType.TRADE:
            name = (report.route, str(report.exec_id))
            if name in self._applied:
                self.broken(19, f"execution {report.exec_id} was applied twice")
            self._applied.add(name)


def _told_of(decision: Decision, view: Book) -> set[str]:
    """Return of which orders the broker told something in this decision."""
    told = set[str]()
    for event in decision.events:
        if isinstance(event, e.OrderNeverLeft):
            told.add(event.cl_ord_id)
        elif isinstance(event, e.OrderReported):
            state = view.orders.of_report(event.report)
            told.update([state.root] if state is not None else [])
    return told


def _in_doubt(book: Book) -> set[str]:
    return {root for root, state in book.orders.working.items() if state.in_doubt}
