"""Which configuration holds, and which of its settings wait for a person?"""

from dataclasses import dataclass

from tradebot.core.model.config import (
    ConfigAccepted,
    SettingsApproved,
    SettingsProposed,
)


@dataclass(slots=True)
class Configuration:
    number: int = 0
    hash: str = ""
    proposal: SettingsProposed | None = None
    approved_by: tuple[str, ...] = ()
    approved_in: str | None = None  # the session of the primary market, where it was in one

    def accepted(self, event: ConfigAccepted) -> None:
        self.number, self.hash = event.number, event.hash

    def proposed(self, event: SettingsProposed) -> None:
        self.ended()
        self.proposal = event

    def approved(self, event: SettingsApproved, session: str | None) -> None:
        self.approved_by, self.approved_in = (*self.approved_by, event.by), session

    def ended(self) -> None:
        self.proposal, self.approved_by, self.approved_in = None, (), None
