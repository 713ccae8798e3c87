"""How is trading stopped at once, and how is it allowed again?"""

import argparse
import os
from pathlib import Path
from typing import Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.client import Client, NotRunning, elsewhere
from tradebot.cli.orders import user
from tradebot.cli.outcome import Exit, Stop

KILL_FILE: Final = "KILL"
_KILL_WITHIN_S: Final = 5.0


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(
        verbs, "kill", "set the kill switch: cancel all orders, refuse everything",
        "tradebot.cli.kill:kill",
    )
    parser.add_argument("--reason", metavar="TEXT", help="why, for the journal")
    flags.takes_place(parser)
    parser = flags.verb(
        verbs, "clear-kill", "clear the kill switch; a person says why",
        "tradebot.cli.kill:clear_kill",
    )
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the journal")
    flags.takes_place(parser)
    parser = flags.verb(
        verbs, "clear-halt", "let one halted instrument trade again; a person says why",
        "tradebot.cli.kill:clear_halt",
    )
    parser.add_argument("symbol", metavar="SYMBOL", help="the instrument, as status names it")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the journal")
    flags.takes_place(parser)


def kill(args: argparse.Namespace) -> int:
    """Ask the daemon; whatever it does not confirm, the flag file does."""
    home, reason = place.home(args), args.reason or "no reason given"
    try:
        answer = Client(home, _KILL_WITHIN_S).post(
            "/api/v1/kill", {"reason": reason, "user": user()}
        )
        found, trouble = answer.document, None if answer.is_good else answer.problem()
    except NotRunning:
        found, trouble = {}, elsewhere(home) or "no daemon is running"
    except Stop as stop:
        found, trouble = {}, str(stop)
    if trouble is None:
        if args.json:
            show.document(found)
        else:
            show.line(show.painted(f"killed: {show.clean(found['reason'])}", "bad"))
            canceled, refused = len(found["cancel_requested"]), len(found["refused"])
            show.line(f"{canceled} orders are being cancelled, {refused} held intents refused")
        return Exit.DONE
    path = drop_kill_file(home, reason)
    if args.json:
        show.document({"killed": True, "reason": reason, "by_file": str(path), "why": trouble})
    else:
        show.line(f"{trouble}; the flag file {path} stops a daemon within a second,"
                  " and the next start")
    return Exit.DONE


def clear_kill(args: argparse.Namespace) -> int:
    home = place.home(args)
    try:
        found = Client(home).post(
            "/api/v1/clear-kill", {"reason": args.reason, "user": user()}
        ).checked()
    except NotRunning:
        found = _clear_offline(home, args)
    if args.json:
        show.document(found)
    elif found["changed"]:
        show.line("the kill switch is cleared; nothing that was refused comes back")
    else:
        show.line("the kill switch was not set")
    return Exit.DONE


def clear_halt(args: argparse.Namespace) -> int:
    body = {"symbol": args.symbol, "reason": args.reason, "user": user()}
    found = Client(place.home(args)).post("/api/v1/clear-halt", body).checked()
    if args.json:
        show.document(found)
    elif found["changed"]:
        show.line(f"{show.clean(found['symbol'])} may be traded again")
    else:
        show.line(f"{show.clean(found['symbol'])} was not halted")
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


def drop_kill_file(home: Path, reason: str) -> Path:
    """Leave the flag file, also where no daemon ever ran."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / KILL_FILE
    flags_ = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags_, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{reason}\n")
        file.flush()
        os.fsync(file.fileno())
    return path
