"""What did a person change in a draft? A file is compared with the draft, word by word.

Quantity, price and time to live can be revised. Whoever wants another trade rejects the draft.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.asking import ask
from tradebot.cli.client import Client, escaped
from tradebot.cli.given import document_in
from tradebot.cli.outcome import Exit, Stop

_OUTCOME: Final = "outcome."  # what became of it meanwhile is nobody's request
_REVISABLE: Final = "quantity, price and (with --ttl) time to live"


def register(actions: flags.Verbs, id_help: str) -> None:
    parser = flags.action(
        actions, "revise", "change a draft: a new one, through all gates, takes its place",
        "tradebot.cli.revise:revise",
    )
    parser.add_argument("id", metavar="ID", help=id_help)
    parser.add_argument("--file", metavar="F", type=Path,
                        help="the draft's file, or a copy, with another quantity or price")
    parser.add_argument("--qty", metavar="N", help="the new quantity")
    parser.add_argument("--limit", metavar="P", help="the new limit price")
    parser.add_argument("--ttl", metavar="S", help="seconds that the new draft may wait")
    flags.takes_place(parser)


def revise(args: argparse.Namespace) -> int:
    from tradebot.shell.api.bodies import BadRequest
    from tradebot.shell.api.commands import REVISED, parse_revision

    path = f"drafts/{escaped(args.id)}"
    names = [field.name for field in REVISED]
    body = {name: said for name in names if (said := getattr(args, name)) is not None}
    if args.file is not None:
        found = Client(place.home(args)).get(f"/api/v1/{path}").checked()
        body = {**changes(found["document"], document_in(args.file)), **body}
    try:
        parse_revision(body, args.id)
    except BadRequest as error:
        raise Stop(Exit.USAGE, f"--{error}") from None
    found = ask(args, f"{path}/revise", body)
    if not args.json:
        _tell(found)
    return Exit.DONE if found["result"]["success"] else Exit.REFUSED


def changes(draft: Mapping[str, Any], edited: Mapping[str, Any]) -> dict[str, str]:
    """Return the new quantity and limit that an edited file asks for; any other change ends it."""
    before, now = dict(_flat(json.loads(json.dumps(draft)))), dict(_flat(edited))
    changed = {name for name in {**before, **now} if before.get(name) != now.get(name)}
    count = len(draft["trade"]["legs"])
    prices = {"trade.net_price"} | ({"trade.legs[0].price"} if count == 1 else set())
    legs = {f"trade.legs[{number}].quantity" for number in range(count)}
    for name in sorted(changed - prices - legs - {"trade.order_qty"}):
        if name.startswith(_OUTCOME):
            continue
        told = f"{name} was changed; a draft's {_REVISABLE} can be revised, nothing else"
        raise Stop(Exit.USAGE, f"--file: {told}")
    found = {
        "limit": _agreed("price", {now.get(name, "") for name in changed & prices}),
        "qty": _agreed("quantity", {
            now.get(name, "") if name == "trade.order_qty" else _scaled(draft, before, now, name)
            for name in changed & (legs | {"trade.order_qty"})
        }),
    }
    return {name: value for name, value in found.items() if value is not None}


def _scaled(
    draft: Mapping[str, Any], before: Mapping[str, str], now: Mapping[str, str], name: str
) -> str:
    """Tell how many combos a leg's new quantity makes; all legs must say the same."""
    try:
        units = Fraction(draft["trade"]["order_qty"]) / Fraction(before[name])
        found = units * Fraction(now[name])
        return str(Decimal(found.numerator) / Decimal(found.denominator))
    except (KeyError, ValueError, ZeroDivisionError):
        raise Stop(Exit.USAGE, f"--file: {name}: expected a quantity") from None


def _agreed(what: str, said: set[str]) -> str | None:
    if len(said) > 1:
        raise Stop(Exit.USAGE, f"--file: expected one new {what}, got {', '.join(sorted(said))}")
    return said.pop() if said else None


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value as text under its path; what is no text as JSON has it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{number}]")
    else:
        yield path, json.dumps(value) if isinstance(value, bool | None) else str(value)


def _tell(found: Mapping[str, Any]) -> None:
    draft, result, old = found["draft"], found["result"], found["revised"]
    if draft is None:
        why = f"{result['reason_code']}: {result['reason_detail']}"
        show.line(show.clean(f"the change was not taken up at stage {result['stage']}: {why}"))
        show.line(show.clean(f"draft {old['draft_id']} is {old['status']}"))
        return
    show.line(show.clean(f"draft {draft['draft_id']} takes the place of {old['draft_id']}"))
    show.pairs({
        "trade": draft["ask"], "status": draft["status"],
        "expires (UTC)": show.when(draft["expires_utc"]), "digest": draft["digest"],
        "file": draft["draft_path"],
    })
