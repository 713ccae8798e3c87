"""Which layer of settings wins, by which names, and what does the hash feel?"""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.config_texts import SmaLike, a_config, at_home, problems

from tradebot.core.model.settings import Mode, Promotion
from tradebot.shell.settings.config import ConfigError, fill, find, load

__all__ = ["at_home"]
pytestmark = pytest.mark.usefixtures("at_home")


# Who wins


LAYERS = [
    ("the default", {}, 23_400),
    ("the file", {"file": "1"}, 1),
    (".env", {"file": "1", "dotenv": "2"}, 2),
    ("the environment", {"file": "1", "dotenv": "2", "environ": "3"}, 3),
    ("the command line", {"file": "1", "dotenv": "2", "environ": "3", "line": "4"}, 4),
    ("the command line alone", {"line": "4"}, 4),
]


@pytest.mark.parametrize(("layers", "expected"), [row[1:] for row in LAYERS],
                         ids=[row[0] for row in LAYERS])
def test_the_later_layer_wins(layers: Mapping[str, str], expected: int) -> None:
    name = "TRADEBOT_ORDERS__INTENT_TTL_S"
    if "dotenv" in layers:
        Path(".env").write_text(f"# notes\nOTHER=1\nexport {name}='{layers['dotenv']}'\n")
    text = f"orders: {{intent_ttl_s: {layers['file']}}}\n" if "file" in layers else "seed: 1\n"
    environ = {name: layers["environ"]} if "environ" in layers else {}
    line = {"orders.intent_ttl_s": layers["line"]} if "line" in layers else {}
    assert a_config(text, environ, overrides=line).orders.intent_ttl_s == expected


@pytest.mark.parametrize(("environ", "expected"), [
    ({"EMO_EXECUTION_MODE": "mock"}, Mode.MOCK),
    ({"TRADEBOT_EXECUTION_MODE": "testnet", "EMO_EXECUTION_MODE": "mock"}, Mode.TESTNET),
    ({"TRADEBOT_MODE": "stage", "TRADEBOT_EXECUTION_MODE": "shadow"}, Mode.STAGE),
])
def test_short_names_work_and_full_names_stand_above_them(
    environ: Mapping[str, str], expected: Mode
) -> None:
    assert a_config("mode: paper\n", environ).mode is expected


def test_the_promotion_strategy_has_short_names_too() -> None:
    for prefix in ("TRADEBOT", "EMO"):
        config = a_config("mode: paper\n", {f"{prefix}_PROMOTION_STRATEGY": "manual"})
        assert config.promotion.strategy is Promotion.MANUAL


def test_lists_come_as_comma_text_or_json_and_booleans_in_everyday_words() -> None:
    for text in ("2027-01-04, 2027-01-05", '["2027-01-04", "2027-01-05"]'):
        config = a_config("seed: 1\n", {"TRADEBOT_SCHEDULE__CLOSURES": text})
        assert config.schedule.closures == (date(2027, 1, 4), date(2027, 1, 5))
    for word, meaning in (("1", True), ("Yes", True), ("on", True), ("0", False), ("no", False)):
        config = a_config("seed: 1\n", {"TRADEBOT_SCHEDULE__AUTO_START": word})
        assert config.schedule.auto_start is meaning
    assert a_config("seed: 1\n", {"TRADEBOT_SCHEDULE__CLOSURES": ""}).schedule.closures == ()


def test_a_list_entry_is_named_by_number_id_or_plugin() -> None:
    text = (
        "strategies:\n  - {plugin: sma, symbols: [SPY]}\n"
        "  - {id: B, plugin: sma, symbols: [X]}\n"
    )
    config = a_config(
        text, {"TRADEBOT_STRATEGIES__B__SYMBOLS": "QQQ"}, overrides={
            "strategies.0.symbols": "IBM", "strategies.sma.parameters.fast": "5",
        },
    )
    assert [strategy.symbols for strategy in config.strategies] == [("IBM",), ("QQQ",)]
    assert fill(SmaLike, config.strategies[0].parameters).fast == 5
    assert problems(text, overrides={"strategies.smaa.symbols": "X"}) == [
        "--set strategies.smaa.symbols: strategies: expected one of sma, B, got 'smaa' "
        "(did you mean sma?)"
    ]


def test_limits_of_the_policys_file_can_be_changed_one_by_one() -> None:
    Path("limits.yaml").write_text("order_qty_max: 5\nbuying_power_multiple: 2\n")
    config = a_config("policy: limits.yaml\n", {"TRADEBOT_POLICY__ORDER_QTY_MAX": "6"})
    assert (config.policy.order_qty_max, config.policy.buying_power_multiple) == (
        Decimal(6), Decimal(2),
    )


def test_the_policys_file_can_be_another() -> None:
    Path("strict.yaml").write_text("order_qty_max: 1\n")
    config = a_config("policy: gone.yaml\n", {"TRADEBOT_POLICY": "strict.yaml"})
    assert config.policy.order_qty_max == 1


def test_an_unknown_name_of_ours_is_an_error_and_a_foreign_one_a_warning() -> None:
    (message,) = problems("seed: 1\n", {"TRADEBOT_MARKET_DAT__PATH": "x"})
    assert message.startswith("TRADEBOT_MARKET_DAT__PATH: market_dat: expected one of ")
    assert message.endswith("got 'market_dat' (did you mean market_data?)")
    assert problems("seed: 1\n", {"TRADEBOT_SEED__": "1"}) == [
        "TRADEBOT_SEED__: expected a setting's name, got 'seed__'"
    ]
    assert problems("seed: 1\n", {"TRADEBOT_SEED__DEEPER": "1"}) == [
        "TRADEBOT_SEED__DEEPER: seed: expected a section, got '1'"
    ]
    config = a_config("seed: 1\n", {
        "EMO_EXECUTION_MOD": "paper", "PATH": "/bin",
        "TRADEBOT_TEST_DATA": "x",
    })
    assert config.warnings == (
        "EMO_EXECUTION_MOD: is not known and has no effect (did you mean EMO_EXECUTION_MODE?)",
    )
    assert config.mode is Mode.LIVE_BLOCKED


