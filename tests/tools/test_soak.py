"""Does a short soak show what the long one is to show?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).resolve().parents[2] / "tools" / "soak.py"
SHORT = ("--orders", "400", "--minutes", "0.2")


@pytest.mark.promise(1)
@pytest.mark.fault(49, 50, 76)
def test_over_a_bad_network_no_order_is_lost_and_none_doubled(tmp_path: Path) -> None:
    found = subprocess.run(
        (
            sys.executable, str(SOAK), *SHORT, "--drops", ".003", "--resets", ".003",
            "--json", str(tmp_path / "told.json"),
        ),
        capture_output=True, text=True, timeout=150, check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert (told["orders"], told["lost"], told["doubled"]) == (400, 0, 0)
    assert told["network"]["drop"] and told["network"]["reset"] and told["connections"] > 1
