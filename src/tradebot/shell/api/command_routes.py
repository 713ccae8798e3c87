"""What can be done to the daemon? Each body becomes a command, and the answer what came of it."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from tradebot.core.model.commands import Command, StrategyState, SubmitIntent
from tradebot.core.model.intent import Source
from tradebot.shell.api import commands, shapes
from tradebot.shell.api.bodies import Body, Schema
from tradebot.shell.api.requests import Requests, Unanswerable
from tradebot.shell.api.route import ApiRoute, Call, Found, get, post
from tradebot.shell.desk.desk import OptionsDesk
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.views import Views

DECIDE_WITHIN_S: Final = 10.0
KEY_HEADER: Final = "Idempotency-Key"

# By the path: what the body becomes, and what it does.
_TAKEN: Final[tuple[tuple[str, Body[Any], str, Schema], ...]] = (
    ("drafts/{id}/approve", commands.parse_approval, "Approve a draft by its digest",
     shapes.ANSWERED),
    ("drafts/{id}/reject", commands.parse_reject, "Reject a draft", shapes.ANSWERED),
    ("drafts/{id}/revise", commands.parse_revision, "Change a draft into another one",
     shapes.REVISED),
    ("dead-letters/{id}/retry", commands.parse_retry, "Try a dead letter again",
     shapes.UNDELIVERED),
    ("dead-letters/{id}/discard", commands.parse_discard, "Give a dead letter up",
     shapes.UNDELIVERED),
    ("orders/{id}/cancel", commands.parse_cancel, "Cancel an order or a held intent",
     shapes.CANCELED),
    ("orders/{id}/replace", commands.parse_replace, "Change a working order", shapes.REPLACED),
    ("cancel-all", commands.parse_cancel_all, "Cancel whatever works and whatever waits",
     shapes.SWEPT),
    ("kill", commands.parse_kill, "Set the kill switch", shapes.KILL),
    ("disarm", commands.parse_disarm, "Let no more orders go to a live account", shapes.DISARMED),
    ("pause", commands.parse_pause, "Take no new intents from strategies", shapes.CONTROL),
    ("reduce-only/on", commands.parse_reduce_only, "Let through only what closes positions",
     shapes.CONTROL),
)
# The same for what loosens a control, with the command that does it at a terminal.
_LOOSENING: Final[tuple[tuple[str, Body[Any], str, str], ...]] = (
    ("clear-kill", commands.parse_clear_kill, "Clear the kill switch",
     "tradebot clear-kill --reason TEXT"),
    ("clear-halt", commands.parse_clear_halt, "Let a halted instrument trade again",
     "tradebot clear-halt SYMBOL --reason TEXT"),
    ("arm", commands.parse_arming, "Let orders go to one live account, for a time",
     "tradebot arm"),
    ("resume", commands.parse_resume, "Let strategies ask again", "tradebot resume"),
    ("reduce-only/off", commands.parse_all_again, "Let everything through again",
     "tradebot reduce-only off"),
)


class Doing:
    """Has commands decided within a bound; `pace` is how fast the loop's clock runs."""

    def __init__(self, requests: Requests, pace: float) -> None:
        self._requests = requests
        self._pace = pace

    async def decided(self, command: Command, **more: str) -> Found:
        async with asyncio.timeout(DECIDE_WITHIN_S * self._pace):
            found, status = await self._requests.of(command)
        return {**found, **more}, status

    async def parsed(self, parse: Body[Any], call: Call) -> Found:
        return await self.decided(parse(call.body, *call.names))

    def routes(self) -> Iterator[ApiRoute]:
        for path, parse, summary, answers in _TAKEN:
            codes = (200, 202) if path.startswith("orders/") else (200,)
            yield post(
                path, partial(self.parsed, parse), summary, parse, codes=codes, answers=answers
            )
        for path, parse, summary, typed in _LOOSENING:
            yield post(path, partial(self.parsed, parse), summary, parse, loosens=typed)
        yield post(
            "intents", self._submitted, "Send one intent through the pipeline",
            commands.parse_intent, codes=(200, 201), answers=shapes.RESULT,
        )

    async def _submitted(self, call: Call) -> Found:
        key = call.request.headers.get(KEY_HEADER)
        intent = commands.parse_intent(call.body, key=key, source=Source.API)
        return await self.decided(SubmitIntent(intent=intent))


def desk_routes(desk: OptionsDesk) -> Iterator[ApiRoute]:
    async def ask(call: Call) -> Found:
        return await desk.ask(commands.parse_words(call.body))

    yield post(
        "ask", ask, "Ask the options desk in words", commands.parse_words, answers=shapes.ASKED
    )


def reconcile_routes(doing: Doing, views: Views, reconciler: Reconciler) -> Iterator[ApiRoute]:
    """Yield what compares the book with the brokers' statements."""
    async def compare(call: Call) -> Found:
        await reconciler.compare_all(f"asked by {commands.read_user(call.body)}")
        return document(views.book, reconciler)

    async def accept(call: Call) -> Found:
        command = commands.parse_accept(call.body)
        await doing.decided(command)
        await reconciler.compare_all(f"accepted by {command.by}")
        return document(views.book, reconciler)

    yield get(
        "reconcile", lambda _: document(views.book, reconciler), "Show the last comparison",
        answers=shapes.RECONCILED,
    )
    yield post(
        "reconcile", compare, "Compare the book with the brokers' statements now",
        commands.read_user, answers=shapes.RECONCILED,
    )
    yield post(
        "reconcile/accept", accept, "Accept a break", commands.parse_accept,
        loosens="tradebot reconcile --accept BREAK --reason TEXT",
    )


def strategy_routes(doing: Doing, names: Callable[[], list[str]]) -> Iterator[ApiRoute]:
    async def switch(enabled: bool, call: Call) -> Found:
        known = names()
        if call.name not in known:
            told = ", ".join(known) or "none"
            raise Unanswerable(HTTPStatus.NOT_FOUND, f"no such strategy; there are: {told}")
        why = commands.read_why(call.body)
        told = f"{why['reason']} (by {why['by']})"
        command = StrategyState(strategy_id=call.name, enabled=enabled, reason=told)
        return await doing.decided(command, reason=why["reason"])

    yield post(
        "strategies/{id}/enable", partial(switch, True), "Let a strategy ask again",
        commands.read_why, loosens="tradebot strategies enable NAME --reason TEXT",
    )
    yield post(
        "strategies/{id}/disable", partial(switch, False), "Take nothing more from a strategy",
        commands.read_why, answers=shapes.SWITCHED,
    )
