"""Which broker keeps which promise? Every case on every bench, as a matrix.

    python tools/conformance.py                     run all, print the matrix and the faults fired
    python tools/conformance.py --bench MODULE:CLASS   the same of a broker of your own
    python tools/conformance.py --write             write docs/brokers/matrix.md once all holds
    python tools/conformance.py --declared [--check]   write the page from what is declared alone
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.conformance import benches, harness
from tests.conformance.bench import Bench
from tests.conformance.harness import Declared
from tests.conformance.promise import CASES, Case

from tables import table
from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "brokers" / "matrix.md"
WRITTEN_BY = "<!-- Written by tools/conformance.py from the code and the tests; edit those. -->"
HOLDS = "yes"
CHAPTERS = {
    "cases_of_orders": "Orders", "cases_of_changes": "Changes",
    "cases_of_trouble": "Trouble on the way", "cases_of_connections": "Connections",
}


def page(found: Mapping[str, Declared]) -> str:
    """Write the whole page from what every broker says of itself."""
    return "\n".join([WRITTEN_BY, "", *_head(), *_abilities(found), *_promises(found), ""])


def _head() -> Iterator[str]:
    yield "# What each broker can do, and what was tried"
    yield "\nWhat a broker cannot do is refused before it is asked. The abilities are what adapters"
    yield "declare; the promises are cases of one suite, `tests/conformance`, that runs against all"
    yield "of them: paper and mock in this process, the others against a server of ours that speaks"
    yield "the broker's own protocol. Each ends without a task, thread or socket left over, and"
    yield "with a book that is what is true there. Nothing here was tried on a real account."


def _abilities(found: Mapping[str, Declared]) -> Iterator[str]:
    yield "\n## Abilities\n"
    able = {name: declared.can for name, declared in found.items()}
    rows = [(words, *(told(can) for can in able.values())) for words, told in ABILITIES.items()]
    yield from table(("", *able), rows)
    yield "\n## Orders it takes\n"
    rows = [
        (f"{asset_class.value} {ord_type.value.replace('_', ' ')}",
         *(_times(can, asset_class, ord_type) for can in able.values()))
        for asset_class in AssetClass for ord_type in OrdType
    ]
    yield from table(("", *able), [row for row in rows if any(row[1:])])


def _times(can: Capabilities, asset_class: AssetClass, ord_type: OrdType) -> str:
    return " ".join(
        tif.value for taken in can.takes for tif in taken.times_in_force
        if (taken.asset_class, taken.ord_type) == (asset_class, ord_type)
    )


def _known(value: bool | None) -> str:
    return {None: "told at login", True: "real", False: "paper"}[value]


ABILITIES = {
    "legs of one order": lambda can: str(can.legs_max),
    "short sales": lambda can: "yes" if can.allows_short else "no",
    "a changed order": lambda can: can.replaces.value.replace("_", " "),
    "remembers our ids": lambda can: can.id_memory.value.replace("_", " "),
    "looks an id up": lambda can: "yes" if can.finds_by_id else "from its lists",
    "not found proves absence": lambda can: "yes" if can.absence_is_proof else "no",
    "missed executions": lambda can: can.fills_since.value.replace("_", " "),
    "stream of executions": lambda can: can.stream.value.replace("_", " "),
    "parts of a unit": lambda can: ", ".join(can.fractional) or "no",
    "outside regular hours": lambda can: ", ".join(can.outside_hours).replace("_", " ") or "no",
    "money": lambda can: _known(can.real_money),
    "paper account": lambda can: "yes" if can.has_paper else "no",
    "length of an id": lambda can: str(can.id_length_max),
    "its lists may lag": lambda can: f"{can.lag_s:f} s",
    "messages a second": lambda can: str(can.messages_per_s or "any"),
}


def _promises(found: Mapping[str, Declared]) -> Iterator[str]:
    yield "\n## Promises\n"
    yield "A number says why a promise is not asked of a broker; the reasons stand below."
    chapters = {  # in this order, whatever was imported first
        title: [case for case in CASES.values() if case.play.__module__.endswith(file)]
        for file, title in CHAPTERS.items()
    }
    whys = list(dict.fromkeys(
        why for cases in chapters.values() for case in cases for declared in found.values()
        if (why := declared.why_not[case.name])
    ))
    for title, cases in chapters.items():
        yield f"\n### {title}\n"
        rows = [
            (case.sentence, *(
                HOLDS if (why := declared.why_not[case.name]) is None
                else f"not supported {whys.index(why) + 1}" for declared in found.values()
            )) for case in cases
        ]
        yield from table(("", *found), rows)
    yield "\n### Not supported, because\n"
    yield from (f"{number}. {why}" for number, why in enumerate(whys, 1))


def run(asked: Mapping[str, type[Bench]]) -> tuple[int, Counter[str]]:
    """Play everything, say how each went, and return how many failed and what was fired."""
    failed, fired = 0, Counter[str]()
    harness.FIRED.clear()
    for name, bench in asked.items():
        began, held, lacking = time.monotonic(), 0, 0
        for case in CASES.values():
            word = _outcome(bench, case)
            held, lacking = held + (word == HOLDS), lacking + word.startswith("not supported")
            if word.startswith("FAILED"):
                failed += 1
                print(f"{name}: {case.sentence}: {word}", flush=True)
        took_s = time.monotonic() - began
        print(f"{name}: {held} held, {lacking} not supported, in {took_s:.1f} s", flush=True)
    for (name, kind), times in sorted(harness.FIRED.items()):
        fired[name] += times
        print(f"{name}: {kind} x {times}")
    return failed, fired


def _outcome(bench: type[Bench], case: Case) -> str:
    try:
        why = harness.run(bench, case)
    except Exception as error:  # whatever it is: a case that raises is a promise broken
        return f"FAILED: {type(error).__name__}: {str(error)[:300]}"
    return HOLDS if why is None else f"not supported: {why}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="tools/conformance.py", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--bench", metavar="MODULE:CLASS", help="of a broker of your own")
    parser.add_argument("--write", action="store_true", help="write the page once all holds")
    parser.add_argument("--declared", action="store_true", help="write it without a run")
    parser.add_argument("--check", action="store_true", help="only say whether it is stale")
    asked = parser.parse_args(arguments)
    if asked.bench:
        module, _, name = asked.bench.partition(":")
        given: type[Bench] = getattr(import_module(module), name)
        return min(1, run({given.name: given})[0])
    found = benches.all_of_them()
    if not asked.declared:
        failed, fired = run(found)
        told = f"{len(CASES)} promises, {len(found)} brokers, {fired.total()} faults"
        print(f"{told}, {failed} broken")
        if failed or not asked.write:
            return min(1, failed)
    text = page({name: harness.declared(bench) for name, bench in found.items()})
    if asked.check:
        is_stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
        print(f"{PAGE.name} is stale: run tools/dev.py docs" if is_stale else "", end="")
        return int(is_stale)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
