"""Does a real daemon stop taking orders when its wall clock is set, and go on when it is believed?

A few lines of C between the daemon and the C library say what time it is; see wall_clock.c.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.process import judge
from tests.process.outside import alive, answers, ask, needs, submit

from tradebot.cli.client import Client

SETTLED_WITHIN_S = 10.0  # the configuration says 3
HOUR_S, DAY_S = 3_600, 86_400


@pytest.fixture(scope="session")
def wall_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler, built = needs("cc"), tmp_path_factory.mktemp("clock") / "wall_clock.so"
    source = Path(__file__).with_name("wall_clock.c")
    words = (compiler, "-shared", "-fPIC", "-o", str(built), str(source))
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("needs cc, which cannot build for this machine")
    return built


def status(directory: Path) -> dict[str, Any]:
    return Client(directory / "data").get("/api/v1/status").document


def controls(directory: Path) -> list[str]:
    return [control["control"] for control in status(directory)["controls"]]


def held(directory: Path, key: str) -> dict[str, Any]:
    answer = submit(directory, key)
    assert (answer["verdict"], answer["client_order_id"]) == ("hold", None), answer
    return answer


def reasons(answer: dict[str, Any]) -> set[str]:
    return {gate["reason"] for gate in answer["gates"]}


def within(seconds: float, is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.fault(41)
@pytest.mark.promise(30)
def test_new_orders_wait_while_the_clock_was_just_set_and_cancels_and_the_kill_pass(
    tmp_path: Path, wall_clock: Path
) -> None:
    set_by, staged = tmp_path / "set_by", tmp_path / "staged"

    def set_clock(seconds: int) -> None:
        staged.write_text(str(seconds))
        staged.replace(set_by)
        within(5, lambda: controls(tmp_path) == ["clock_set"])

    env = {"LD_PRELOAD": str(wall_clock), "WALL_CLOCK_SET_BY": str(set_by)}
    with alive(tmp_path, env=env) as daemon:
        answers(tmp_path, daemon, "TRADING")
        assert submit(tmp_path, "first")["success"]
        daemon.until("booked")
        resting = submit(tmp_path, "resting", type="limit", limit="60000", tif="gtc")
        set_clock(HOUR_S)
        assert "RISK_CLOCK_SET" in reasons(held(tmp_path, "after an hour"))
        within(SETTLED_WITHIN_S, lambda: not controls(tmp_path))
        daemon.until("booked")
        set_clock(DAY_S)
        held(tmp_path, "after a day")
        within(SETTLED_WITHIN_S, lambda: not controls(tmp_path))
        set_clock(DAY_S - HOUR_S)
        held(tmp_path, "an hour back")
        canceled = ask(tmp_path, ("cancel", resting["client_order_id"]))
        assert canceled.returncode == 0, canceled
        assert ask(tmp_path, ("kill",)).returncode == 0
        assert status(tmp_path)["kill"]["engaged"]
    assert list(judge.in_the_end(tmp_path / "data")) == []
