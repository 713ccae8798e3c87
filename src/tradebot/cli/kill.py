"""How is trading stopped at once, and how is it allowed again?"""

import argparse
from pathlib import Path
from typing import Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.asking import ask, say, user, wait
from tradebot.cli.client import Client, NotRunning, elsewhere
from tradebot.cli.outcome import Exit, Stop
from tradebot.shell import kill_flag

_KILL_WITHIN_S: Final = 5.0


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "kill", "tradebot.cli.kill:kill")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the journal")
    parser.add_argument("--flatten", action="store_true",
                        help="once nothing works any more, close what the brokers say is held")
    parser.add_argument("--timeout", metavar="S", type=flags.seconds, default=30.0,
                        help="how long to wait until the brokers confirm (default 30)")
    flags.takes_place(parser)
    parser = flags.verb(verbs, "clear-kill", "tradebot.cli.kill:clear_kill")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the journal")
    flags.takes_place(parser)
    parser = flags.verb(verbs, "clear-halt", "tradebot.cli.kill:clear_halt")
    parser.add_argument("symbol", metavar="SYMBOL", help="the instrument, as status names it")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the journal")
    flags.takes_place(parser)


def kill(args: argparse.Namespace) -> int:
    """Ask the daemon; whatever it does not confirm, the flag file does."""
    home, reason = _home(args), args.reason or "no reason given"
    try:
        answer = Client(home, _KILL_WITHIN_S).post(
            "/api/v1/kill", {"reason": reason, "user": user(), "flatten": args.flatten}
        )
        found, trouble = answer.document, None if answer.is_good else answer.problem()
    except NotRunning:
        found, trouble = {}, elsewhere(home) or "no daemon is running"
    except Stop as stop:
        found, trouble = {}, str(stop)
    if trouble is not None:
        return _by_file(args, home, reason, trouble)
    if not args.json:
        _tell(found)
    left = wait(_aftermath(home), lambda: _aftermath(home), _is_over, args.timeout)
    if args.json:
        show.document({**found, **left})
    else:
        _tell_what_is_left(left)
    return Exit.DONE if _is_over(left) else Exit.TIMED_OUT


def _aftermath(home: Path) -> dict[str, Any]:
    return Client(home).get("/api/v1/kill").checked()


def _is_over(found: dict[str, Any]) -> bool:
    return bool(found["confirmed"]) and not found["to_flatten"]


def _home(args: argparse.Namespace) -> Path:
    """Find the data directory, though the configuration may be broken in every other line."""
    try:
        return place.home(args)
    except Stop as stop:
        if stop.code is not Exit.CONFIG or (found := place.data_dir_named(args)) is None:
            raise
        show.note(f"the configuration is broken; its data_dir is {found}")
        return found


def _by_file(args: argparse.Namespace, home: Path, reason: str, trouble: str) -> int:
    try:
        path = kill_flag.drop(home, reason)
    except OSError as error:
        text = f"{trouble}, and no flag file can be left in {home}: {error.strerror}"
        raise Stop(Exit.FAILED, text) from None
    if args.json:
        show.document({"killed": True, "reason": reason, "by_file": str(path), "why": trouble})
    else:
        show.line(f"{trouble}; left the flag file {path}: it kills whatever runs there within"
                  " a second, and the next start, until clear-kill")
    if not args.flatten:
        return Exit.DONE
    show.note("a file closes nothing: kill with --flatten again once a daemon answers")
    return Exit.FAILED


def _tell(found: dict[str, Any]) -> None:
    show.line(show.painted(f"killed: {show.clean(found['reason'])}", "bad"))
    canceled, refused = len(found["cancel_requested"]), len(found["refused"])
    show.line(f"{canceled} orders are being cancelled, {refused} held intents refused")
    if found["in_flight"]:
        show.line(f"in flight, so they may still arrive: {', '.join(found['in_flight'])}")


def _tell_what_is_left(left: dict[str, Any]) -> None:
    flattened = left["flattened"]
    for row in flattened["sent"]:
        show.line(f"flattened: {row['side']} {row['order_qty']} {row['symbol']}")
    for row in flattened["refused"]:
        text = f"not flattened: {row['reason_code']} {row['detail']}"
        show.line(show.painted(show.clean(text), "bad"))
    for stated in left["statements"]:
        orders, held = stated["open_orders"], stated["positions"]
        if stated["trouble"]:
            text = f"route {stated['route']} does not answer: {show.clean(stated['trouble'])}"
            show.line(show.painted(text, "bad"))
            continue
        holds = ", ".join(f"{row['symbol']} {row['qty']}" for row in held) or "nothing"
        text = f"route {stated['route']} states: {len(orders)} open orders, holds {holds}"
        show.line(show.painted(text, "bad" if orders else "good"))
        for order in orders:
            what = f"{order['leaves_qty'] or '?'} {' '.join(order['symbols'])}"
            show.line(f"  still open: {order['client_order_id']} {show.clean(what)}")
    for name in left["working"]:
        show.line(f"  not confirmed: {name}")
    if left["to_flatten"]:
        show.line(f"the daemon goes on closing what is held: {', '.join(left['to_flatten'])}")


def clear_kill(args: argparse.Namespace) -> int:
    try:
        found = ask(args, "clear-kill", {"reason": args.reason})
    except NotRunning:
        found = _clear_offline(place.home(args), args)
        if args.json:
            show.document(found)
    if found["changed"]:
        say(args, "the kill switch is cleared; nothing that was refused comes back")
    else:
        say(args, "the kill switch was not set")
    return Exit.DONE


def clear_halt(args: argparse.Namespace) -> int:
    found = ask(args, "clear-halt", {"symbol": args.symbol, "reason": args.reason})
    told = "may be traded again" if found["changed"] else "was not halted"
    say(args, f"{found['symbol']} {told}")
    return Exit.DONE


def _clear_offline(home: Path, args: argparse.Namespace) -> dict[str, Any]:
    from tradebot.shell.clock import WallClock
    from tradebot.shell.controls import clear_kill
    from tradebot.shell.journal.damage import JournalDamaged, JournalFailed, JournalMismatch
    from tradebot.shell.journal.lock import DataDirInUse

    lock_dir = home.parent if home.name == place.REHEARSAL else home
    try:
        is_changed = clear_kill(home, lock_dir, WallClock(), reason=args.reason, by=user())
    except DataDirInUse as error:
        raise Stop(Exit.DATA_DIR_IN_USE, f"{error}, which does not answer yet") from None
    except JournalDamaged as error:
        raise Stop(Exit.LEDGER_BAD, f"the journal is damaged: {error}") from None
    except (JournalFailed, JournalMismatch) as error:
        raise Stop(Exit.FAILED, str(error)) from None
    return {"killed": False, "changed": is_changed, "reason": args.reason}
