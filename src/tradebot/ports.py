"""What must a plugin offer, and what may it raise? The only meeting place of shell and plugins."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from tradebot.core.indicators import Indicators
from tradebot.core.model.alert import Alert
from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.chain import Chain
from tradebot.core.model.commands import Phase, RequestCancel, RequestReplace
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Side
from tradebot.core.model.look import BrokerLook
from tradebot.core.model.report import BrokerOrder as BrokerOrder
from tradebot.core.model.report import RejReason, Report, Statement
from tradebot.core.model.sizing import Size, Sizing
from tradebot.core.model.speech import Hearing, Sound


class WireError(Exception):
    """A broker call failed; the subclass says what is known."""


class NotSent(WireError):
    """Provably the broker took nothing: safe to try again under the same id.

    `retry_after_s`: how long the broker wants to be left alone, where it said so.
    """

    def __init__(self, text: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class DeliveryUnknown(WireError):
    """It may have arrived: only evidence from the broker tells."""


class Declined(WireError):
    """The broker refused in so many words; the message is the broker's, the reason our word for it.
    """

    def __init__(self, text: str = "", rej_reason: RejReason | None = None) -> None:
        super().__init__(text)
        self.rej_reason = rej_reason


class LoginRefused(WireError):
    """Credentials, account or mode are wrong: nothing but a person's act makes them right.

    Only `connect` raises it, and is not called again until the route's settings are read anew.
    """


WIRE_TROUBLE: Final = (WireError, TimeoutError, OSError)  # how any call to a broker may fail


class Broker(Protocol):
    """One account at one broker. It translates; it never decides.

    Every method may raise the wire errors. `find` returns None only where the broker states that
    it has never seen the id. Reports come in the order in which the broker sent them, and an
    adapter that is not read stops reading its socket: it never drops one.
    """

    capabilities: Capabilities

    async def connect(self) -> None: ...
    async def disconnect(self) -> None: ...
    async def submit(self, order: OrderSubmitted) -> None: ...
    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None: ...
    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None: ...
    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None: ...
    async def fills_since(self, since: datetime) -> Sequence[Report]: ...
    async def statement(self) -> Statement: ...
    def reports(self) -> AsyncIterator[Report]: ...


@runtime_checkable
class ReachableBroker(Broker, Protocol):
    """A broker that can be looked at without an order, also beside a daemon that trades there."""

    @staticmethod
    def beside(settings: Any) -> Any:
        """Return settings under which a second connection takes nothing from the first."""

    async def ping(self) -> datetime:
        """Ask the cheapest question there is; return the time by the broker's own clock."""

    async def look(self) -> BrokerLook: ...


MarketEvent: TypeAlias = Quote | Bar
Listener: TypeAlias = Callable[[MarketEvent], None]


@fact
class Gap:
    """Sessions of a symbol that a recording should hold and does not; both days included."""

    symbol: str
    first: date
    last: date
    sessions: int


class MarketData(Protocol):
    """Quotes and bars, delivered on the loop's clock in time order: never one from the future.

    It is built with its settings and a MarketSite. Listeners are called one after another in the
    order of subscription, and must not block. `run` plays the feed until it ends or is cancelled.
    """

    def instruments(self) -> Sequence[Instrument]: ...
    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None: ...
    def last(self, symbol: str) -> Quote | None: ...
    def history(self, symbol: str, count: int) -> Sequence[Bar]: ...
    def gaps(self) -> Sequence[Gap]:
        """Tell what is known beforehand to be missing; asked often."""

    async def run(self) -> None: ...


@runtime_checkable
class OptionData(MarketData, Protocol):
    """A market that also knows options, named by their OCC symbols.

    `instruments` lists only what the settings name; any option that is listed can be subscribed
    to and asked for quotes and history like the rest.
    """

    def chain(self, symbol: str) -> Chain | None:
        """Return what is listed on an underlying and costs what now; None where none is known."""

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        """Return the volatility of options at the money, ended about 30 days out, a year.

        One for each session that is over, oldest first; nothing where nothing is known.
        """


@runtime_checkable
class DistantOptions(OptionData, Protocol):
    """A market whose chains are fetched from elsewhere: asking for one has it fetched."""

    async def chain_looked_for(self, symbol: str) -> None:
        """Wait until a chain was asked for once, found or not; the caller sets the deadline."""


@fact
class Session:
    """One trading day of one market: local date, times in UTC.

    `utc_offset_s` is how far the market's own wall clock is ahead of UTC when it opens.
    """

    calendar: str
    day: date
    pre_opens: datetime
    opens: datetime
    closes: datetime
    post_closes: datetime
    utc_offset_s: int = 0
    is_early_close: bool = False


class Calendar(Protocol):
    """When a market trades. All times are aware UTC; a naive datetime raises ValueError."""

    name: str
    known_until: datetime | None
    """From here on nothing is known and the market counts as closed; None: the rules never end."""

    def session_on(self, day: date) -> Session | None: ...
    def phase_at(self, at: datetime) -> Phase: ...
    def session_at(self, at: datetime) -> Session | None:
        """Return the session whose pre-market to post-market span holds `at`."""

    def reason_on(self, day: date) -> str | None:
        """Say why a day is no session, or has other hours than most; None for a usual day."""

    def next_open(self, after: datetime) -> datetime: ...
    def next_close(self, after: datetime) -> datetime: ...
    def next_change(self, after: datetime) -> tuple[datetime, Phase]:
        """Return when the phase changes after `after`, and to what; at most `known_until`."""


