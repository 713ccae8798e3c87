"""Does the paper broker serve half an account? Not even when it is asked again."""

import asyncio
from pathlib import Path

import pytest
from tests.plugins.paper.bench import Bench, paper_settings, play
from tests.plugins.paper.test_restart import LATER, a_busy_morning, the_book

from tradebot.ports import Declined, NotSent
from tradebot.shell.sim_loop import SimLoop


@pytest.mark.fault(36)
@pytest.mark.parametrize(("number", "spoilt"), [
    (0, b""), (1, b""), *((at, line + b"\n") for at in (0, 1, 9) for line in (
        b"", b"[]", b'["Said",{}]', b'["Bonds",{}]', b"\xff\0",
    )),
])
def test_of_a_damaged_book_nothing_is_taken_up_however_often_it_is_asked_for(
    tmp_path: Path, number: int, spoilt: bytes
) -> None:
    async def ask() -> None:
        bench = Bench(tmp_path, start=LATER, settings=paper_settings())
        for _ in range(3):
            with pytest.raises(Declined, match="damaged"):
                await bench.broker.connect()
        with pytest.raises(NotSent):
            await bench.broker.statement()

    play(tmp_path, a_busy_morning)
    lines = the_book(tmp_path).read_bytes().splitlines(keepends=True)
    lines[number] = spoilt
    the_book(tmp_path).write_bytes(b"".join(lines))
    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(ask())
    assert the_book(tmp_path).read_bytes() == b"".join(lines)
