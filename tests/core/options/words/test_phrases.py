"""Does the desk read every request of the tables as a person would, and no other way?"""

from pathlib import Path

import pytest
from tools import phrases

HERE = Path(__file__).parent
TABLE = phrases.load(HERE / "phrases.tsv")
HOSTILE = phrases.load(HERE / "hostile.tsv")


@pytest.mark.parametrize(("text", "expected"), TABLE.rows, ids=[text for text, _ in TABLE.rows])
def test_a_request_is_read_as_the_table_says(text: str, expected: str) -> None:
    reading = phrases.read(text, TABLE.symbols, TABLE.today)
    assert phrases.told(reading) == phrases.parsed(expected)


@pytest.mark.parametrize(("text", "expected"), HOSTILE.rows)
def test_a_hostile_request_ends_in_a_question(text: str, expected: str) -> None:
    reading = phrases.read(text, HOSTILE.symbols, HOSTILE.today)
    assert phrases.told(reading) == phrases.parsed(expected)
    assert reading.questions


def test_the_tables_are_as_long_as_was_promised_and_say_nothing_twice() -> None:
    for table, least in ((TABLE, 140), (HOSTILE, 60)):
        texts = [text for text, _ in table.rows]
        assert len(set(texts)) == len(texts) >= least


def test_the_tool_prints_what_is_read_otherwise_and_the_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "other.tsv"
    table.write_text(
        "today\t2025-12-01\nsymbols\tSPY\n"
        "SPY iron condor\tsymbol=SPY strategy_type=iron_condor\n"
        "SPY straddle\tsymbol=SPY strategy_type=long_strangle\n"
    )
    assert phrases.main([str(table)]) == 1
    printed = capsys.readouterr().out
    assert "read      symbol=SPY strategy_type=long_straddle" in printed
    assert printed.endswith("1 of 2 read as expected\n")
    assert phrases.main([str(HERE / "phrases.tsv")]) == 0
