"""Does a message reach a person by each channel, and if not, what is to be mended?

A channel is tried at once, past filters, queues and breakers; what comes of it changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.fact import fact
from tradebot.ports import Notifier, ReachableNotifier
from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.supervisor import within
from tradebot.shell.views.rows import Plain

WITHIN_S: Final = 12.0  # somebody waits for it
_OURS: Final = "NotDelivered: "
_LATE: Final = "TimeoutError: "
DELIVERED, REACHED, FAILED, SKIPPED = "delivered", "reached", "failed", "skipped"

# What a channel's trouble says, and what to look at then; the first that fits.
_ADVICE: Final[Mapping[str, str]] = {
    "BlockingIOError": "an earlier message has no answer yet: wait, and try again",
    "HTTP 401": "the key or token is not the service's: make another",
    "HTTP 403": "the service lets this key not write there: look at its rights",
    "HTTP 404": "the service does not know this address: make another webhook, or look at the chat",
    "HTTP 410": "the webhook was taken back: make another",
    "HTTP 429": "it was told too much lately: wait",
    "HTTP 4": "the service does not understand us: look at the channel's settings",
    "HTTP 3": "the address has moved: write the new one into the settings",
    "HTTP 5": "the service itself fails: wait",
    "Authentication": "look at username and password",
    "refused (": "look at the recipients' addresses",
    "no recipient": "look at the recipients' addresses, and whether the server lets us send",
    "NotSupported": "look at encryption and port: the server offers something else",
    "Certificate": "the certificate is not trusted: look at the address, or name a ca_file",
    "SSL": "no agreement on TLS: look at the port, or name a ca_file",
    "open Internet": "the address is inside: set allow_private if it is meant to be",
    "no address": "look at the host's name, and whether names can be looked up here",
    "no answer": "look at the port and whether a firewall lets us out, or raise timeout_s",
    "no connection": "look at host and port, and whether something listens there",
    "Apprise": "Apprise does not say why: try the same URL with its own command",
}


@fact
class Trial:
    """A channel of a configuration, and what tells by it; nothing, where it is not open."""

    name: str
    section: ChannelSection
    notifier: Notifier | None


def a_test(user: str, at: datetime) -> Alert:
    return Alert(
        kind=AlertKind.TEST, level=Level.INFO, title="Alerts arrive here", at=at,
        text=f"{user} tried whether they do. Nothing has happened.", fields=(("user", user),),
    )


async def send_by(
    trials: Iterable[Trial], alert: Alert, hide: Callable[[str], str], pace: float = 1.0
) -> list[Plain]:
    """Send an alert by all of them at once; a row each tells what came of it."""
    async def send(trial: Trial) -> str:
        assert trial.notifier is not None  # it is open
        await trial.notifier.notify(alert)
        return ""

    return await asyncio.gather(*(_one(trial, send, DELIVERED, hide, pace) for trial in trials))


async def reach_by(
    trials: Iterable[Trial], hide: Callable[[str], str], pace: float = 1.0
) -> list[Plain]:
    """Connect to what each of them tells by, and send nothing."""
    async def reach(trial: Trial) -> str:
        if isinstance(trial.notifier, ReachableNotifier):
            return await trial.notifier.reach()
        return "it cannot be asked without a message"

    return await asyncio.gather(*(_one(trial, reach, REACHED, hide, pace) for trial in trials))


async def _one(
    trial: Trial, ask: Callable[[Trial], Awaitable[str]], well: str, hide: Callable[[str], str],
    pace: float,
) -> Plain:
    row = {"channel": trial.name, "plugin": trial.section.plugin}
    if trial.notifier is None:
        told = "it is disabled" if not trial.section.enabled else "it is not open: see the log"
        return {**row, "outcome": SKIPPED, "latency_ms": 0.0, "told": told, "advice": ""}
    said, time = list[str](), asyncio.get_running_loop().time
    limit_s, began = min(trial.section.timeout_s, WITHIN_S), time()

    async def asked() -> None:
        said.append(await ask(trial))

    trouble = await within(limit_s * pace, asked)
    took_ms = round((time() - began) / pace * 1000, 1)
    told = said[0] if trouble is None else hide(_why(trouble, limit_s))
    return {
        **row, "outcome": well if trouble is None else FAILED, "latency_ms": took_ms,
        "told": told, "advice": "" if trouble is None else advice(told),
    }


def _why(trouble: str, limit_s: float) -> str:
    if trouble.startswith(_LATE):
        return f"no answer within {limit_s:g} s"
    return trouble.removeprefix(_OURS)


def advice(told: str) -> str:
    """Say what to look at, by what a channel said of its trouble."""
    return next((advice for mark, advice in _ADVICE.items() if mark in told), "see the log")
