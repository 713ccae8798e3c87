"""Do the journal and the broker's book tell the same? An auditor's sums over the raw lines.

    python tools/verify_books.py DIR [--dead] [--json]       DIR is a data directory

Standard library only, nothing of tradebot's code. Of every account the cash, positions, open orders
and what they reserve are summed anew: once from the bookings and once from the broker's reports. A
paper broker's own file is the referee: it holds no order that was not decided on before, none
twice, none that differs, and its executions are those that are booked. `--dead`: a process was cut
off here, so what the broker said last may not be booked yet. Exit 0: they agree. Exit 8: not.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

sys.path.insert(0, str(Path(__file__).parent))
import verify_ledger
from audited_order import Order, number, units

Raw: TypeAlias = Mapping[str, Any]

# A line says these once: what an event leaves out, its command or an event before it has said.
SAID: Final = (
    "intent", "report", "intent_id", "cl_ord_id", "exec_id", "route", "account", "strategy_id",
    "symbol", "px",
)
DISPATCH: Final = 5
ZERO: Final = Decimal(0)
ROUNDING: Final = Decimal("1e-15")
OPTION: Final = re.compile(r"[A-Z0-9]{1,6}[0-9]{6}[CP][0-9]{8}")  # one stands for a hundred


class Books:
    """The sums, and what is wrong with them."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.orders: dict[str, Order] = {}
        self.names: dict[str, str] = {}  # every id that an order went by -> the one it began with
        self.cash: dict[str, Decimal] = {}
        self.held: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.booked: dict[tuple[str, str], Raw] = {}
        self.out: dict[str, str] = {}  # intent -> its order that may be at a broker
        self.settled: dict[str, Raw] = {}  # by what its bookings name: what ended an option
        self.ended: defaultdict[str, Counter[str]] = defaultdict(Counter)  # and what was booked
        self.accounts: dict[str, str] = {}  # of each route
        self.is_killed = False

    def take(self, line: Raw) -> None:
        kind, command = line["command"]
        said = {name: command[name] for name in SAID if name in command}
        if kind == "Report":
            said |= {"report": command, "px": command.get("last_px", "0")}
        passed: set[str] = set()
        for name, told in line["events"]:
            event = said | told
            said |= {key: told[key] for key in SAID if key in told}
            if name == "StagesPassed" and told["through"] == DISPATCH:
                passed.add(event["intent_id"])
            if name == "OrderSubmitted":
                self._cleared(event, passed)
            if (fold := _FOLDS.get(name)) is not None:
                fold(self, event)

    def _cleared(self, event: Raw, passed: set[str]) -> None:
        """Every order passed all gates in its own line, or is the kill's own."""
        is_exit = event["intent"].get("source") == "kill"
        if self.is_killed and not is_exit:
            self.wrong.append(f"{event['cl_ord_id']} went out behind a kill")
        if event["intent_id"] not in passed and not is_exit:
            self.wrong.append(f"{event['cl_ord_id']} went out without a clearance")

    def _connected(self, event: Raw) -> None:
        self.accounts[event["route"]] = event["account"]
        opening = event.get("opening")
        if opening is not None:
            self.cash[event["account"]] = Decimal(opening["cash"])
            for holding in opening.get("holdings", ()):
                self.held[event["account"]][holding["symbol"]] += Decimal(holding["qty"])

    def _submitted(self, event: Raw) -> None:
        name, intent_id = event["cl_ord_id"], event["intent_id"]
        if name in self.orders:
            self.wrong.append(f"one id was given to two orders: {name}")
        if intent_id in self.out:
            self.wrong.append(f"{intent_id} has two orders: {self.out[intent_id]} and {name}")
        self.out[intent_id] = self.names[name] = name
        self.orders[name] = Order(event)

    def _never_left(self, event: Raw) -> None:
        order = self.orders[event["cl_ord_id"]]
        order.has_ended = order.has_never_left = True
        for intent_id, name in list(self.out.items()):
            if name == event["cl_ord_id"]:
                del self.out[intent_id]

    def _asked(self, event: Raw) -> None:
        root = self.names[event["cl_ord_id"]]
        self.names[event["request_id"]] = root
        if "reserved" in event:  # a change: what would be left to fill reserves this
            order, qty = self.orders[root], Decimal(event["intent"]["order_qty"])
            whole = Decimal(event["reserved"]) * qty / (qty - order.filled)
            order.asked[event["request_id"]] = qty, whole

    def _given_up(self, event: Raw) -> None:
        root = self.names.get(event.get("request_id") or "")
        if root is not None:
            self.orders[root].asked.pop(event["request_id"], None)

    def _doubted(self, event: Raw) -> None:
        self.orders[event["cl_ord_id"]].is_in_doubt = True

    def _reported(self, event: Raw) -> None:
        report = event["report"]
        root = self.names.get(report["cl_ord_id"]) or self.names[report["orig_cl_ord_id"]]
        self.names[report["cl_ord_id"]] = root
        self.orders[root].hear(report)

    def _booked(self, event: Raw) -> None:
        account, symbol = event["account"], event["symbol"]
        name = account, event["exec_id"]
        if name in self.booked:
            self.wrong.append(f"booked twice: {event['exec_id']}")
        self.booked[name] = event
        cash, qty, fee = Decimal(event["cash"]), Decimal(event["qty"]), number(event, "fee")
        worth = qty * Decimal(event["px"]) * number(event, "multiplier", "1")
        over = cash + Decimal(event["cost"]) + fee - number(event, "realized")
        if abs(over) > ROUNDING:  # shares of a cost have as many digits as there are
            self.wrong.append(f"the booking of {event['exec_id']} does not sum to zero")
        if cash != -worth - fee:
            self.wrong.append(f"the cash of {event['exec_id']} is not what it cost")
        self.cash[account] += cash
        self.held[account][symbol] += qty
        if event["cl_ord_id"] in self.settled:
            self.ended[event["cl_ord_id"]][symbol] += qty
        elif not event.get("is_external"):
            self.orders[self.names[event["cl_ord_id"]]].booked[symbol] += qty

    def _settled(self, event: Raw) -> None:
        self.settled[event["report"]["cl_ord_id"]] = event["report"]

    def _accepted(self, event: Raw) -> None:
        drift = event["drift"]
        more = number(drift, "statement") - number(drift, "book")
        if drift["kind"] == "cash":
            self.cash[drift["account"]] += more
        elif drift["kind"] == "position":
            self.held[drift["account"]][drift["subject"]] += more

    def _killed(self, event: Raw) -> None:
        self.is_killed = event.get("engaged", False)

    def judge(self) -> None:
        """What the reports say that moved is what was booked."""
        for name, order in self.orders.items():
            reported, booked = _unless_zero(order.moved), _unless_zero(order.booked)
            if reported != booked:
                self.wrong.append(f"{name}: reported {reported}, booked {booked}")
        for name, report in self.settled.items():
            moved = Counter({symbol: qty for symbol, qty, _ in _ended(report)})
            if _unless_zero(moved) != _unless_zero(self.ended[name]):
                self.wrong.append(f"{name}: settled {moved}, booked {self.ended[name]}")

    def summed(self) -> dict[str, Any]:
        reserved: Counter[str] = Counter()
        for order in self.orders.values():
            reserved[order.account] += order.reserves
        return {
            account: {
                "cash": str(cash), "reserved": str(reserved[account]),
                "positions": {s: str(q) for s, q in _unless_zero(self.held[account]).items()},
                "open": sorted(
                    n for n, o in self.orders.items() if o.account == account and o.is_open
                ),
            } for account, cash in self.cash.items()
        }


