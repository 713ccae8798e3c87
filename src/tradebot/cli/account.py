"""What do we hold, what was traded, and what did it earn?"""

import argparse
from typing import Any, Final

from tradebot.cli import flags, reading, show
from tradebot.cli.outcome import Exit

_POSITIONS: Final = {
    "strategy_id": "STRATEGY", "symbol": "SYMBOL", "qty": "QTY", "avg_px": "AVG PX",
    "mark": "MARK", "value": "VALUE", "unrealized": "UNREALISED", "realized": "REALISED",
    "fees": "FEES", "trades": "TRADES",
}
_STRUCTURES: Final = {
    "strategy_id": "STRATEGY", "symbol": "POSITION", "qty": "QTY", "expiries": "EXPIRY",
    "strikes": "STRIKES", "days_left": "DAYS", "cost": "COST", "value": "VALUE",
    "unrealized": "UNREALISED", "max_loss": "MAX LOSS", "max_profit": "MAX PROFIT",
    "break_evens": "BREAK-EVEN",
}
_FILLS: Final = {
    "at": "TIME (UTC)", "symbol": "SYMBOL", "side": "SIDE", "qty": "QTY", "px": "PRICE",
    "cash": "CASH", "fee": "FEE", "realized": "REALISED", "strategy_id": "STRATEGY",
    "client_order_id": "ORDER",
}
_ACCOUNTS: Final = {
    "account": "ACCOUNT", "currency": "CCY", "equity": "EQUITY", "cash": "CASH",
    "net_value": "POSITIONS", "realized": "REALISED", "fees": "FEES", "reserved": "RESERVED",
    "opening_cash": "OPENED WITH",
}
_STRATEGIES: Final = {
    "strategy_id": "STRATEGY", "realized": "REALISED", "unrealized": "UNREALISED",
    "fees": "FEES", "net": "NET", "trades": "TRADES", "is_enabled": "ENABLED",
}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "positions", "tradebot.cli.account:positions")
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "strategy", "last"))
    parser = flags.verb(verbs, "fills", "tradebot.cli.account:fills")
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "since", "strategy", "last"))
    parser = flags.verb(verbs, "account", "tradebot.cli.account:account")
    flags.takes_place(parser)


def positions(args: argparse.Namespace) -> int:
    found, _ = reading.answer(
        args, "/api/v1/positions", lambda views, wanted: views.held(wanted)
    )
    if not args.json:
        _tell(found)
        if (shown := len(found["positions"])) < found["total"]:
            show.note(f"{shown} of {found['total']} positions are shown; --last N shows more")
    return Exit.DONE


def _tell(found: dict[str, Any]) -> None:
    """Print structures with their legs below them, then what is in none."""
    if not found["structures"]:
        show.table(found["positions"], _POSITIONS, "no open positions")
        return
    rows: list[dict[str, Any]] = []
    for held in found["structures"]:
        unknown = "unknown" if held["is_partial"] else "no end"
        rows.append({
            **held, "symbol": f"{held['underlying']} {held['structure']}", "cost": held["net_cost"],
            **{name: " ".join(held[name]) for name in ("expiries", "strikes", "break_evens")},
            "max_loss": held["max_loss"] or "no end", "max_profit": held["max_profit"] or unknown,
        })
        rows.extend({**leg, "symbol": f"  {leg['symbol']}"} for leg in held["legs"])
    show.table(rows, _STRUCTURES, "")
    if found["loose"]:
        show.line()
        show.table(found["loose"], _POSITIONS, "")


def fills(args: argparse.Namespace) -> int:
    found, _ = reading.answer(
        args, "/api/v1/fills", lambda views, wanted: {"fills": views.fills(wanted)}
    )
    if not args.json:
        rows = [{**row, "at": show.when(row["at"])} for row in found["fills"]]
        show.table(rows, _FILLS, "no fills")
    return Exit.DONE


def account(args: argparse.Namespace) -> int:
    found, _ = reading.answer(args, "/api/v1/account", lambda views, _: views.account())
    if not args.json:
        show.table(found["accounts"], _ACCOUNTS, "no account is known yet")
        show.line()
        show.table(found["strategies"], _STRATEGIES, "nothing was traded yet")
    return Exit.DONE
