"""Which orders did we send, and how is one taken back?"""

import argparse
import getpass
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, reading, show
from tradebot.cli.client import Client, NotRunning, escaped, how_to_start
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.api.filters import Filters
    from tradebot.shell.api.views import Views

_ORDERS: Final = {
    "submitted": "SENT (UTC)", "client_order_id": "ORDER", "symbol": "SYMBOL", "side": "SIDE",
    "order_qty": "QTY", "ord_type": "TYPE", "price": "LIMIT", "stop_px": "STOP",
    "time_in_force": "TIF", "ord_status": "STATUS", "cum_qty": "FILLED", "avg_px": "AVG PX",
    "route": "ROUTE", "strategy_id": "STRATEGY", "text": "NOTE",
}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(
        verbs, "orders", "list orders, working and finished", "tradebot.cli.orders:orders"
    )
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "status", "since", "strategy", "last"))
    parser = flags.verb(
        verbs, "cancel", "ask the broker to cancel an order, or take a held intent back",
        "tradebot.cli.orders:cancel",
    )
    parser.add_argument("id", metavar="ID", help="an order's id, or an intent's")
    flags.takes_place(parser)


def orders(args: argparse.Namespace) -> int:
    from tradebot.shell.api.filters import ORDER_STATUSES

    found, _ = reading.answer(args, "/api/v1/orders", _offline, ORDER_STATUSES)
    if args.json:
        show.document(found)
        return Exit.DONE
    rows = [
        {**row, "submitted": show.when(row["submitted"]),
         "text": "IN DOUBT " + row["text"] if row["in_doubt"] else row["text"]}
        for row in found["orders"]
    ]
    show.table(rows, _ORDERS, "no orders")
    return Exit.DONE


def cancel(args: argparse.Namespace) -> int:
    home = place.home(args)
    try:
        answer = Client(home).post(
            f"/api/v1/orders/{escaped(args.id)}/cancel", {"user": user()}
        )
    except NotRunning:
        raise Stop(Exit.NOT_RUNNING, how_to_start(home)) from None
    if args.json:
        show.document(answer.document)
        return Exit.DONE if answer.is_good else Exit.REFUSED
    if not answer.is_good:
        code = Exit.REFUSED if answer.document.get("reason_code") else answer.exit_code()
        raise Stop(code, answer.problem())
    found = answer.document
    if found["cancel_requested"]:
        show.line(f"cancel of order {found['client_order_id']} is on its way to the broker")
    else:
        show.line(f"intent {found['intent_id']} is taken back; it was never sent")
    return Exit.DONE


def user() -> str:
    """Name who asks, for the journal."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "cli"


def _offline(views: "Views", filters: "Filters") -> dict[str, Any]:
    return {"orders": views.orders(filters)}
