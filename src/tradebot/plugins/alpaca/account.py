"""Is it the account that the settings mean, and what may it do? Nobody trades on a guess."""

from collections.abc import Mapping
from typing import Any, Final

from tradebot.core.model.look import BrokerLook, Permission, Permit
from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.plugins.alpaca.told import text
from tradebot.ports import LoginRefused

_ACTIVE: Final = "ACTIVE"
_BLOCKS: Final = ("account_blocked", "trading_blocked", "trade_suspended_by_user")
_LEVELS: Final = ("none", "covered calls and secured puts", "long options too", "spreads too")
_WHERE: Final = "in Alpaca's dashboard, under the account's configuration"


def is_paper(account: Mapping[str, Any]) -> bool:
    """Tell play money by what the account calls itself, not by the address that was asked."""
    return text(account, "account_number").startswith("PA")


def check_key(settings: AlpacaSettings) -> None:
    """Refuse a key that is for the other kind of money before anybody hears of it."""
    other = "AK" if settings.paper else "PK"
    if settings.key.reveal().startswith(other):
        kind = "real" if settings.paper else "play"
        raise LoginRefused(f"the key is one for {kind} money: see `paper` in its section")


def check_account(settings: AlpacaSettings, account: Any) -> None:
    """Refuse an account of the other kind of money, another one, or one that may not trade."""
    number, status = text(account, "account_number"), text(account, "status")
    if is_paper(account) != settings.paper:
        kind = "play" if is_paper(account) else "real"
        raise LoginRefused(f"account {number} holds {kind} money: see `paper` in its section")
    if settings.account not in ("", number):
        raise LoginRefused(f"the key is that of account {number}, not {settings.account}")
    blocks = [name for name in _BLOCKS if account.get(name) is not False]
    if status != _ACTIVE or blocks:
        raise LoginRefused(f"account {number} may not trade: {', '.join([status, *blocks])}")


def look_of(server: str, account: Mapping[str, Any]) -> BrokerLook:
    """Say what the account lets us do, and where that is changed."""
    blocks = [name for name in _BLOCKS if account.get(name) is not False]
    is_active = account.get("status") == _ACTIVE and not blocks
    level, shorts = account.get("options_trading_level"), account.get("shorting_enabled")
    return BrokerLook(
        server=server, allowance="200 requests a minute, unless Alpaca agreed to more",
        permissions=(
            Permission(
                permit=Permit.TRADE, is_given=is_active,
                told=", ".join([str(account.get("status")), *blocks]),
            ),
            Permission(
                permit=Permit.OPTIONS, is_given=level > 0 if isinstance(level, int) else None,
                told=_level(level),
            ),
            Permission(
                permit=Permit.SHORTS, is_given=shorts if isinstance(shorts, bool) else None,
                told="" if shorts else f"allowed {_WHERE}",
            ),
        ),
    )


def _level(level: Any) -> str:
    is_known = isinstance(level, int) and 0 <= level < len(_LEVELS)
    named = _LEVELS[level] if is_known else "unknown"
    return f"level {level}: {named}" + ("" if level else f"; asked for {_WHERE}")
