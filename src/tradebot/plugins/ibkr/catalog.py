"""What does IB know of a symbol? Asked once a session, and kept until the next."""

from collections.abc import Sequence
from typing import Any

from tradebot.core.model.report import RejReason
from tradebot.plugins.ibkr import codes, contracts
from tradebot.plugins.ibkr.connection import NUMBER, Connection
from tradebot.plugins.ibkr.contracts import ContractTerms
from tradebot.plugins.ibkr.questions import CONTRACT, RULE, QuestionRefused
from tradebot.ports import Declined


class Catalog:
    """The contracts of one session."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, ContractTerms] = {}
        self._symbols: dict[int, str] = {}

    async def terms(self, symbol: str) -> ContractTerms:
        """Return the terms of a symbol; Declined where IB knows none, or more than one."""
        known = self._known.get(symbol)
        return known if known is not None else await self._find(symbol)

    def symbols(self, contract: Any) -> tuple[str, ...]:
        """Name what a contract of IB's consists of; legs that nobody asked about have no name."""
        if not contract.comboLegs:
            return (contracts.symbol_of(contract),)
        named = (self._symbols.get(leg.conId) for leg in contract.comboLegs)
        return tuple(symbol for symbol in named if symbol is not None)

    async def _find(self, symbol: str) -> ContractTerms:
        connection = self._connection
        wanted = connection.library.Contract(**contracts.asked_for(symbol))
        try:
            lines = await connection.ask(CONTRACT, "reqContractDetails", NUMBER, wanted)
        except QuestionRefused as error:
            raise Declined(str(error), codes.reason(error.code, error.text)) from error
        if len(lines) != 1:
            told = f"IB knows {len(lines)} contracts called {symbol}"
            raise Declined(told, RejReason.UNKNOWN_SYMBOL)
        details = lines[0][1]
        known = contracts.terms(symbol, details, await self._rule(contracts.rule_of(details)))
        self._known[symbol] = known
        self._symbols[known.contract.conId] = symbol
        return known

    async def _rule(self, rule: int | None) -> Sequence[Any]:
        if rule is None:
            return ()
        _, steps = await self._connection.ask(RULE, "reqMarketRule", rule)
        return list(steps)
