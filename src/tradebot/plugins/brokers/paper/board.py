"""What does the market show right now, and how much of that did our own orders already take?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ZERO
from tradebot.ports import (
    Calendar,
    Clock,
    Listener,
    MarketData,
    MarketEvent,
    OptionData,
    Session,
)

_MINUTE: Final = timedelta(minutes=1)
_SETTLES_AFTER: Final = timedelta(seconds=1)  # the last bar of a session is told when it closes
_BARS_MAX: Final = 20_000  # that are looked through for the close of a session long past
_CLOSED_DAYS_MAX: Final = 7


class Board:
    """Quotes of the running sessions; a quote of an earlier session is no market."""

    def __init__(
        self, clock: Clock, market: MarketData, calendars: Mapping[str, Calendar]
    ) -> None:
        self._clock = clock
        self._market = market
        self._calendars = calendars
        self._instruments = {known.symbol: known for known in market.instruments()}
        self._listener: Listener | None = None
        self._quotes: dict[str, Quote] = {}
        self._closes: dict[str, Decimal] = {}
        self._taken: dict[tuple[str, Side], Decimal] = {}
        self._sessions: dict[str, Session | None] = {}

    def now(self) -> datetime:
        return self._clock.now()

    def listen(self, listener: Listener) -> None:
        """Have the market told to somebody: what is listed now, and what is looked at later."""
        self._listener = listener
        self._market.subscribe(list(self._instruments), listener)

    def trades(self, symbol: str) -> bool:
        """Tell whether the symbol is listed, or an option that the market knows prices of."""
        if symbol in self._instruments:
            return True
        option, market = option_of(symbol), self._market
        if option is None or not isinstance(market, OptionData):
            return False
        if market.last(symbol) is None and not market.history(symbol, 1):
            return False
        self._instruments[symbol] = option
        if self._listener is not None:
            market.subscribe([symbol], self._listener)
        return True

    def instrument(self, symbol: str) -> Instrument:
        """Return the instrument; one that is no longer listed is an option, or counts singly."""
        return self._instruments.get(symbol) or option_of(symbol) or Instrument(symbol=symbol)

    def underlying(self, symbol: str) -> str:
        """Return on what an option stands; all else stands on itself."""
        return self.instrument(symbol).underlying or symbol

    def multiplier(self, symbol: str) -> Decimal:
        return self.instrument(symbol).multiplier

    def show(self, event: MarketEvent) -> None:
        """Take what the market says; a new quote shows its sizes anew."""
        if isinstance(event, Bar):
            self._closes[event.symbol] = event.close
            return
        self._quotes[event.symbol] = event
        self._taken.pop((event.symbol, Side.BUY), None)
        self._taken.pop((event.symbol, Side.SELL), None)

    def quote(self, symbol: str) -> Quote | None:
        """Return the quote that orders trade at, or None where there is none in this session."""
        session = self.session(symbol)
        quote = self._quotes.get(symbol) or self._market.last(symbol)
        if session is None or quote is None or not quote.is_sane:
            return None
        return quote if quote.as_of >= session.pre_opens else None

    def mark(self, symbol: str) -> Decimal | None:
        """Return the latest price that anybody told, of whatever session."""
        quote = self._quotes.get(symbol) or self._market.last(symbol)
        if quote is not None and quote.is_sane:
            return quote.mid
        return self._closes.get(symbol)

    def shown(self, quote: Quote, side: Side) -> Decimal | None:
        """Return the size that is left on the far side of an order, None where it is not told."""
        size = quote.ask_size if side is Side.BUY else quote.bid_size
        if not size > 0:
            return None
        return max(ZERO, size - self._taken.get((quote.symbol, side), ZERO))

    def take(self, symbol: str, side: Side, qty: Decimal) -> None:
        self._taken[symbol, side] = self._taken.get((symbol, side), ZERO) + qty

    def session(self, symbol: str) -> Session | None:
        """Return the session in whose regular hours the symbol's market is now, or None."""
        name, now = self.instrument(symbol).calendar, self._clock.now()
        known = self._sessions.get(name)
        if known is None or not known.opens <= now < known.closes:
            calendar = self._calendars.get(name)
            known = calendar.session_at(now) if calendar else None
            if known is not None and not known.opens <= now < known.closes:
                known = None
            self._sessions[name] = known
        return known

    def settles_at(self, terms: Instrument) -> datetime | None:
        """Return when an option is settled: soon after its last session has closed."""
        session = self._last_session(terms)
        return session.closes + _SETTLES_AFTER if session else None

    def closing_price(self, terms: Instrument) -> Decimal | None:
        """Return what an option's underlying traded at last in its last session, None: unknown.

        That is the close of the last bar; where there are no bars, the middle of the last quote.
        """
        session, symbol = self._last_session(terms), terms.underlying
        if session is None or symbol is None:
            return None
        minutes = (self._clock.now() - session.closes) // _MINUTE + 2
        for bar in reversed(self._market.history(symbol, min(max(2, minutes), _BARS_MAX))):
            if session.opens < bar.end <= session.closes:
                return bar.close
        quote = self._quotes.get(symbol) or self._market.last(symbol)
        if quote is None or not quote.is_sane or not session.opens <= quote.as_of:
            return None
        return quote.mid if quote.as_of <= session.closes else None

    def _last_session(self, terms: Instrument) -> Session | None:
        """Return the session of an option's last day, or the last before that."""
        calendar = self._calendars.get(terms.calendar)
        if terms.expiry is None or calendar is None:
            return None
        days = (terms.expiry - timedelta(days=back) for back in range(_CLOSED_DAYS_MAX))
        return next((found for day in days if (found := calendar.session_on(day))), None)

    def close_of(self, symbol: str, at: datetime) -> datetime | None:
        """Return when the session that holds `at` closes."""
        name = self.instrument(symbol).calendar
        known = self._sessions.get(name)
        if known is None or not known.opens <= at < known.closes:
            calendar = self._calendars.get(name)
            known = calendar.session_at(at) if calendar else None
        return known.closes if known else None
