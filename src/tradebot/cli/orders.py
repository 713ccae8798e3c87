"""Which orders did we send, and how is one taken back?"""

import argparse
from typing import Any, Final

from tradebot.cli import flags, follow, reading, show
from tradebot.cli.asking import ask, say
from tradebot.cli.client import escaped
from tradebot.cli.outcome import Exit, Stop

_ORDERS: Final = {
    "submitted": "SENT (UTC)", "client_order_id": "ORDER", "symbol": "SYMBOL", "side": "SIDE",
    "order_qty": "QTY", "ord_type": "TYPE", "price": "LIMIT", "stop_px": "STOP",
    "time_in_force": "TIF", "ord_status": "STATUS", "cum_qty": "FILLED", "avg_px": "AVG PX",
    "route": "ROUTE", "strategy_id": "STRATEGY", "text": "NOTE",
}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "orders", "tradebot.cli.orders:orders")
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "status", "since", "strategy", "last"))
    follow.takes_follow(parser)
    parser = flags.verb(verbs, "cancel", "tradebot.cli.orders:cancel")
    parser.add_argument("id", metavar="ID", type=_id, help="an order's id, or an intent's")
    flags.takes_place(parser)
    parser = flags.verb(verbs, "replace", "tradebot.cli.orders:replace")
    parser.add_argument("id", metavar="ID", type=_id, help="an order's id, or its intent's")
    parser.add_argument("--qty", metavar="N", help="the whole new quantity, filled part included")
    parser.add_argument("--limit", metavar="P", help="the new limit price")
    flags.takes_place(parser)
    parser = flags.verb(verbs, "cancel-all", "tradebot.cli.orders:cancel_all")
    parser.add_argument("--symbol", metavar="S", help="only those of this symbol")
    flags.takes_place(parser)


def orders(args: argparse.Namespace) -> int:
    from tradebot.shell.views.filters import ORDER_STATUSES

    if args.follow:
        return follow.follow(
            args, ORDER_STATUSES, lambda views, wanted: views.orders(wanted),
            lambda views, news, wanted: views.orders_of(news, wanted), _told,
        )
    found, _ = reading.answer(
        args, "/api/v1/orders", lambda views, wanted: {"orders": views.orders(wanted)},
        ORDER_STATUSES,
    )
    if not args.json:
        show.table([
            {**row, "submitted": show.when(row["submitted"]),
             "text": "IN DOUBT " + row["text"] if row["in_doubt"] else row["text"]}
            for row in found["orders"]
        ], _ORDERS, "no orders")
    return Exit.DONE


def _told(row: dict[str, Any]) -> str:
    side = f"{row['side']} " if row["side"] else ""
    price = f" {row['price']}" if row["price"] else ""
    average = f" at {row['avg_px']}" if row["avg_px"] else ""
    doubt = "IN DOUBT " if row["in_doubt"] else ""
    note = f"  {doubt}{row['text']}".rstrip()
    return (
        f"{show.when(row['updated'])}  {row['client_order_id']}  {row['ord_status']:<16} "
        f"{side}{row['order_qty']} {row['symbol']} {row['ord_type']}{price}:"
        f" {row['cum_qty']} filled{average}{note}"
    )


def cancel(args: argparse.Namespace) -> int:
    found = ask(args, f"orders/{escaped(args.id)}/cancel", {})
    if found["cancel_requested"]:
        say(args, f"cancel of order {found['client_order_id']} is on its way to the broker")
    else:
        say(args, f"intent {found['intent_id']} is taken back; it was never sent")
    return Exit.DONE


def replace(args: argparse.Namespace) -> int:
    from tradebot.shell.api.bodies import BadRequest
    from tradebot.shell.api.commands import parse_replace

    asked = {"qty": args.qty, "limit": args.limit}
    body = {name: value for name, value in asked.items() if value is not None}
    try:
        parse_replace(body, args.id)
    except BadRequest as error:
        raise Stop(Exit.USAGE, f"--{error}") from None
    found = ask(args, f"orders/{escaped(args.id)}/replace", body)
    say(args, f"change of order {found['client_order_id']} is on its way to the broker")
    return Exit.DONE


def cancel_all(args: argparse.Namespace) -> int:
    from tradebot.shell.api.bodies import BadRequest
    from tradebot.shell.api.commands import parse_cancel_all

    body = {"symbol": args.symbol} if args.symbol is not None else {}
    try:
        parse_cancel_all(body)
    except BadRequest as error:
        raise Stop(Exit.USAGE, f"--{error}") from None
    found = ask(args, "cancel-all", body)
    orders, intents = len(found["cancel_requested"]), len(found["refused"])
    say(args, f"cancels on their way to the broker: {orders}; intents taken back: {intents}")
    return Exit.DONE


def _id(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected an id, got nothing")
    return text
