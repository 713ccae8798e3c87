"""How does an intent come in from a terminal, and what became of those before?"""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tradebot.cli import flags, follow, place, reading, show
from tradebot.cli.asking import user, wait
from tradebot.cli.client import Client, escaped
from tradebot.cli.given import document_in
from tradebot.cli.outcome import Exit, Stop

_INTENTS: Final = {
    "received": "RECEIVED (UTC)", "intent_id": "INTENT", "symbol": "SYMBOL", "side": "SIDE",
    "order_qty": "QTY", "ord_type": "TYPE", "price": "LIMIT", "strategy_id": "STRATEGY",
    "status": "STATUS", "stage": "STAGE", "reason_code": "REASON", "reason_detail": "DETAIL",
}
_GATES: Final = {
    "gate": "GATE", "verdict": "VERDICT", "actual": "ACTUAL", "limit": "AT MOST",
    "reason": "REASON",
}
_FIELDS: Final = (
    "symbol", "side", "qty", "type", "limit", "stop", "tif", "route", "strategy", "key", "ttl",
    "rest",
)


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "submit", "tradebot.cli.intents:submit")
    parser.add_argument("--symbol", metavar="S", help="what to trade, e.g. SPY")
    parser.add_argument("--side", choices=("buy", "sell"), help="whether to buy or to sell")
    parser.add_argument("--qty", metavar="N", help="how many units, a plain decimal")
    parser.add_argument("--type", choices=("market", "limit", "stop", "stop_limit"),
                        help="default: what the prices imply, else market")
    parser.add_argument("--limit", metavar="P", help="limit price")
    parser.add_argument("--stop", metavar="P", help="stop price")
    parser.add_argument("--tif", choices=("day", "gtc", "ioc", "fok"), help="default: day")
    parser.add_argument("--route", metavar="R", help="which broker route; default: the first")
    parser.add_argument("--strategy", metavar="ID", help="book it under this strategy")
    parser.add_argument("--key", metavar="KEY",
                        help="idempotency key: the same key never makes a second order")
    parser.add_argument("--ttl", metavar="S", help="seconds that the intent may wait")
    parser.add_argument("--rest", action="store_true", default=None,
                        help="let the order work for longer than orders.timeout_s")
    parser.add_argument("--file", metavar="FILE", type=Path,
                        help="YAML or JSON with these fields, and legs for combos")
    parser.add_argument("--wait", action="store_true",
                        help="wait until it is refused or its order is finished")
    parser.add_argument("--timeout", metavar="S", type=flags.seconds, default=60.0,
                        help="how long --wait waits, in seconds (default 60)")
    flags.takes_place(parser)
    parser = flags.verb(verbs, "intents", "tradebot.cli.intents:intents")
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "status", "since", "strategy", "last"))
    follow.takes_follow(parser)


def intents(args: argparse.Namespace) -> int:
    from tradebot.shell.views.filters import INTENT_STATUSES

    if args.follow:
        return follow.follow(
            args, INTENT_STATUSES, lambda views, wanted: views.intents(wanted),
            lambda views, news, wanted: views.intents_of(news, wanted), _told,
        )
    found, _ = reading.answer(
        args, "/api/v1/intents", lambda views, wanted: {"intents": views.intents(wanted)},
        INTENT_STATUSES,
    )
    if not args.json:
        rows = [{**row, "received": show.when(row["received"])} for row in found["intents"]]
        show.table(rows, _INTENTS, "no intents")
    return Exit.DONE


def _told(row: dict[str, Any]) -> str:
    side = f"{row['side']} " if row["side"] else ""
    price = f" {row['price']}" if row["price"] else ""
    reason = f"  {row['reason_code']}" if row["reason_code"] else ""
    return (
        f"{show.when(row['received'])}  {row['intent_id']}  {row['status']:<8} at"
        f" {row['stage']:<10} {side}{row['order_qty']} {row['symbol']} {row['ord_type']}{price}"
        f"{reason}"
    )


