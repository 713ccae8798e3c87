"""Can a person look at a real chain while a rehearsal plays its day, as the release ships it?"""

import subprocess
import time
from pathlib import Path

import pytest
from tests.daemon.rehearsal import Rehearsal
from tests.plugins.test_real_recordings import DATA, needs_data

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "config.chain.yaml"
SPAN = ("--start", "2014-06-05T13:29:00Z", "--until", "close", "--speed", "60")
WITHIN_S = 30


@needs_data
def test_the_shipped_configuration_plays_a_chain_that_can_be_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADEBOT_MARKET_DATA__PATH", str(DATA))
    rehearsal = Rehearsal(tmp_path)
    text = SHIPPED.read_text(encoding="utf-8").replace("data_dir: data/chain", "data_dir: data")
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    process = rehearsal.start(*SPAN, told=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + WITHIN_S
        found: dict[str, list[dict[str, str]]] = {"expiries": []}
        while not found["expiries"]:  # the market opens a second after the start
            assert process.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.2)
            if (rehearsal.home / "tradebot.sock").exists():
                found |= rehearsal.ask("chain", "TWX", codes=(0, 1))
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert sum(int(row["options"]) for row in found["expiries"]) == 184
    volatilities = [float(row["implied_volatility"]) for row in found["expiries"]]
    assert all(0.1 < volatility < 0.35 for volatility in volatilities)
