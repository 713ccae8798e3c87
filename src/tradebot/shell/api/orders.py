"""How are orders asked for, changed and taken back over HTTP? Each answers with the decision."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from tradebot.core.model.commands import (
    RequestCancel,
    RequestCancelAll,
    SubmitIntent,
)
from tradebot.core.model.events import (
    CancelRefused,
    CancelRequested,
    Event,
    IntentConflicted,
    IntentRefused,
    ReplaceRefused,
    ReplaceRequested,
)
from tradebot.core.model.intent import Source
from tradebot.core.model.verdict import EXPLAIN, Reason
from tradebot.shell.api import commands
from tradebot.shell.api.answers import Decide, answer, problem, read_body
from tradebot.shell.api.views import Views, gate_rows
from tradebot.shell.narrate import numbers

KEY_HEADER: Final = "Idempotency-Key"


class OrderDesk:
    """The handlers; they decide nothing."""

    def __init__(self, views: Views, decide: Decide) -> None:
        self._views = views
        self._decide = decide

    async def post_intent(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        intent = commands.parse_intent(
            body, key=request.headers.get(KEY_HEADER), source=Source.API
        )
        assert intent.key is not None  # parse_intent asks for one
        decision = await self._decide(SubmitIntent(intent=intent))
        for event in decision.events if decision is not None else ():
            if isinstance(event, IntentConflicted):
                reason = Reason.VALIDATION_DUPLICATE_CONFLICT
                return problem(
                    HTTPStatus.CONFLICT, EXPLAIN[reason], reason_code=reason.value,
                    intent_id=event.first, idempotency_key=intent.key,
                )
        intent_id = self._views.intent_of_key(intent.key)
        found = self._views.pipeline_result(intent_id)
        if found is None:
            text = "this key was used before, and what became of it is older than the history"
            return problem(HTTPStatus.GONE, text, intent_id=intent_id)
        code = HTTPStatus.CREATED if decision is not None else HTTPStatus.OK
        return answer(found, code)

    async def post_cancel(self, request: web.Request) -> web.Response:
        user = commands.parse_user(await read_body(request, may_be_empty=True))
        target = request.match_info["id"]
        decision = await self._decide(RequestCancel(target=target, by=user))
        for event in decision.events if decision is not None else ():
            match event:
                case CancelRequested():
                    return answer({
                        "cancel_requested": True, "client_order_id": event.cl_ord_id,
                        "request_id": event.request_id,
                        "order": self._views.order(event.cl_ord_id),
                    }, HTTPStatus.ACCEPTED)
                case IntentRefused():
                    return answer({"cancel_requested": False, "intent_id": event.intent_id,
                                    "reason_code": event.reason.value})
                case CancelRefused():
                    return self._cancel_refused(target, event.reason)
                case _:
                    continue
        return problem(HTTPStatus.CONFLICT, "nothing was left to cancel")

    def _cancel_refused(self, target: str, reason: Reason) -> web.Response:
        order = self._views.order(target)
        if order is None:
            return problem(HTTPStatus.NOT_FOUND, EXPLAIN[reason], reason_code=reason.value)
        text = f"the order is finished: {order['ord_status']}"
        return problem(HTTPStatus.CONFLICT, text, reason_code=reason.value, order=order)

    async def post_replace(self, request: web.Request) -> web.Response:
        target = request.match_info["id"]
        change = commands.parse_replace(await read_body(request), target)
        decision = await self._decide(change)
        for event in decision.events if decision is not None else ():
            if isinstance(event, ReplaceRequested):
                return answer({
                    "replace_requested": True, "client_order_id": event.cl_ord_id,
                    "request_id": event.request_id, "order": self._views.order(event.cl_ord_id),
                }, HTTPStatus.ACCEPTED)
            if isinstance(event, ReplaceRefused):
                return self._replace_refused(event)
        return problem(HTTPStatus.CONFLICT, "nothing was left to change")

    async def post_cancel_all(self, request: web.Request) -> web.Response:
        user, symbol = commands.parse_cancel_all(await read_body(request, may_be_empty=True))
        decision = await self._decide(RequestCancelAll(by=user, symbol=symbol))
        return answer({"symbol": symbol, **stopped(decision.events if decision else ())})

    def _replace_refused(self, refused: ReplaceRefused) -> web.Response:
        order = self._views.order(refused.target)
        status = HTTPStatus.NOT_FOUND if order is None else HTTPStatus.CONFLICT
        told = numbers(refused.gates) or refused.detail
        text = EXPLAIN[refused.reason].rstrip(".") + (f": {told}" if told else "")
        return problem(
            status, text, reason_code=refused.reason.value, order=order,
            gates=gate_rows(refused.gates),
        )


def stopped(events: Iterable[Event]) -> dict[str, Any]:
    """List what a sweep asked the broker to cancel, and which held intents it ended."""
    told = list(events)
    return {
        "cancel_requested": [v.cl_ord_id for v in told if isinstance(v, CancelRequested)],
        "refused": [v.intent_id for v in told if isinstance(v, IntentRefused)],
    }
