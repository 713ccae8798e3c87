"""What does the desk of a test trade on? A market with one chain, whose facts are known at once."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from tests.core.options.making import a_chain
from tests.plugins.fake_market import FakeMarket

from tradebot.core.model.chain import Chain
from tradebot.core.model.facts import OptionFact, Quote, VolatilityFact
from tradebot.core.model.instrument import Instrument
from tradebot.ports import Clock
from tradebot.shell.facts import FactCache

chain_of = cache(a_chain)


class OptionMarket(FakeMarket):
    """Implements ports.OptionData for SPY; the volatility stands in the middle of its year."""

    def __init__(
        self, clock: Clock, instruments: Sequence[Instrument], facts: FactCache
    ) -> None:
        super().__init__(clock, instruments)
        self._facts = facts
        self._at = clock.now()
        self.show_facts()

    def chain(self, symbol: str) -> Chain | None:
        return chain_of(as_of=self._at) if symbol == "SPY" else None

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        return ()

    def show_facts(self) -> None:
        at = self._at
        self._facts.volatilities["SPY"] = VolatilityFact(
            symbol="SPY", implied=Decimal("0.18"), iv_rank=Decimal("0.5"), as_of=at
        )
        for expiry in chain_of(as_of=at).expiries:
            for listed in expiry.options:
                symbol = listed.option.symbol
                self._facts.quotes[symbol] = Quote(
                    symbol=symbol, bid=listed.bid, ask=listed.ask, as_of=at
                )
                self._facts.options[symbol] = OptionFact(
                    symbol=symbol, open_interest=listed.open_interest, as_of=at,
                    delta=Decimal("0.1"), gamma=Decimal("0.001"), theta=Decimal("-0.01"),
                    vega=Decimal("0.1"), implied_volatility=Decimal("0.18"),
                )
