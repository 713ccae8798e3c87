"""How does the daemon stand?"""

import argparse
from typing import Any

from tradebot.cli import flags, reading, show
from tradebot.cli.arm import in_words
from tradebot.cli.outcome import Exit, Stop


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "status", "tradebot.cli.status:status")
    flags.takes_place(parser)


def status(args: argparse.Namespace) -> int:
    stopped = {"running": False, "state": "STOPPED"}
    try:
        found, is_running = reading.answer(
            args, "/api/v1/status", lambda views, _: {**stopped, **views.status()}
        )
    except Stop as stop:
        if args.json and stop.code is Exit.NOT_RUNNING:  # a program wants a document, too
            show.document({**stopped, "detail": str(stop)})
        raise
    if not args.json:
        _tell(found)
    return Exit.DONE if is_running else Exit.NOT_RUNNING


def in_figures(orders: dict[str, Any]) -> dict[str, object]:
    """Tell how orders fared so far, in lines for people."""
    if not orders["total"]:
        return {}
    counts = ("filled", "canceled", "rejected", "expired", "done_for_day", "never_left")
    ends = ", ".join(
        f"{orders[name]} {name.replace('_', ' ')}" for name in counts if orders[name]
    )
    so_far = f"{orders['total']}: {ends}" if ends else orders["total"]
    told: dict[str, object] = {"orders so far": so_far}
    if orders["fill_rate"] is not None:
        told["fill rate"] = f"{float(orders['fill_rate']):.1%} of those that ended"
    if orders["fills"]:
        worth = ", ".join(f"{amount} {name}" for name, amount in orders["filled_notional"].items())
        paid = ", ".join(f"{amount} {name}" for name, amount in orders["commission"].items())
        told["fills"] = f"{orders['fills']} worth {worth}, commission {paid}"
        took = orders["fill_latency_ms"]
        told["first fill"] = f"after {took['average']:g} ms on average, p99 {took['p99']:g} ms"
    return told


def _tell(found: dict[str, Any]) -> None:
    if not found["running"]:
        show.line(show.painted("not running; this is the last known state", "warn"))
    counts = found["counts"]
    named: dict[str, object] = {"state": found.get("state")}
    for name in ("rehearsal", "started", "clock", "pid", "data_dir"):
        if name in found:
            named[name.replace("_", " ")] = found[name]
    if (api := found.get("api")) is not None:
        named["dashboard"] = api["trouble"] or api["url"] or "not served"
    if "clock" in found:
        named["clock"] = f"{show.when(found['clock'])} UTC"
    if found.get("next_open"):
        named["next open"] = f"{show.when(found['next_open'])} UTC"
        named["next close"] = f"{show.when(found['next_close'])} UTC"
    named |= {
        "mode": f"{found['mode']}, promotion {found['promotion']}",
        "settings": _settings(found),
        "last decision": f"{found['seq']} at {show.when(found['at'])}",
    }
    for market in found["markets"]:
        hours = f", {show.when(market['opens'])} to {show.when(market['closes'])} UTC"
        session = f" {market['session']}{hours}" if market["session"] else ""
        named[f"market {market['calendar']}"] = f"{market['phase']}{session}"
    for route in found["routes"]:
        named[f"route {route['route']}"] = _route(route)
    for route in found["reconciliation"]["routes"]:
        last = f", {show.when(route['at'])}" if route["at"] else ""
        named[f"reconciled {route['route']}"] = f"{route['status']}{last}"
    for account, equity in found["equity"].items():
        named[f"equity {account}"] = equity
    named["intents"] = f"{counts['intents_open']} open, {counts['intents_held']} held"
    named["orders"] = f"{counts['orders_working']} working, {counts['orders_in_doubt']} in doubt"
    named |= _drafts(found["drafts"])
    named |= in_figures(found["orders"])
    if counts["dead_letters"]:
        named["dead letters"] = counts["dead_letters"]
    named["positions"] = counts["positions"]
    for window in found.get("windows", []):
        named[f"window {window['window']}"] = _window(window)
    for shadow in found.get("shadows", []):
        named[f"shadow {shadow['route']}"] = _shadow(shadow)
    show.pairs(named)
    _warn(found)


def _route(route: dict[str, Any]) -> str:
    word = "up" if route["up"] else "DOWN"
    if route["breaker"] != "CLOSED":
        word += f", breaker {route['breaker']}"
    if route["refused"]:
        word += f", NOT TRIED AGAIN: {route['refused']}"
    return f"{word}, {route['kind']}, account {route['account'] or 'unknown'}"


