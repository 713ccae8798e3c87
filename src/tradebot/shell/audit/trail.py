"""Does every order trace back to one intent, one gate run, one consent? The events alone tell.

This folds the journal in its own way: what decided, and the views beside it, are not asked. A break
that these have in common is one that an auditor would not find.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias

from tradebot.core.model import events as e
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.reason import Answer, Reason, Stage
from tradebot.core.model.settings import Mode
from tradebot.core.model.window import Hours
from tradebot.shell.audit import consent
from tradebot.shell.audit.consent import Circumstances, Given
from tradebot.shell.audit.finding import Flaw, TrailBreak
from tradebot.shell.journal.decision import Decision

Key: TypeAlias = tuple[str, str]

_DRAFTED: Final = (
    Reason.POLICY_STAGED, Reason.POLICY_NEEDS_APPROVAL, Reason.POLICY_WINDOW_CLOSED
)
_SILENT: Final = (Mode.STAGE, Mode.LIVE_BLOCKED)


@dataclass(slots=True)
class Trail:
    """One intent's way: what was handed in, and what of it happened when."""

    intent: Intent
    digest: str
    needs_person: bool  # it was staged, or revised by a person: no window is for it
    drafted: int | None = None
    ended: Reason | None = None
    approval: Given | None = None
    void: Reason | None = None  # why the last approval is none any more
    orders: list[str] = field(default_factory=list)
    in_the_air: str | None = None  # an order that may have left
    order_qty_max: Decimal = ZERO  # the most that was asked for, by changes too
    booked: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def most_of(self, symbol: str) -> Decimal:
        """Return how much of a symbol its order may fill."""
        ratios = (leg.ratio_qty for leg in self.intent.legs if leg.symbol == symbol)
        return self.order_qty_max * sum(ratios, ZERO)


