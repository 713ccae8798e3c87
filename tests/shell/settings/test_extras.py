"""Is a library that nobody asked for left alone, and one that is asked for and not there named?"""

import subprocess
import sys
from pathlib import Path

import pytest

from tradebot.cli.main import main
from tradebot.plugins.brokers.mock import MockBroker
from tradebot.plugins.market_data.simulated import SimulatedMarket
from tradebot.shell.settings import plugins

CONFIG = Path(__file__).resolve().parents[3] / "config" / "config.paper.yaml"
NEEDS = {"ibkr": "no_such_library", "ibkr-legacy": "nor_this_one"}
Out = pytest.CaptureFixture[str]

LOOKS_AT_PAPER = """
import sys
from tradebot.cli.main import main
from tradebot.shell.settings import plugins

config, home = sys.argv[1:]
assert main(["version"]) == 0
assert main(["doctor", "--config", config, "--data-dir", home]) == 0  # builds a whole daemon
assert main(["status", "--config", config, "--data-dir", home]) == 3
for group in plugins.GROUPS:
    for name in plugins.names(group):
        plugins.load(group, name)
found = {name.partition(".")[0] for name in sys.modules}
heavy = {"alpaca", "ib_async", "ib_insync", "numpy", "pandas", "websockets", "requests"} & found
assert not heavy, heavy
"""


def test_no_vendors_library_is_imported_for_a_day_on_paper(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOOKS_AT_PAPER, str(CONFIG), str(tmp_path / "data")],
        check=False, capture_output=True, text=True,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        (MockBroker, "c.yaml:4: brokers: mock is"),
        (SimulatedMarket, "c.yaml:3: market_data: simulated is"),
    ],
)
@pytest.mark.parametrize("verb", [["config", "validate"], ["run", "--rehearse"]])
def test_a_broker_or_a_feed_without_its_library_names_the_extra(
    plugin: type, says: str, verb: list[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: Out,
) -> None:
    monkeypatch.setattr(plugin, "needs", NEEDS, raising=False)
    path = tmp_path / "c.yaml"
    path.write_text(
        "mode: mock\ndata_dir: data\nmarket_data: {provider: simulated, symbols: [SPY]}\n"
        "brokers: {main: {adapter: mock}}\n"
    )
    monkeypatch.chdir(tmp_path)
    place = ["--config", str(path)] if verb[0] == "run" else [str(path)]
    assert main([*verb, *place]) == 4
    told = capsys.readouterr().err
    assert says in told
    assert "pip install 'tradebot[ibkr]' or pip install 'tradebot[ibkr-legacy]'" in told
    assert "Traceback" not in told
    assert not (tmp_path / "data").exists()


def test_any_one_of_several_libraries_will_do() -> None:
    either = type("Either", (), {"needs": {"ibkr": "no_such_library", "ibkr-legacy": "json"}})
    neither = type("Neither", (), {"needs": NEEDS})
    assert plugins.missing(either) is None
    assert plugins.missing(neither) is not None
