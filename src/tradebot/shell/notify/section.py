"""Who is told of what, and when? The `notifications` section of a configuration."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Final

from pydantic import Field, InstanceOf

from tradebot.core.model.alert import AlertKind, Level
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.shell.settings.document import Place, Section, empty_section
from tradebot.shell.settings.fill import REST

_NOWHERE: Final = empty_section(Place(source="defaults"))


@fact
class ChannelSection:
    """One way to a person. All other keys are the plugin's own.

    plugin: the notifier plugin
    enabled: whether anything is sent by it
    min_level: the least important that is sent by it; where it is not given, that of all channels
    kinds: the kinds of alerts that are sent by it; all where none is named
    strategies: of alerts about a strategy, only those about these; all where none is named
    symbols: of alerts about a symbol, only those about these; all where none is named
    timeout_s: how long one try may take
    max_retries: how often a message that was not taken is sent again
    initial_backoff_s: the wait before the first of them; a part of chance is added to each
    backoff_multiplier: how the wait grows with each
    breaker_threshold: messages not taken one after the other before the channel rests
    breaker_timeout_s: how long it rests before one message tries it
    queue_max: messages that may wait; beyond it the least important and oldest is lost, and counted
    messages_per_minute_max: messages that go out in a minute; what is more becomes a summary
    """

    plugin: str
    enabled: bool = True
    min_level: Level | None = None
    kinds: tuple[AlertKind, ...] = ()
    strategies: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 10.0
    max_retries: Annotated[int, Field(ge=0, le=10)] = 3
    initial_backoff_s: Annotated[float, Field(gt=0)] = 1.0
    backoff_multiplier: Annotated[float, Field(ge=1)] = 2.0
    breaker_threshold: Annotated[int, Field(ge=1)] = 5
    breaker_timeout_s: Annotated[float, Field(gt=0)] = 60.0
    queue_max: Annotated[int, Field(ge=10, le=10_000)] = 200
    messages_per_minute_max: Annotated[int, Field(ge=1)] = 20
    own: InstanceOf[Section] = field(default=_NOWHERE, metadata={REST: True})


@fact
class AlertFilters:
    """What is told at all, whatever the channel.

    on_fills: orders that are filled whole
    on_partial_fills: each part of an order that is filled
    on_errors: orders that a broker rejected, that are in doubt, or could not be delivered
    on_cancellations: orders that ended without being filled
    on_refusals: intents that a gate refused, folded into one message a reason and minute
    on_windows: promotion windows that open and close
    on_states: starts, stops and the states of each day; what is wrong is always told
    """

    on_fills: bool = True
    on_partial_fills: bool = False
    on_errors: bool = True
    on_cancellations: bool = False
    on_refusals: bool = True
    on_windows: bool = False
    on_states: bool = True


@fact
class NotificationsSection:
    """Whom the daemon tells what happens, beyond its log.

    enabled: false tells nobody anything
    min_level: the least important that a channel tells that names no level of its own
    filters: what is told at all
    channels: ways to people, by name
    fold_s: the same alert within so long is told as one, with a count; CRITICAL never waits
    daily_digest: after each session: trades, profit and loss, fees, refusals, what waits
    weekly_digest: the same of a week, after its last session
    digest_after_close_s: how long after the close of the primary calendar a digest is told
    all_clear: before each session: all is well, or what is not
    all_clear_before_open_s: how long before the open of the primary calendar that is told
    heartbeat_every_s: how often a channel hears that the daemon lives, with its figures; 0 never
    ping_url: an outside service that raises an alarm when it is not asked for this any more
    ping_every_s: how often it is asked, while loop, journal and routes are healthy
    ping_fail_url: what it is asked for when the daemon is stopped by a failure
    ping_allow_private: these may lead to this machine or its networks, and be unencrypted
    history_bytes_max: how long telemetry/alerts.jsonl grows before it is set aside, once
    """

    enabled: bool = True
    min_level: Level = Level.INFO
    filters: AlertFilters = AlertFilters()
    channels: Mapping[str, ChannelSection] = field(default_factory=dict)
    fold_s: Annotated[float, Field(ge=0)] = 60.0
    daily_digest: bool = True
    weekly_digest: bool = True
    digest_after_close_s: Annotated[int, Field(ge=0)] = 900
    all_clear: bool = True
    all_clear_before_open_s: Annotated[int, Field(gt=0)] = 1800
    heartbeat_every_s: Annotated[float, Field(ge=0)] = 0.0
    ping_url: Secret | None = None
    ping_every_s: Annotated[float, Field(ge=10)] = 60.0
    ping_fail_url: Secret | None = None
    ping_allow_private: bool = False
    history_bytes_max: Annotated[int, Field(gt=0)] = 5_000_000
