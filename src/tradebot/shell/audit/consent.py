"""Was an order let go as the settings of its moment ask: by a window, by people, or freely?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tradebot.core.model import events as e
from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import plain
from tradebot.core.model.settings import Policy, Promotion, Settings
from tradebot.core.model.window import Hours
from tradebot.core.options.shapes import structure_of
from tradebot.shell.audit.finding import Flaw


@dataclass(frozen=True, slots=True)
class Given:
    """An approval that stands, and the limits under which it was given."""

    event: e.IntentApproved
    policy: Policy


@dataclass(slots=True)
class Circumstances:
    """What the settings and the sessions are at a decision, and what each window let go so far."""

    settings: Settings = field(default_factory=Settings)
    version: str = ""
    hours: dict[str, Hours] = field(default_factory=dict)
    gone: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hours_of(self, window: str) -> Hours | None:
        named = next((w for w in self.settings.windows if w.name == window), None)
        calendar = named.calendar if named is not None else None
        return self.hours.get(calendar or self.settings.primary_calendar)

    def went(self, window: str) -> None:
        hours = self.hours_of(window)
        if hours is not None:
            self.gone[window, hours.session] += 1


def is_free(settings: Settings, intent: Intent, needs_person: bool) -> bool:
    """Tell whether an order may go without anybody's consent."""
    is_open = settings.promotion is Promotion.DISABLED
    return is_open and intent.source is not Source.DESK and not needs_person


def about_window(
    scene: Circumstances, name: str, order: e.OrderSubmitted, at: datetime
) -> Iterator[tuple[Flaw, str]]:
    settings = scene.settings
    window = next((w for w in settings.windows if w.name == name), None)
    hours = scene.hours_of(name)
    span = window.span(hours) if window is not None and hours is not None else None
    if window is None or hours is None or span is None or not span[0] <= at < span[1]:
        yield Flaw.OUTSIDE_WINDOW, f"{name} at {at:%F %T}Z"
        return
    if settings.promotion not in (Promotion.AUTO_WINDOW, Promotion.HYBRID):
        yield Flaw.NOT_ELIGIBLE, f"promotion is {settings.promotion}"
    kind = _kind(order.intent)
    if kind not in settings.eligible or (window.strategies and kind not in window.strategies):
        yield Flaw.NOT_ELIGIBLE, f"{kind} in {name}"
    for cap in settings.caps:
        is_over = cap.name == kind and not order.intent.order_qty <= cap.order_qty_max
        if is_over and order.reserved > 0:
            yield Flaw.NOT_ELIGIBLE, f"{plain(order.intent.order_qty)} {kind} in {name}"
    used = scene.gone[name, hours.session]
    if window.orders_max is not None and order.reserved > 0 and order.attempt == 1 and not (
        used + 1 <= window.orders_max
    ):
        yield Flaw.WINDOW_OVERFULL, f"{used + 1} of {window.orders_max} in {name}"


def about_approval(
    scene: Circumstances, given: Given, order: e.OrderSubmitted, at: datetime
) -> Iterator[tuple[Flaw, str]]:
    event = given.event
    if not at < event.until:
        yield Flaw.APPROVAL_EXPIRED, f"it held until {event.until:%F %T}Z"
    if event.digest != order.intent.digest():
        yield Flaw.APPROVAL_OF_OTHER_CONTENT, f"{event.digest}, not {order.intent.digest()}"
    if event.account != order.account:
        yield Flaw.APPROVAL_OF_OTHER_ACCOUNT, f"{event.account}, not {order.account}"
    if given.policy != scene.settings.policy:
        yield Flaw.APPROVAL_OF_OTHER_LIMITS, f"now {scene.version}"
    if not len(set(event.names)) >= scene.settings.approvers_min:
        yield Flaw.APPROVERS_LACK, f"{len(event.names)} of {scene.settings.approvers_min}"


def _kind(intent: Intent) -> str | None:
    """Name what windows know it by: a strategy, or the structure of what the desk asked for."""
    if intent.source is Source.STRATEGY:
        return intent.strategy_id
    if intent.source is not Source.DESK:
        return None
    return structure_of([
        (option_of(leg.symbol) or Instrument(symbol=leg.symbol), leg.signed_ratio)
        for leg in intent.legs
    ])
