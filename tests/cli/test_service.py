"""Does installing the service write what it says, once, and never over what a person wrote?"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tradebot.cli.init import starters
from tradebot.cli.main import main
from tradebot.cli.outcome import Exit
from tradebot.shell.settings import config
from tradebot.shell.units import plan

SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> {log}
case "$*" in
  *is-system-running*) echo {state} ;;
  *show*) printf 'ActiveState=%s\\nMainPID=42\\nStatusText=TRADING\\n' {active} ;;
  *) exit {code} ;;
esac
"""
Out = pytest.CaptureFixture[str]


class Machine:
    """A home without a configuration, and a systemctl that notes what it is asked."""

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = directory / "home"
        self.log = directory / "asked"
        self.unit = self.home / ".config" / "systemd" / "user" / "tradebot.service"
        self.config = self.home / ".config" / "tradebot" / "config.paper.yaml"
        self._bin = directory / "bin"
        self._bin.mkdir()
        self.answers()
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(self.home))
        patch.setenv("PATH", f"{self._bin}:{os.environ['PATH']}")
        patch.setattr(plan, "_HIDDEN", ())  # the tests' own interpreter may lie there

    def answers(self, state: str = "running", active: str = "active", code: int = 0) -> None:
        path = self._bin / "systemctl"
        path.write_text(SYSTEMCTL.format(log=self.log, state=state, active=active, code=code))
        path.chmod(0o755)

    def asked(self) -> list[str]:
        found = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return found


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def tree(top: Path) -> dict[str, int]:
    return {str(p.relative_to(top)): p.stat().st_mode & 0o777 for p in sorted(top.rglob("*"))}


def test_what_is_installed_is_ours_to_run_and_twice_is_once(machine: Machine, capsys: Out) -> None:
    assert main(["service", "install", "--user"]) == Exit.DONE
    assert machine.asked() == [
        "--user is-system-running", "--user daemon-reload", "--user enable tradebot.service",
    ]
    text = machine.unit.read_text()
    assert f"ExecStart={Path(sys.executable).with_name('tradebot')} run --config" in text
    assert f"--config {machine.config}\n" in text
    loaded = config.load(machine.config, environ={})
    assert loaded.data_dir == machine.home / ".local" / "state" / "tradebot"
    assert tree(machine.config.parent) == {
        "credentials": 0o700, **dict.fromkeys(starters(), 0o600),
    }
    before = {path: path.stat().st_mtime_ns for path in machine.home.rglob("*")}
    assert main(["service", "install", "--user"]) == Exit.DONE
    assert before == {path: path.stat().st_mtime_ns for path in machine.home.rglob("*")}
    assert "wrote" not in capsys.readouterr().out.rpartition("next:")[0].rpartition("next:")[2]


def test_a_dry_run_shows_all_and_does_nothing(machine: Machine, capsys: Out) -> None:
    assert main(["service", "install", "--user", "--dry-run", "--json"]) == Exit.DONE
    assert not machine.home.exists() and not machine.asked()
    steps: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["steps"]
    shown = {step["file"]: step["text"] for step in steps if "file" in step}
    assert main(["service", "install", "--user"]) == Exit.DONE
    assert {path: Path(path).read_text() for path in shown} == shown
    ran = [f"systemctl {words}" for words in machine.asked() if "is-system" not in words]
    assert [step["run"] for step in steps if "run" in step] == ran


def test_what_a_person_changed_stays_and_what_nobody_changed_is_renewed(
    machine: Machine, capsys: Out
) -> None:
    main(["service", "install", "--user"])
    ours = machine.unit.read_text()
    machine.unit.write_text(plan.stamped("of an older release"))
    main(["service", "install", "--user"])
    assert machine.unit.read_text() == ours
    machine.unit.write_text(ours + "Nice=5\n")
    machine.config.write_text("mode: paper\n")
    assert main(["service", "install", "--user"]) == Exit.DONE
    assert machine.unit.read_text() == ours + "Nice=5\n"
    assert machine.unit.with_name("tradebot.service.new").read_text() == ours
    assert machine.config.read_text() == "mode: paper\n"
    assert "somebody changed tradebot.service" in capsys.readouterr().out
    assert main(["service", "uninstall", "--user"]) == Exit.DONE
    assert machine.unit.exists() and machine.config.exists()


