"""What does TWS tell of the market? Lines of ticks, minutes, lists of options, and their limits.

`TwsMarketHalf(gateway, facts)` before somebody connects: from then on the gateway answers these
requests, too. Ticks are told one side at a time, as the real ones are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.fakes.faults import Request
from tests.fakes.market import Halt, MarketFacts, Print, VenueBar
from tests.fakes.tws.contracts import Listing
from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.tws.layout import Layout
from tests.fakes.tws.session import Answer, Asked, Session
from tests.fakes.venue_facts import Happening, VenueQuote

from tradebot.core.model.instrument import names_option, option_of
from tradebot.core.model.money import plain

_CONTRACT: Final = """
    con_id symbol sec_type expiry strike right multiplier exchange primary_exchange currency
    local_symbol trading_class
"""
ASK: Final = Layout(1, f"_ req_id {_CONTRACT} delta_neutral generic snapshot regulatory options")
CANCEL: Final = Layout(2, "_ req_id")
HISTORY: Final = Layout(20, f"""
    req_id {_CONTRACT} include_expired end bar_size duration use_rth what format_date keep_up
    options
""")
CANCEL_HISTORY: Final = Layout(25, "_ req_id")
KIND: Final = Layout(59, "_ kind")
LISTS: Final = Layout(78, "req_id symbol exchange sec_type con_id")

PRICE: Final = Layout(1, "_=6 req_id tick price size attributes=0")
SIZE: Final = Layout(2, "_=6 req_id tick size")
BARS: Final = Layout(17, """
    req_id start end bars[date open high low close volume average count]
""")
MODEL: Final = Layout(21, """
    req_id tick attribute=0 implied delta=0.5 price=1 dividend=0 gamma=0.01 vega=0.4 theta=-0.05
    underlying=500
