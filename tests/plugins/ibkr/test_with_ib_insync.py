"""Does all of it hold where only ib_insync is installed? In a process of its own: `make legacy`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LEGACY = ROOT / ".legacy"


def test_the_adapter_keeps_its_promises_with_ib_insync() -> None:
    if not (LEGACY / "ib_insync").exists():
        pytest.skip("needs ib_insync: make legacy")
    path = os.pathsep.join(map(str, (LEGACY, ROOT / "src", ROOT)))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.plugins.ibkr.by_ib_insync"], cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120,
    )
    assert ran.returncode == 0, ran.stdout[-5_000:]
    assert "passed" in ran.stdout or "100%" in ran.stdout
