"""Does the audit find what somebody did to the past, and nothing where nobody did anything?

The journal's copies are chained anew, so that only the trail can tell.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import pytest
from tests.makers import CALL, Trader, a_report
from tests.shell.audit.session import play

from tradebot.core.model import events as e
from tradebot.core.model.commands import Tick
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.intent import Source
from tradebot.core.model.reason import Reason, Stage
from tradebot.core.model.settings import Mode, Policy
from tradebot.shell.audit.audit import Audit, audit
from tradebot.shell.audit.finding import SENTENCES, Flaw
from tradebot.shell.audit.trail import Trails
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal, replay
from tradebot.shell.journal.verify import verify

T = TypeVar("T")
Past: TypeAlias = list[Decision]
TRADES: Final = 40


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("session"), TRADES)


@pytest.fixture
def home(played: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(played, tmp_path / "home"))


def audited(home: Path) -> Audit:
    return audit(home, home / "drafts")


def flaws(home: Path) -> set[Flaw]:
    return {finding.flaw for finding in audited(home).findings}


def rewritten(home: Path, past: Past) -> None:
    """Write another past, whole and chained; the ledger alone has nothing to say of it."""
    shutil.rmtree(home / "journal")
    journal = Journal.open(
        home / "journal", code="0", settings_hash="x", threaded=False, sync=False, prewrite=False
    )
    journal.write([replace(decision, seq=seq) for seq, decision in enumerate(past, 1)])
    journal.close()
    assert verify(home).is_good


def first(past: Past, kind: type[T], wanted: Callable[[T], bool] = lambda _: True) -> tuple[int, T]:
    """Find the first decision with such an event."""
    return next(
        (at, event) for at, decision in enumerate(past) for event in decision.events
        if isinstance(event, kind) and wanted(event)
    )


def exchanged(past: Past, at: int, one: Any, *others: Any) -> Past:
    """Put other events in the place of one."""
    events = [
        new for event in past[at].events for new in (others if event is one else (event,))
    ]
    return [*past[:at], replace(past[at], events=tuple(events)), *past[at + 1:]]


# Where nobody did anything


def test_a_session_as_it_was_has_no_finding(home: Path) -> None:
    found = audited(home)
    assert found.findings == ()
    assert (found.intents, found.drafts) == (TRADES, TRADES * 8 // 10)
    assert (found.orders, found.by_settings) == (found.by_window + found.by_approval, 0)
    assert (found.by_window, found.by_approval) == (TRADES // 2, TRADES * 4 // 10)


@pytest.mark.promise(23)
def test_a_thousand_staged_trades_all_trace_back(tmp_path: Path) -> None:
    home = play(tmp_path, 1_000, drafts="json")
    found = audited(home)
    assert found.findings == ()
    assert (found.intents, found.drafts, found.orders) == (1_000, 800, 900)
    told = Counter(
        json.loads(line)["outcome"] for path in (home / "promotions").glob("*.jsonl")
        for line in path.read_text().splitlines()
    )
    assert told == {"HELD": 800, "PROMOTED": 900, "REFUSED": 50, "EXPIRED": 50}


def test_what_a_broker_settles_belongs_to_no_order() -> None:
    trails, trader = Trails(), Trader()
    settled = e.PositionSettled(report=a_report("settlement", "S", exec_id="X7", symbol=CALL))
    booked = e.TradeBooked(
        cl_ord_id=ClOrdID("S"), exec_id=ExecID("X7/1"), account="PAPER-1", strategy_id="sma",
        symbol=CALL, qty=Decimal(-1), px=Decimal(0), cash=Decimal(0), cost=Decimal(0),
    )
    for events, flaws_found in (((settled, booked), []), ((booked,), [Flaw.BOOKED_TWICE])):
        trails.findings.clear()
        trails.take(Decision(seq=1, at=trader.now, command=Tick(), events=events))
        assert [finding.flaw for finding in trails.findings] == flaws_found


# What somebody did to the journal


def without(kind: type, wanted: Callable[[Any], bool] = lambda _: True) -> Callable[[Past], Past]:
    def change(past: Past) -> Past:
        at, event = first(past, kind, wanted)
        return exchanged(past, at, event)
    return change


def _by_people(past: Past) -> tuple[int, e.OrderSubmitted]:
    return first(past, e.OrderSubmitted, lambda v: v.intent.source is Source.API)


def _never_held(past: Past) -> Past:
    _, given = first(past, e.IntentApproved)
    return without(e.IntentHeld, lambda v: v.intent_id == given.intent_id)(past)


def _sent_twice(past: Past) -> Past:
    at, _ = first(past, e.OrderSubmitted)
    return [*past[:at + 1], *past[at:]]


def _booked_twice(past: Past) -> Past:
    at, trade = first(past, e.TradeBooked)
    return exchanged(past, at, trade, trade, trade)


def _booked_more(past: Past) -> Past:
    at, trade = first(past, e.TradeBooked)
    return exchanged(past, at, trade, trade, replace(trade, exec_id="another"))


def _outside_window(past: Past) -> Past:
    at, _ = first(past, e.RouteChosen, lambda v: bool(v.window))
    return [*past[:at], replace(past[at], at=past[at].at - timedelta(minutes=1)), *past[at + 1:]]


def _edited_after_approval(past: Past) -> Past:
    at, order = _by_people(past)
    more = replace(order.intent, order_qty=order.intent.order_qty * 2)
    return exchanged(past, at, order, replace(order, intent=more))


def _approved_otherwise(past: Past) -> Past:
    at, given = first(past, e.IntentApproved)
    return exchanged(past, at, given, replace(given, digest="another"))


def _approved_elsewhere(past: Past) -> Past:
    at, given = first(past, e.IntentApproved)
    return exchanged(past, at, given, replace(given, account="LIVE-7"))


def _approved_too_early(past: Past) -> Past:
    at, given = first(past, e.IntentApproved)
    return exchanged(past, at, given, replace(given, until=past[at].at))


def _void_before(past: Past) -> Past:
    at, given = first(past, e.IntentApproved)
    return exchanged(past, at, given, given, e.ApprovalLapsed(intent_id=given.intent_id))


def _other_limits(past: Past) -> Past:
    at, given = first(past, e.IntentApproved)
    _, known = first(past, e.SettingsActivated)
    other = replace(known, settings=replace(known.settings, policy=Policy(order_qty_max=7)))
    return exchanged(past, at, given, given, other)


def _approval_reused(past: Past) -> Past:
    """Send it anew, as if it had never left, and by the yes that the first one used up."""
    at, order = _by_people(past)
    walk = tuple(
        event for event in past[at].events if not isinstance(event, e.IntentApproved)
    )
    again = (
        e.OrderNeverLeft(cl_ord_id=order.cl_ord_id),
        *(replace(v, cl_ord_id="tbAGAIN", attempt=2) if v is order else v for v in walk),
    )
    later = Decision(seq=0, at=past[at].at, command=past[at].command, events=again)
    return [*past[:at + 1], later, *past[at + 1:]]


def _two_people_needed(past: Past) -> Past:
    at, known = first(past, e.SettingsActivated)
    asked = replace(known, settings=replace(known.settings, approvers_min=2))
    return exchanged(past, at, known, asked)


def _not_eligible(past: Past) -> Past:
    at, known = first(past, e.SettingsActivated)
    asked = replace(known, settings=replace(known.settings, eligible=("other",)))
    return exchanged(past, at, known, asked)


def _stage_mode(past: Past) -> Past:
    at, known = first(past, e.SettingsActivated)
    asked = replace(known, settings=replace(known.settings, mode=Mode.STAGE))
    return exchanged(past, at, known, asked)


def _refused_before(past: Past) -> Past:
    at, order = first(past, e.OrderSubmitted)
    no = e.IntentRefused(
        intent_id=order.intent_id, stage=Stage.ROUTE, reason=Reason.POLICY_REJECTED
    )
    return exchanged(past, at, order, no, order)


def _overfull(past: Past) -> Past:
    at, known = first(past, e.SettingsActivated)
    windows = tuple(replace(w, orders_max=3) for w in known.settings.windows)
    asked = replace(known, settings=replace(known.settings, windows=windows))
    return exchanged(past, at, known, asked)


BREAKS: Final[dict[str, tuple[Callable[[Past], Past], Flaw]]] = {
    "no intent": (without(e.IntentReceived), Flaw.NO_INTENT),
    "no gate run": (without(e.StagesPassed, lambda v: v.through == 5), Flaw.NO_GATE_RUN),
    "no route": (without(e.RouteChosen), Flaw.NO_ROUTE),
    "no draft": (_never_held, Flaw.NO_DRAFT),
    "no approval": (without(e.IntentApproved), Flaw.NO_CONSENT),
    "no order": (without(e.OrderSubmitted), Flaw.BOOKED_UNSENT),
    "sent twice": (_sent_twice, Flaw.SENT_TWICE),
    "booked twice": (_booked_twice, Flaw.BOOKED_TWICE),
    "booked more": (_booked_more, Flaw.OVERFILLED),
    "outside the window": (_outside_window, Flaw.OUTSIDE_WINDOW),
    "edited after approval": (_edited_after_approval, Flaw.APPROVAL_OF_OTHER_CONTENT),
    "not what was asked for": (_edited_after_approval, Flaw.OTHER_CONTENT),
    "approved otherwise": (_approved_otherwise, Flaw.APPROVAL_OF_OTHER_CONTENT),
    "approved elsewhere": (_approved_elsewhere, Flaw.APPROVAL_OF_OTHER_ACCOUNT),
    "approved too early": (_approved_too_early, Flaw.APPROVAL_EXPIRED),
    "void before": (_void_before, Flaw.APPROVAL_LAPSED),
    "other limits": (_other_limits, Flaw.APPROVAL_OF_OTHER_LIMITS),
    "approval used twice": (_approval_reused, Flaw.APPROVAL_REUSED),
    "two people needed": (_two_people_needed, Flaw.APPROVERS_LACK),
    "not eligible": (_not_eligible, Flaw.NOT_ELIGIBLE),
    "in stage mode": (_stage_mode, Flaw.OTHER_MODE),
    "refused before": (_refused_before, Flaw.SENT_AFTER_ITS_END),
    "what cannot be": (_refused_before, Flaw.CANNOT_BE),
    "overfull": (_overfull, Flaw.WINDOW_OVERFULL),
}


@pytest.mark.promise(23)
@pytest.mark.fault(90)
@pytest.mark.parametrize("name", BREAKS)
def test_what_was_done_to_the_journal_is_found_by_name(home: Path, name: str) -> None:
    change, flaw = BREAKS[name]
    rewritten(home, change(list(replay(home / "journal"))))
    assert flaw in flaws(home)


# What somebody did to the files


FILES: Final = {
    Flaw.RECORD_MISSING, Flaw.RECORD_TWICE, Flaw.RECORD_UNKNOWN, Flaw.RECORD_DIFFERS,
    Flaw.DRAFT_FILE_EDITED, Flaw.DRAFT_FILE_UNKNOWN,
}


def test_every_kind_of_finding_is_planted_here() -> None:
    assert {flaw for _, flaw in BREAKS.values()} | FILES == set(Flaw) == set(SENTENCES)


def lines(home: Path, of: str) -> tuple[Path, list[str]]:
    """Read a file of records, those last that let an order go."""
    (path,) = (home / of).glob("*.jsonl")
    (promotions,) = (home / "promotions").glob("*.jsonl")
    told = map(json.loads, promotions.read_text().splitlines())
    sent = {record["seq"] for record in told if record["outcome"] == "PROMOTED"}
    found = path.read_text().splitlines()
    return path, sorted(found, key=lambda line: json.loads(line)["seq"] in sent)


def _gone(told: list[str]) -> Iterator[str]:
    yield from told[:-1]


def _doubled(told: list[str]) -> Iterator[str]:
    yield from (*told, told[-1])


def _invented(told: list[str]) -> Iterator[str]:
    nobody = {"draft_id": "NOBODY", "intent_id": "NOBODY"}
    yield from (*told, json.dumps({**json.loads(told[0]), **nobody}))


def _of_other_content(told: list[str]) -> Iterator[str]:
    yield from (*told[:-1], json.dumps({**json.loads(told[-1]), "digest": "another"}))


@pytest.mark.parametrize("of", ["promotions", "gates"])
@pytest.mark.parametrize(("change", "flaw"), [
    (_gone, Flaw.RECORD_MISSING), (_doubled, Flaw.RECORD_TWICE),
    (_invented, Flaw.RECORD_UNKNOWN), (_of_other_content, Flaw.RECORD_DIFFERS),
])
def test_what_was_done_to_the_records_is_found_by_name(
    home: Path, of: str, change: Callable[[list[str]], Iterator[str]], flaw: Flaw
) -> None:
    path, told = lines(home, of)
    path.write_text("\n".join(change(told)) + "\n")
    assert flaws(home) == {flaw}


def test_who_approved_it_is_compared_too(home: Path) -> None:
    path, told = lines(home, "promotions")
    path.write_text("\n".join(
        json.dumps({**json.loads(line), "approved_by": ["mallory"]}) for line in told
    ) + "\n")
    assert flaws(home) == {Flaw.RECORD_DIFFERS}


@pytest.mark.parametrize(("before", "after"), [
    ("quantity: '1'", "quantity: '2'"), ("digest: ", "digest: 7"), ("draft_id: ", "draft_id: 7"),
])
def test_an_edited_draft_file_is_found(home: Path, before: str, after: str) -> None:
    path = next((home / "drafts").rglob("*.yaml"))
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    assert flaws(home) == {Flaw.DRAFT_FILE_EDITED}


def test_a_file_of_a_draft_that_never_was_is_found(home: Path) -> None:
    path = next((home / "drafts").rglob("*.yaml"))
    name = path.name[:-13] + "zzzzzzzz.yaml"
    (path.parent / name).write_text("draft_id: ZZZ\n")
    assert flaws(home) == {Flaw.DRAFT_FILE_UNKNOWN}
