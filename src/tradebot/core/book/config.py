"""Which configuration holds, and which of its settings wait for a person?"""

from dataclasses import dataclass

from tradebot.core.model.config import (
    ConfigAccepted,
    SettingsApproved,
    SettingsDropped,
    SettingsProposed,
)


@dataclass(slots=True)
class Configuration:
    number: int = 0
    hash: str = ""
    proposal: SettingsProposed | None = None
    approved_by: tuple[str, ...] = ()

    def accepted(self, event: ConfigAccepted) -> None:
        self.number, self.hash = event.number, event.hash

    def proposed(self, event: SettingsProposed) -> None:
        self.proposal, self.approved_by = event, ()

    def approved(self, event: SettingsApproved) -> None:
        self.approved_by = (*self.approved_by, event.by)

    def dropped(self, event: SettingsDropped) -> None:
        self.ended()

    def ended(self) -> None:
        self.proposal, self.approved_by = None, ()
