"""What does a full screen say of the daemon? Its documents become lines that fit a terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from tradebot.cli import show

TWO_COLUMNS: Final = 120  # a terminal so wide has room for two
_NEAR: Final = 0.8  # a limit of which so much is used is told in colour
_GAP: Final = 2

Document = Mapping[str, Any]


class Drawn(NamedTuple):
    """One line of text, and how it is painted: strong, good, warn or bad."""

    text: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the daemon last told, by its path below /api/v1, and why it tells no more."""

    told: Mapping[str, Document] = field(default_factory=dict)
    trouble: str = ""


class _Section(NamedTuple):
    title: str
    lines: Sequence[Drawn]


def frame(seen: Glance, width: int, height: int) -> list[tuple[Drawn, ...]]:
    """Draw what fits, in pieces beside each other: first what stops trading, then some of all."""
    head = [*_head(seen), *_alarms(seen), Drawn("")][:height]
    left, right = _sections(seen.told)
    room = height - len(head)
    if width < TWO_COLUMNS:
        return [(_cut(line, width),) for line in [*head, *_column([*left, *right], room)]]
    body = _beside(_column(left, room), _column(right, room), width)
    return [*((_cut(line, width),) for line in head), *body]


def whole(seen: Glance) -> list[Drawn]:
    """Draw everything, however many lines that takes."""
    left, right = _sections(seen.told)
    rows = sum(len(section.lines) + 2 for section in (*left, *right))
    return [*_head(seen), *_alarms(seen), Drawn(""), *_column([*left, *right], rows)]


def _head(seen: Glance) -> Iterable[Drawn]:
    status = seen.told.get("status", {})
    state = str(status.get("state", "?"))
    words = (
        "tradebot", state, status.get("mode"), "rehearsal" if status.get("rehearsal") else "",
        _countdown(status), f"{show.when(status.get('clock'))} UTC",
    )
    yield Drawn(
        "  ".join(show.clean(word) for word in words if word),
        {"TRADING": "good", "HALTED": "bad", "ERROR": "bad"}.get(state, "strong"),
    )
    lost = {row["account"]: row for row in status.get("drawdowns", ())}
    for row in seen.told.get("account", {}).get("accounts", ()):
        gone = lost.get(row["account"], {})
        today = 0 - float(gone.get("lost_today", 0))
        yield Drawn(show.clean(
            f"{row['account']}  equity {_money(row['equity'])}  today {today:+,.2f}"
            f"  below its best {_money(gone.get('fallen', 0))}  cash {_money(row['cash'])}"
            f"  realized {_money(row['realized'])}  fees {_money(row['fees'])}"
        ), "warn" if gone.get("warning") else "")


def _alarms(seen: Glance) -> Iterable[Drawn]:
    """Say before all else what keeps orders back, and what nobody answers."""
    if seen.trouble:
        yield Drawn(f"NO ANSWER: {show.clean(seen.trouble)}", "bad")
    status = seen.told.get("status", {})
    if status.get("kill", {}).get("engaged"):
        yield Drawn(f"KILL SWITCH SET: {show.clean(status['kill']['reason'])}", "bad")
    for control in status.get("controls", ()):
        yield Drawn(show.clean(f"{control['control'].upper()}: {control['reason']}"), "warn")
    for halted in status.get("halted", ()):
        yield Drawn(show.clean(f"HALTED: {halted['symbol']} ({halted['reason']})"), "bad")
    for broken in status.get("reconciliation", {}).get("breaks", ()):
        yield Drawn(show.clean(f"BREAK: {broken['break']}"), "bad")


def _sections(told: Mapping[str, Document]) -> tuple[list[_Section], list[_Section]]:
    """Return what stands in the left column, and what in the right one."""
    def rows(path: str, key: str) -> list[Document]:
        return list(told.get(path, {}).get(key, ()))

    health = told.get("health", {})
    ill = {n: c["status"] for n, c in health.get("components", {}).items()}
    left = [
        _table("positions", rows("positions", "positions"), _position),
        _table("working orders", rows("orders", "orders"), _order),
        _table("drafts", rows("drafts", "drafts"), _draft),
        _table("strategies", rows("account", "strategies"), _strategy),
    ]
    right = [
        _table("limits, the nearest first", rows("headroom", "headroom"), _limit),
        _table("routes", rows("status", "breakers"), _route),
        _table("ailing", [{"name": n, "status": s} for n, s in ill.items() if s != "healthy"],
               lambda row: ((row["name"], row["status"]), "warn")),
        _table("alerts", rows("alerts", "alerts"), _alert),
        _table("last intents", rows("intents", "intents")[::-1], _intent),
    ]
    return left, right


_Row = tuple[Sequence[object], str]


