"""Which channels does a configuration ask for? Each with its plugin, as all plugins are built."""

from tradebot.ports import Clock
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.channel import Channel
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.fill import fill

AT_HOME = "console"  # the one plugin by which nothing leaves the machine


def open_channels(
    alerts: Alerts, config: Config, clock: Clock, *, is_rehearsal: bool, pace: float
) -> list[str]:
    """Let the alerts go by what the configuration says, from now on; return what to say of that.

    Raises ConfigError before anything is changed. A rehearsal tells nobody out there.
    """
    section, channels, silent = config.notifications, [], []
    for name, channel in section.channels.items():
        if not channel.enabled or not section.enabled:
            continue
        if is_rehearsal and channel.plugin != AT_HOME:
            silent.append(name)
            continue
        plugin = plugins.load("notifiers", channel.plugin)
        notifier = plugins.build("notifiers", plugin, fill(plugin.settings_type, channel.own))
        channels.append(Channel(
            name, channel, notifier, least=section.min_level, clock=clock, pace=pace,
            seed=config.seed, on_outcome=alerts.on_outcome, on_breaker=alerts.on_breaker,
        ))
    alerts.swap(section, channels)
    told = f"a rehearsal tells nobody by {', '.join(silent)}" if silent else ""
    return [told] if told else []
