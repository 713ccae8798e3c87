"""Do people see which structures they hold?"""

from pathlib import Path

from tests.cli.asked import Out
from tests.shell.api.test_held import CONDOR, LOWER_PUT, holds
from tests.tiny_daemon import TinyDaemon

from tradebot.cli.main import main


def test_structures_stand_above_their_legs_and_the_rest_below(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    holds(daemon, {**CONDOR, "IBM": (10, "200")})
    assert main(["positions", "--data-dir", str(home)]) == 0
    head, condor, leg, *rest = capsys.readouterr().out.splitlines()
    assert main(["positions", "--data-dir", str(home), "--last", "1"]) == 0
    assert "1 of 5 positions are shown" in capsys.readouterr().err
    assert "MAX LOSS" in head and "BREAK-EVEN" in head
    assert "SPY iron_condor" in condor and "480 490 500 510" in condor and "1400" in condor
    assert f"  {LOWER_PUT}" in leg
    assert rest[3] == "" and "IBM" in rest[-1]