@pytest.mark.parametrize("prefix", ["TRADEBOT_", "EMO_"])
def test_every_short_name_reaches_its_setting(prefix: str) -> None:
    config = a_config("seed: 1\n", {
        f"{prefix}STAGE_ORDERS": "0", f"{prefix}DRAFTS_DIR": "elsewhere/drafts",
        f"{prefix}DRAFTS_FORMAT": "json", f"{prefix}EXECUTION_MODE": "stage",
        f"{prefix}PROMOTION_STRATEGY": "manual",
    })
    assert config.warnings == ()
    assert (config.staging.enabled, config.staging.format) == (False, "json")
    assert config.staging.drafts_dir == Path("elsewhere/drafts")
    decisive = config.decisive()
    assert (decisive.mode, decisive.promotion) == (Mode.STAGE, Promotion.MANUAL)
    assert decisive.staging is False


def test_where_drafts_are_and_how_they_look_decides_nothing() -> None:
    plain = a_config("mode: stage\n").settings_hash
    assert a_config("mode: stage\nstaging: {format: json, drafts_dir: d}\n").settings_hash == plain
    assert a_config("mode: stage\nstaging: {enabled: false}\n").settings_hash != plain
    assert a_config("mode: stage\nstaging: {approval_ttl_s: 60}\n").settings_hash != plain


def test_a_dotenv_line_that_makes_no_sense_is_told_with_its_number() -> None:
    Path(".env").write_text("TRADEBOT_SEED=1\nnonsense\n")
    assert problems("mode: paper\n") == [".env:2: expected NAME=value, got something else"]
    Path(".env").write_text("\nTRADEBOT_SEED=x # mine\n")
    assert problems("mode: paper\n") == [".env:2: seed: expected a whole number, got 'x'"]


def test_the_data_directory_is_the_files_then_the_states_then_a_default() -> None:
    state = {"STATE_DIRECTORY": "/var/lib/tradebot:/var/lib/other"}
    assert a_config("data_dir: data/x\n", state).data_dir == Path("data/x")
    assert a_config("mode: paper\n", state).data_dir == Path("/var/lib/tradebot")
    assert a_config("mode: paper\n").data_dir == Path("data/paper")
    assert a_config("data_dir: data/x\n", state, overrides={"data_dir": "y"}).data_dir == Path("y")


def test_a_name_is_looked_for_in_the_usual_places(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    with pytest.raises(ConfigError, match=r"^mine: expected a configuration file, found none in "):
        find("mine", environ)
    for place in (tmp_path / "xdg/tradebot", tmp_path / "config", tmp_path):
        place.mkdir(parents=True, exist_ok=True)
        (place / "mine.yaml").write_text("mode: paper\n")
        assert find("mine", environ).resolve() == (place / "mine.yaml").resolve()
        assert find("mine.yaml", environ).resolve() == (place / "mine.yaml").resolve()


# The hash


BASE = "mode: paper\nseed: 7\nmarket_data: {provider: recorded, path: a, symbols: [SPY, IBM]}\n"


@pytest.mark.parametrize("change", [
    {"market_data.path": "b"}, {"data_dir": "elsewhere"}, {"telemetry.log_format": "json"},
    {"telemetry.log_level": "debug"}, {"telemetry.status_every_s": "1"},
    {"market_data.symbols": "SPY,IBM"}, {"seed": "7"}, {"brokers.paper.adapter": "paper"},
    {"policy.order_qty_max": "10000.0"}, {"schedule.timezone": "Europe/Berlin"},
])
def test_the_hash_does_not_feel_what_decides_nothing(change: Mapping[str, str]) -> None:
    assert a_config(BASE, overrides=change).settings_hash == a_config(BASE).settings_hash


@pytest.mark.parametrize("change", [
    {"mode": "mock"}, {"seed": "8"}, {"policy.order_qty_max": "1"},
    {"market_data.symbols": "SPY"}, {"orders.send_within_s": "1"},
    {"brokers.paper.adapter": "paper", "brokers.paper.slippage_bps": "6"},
    {"schedule.closures": "2027-01-04"}, {"promotion.strategy": "manual"},
    {"telemetry.mark_every_s": "1"}, {"market_data.quote_age_max_s": "90"},
])
def test_the_hash_feels_what_decides(change: Mapping[str, str]) -> None:
    assert a_config(BASE, overrides=change).settings_hash != a_config(BASE).settings_hash


def test_the_hash_does_not_feel_the_order_of_keys() -> None:
    turned = "market_data: {symbols: [SPY, IBM], path: a, provider: recorded}\nseed: 7\n"
    shuffled = "market_data: {speed: 1, path: a, symbols: [SPY]}\n"
    ordered = "market_data: {symbols: [SPY], speed: 1}\n"
    assert a_config(turned + "mode: paper\n").settings_hash == a_config(BASE).settings_hash
    assert a_config(shuffled).settings_hash == a_config(ordered).settings_hash


def test_the_hash_is_the_same_in_every_process() -> None:
    Path("c.yaml").write_text(BASE)
    code = (
        "from pathlib import Path; from tradebot.shell.settings.config import load;"
        "print(load(Path('c.yaml'), environ={}).settings_hash)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {load(Path("c.yaml"), environ={}).settings_hash}