def submit(args: argparse.Namespace) -> int:
    body = _body(args)
    home = place.home(args)
    client = Client(home)
    try:
        answer = client.post("/api/v1/intents", body)
        if not answer.is_good:
            return _refused_at_the_door(args, answer.document, answer.exit_code(), answer.problem())
        found = answer.document
        if args.wait:
            path = f"/api/v1/intents/{escaped(found['intent_id'])}"
            found = wait(found, lambda: client.get(path).checked(), _is_over, args.timeout)
        is_over = not args.wait or _is_over(found)
    except Stop as stop:
        if stop.code is Exit.TIMED_OUT:
            raise Stop(stop.code, f"{stop}; ask again with --key {body['key']}") from None
        raise
    if args.json:
        show.document(found)
    else:
        _tell(found)
    _warn_of_the_end(client, found)
    if not found["success"]:
        return Exit.REFUSED
    if not is_over:
        show.note(f"not finished within {args.timeout:g} s")
        return Exit.TIMED_OUT
    return Exit.DONE


def _refused_at_the_door(
    args: argparse.Namespace, document: dict[str, Any], code: Exit, problem: str
) -> int:
    if args.json:
        show.document({"success": False, **document})
        return code
    raise Stop(code, problem)


def _body(args: argparse.Namespace) -> dict[str, Any]:
    """Gather the request from file and flags (a flag wins), checked before anything is sent."""
    import uuid

    from tradebot.core.model.intent import Source
    from tradebot.shell.api.bodies import BadRequest
    from tradebot.shell.api.commands import parse_intent

    body: dict[str, Any] = document_in(args.file) if args.file is not None else {}
    body.update((name, getattr(args, name)) for name in _FIELDS if getattr(args, name) is not None)
    body.setdefault("key", uuid.uuid4().hex)
    body.setdefault("user", user())
    body["source"] = Source.CLI.value
    try:
        parse_intent(body, key=None, source=Source.CLI)
    except BadRequest as error:
        flag = error.field if args.file is not None else f"--{error.field}"
        raise Stop(Exit.USAGE, f"{flag}{str(error).removeprefix(error.field)}") from None
    return body


def _is_over(found: dict[str, Any]) -> bool:
    return not found["is_open"]


def _tell(found: dict[str, Any]) -> None:
    order, reason = found["order"], found["reason_code"]
    because = f": {reason}" if reason else ""
    how = {"refuse": "bad", "hold": "warn"}.get(found["verdict"], "good")
    what = {
        "refuse": f"refused at stage {found['stage']}{because}",
        "hold": f"waits at stage {found['stage']}{because}, until {show.when(found['expires'])} UTC"
        " at the latest",
    }.get(found["verdict"], f"passed; now at stage {found['stage']}{because}")
    show.line(show.painted(show.clean(what), how))
    named: dict[str, object] = {"ask": found["ask"]}
    if found["reason_detail"]:
        named["why"] = found["reason_detail"]
    if found["needs"]:
        named["waits for"] = ", ".join(found["needs"])
    if "approval" in found["needs"]:
        named["next"] = f"tradebot drafts show {found['draft_id']}, then approve or reject"
    if order is not None:
        average = f" at {order['avg_px']}" if order["avg_px"] else ""
        named["order"] = found["client_order_id"]
        named["status"] = (
            f"{order['ord_status']}, {order['cum_qty']} of {order['order_qty']} filled{average}"
        )
    named |= {"intent": found["intent_id"], "key": found["idempotency_key"]}
    show.pairs(named)
    if objections := [gate for gate in found["gates"] if gate["verdict"] != "ALLOW"]:
        show.line()
        show.table(objections, _GATES, "")


def _warn_of_the_end(client: Client, found: dict[str, Any]) -> None:
    """Say it where an intent waits for a market that opens only after its time."""
    if not any(need.startswith("session:") for need in found["needs"]):
        return
    opens = client.get("/api/v1/status").checked().get("next_open")
    if opens is not None and _time(found["expires"]) <= _time(opens):
        at = f"{show.when(found['expires'])}, before the market opens at {show.when(opens)} UTC"
        show.note(f"this will expire at {at}: give it more time with --ttl")


def _time(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
