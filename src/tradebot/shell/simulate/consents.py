"""Who let an order go: a person, a window, an arming? Told by the events alone, never by a book."""

from collections import Counter
from collections.abc import Callable, Iterator

from tradebot.core.model import events as e
from tradebot.core.model.arming import LiveArmed, LiveDisarmed
from tradebot.core.model.intent import Source
from tradebot.core.model.settings import Mode, Policy, Promotion, Settings
from tradebot.shell.journal.decision import Decision


class Consents:
    """What was let, by whom and until when; it tells of orders that nobody let go."""

    def __init__(self, settings: Settings, now: Callable[[], float]) -> None:
        self._settings = settings
        self._now = now
        self._approved: dict[str, tuple[e.IntentApproved, Policy]] = {}
        self._windows: dict[str, str] = {}
        self._armed: LiveArmed | None = None
        self._until = 0.0  # on a clock that nobody sets
        self._sent: Counter[str] = Counter()

    def on_start(self) -> None:
        """No arming outlives the process that it was told to."""
        self._armed = None

    def note(self, decision: Decision) -> Iterator[tuple[int, str]]:
        """Yield the promises that a decision broke."""
        for event in decision.events:
            if isinstance(event, e.IntentApproved):
                self._approved[event.intent_id] = event, self._settings.policy
            elif isinstance(event, e.ApprovalLapsed):
                del self._approved[event.intent_id]
            elif isinstance(event, e.SettingsActivated):
                self._settings = event.settings
            elif isinstance(event, e.RouteChosen):
                self._windows[event.intent_id] = event.window
            elif isinstance(event, LiveArmed):
                self._armed = event
                self._until = self._now() + (event.until - decision.at).total_seconds()
            elif isinstance(event, LiveDisarmed):
                self._armed = None
            elif isinstance(event, e.OrderSubmitted) and event.intent.source is not Source.KILL:
                yield from self._about(decision, event)

    def is_armed(self, order: e.OrderSubmitted) -> bool:
        """Tell whether it may leave now, as far as live accounts go."""
        if self._settings.mode is not Mode.LIVE or order.intent.source is Source.KILL:
            return True
        armed = self._armed
        return armed is not None and order.armed_by == armed.token and self._now() < self._until

    def _about(self, decision: Decision, order: e.OrderSubmitted) -> Iterator[tuple[int, str]]:
        is_asked = self._settings.promotion is not Promotion.DISABLED
        if is_asked and not self._windows.get(order.intent_id) and not self._is_approved(
            decision, order
        ):
            yield 23, f"order {order.cl_ord_id} goes, and nobody approved it"
        if self._settings.mode is Mode.LIVE:
            self._sent[order.armed_by] += 1
            armed = self._armed
            if armed is None or not (self._sent[armed.token] <= armed.orders_max):
                yield 11, f"order {order.cl_ord_id} goes to an account that is not armed for it"

    def _is_approved(self, decision: Decision, order: e.OrderSubmitted) -> bool:
        """Tell whether somebody said yes to this content, in this account, under these limits."""
        if order.intent_id not in self._approved:
            return False
        given, policy = self._approved[order.intent_id]
        is_this = (given.digest, given.account) == (order.intent.digest(), order.account)
        return is_this and decision.at < given.until and policy == self._settings.policy
