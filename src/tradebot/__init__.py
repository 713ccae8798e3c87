"""What does a Python program import? `open_daemon` and `rehearse`, loaded on first use."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradebot.embed import open_daemon as open_daemon
    from tradebot.embed import rehearse as rehearse


def __getattr__(name: str) -> Any:
    if name not in {"open_daemon", "rehearse"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tradebot import embed

    return getattr(embed, name)
