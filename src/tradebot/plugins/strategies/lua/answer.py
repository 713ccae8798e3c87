"""What may a script answer? Closed keys and plain decimals; all of an answer counts, or nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
)

from tradebot.core.model.commands import RequestCancel, RequestReplace
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, TimeInForce
from tradebot.core.model.money import parse_decimal
from tradebot.core.model.sound import flaw
from tradebot.ports import Action

_COMPLAINTS: Final = 3  # in one sentence


class Malformed(Exception):
    """The answer is not what the contract says; the text says where."""


@fact
class Asker:
    """Who answers, about what: it may order its symbols, and change the orders it has."""

    strategy_id: StrategyId
    symbols: Sequence[str]
    symbol: str
    resting: frozenset[str]


def _decimal(given: object) -> Decimal:
    if type(given) is int:
        given = str(given)
    if not isinstance(given, str):
        raise ValueError(f"expected a decimal as text, got {str(given)[:40]}")  # noqa: TRY004
    return parse_decimal(given)


def _empty(given: object) -> object:
    """Lua does not tell an empty list from an empty table of names."""
    return given or None


Number: TypeAlias = Annotated[Decimal, BeforeValidator(_decimal)]
Words: TypeAlias = Annotated[str, Field(max_length=300)]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptOrder(_Closed):
    """A new order in the words of `tradebot submit`; the prices say its type."""

    symbol: str | None = None
    side: Side
    qty: Number
    limit: Number | None = None
    stop: Number | None = None
    tif: TimeInForce = TimeInForce.DAY
    ttl: Annotated[int, Field(gt=0, le=86_400)] = 60
    rest: bool = False

    def action(self, by: Asker) -> Action:
        symbol = self.symbol or by.symbol
        if symbol not in by.symbols:
            raise Malformed(f"symbol: expected one of {', '.join(by.symbols)}, got {symbol!r:.40}")
        return Intent(
            legs=(Leg(symbol=symbol, side=self.side),), order_qty=self.qty,
            ord_type=_TYPES[self.limit is not None, self.stop is not None],
            price=self.limit, stop_px=self.stop, time_in_force=self.tif, ttl_s=self.ttl,
            rests=self.rest, strategy_id=by.strategy_id,
        )


class ScriptCancel(_Closed):
    """The end of a resting order of its own."""

    cancel: str

    def action(self, by: Asker) -> Action:
        return RequestCancel(target=_own(self.cancel, by), by=by.strategy_id)


class ScriptChange(_Closed):
    """Another quantity or limit for a resting order of its own."""

    replace: str
    qty: Number | None = None
    limit: Number | None = None

    def action(self, by: Asker) -> Action:
        return RequestReplace(
            target=_own(self.replace, by), by=by.strategy_id, order_qty=self.qty, price=self.limit
        )


def _form(given: Any) -> str:
    return next((word for word in ("cancel", "replace") if word in given), "order")


Form: TypeAlias = Annotated[
    Annotated[ScriptOrder, Tag("order")] | Annotated[ScriptCancel, Tag("cancel")]
    | Annotated[ScriptChange, Tag("replace")],
    Discriminator(_form),
]

_TYPES: Final = {
    (False, False): OrdType.MARKET, (True, False): OrdType.LIMIT,
    (False, True): OrdType.STOP, (True, True): OrdType.STOP_LIMIT,
}


class ScriptAnswer(_Closed):
    """What one call came to; a call that wants nothing answers nothing."""

    orders: Annotated[tuple[Form, ...] | None, BeforeValidator(_empty)] = None
    notes: Annotated[
        tuple[Words, ...] | None, BeforeValidator(_empty), Field(max_length=10)
    ] = None
    warnings: Annotated[
        tuple[Words, ...] | None, BeforeValidator(_empty), Field(max_length=10)
    ] = None
    telemetry: Annotated[
        dict[Name, Number] | None, BeforeValidator(_empty), Field(max_length=32)
    ] = None

    def actions(self, by: Asker, orders_max: int) -> list[Action]:
        """Return the orders as actions; raise Malformed where one of them is none."""
        orders = self.orders or ()
        if len(orders) > orders_max:
            raise Malformed(f"orders: expected at most {orders_max}, got {len(orders)}")
        actions = [order.action(by) for order in orders]
        for action in actions:
            if (told := flaw(action)) is not None:
                raise Malformed(told)
        return actions


def read_answer(given: object) -> ScriptAnswer:
    try:
        return ScriptAnswer.model_validate(given or {})
    except ValidationError as error:
        told = [
            f"{'.'.join(str(key) for key in detail['loc'])}: {detail['msg']}"
            for detail in error.errors(include_url=False, include_input=False)
        ]
        raise Malformed("; ".join(told[:_COMPLAINTS])) from None


def _own(cl_ord_id: str, by: Asker) -> str:
    if cl_ord_id not in by.resting:
        raise Malformed(f"{cl_ord_id!r:.40} is no resting order of {by.strategy_id}")
    return cl_ord_id
