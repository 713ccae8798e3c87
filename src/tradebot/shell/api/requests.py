"""What comes of a request to a running daemon? The same answer, whichever door it came through."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from tradebot.core.model.arming import ArmingRefused, LiveArmed
from tradebot.core.model.commands import (
    AcceptBreak,
    Approve,
    ArmLive,
    ClearHalt,
    Command,
    Control,
    DisarmLive,
    DiscardDeadLetter,
    Reject,
    RequestCancel,
    RequestCancelAll,
    RequestReplace,
    RetryDeadLetter,
    Revise,
    SetControl,
    SetKillSwitch,
    StrategyState,
    SubmitIntent,
)
from tradebot.core.model.events import (
    ApprovalRefused,
    CancelRefused,
    CancelRequested,
    Event,
    IntentConflicted,
    IntentReceived,
    IntentRefused,
    ReplaceRefused,
    ReplaceRequested,
)
from tradebot.core.model.ids import keyed_intent_id
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import EXPLAIN, Reason
from tradebot.shell.api.aftermath import Decide, in_flight
from tradebot.shell.views import dead_letters
from tradebot.shell.views.drafts import Draft, document
from tradebot.shell.views.narrate import numbers
from tradebot.shell.views.rows import Plain, arming_row, gate_rows
from tradebot.shell.views.views import Views


class Unanswerable(Exception):
    """A request that came to nothing; the text says why, `more` holds what a program may read."""

    def __init__(self, status: HTTPStatus, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.more = status, more


class Requests:
    """Turns requests into commands, and their decisions into answers; it decides nothing."""

    def __init__(self, views: Views, decide: Decide, latch: Callable[[str, str], None]) -> None:
        self._views = views
        self._decide = decide
        self._latch = latch

    async def submit(self, intent: Intent) -> tuple[Plain, bool]:
        """Return the pipeline's result, and whether the intent was new."""
        assert intent.key is not None  # whoever asks has drawn one
        events = await self._events_of(SubmitIntent(intent=intent))
        for event in events:
            if isinstance(event, IntentConflicted):
                reason = Reason.VALIDATION_DUPLICATE_CONFLICT
                raise Unanswerable(
                    HTTPStatus.CONFLICT, EXPLAIN[reason], reason_code=reason.value,
                    intent_id=event.first, idempotency_key=intent.key,
                )
        intent_id = keyed_intent_id(intent.key)
        found = self._views.pipeline_result(intent_id)
        if found is None:
            text = "this key was used before, and what became of it is older than the history"
            raise Unanswerable(HTTPStatus.GONE, text, intent_id=intent_id)
        return found, bool(events)

    async def cancel(self, target: str, by: str) -> Plain:
        for event in await self._events_of(RequestCancel(target=target, by=by)):
            match event:
                case CancelRequested():
                    return {
                        "cancel_requested": True, "client_order_id": event.cl_ord_id,
                        "request_id": event.request_id,
                        "order": self._views.order(event.cl_ord_id),
                    }
                case IntentRefused():
                    return {"cancel_requested": False, "intent_id": event.intent_id,
                            "reason_code": event.reason.value}
                case CancelRefused():
                    raise self._cancel_refused(target, event.reason)
                case _:
                    continue
        raise Unanswerable(HTTPStatus.CONFLICT, "nothing was left to cancel")

    async def replace(self, change: RequestReplace) -> Plain:
        for event in await self._events_of(change):
            if isinstance(event, ReplaceRequested):
                return {
                    "replace_requested": True, "client_order_id": event.cl_ord_id,
                    "request_id": event.request_id, "order": self._views.order(event.cl_ord_id),
                }
            if isinstance(event, ReplaceRefused):
                raise self._replace_refused(event)
        raise Unanswerable(HTTPStatus.CONFLICT, "nothing was left to change")

    def draft(self, name: str) -> Plain:
        """Return one draft: where it stands, and its document."""
        found = self._draft(name)
        return {"draft": self._views.drafts.row(found), "document": document(found)}

    async def approve(self, name: str, digest: str, by: str) -> Plain:
        """Return the draft, and the pipeline's result of the walk that the approval began."""
        draft_id = self._draft(name).record.intent_id
        return await self._answered(draft_id, Approve(target=draft_id, digest=digest, by=by))

    async def reject(self, name: str, reason: str, by: str) -> Plain:
        draft_id = self._draft(name).record.intent_id
        return await self._answered(draft_id, Reject(target=draft_id, reason=reason, by=by))

    async def revise(self, change: Revise) -> Plain:
        """Return the intent that a changed draft became; the old one stays if that is refused."""
        old = self._draft(change.target)
        for event in await self._events_of(replace(change, target=old.record.intent_id)):
            if isinstance(event, ApprovalRefused):
                raise self._not_answered(event, old.record.intent_id)
            if isinstance(event, IntentReceived):
                new = self._views.drafts.get(event.intent_id)
                return {
                    "draft": self._views.drafts.row(new) if new is not None else None,
                    "revised": self._views.drafts.row(old),
                    "result": self._views.pipeline_result(event.intent_id),
                }
        raise Unanswerable(HTTPStatus.CONFLICT, "nothing was left to revise")

    def dead_letter(self, name: str) -> Plain:
        """Return one dead letter with its whole history."""
        return dead_letters.document(self._letter(name))

    async def retry(self, name: str, ttl_s: int, by: str) -> Plain:
        """Return the dead letter, and the pipeline's result of its new walk."""
        intent_id = self._letter(name).record.intent_id
        return await self._letter_answered(RetryDeadLetter(target=intent_id, by=by, ttl_s=ttl_s))

    async def discard(self, name: str, reason: str, by: str) -> Plain:
        intent_id = self._letter(name).record.intent_id
        return await self._letter_answered(
            DiscardDeadLetter(target=intent_id, reason=reason, by=by)
        )

    async def cancel_all(self, symbol: str | None, by: str) -> Plain:
        events = await self._events_of(RequestCancelAll(by=by, symbol=symbol))
        return {"symbol": symbol, **_swept(events)}

    async def kill(self, reason: str, by: str, flatten: bool = False) -> Plain:
        self._latch(reason, by)  # first: from here on nothing leaves, whatever becomes of the rest
        events = await self._events_of(
            SetKillSwitch(engaged=True, reason=reason, by=by, flatten=flatten)
        )
        book = self._views.book
        return {
            "killed": True, "reason": book.kill_reason or reason, **in_flight(book),
            **_swept(events), "to_flatten": list(book.kill.to_flatten),
            "cancel_requested": [s.order.cl_ord_id for s in book.orders.working.values()
                                 if s.canceling is not None],
        }

    async def clear_kill(self, reason: str, by: str) -> Plain:
        events = await self._events_of(SetKillSwitch(engaged=False, reason=reason, by=by))
        return {"killed": False, "changed": bool(events), "reason": reason}

    async def clear_halt(self, symbol: str, reason: str, by: str) -> Plain:
        events = await self._events_of(ClearHalt(symbol=symbol, reason=reason, by=by))
        return {"symbol": symbol, "changed": bool(events), "reason": reason}

    async def accept_break(self, name: str, reason: str, by: str) -> None:
        """Let the book follow the broker in one break, named in full or by what it is about."""
        breaks = self._views.book.recon.breaks
        found = [known for known in breaks if name in (known, breaks[known].drift.subject)]
        if len(found) != 1:
            told = ", ".join(breaks) or "none"
            raise Unanswerable(HTTPStatus.NOT_FOUND, f"no break {name!r}; there are: {told}")
        await self._events_of(AcceptBreak(target=found[0], reason=reason, by=by))

    def why(self, name: str) -> Plain:
        """Tell the whole chain of an intent, an order or a fill."""
        found = self._views.why(name)
        if found is None:
            text = "no intent, order or fill of this id is in memory; the journal may know it"
            raise Unanswerable(HTTPStatus.NOT_FOUND, text)
        return found

    async def switch(self, strategy_id: str, *, enabled: bool, reason: str, by: str) -> Plain:
        """Disable a strategy, or let it be called again: then it starts as after a restart."""
        events = await self._events_of(StrategyState(
            strategy_id=strategy_id, enabled=enabled, reason=f"{reason} (by {by})"
        ))
        return {"strategy_id": strategy_id, "is_enabled": enabled, "changed": bool(events),
                "reason": reason}

    async def control(self, control: Control, engaged: bool, reason: str, by: str) -> Plain:
        """Engage or release a control, and tell the state that then holds."""
        events = await self._events_of(
            SetControl(control=control, engaged=engaged, reason=reason, by=by)
        )
        return {
            "control": control.value, "engaged": engaged, "changed": bool(events),
            "reason": self._views.book.controls.get(control, reason),
        }

    async def arm(self, command: ArmLive) -> Plain:
        """Tell what is armed now, or raise with why it is not."""
        for event in await self._events_of(command):
            if isinstance(event, LiveArmed):
                return {"armed": True, "arming": arming_row(self._views.book.arming)}
            if isinstance(event, ArmingRefused):
                raise Unanswerable(
                    HTTPStatus.CONFLICT, event.detail, reason_code=event.reason.value
                )
        raise Unanswerable(HTTPStatus.CONFLICT, "it was disarmed before it was armed")

    async def disarm(self, reason: str, by: str) -> Plain:
        events = await self._events_of(DisarmLive(reason=reason, by=by))
        return {"armed": False, "changed": bool(events), "reason": reason}

    async def _events_of(self, command: Command) -> tuple[Event, ...]:
        decision = await self._decide(command)
        return decision.events if decision is not None else ()

    def _draft(self, name: str) -> Draft:
        found = self._views.drafts.named(name)
        if len(found) > 1:
            text = f"several drafts begin so: {', '.join(d.record.intent_id for d in found)}"
            raise Unanswerable(HTTPStatus.CONFLICT, text)
        if not found:
            raise Unanswerable(HTTPStatus.NOT_FOUND, "no draft of this id is known")
        return found[0]

    def _letter(self, name: str) -> dead_letters.Letter:
        found = self._views.dead_letters.named(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise Unanswerable(HTTPStatus.CONFLICT, "several dead letters begin so")
        raise Unanswerable(HTTPStatus.NOT_FOUND, "no dead letter of this id is known")

    async def _letter_answered(self, command: RetryDeadLetter | DiscardDeadLetter) -> Plain:
        if not await self._events_of(command):
            text = "it was tried again or discarded before"
            raise Unanswerable(HTTPStatus.CONFLICT, text, intent_id=command.target)
        return {
            **self.dead_letter(command.target),
            "result": self._views.pipeline_result(command.target),
        }

    async def _answered(self, draft_id: str, command: Approve | Reject) -> Plain:
        for event in await self._events_of(command):
            if isinstance(event, ApprovalRefused):
                raise self._not_answered(event, draft_id)
        draft = self._views.drafts.row(self._draft(draft_id))
        return {"draft": draft, "result": self._views.pipeline_result(draft_id)}

    def _not_answered(self, refused: ApprovalRefused, draft_id: str) -> Unanswerable:
        return Unanswerable(
            HTTPStatus.CONFLICT, EXPLAIN[refused.reason].rstrip("."),
            reason_code=refused.reason.value, draft_id=draft_id,
        )

    def _cancel_refused(self, target: str, reason: Reason) -> Unanswerable:
        order = self._views.order(target)
        if order is None:
            return Unanswerable(HTTPStatus.NOT_FOUND, EXPLAIN[reason], reason_code=reason.value)
        text = f"the order is finished: {order['ord_status']}"
        return Unanswerable(HTTPStatus.CONFLICT, text, reason_code=reason.value, order=order)

    def _replace_refused(self, refused: ReplaceRefused) -> Unanswerable:
        order = self._views.order(refused.target)
        status = HTTPStatus.NOT_FOUND if order is None else HTTPStatus.CONFLICT
        told = numbers(refused.gates) or refused.detail
        text = EXPLAIN[refused.reason].rstrip(".") + (f": {told}" if told else "")
        return Unanswerable(
            status, text, reason_code=refused.reason.value, order=order,
            gates=gate_rows(refused.gates),
        )


def _swept(events: tuple[Event, ...]) -> Plain:
    """List what a sweep asked the broker to cancel, and which held intents it ended."""
    return {
        "cancel_requested": [v.cl_ord_id for v in events if isinstance(v, CancelRequested)],
        "refused": [v.intent_id for v in events if isinstance(v, IntentRefused)],
    }
