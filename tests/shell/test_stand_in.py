"""Does a rehearsal of a real broker's configuration reach nobody, and say who plays whom?"""

from pathlib import Path

import pytest

from tradebot.core.model.settings import Mode, RouteKind
from tradebot.plugins.brokers.mock import MockBroker
from tradebot.plugins.market_data.recorded import RecordedMarket
from tradebot.shell.settings.config import Config, load
from tradebot.shell.settings.file import Files
from tradebot.shell.settings.plugin_settings import check_plugins
from tradebot.shell.stand_in import rehearsed

TEXT = """\
mode: {mode}
market_data: {{provider: recorded, symbols: [SPY, QQQ], directory: nowhere, quote_age_max_s: 90}}
brokers:
  main: {{adapter: mock, account: X-1, resilience: {{max_retries: 7}}}}
  aside: {{adapter: paper, initial_balance: 5}}
"""


@pytest.fixture(autouse=True)
def out_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MockBroker, "stand_in", "paper", raising=False)
    monkeypatch.setattr(RecordedMarket, "stand_in", "simulated", raising=False)


def a_config(home: Path, mode: str = "paper") -> Config:
    path = home / "c.yaml"
    path.write_text(TEXT.format(mode=mode))
    return load(path, environ={})


def test_doubles_play_what_is_out_there_and_nothing_else(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    found = rehearsed(config)
    assert [route.adapter for route in found.brokers.values()] == ["paper", "paper"]
    assert found.route_kind("main") is RouteKind.PAPER
    assert found.brokers["main"].resilience.max_retries == 7
    assert not found.brokers["main"].own.entries
    assert found.brokers["aside"] is config.brokers["aside"]
    assert (found.market_data.provider, found.market_data.quote_age_max_s) == ("simulated", 90)
    assert [*found.market_data.own.entries] == ["symbols"]
    assert check_plugins(found) == []
    assert found.warnings == (
        "a rehearsal reaches nobody: paper plays mock on route main",
        "a rehearsal reaches nobody: simulated plays the market of recorded",
    )


def test_a_file_that_changes_meanwhile_brings_no_broker_back(tmp_path: Path) -> None:
    found = rehearsed(a_config(tmp_path))
    assert found.again(Files()).brokers["main"].adapter == "paper"


def test_a_live_configuration_is_rehearsed_on_paper(tmp_path: Path) -> None:
    assert rehearsed(a_config(tmp_path, "live")).mode is Mode.PAPER


def test_what_never_leaves_the_machine_plays_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(MockBroker, "stand_in")
    monkeypatch.delattr(RecordedMarket, "stand_in")
    config = a_config(tmp_path)
    assert rehearsed(config) is config
