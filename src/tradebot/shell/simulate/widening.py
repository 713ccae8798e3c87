"""Who let limits widen: people, and where they must the market's close? Told by events alone."""

from collections.abc import Iterator
from decimal import Decimal

from tradebot.core.model import events as e
from tradebot.core.model.commands import Phase
from tradebot.core.model.settings import Loosen, Settings
from tradebot.shell.journal.decision import Decision


class Widening:
    """Looks at the one limit that people of a day change; it tells of a change nobody let in."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._proposed: e.SettingsProposed | None = None
        self._yes: set[str] = set()
        self._markets: dict[str, e.SessionEntered] = {}
        self._approved_in: str | None = None
        self._number = 0

    def note(self, decision: Decision) -> Iterator[tuple[int, str]]:
        """Yield the promises that a decision broke."""
        for event in decision.events:
            match event:
                case e.ConfigAccepted():
                    if event.number != self._number + 1:
                        yield 9, f"configuration {event.number} follows {self._number}"
                    self._number = event.number
                case e.SettingsProposed():
                    self._proposed, self._yes = event, set()
                case e.SettingsApproved():
                    self._yes.add(event.by)
                    self._approved_in = self._session
                case e.SessionEntered():
                    self._markets[event.calendar] = event
                case e.SettingsActivated():
                    if not self._may(event):
                        yield 13, f"settings {event.version} let in more, and nobody let them in"
                    self._settings = event.settings
                case _:
                    continue

    def _may(self, event: e.SettingsActivated) -> bool:
        """Tell whether these settings are no wider, or people agreed to just these."""
        before, proposed = self._settings, self._proposed
        if before is None or _limit(event.settings) <= _limit(before):
            return True
        if proposed is None or proposed.digest != event.proposal:
            return False
        market = self._markets.get(before.primary_calendar)
        is_shut = market is not None and market.phase is Phase.CLOSED
        is_over = self._session and self._approved_in and self._session != self._approved_in
        may_now = is_shut or is_over or before.loosen is Loosen.APPROVED
        agreed = len(self._yes) >= before.approvers_min
        return bool(may_now) and agreed and event.settings == proposed.settings

    @property
    def _session(self) -> str | None:
        """Name the session that the primary market is in."""
        primary = self._settings.primary_calendar if self._settings is not None else ""
        market = self._markets.get(primary)
        return market.session if market is not None else None


def _limit(settings: Settings) -> Decimal:
    return settings.policy.order_qty_max
