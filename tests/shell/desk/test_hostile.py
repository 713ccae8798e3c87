"""May anybody say what they like to the desk? Texts that try to get past it, in four channels.

Whatever is said, nothing is sent, no control and no setting changes, what is staged waits for a
person within every limit, and no character of it reaches a file or a terminal as it came.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.cli.asked import Out, told
from tests.tiny_daemon import TinyDaemon, a_desk, a_market, served

from tradebot.cli.outcome import Exit, Stop
from tradebot.cli.revise import changes
from tradebot.core.model import events as e
from tradebot.core.model.commands import ActivateSettings, DefineInstruments, SubmitIntent
from tradebot.core.model.intent import Channel, OrdType, Source
from tradebot.core.model.settings import Policy
from tradebot.shell.api.bodies import BadRequest
from tradebot.shell.api.commands import parse_words
from tradebot.shell.desk.words import Words
from tradebot.shell.journal.codec import encode
from tradebot.shell.told.draft_files import written
from tradebot.shell.views.drafts import Draft, document

HERE: Final = Path(__file__).parent
TABLE: Final = HERE.parent.parent / "core" / "options" / "words" / "hostile.tsv"
LONG: Final = (
    "A" * 9_990, "SPY condor " * 900, "9" * 5_000, "(" * 3_000 + ")" * 3_000,
    "SPY condor " + "\U0001f600" * 2_000, "SPY condor " * 50 + "5 contracts",
)
LIMIT: Final = 2_000  # USD that one trade may lose: 2 % of 100,000


def texts() -> list[str]:
    table = [
        line.partition("\t")[0] for line in TABLE.read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    ]
    lines = (HERE / "hostile.txt").read_text(encoding="ascii").splitlines()
    return [*dict.fromkeys((*table, *map(json.loads, lines), *LONG))]


TEXTS: Final = texts()
CHANNELS: Final[dict[str, Callable[[str], Words]]] = {
    "typed": lambda text: Words(text=text),
    "spoken": lambda text: Words(text=text, channel=Channel.SPOKEN),
    "news": lambda text: Words(text=f"SPY iron condor, low risk. News of today: {text}"),
}


def a_daemon() -> TinyDaemon:
    """Make a daemon under the limits that are shipped, but for the age of quotes."""
    daemon = TinyDaemon()
    settings = replace(daemon.book.settings, policy=Policy(
        quote_age_max_s=daemon.book.settings.policy.quote_age_max_s
    ))
    daemon.decide(ActivateSettings(settings=settings, version="strict"))
    return daemon


def drafts(daemon: TinyDaemon) -> Iterator[Draft]:
    return iter(daemon.views.drafts.all())


def see_that_nothing_happened(daemon: TinyDaemon, since: int) -> None:
    """Look at every decision, and every draft, that came of a text."""
    decisions = daemon.decisions[since:]
    staged = {
        event.intent_id for decision in decisions for event in decision.events
        if isinstance(event, e.IntentReceived)
    }
    for decision in decisions:
        command = decision.command
        assert isinstance(command, SubmitIntent | DefineInstruments)
        assert not any(
            isinstance(event, e.OrderSubmitted | e.IntentApproved | e.ControlSet | e.KillSwitchSet
                       | e.SettingsActivated | e.CancelRequested)
            for event in decision.events
        )
        if isinstance(command, SubmitIntent):
            body = command.intent
            assert (body.source, body.ord_type) == (Source.DESK, OrdType.LIMIT)
            assert body.asked is not None
            assert body.asked.text.isprintable()
            assert len(body.asked.text) <= 1_000
        assert encode(decision).decode().isprintable()
    for draft in filter(None, map(daemon.views.drafts.get, staged)):
        assert draft.status == "waiting"
        assert 0 < float(document(draft)["trade"]["max_loss"]) <= LIMIT
        for form in ("yaml", "json"):
            text = written(draft, form).decode()  # type: ignore[arg-type]
            assert "".join(text.split("\n")).isprintable()
            assert yaml.safe_load(text) == document(draft)


def test_there_are_more_than_two_hundred_of_them() -> None:
    assert len(TEXTS) >= 200


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_text_gets_anything_past_the_desk(channel: str) -> None:
    daemon = a_daemon()
    before = daemon.book.settings, dict(daemon.book.controls), daemon.book.kill_reason

    async def say_all() -> int:
        desk, answered = a_desk(daemon, a_market(daemon)), 0
        for text in TEXTS:
            since = len(daemon.decisions)
            found = await desk.ask(CHANNELS[channel](text))
            assert found["questions"] or found["why"] or found["steps"], text
            assert json.dumps(found).isprintable()
            assert not (found["questions"] and found["steps"]), text
            see_that_nothing_happened(daemon, since)
            answered += 1
        return answered

    assert asyncio.run(say_all()) == len(TEXTS)
    assert (daemon.book.settings, dict(daemon.book.controls), daemon.book.kill_reason) == before
    assert not daemon.book.orders.working
    assert bool(list(drafts(daemon))) == (channel != "news")  # where a part was a fair request


def test_what_is_no_name_is_no_user() -> None:
    refused = 0
    for text in TEXTS:
        try:
            words = parse_words({"text": "SPY condor", "user": text})
        except BadRequest:
            refused += 1
        else:
            assert words.user.isascii()
            assert " " not in words.user
            assert len(words.user) <= 64
    assert refused > len(TEXTS) * 0.9


def test_a_note_in_a_draft_changes_nothing() -> None:
    """An edited file may change quantity and price; a text anywhere else in it ends the verb."""
    daemon = a_daemon()
    desk = a_desk(daemon, a_market(daemon))
    asyncio.run(desk.ask(Words(text="SPY iron condor, low risk")))
    (draft,) = drafts(daemon)
    shown = document(draft)
    for text in TEXTS:
        for edited in ({**shown, "notes": text}, {**shown, "meta": {**shown["meta"], "user": text}},
                       {**shown, "trade": {**shown["trade"], "strategy_type": text}}):
            with pytest.raises(Stop) as stop:
                changes(shown, _as_read(edited))
            assert stop.value.code is Exit.USAGE


def _as_read(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(document))
    return found


def test_no_text_moves_the_cursor_of_who_asks_or_looks(tmp_path: Path, capsys: Out) -> None:
    daemon = a_daemon()
    odd = [text for text in TEXTS if not text.isprintable()]
    assert len(odd) > 20
    with served(daemon, tmp_path):
        for text in odd:
            code, out, err = told(capsys, tmp_path, "ask", text)
            assert code in (Exit.DONE, Exit.REFUSED, Exit.USAGE)
            assert "".join((out + err).split("\n")).isprintable(), text
        for draft in drafts(daemon):
            for verb in (("why",), ("drafts", "show")):
                _, out, _ = told(capsys, tmp_path, *verb, draft.record.intent_id)
                assert "".join(out.split("\n")).isprintable()
