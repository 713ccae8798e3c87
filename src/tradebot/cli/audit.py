"""Does every executed order trace back to one draft, one gate run and one consent?"""

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.outcome import Exit
from tradebot.cli.reading import followed

if TYPE_CHECKING:
    from tradebot.shell.audit.audit import Audit

_FINDINGS: Final = {
    "finding": "FINDING", "intent_id": "DRAFT OR INTENT", "client_order_id": "ORDER",
    "seq": "DECISION", "detail": "DETAIL",
}
_SHOWN: Final = 50


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "audit")
    parser = flags.action(
        actions, "verify", "trace every order back: what was staged, who let it go, the files too",
        "tradebot.cli.audit:verify",
    )
    flags.takes_place(parser)


def verify(args: argparse.Namespace) -> int:
    from tradebot.shell.audit.audit import audit

    home = place.home(args)
    with followed(home, "decisions followed") as tell:
        found = audit(home, place.shelf(args).directory, tell)
    if args.json:
        show.document(_document(found))
    else:
        _tell(found)
    return Exit.LEDGER_BAD if found.findings else Exit.DONE


def _document(found: "Audit") -> dict[str, Any]:
    from tradebot.shell.audit.finding import SENTENCES

    return {
        "good": not found.findings, "decisions": found.decisions, "intents": found.intents,
        "drafts": found.drafts, "orders": found.orders, "by_window": found.by_window,
        "by_approval": found.by_approval, "by_settings": found.by_settings,
        "findings": [
            {"finding": v.flaw.value, "sentence": SENTENCES[v.flaw], "intent_id": v.intent_id,
             "client_order_id": v.cl_ord_id, "seq": v.seq, "detail": v.detail}
            for v in found.findings
        ],
    }


def _tell(found: "Audit") -> None:
    from tradebot.shell.audit.finding import SENTENCES

    show.pairs({
        "decisions": found.decisions, "intents": f"{found.intents}, {found.drafts} as drafts",
        "orders": f"{found.orders}: {found.by_window} let go by windows, {found.by_approval} by"
                  f" people, {found.by_settings} by the settings",
    })
    if not found.findings:
        show.line("every order traces back to one intent, one gate run and one consent")
        return
    show.line()
    rows = _document(found)["findings"]
    show.table(rows[:_SHOWN], _FINDINGS, "")
    show.line()
    for flaw, count in Counter(v.flaw for v in found.findings).items():
        show.line(show.painted(f"{count} x {flaw}: {SENTENCES[flaw]}", "bad"))
