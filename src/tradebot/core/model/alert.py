"""What may a person have to hear of, how important is it, and what is such a message made of?"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact

TITLE_MAX: Final = 80


class Level(StrEnum):
    """How soon a person should look, the least first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    def __lt__(self, other: str) -> bool:
        return _RANK[self] < _RANK[other]

    def __le__(self, other: str) -> bool:
        return _RANK[self] <= _RANK[other]

    def __gt__(self, other: str) -> bool:
        return _RANK[self] > _RANK[other]

    def __ge__(self, other: str) -> bool:
        return _RANK[self] >= _RANK[other]


_RANK: Final[Mapping[str, int]] = {level.value: rank for rank, level in enumerate(Level)}


class AlertKind(StrEnum):
    """What an alert is about. EXPLAIN_ALERT says what each tells."""

    FILL = "fill"
    PARTIAL_FILL = "partial_fill"
    ORDER_REJECTED = "order_rejected"
    ORDER_IN_DOUBT = "order_in_doubt"
    DEAD_LETTER = "dead_letter"
    CANCEL = "cancel"
    REFUSED = "refused"
    EXTERNAL_TRADE = "external_trade"
    TRADE_BUSTED = "trade_busted"
    DRAWDOWN = "drawdown"
    HALT = "halt"
    KILL_SWITCH = "kill_switch"
    CONTROL = "control"
    LIVE = "live"
    BREAKER = "breaker"
    ROUTE = "route"
    STATE = "state"
    TASK = "task"
    STALL = "stall"
    DISK = "disk"
    MACHINE = "machine"
    CLOCK = "clock"
    LOGS = "logs"
    JOURNAL = "journal"
    DRAFT = "draft"
    DRAFT_EXPIRED = "draft_expired"
    APPROVAL = "approval"
    WINDOW = "window"
    RECONCILIATION = "reconciliation"
    CONFIG_ACCEPTED = "config_accepted"
    CONFIG_REFUSED = "config_refused"
    CONFIG_WAITING = "config_waiting"
    STRATEGY = "strategy"
    PIN_RISK = "pin_risk"
    SETTLEMENT = "settlement"
    HEARTBEAT = "heartbeat"
    DAILY_DIGEST = "daily_digest"
    WEEKLY_DIGEST = "weekly_digest"
    ALL_CLEAR = "all_clear"
    STORM = "storm"
    CHANNEL = "channel"
    TEST = "test"


K = AlertKind

EXPLAIN_ALERT: Final[Mapping[AlertKind, str]] = {
    K.FILL: "An order is filled whole.",
    K.PARTIAL_FILL: "A part of an order is filled; the rest works on.",
    K.ORDER_REJECTED: "A broker refused an order, a change or a cancel.",
    K.ORDER_IN_DOUBT: "Nobody knows whether an order arrived; its risk stays reserved.",
    K.DEAD_LETTER: "An order could not be delivered, and is given up until a person decides.",
    K.CANCEL: "An order ended without being filled whole: canceled, or its time was over.",
    K.REFUSED: "A gate refused an intent, or a route, or a mode.",
    K.EXTERNAL_TRADE: "The broker filled an order that is none of ours.",
    K.TRADE_BUSTED: "The broker took back an execution that it had told.",
    K.DRAWDOWN: "An account is further below its high-water mark than the policy bears.",
    K.HALT: "An instrument, or all of them, takes no new orders until a person clears it.",
    K.KILL_SWITCH: "The kill switch was set, or cleared.",
    K.CONTROL: "Trading was paused, made to reduce only, or let go on.",
    K.LIVE: "Orders may go to a live account, or not any more.",
    K.BREAKER: "A route's breaker opened, tries again, or is closed.",
    K.ROUTE: "A route to a broker is down, or up again.",
    K.STATE: "The daemon started, stopped, halted, or is in ERROR.",
    K.TASK: "A part of the daemon failed, or runs again.",
    K.STALL: "A call holds everything up.",
    K.DISK: "The disk is nearly full, or free again.",
    K.MACHINE: "The machine's memory or processors are nearly used up, or free again.",
    K.CLOCK: "The machine's clock was set.",
    K.LOGS: "Lines of a log or of the telemetry were lost.",
    K.JOURNAL: "The journal cannot be written or does not verify.",
    K.DRAFT: "A draft waits for an approval.",
    K.DRAFT_EXPIRED: "Nobody answered a draft in time.",
    K.APPROVAL: "A draft was approved, or its approval is void.",
    K.WINDOW: "A promotion window opened or closed.",
    K.RECONCILIATION: "Book and broker differ, agree again, or the broker was believed.",
    K.CONFIG_ACCEPTED: "Another configuration is in force.",
    K.CONFIG_REFUSED: "A configuration cannot be used; the one before stays in force.",
    K.CONFIG_WAITING: "Looser limits wait for an approval.",
    K.STRATEGY: "A strategy was disabled or enabled.",
    K.PIN_RISK: "An option ends today near its strike.",
    K.SETTLEMENT: "An option was exercised, assigned or expired.",
    K.HEARTBEAT: "The daemon lives; with its figures.",
    K.DAILY_DIGEST: "What a session brought.",
    K.WEEKLY_DIGEST: "What a week brought.",
    K.ALL_CLEAR: "All is well; or what is not.",
    K.STORM: "More came than a channel takes in a minute; counted by kind.",
    K.CHANNEL: "A channel of alerts takes nothing any more, or takes messages again.",
    K.TEST: "Somebody tries whether alerts arrive.",
}


@fact
class Alert:
    """One message: a title of at most 80 characters, a text with the numbers, and fields.

    The values of fields are plain text, numbers without exponent. What has the same `key` may be
    told as one message, with a count; alerts without a key are all told.
    """

    kind: AlertKind
    level: Level
    title: str
    text: str
    at: datetime
    fields: tuple[tuple[str, str], ...] = ()
    key: str = ""


TellAlert = Callable[[Alert], None]
