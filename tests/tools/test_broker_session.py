"""Does a short session through each real adapter show what the long one is to show?"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tools.broker_session import is_sound

SESSION = Path(__file__).resolve().parents[2] / "tools" / "broker_session.py"
SHORT = ("--minutes", "3", "--speed", "25", "--seed", "3", "--faults", ".07")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Both at once: they wait more than they work."""
    files = {name: tmp_path_factory.mktemp(name) / "told.json" for name in ("alpaca", "ibkr")}
    running = [
        subprocess.Popen(
            (sys.executable, str(SESSION), name, *SHORT, "--json", str(file)),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) for name, file in files.items()
    ]
    said = [one.communicate(timeout=120)[0] for one in running]
    assert [one.returncode for one in running] == [0, 0], "\n".join(said)
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items()}


@pytest.mark.promise(1)
@pytest.mark.fault(49, 50, 51)
@pytest.mark.parametrize("name", ["alpaca", "ibkr"])
def test_book_and_exchange_agree_though_so_much_failed(told: dict[str, Any], name: str) -> None:
    found = told[name]
    assert (found["lost"], found["doubled"], found["differ"]) == ([], [], [])
    assert found["events"]["TradeBooked"] == found["booked"] > 0
    assert found["faults"]
    assert found["events"]["working behind the kill"] == 0
    assert found["people"]["kill"] == found["nights"] == 1


@pytest.mark.parametrize(
    "wrong", ["differ", "open", "wrong", "lost", "doubled", "unknown", "halts"]
)
def test_a_session_in_which_something_went_wrong_is_not_sound(
    told: dict[str, Any], wrong: str
) -> None:
    assert is_sound(told["alpaca"])
    assert not is_sound({**told["alpaca"], wrong: ["something"]})
    assert not is_sound({**told["alpaca"], "settled_s": None})
