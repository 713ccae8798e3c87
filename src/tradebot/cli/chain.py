"""Which options are there on a share, and what do they cost now?"""

import argparse
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.client import Client, escaped
from tradebot.cli.outcome import Exit

_SHOWN: Final = 10  # strikes on each side of the price, for the eye
_EXPIRIES: Final = {
    "expiry": "EXPIRY", "days": "DAYS", "ends": "ENDS (UTC)", "options": "OPTIONS",
    "implied_volatility": "IV %",
}
_PRICES: Final = {"bid": "BID", "ask": "ASK"}
_REST: Final = {
    "implied_volatility": "IV %", "delta": "DELTA", "volume": "VOLUME", "open_interest": "OI",
}
_STRIKES: Final = {
    **{f"call.{key}": heading for key, heading in (*reversed(_REST.items()), *_PRICES.items())},
    "strike": "STRIKE",
    **{f"put.{key}": heading for key, heading in (*_PRICES.items(), *_REST.items())},
}
_NUMBERS: Final = {
    "bid": (1, 2), "ask": (1, 2), "delta": (1, 2), "implied_volatility": (100, 1),
}  # what each is multiplied with, and the places behind the point


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "chain", "tradebot.cli.chain:chain")
    parser.add_argument("symbol", metavar="SYMBOL", help="the share, e.g. SPY")
    parser.add_argument("--expiry", metavar="DAY",
                        help="whose strikes to show (default: the one nearest to 30 days away)")
    parser.add_argument("--all", action="store_true",
                        help=f"show all strikes, not only the {_SHOWN} on each side of the price")
    flags.takes_place(parser)


def chain(args: argparse.Namespace) -> int:
    query = {"expiry": args.expiry} if args.expiry is not None else {}
    client = Client(place.home(args))
    reply = client.get(f"/api/v1/chain/{escaped(args.symbol)}", query)
    if args.json:
        show.document(reply.document)
    found = reply.checked()
    if not args.json:
        _tell(found, is_whole=args.all)
    return Exit.DONE


def _tell(found: Mapping[str, Any], *, is_whole: bool) -> None:
    show.line(show.clean(f"{found['symbol']} {found['spot']} at {show.when(found['as_of'])} UTC"))
    show.line()
    rows = [{**_short(row), "ends": show.when(row["ends"])} for row in found["expiries"]]
    show.table(rows, _EXPIRIES, "no option is left")
    if found["expiry"] is None:
        return
    show.line()
    show.line(f"calls and puts that end on {found['expiry']}")
    show.line()
    strikes = found["strikes"] if is_whole else _around(found["strikes"], found["spot"])
    show.table([_row(strike) for strike in strikes], _STRIKES, "no strikes")


def _around(strikes: Sequence[Mapping[str, Any]], spot: str) -> Sequence[Mapping[str, Any]]:
    below = sum(Decimal(row["strike"]) < Decimal(spot) for row in strikes)
    return strikes[max(0, below - _SHOWN) : below + _SHOWN]


def _row(strike: Mapping[str, Any]) -> dict[str, Any]:
    row = {"strike": strike["strike"]}
    for side in ("call", "put"):
        for key, value in _short(strike[side] or {}).items():
            row[f"{side}.{key}"] = value
    return row


def _short(row: Mapping[str, Any]) -> dict[str, Any]:
    """Shorten numbers for the eye: cents, hundredths of delta, tenths of a percent."""
    told = dict(row)
    for key, (factor, places) in _NUMBERS.items():
        if row.get(key) is not None:
            told[key] = f"{Decimal(row[key]) * factor:.{places}f}"
    return told
