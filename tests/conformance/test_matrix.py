"""Is every broker on the matrix, with every promise, and does it say what is so?"""

import pytest
from tests.conformance import benches, harness
from tests.conformance.bench import Bench
from tests.conformance.promise import ABILITIES, BESIDE, CASES
from tests.fakes.faults import ALL
from tools import conformance


def test_every_registered_broker_has_a_bench_and_a_test() -> None:
    folder = benches.ROOT / "tests" / "conformance"
    for name, bench in benches.all_of_them().items():
        told = (folder / f"test_{name}.py").read_text()
        assert f"conformance({bench.__name__})" in told


def test_the_page_says_what_is_declared() -> None:
    assert conformance.main(["--declared", "--check"]) == 0, "run: python tools/dev.py docs"


@pytest.mark.parametrize("name", benches.registered())
def test_what_a_bench_cannot_do_is_told_of_cases_that_there_are(name: str) -> None:
    """A reason that no case asks for is a promise that somebody renamed, and lost."""
    bench = benches.bench_of(name)
    asked = {word for case in CASES.values() for word in (case.name, *case.needs)}
    assert {word for word in bench.cannot if word not in ALL} <= asked
    told = harness.declared(bench)
    assert sum(why is None for why in told.why_not.values()) > len(CASES) / 3


def test_every_word_that_a_case_needs_means_something() -> None:
    verbs = {name for name in vars(Bench) if not name.startswith("_")}
    asked = {word for case in CASES.values() for word in case.needs}
    assert asked <= verbs | set(ABILITIES) | ALL | BESIDE


def test_every_verb_that_a_case_needs_is_there_or_its_lack_is_told() -> None:
    """So no case fails for want of a verb, and none is let off without a reason."""
    verbs = {name for name in vars(Bench) if not name.startswith("_")}
    asked = {word for case in CASES.values() for word in case.needs} & verbs
    assert asked
    for bench in benches.all_of_them().values():
        lacking = {verb for verb in asked if getattr(bench, verb) is getattr(Bench, verb)}
        assert lacking <= set(bench.cannot), f"{bench.__name__} says nothing of {lacking}"
