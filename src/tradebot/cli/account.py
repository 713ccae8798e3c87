"""What do we hold, what was traded, and what did it earn?"""

import argparse
from typing import Final

from tradebot.cli import flags, reading, show
from tradebot.cli.outcome import Exit

_POSITIONS: Final = {
    "strategy_id": "STRATEGY", "symbol": "SYMBOL", "qty": "QTY", "avg_px": "AVG PX",
    "mark": "MARK", "value": "VALUE", "unrealized": "UNREALISED", "realized": "REALISED",
    "fees": "FEES", "trades": "TRADES",
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
    flags.takes_filters(parser, ("symbol", "strategy"))
    parser = flags.verb(verbs, "fills", "tradebot.cli.account:fills")
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "since", "strategy", "last"))
    parser = flags.verb(verbs, "account", "tradebot.cli.account:account")
    flags.takes_place(parser)


def positions(args: argparse.Namespace) -> int:
    found, _ = reading.answer(
        args, "/api/v1/positions", lambda views, wanted: {"positions": views.positions(wanted)}
    )
    if not args.json:
        show.table(found["positions"], _POSITIONS, "no open positions")
    return Exit.DONE


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