def test_uninstalling_takes_the_unit_and_nothing_else(machine: Machine, capsys: Out) -> None:
    main(["service", "install", "--user"])
    machine.asked()
    assert main(["service", "uninstall", "--user", "--dry-run"]) == Exit.DONE
    assert machine.unit.exists() and not machine.asked()
    assert main(["service", "uninstall", "--user"]) == Exit.DONE
    assert machine.asked()[1:] == ["--user disable --now tradebot.service", "--user daemon-reload"]
    assert not machine.unit.exists() and machine.config.exists()
    capsys.readouterr()
    assert main(["service", "uninstall", "--user"]) == Exit.DONE
    assert "nothing is installed" in capsys.readouterr().out


def test_a_configuration_that_cannot_start_is_not_installed(machine: Machine, capsys: Out) -> None:
    machine.config.parent.mkdir(parents=True)
    machine.config.write_text("mode: paper\nbrokres: {}\n")
    assert main(["service", "install", "--user"]) == Exit.CONFIG
    assert "brokres" in capsys.readouterr().err
    assert not machine.unit.exists()


@pytest.mark.parametrize("state", ["offline", "unknown"])
def test_where_no_systemd_runs_it_says_what_to_do(
    machine: Machine, capsys: Out, state: str
) -> None:
    machine.answers(state=state)
    assert main(["service", "install", "--user"]) == Exit.FAILED
    assert "container" in capsys.readouterr().err
    assert not machine.home.exists()


def test_what_systemctl_refuses_is_told(machine: Machine, capsys: Out) -> None:
    machine.answers(code=1)
    assert main(["service", "install", "--user"]) == Exit.FAILED
    assert "daemon-reload" in capsys.readouterr().err


def test_status_tells_what_systemd_knows(machine: Machine, capsys: Out) -> None:
    assert main(["service", "status", "--user", "--json"]) == Exit.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["running"], found["StatusText"], found["MainPID"]) == (True, "TRADING", "42")
    machine.answers(active="failed")
    assert main(["service", "status", "--user"]) == Exit.NOT_RUNNING
    assert "failed" in capsys.readouterr().out


def test_an_image_gets_the_systems_units_below_another_root(
    machine: Machine, tmp_path: Path
) -> None:
    root = tmp_path / "image"
    assert main(["service", "install", "--system", "--root", str(root)]) == Exit.DONE
    assert machine.asked() == [
        f"--root={root} enable tradebot.service tradebot-backup.timer",
    ], "no manager runs there, and none of its users"
    assert tree(root / "etc") | tree(root / "var") == {
        "tradebot": 0o750, "tradebot/credentials": 0o700,
        **{f"tradebot/{name}": 0o640 for name in starters()},
        "systemd": 0o755, "systemd/system": 0o755,
        **{f"systemd/system/{name}": 0o644 for name in
           ("tradebot.service", "tradebot-backup.service", "tradebot-backup.timer")},
        "sysusers.d": 0o755, "sysusers.d/tradebot.conf": 0o644,
        "backups": 0o755, "backups/tradebot": 0o700,
    }
    text = (root / "etc/systemd/system/tradebot.service").read_text()
    assert "/opt/tradebot" not in text and f"{sys.prefix}" in text


def test_the_systems_service_runs_nothing_from_a_home(tmp_path: Path) -> None:
    site = plan.Site.of_system(tmp_path, Path("/home/me/venv/bin/tradebot"))
    assert "/opt/tradebot" in plan.objection(site)
    site = plan.Site.of_system(tmp_path, Path("/opt/two words/bin/tradebot"))
    assert "two words" in plan.objection(site)


def test_only_root_changes_the_systems_services(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["service", "install", "--system"]) == Exit.FAILED
    assert "only root" in capsys.readouterr().err and not machine.asked()