class Clock(Protocol):
    """The one source of time: aware UTC for stamps; the event loop's own time for waiting.

    The loop's time stands still in a suspended machine, so nobody sleeps longer than
    `longest_sleep_s` before looking at this clock again.
    """

    longest_sleep_s: float

    def now(self) -> datetime: ...

    def skip_to(self, due: datetime) -> bool:
        """Tell whether time jumped there, as a simulated one may where nothing happens before."""


@fact
class MarketSite:
    """What a market is built with, beside its settings.

    `until` ends a rehearsal; where there is none, the clock is the world's. `state_dir` is the
    market's own, and made by whoever keeps something there; `tell` says a line to people.
    """

    clock: Clock
    calendars: Mapping[str, Calendar]
    until: datetime | None
    state_dir: Path
    tell: Callable[[str], None]


@fact
class Position:
    """What a strategy may know of a holding: signed quantity in units, average price a unit."""

    symbol: str
    qty: Decimal
    avg_px: Decimal


@fact
class Working:
    """One working order of a strategy: quantities in units, limit a unit.

    `is_changing` tells that a cancel or change of it has no answer yet.
    """

    cl_ord_id: ClOrdID
    symbol: str
    side: Side
    leaves_qty: Decimal
    price: Decimal | None
    is_changing: bool


Action: TypeAlias = Intent | RequestCancel | RequestReplace


class Desk(Protocol):
    """A strategy's read-only view of durable state."""

    strategy_id: str
    indicators: Indicators

    def now(self) -> datetime: ...
    def is_open(self, symbol: str) -> bool:
        """Tell whether orders on the symbol may go out now: its market trades."""

    def position(self, symbol: str) -> Position:
        """Return the strategy's own position, flat where it holds none."""

    def positions(self) -> Sequence[Position]:
        """Return the strategy's own positions that are not flat, by symbol."""

    def working(self, symbol: str) -> int:
        """Count the strategy's own intents and orders on the symbol that are not finished."""

    def orders(self, symbol: str) -> Sequence[Working]:
        """Return the strategy's own orders that the broker works, oldest first."""

    def quote(self, symbol: str) -> Quote | None: ...
    def size(self, symbol: str, sizing: Sizing) -> Size:
        """Return how much to trade of it by this rule; where that is 0, `why` says so."""

    def history(self, symbol: str, count: int) -> Sequence[Bar]: ...
    def tell(self, text: str) -> None:
        """Say something to people. The same text is told once, and not without end."""

    def measure(self, name: str, value: Decimal) -> None:
        """Show a figure beside the strategy, where people look at it."""


class Strategy(Protocol):
    """Decides what to trade. It returns actions; it never sends, sleeps or reads a clock.

    An action is an intent, or the cancel or change of an order of its own (`desk.orders`).
    """

    symbols: Sequence[str]

    def on_start(self, desk: Desk) -> Iterable[Action]: ...
    def on_quote(self, quote: Quote, desk: Desk) -> Iterable[Action]: ...
    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Action]: ...
    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Action]: ...


@runtime_checkable
class TimedStrategy(Strategy, Protocol):
    """A strategy that also acts by time; its timer rings whether the market moves or not."""

    def on_timer(self, desk: Desk) -> Iterable[Action]: ...


class NoAnswer(Exception):
    """The language model said nothing that could be taken: it is down, slow, busy or refuses."""


class UselessAnswer(Exception):
    """It answered, but filled no form: it may do better when it hears why."""


@fact
class Prompt:
    """All that a language model ever hears: what to do, a person's words, a form to fill.

    `form` is a JSON Schema without room for anything else.
    """

    task: str
    words: str
    form: Mapping[str, Any]


class Language(Protocol):
    """Reads a person's words into a form. It knows no limit, no position and no control.

    `fill` returns the filled form as the model wrote it, unread, or raises one of the two errors
    above; whoever calls sets the deadline and trusts nothing.
    """

    model: str

    async def fill(self, prompt: Prompt) -> str: ...


class Recognizer(Protocol):
    """Turns speech into sentences of a JSGF grammar, offline and within the sound's own length."""

    rate: int

    def knows(self, word: str) -> bool:
        """Tell whether it has a sound for a word in small letters."""

    def hear(self, sound: Sound, grammar: str) -> Hearing: ...


class Synthesizer(Protocol):
    """Turns a sentence into speech, offline."""

    def speak(self, text: str) -> Sound: ...


class NotDelivered(Exception):
    """An alert was not taken. `is_final`: trying it again would not help.

    `retry_after_s`: how long the receiver wants to be left alone, where it said so.
    """

    def __init__(
        self, text: str = "", *, retry_after_s: float = 0.0, is_final: bool = False
    ) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s
        self.is_final = is_final


class Notifier(Protocol):
    """A way to a person. It delivers; it never decides what is told, when or how often.

    `notify` returns when the alert was taken, or raises NotDelivered; whoever calls sets the
    deadline, hides secrets and tries again. `close` lets go of connections.
    """

    async def notify(self, alert: Alert) -> None: ...
    async def close(self) -> None: ...


@runtime_checkable
class ReachableNotifier(Notifier, Protocol):
    """A way to a person that can be looked at without telling anything."""

    async def reach(self) -> str:
        """Connect, agree on TLS, log in; tell who answered, or raise NotDelivered."""
