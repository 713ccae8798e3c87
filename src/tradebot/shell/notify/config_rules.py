"""Which alerts come of another configuration? What is in force, and what of it must wait."""

from collections.abc import Iterator

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.config import (
    ConfigAccepted,
    SettingsApproved,
    SettingsDropped,
    SettingsProposed,
)
from tradebot.shell.notify.sight import Sight


def accepted(sight: Sight, event: ConfigAccepted) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.CONFIG_ACCEPTED, Level.INFO,
        f"Configuration {event.number} in force, by {event.by}", event,
        more=f"Changed: {', '.join(event.changed) or 'nothing'}.\n"
        f"Look: tradebot config show {event.number}",
        fields={
            "number": event.number, "hash": event.hash, "by": event.by, "source": event.source,
            "settings_version": event.settings_version, "changed": len(event.changed),
        },
    )


def proposed(sight: Sight, event: SettingsProposed) -> Iterator[Alert]:
    looser = {change.key: f"{change.before} -> {change.after}" for change in event.changes}
    yield sight.alert(
        AlertKind.CONFIG_WAITING, Level.WARNING,
        f"Looser settings wait for an approval: {', '.join(looser)}", event,
        fields={"number": event.number, "digest": event.digest, **looser},
    )


def approved(sight: Sight, event: SettingsApproved) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.CONFIG_WAITING, Level.WARNING, f"Looser settings approved by {event.by}", event,
        fields={"digest": event.digest, "by": event.by, "reason": event.reason},
    )


def dropped(sight: Sight, event: SettingsDropped) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.CONFIG_WAITING, Level.INFO, f"Looser settings dropped: {event.reason}", event,
        fields={"digest": event.digest, "by": event.by, "reason": event.reason.value},
    )
