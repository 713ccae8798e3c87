"""What comes of a request to a running daemon? The same answer, whichever door it came through."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed
from tradebot.core.model.ids import IntentId, keyed_intent_id
from tradebot.core.model.reason import EXPLAIN, Reason
from tradebot.shell.api.aftermath import Decide, in_flight
from tradebot.shell.views import dead_letters
from tradebot.shell.views.drafts import Draft, document
from tradebot.shell.views.narrate import numbers
from tradebot.shell.views.rows import Plain, arming_row, gate_rows
from tradebot.shell.views.views import Views

Events: TypeAlias = tuple[e.Event, ...]


class Unanswerable(Exception):
    """A request that came to nothing; the text says why, `more` holds what a program may read."""

    def __init__(self, status: HTTPStatus, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.more = status, more


class Requests:
    """Has commands decided and tells what came of them; it decides nothing."""

    def __init__(self, views: Views, decide: Decide, latch: Callable[[str, str], None]) -> None:
        self._views = views
        self._decide = decide
        self._latch = latch

    async def of(self, command: c.Command) -> tuple[Plain, HTTPStatus]:
        """Return what came of a command, and what HTTP calls it; or raise with why nothing did."""
        asked: Any = command
        if isinstance(asked, c.SetKillSwitch) and asked.engaged:
            # First: from here on nothing leaves, whatever becomes of the rest.
            self._latch(asked.reason, asked.by)
        if (named := _NAMED.get(type(asked))) is not None:
            asked = replace(asked, target=named(self._views, asked.target))
        decision = await self._decide(asked)
        events = decision.events if decision is not None else ()
        found = _ANSWERS[type(asked)](self._views, asked, events)
        pairs = [(type(asked), type(event)) for event in events]
        return found, next((_CALLED[p] for p in pairs if p in _CALLED), HTTPStatus.OK)

    def intent(self, name: str) -> Plain:
        """Return the pipeline's result of one intent."""
        found = self._views.pipeline_result(name)
        if found is None:
            raise Unanswerable(HTTPStatus.NOT_FOUND, "no intent of this id is known")
        return found

    def draft(self, name: str) -> Plain:
        """Return one draft: where it stands, and its document."""
        found = _draft(self._views, name)
        return {"draft": self._views.drafts.row(found), "document": document(found)}

    def dead_letter(self, name: str) -> Plain:
        """Return one dead letter with its whole history."""
        return dead_letters.document(_letter(self._views, name))

    def why(self, name: str) -> Plain:
        """Tell the whole chain of an intent, an order or a fill."""
        found = self._views.why(name)
        if found is None:
            text = "no intent, order or fill of this id is in memory; the journal may know it"
            raise Unanswerable(HTTPStatus.NOT_FOUND, text)
        return found


def _submitted(views: Views, command: c.SubmitIntent, events: Events) -> Plain:
    key = command.intent.key
    assert key is not None  # whoever asks has drawn one
    for event in events:
        if isinstance(event, e.IntentConflicted):
            reason = Reason.VALIDATION_DUPLICATE_CONFLICT
            raise Unanswerable(
                HTTPStatus.CONFLICT, EXPLAIN[reason], reason_code=reason.value,
                intent_id=event.first, idempotency_key=key,
            )
    intent_id = keyed_intent_id(key)
    found = views.pipeline_result(intent_id)
    if found is None:
        text = "this key was used before, and what became of it is older than the history"
        raise Unanswerable(HTTPStatus.GONE, text, intent_id=intent_id)
    return found


def _canceled(views: Views, command: c.RequestCancel, events: Events) -> Plain:
    for event in events:
        match event:
            case e.CancelRequested():
                return {"cancel_requested": True, **_on_its_way(views, event)}
            case e.IntentRefused():
                return {"cancel_requested": False, "intent_id": event.intent_id,
                        "reason_code": event.reason.value}
            case e.CancelRefused():
                raise _cancel_refused(views, command.target, event.reason)
            case _:
                continue
    raise Unanswerable(HTTPStatus.CONFLICT, "nothing was left to cancel")


def _cancel_refused(views: Views, target: str, reason: Reason) -> Unanswerable:
    order = views.order(target)
    if order is None:
        return Unanswerable(HTTPStatus.NOT_FOUND, EXPLAIN[reason], reason_code=reason.value)
    text = f"the order is finished: {order['ord_status']}"
    return Unanswerable(HTTPStatus.CONFLICT, text, reason_code=reason.value, order=order)


