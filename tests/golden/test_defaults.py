"""Does a line of a former release still mean what it meant? A field that it leaves out was nothing.

    python -m pytest tests/golden --accept    write this version's list anew (before a release)
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest
from tests.shell.journal import samples

from tradebot.core.model.commands import Command, ConnectRoute, Tick
from tradebot.core.model.events import Event, TradeBooked
from tradebot.core.model.facts import Reads
from tradebot.core.model.report import Statement
from tradebot.shell.journal.codec import decode, encode
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.plain import TERSE, maker, omits
from tradebot.shell.journal.upcast import UPCASTS

FOLDER: Final = Path(__file__).parent
NOW: Final = FOLDER / f"{version('tradebot')}.omitted"

LIFTED_WITHIN: Final = {"Capabilities"}  # ConnectRoute and RouteConnected


def journaled(hint: Any) -> Iterator[type]:
    """Yield a class and all classes of its fields, however deep."""
    if is_dataclass(hint):
        assert isinstance(hint, type)
        yield hint
        for inner in get_type_hints(hint).values():
            yield from journaled(inner)
    for part in get_args(hint):
        yield from journaled(part)


def all_journaled() -> dict[str, type]:
    return {cls.__name__: cls for hint in (Command, Event, Reads) for cls in journaled(hint)}


def omitted() -> list[str]:
    """Name every field that lines leave out, and what it then is."""
    return sorted(
        f"{name}.{field.name} {field.default!r}"
        for name, cls in all_journaled().items() for field in fields(cls) if omits(cls, field)
    )


@pytest.mark.parametrize("then", sorted({*FOLDER.glob("*.omitted"), NOW}), ids=lambda p: p.stem)
def test_what_was_left_out_is_still_nothing(then: Path, request: pytest.FixtureRequest) -> None:
    """Where a default has changed, a lift must fill it into old lines: see upcast.py."""
    if then == NOW and request.config.getoption("--accept"):
        then.write_text("\n".join(omitted()) + "\n", encoding="utf-8")
    lifted = {*UPCASTS.lifted, *UPCASTS.renamed, *LIFTED_WITHIN}
    lost = set(then.read_text(encoding="utf-8").splitlines()) - set(omitted())
    assert not {line for line in lost if line.partition(".")[0] not in lifted}


def test_only_nothing_is_left_out_but_of_orders() -> None:
    terse = {cls.__name__ for cls in TERSE}
    lines = [line for line in omitted() if line.partition(".")[0] not in terse]
    assert {line.partition(" ")[2] for line in lines} <= {
        "None", "()", "''", "0", "False", "Decimal('0')"
    }


@pytest.mark.parametrize("cls", all_journaled().values(), ids=lambda cls: cls.__name__)
def test_every_other_default_is_written(cls: type) -> None:
    plain = maker(cls)(samples.bare(cls), {"at": samples.MOMENT})
    assert set(plain) == {field.name for field in fields(cls) if not omits(cls, field)}


def test_a_default_that_is_not_nothing_is_in_the_line_but_of_orders() -> None:
    route = replace(samples.full(ConnectRoute), statement=samples.bare(Statement))
    assert b'"currency":"USD"' in encode(Decision(1, samples.MOMENT, route, ()))
    booked = samples.bare(TradeBooked)
    body = encode(Decision(1, samples.MOMENT, Tick(), (booked,)))
    assert b"currency" not in body
    assert b"realized" not in body
    assert decode(body).events == (booked,)
