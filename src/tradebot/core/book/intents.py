"""Which intents are open, what do the held ones wait for, and which were heard before?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from heapq import heappop, heappush
from typing import Final

from tradebot.core.book.order_state import OrderState
from tradebot.core.model.events import (
    ApprovalLapsed,
    DeadLetterDiscarded,
    DeadLetterRetried,
    IntentApproved,
    IntentHeld,
    IntentReceived,
    IntentRefused,
    OrderNeverLeft,
    OrderSubmitted,
    RouteChosen,
)
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import APPROVAL, Need, Reason

KEYS_MAX: Final = 1_000_000  # idempotency keys remembered; the oldest leave first
DEAD_MAX: Final = 1_000  # dead letters kept; the journal has them all
PAST_MAX: Final = 1_000  # drafts remembered that wait for nobody any more


@dataclass(slots=True)
class IntentState:
    """One open intent: the request, when it ends, and what its last walk came to.

    What `is_staged` once needs an approval in every mode; what `has_draft_time` got it once, and
    gets no more. `replaces` names the working order that a change would make into this one.
    `tries` counts the attempts since it last waited for something, `failed_on` names the routes
    that would not take it.
    """

    intent_id: IntentId
    body: Intent
    expires: datetime
    attempt: int = 1
    tries: int = 1
    failed_on: tuple[str, ...] = ()
    route: str | None = None
    window: str = ""
    cl_ord_id: ClOrdID | None = None
    held: IntentHeld | None = None
    approval: IntentApproved | None = None
    is_staged: bool = False
    has_draft_time: bool = False
    replaces: OrderState | None = None

    @property
    def is_draft(self) -> bool:
        """Tell whether it waits for an approval, or with one."""
        return self.approval is not None or (
            self.held is not None and APPROVAL in self.held.needs
        )

    @property
    def leaves_qty(self) -> Decimal:
        """What is still to fill: all of it, but for what a changed order did already."""
        return self.body.order_qty - (self.replaces.order.cum_qty if self.replaces else ZERO)

    @property
    def wakes(self) -> datetime:
        """When time alone makes a held intent walk again."""
        until = self.held.until if self.held else None
        ends = self.approval.until if self.approval else None
        return min(moment for moment in (self.expires, until, ends) if moment is not None)


@dataclass(slots=True)
class Intents:
    open: dict[IntentId, IntentState] = field(default_factory=dict)
    dead: dict[IntentId, IntentState] = field(default_factory=dict)  # could not be delivered
    past: dict[IntentId, Reason] = field(default_factory=dict)  # drafts that ended, and why
    keys: dict[str, str] = field(default_factory=dict)  # the digest of what each stood for
    counts: dict[str, int] = field(default_factory=dict)
    by_need: dict[Need, dict[IntentId, None]] = field(default_factory=dict)
    approvals: int = 0  # that stand; by account, what they reserve and put at risk
    reserved: dict[str, Decimal] = field(default_factory=dict)
    at_risk: dict[str, Decimal] = field(default_factory=dict)
    due: list[tuple[datetime, IntentId]] = field(default_factory=list, compare=False)

    def waiting_for(self, needs: Iterable[Need]) -> list[IntentId]:
        """Return the intents held on any of the needs, each once, oldest hold first."""
        found: dict[IntentId, None] = {}
        for need in needs:
            found.update(self.by_need.get(need, {}))
        return list(found)

    def next_due(self) -> datetime | None:
        """Return when the next held intent must walk again or end; drops entries that are moot."""
        while self.due and not self._is_due_entry_live(*self.due[0]):
            heappop(self.due)
        return self.due[0][0] if self.due else None

    def due_by(self, at: datetime) -> list[IntentId]:
        """Return the held intents whose time has come, each once, in order of their time."""
        live: dict[tuple[datetime, IntentId], None] = {}
        while self.due and self.due[0][0] <= at:
            entry = heappop(self.due)
            if self._is_due_entry_live(*entry):
                live[entry] = None
        for entry in live:
            heappush(self.due, entry)
        return list(dict.fromkeys(intent_id for _, intent_id in live))

    def received(self, event: IntentReceived) -> None:
        body = event.intent
        self.open[event.intent_id] = IntentState(
            intent_id=event.intent_id, body=body, expires=event.expires,
            is_staged=event.revises is not None,
        )
        if event.number is not None:
            self.counts[body.strategy_id or ""] = event.number
        elif body.key is not None:
            self.keys[body.key] = event.digest
            if len(self.keys) > KEYS_MAX:
                del self.keys[next(iter(self.keys))]

    def held(self, event: IntentHeld) -> None:
        state = self.open[event.intent_id]
        self._let_go(state)
        state.held, state.route = event, None  # the next walk chooses anew
        state.tries = 1
        state.is_staged |= event.reason is Reason.POLICY_STAGED
        if event.expires is not None:
            state.expires, state.has_draft_time = event.expires, True
        for need in event.needs:
            self.by_need.setdefault(need, {})[event.intent_id] = None
        heappush(self.due, (state.wakes, event.intent_id))

    def refused(self, event: IntentRefused) -> None:
        state = self.open.pop(event.intent_id)
        self._remember(state, event.reason)
        self._let_go(state)
        self._approve(state, None)
        if event.reason is Reason.ADAPTER_UNDELIVERED:
            self.dead[event.intent_id] = state
            if len(self.dead) > DEAD_MAX:
                del self.dead[next(iter(self.dead))]

    def retried(self, event: DeadLetterRetried) -> None:
        state = self.open[event.intent_id] = self.dead.pop(event.intent_id)
        state.expires, state.tries, state.failed_on = event.expires, 1, ()

    def discarded(self, event: DeadLetterDiscarded) -> None:
        del self.dead[event.intent_id]

    def approved(self, event: IntentApproved) -> None:
        state = self.open[event.intent_id]
        self._approve(state, event)
        heappush(self.due, (state.wakes, event.intent_id))

    def lapsed(self, event: ApprovalLapsed) -> None:
        state = self.open[event.intent_id]
        self._approve(state, None)
        heappush(self.due, (state.wakes, event.intent_id))

    def routed(self, event: RouteChosen) -> None:
        state = self.open[event.intent_id]
        state.route, state.window = event.route, event.window

    def submitted(self, event: OrderSubmitted) -> None:
        state = self.open[event.intent_id]
        self._remember(state, Reason.POLICY_APPROVAL_USED)
        self._let_go(state)
        self._approve(state, None)  # it was for one order
        state.cl_ord_id = event.cl_ord_id

    def never_left(self, event: OrderNeverLeft, intent_id: IntentId) -> None:
        state = self.open[intent_id]
        assert state.cl_ord_id == event.cl_ord_id
        state.attempt, state.tries = state.attempt + 1, state.tries + 1
        if event.gave_up and state.route is not None:
            state.failed_on = (*state.failed_on, state.route)
        state.cl_ord_id = state.route = None

    def finished(self, intent_id: IntentId, cl_ord_id: ClOrdID) -> None:
        """End an intent with its order; the end of a former attempt does not end the next."""
        state = self.open.get(intent_id)
        if state is not None and state.cl_ord_id == cl_ord_id:
            del self.open[intent_id]

    def _approve(self, state: IntentState, approval: IntentApproved | None) -> None:
        """Put an approval, or none, in the place of what there was; what it reserves follows."""
        for given, sign in ((state.approval, -1), (approval, 1)):
            if given is not None:
                self.approvals += sign
                _add(self.reserved, given.account, sign * given.reserved)
                _add(self.at_risk, given.account, sign * given.risk)
        state.approval = approval

    def _remember(self, state: IntentState, reason: Reason) -> None:
        """Keep for a while why a draft can be approved no more: who tries is told."""
        if state.is_draft:
            self.past[state.intent_id] = reason
            if len(self.past) > PAST_MAX:
                del self.past[next(iter(self.past))]

    def _let_go(self, state: IntentState) -> None:
        if state.held is None:
            return
        for need in state.held.needs:
            waiting = self.by_need[need]
            del waiting[state.intent_id]
            if not waiting:
                del self.by_need[need]
        state.held = None

    def _is_due_entry_live(self, at: datetime, intent_id: IntentId) -> bool:
        state = self.open.get(intent_id)
        return state is not None and state.held is not None and at == state.wakes


def _add(sums: dict[str, Decimal], account: str, amount: Decimal) -> None:
    total = sums.pop(account, ZERO) + amount
    if total:
        sums[account] = total
