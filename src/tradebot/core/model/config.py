"""Which configuration was accepted, and what of it waits for a person?"""

from enum import StrEnum

from tradebot.core.model.fact import fact
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Settings


class Direction(StrEnum):
    """What a change does to the orders that may pass."""

    TIGHTER = "tighter"
    NEUTRAL = "neutral"
    LOOSER = "looser"


@fact
class Change:
    """One setting that differs; the values are text for people."""

    key: str
    before: str
    after: str
    direction: Direction


@fact
class ConfigAccepted:
    """A configuration was found good and is kept as this version: `hash` is that of its files.

    `settings_version` names the settings that it asks for; `changed` the keys that differ from the
    version before, also those that decide nothing or take effect at the next start.
    """

    number: int
    hash: str
    settings_version: str
    by: str
    source: str
    reason: str = ""
    changed: tuple[str, ...] = ()


@fact
class SettingsActivated:
    """These settings decide from now on; `proposal` is what people approved, where they had to."""

    settings: Settings
    version: str
    proposal: str = ""


@fact
class SettingsProposed:
    """What is looser of an accepted configuration waits; the digest names all that it changes.

    `settings` decide once it is approved: what is tighter of them does so already.
    """

    digest: str
    number: int
    settings: Settings
    version: str
    changes: tuple[Change, ...]


@fact
class SettingsApproved:
    """A person lets a proposal take effect, as soon as the settings in force allow that."""

    digest: str
    by: str
    reason: str = ""


@fact
class SettingsDropped:
    """A proposal is no more: a person rejected it, or another configuration took its place."""

    digest: str
    reason: Reason
    by: str = ""
    detail: str = ""