""")
GENERIC: Final = Layout(45, "_=6 req_id tick value")
GLANCED: Final = Layout(57, "_=1 req_id")
KIND_IS: Final = Layout(58, "_=1 req_id kind")
LISTED: Final = Layout(75, "req_id exchange con_id name multiplier days[day] strikes[strike]")
LISTED_END: Final = Layout(76, "req_id")
BAR_UPDATE: Final = Layout(90, "req_id count date open close high low average volume")

_NOT_SUBSCRIBED, _LATE, _TOO_MANY, _UNKNOWN = 354, 10167, 101, 200
_TEXTS: Final = {
    _NOT_SUBSCRIBED: "Requested market data is not subscribed.",
    _LATE: "Requested market data is not subscribed. Displaying delayed market data.",
    _TOO_MANY: "Max number of tickers has been reached",
}
_LIVE_TICKS: Final = (1, 2, 0, 3)
_LATE_TICKS: Final = (66, 67, 69, 70)
_HALTED: Final = 49


@dataclass(eq=False)
class Line:
    """One request for market data that goes on."""

    session: Session
    req_id: str
    symbol: str
    is_late: bool
    is_dead: bool = False


class TwsMarketHalf:
    """The market's side of a fake TWS. `lines_max`: what the login gives all of its sessions."""

    def __init__(
        self, gateway: FakeGateway, facts: MarketFacts, *, lines_max: int = 100
    ) -> None:
        self.lines: list[Line] = []
        self.lines_max = lines_max
        self.is_subscribed = True  # pays for quotes that are not late
        self.broken: set[str] = set()
        self.asked: list[str] = []  # every symbol that a line or a glance was asked for, in order
        self._gateway = gateway
        self._facts = facts
        self._venue = facts.venue
        self._kinds: dict[Session, int] = {}
        self._minutes: list[tuple[Session, str, str]] = []
        for layout, do in (
            (ASK, self._ask), (CANCEL, self._cancel), (HISTORY, self._history),
            (CANCEL_HISTORY, self._cancel_history), (KIND, self._set_kind), (LISTS, self._list),
        ):
            gateway.answers[layout.message_id] = Answer(layout, do, Request.DATA)
        self._venue.listen(self._happened)
        facts.listen(self._printed)

    def held(self) -> set[str]:
        """Return who has a line of somebody who is there."""
        self._drop_gone()
        return {line.symbol for line in self.lines}

    def break_farm(self, farm: str = "usfarm") -> None:
        """Lose a data farm (2103): the lines of its symbols stay, and tell nothing any more."""
        self.broken.add(farm)
        self._gateway.broadcast(2103, f"Market data farm connection is broken:{farm}")

    def restore_farm(self, farm: str = "usfarm", *, is_kept: bool = True) -> None:
        """Find it again (2104); unless lines are kept, they stay silent until asked for anew."""
        self.broken.discard(farm)
        for line in self.lines:
            line.is_dead = line.is_dead or (not is_kept and _farm(line.symbol) == farm)
        self._gateway.broadcast(2104, f"Market data farm connection is OK:{farm}")

    def _set_kind(self, session: Session, asked: Asked) -> None:
        self._kinds[session] = int(str(asked["kind"]))

    def _ask(self, session: Session, asked: Asked) -> None:
        """Open a line, or tell once what there is; refuse what nobody pays for, or too many."""
        req_id, listing = str(asked["req_id"]), self._listing(asked)
        if listing is None:
            session.error(_UNKNOWN, req_id=req_id)
            return
        self.asked.append(listing.symbol)
        is_late = not self.is_subscribed
        if is_late and self._kinds.get(session, 1) < 3:
            session.error(_NOT_SUBSCRIBED, _TEXTS[_NOT_SUBSCRIBED], req_id=req_id)
            return
        self._drop_gone()
        if len(self.lines) >= self.lines_max:
            session.error(_TOO_MANY, _TEXTS[_TOO_MANY], req_id=req_id)
            return
        line = Line(session, req_id, listing.symbol, is_late)
        if is_late:
            session.error(_LATE, _TEXTS[_LATE], req_id=req_id)
        session.send(KIND_IS, req_id=req_id, kind=3 if is_late else 1)
        quote = self._venue.quotes.get(listing.symbol)
        if quote is not None and _farm(listing.symbol) not in self.broken:
            self._tell_quote(line, quote)
        if asked["snapshot"] == "1":
            session.send(GLANCED, req_id=req_id)
            return
        self.lines.append(line)
        if asked["generic"] == "101":
            self._tell_interest(line)
        if listing.symbol in self._facts.halted:
            session.send(GENERIC, req_id=req_id, tick=_HALTED, value="1.0")

    def _cancel(self, session: Session, asked: Asked) -> None:
        wanted = session, str(asked["req_id"])
        if wanted not in [(line.session, line.req_id) for line in self.lines]:
            session.error(300, "Can't find EId with tickerId", req_id=wanted[1])
        self.lines = [line for line in self.lines if (line.session, line.req_id) != wanted]

    def _tell_quote(self, line: Line, quote: VenueQuote) -> None:
        ticks = _LATE_TICKS if line.is_late else _LIVE_TICKS
        for tick, price, size in (
            (ticks[0], quote.bid, quote.bid_size), (ticks[1], quote.ask, quote.ask_size),
        ):
            nobody = price == 0
            line.session.send(
                PRICE, req_id=line.req_id, tick=tick, price="-1.0" if nobody else plain(price),
                size="0" if nobody else plain(size),
            )
        line.session.send(SIZE, req_id=line.req_id, tick=ticks[2], size=plain(quote.bid_size))
        implied = self._facts.volatility.get(line.symbol)
        if implied is not None:
            line.session.send(MODEL, req_id=line.req_id, tick=13, implied=plain(implied))
        if names_option(line.symbol):
            line.session.send(SIZE, req_id=line.req_id, tick=8, size="250")

    def _tell_interest(self, line: Line) -> None:
        """Tell the open interest of calls and of puts: one of them is always nothing."""
        interest, is_call = self._facts.interest.get(line.symbol), line.symbol[-9] == "C"
        if interest is not None:
            for tick, is_it in ((27, is_call), (28, not is_call)):
                line.session.send(
                    SIZE, req_id=line.req_id, tick=tick, size=plain(interest) if is_it else "0"
                )

    def _history(self, session: Session, asked: Asked) -> None:
        """Tell minutes, or the volatility of days; go on telling of minutes where that is asked."""
        req_id, listing = str(asked["req_id"]), self._listing(asked)
        if listing is None:
            session.error(_UNKNOWN, req_id=req_id)
            return
        if asked["what"] == "OPTION_IMPLIED_VOLATILITY":
            rows = self._days(listing.symbol)
        else:
            length, unit = str(asked["duration"]).split()
            since = self._venue.now() - timedelta(days=int(length)) if unit == "D" else None
            bars = self._facts.bars.get(listing.symbol, ())
            rows = [_row(bar) for bar in bars if since is None or bar.start >= since]
        if not rows:
            text = "Historical Market Data Service error message:HMDS query returned no data"
            session.error(162, text, req_id=req_id)
            return
        session.send(BARS, req_id=req_id, start="", end="", bars=rows)
        if asked["keep_up"] == "1":
            self._minutes.append((session, req_id, listing.symbol))

    def _cancel_history(self, session: Session, asked: Asked) -> None:
        self._minutes = [
            kept for kept in self._minutes if kept[:2] != (session, str(asked["req_id"]))
        ]

    def _days(self, symbol: str) -> list[list[str]]:
        """Write the volatility of the days before today."""
        known, today = self._facts.volatilities.get(symbol, []), self._venue.now().date()
        first = today - timedelta(days=len(known))
        return [
            [f"{first + timedelta(days=n):%Y%m%d}", *[plain(v)] * 4, "0", "0", "0"]
            for n, v in enumerate(known)
        ]

    def _list(self, session: Session, asked: Asked) -> None:
        """Tell days and strikes of the options that the venue quotes, on two exchanges."""
        days, strikes = set[str](), set[Decimal]()
        for symbol in self._venue.quotes:
            option = option_of(symbol)
            if option is not None and option.underlying == asked["symbol"]:
                assert option.expiry is not None and option.strike is not None
                self._gateway.contracts.listing(symbol)
                days.add(f"{option.expiry:%Y%m%d}")
                strikes.add(option.strike)
        for exchange in ("CBOE", "SMART") if days else ():
            session.send(
                LISTED, req_id=asked["req_id"], exchange=exchange, con_id=asked["con_id"],
                name=asked["symbol"], multiplier="100", days=[[day] for day in sorted(days)],
                strikes=[[plain(strike)] for strike in sorted(strikes)],
            )
        session.send(LISTED_END, req_id=asked["req_id"])

    def _listing(self, asked: Asked) -> Listing | None:
        found = self._gateway.contracts.found(asked)
        return found[0] if len(found) == 1 else None

    def _happened(self, happening: Happening) -> None:
        quote = happening.quote
        for line in self._speaking(quote.symbol) if quote is not None else ():
            self._tell_quote(line, quote)

    def _printed(self, said: Print) -> None:
        if isinstance(said, Halt):
            for line in self._speaking(said.symbol):
                value = "1.0" if said.is_halted else "0.0"
                line.session.send(GENERIC, req_id=line.req_id, tick=_HALTED, value=value)
            return
        for session, req_id, symbol in self._minutes:
            if symbol == said.symbol and session in self._gateway.sessions:
                date, opened, high, low, close, volume, average, count = _row(said)
                session.send(
                    BAR_UPDATE, req_id=req_id, count=count, date=date, open=opened, close=close,
                    high=high, low=low, average=average, volume=volume,
                )

    def _speaking(self, symbol: str) -> list[Line]:
        self._drop_gone()
        is_broken = _farm(symbol) in self.broken
        return [
            line for line in self.lines
            if line.symbol == symbol and not (line.is_dead or is_broken)
        ]

    def _drop_gone(self) -> None:
        there = self._gateway.sessions
        self.lines = [line for line in self.lines if line.session in there]


def _farm(symbol: str) -> str:
    return "usopt" if names_option(symbol) else "usfarm"


def _row(bar: VenueBar) -> list[str]:
    seconds = int((bar.start - datetime.fromtimestamp(0, UTC)).total_seconds())
    prices = map(plain, (bar.open, bar.high, bar.low, bar.close))
    return [str(seconds), *prices, plain(bar.volume), plain(bar.close), "1"]
