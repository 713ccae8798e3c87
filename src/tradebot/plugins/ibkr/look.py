"""What does a gateway let us do, as far as it says? IB tells of most rights with an order only."""

from dataclasses import replace
from typing import Final

from tradebot.core.model.look import BrokerLook, Permission, Permit
from tradebot.plugins.ibkr.connection import MESSAGES_MAX
from tradebot.plugins.ibkr.settings import IbkrSettings

_ASIDE: Final = 900  # from a daemon's number to that of who only looks
_WITH_AN_ORDER: Final = "IB says so to an order only; Client Portal, Trading Permissions"


def beside(settings: IbkrSettings) -> IbkrSettings:
    """Return settings under another number: the daemon's is the daemon's alone."""
    return replace(settings, client_id=settings.client_id + _ASIDE)


def look_of(server_version: int) -> BrokerLook:
    """Say what is known of whoever answered for lists of orders: Read-Only API refuses those."""
    return BrokerLook(
        server=f"gateway of server version {server_version}",
        allowance=f"IB takes 50 messages a second, of which we use {MESSAGES_MAX}",
        permissions=(
            Permission(permit=Permit.TRADE, is_given=True, told="Read-Only API is off"),
            Permission(permit=Permit.OPTIONS, is_given=None, told=_WITH_AN_ORDER),
            Permission(permit=Permit.SHORTS, is_given=None, told=_WITH_AN_ORDER),
        ),
    )