def _replaced(views: Views, command: c.RequestReplace, events: Events) -> Plain:
    for event in events:
        if isinstance(event, e.ReplaceRequested):
            return {"replace_requested": True, **_on_its_way(views, event)}
        if isinstance(event, e.ReplaceRefused):
            raise _replace_refused(views, event)
    raise Unanswerable(HTTPStatus.CONFLICT, "nothing was left to change")


def _replace_refused(views: Views, refused: e.ReplaceRefused) -> Unanswerable:
    order = views.order(refused.target)
    status = HTTPStatus.NOT_FOUND if order is None else HTTPStatus.CONFLICT
    told = numbers(refused.gates) or refused.detail
    text = EXPLAIN[refused.reason].rstrip(".") + (f": {told}" if told else "")
    return Unanswerable(
        status, text, reason_code=refused.reason.value, order=order,
        gates=gate_rows(refused.gates),
    )


def _on_its_way(views: Views, event: e.CancelRequested | e.ReplaceRequested) -> Plain:
    return {"client_order_id": event.cl_ord_id, "request_id": event.request_id,
            "order": views.order(event.cl_ord_id)}


def _answered(views: Views, command: c.Approve | c.Reject, events: Events) -> Plain:
    """Return the draft, and the pipeline's result of the walk that the answer began."""
    _see_answered(command, events)
    draft = views.drafts.row(_draft(views, command.target))
    return {"draft": draft, "result": views.pipeline_result(command.target)}


def _revised(views: Views, command: c.Revise, events: Events) -> Plain:
    """Return the intent that a changed draft became; the old one stays if that is refused."""
    _see_answered(command, events)
    for event in events:
        if isinstance(event, e.IntentReceived):
            return {
                "draft": _draft_row(views, event.intent_id),
                "revised": _draft_row(views, IntentId(command.target)),
                "result": views.pipeline_result(event.intent_id),
            }
    raise Unanswerable(HTTPStatus.CONFLICT, "nothing was left to revise")


def _see_answered(command: Any, events: Events) -> None:
    for event in events:
        if isinstance(event, e.ApprovalRefused):
            numbers = f" ({event.detail})" if event.detail else ""
            raise Unanswerable(
                HTTPStatus.CONFLICT, EXPLAIN[event.reason].rstrip(".") + numbers,
                reason_code=event.reason.value, draft_id=command.target,
            )


def _settings_answered(
    views: Views, command: c.ApproveSettings | c.RejectSettings, events: Events
) -> Plain:
    """Return what holds now, and what still waits."""
    _see_answered(command, events)
    return views.configs.document()


def _draft_row(views: Views, draft_id: IntentId) -> Plain | None:
    found = views.drafts.get(draft_id)
    return views.drafts.row(found) if found is not None else None


def _undelivered(
    views: Views, command: c.RetryDeadLetter | c.DiscardDeadLetter, events: Events
) -> Plain:
    """Return the dead letter, and the pipeline's result: of its new walk, or of its last."""
    if not events:
        text = "it was tried again or discarded before"
        raise Unanswerable(HTTPStatus.CONFLICT, text, intent_id=command.target)
    return {
        **dead_letters.document(_letter(views, command.target)),
        "result": views.pipeline_result(command.target),
    }


def _killed(views: Views, command: c.SetKillSwitch, events: Events) -> Plain:
    if not command.engaged:
        return {"killed": False, **_changed(command, events)}
    book = views.book
    return {
        "killed": True, "reason": book.kill_reason or command.reason, **in_flight(book),
        **_ended(events), "to_flatten": list(book.kill.to_flatten),
        "cancel_requested": [s.order.cl_ord_id for s in book.orders.working.values()
                             if s.canceling is not None],
    }


def _ended(events: Events) -> Plain:
    """List what a sweep asked the broker to cancel, and which held intents it ended."""
    return {
        "cancel_requested": [v.cl_ord_id for v in events if isinstance(v, e.CancelRequested)],
        "refused": [v.intent_id for v in events if isinstance(v, e.IntentRefused)],
    }


