"""Which channels does a configuration ask for? Each with its plugin, as all plugins are built."""

from collections.abc import Callable
from typing import Final

from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.channel import AlertChannel
from tradebot.shell.notify.trial import Trial
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.plugin_settings import notifier_of, secrets_of
from tradebot.shell.told.redact import hiding

AT_HOME: Final = "console"  # the one plugin by which nothing leaves the machine


def open_channels(alerts: Alerts, config: Config, *, is_rehearsal: bool) -> list[str]:
    """Let alerts go by the channels of this configuration from now on; say by which, if by any.

    Raises ConfigError before anything is changed. A rehearsal tells nobody out there.
    """
    section = config.notifications
    alerts.hide = hide_in(config)
    if section == alerts.section:
        return []
    wanted = {
        name: channel for name, channel in section.channels.items()
        if section.enabled and channel.enabled
    }
    silent = [n for n, channel in wanted.items() if is_rehearsal and channel.plugin != AT_HOME]
    channels = []
    for name, channel in wanted.items():
        if name in silent:
            continue
        channels.append(AlertChannel(
            name, channel, notifier_of(name, channel), least=section.min_level, seed=config.seed,
            echo=alerts.echo,
        ))
    alerts.swap(section, channels)
    told = [f"alerts go to {', '.join(channel.name for channel in channels)}"] * bool(channels)
    return told + [f"a rehearsal: no alerts go to {', '.join(silent)}"] * bool(silent)


def hide_in(config: Config) -> Callable[[str], str]:
    """Return what hides a configuration's secrets."""
    return hiding(secrets_of(config))


def trials(config: Config) -> list[Trial]:
    """Build what a configuration tells by, for one trial."""
    section = config.notifications
    return [
        Trial(
            name=name, section=channel,
            notifier=notifier_of(name, channel) if section.enabled and channel.enabled else None,
        )
        for name, channel in section.channels.items()
    ]