def _settings(found: dict[str, Any]) -> str:
    version = found["configuration"]["version"]
    told = f", configuration {version['number']}" if version is not None else ""
    if version is not None and not version["in_force"]:
        told += ", not all of it in force"
    return f"{found['settings_version']}{told}"


def _warn(found: dict[str, Any]) -> None:
    """Say last, and in colour, what keeps orders back, or lets them go to a live account."""
    kill = found["kill"]
    if (found.get("api") or {}).get("exposed"):
        show.line(show.painted(f"THE API IS OPEN TO THE NETWORK: {found['api']['url']}", "bad"))
    if (arming := found["arming"]) is not None:
        show.line(show.painted(f"LIVE ARMED: {in_words(arming)}", "bad"))
    if kill["engaged"]:
        show.line(show.painted(f"KILL SWITCH SET: {show.clean(kill['reason'])}", "bad"))
    if (waits := found["configuration"]["pending"]) is not None:
        keys = ", ".join(f"{c['key']} {c['before']} -> {c['after']}" for c in waits["changes"])
        text = f"looser settings wait for {waits['waits_for']}: {keys}; {waits['command']}"
        show.line(show.painted(show.clean(text), "warn"))
    for control in found["controls"]:
        text = f"{control['control'].upper().replace('_', ' ')}: {control['reason']}"
        show.line(show.painted(show.clean(text), "warn"))
    for account in found["drawdowns"]:
        if account["warning"]:
            text = f"drawdown: {account['account']} is {account['fallen']} below"
            show.line(show.painted(show.clean(f"{text} {account['high_water']}"), "warn"))
    for broken in found["reconciliation"]["breaks"]:
        text = f"break: {broken['break']} book {broken['book']}, broker {broken['statement']}"
        show.line(show.painted(show.clean(text), "bad"))
    for halted in found["halted"]:
        text = f"halted: {halted['symbol']} ({halted['reason']})"
        show.line(show.painted(show.clean(text), "bad"))
    for pin in found["pins"]:
        show.line(show.painted(show.clean(pin["sentence"]), "warn"))
    for disabled in found["disabled"]:
        text = f"strategy {disabled['strategy_id']} is disabled: {disabled['reason']}"
        show.line(show.painted(show.clean(text), "warn"))
    for channel in found.get("channels", ()):
        if channel["state"] != "CLOSED":
            text = f"alerts do not reach {channel['channel']}: {channel['last_failure']}"
            show.line(show.painted(show.clean(text), "warn"))
    for gap in found.get("gaps", ()):
        text = f"{gap['symbol']}: {gap['sessions']} sessions are not recorded"
        show.line(show.painted(f"{text}, {gap['first']} to {gap['last']}", "warn"))


def _drafts(drafts: dict[str, Any]) -> dict[str, object]:
    """Count what waits, and name what ends first with the digest that a yes needs."""
    since = f", since {show.when(drafts['oldest_utc'])} UTC" if drafts["oldest_utc"] else ""
    return {
        "drafts": f"{drafts['waiting']} waiting{since}, {drafts['approved']} approved",
        **{
            f"draft {draft['draft_id'][:8]}": f"{draft['trade']}, digest {draft['digest']}, until"
            f" {show.when(draft['expires_utc'])} UTC" for draft in drafts["ending"]
        },
    }


def _window(window: dict[str, Any]) -> str:
    """Tell whether it is open, how long until that changes, and what of it is used."""
    if window["remaining_s"] is None:
        return "opens in no session that the calendar knows of soon"
    left = show.span(window["remaining_s"])
    word = f"open, closes in {left}" if window["is_open"] else f"opens in {left}"
    orders = window["orders"] if window["orders_max"] is None else (
        f"{window['orders']} of {window['orders_max']}"
    )
    return f"{word}; {orders} orders let through"


def _shadow(shadow: dict[str, Any]) -> str:
    """Set what it filled against what the route that it shadows did."""
    bps = shadow["difference_bps"]
    told = [
        f"{shadow['orders']} orders as on {shadow['shadow_of']}",
        f"fills {shadow['shadow_fills']} to {shadow['fills']}",
        f"quantity {shadow['shadow_qty']} to {shadow['qty']}",
        f"paid {bps} bp more" if bps is not None else "no order filled on both",
    ]
    for name, what in (("shadow_missing", "unfilled here alone"), ("missing", "filled here alone"),
                       ("dropped", "dropped"), ("failed", "failed")):
        if shadow[name]:
            told.append(f"{shadow[name]} {what}")
    return ", ".join(told)