_FOLDS: Final = {
    "RouteConnected": Books._connected, "OrderSubmitted": Books._submitted,
    "OrderNeverLeft": Books._never_left, "CancelRequested": Books._asked,
    "ReplaceRequested": Books._asked, "ReplaceRefused": Books._given_up,
    "OrderInDoubt": Books._doubted, "OrderReported": Books._reported, "TradeBooked": Books._booked,
    "BreakAccepted": Books._accepted, "KillSwitchSet": Books._killed,
    "PositionSettled": Books._settled,
}


def against_broker(books: Books, path: Path, *, is_dead: bool) -> Iterator[str]:
    """Hold the books against a paper broker's own file."""
    account, cash, held = "", ZERO, Counter[str]()
    sent, told, ended = dict[str, Raw](), dict[str, Decimal](), set[str]()
    data = path.read_bytes()
    for line in data[: data.rfind(b"\n") + 1].splitlines():  # a torn last line was never told
        kind, body = json.loads(line)
        if kind == "Opened":
            account, cash = body["account"], Decimal(body["cash"])
        elif kind == "OrderSubmitted":
            yield from _about_sent(books.orders.get(body["cl_ord_id"]), body, sent)
            sent[body["cl_ord_id"]] = body["intent"]
        elif kind == "Settled":
            ended.add((report := body["report"])["cl_ord_id"])
            for symbol, qty, px in _ended(report):
                cash -= qty * px * _stands_for(symbol)
                held[symbol] += qty
        elif (report := body["report"])["exec_type"] == "trade":
            cash -= Decimal(report["fee"])
            for exec_id, symbol, qty, px in _moves(sent[body["cl_ord_id"]], report):
                told[exec_id] = px
                cash -= qty * px * _stands_for(symbol)
                held[symbol] += qty
    booked = {
        exec_id: event for (name, exec_id), event in books.booked.items()
        if name == account and event["cl_ord_id"] not in books.settled
    }
    ours = {n for n, said in books.settled.items() if books.accounts[said["route"]] == account}
    for name in sorted(ours - ended if is_dead else ours ^ ended):
        yield f"settled by one side alone: {name}"
    yield from (f"booked, and never told: {name}" for name in sorted(booked.keys() - told.keys()))
    for name in booked.keys() & told.keys():
        if Decimal(booked[name]["px"]) != told[name]:
            yield f"booked at another price: {name}"
    if is_dead or account not in books.cash:
        return
    yield from (f"told, and never booked: {name}" for name in sorted(told.keys() - booked.keys()))
    if books.cash[account] != cash:
        yield f"cash of {account}: booked {books.cash[account]}, at the broker {cash}"
    holds, theirs = _unless_zero(books.held[account]), _unless_zero(held)
    if holds != theirs:
        yield f"positions of {account}: booked {holds}, at the broker {theirs}"


