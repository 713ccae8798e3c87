"""Does ib_insync understand our TWS as well? It runs in a process of its own; see `make legacy`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fakes.tws.by_ib_insync import names

ROOT = Path(__file__).resolve().parents[3]
LEGACY = ROOT / ".legacy"


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """Play everything once; return what went wrong, or nothing, by scene."""
    if not (LEGACY / "ib_insync").exists():
        pytest.skip("needs ib_insync: make legacy")
    path = os.pathsep.join(map(str, (LEGACY, ROOT / "src", ROOT)))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fakes.tws.by_ib_insync"], cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(line) for line in ran.stdout.splitlines())


@pytest.mark.parametrize("scene", names())
def test_it_plays_every_scene(told: dict[str, str], scene: str) -> None:
    assert told[scene] == "", told[scene]
