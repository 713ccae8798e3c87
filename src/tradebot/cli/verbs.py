"""Which verbs are there, what does each do, and which file knows its words?"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Verb(NamedTuple):
    """What it does, for a list; `file` is a module here, imported only when it is asked for."""

    file: str
    does: str


VERBS: Final[Mapping[str, Verb]] = {
    "run": Verb("run", "run the daemon in the foreground, until Ctrl-C"),
    "status": Verb("status", "show state, mode, markets, routes, kill switch and counts"),
    "submit": Verb("intents", "send one intent through the pipeline and show what it came to"),
    "ask": Verb("desk", "ask the options desk in words; what fits is staged as a draft"),
    "chain": Verb("chain", "list the options on a share: expiries, strikes, prices, volatility"),
    "intents": Verb("intents", "list intents and what became of them"),
    "voice": Verb("voice", "talk with the options desk, and approve what it reads back"),
    "drafts": Verb("drafts", "what waits for a person: list, show, approve, reject, revise"),
    "orders": Verb("orders", "list orders, working and finished"),
    "cancel": Verb("orders", "ask the broker to cancel an order, or take a held intent back"),
    "replace": Verb("orders", "ask the broker to change a working order's quantity or limit"),
    "cancel-all": Verb(
        "orders", "ask the broker to cancel all working orders, and take all held intents back"
    ),
    "positions": Verb("account", "list open positions by strategy"),
    "fills": Verb("account", "list executions as they were booked"),
    "account": Verb("account", "show the accounts, and profit and loss by strategy"),
    "notify": Verb("notify", "try whether alerts reach a person"),
    "alerts": Verb("alerts", "list what people were told, and whether it reached them"),
    "strategies": Verb("strategies", "list the strategies, disable one, enable it again"),
    "kill": Verb("kill", "set the kill switch: cancel all orders, refuse everything"),
    "clear-kill": Verb("kill", "clear the kill switch; a person says why"),
    "clear-halt": Verb("kill", "let one halted instrument trade again; a person says why"),
    "pause": Verb("controls", "take no new intents from strategies; what waits goes on waiting"),
    "resume": Verb("controls", "let strategies ask again; what waited is asked anew"),
    "reduce-only": Verb("controls", "let through only what closes positions, or everything again"),
    "arm": Verb("arm", "let orders go to one live account, within limits, for a time"),
    "disarm": Verb("arm", "let no more orders go to a live account"),
    "why": Verb("why", "tell the whole chain of an intent, order or fill"),
    "why-not": Verb("why", "tell what stopped an intent, and what would have to be different"),
    "reconcile": Verb(
        "reconcile", "compare the book with the brokers' statements now; exit 7 on a break"
    ),
    "dead-letters": Verb(
        "dead_letters", "orders that could not be delivered: list, show, retry, discard"
    ),
    "ledger": Verb("ledger", "look at the audit ledger"),
    "audit": Verb("audit", "trace every executed order back: exit 8 with what is broken"),
    "replay": Verb("ledger", "decide the whole journal again and compare"),
    "calendar": Verb("calendar", "print sessions, holidays and early closes"),
    "config": Verb("config", "look at the configuration, its versions, and what of it waits"),
    "completion": Verb("completion", "print a script that completes verbs and flags in a shell"),
    "version": Verb("version", "show the release"),
    "release-check": Verb(
        "release_check",
        "check that this release can trade: exit 0 ready, 1 with warnings, 2 not ready",
    ),
    "dashboard": Verb("dashboard", "print a link that lets one browser into the dashboard"),
    "health": Verb("health", "show whether the daemon is well: loop, queues, disk, logs, routes"),
    "top": Verb("top", "watch it all on one screen: money, orders, limits, alerts; K kills"),
    "doctor": Verb(
        "doctor", "examine the machine: clock, disk, lock, permissions, socket, brokers"
    ),
    "backup": Verb("copies", "copy the data directory into one file, while the daemon runs or not"),
    "restore": Verb("copies", "make a data directory of a backup, in an empty place"),
    "service": Verb("service", "have systemd run the daemon: install, uninstall, status"),
    "init": Verb("init", "write a commented starter configuration and policy"),
    "drill": Verb("drill", "live through a bad day on paper, with your own configuration"),
    "simulate": Verb(
        "simulate", "play simulated days full of faults, and look that no promise breaks"
    ),
}