class Trails:
    """All intents' trails; what breaks one is found as the decisions come by."""

    def __init__(self) -> None:
        self.findings: list[TrailBreak] = []
        self.intents: dict[str, Trail] = {}
        self.outcomes: dict[Key, dict[str, Any]] = {}  # as promotions/ must tell them
        self.runs: dict[Key, dict[str, Any]] = {}  # as gates/ tells those that it keeps
        self.cleared: set[Key] = set()  # runs that it has to keep: they let a draft or options go
        self.counts = dict.fromkeys(("orders", "by_window", "by_approval", "by_settings"), 0)
        self._scene = Circumstances()
        self._orders: dict[str, str] = {}  # every id that went out, and whose it was
        self._settled: set[str] = set()  # what ended by no order, as options do
        self._booked: set[tuple[str, str]] = set()
        self._walk: dict[str, list[e.Event]] = {}  # what this decision says of each intent
        self._decision: Decision | None = None

    def take(self, decision: Decision) -> None:
        self._decision, self._walk = decision, {}
        for event in decision.events:
            step = _STEPS.get(type(event))
            if step is not None:
                step(self, event)

    def _find(self, flaw: Flaw, intent_id: str = "", cl_ord_id: str = "", detail: str = "") -> None:
        self.findings.append(TrailBreak(
            flaw=flaw, intent_id=intent_id, cl_ord_id=cl_ord_id, seq=self._seq, detail=detail
        ))

    def _received(self, event: e.IntentReceived) -> None:
        self.intents[event.intent_id] = Trail(
            intent=event.intent, digest=event.intent.digest(),
            needs_person=event.revises is not None, order_qty_max=event.intent.order_qty,
        )

    def _said(self, event: e.StagesPassed | e.RouteChosen) -> None:
        self._walk.setdefault(event.intent_id, []).append(event)
        if isinstance(event, e.StagesPassed) and event.intent_id in self.intents:
            self.runs[str(self._seq), event.intent_id] = {
                "seq": self._seq, "intent_id": event.intent_id, "gate_list": event.gate_list,
                "digest": self.intents[event.intent_id].digest,
                "settings_version": self._scene.version,
            }

    def _held(self, event: e.IntentHeld) -> None:
        trail = self.intents.get(event.intent_id)
        if trail is None:
            self._find(Flaw.NO_INTENT, event.intent_id)
        elif event.reason in _DRAFTED:
            trail.needs_person |= event.reason is Reason.POLICY_STAGED
            if trail.drafted is None:
                trail.drafted = self._seq
                self._outcome(event.intent_id, "HELD")

    def _refused(self, event: e.IntentRefused) -> None:
        trail = self.intents.get(event.intent_id)
        if trail is None:
            self._find(Flaw.NO_INTENT, event.intent_id)
            return
        trail.ended, trail.approval = event.reason, None
        if trail.drafted is not None:
            is_late = event.reason is Reason.POLICY_INTENT_EXPIRED
            self._outcome(event.intent_id, "EXPIRED" if is_late else "REFUSED")

    def _retried(self, event: e.DeadLetterRetried) -> None:
        if event.intent_id in self.intents:
            self.intents[event.intent_id].ended = None

    def _approved(self, event: e.IntentApproved) -> None:
        trail = self.intents.get(event.intent_id)
        if trail is None or trail.drafted is None:
            self._find(Flaw.NO_DRAFT, event.intent_id)
        if trail is not None:
            trail.approval = Given(event=event, policy=self._scene.settings.policy)
            trail.void = None

    def _lapsed(self, event: e.ApprovalLapsed) -> None:
        trail = self.intents.get(event.intent_id)
        if trail is not None:
            trail.approval, trail.void = None, event.reason

    def _submitted(self, event: e.OrderSubmitted) -> None:
        self.counts["orders"] += 1
        trail = self.intents.get(event.intent_id)
        if trail is None:
            self._find(Flaw.NO_INTENT, event.intent_id, event.cl_ord_id)
        else:
            for flaw, detail in self._flaws(trail, event):
                self._find(flaw, event.intent_id, event.cl_ord_id, detail)
            self._sent(trail, event)
        self._orders[event.cl_ord_id] = event.intent_id

    def _flaws(self, trail: Trail, event: e.OrderSubmitted) -> Iterator[tuple[Flaw, str]]:
        if event.intent.digest() != trail.digest:
            yield Flaw.OTHER_CONTENT, f"{event.intent.digest()}, not {trail.digest}"
        if trail.ended is not None:
            yield Flaw.SENT_AFTER_ITS_END, trail.ended
        if event.cl_ord_id in self._orders or trail.in_the_air is not None:
            yield Flaw.SENT_TWICE, f"after {trail.in_the_air or event.cl_ord_id}"
        walk = self._walk.get(event.intent_id, [])
        chosen = [step for step in walk if isinstance(step, e.RouteChosen)]
        if not chosen or chosen[-1].route != event.route:
            yield Flaw.NO_ROUTE, ""
        if event.intent.source is Source.KILL:
            return  # it only reduces what a statement shows: no gate and nobody is asked
        runs = [step for step in walk if isinstance(step, e.StagesPassed)]
        through = [run.through for run in runs]
        if through.count(Stage.DISPATCH) != 1 or through[-1] is not Stage.DISPATCH:
            yield Flaw.NO_GATE_RUN, f"{through.count(Stage.DISPATCH)} in the decision that sent it"
        if self._scene.settings.mode in _SILENT:
            yield Flaw.OTHER_MODE, self._scene.settings.mode
        yield from self._about_consent(trail, event, chosen[-1].window if chosen else "")

    def _about_consent(
        self, trail: Trail, event: e.OrderSubmitted, window: str
    ) -> Iterator[tuple[Flaw, str]]:
        assert self._decision is not None  # something was taken
        scene, at = self._scene, self._decision.at
        if window:
            yield from consent.about_window(scene, window, event, at)
        elif consent.is_free(scene.settings, event.intent, trail.needs_person):
            return
        elif trail.approval is not None:
            yield from consent.about_approval(scene, trail.approval, event, at)
        elif trail.void is not None:
            yield Flaw.APPROVAL_LAPSED, trail.void
        else:
            yield (Flaw.APPROVAL_REUSED if trail.orders else Flaw.NO_CONSENT), ""

    def _sent(self, trail: Trail, event: e.OrderSubmitted) -> None:
        """Use the approval up, count what the window let go, and note what must be recorded."""
        chosen = [v for v in self._walk.get(event.intent_id, []) if isinstance(v, e.RouteChosen)]
        window = chosen[-1].window if chosen else ""
        given = trail.approval if not window else None
        by = "by_window" if window else "by_approval" if given is not None else "by_settings"
        self.counts[by] += 1
        if window or trail.drafted is not None:
            self._outcome(
                event.intent_id, "PROMOTED", window=window or None, client_order_id=event.cl_ord_id,
                approved_by=list(given.event.names) if given is not None else [],
            )
        if window and event.attempt == 1 and event.reserved > 0:
            self._scene.went(window)
        run = str(self._seq), event.intent_id
        if run in self.runs:
            self.runs[run]["verdict"] = Answer.ALLOW.value
            if trail.drafted is not None or event.intent.source is Source.DESK:
                self.cleared.add(run)
        trail.approval = None
        trail.orders.append(event.cl_ord_id)
        trail.in_the_air = event.cl_ord_id

    def _never_left(self, event: e.OrderNeverLeft) -> None:
        trail = self.intents.get(self._orders.get(event.cl_ord_id, ""))
        if trail is not None and trail.in_the_air == event.cl_ord_id:
            trail.in_the_air = None

    def _changed(self, event: e.ReplaceRequested) -> None:
        intent_id = self._orders[event.request_id] = self._orders.get(event.cl_ord_id, "")
        if (trail := self.intents.get(intent_id)) is not None:
            trail.order_qty_max = max(trail.order_qty_max, event.intent.order_qty)

    def _booked_one(self, event: e.TradeBooked) -> None:
        key = (event.account, event.exec_id)
        if event.reverses is None and key in self._booked:
            self._find(Flaw.BOOKED_TWICE, cl_ord_id=event.cl_ord_id, detail=event.exec_id)
        self._booked.add(key)
        if event.is_external or event.exec_id.rpartition("/")[0] in self._settled:
            return
        trail = self.intents.get(self._orders.get(event.cl_ord_id, ""))
        if trail is None:
            self._find(Flaw.BOOKED_UNSENT, cl_ord_id=event.cl_ord_id, detail=event.exec_id)
            return
        trail.booked[event.symbol] += event.qty
        most, is_told = trail.most_of(event.symbol), any(
            isinstance(told, e.InstrumentHalted) and told.reason is Reason.OMS_OVERFILL
            for told in self._events
        )
        if not (abs(trail.booked[event.symbol]) <= most or is_told):
            detail = f"{plain(abs(trail.booked[event.symbol]))} of {plain(most)} {event.symbol}"
            self._find(Flaw.OVERFILLED, cl_ord_id=event.cl_ord_id, detail=detail)

    def _ended_by_itself(self, event: e.PositionSettled) -> None:
        self._settled.add(event.report.exec_id or "")

    def _settings(self, event: e.SettingsActivated) -> None:
        self._scene.settings, self._scene.version = event.settings, event.version

    def _session(self, event: e.SessionEntered) -> None:
        if event.session is None or event.opens is None or event.closes is None:
            self._scene.hours.pop(event.calendar, None)
        else:
            self._scene.hours[event.calendar] = Hours(
                session=event.session, opens=event.opens, closes=event.closes,
                utc_offset_s=event.utc_offset_s,
            )

    def _outcome(self, intent_id: str, outcome: str, **more: Any) -> None:
        self.outcomes.setdefault((intent_id, outcome), {
            "seq": self._seq, "draft_id": intent_id, "digest": self.intents[intent_id].digest,
            "window": None, "client_order_id": None, "approved_by": [],
            "settings_version": self._scene.version, **more,
        })

    @property
    def _seq(self) -> int:
        return self._decision.seq if self._decision is not None else 0

    @property
    def _events(self) -> Sequence[e.Event]:
        return self._decision.events if self._decision is not None else ()


_STEPS: Final[Mapping[type, Callable[[Trails, Any], None]]] = {
    e.IntentReceived: Trails._received,
    e.StagesPassed: Trails._said,
    e.RouteChosen: Trails._said,
    e.IntentHeld: Trails._held,
    e.IntentRefused: Trails._refused,
    e.DeadLetterRetried: Trails._retried,
    e.IntentApproved: Trails._approved,
    e.ApprovalLapsed: Trails._lapsed,
    e.OrderSubmitted: Trails._submitted,
    e.OrderNeverLeft: Trails._never_left,
    e.ReplaceRequested: Trails._changed,
    e.TradeBooked: Trails._booked_one,
    e.PositionSettled: Trails._ended_by_itself,
    e.SettingsActivated: Trails._settings,
    e.SessionEntered: Trails._session,
}