def _about_sent(ours: Order | None, sent: Raw, before: Mapping[str, Raw]) -> Iterator[str]:
    name = sent["cl_ord_id"]
    if name in before:
        yield f"sent twice: {name}"
    if ours is None:
        yield f"sent, and not in the journal: {name}"
    elif _content(ours.intent) != _content(sent["intent"]):
        yield f"another order was sent than was decided on: {name}"
    elif ours.has_never_left:
        yield f"it never left, and the broker has it: {name}"


def _moves(intent: Raw, report: Raw) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """Yield under which name how much moved of which symbol, at which price, leg by leg."""
    prices = {leg["symbol"]: leg["last_px"] for leg in report["legs"]}
    for place, leg in enumerate(intent["legs"], 1):
        suffix = f"/{place}" if len(intent["legs"]) > 1 else ""
        qty = units(leg) * Decimal(report["last_qty"])
        px = prices.get(leg["symbol"], report["last_px"])
        yield report["exec_id"] + suffix, leg["symbol"], qty, Decimal(px)


def _stands_for(symbol: str) -> int:
    return 100 if OPTION.fullmatch(symbol) else 1


def _ended(report: Raw) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Yield what a settlement moves: the option away, and the shares that come or go for it."""
    symbol, gone = report["symbol"], Decimal(report["last_qty"])
    gone = gone if report.get("is_sell") else -gone
    yield symbol, -gone, number(report, "last_px")
    shares = gone * _stands_for(symbol) * (1 if symbol[-9] == "C" else -1)
    yield from ((leg["symbol"], shares, Decimal(leg["last_px"])) for leg in report.get("legs", ()))


def read(directory: Path) -> Books:
    """Verify the chain, and take every line; raise Bad."""
    journal, books = directory / "journal", Books()
    if not journal.exists():
        return books
    found, head = verify_ledger.segments(journal), verify_ledger.anchor(journal)
    if found or head:
        verify_ledger.check(head, found)
    for _, load in found:
        for line in load().rstrip(b"\0").splitlines()[1:]:
            try:
                body = json.loads(line)["d"]
            except ValueError:
                break  # cut off by a crash: the chain was good so far
            books.take(body)
    books.judge()
    return books


def audited(directory: Path, *, is_dead: bool = False) -> tuple[Books, list[str]]:
    """Return the sums, and everything that is wrong."""
    try:
        books = read(directory)
    except (verify_ledger.Bad, OSError) as error:
        return Books(), [f"the journal is damaged: {error}"]
    for path in sorted(directory.glob("brokers/*/book.jsonl")):
        if books.accounts and path.parent.name not in books.accounts:
            continue  # a shadow's orders are no decisions
        try:
            books.wrong.extend(against_broker(books, path, is_dead=is_dead))
        except (OSError, ValueError, LookupError) as error:
            books.wrong.append(f"{path} cannot be read: {error!r}")
    return books, books.wrong


def _content(intent: Raw) -> tuple[object, ...]:
    legs = [
        (leg["symbol"], leg["side"], number(leg, "ratio_qty", "1")) for leg in intent["legs"]
    ]
    prices = [Decimal(intent[name]) if intent.get(name) else None for name in ("price", "stop_px")]
    return legs, Decimal(intent["order_qty"]), intent.get("ord_type", "market"), prices


def _unless_zero(sums: Mapping[str, Any]) -> dict[str, Any]:
    return {name: amount for name, amount in sums.items() if amount}


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the books: 0 they agree, 8 they do not.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--dead", action="store_true", help="a process was cut off here")
    parser.add_argument("--json", action="store_true", help="the sums, and what is wrong")
    asked = parser.parse_args()
    books, wrong = audited(asked.dir, is_dead=asked.dead)
    if asked.json:
        print(json.dumps({"accounts": books.summed(), "wrong": wrong}, indent=1))
    else:
        print("\n".join(f"BAD: {text}" for text in wrong) or f"good: {len(books.orders)} orders")
    return 8 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
