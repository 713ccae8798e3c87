"""Are ids the same everywhere, legal on every venue, and distinct where they must be?"""

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.model.ids import (
    IntentId,
    StrategyId,
    derive_cl_ord_id,
    digest_text,
    keyed_intent_id,
    strategy_intent_id,
)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WRITE_IDS = """
from tradebot.core.model.ids import *
print(strategy_intent_id("sma", 7), keyed_intent_id("k"), derive_cl_ord_id("I", "paper", "A"))
"""


def ids_here() -> str:
    ours = derive_cl_ord_id(IntentId("I"), "paper", "A")
    return f"{strategy_intent_id(StrategyId('sma'), 7)} {keyed_intent_id('k')} {ours}"


@pytest.mark.promise(18)
def test_ids_are_the_same_in_every_process() -> None:
    for seed in ("0", "4711"):
        told = subprocess.run(
            [sys.executable, "-c", WRITE_IDS], check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert told.stdout.strip() == ids_here()


def test_ids_never_change_from_one_release_to_the_next() -> None:
    assert ids_here() == (
        "3EMQ2T6HV5YD0THY3WE4J9RRJS 1F62XXQYSRH7SP146YYZP3HNRR"
        " tb64WZDPD33TQRPD3ERNRCKR79G9"
    )


@given(st.text(max_size=50), st.text(max_size=20), st.text(max_size=20), st.integers(1, 9))
def test_a_cl_ord_id_is_28_letters_that_every_venue_takes(
    intent: str, route: str, account: str, attempt: int
) -> None:
    cl_ord_id = derive_cl_ord_id(IntentId(intent), route, account, attempt=attempt)
    assert re.fullmatch(f"tb[{CROCKFORD}]{{26}}", cl_ord_id)


def test_every_part_of_a_cl_ord_id_counts() -> None:
    made = [
        derive_cl_ord_id(IntentId(intent), route, account, attempt=attempt, request=request)
        for intent in ("I1", "I2") for route in ("paper", "shadow") for account in ("A", "B")
        for attempt in (1, 2) for request in (0, 1, 2)
    ]
    assert len(set(made)) == len(made) == 48


def test_the_digest_writes_all_128_bits() -> None:
    """Decode each text again: one number, never two texts."""
    for place in range(200):
        text = digest_text(place)
        decoded = 0
        for letter in text:
            decoded = decoded * 32 + CROCKFORD.index(letter)
        assert decoded < 2**128
        assert len(text) == 26


def test_a_key_never_meets_a_strategys_own_ids() -> None:
    strategies = {strategy_intent_id(StrategyId(name), n) for name in "ab1" for n in range(50)}
    keys = {keyed_intent_id(f"{name}\x1f{n}") for name in "ab1" for n in range(50)}
    assert len(strategies) == len(keys) == 150
    assert not strategies & keys


def test_parts_do_not_run_into_each_other() -> None:
    assert digest_text("ab", "c") != digest_text("a", "bc")
