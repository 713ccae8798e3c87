"""How does a person ask the options desk for a trade, in words? What comes of it is a draft."""

import argparse
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from tradebot.cli import flags, show
from tradebot.cli.asking import ask as ask_daemon
from tradebot.cli.outcome import Exit, Stop

_LEGS: Final = {
    "action": "ACTION", "quantity": "QTY", "instrument": "INSTRUMENT", "expiry": "EXPIRY",
    "strike": "STRIKE", "right": "RIGHT",
}
_SAID: Final = (
    "symbol", "outlook", "strategy_type", "among", "right", "horizon_days", "expiry", "delta",
    "strikes", "width", "quantity", "held_expiry", "held_strikes", "max_loss", "max_loss_pct",
    "risk_level", "excluded",
)


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "ask", "tradebot.cli.desk:ask")
    parser.add_argument("text", metavar="TEXT", nargs="+",
                        help='what you want, e.g. "SPY neutral strategy with low risk"')
    parser.add_argument("--dry-run", action="store_true",
                        help="show what would be proposed, and stage nothing")
    flags.takes_place(parser)


def ask(args: argparse.Namespace) -> int:
    text = " ".join(args.text)
    _see_that_it_can_be_read(text)
    found = ask_daemon(args, "ask", {"text": text, "dry_run": args.dry_run})
    if not args.json:
        _tell(found, is_dry_run=args.dry_run)
    results = [step["result"] for step in found["steps"] if step["result"] is not None]
    is_refused = any(not result["success"] for result in results)
    return Exit.REFUSED if is_refused or not found["steps"] else Exit.DONE


def _see_that_it_can_be_read(text: str) -> None:
    from tradebot.core.options.words.grammar import TEXT_MAX

    if len(text) > TEXT_MAX or not text.strip():
        told = f"TEXT: expected 1 to {TEXT_MAX} characters of words, got {len(text)}"
        raise Stop(Exit.USAGE, told)


def _tell(found: Mapping[str, Any], *, is_dry_run: bool) -> None:
    said = {name: found["request"][name] for name in _SAID if found["request"][name]}
    action = found["request"]["action"]
    show.line(show.clean(", ".join((f"understood: {action}", *map(_said, said.items())))))
    for note in found["notes"]:
        show.line(show.clean(f"with doubt: {note}"))
    for question in found["questions"]:
        show.line(show.painted(show.clean(f"question: {question['text']}"), "warn"))
    if found["questions"]:
        show.line("nothing was staged; ask again in other words")
    if found["why"]:
        show.line(show.painted(show.clean(f"nothing fits: {found['why']}"), "bad"))
    for step in found["steps"]:
        show.line()
        _tell_step(step, is_dry_run=is_dry_run)


def _said(named: tuple[str, Any]) -> str:
    name, value = named
    told = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{name.replace('_', ' ')} {told}"


def _tell_step(step: Mapping[str, Any], *, is_dry_run: bool) -> None:
    structure = step["structure"]
    for text in structure["assumed"]:
        show.line(show.clean(f"assumed: {text}"))
    if structure["assumed"]:
        show.line()
    show.table(structure["legs"], _LEGS, "no legs")
    show.line()
    for text in structure["explanation"]:
        show.line(show.clean(text))
    price = Decimal(structure["net_price"])
    limit = f"receive at least {-price:,.2f}" if price < 0 else f"pay at most {price:,.2f}"
    show.line(show.clean(f"Its limit: {limit} a unit."))
    show.line()
    if is_dry_run:
        show.line("a dry run: nothing was staged, and no gate was asked")
    else:
        for text in _outcome(step):
            show.line(text)


def _outcome(step: Mapping[str, Any]) -> Iterator[str]:
    """Tell what became of it, and what to do next."""
    result = step["result"]
    if not result["success"]:
        yield show.painted(show.clean(f"refused: {result['reason_code']}"), "bad")
        yield show.clean(result["reason_detail"])
    elif result["client_order_id"] is not None:
        yield f"{len(result['gates'])} gates let it through, and nobody had to be asked"
        yield show.clean(f"order {result['client_order_id']} is sent; tell all of it with:"
                         f" tradebot why {result['intent_id']}")
    elif step["draft_id"] is None:
        yield show.painted(f"no draft yet; it waits at stage {result['stage']}", "warn")
        yield show.clean(f"{result['reason_detail']} (intent {result['intent_id']})")
    else:
        yield f"{len(result['gates'])} gates let it through"
        yield show.clean(f"draft {step['draft_id']}, in {step['draft_path']}")
        yield f"approve it with: tradebot drafts approve {step['draft_id']} --digest" \
              f" {step['digest']}"
