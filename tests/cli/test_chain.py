"""Does a person see which options there are, and a program all of it?"""

from pathlib import Path

import pytest
from tests.cli.asked import Out, document, told

LISTED = {"symbol", "bid", "ask", "implied_volatility", "delta", "open_interest", "volume"}


def test_a_program_reads_every_expiry_and_the_strikes_of_a_usual_one(
    home: Path, capsys: Out
) -> None:
    code, found = document(capsys, home, "chain", "SPY")
    assert code == 0
    assert (found["symbol"], found["spot"]) == ("SPY", "500")
    assert found["as_of"] == "2026-08-24T14:30:00Z"
    days = {row["expiry"]: row["days"] for row in found["expiries"]}
    assert days[found["expiry"]] == 32
    assert len(found["strikes"]) == 41
    at_the_money = next(row for row in found["strikes"] if row["strike"] == "500")
    call, put = at_the_money["call"], at_the_money["put"]
    assert set(call) == set(put) == LISTED
    assert call["symbol"].endswith("C00500000")
    assert float(call["implied_volatility"]) == pytest.approx(0.18, abs=0.002)
    assert float(call["delta"]) - float(put["delta"]) == pytest.approx(1, abs=0.01)
    assert (put["open_interest"], put["volume"]) == ("900", None)


def test_another_expiry_is_shown_when_it_is_named(home: Path, capsys: Out) -> None:
    _, usual = document(capsys, home, "chain", "SPY")
    last = usual["expiries"][-1]["expiry"]
    _, found = document(capsys, home, "chain", "SPY", "--expiry", last)
    assert found["expiry"] == last
    assert found["strikes"][0]["call"]["symbol"] != usual["strikes"][0]["call"]["symbol"]


def test_people_see_the_strikes_around_the_price(home: Path, capsys: Out) -> None:
    code, text, _ = told(capsys, home, "chain", "SPY")
    lines = text.splitlines()
    assert code == 0
    assert lines[0] == "SPY 500 at 2026-08-24 14:30:00 UTC"
    strikes = lines[next(n for n, line in enumerate(lines) if "STRIKE" in line) + 1 :]
    assert len(strikes) == 20
    (middle,) = (line.split() for line in strikes if " 500 " in line)
    assert middle[0] == middle[-1] == "900"
    _, whole, _ = told(capsys, home, "chain", "SPY", "--all")
    assert len(whole.splitlines()) == len(lines) + 21


@pytest.mark.parametrize(("words", "code", "said"), [
    (("NOPE",), 1, "NOPE is not quoted here; there are: SPY, IBM"),
    (("IBM",), 1, "nobody lists options on IBM here"),
    (("spy",), 2, "symbol: expected a symbol in capitals such as SPY, got 'spy'"),
    (("SPY", "--expiry", "2026-08-23"), 2, "expiry: expected one of 2026-08-28, "),
    (("SPY", "--expiry", "soon"), 2, "got 'soon'"),
])
def test_what_is_not_there_is_told(
    home: Path, capsys: Out, words: tuple[str, ...], code: int, said: str
) -> None:
    ended, text, error = told(capsys, home, "chain", *words)
    assert (ended, text) == (code, "")
    assert said in error


def test_a_program_is_told_too_that_there_is_none(home: Path, capsys: Out) -> None:
    code, found = document(capsys, home, "chain", "IBM")
    assert (code, found["status"]) == (1, 404)
    assert found["detail"] == "nobody lists options on IBM here"


def test_without_a_daemon_nobody_knows_a_chain(tmp_path: Path, capsys: Out) -> None:
    code, _, error = told(capsys, tmp_path, "chain", "SPY")
    assert code == 3
    assert "no daemon runs" in error
