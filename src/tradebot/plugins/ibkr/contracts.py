"""Which contract of IB's is a symbol of ours, and in which steps may it be priced?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import option_of
from tradebot.core.model.money import ONE, ZERO, is_multiple, plain

_HOME: Final = "USD"
_ROOT: Final = 6  # an option's root is filled up to so many characters
EXCHANGE: Final = "SMART"


def asked_for(symbol: str) -> Mapping[str, Any]:
    """Return the fields by which IB finds the contract of a symbol.

    An option's local name is unique, also where its root is not its underlying (SPXW).
    """
    option = option_of(symbol)
    if option is not None and option.underlying is not None:
        local = f"{option.underlying:<{_ROOT}}{option.symbol[len(option.underlying):]}"
        return {"secType": "OPT", "localSymbol": local, "exchange": EXCHANGE, "currency": _HOME}
    name, _, currency = symbol.partition(":")
    return {
        "secType": "STK", "symbol": name.replace(".", " "), "exchange": EXCHANGE,
        "currency": currency or _HOME,
    }


def symbol_of(contract: Any) -> str:
    """Name a contract of IB's in our words: shares by name, options by their OCC symbol."""
    local = (contract.localSymbol or contract.symbol).replace(" ", "")
    if contract.secType == "OPT" and option_of(local) is not None:
        return str(local)
    if contract.secType == "STK":
        name = contract.symbol.replace(" ", ".")
        return name if contract.currency == _HOME else f"{name}:{contract.currency}"
    return f"{contract.secType}:{local}".upper()[:32]


def number(told: float | str | Decimal) -> Decimal:
    """Read a number of the library's: its floats are what the wire said, in the fewest digits."""
    return Decimal(plain(Decimal(str(told))))


@fact
class ContractTerms:
    """What IB knows of a symbol: its contract, and from which price on which tick holds."""

    symbol: str
    contract: Any
    ticks: tuple[tuple[Decimal, Decimal], ...]

    @property
    def multiplier(self) -> Decimal:
        return number(self.contract.multiplier or ONE)

    def tick_at(self, price: Decimal) -> Decimal:
        held = [tick for edge, tick in self.ticks if abs(price) >= edge]
        return held[-1] if held else self.ticks[0][1]

    def is_on_tick(self, price: Decimal) -> bool:
        return is_multiple(price, self.tick_at(price))

    def off_tick(self, name: str, price: Decimal) -> str:
        return f"{name}: expected a multiple of {plain(self.tick_at(price))}, got {plain(price)}"


def rule_of(details: Any) -> int | None:
    """Return the number of the market rule that holds where we send orders; None without one."""
    exchanges, rules = details.validExchanges.split(","), details.marketRuleIds.split(",")
    found = dict(zip(exchanges, rules, strict=False)).get(EXCHANGE) or rules[0]
    return int(found) if found.isdigit() else None


def terms(symbol: str, details: Any, rule: Sequence[Any]) -> ContractTerms:
    """Return what holds for a symbol: the rule's ticks, or the one of the contract."""
    ticks = sorted((number(step.lowEdge), number(step.increment)) for step in rule)
    return ContractTerms(
        symbol=symbol, contract=details.contract,
        ticks=tuple(ticks) or ((ZERO, number(details.minTick)),),
    )