def _table(title: str, rows: Sequence[Document], told: Callable[[Document], _Row]) -> _Section:
    """Align the cells of all rows; the count stands with the title."""
    cells = [([show.clean(c).replace("\n", " ") for c in row], how) for row, how in map(told, rows)]
    widths = [max(map(len, column)) for column in zip(*(row for row, _ in cells), strict=True)]
    lines = [
        Drawn("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip(), how)
        for row, how in cells
    ]
    return _Section(f"{title} ({len(rows)})" if rows else title, lines)


def _position(row: Document) -> _Row:
    gain = row["unrealized"]
    how = "" if gain is None else "bad" if float(gain) < 0 else "good"
    return (row["symbol"], row["qty"], f"@ {_money(row['avg_px'])}", f"now {_money(row['mark'])}",
            f"gain {_money(gain)}", row["strategy_id"]), how


def _order(row: Document) -> _Row:
    price = "market" if row["price"] is None else row["price"]
    return (row["side"], f"{row['cum_qty']}/{row['order_qty']}", row["symbol"], price,
            row["ord_status"], row["route"], row["strategy_id"] or row["source"]), (
                "bad" if row["in_doubt"] else "")


def _draft(row: Document) -> _Row:
    return (str(row["draft_id"])[:8], row.get("trade") or row.get("symbol"), row.get("digest"),
            f"until {_clock(row.get('expires_utc'))}"), "warn"


def _strategy(row: Document) -> _Row:
    net = row["net"]
    how = "" if net is None else "bad" if float(net) < 0 else "good"
    return (row["strategy_id"], f"net {_money(net)}", f"{row['trades']} trades",
            "on" if row["is_enabled"] else "DISABLED"), how


def _limit(row: Document) -> _Row:
    used = row["used_frac"]
    share = "unknown" if used is None else f"{float(used):6.1%}"
    how = "bad" if row["breached"] else "warn" if float(used or 0) >= _NEAR else ""
    return (share, row["gate"], row["key"] or row["account"],
            f"{_amount(row, 'actual')} of {_amount(row, 'limit')} {row['unit']}"), how


def _route(row: Document) -> _Row:
    is_well = row["up"] and row["circuit_state"] == "CLOSED"
    return (row["route"], "up" if row["up"] else "DOWN", f"breaker {row['circuit_state']}",
            f"{row['recent_failures_5min']} failures in 5 min"), "" if is_well else "bad"


def _alert(row: Document) -> _Row:
    how = {"critical": "bad", "warning": "warn"}.get(str(row.get("level")), "")
    return (_clock(row.get("at")), row.get("level"), row.get("title")), how


def _intent(row: Document) -> _Row:
    said = row["reason_code"] or ""
    return (_clock(row["received"]), row["status"], row["side"], row["order_qty"], row["symbol"],
            said), "warn" if row["status"] == "refused" else ""


def _column(sections: Sequence[_Section], height: int) -> list[Drawn]:
    """Give each section its title and then row after row in turn, until the height is used up."""
    shown = [section for section in sections if section.lines]
    room = height - 2 * len(shown) + 1
    rows = [0] * len(shown)
    while room > 0 and any(n < len(s.lines) for n, s in zip(rows, shown, strict=True)):
        for place, section in enumerate(shown):
            if rows[place] < len(section.lines) and room > 0:
                rows[place] += 1
                room -= 1
    found: list[Drawn] = []
    for count, section in zip(rows, shown, strict=True):
        found += [Drawn(section.title.upper(), "strong"), *section.lines[:count], Drawn("")]
    return found[:-1][:height]


def _beside(
    left: Sequence[Drawn], right: Sequence[Drawn], width: int
) -> list[tuple[Drawn, ...]]:
    half = width // 2
    found: list[tuple[Drawn, ...]] = []
    for one, other in zip_longest(left, right, fillvalue=Drawn("")):
        short = _cut(one, half - _GAP)
        found.append((short._replace(text=short.text.ljust(half)), _cut(other, width - half)))
    return found


def _cut(line: Drawn, width: int) -> Drawn:
    return line._replace(text=line.text[:width])


def _countdown(status: Document) -> str:
    try:
        now = datetime.fromisoformat(status["clock"])
        name = "next_close" if status["state"] == "TRADING" else "next_open"
        left = datetime.fromisoformat(status[name]) - now
    except (KeyError, TypeError, ValueError):
        return ""
    word = "closes" if name == "next_close" else "opens"
    return f"{word} in {show.span(max(0, int(left.total_seconds())))}"


def _clock(stamp: object) -> str:
    return show.when(stamp)[11:19] or "-"


def _amount(row: Document, key: str) -> str:
    """Write money as money, and a count of orders or losses as it came."""
    return _money(row[key]) if row["unit"].isupper() else show.clean(row[key])


def _money(amount: object) -> str:
    try:
        return f"{float(str(amount)):,.2f}"
    except ValueError:
        return "-"
