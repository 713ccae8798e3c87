"""Is every fault and every promise shown by something, or does it say why not?"""

from pathlib import Path

from tools import fault_page


def test_the_catalogue_is_whole() -> None:
    faults, promises = fault_page.known()
    rows = [row for about in faults.values() for row in about]
    assert [row[0] for row in rows] == list(range(1, 109))
    assert [row[0] for row in promises] == list(range(1, 31))
    assert all(row[1] and row[2] for row in rows if len(row) == fault_page.OPEN_FAULT)


def test_every_fault_is_shown_to_be_borne_or_says_why_not() -> None:
    faults, _ = fault_page.known()
    rows = [row for about in faults.values() for row in about]
    shown = fault_page.shown_faults()
    assert fault_page.unexplained(rows, shown, fault_page.OPEN_FAULT) == []


def test_every_promise_is_checked_somewhere() -> None:
    _, promises = fault_page.known()
    kept = fault_page.kept_promises()
    assert fault_page.unexplained(promises, kept, fault_page.OPEN_PROMISE) == []


def test_a_row_that_nothing_shows_and_a_mark_without_a_row_are_noticed() -> None:
    rows = [[1, "a", "b"], [2, "a", "b"], [3, "a", "b", "later"]]
    shown = {1: ["a test"], 2: [], 4: ["a test of nothing"]}
    assert fault_page.unexplained(rows, shown, fault_page.OPEN_FAULT) == [2, 4]


def test_a_mark_is_read_with_its_rows_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(
        "@pytest.mark.promise(9)\n@pytest.mark.fault(12, 47)\ndef test_one(): ...\n"
        "@pytest.mark.timeout(5)\nasync def test_two(): ...\n"
        "@pytest.mark.fault(3)\nasync def test_three(): ...\n"
    )
    assert list(fault_page.marked(file, "fault")) == [
        ("test_one", [12, 47]), ("test_three", [3]),
    ]
