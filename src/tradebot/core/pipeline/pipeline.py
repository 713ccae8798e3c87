"""READ FIRST. The eight stages, in order: five before the wire, three after it. Nothing awaits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.gates import REQUIRED
from tradebot.core.gates.desk import DESK
from tradebot.core.gates.lists import GATE_LIST
from tradebot.core.gates.look import Look
from tradebot.core.model.events import (
    Event,
    IntentHeld,
    IntentRefused,
    StagesPassed,
)
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import Stage
from tradebot.core.model.report import Report
from tradebot.core.model.verdict import Hold, Pass, Refuse, Verdict
from tradebot.core.pipeline import s1_intake as intake
from tradebot.core.pipeline import s2_validation as validation
from tradebot.core.pipeline import s3_risk as risk
from tradebot.core.pipeline import s4_route as route
from tradebot.core.pipeline import s5_dispatch as dispatch
from tradebot.core.pipeline import s6_execution as execution
from tradebot.core.pipeline import s7_post_trade as post_trade
from tradebot.core.pipeline import s8_recon as recon
from tradebot.core.pipeline.s5_dispatch import LAST_LOOK

Decide: TypeAlias = Callable[[Look], Verdict]
Absorb: TypeAlias = Callable[[Book, OrderState | None, Event], Iterable[Event]]

OUTBOUND: Final[Sequence[tuple[Stage, Decide]]] = (
    (Stage.INTAKE, intake.admit),  # 1 well formed, in time?
    (Stage.VALIDATION, validation.validate),  # 2 a real instrument, tradable now, by this broker?
    (Stage.RISK, partial(risk.clear, REQUIRED, DESK)),  # 3 may we? every gate answers
    (Stage.ROUTE, route.choose),  # 4 allowed, approved, and by which route?
    (Stage.DISPATCH, partial(dispatch.commit, LAST_LOOK)),  # 5 write it down; the wire follows
)
INBOUND: Final[Sequence[Absorb]] = (  # what 6, execution.absorb, makes of a report
    post_trade.book_trade,  # 7 what does that do to holdings and cash?
    recon.hand_off,  # 8 finished? then it must match the statement
)


def record(book: Book, *events: Event) -> Iterator[Event]:
    """Apply each event to the book as it is decided, so that the next question sees it."""
    for event in events:
        book.apply(event)
        yield event


def advance(book: Book, intent_id: IntentId, facts: Facts, at: datetime) -> Iterator[Event]:
    """Walk one intent outbound from the top, as far as the facts allow.

    A walk that comes to the same hold again (same stage, same needs) makes no event.
    """
    intent = book.intents.open[intent_id]
    look = Look(book, intent, facts, at)
    readings = ""
    for stage, decide in OUTBOUND:
        verdict = decide(look)
        readings = readings or verdict.readings
        match verdict:
            case Pass():
                if stage is Stage.DISPATCH:
                    yield from record(book, _passed(intent_id, stage, readings))
                for event in verdict.events:
                    book.apply(event)
                    yield event
            case Hold():
                held = _held(intent_id, stage, verdict)
                if verdict.events or not _is_same_hold(intent.held, held):
                    so_far = _so_far(intent_id, stage, readings)
                    yield from record(book, *so_far, *verdict.events, held)
                return
            case Refuse():
                refused = IntentRefused(
                    intent_id=intent_id, stage=stage, reason=verdict.reason,
                    detail=verdict.detail, gates=verdict.gates,
                )
                yield from record(book, *_so_far(intent_id, stage, readings), refused)
                return


def absorb(book: Book, state: OrderState | None, report: Report) -> Iterator[Event]:
    """Walk one broker report, of this order or of none of ours, through stages 6, 7 and 8."""
    for outcome in execution.absorb(book, state, report):
        book.apply(outcome)
        yield outcome
        for follow in INBOUND:
            for event in follow(book, state, outcome):
                book.apply(event)
                yield event


def resume(book: Book, intents: Sequence[IntentId], facts: Facts, at: datetime) -> Iterator[Event]:
    """Walk held intents again, each from stage 1; no old clearance is trusted."""
    for intent_id in intents:
        state = book.intents.open.get(intent_id)
        if state is not None and state.held is not None:
            yield from advance(book, intent_id, facts, at)


def _passed(intent_id: IntentId, stage: Stage, readings: str) -> StagesPassed:
    return StagesPassed(
        intent_id=intent_id, through=stage, gate_list=GATE_LIST, readings=readings
    )


def _so_far(
    intent_id: IntentId, stage: Stage, readings: str
) -> tuple[StagesPassed, ...]:
    if stage is Stage.INTAKE:
        return ()
    return (_passed(intent_id, Stage(stage - 1), readings),)


def _held(intent_id: IntentId, stage: Stage, hold: Hold) -> IntentHeld:
    return IntentHeld(
        intent_id=intent_id, stage=stage, reason=hold.reason, needs=hold.needs,
        detail=hold.detail, until=hold.until, gates=hold.gates, expires=hold.expires,
    )


def _is_same_hold(before: IntentHeld | None, now: IntentHeld) -> bool:
    return before is not None and (before.stage, before.needs, before.until) == (
        now.stage, now.needs, now.until
    )
