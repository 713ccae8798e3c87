"""In which words is an answer given? Stages, reasons, needs, and what one gate said."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Final, NewType, Self

from tradebot.core.model.fact import fact


class Stage(IntEnum):
    INTAKE = 1
    VALIDATION = 2
    RISK = 3
    ROUTE = 4
    DISPATCH = 5
    EXECUTION = 6
    POST_TRADE = 7
    RECON = 8


class Reason(StrEnum):
    """Why something was refused, held or ignored. EXPLAIN says each in a sentence."""

    VALIDATION_MALFORMED = "VALIDATION_MALFORMED"
    VALIDATION_LEGS = "VALIDATION_LEGS"
    VALIDATION_QUANTITY = "VALIDATION_QUANTITY"
    VALIDATION_PRICE = "VALIDATION_PRICE"
    VALIDATION_STOP_PRICE = "VALIDATION_STOP_PRICE"
    VALIDATION_TTL = "VALIDATION_TTL"
    VALIDATION_KEY = "VALIDATION_KEY"
    VALIDATION_DUPLICATE_CONFLICT = "VALIDATION_DUPLICATE_CONFLICT"
    VALIDATION_UNKNOWN_SYMBOL = "VALIDATION_UNKNOWN_SYMBOL"
    VALIDATION_EXPIRED_CONTRACT = "VALIDATION_EXPIRED_CONTRACT"
    VALIDATION_OFF_TICK = "VALIDATION_OFF_TICK"
    VALIDATION_LOT_SIZE = "VALIDATION_LOT_SIZE"
    VALIDATION_COMBO = "VALIDATION_COMBO"
    VALIDATION_UNKNOWN_ROUTE = "VALIDATION_UNKNOWN_ROUTE"
    VALIDATION_NOT_SUPPORTED = "VALIDATION_NOT_SUPPORTED"
    VALIDATION_UNKNOWN_ORDER = "VALIDATION_UNKNOWN_ORDER"
    POLICY_MARKET_CLOSED = "POLICY_MARKET_CLOSED"
    POLICY_LIVE_NOT_ENABLED = "POLICY_LIVE_NOT_ENABLED"
    POLICY_MODE_MISMATCH = "POLICY_MODE_MISMATCH"
    POLICY_NEEDS_APPROVAL = "POLICY_NEEDS_APPROVAL"
    POLICY_STAGED = "POLICY_STAGED"
    POLICY_REJECTED = "POLICY_REJECTED"
    POLICY_SUPERSEDED = "POLICY_SUPERSEDED"
    POLICY_NOT_A_DRAFT = "POLICY_NOT_A_DRAFT"
    POLICY_OTHER_DIGEST = "POLICY_OTHER_DIGEST"
    POLICY_OTHER_ACCOUNT = "POLICY_OTHER_ACCOUNT"
    POLICY_OTHER_SETTINGS = "POLICY_OTHER_SETTINGS"
    POLICY_OTHER_PRICE = "POLICY_OTHER_PRICE"
    POLICY_OTHER_RISK = "POLICY_OTHER_RISK"
    POLICY_SAME_APPROVER = "POLICY_SAME_APPROVER"
    POLICY_NO_PROPOSAL = "POLICY_NO_PROPOSAL"
    POLICY_APPROVAL_USED = "POLICY_APPROVAL_USED"
    POLICY_APPROVAL_EXPIRED = "POLICY_APPROVAL_EXPIRED"
    POLICY_NOT_AUTO_ELIGIBLE = "POLICY_NOT_AUTO_ELIGIBLE"
    POLICY_NOT_EARNED = "POLICY_NOT_EARNED"
    POLICY_WINDOW_CLOSED = "POLICY_WINDOW_CLOSED"
    POLICY_INTENT_EXPIRED = "POLICY_INTENT_EXPIRED"
    RISK_KILL_SWITCH = "RISK_KILL_SWITCH"
    RISK_HALTED = "RISK_HALTED"
    RISK_INSTRUMENT_HALTED = "RISK_INSTRUMENT_HALTED"
    RISK_ORDER_QUANTITY = "RISK_ORDER_QUANTITY"
    RISK_ORDER_NOTIONAL = "RISK_ORDER_NOTIONAL"
    RISK_PRICE_COLLAR = "RISK_PRICE_COLLAR"
    RISK_STALE_DATA = "RISK_STALE_DATA"
    RISK_BUYING_POWER = "RISK_BUYING_POWER"
    RISK_TRADE_LOSS = "RISK_TRADE_LOSS"
    RISK_UNDEFINED_LOSS = "RISK_UNDEFINED_LOSS"
    RISK_ORDER_RISK = "RISK_ORDER_RISK"
    RISK_HEAT = "RISK_HEAT"
    RISK_DAY_RISK = "RISK_DAY_RISK"
    RISK_DAILY_LOSS = "RISK_DAILY_LOSS"
    RISK_DRAWDOWN = "RISK_DRAWDOWN"
    RISK_DRAWDOWN_HALT = "RISK_DRAWDOWN_HALT"
    RISK_LOSS_COOLDOWN = "RISK_LOSS_COOLDOWN"
    RISK_MINIMUM_EQUITY = "RISK_MINIMUM_EQUITY"
    RISK_CASH_BUFFER = "RISK_CASH_BUFFER"
    RISK_MARGIN_USE = "RISK_MARGIN_USE"
    RISK_IN_DOUBT = "RISK_IN_DOUBT"
    RISK_MAX_POSITIONS = "RISK_MAX_POSITIONS"
    RISK_POSITION_SIZE = "RISK_POSITION_SIZE"
    RISK_SYMBOL_EXPOSURE = "RISK_SYMBOL_EXPOSURE"
    RISK_SECTOR_EXPOSURE = "RISK_SECTOR_EXPOSURE"
    RISK_CORRELATION = "RISK_CORRELATION"
    RISK_INSANE_QUOTE = "RISK_INSANE_QUOTE"
    RISK_SLIPPAGE = "RISK_SLIPPAGE"
    RISK_ORDER_RATE = "RISK_ORDER_RATE"
    RISK_ORDERS_A_DAY = "RISK_ORDERS_A_DAY"
    RISK_DUPLICATE_ORDER = "RISK_DUPLICATE_ORDER"
    RISK_MAX_OPEN_ORDERS = "RISK_MAX_OPEN_ORDERS"
    RISK_REJECTIONS = "RISK_REJECTIONS"
    RISK_BLACKOUT = "RISK_BLACKOUT"
    RISK_REDUCE_ONLY = "RISK_REDUCE_ONLY"
    RISK_PAUSED = "RISK_PAUSED"
    RISK_PAUSE_EXPIRED = "RISK_PAUSE_EXPIRED"
    RISK_CLOCK_SET = "RISK_CLOCK_SET"
    RISK_STRUCTURE = "RISK_STRUCTURE"
    RISK_STRUCTURE_QUANTITY = "RISK_STRUCTURE_QUANTITY"
    RISK_NAKED_SHORT = "RISK_NAKED_SHORT"
    RISK_NEAR_EXPIRY = "RISK_NEAR_EXPIRY"
    RISK_DAYS_TO_EXPIRY = "RISK_DAYS_TO_EXPIRY"
    RISK_IV_RANK = "RISK_IV_RANK"
    RISK_EVENT = "RISK_EVENT"
    RISK_EARNINGS_UNKNOWN = "RISK_EARNINGS_UNKNOWN"
    RISK_LIQUIDITY = "RISK_LIQUIDITY"
    RISK_GREEKS = "RISK_GREEKS"
    RISK_EVALUATION_FAILED = "RISK_EVALUATION_FAILED"
    OMS_UNKNOWN_ORDER = "OMS_UNKNOWN_ORDER"
    OMS_DUPLICATE_EXECUTION = "OMS_DUPLICATE_EXECUTION"
    OMS_CONFLICTING_EXECUTION = "OMS_CONFLICTING_EXECUTION"
    OMS_UNKNOWN_EXECUTION = "OMS_UNKNOWN_EXECUTION"
    OMS_MALFORMED_REPORT = "OMS_MALFORMED_REPORT"
    OMS_NO_SUCH_TRANSITION = "OMS_NO_SUCH_TRANSITION"
    OMS_NOTHING_NEW = "OMS_NOTHING_NEW"
    OMS_OVERFILL = "OMS_OVERFILL"
    OMS_UNEVEN_LEGS = "OMS_UNEVEN_LEGS"
    OMS_EXTERNAL = "OMS_EXTERNAL"
    OMS_BEFORE_OPENING = "OMS_BEFORE_OPENING"
    OMS_UNKNOWN_INSTRUMENT = "OMS_UNKNOWN_INSTRUMENT"
    OMS_CANCELED = "OMS_CANCELED"
    OMS_PENDING_REQUEST = "OMS_PENDING_REQUEST"
    OMS_NOTHING_TO_CHANGE = "OMS_NOTHING_TO_CHANGE"
    RECON_BREAK = "RECON_BREAK"
    ADAPTER_AMBIGUOUS = "ADAPTER_AMBIGUOUS"
    ADAPTER_NEVER_LEFT = "ADAPTER_NEVER_LEFT"
    ADAPTER_UNAVAILABLE = "ADAPTER_UNAVAILABLE"
    ADAPTER_CIRCUIT_OPEN = "ADAPTER_CIRCUIT_OPEN"
    ADAPTER_UNDELIVERED = "ADAPTER_UNDELIVERED"
    ADAPTER_LOGIN_REFUSED = "ADAPTER_LOGIN_REFUSED"
    ADAPTER_OTHER_MONEY = "ADAPTER_OTHER_MONEY"
    ADAPTER_OTHER_IDS = "ADAPTER_OTHER_IDS"


R = Reason
EXPLAIN: Final[Mapping[Reason, str]] = {
    R.VALIDATION_MALFORMED: "A field is not what it should be: no number, no text, no name.",
    R.VALIDATION_LEGS: "An intent has one to four legs, distinct, with positive ratios.",
    R.VALIDATION_QUANTITY: "The quantity must be above zero.",
    R.VALIDATION_PRICE: "A limit needs a price above zero (combos: any); market orders have none.",
    R.VALIDATION_STOP_PRICE: "Stop orders need a positive stop price, others have none.",
    R.VALIDATION_TTL: "The time to live must be a positive number of seconds.",
    R.VALIDATION_KEY: "The idempotency key is longer than 128 characters or empty.",
    R.VALIDATION_DUPLICATE_CONFLICT: "The idempotency key was used before with another body.",
    R.VALIDATION_UNKNOWN_SYMBOL: "No instrument of this name is known here.",
    R.VALIDATION_EXPIRED_CONTRACT: "The contract has expired.",
    R.VALIDATION_OFF_TICK: "The price is not a whole number of ticks.",
    R.VALIDATION_LOT_SIZE: "The quantity is not a whole number of lots.",
    R.VALIDATION_COMBO: "The legs are not of one calendar and one currency.",
    R.VALIDATION_UNKNOWN_ROUTE: "No route of this name is connected.",
    R.VALIDATION_NOT_SUPPORTED: "No connected broker does this type, time in force, leg count or"
        " part of a unit.",
    R.VALIDATION_UNKNOWN_ORDER: "No working order has this id.",
    R.POLICY_MARKET_CLOSED: "The instrument's market is not in its trading phase.",
    R.POLICY_LIVE_NOT_ENABLED: "Live trading is blocked until it is armed.",
    R.POLICY_MODE_MISMATCH: "The mode does not allow routes of this kind.",
    R.POLICY_NEEDS_APPROVAL: "A person must approve this intent first.",
    R.POLICY_STAGED: "Nothing is sent in stage mode; approved drafts wait for another.",
    R.POLICY_REJECTED: "A person said no.",
    R.POLICY_SUPERSEDED: "Something newer stands in its place.",
    R.POLICY_NOT_A_DRAFT: "No draft of this id waits for an approval.",
    R.POLICY_OTHER_DIGEST: "The draft is not the content that was approved.",
    R.POLICY_OTHER_ACCOUNT: "The approval is for another account than the order would trade in.",
    R.POLICY_OTHER_SETTINGS: "The limits are not those under which it was approved.",
    R.POLICY_OTHER_PRICE: "The market moved away from the price at which it was approved.",
    R.POLICY_OTHER_RISK: "The order could lose more than was approved.",
    R.POLICY_SAME_APPROVER: "Another person than the first must approve it, too.",
    R.POLICY_NO_PROPOSAL: "No settings of this digest wait for an approval.",
    R.POLICY_APPROVAL_USED: "The draft's order was sent: its approval was for that one alone.",
    R.POLICY_APPROVAL_EXPIRED: "The approval's time was over before the order was sent.",
    R.POLICY_NOT_AUTO_ELIGIBLE: "The strategy may not be promoted without a person.",
    R.POLICY_NOT_EARNED: "The strategy's record is not yet good enough for routes of this kind.",
    R.POLICY_WINDOW_CLOSED: "No promotion window is open.",
    R.POLICY_INTENT_EXPIRED: "The intent outlived its time to live before it could be sent.",
    R.RISK_KILL_SWITCH: "The kill switch is set, until a person clears it.",
    R.RISK_HALTED: "Trading is halted until a person clears it.",
    R.RISK_INSTRUMENT_HALTED: "The instrument is halted: its position must be looked at first.",
    R.RISK_ORDER_QUANTITY: "The order is larger than the quantity limit.",
    R.RISK_ORDER_NOTIONAL: "The order is worth more than the notional limit.",
    R.RISK_PRICE_COLLAR: "The price is too far from the market.",
    R.RISK_STALE_DATA: "There is no quote or fact that it needs, or it is older than the limit.",
    R.RISK_BUYING_POWER: "The account's buying power does not cover the order.",
    R.RISK_TRADE_LOSS: "The order could lose more than one trade may.",
    R.RISK_UNDEFINED_LOSS: "What could be lost has no end: a short call that nothing covers.",
    R.RISK_ORDER_RISK: "Orders at work would put more at risk than may be added at a time.",
    R.RISK_HEAT: "Positions and orders together would put more at risk than the account bears.",
    R.RISK_DAY_RISK: "The day's budget of new risk is spent.",
    R.RISK_DAILY_LOSS: "The account lost what it may lose in a day: it takes no new risk today.",
    R.RISK_DRAWDOWN: "The account is too far below its high-water mark to take new risk.",
    R.RISK_DRAWDOWN_HALT: "The account fell so far that a person must look before it opens anew.",
    R.RISK_LOSS_COOLDOWN: "The strategy lost too often in a row and rests for so many seconds.",
    R.RISK_MINIMUM_EQUITY: "The account is too small to open anything.",
    R.RISK_CASH_BUFFER: "The order would eat into the cash that stays aside.",
    R.RISK_MARGIN_USE: "Positions and orders would bind too much of the account as margin.",
    R.RISK_IN_DOUBT: "An order on this instrument has an unknown outcome.",
    R.RISK_MAX_POSITIONS: "As many positions as there may be at once are open.",
    R.RISK_POSITION_SIZE: "The position would be too large a part of the account's equity.",
    R.RISK_SYMBOL_EXPOSURE: "Too much of the account would stand or fall with one underlying.",
    R.RISK_SECTOR_EXPOSURE: "Too much of the account would stand or fall with one sector.",
    R.RISK_CORRELATION: "It is nearly the same bet as another that stands already.",
    R.RISK_INSANE_QUOTE: "The quote is crossed, empty, or far from the one just before it.",
    R.RISK_SLIPPAGE: "The order would pay too much beyond the middle of the market.",
    R.RISK_ORDER_RATE: "Too many messages went out lately; it waits until there is room.",
    R.RISK_ORDERS_A_DAY: "As many orders as a day may have were sent; what closes still may go.",
    R.RISK_DUPLICATE_ORDER: "The very same order went out a moment ago.",
    R.RISK_MAX_OPEN_ORDERS: "As many orders as may be open at once are open.",
    R.RISK_REJECTIONS: "The broker rejected this strategy's orders on the symbol again and again.",
    R.RISK_BLACKOUT: "The symbol is on the blackout list: positions may only be closed.",
    R.RISK_REDUCE_ONLY: "Only what reduces a position may trade.",
    R.RISK_PAUSED: "Strategies are paused until a person resumes them.",
    R.RISK_PAUSE_EXPIRED: "A gate's pause lasted longer than the intent may wait.",
    R.RISK_CLOCK_SET: "The wall clock was set a moment ago: nobody knows what time it is.",
    R.RISK_STRUCTURE: "Its options make no structure that the desk may open.",
    R.RISK_STRUCTURE_QUANTITY: "It opens more of its structure than one order may.",
    R.RISK_NAKED_SHORT: "An option would be sold that neither options, shares nor cash cover.",
    R.RISK_NEAR_EXPIRY: "An option that it opens ends too soon for anything to be opened.",
    R.RISK_DAYS_TO_EXPIRY: "Its options live shorter or longer than its structure should.",
    R.RISK_IV_RANK: "Options are too cheap or too dear for this structure, or nobody can tell.",
    R.RISK_EVENT: "An event is near around which nothing is opened.",
    R.RISK_EARNINGS_UNKNOWN: "Its options outlive what is known of the company's earnings.",
    R.RISK_LIQUIDITY: "One of its options trades too little, or with too wide a spread.",
    R.RISK_GREEKS: "The account's options would lean too far one way.",
    R.RISK_EVALUATION_FAILED: "A gate could not be evaluated.",
    R.OMS_UNKNOWN_ORDER: "The broker reports an order that we did not send.",
    R.OMS_DUPLICATE_EXECUTION: "The execution was booked before.",
    R.OMS_CONFLICTING_EXECUTION: "The execution id was booked before with other numbers.",
    R.OMS_UNKNOWN_EXECUTION: "A bust or correction names an execution that was never booked.",
    R.OMS_MALFORMED_REPORT: "The report lacks what its kind needs, or holds what is no number.",
    R.OMS_NO_SUCH_TRANSITION: "The lifecycle table has no such step from where the order stands.",
    R.OMS_NOTHING_NEW: "The report repeats what is known.",
    R.OMS_OVERFILL: "The broker filled more than was ordered; the position follows the broker.",
    R.OMS_UNEVEN_LEGS: "A combo ended, and more of one leg has traded than of the others.",
    R.OMS_EXTERNAL: "The execution belongs to no order of ours; it is booked as external.",
    R.OMS_BEFORE_OPENING: "The execution is part of the statement that the ledger opened with.",
    R.OMS_UNKNOWN_INSTRUMENT: "Nobody knows how much one unit of it stands for; it counts as one.",
    R.OMS_CANCELED: "Someone asked to take the intent back before it was sent.",
    R.OMS_PENDING_REQUEST: "A cancel or change of this order has no answer yet.",
    R.OMS_NOTHING_TO_CHANGE: "It is like this already, or has filled that much.",
    R.RECON_BREAK: "The broker's statement differs from the book; see `tradebot reconcile`.",
    R.ADAPTER_AMBIGUOUS: "The wire failed and nobody knows yet whether the order arrived.",
    R.ADAPTER_NEVER_LEFT: "The order provably never left this process.",
    R.ADAPTER_UNAVAILABLE: "The route is not connected.",
    R.ADAPTER_CIRCUIT_OPEN: "The route's circuit breaker is open: too many calls failed in a row.",
    R.ADAPTER_UNDELIVERED: "No route took the order, however often it was tried: a dead letter.",
    R.ADAPTER_LOGIN_REFUSED: "The broker does not let us in: key, account or mode are wrong.",
    R.ADAPTER_OTHER_MONEY: "Whether the account's money is real is not as the route's kind says.",
    R.ADAPTER_OTHER_IDS: "The broker does not take ids of our form.",
}


Need = NewType("Need", str)
"""What would wake a held intent, e.g. `quote:SPY`, `session:XNYS`, `approval`, `until:<time>`."""


def quote_need(symbol: str) -> Need:
    return Need(f"quote:{symbol}")


def option_need(symbol: str) -> Need:
    return Need(f"option:{symbol}")


def volatility_need(symbol: str) -> Need:
    return Need(f"volatility:{symbol}")


def session_need(calendar: str) -> Need:
    return Need(f"session:{calendar}")


def route_need(route: str) -> Need:
    return Need(f"route:{route}")


def doubt_need(symbol: str) -> Need:
    return Need(f"doubt:{symbol}")


def control_need(control: str) -> Need:
    return Need(f"release:{control}")


def window_need(calendar: str) -> Need:
    return Need(f"window:{calendar}")


def mark_need(symbol: str) -> Need:
    return Need(f"mark:{symbol}")


APPROVAL: Final = Need("approval")
SETTINGS: Final = Need("settings")


class Answer(StrEnum):
    """A gate's answer; the worst of all wins, in this order."""

    ALLOW = "ALLOW"
    PAUSE = "PAUSE"
    BLOCK = "BLOCK"

    @classmethod
    def worst(cls, results: "Iterable[GateResult]") -> Self:
        """Return what gates say together."""
        return max((result.answer for result in results), key=[*cls].index, default=cls.ALLOW)


@fact
class GateResult:
    """One gate's answer with its numbers: `actual` against `limit`, in its unit.

    A PAUSE says what would end it: a need that is met, a time that comes, or both.
    """

    gate: str
    answer: Answer = Answer.ALLOW
    reason: Reason | None = None
    limit: Decimal | None = None
    actual: Decimal | None = None
    need: Need | None = None
    until: datetime | None = None

    @property
    def is_warning(self) -> bool:
        """Tell whether it allowed what is beyond its limit."""
        if self.answer is not Answer.ALLOW or self.actual is None or self.limit is None:
            return False
        return self.actual > self.limit
