"""What does every market that is told of from elsewhere do for whoever asks?"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tradebot.core.model.chain import Chain
from tradebot.core.model.commands import Phase
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument, bet_on, names_option
from tradebot.core.model.naming import instrument_of
from tradebot.outward.market.chains import Chains
from tradebot.outward.market.quoted import Quoted
from tradebot.ports import Gap, Listener, MarketSite

_ONLY_SHARES: Final = "market_data.symbols: {0}: only shares are quoted here, and options on them"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTerms:
    """What a feed is named, which shares it tells of, and how much of them it keeps."""

    vendor: str
    symbols: Sequence[str]
    asset_classes: Mapping[str, AssetClass] = field(default_factory=dict)
    history_bars: int
    chain_s: float


class LiveMarket:
    """Answers at once from what was told; whoever is asked for has a vendor listen, or look.

    Quotes bear their maker's time, so that what nobody quotes any more grows old by itself.
    """

    stand_in: Final = "simulated"  # in a rehearsal, which reaches nobody

    def __init__(self, terms: FeedTerms, site: MarketSite) -> None:
        if site.until is not None:
            raise ValueError(
                f"market_data: {terms.vendor} tells of now; a rehearsal needs another provider"
            )
        self.site = site
        self.shares = {
            name: _share(instrument_of(name, terms.asset_classes.get(name)))
            for name in dict.fromkeys(terms.symbols)
        }
        self.calendar = site.calendars[next(iter(self.shares.values())).calendar]
        self.quoted = Quoted(site.clock, terms.history_bars, self.tell)
        self.chains = Chains(self.shares, self.fetch, terms.chain_s, self.tell)
        self._vendor = terms.vendor

    def instruments(self) -> Sequence[Instrument]:
        return tuple(self.shares.values())

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        names = tuple(symbols)
        for name in filter(names_option, names):
            self.want(name)
        self.quoted.subscribe(names, listener)

    def last(self, symbol: str) -> Quote | None:
        """Return what was told last; of an option that nothing was told of, what its chain says."""
        found = self.quoted.last(symbol)
        if names_option(symbol):
            self.want(symbol)
            found = found or self.chains.quote(symbol, bet_on(symbol)[0])
        return found

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return self.quoted.history(symbol, count)

    def gaps(self) -> Sequence[Gap]:
        return ()

    def chain(self, symbol: str) -> Chain | None:
        return self.chains.chain(symbol)

    async def chain_looked_for(self, symbol: str) -> None:
        await self.chains.looked_for(symbol)

    def tell(self, text: str) -> None:
        self.site.tell(f"market {self._vendor}: {text}")

    def trades(self) -> bool:
        """Tell whether anything must be told now."""
        return self.calendar.phase_at(self.site.clock.now()) is Phase.TRADING

    def want(self, symbol: str) -> None:
        """Take in that somebody asks for an option."""
        raise NotImplementedError

    def fetch(self, symbol: str) -> Awaitable[Chain | None]:
        """Ask the vendor for the options on a share."""
        raise NotImplementedError


def _share(instrument: Instrument) -> Instrument:
    if instrument.asset_class is not AssetClass.EQUITY:
        raise ValueError(_ONLY_SHARES.format(instrument.symbol))
    return instrument