def _controlled(views: Views, command: c.SetControl, events: Events) -> Plain:
    """Tell the state that now holds."""
    return {
        "control": command.control.value, "engaged": command.engaged, "changed": bool(events),
        "reason": views.book.controls.get(command.control, command.reason),
    }


def _armed(views: Views, command: c.ArmLive, events: Events) -> Plain:
    """Tell what is armed now, or raise with why it is not."""
    for event in events:
        if isinstance(event, LiveArmed):
            return {"armed": True, "arming": arming_row(views.book.arming)}
        if isinstance(event, ArmingRefused):
            raise Unanswerable(HTTPStatus.CONFLICT, event.detail, reason_code=event.reason.value)
    raise Unanswerable(HTTPStatus.CONFLICT, "it was disarmed before it was armed")


def _changed(command: Any, events: Events) -> Plain:
    return {"changed": bool(events), "reason": command.reason}


def _draft(views: Views, name: str) -> Draft:
    found = views.drafts.named(name)
    if len(found) > 1:
        text = f"several drafts begin so: {', '.join(d.record.intent_id for d in found)}"
        raise Unanswerable(HTTPStatus.CONFLICT, text)
    if not found:
        raise Unanswerable(HTTPStatus.NOT_FOUND, "no draft of this id is known")
    return found[0]


def _letter(views: Views, name: str) -> dead_letters.Letter:
    found = views.dead_letters.named(name)
    if len(found) > 1:
        raise Unanswerable(HTTPStatus.CONFLICT, "several dead letters begin so")
    if not found:
        raise Unanswerable(HTTPStatus.NOT_FOUND, "no dead letter of this id is known")
    return found[0]


def _break(views: Views, name: str) -> str:
    """Find one break, named in full or by what it is about."""
    breaks = views.book.recon.breaks
    found = [known for known in breaks if name in (known, breaks[known].drift.subject)]
    if len(found) != 1:
        told = ", ".join(breaks) or "none"
        raise Unanswerable(HTTPStatus.NOT_FOUND, f"no break {name!r}; there are: {told}")
    return found[0]


def _draft_id(views: Views, name: str) -> str:
    return _draft(views, name).record.intent_id


def _letter_id(views: Views, name: str) -> str:
    return _letter(views, name).record.intent_id


# People name these by the beginning of an id, or by what it is about; commands name them in full.
_NAMED: Final[Mapping[type, Callable[[Views, str], str]]] = {
    c.Approve: _draft_id, c.Reject: _draft_id, c.Revise: _draft_id,
    c.RetryDeadLetter: _letter_id, c.DiscardDeadLetter: _letter_id, c.AcceptBreak: _break,
}
_ANSWERS: Final[Mapping[type, Callable[[Views, Any, Events], Plain]]] = {
    c.SubmitIntent: _submitted,
    c.RequestCancel: _canceled,
    c.RequestReplace: _replaced,
    c.RequestCancelAll: lambda _, asked, events: {"symbol": asked.symbol, **_ended(events)},
    c.Approve: _answered,
    c.Reject: _answered,
    c.Revise: _revised,
    c.ApproveSettings: _settings_answered,
    c.RejectSettings: _settings_answered,
    c.RetryDeadLetter: _undelivered,
    c.DiscardDeadLetter: _undelivered,
    c.SetKillSwitch: _killed,
    c.ClearHalt: lambda _, asked, events: {"symbol": asked.symbol, **_changed(asked, events)},
    c.AcceptBreak: lambda _, asked, events: {"break": asked.target, **_changed(asked, events)},
    c.StrategyState: lambda _, asked, events: {
        "strategy_id": asked.strategy_id, "is_enabled": asked.enabled, **_changed(asked, events),
    },
    c.SetControl: _controlled,
    c.ArmLive: _armed,
    c.DisarmLive: lambda _, asked, events: {"armed": False, **_changed(asked, events)},
}
# What such an event makes of such a command, in the words of HTTP; all else is just OK.
_CALLED: Final[Mapping[tuple[type, type], HTTPStatus]] = {
    (c.SubmitIntent, e.IntentReceived): HTTPStatus.CREATED,
    (c.RequestCancel, e.CancelRequested): HTTPStatus.ACCEPTED,
    (c.RequestReplace, e.ReplaceRequested): HTTPStatus.ACCEPTED,
}
