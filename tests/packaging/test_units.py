"""Do the units that we ship say what they mean, expose little, and let the daemon trade?"""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.packaging.confined import settings

from tradebot.cli.outcome import Exit

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
UNITS = SOURCE / "tradebot" / "packaging" / "systemd"
VENV = Path(sys.prefix)
SYSTEM, USER = UNITS / "tradebot.service", UNITS / "tradebot-user.service"
CONFIG = """\
mode: paper
market_data: {{provider: simulated, symbols: [SPY]}}
strategies:
  - id: crossing
    plugin: lua
    symbols: [SPY]
    parameters:
      {{file: {script}, time_ms: 2000,
       params: {{fast: 1, slow: 2, order_qty: 7, allow_short: "true"}}}}
"""
needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"
)


def sections(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if line.startswith("["):
            inside = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            inside.append(line.partition("=")[0])
    return found


@pytest.mark.fault(7)
@pytest.mark.parametrize("unit", [SYSTEM, USER], ids=lambda path: path.stem)
def test_a_unit_starts_again_only_what_a_start_may_mend(unit: Path) -> None:
    said, placed = dict(settings(unit)), sections(unit)
    assert said["Restart"] == "on-failure"
    hopeless = {Exit.USAGE, Exit.CONFIG, Exit.LEDGER_BAD, Exit.DATA_DIR_IN_USE}
    assert set(map(int, said["RestartPreventExitStatus"].split())) == hopeless
    assert {"StartLimitIntervalSec", "StartLimitBurst"} <= set(placed["Unit"]), (
        "where they stand in another section nobody heeds them"
    )
    assert said["Type"] == "notify", "ready is what it says, not that it was started"
    assert int(said["WatchdogSec"]) > 5, "the daemon's own watchdog comes first: stall_s"


def test_the_users_unit_says_nothing_else_than_the_systems() -> None:
    system, user = set(settings(SYSTEM)), set(settings(USER))
    named = {name for name, _ in user - system}
    assert named == {"ExecStart", "WorkingDirectory", "WantedBy"}


def test_no_secret_is_named_in_an_environment() -> None:
    for unit in UNITS.glob("*.service"):
        assert not [name for name, _ in settings(unit) if name.startswith("Environment")]


def installed(directory: Path) -> Iterator[Path]:
    """Copy the units as an installation has them: what they call is there."""
    called = directory / "bin" / "tradebot"
    called.parent.mkdir()
    called.touch(mode=0o755)
    for unit in (*UNITS.glob("*.service"), *UNITS.glob("*.timer")):
        text = unit.read_text().replace("/opt/tradebot/bin/tradebot", str(called))
        to = directory / unit.name
        to.write_text(text)
        yield to


@needs_analyze
def test_systemd_finds_nothing_wrong_with_a_unit(tmp_path: Path) -> None:
    for unit in installed(tmp_path):
        of_user = ["--user"] if unit.name == USER.name else []
        found = subprocess.run(
            ["systemd-analyze", "verify", *of_user, str(unit)], check=False, text=True,
            capture_output=True, timeout=20, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        )
        told = [line for line in found.stderr.splitlines() if "tradebot" in line]
        assert not told, f"{unit.name}: {told}"


@needs_analyze
@pytest.mark.parametrize("name", ["tradebot.service", "tradebot-backup.service"])
def test_a_unit_exposes_at_most_one_and_a_half(name: str) -> None:
    found = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(UNITS / name)],
        check=False, capture_output=True, text=True, timeout=20,
    )
    assert found.returncode == 0, [*found.stdout.splitlines()[-1:], found.stderr]


@needs_analyze
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give it up")
@pytest.mark.skipif(
    not Path("/usr/lib/x86_64-linux-gnu/libseccomp.so.2").exists(), reason="needs libseccomp"
)
@pytest.mark.fault(96, 105)
def test_the_daemon_trades_by_a_script_under_the_units_restrictions(tmp_path: Path) -> None:
    pytest.importorskip("lupa.lua54")
    unit = tmp_path / "tradebot.service"
    unit.write_text(SYSTEM.read_text().replace("UMask=0077", "UMask=0000"))
    home = tmp_path / "state"
    home.mkdir(mode=0o700)
    script = ROOT / "config" / "strategies" / "sma_cross.lua"
    home.joinpath("c.yaml").write_text(CONFIG.format(script=script))
    os.chown(home, 65534, 65534)
    python = Path(os.path.realpath(sys.executable))
    if not all(path.stat().st_mode & stat.S_IXOTH for path in (*ROOT.parents, *VENV.parents)):
        pytest.skip("needs a tree that others may read")
    opened = [python.parents[1]] if python.is_relative_to("/root") else []
    confined = Path(__file__).with_name("confined.py")
    found = subprocess.run(
        [sys.executable, str(confined), str(unit), str(home), *map(str, opened), "--",
         "/usr/bin/env", f"PYTHONPATH={SOURCE}", sys.executable, "-m", "tradebot.cli.main", "run",
         "--config", "c.yaml", "--rehearse", "--speed", "max",
         "--start", "2026-11-24T14:25:00Z", "--until", "2026-11-24T15:30:00Z"],
        check=False, capture_output=True, text=True, timeout=60,
    )
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr
    assert found.stdout.count('"OrderSubmitted"') > 5, "the script had no say"
    assert all(json.loads(line)["event"] for line in found.stdout.splitlines()), "for journald"
    assert found.stdout.isascii(), "nothing that a terminal or a journal would take for an order"
    modes = {
        path: stat.S_IMODE(path.lstat().st_mode)
        for path in home.rglob("*") if path.name != "c.yaml"
    }
    wide = [path for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)]
    assert len(modes) > 8 and not wide
