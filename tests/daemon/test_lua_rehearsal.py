"""Does a whole daemon trade by a script, alike each time, and outlive a hostile one?"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.daemon.rehearsal import CONFIG, HOUR, Rehearsal
from tests.plugins.test_real_recordings import DATA, needs_data

pytest.importorskip("lupa.lua54")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "config" / "strategies" / "sma_cross.lua"
HOSTILE = ROOT / "tests" / "plugins" / "lua" / "hostile"
PARAMS = {"fast": 1, "slow": 2, "order_qty": 7, "allow_short": "true"}
RECORDED = ("--start", "2013-10-07T13:25:00Z", "--until", "2013-10-07T20:05:00Z")
PATIENT = {"time_ms": 2000}  # a busy machine must not decide
DICE = """
function on_bar(call)
  local sides = {}
  for side in pairs({ buy = 1, sell = 1 }) do sides[#sides + 1] = side end
  return { orders = { { side = sides[math.random(2)], qty = tostring(math.random(9)) } } }
end"""


def a_rehearsal(directory: Path, *strategies: dict[str, Any], **sections: Any) -> Rehearsal:
    directory.mkdir(exist_ok=True)
    rehearsal = Rehearsal(directory)
    config = {**yaml.safe_load(CONFIG), "strategies": list(strategies), **sections}
    (directory / "c.yaml").write_text(yaml.safe_dump(config))
    return rehearsal


def scripted(name: str, script: Path, **parameters: Any) -> dict[str, Any]:
    own = {"file": str(script), **PATIENT, **parameters}
    return {"id": name, "plugin": "lua", "symbols": ["SPY", "IBM"], "parameters": own}


def crossing(name: str) -> dict[str, Any]:
    return {"id": name, "plugin": "sma_cross", "symbols": ["SPY", "IBM"],
            "parameters": {**PARAMS, "allow_short": True}}


def wished(rehearsal: Rehearsal) -> list[Any]:
    words = ("strategy_id", "symbol", "side", "order_qty", "ord_type", "created", "received")
    rows = rehearsal.ask("intents", "--last", "500")["intents"]
    return [{word: row.get(word) for word in words} for row in rows]


def within(seconds: float, is_so: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def workers(of: int | None = None) -> list[int]:
    """Find the processes that run scripts: a daemon's own, or all on this machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"lua/worker.py" in words and of in (None, parent):
            found.append(int(process.name))
    return found


def test_the_shipped_script_decides_what_the_python_strategy_decides(tmp_path: Path) -> None:
    python = a_rehearsal(tmp_path / "python", crossing("cross"))
    lua = a_rehearsal(tmp_path / "lua", scripted("cross", EXAMPLE, params=PARAMS))
    for rehearsal in (python, lua):
        rehearsal.run(*HOUR, "--speed", "max")
    assert len(wished(python)) > 20
    assert wished(lua) == wished(python)


def test_a_rehearsal_with_a_script_that_draws_chance_is_equal_byte_for_byte(
    tmp_path: Path,
) -> None:
    script = tmp_path / "dice.lua"
    script.write_text(DICE)
    runs = [a_rehearsal(tmp_path / name, scripted("dice", script)) for name in ("one", "two")]
    for seed, rehearsal in enumerate(runs):
        rehearsal.run(*HOUR, "--speed", "max", hash_seed=str(seed))
    assert runs[0].journal() == runs[1].journal()
    assert len({(row["side"], row["order_qty"]) for row in wished(runs[0])}) > 5


@needs_data
def test_it_does_so_on_recorded_days_too(tmp_path: Path) -> None:
    tape = {"provider": "recorded", "path": str(DATA), "symbols": ["SPY", "IBM"],
            "quote_age_max_s": 90}
    python = a_rehearsal(tmp_path / "python", crossing("cross"), market_data=tape)
    lua = a_rehearsal(
        tmp_path / "lua", scripted("cross", EXAMPLE, params=PARAMS), market_data=tape
    )
    for rehearsal in (python, lua):
        rehearsal.run(*RECORDED, "--speed", "max")
    assert len(wished(python)) > 20
    assert wished(lua) == wished(python)


@pytest.mark.fault(96)
def test_a_hostile_script_stops_neither_the_daemon_nor_its_neighbour(tmp_path: Path) -> None:
    rehearsal = a_rehearsal(
        tmp_path, scripted("loop", HOSTILE / "loop.lua", time_ms=50),
        scripted("hungry", HOSTILE / "memory_doubling.lua"), crossing("cross"),
    )
    told = rehearsal.run(*HOUR, "--speed", "max")
    assert "loop.lua: it gave no answer in time" in told
    assert "not enough memory" in told
    disabled = rehearsal.ask("strategies", "list", codes=(3,))["strategies"]
    assert {row["strategy_id"] for row in disabled} == {"loop", "hungry"}
    assert {row["strategy_id"] for row in wished(rehearsal)} == {"cross"}


@pytest.mark.fault(96)
def test_a_daemon_killed_while_a_script_loops_leaves_no_process_behind(tmp_path: Path) -> None:
    loop, idle = tmp_path / "loop.lua", tmp_path / "idle.lua"
    loop.write_text("function on_quote(call) while true do end end")
    idle.write_text("")
    daemon = a_rehearsal(
        tmp_path, scripted("idle", idle), scripted("loop", loop)
    ).start(*HOUR, "--speed", "60")
    try:
        assert within(30, lambda: any(cpu_s(worker) > 0.2 for worker in workers(of=daemon.pid)))
        left = set(workers(of=daemon.pid))
    finally:
        daemon.kill()
        daemon.communicate(timeout=10)
    assert len(left) == 2
    assert within(15, lambda: not left & set(workers()))


def cpu_s(process: int) -> float:
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
