"""Does a number ever come twice? Not over crashes, and not when the gateway forgets."""

from pathlib import Path

import pytest

from tradebot.plugins.ibkr.ids import BLOCK, OrderNumbers


def begun(path: Path, valid: int = 1) -> OrderNumbers:
    numbers = OrderNumbers(path / "ib" / "next")
    numbers.begin(valid)
    return numbers


def test_the_disk_knows_of_a_number_before_it_is_used(tmp_path: Path) -> None:
    numbers = begun(tmp_path)
    used = [numbers.take() for _ in range(BLOCK + 5)]
    assert used == list(range(1, BLOCK + 6))
    assert int((tmp_path / "ib" / "next").read_text()) > used[-1]
    again = begun(tmp_path)
    assert again.take() > used[-1]


def test_a_higher_number_of_the_gateway_is_stepped_over_and_a_lower_one_ignored(
    tmp_path: Path,
) -> None:
    numbers = begun(tmp_path, valid=7_000)
    assert numbers.take() == 7_000
    numbers.begin(valid=1)
    assert numbers.take() == 7_001
    numbers.seen(9_000)
    assert numbers.take() == 9_001
    assert begun(tmp_path).take() > 9_001


def test_what_is_no_number_stops_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "ib").mkdir()
    (tmp_path / "ib" / "next").write_text("seven")
    with pytest.raises(ValueError, match="expected the next order number"):
        begun(tmp_path)
