"""Is nothing lost while the configuration changes all the time, and would the audit notice?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tools.reloads import Audit, Storm, audited, lines_of, played

RELOADS = 50


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Storm, Path]:
    return played(tmp_path_factory.mktemp("storm"), RELOADS, seed=3)


@pytest.mark.fault(10, 87, 88)
def test_no_order_is_lost_and_each_obeys_the_limits_of_its_moment(
    storm: tuple[Storm, Path]
) -> None:
    assert audited(*storm).wrong == []
    assert storm[0].count["refused"] > 0



def _too_large(lines: list[Any]) -> None:
    for line in lines:
        if any(kind == "OrderSubmitted" for kind, _ in line["events"]):
            line["command"][1].setdefault("intent", {})["order_qty"] = "61"


def _let_in(lines: list[Any]) -> None:
    for line in lines:
        line["events"] = [event for event in line["events"] if event[0] != "SettingsApproved"]


def _lost(lines: list[Any]) -> None:
    line = next(v for v in lines if any(kind == "ReconRequested" for kind, _ in v["events"]))
    line["events"] = [event for event in line["events"] if event[0] != "ReconRequested"]


def _left_out(lines: list[Any]) -> None:
    line = next(v for v in lines[1:] if any(kind == "ConfigAccepted" for kind, _ in v["events"]))
    line["events"] = [event for event in line["events"] if event[0] != "ConfigAccepted"]


@pytest.mark.parametrize(("spoil", "expected"), [
    (_too_large, "went out under"), (_let_in, "nobody approved it"),
    (_lost, "without an end"), (_left_out, "a gap before"),
])
def test_what_is_wrong_is_noticed(
    storm: tuple[Storm, Path], spoil: Callable[[list[Any]], None], expected: str
) -> None:
    lines = list(lines_of(storm[1]))
    spoil(lines)
    audit = Audit()
    for line in lines:
        audit.take(line)
    audit.judge(storm[0].asked, storm[0].count["accepted"])
    assert any(expected in told for told in audit.wrong)
