"""Does the order model follow the standard's own order state change matrices, row by row?"""

import pytest
from tests.conftest import MATRICES
from tests.fix.matrix import Course, courses, run

_OTHER_NAME = {"FILLED": "CANCELED"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "course" in metafunc.fixturenames:
        found = list(courses(metafunc.config.getoption("--fix-matrices")))
        metafunc.parametrize("course", found, ids=[course.name for course in found])


@pytest.mark.promise(26)
@pytest.mark.fault(60, 61)
def test_the_order_stands_where_the_standard_says(course: Course) -> None:
    run(course)


def test_what_is_booked_is_what_is_filled(course: Course) -> None:
    desk = run(course)
    if desk.root is not None and "H.1.b" not in course.name:  # a split changes shares, no trade
        assert desk.booked == desk.state.order.cum_qty


def test_a_wrong_row_is_noticed(course: Course) -> None:
    """Falsify each row of the course in turn: every falsehood must be found."""
    for place, row in enumerate(course.rows):
        sent = row.get("sent")
        if sent is None or sent["msg"] != "Execution":
            continue
        if sent.get("ord_rej_reason") == "unknown_order":
            continue  # it speaks of no order, so there is nothing to compare
        status = sent["ord_status"]
        wrong = {**sent, "ord_status": _OTHER_NAME.get(status, "FILLED")}
        rows = (*course.rows[:place], {**row, "sent": wrong}, *course.rows[place + 1:])
        with pytest.raises(AssertionError, match="ord_status"):
            run(Course(course.name, rows))


def test_the_shipped_file_holds_thirty_four_scenarios() -> None:
    found = list(courses(MATRICES))
    assert len({course.name.partition(",")[0] for course in found}) == 34
    assert len(found) > 34
