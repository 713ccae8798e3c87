"""What exactly does the desk answer to requests that nobody could fulfil? Sentence by sentence."""

import asyncio
from typing import Any

import pytest
from tests.tiny_daemon import TinyDaemon, a_desk, a_market

from tradebot.shell.desk.words import Words

WHICH = "Which underlying, by its ticker?"
WHAT = "What is expected of it, or which structure?"
NOTHING = "the desk holds no such thing, or is closing it already; left of SPY: nothing"
RANGE = "expected a number from 1 to 1000000, got 0"


def asked(text: str) -> dict[str, Any]:
    daemon = TinyDaemon()

    async def ask() -> dict[str, Any]:
        return await a_desk(daemon, a_market(daemon)).ask(Words(text=text))

    return asyncio.run(ask())


@pytest.mark.parametrize(("text", "questions"), [
    ("ZZZZ neutral", ["What is meant by 'ZZZZ'?", WHICH]),
    ("buy everything", ["What is meant by 'everything'?", WHICH, WHAT]),
    ("SPY", [WHAT]),
    ("condor", [WHICH]),
    ("bullish and bearish on SPY", ["Which one: bullish or bearish?"]),
    ("SPY condor, low risk, high risk", ["Which one: low risk or high risk?"]),
    ("SPY condor, risk $500, risk $900", ["Which one: risk $500 or risk $900?"]),
    ("SPY condor but not a condor",
     ["These do not go together: condor. Which one holds?"]),
    ("SPY condor on January 5 2024", ["2024-01-05 has passed: which day is meant?"]),
    ("SPY condor expiring 2020-01-17", ["2020-01-17 has passed: which day is meant?"]),
    ("SPY condor, budget 0", [f"max loss: {RANGE}"]),
    ("SPY condor, max loss $0", [f"max loss: {RANGE}"]),
    ("SPY condor, 0 contracts",
     ["quantity: expected a whole number from 1 to 1000, got 0"]),
    ("x" * 10_000, [f"What is meant by '{'x' * 40}...'?", WHICH, WHAT]),
    ("x" * 10_001, ["Say it in fewer words: 10001 characters, at most 10000 are read."]),
    ("купи кондор на SPY", ["What is meant by 'купи', 'кондор', 'на'?", WHAT]),
    ("買う", ["What is meant by '買う'?", WHICH, WHAT]),
    ("ＳＰＹ condor", ["What is meant by 'ＳＰＹ'?", WHICH]),  # noqa: RUF001
    ("٣ SPY condors", ["What is meant by '٣'?"]),
    ("SPY condor, risk eleventy hundred dollars",
     ["What is meant by 'risk', 'eleventy', 'hundred', 'dollars'?"]),
    ("SPY condor, a dozenish contracts", ["What is meant by 'dozenish', 'contracts'?"]),
])
def test_what_cannot_be_read_is_asked_about(text: str, questions: list[str]) -> None:
    found = asked(text)
    told = [question["text"] for question in found["questions"]]
    assert told == questions
    assert (found["structure"], found["draft_id"], found["steps"]) == (None, None, [])


@pytest.mark.parametrize(("text", "why"), [
    ("IBM neutral", "nobody lists options on IBM here"),
    ("SPY condor 1/2/3/4", "iron_condor: 2026-10-02: no put is listed at 1"),
    ("SPY condor, risk at most $5", "iron_condor: 1 can lose $372, the budget is $5"),
    ("SPY condor in 3 years", "iron_condor: no expiry in 822 to 1368 days: listed is"),
    ("close my SPY condor", NOTHING),
    ("roll my SPY condor to January", NOTHING),
])
def test_what_cannot_be_had_is_told_with_its_reason(text: str, why: str) -> None:
    found = asked(text)
    assert found["why"].startswith(why)
    assert found["questions"] == []
    assert (found["structure"], found["draft_id"], found["steps"]) == (None, None, [])
