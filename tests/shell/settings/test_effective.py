"""Does `config show` tell what holds and who said so, and never a secret?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from pathlib import Path

import pytest

from tradebot.shell.settings import config, plugins
from tradebot.shell.settings.document import is_secret
from tradebot.shell.settings.effective import effective
from tradebot.shell.settings.reference import describe
from tradebot.shell.settings.sections import Sections

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, kw_only=True)
class KeyedSettings:
    api_key: str
    depth: Decimal = Decimal("1.50")
    inner: Mapping[str, str] = field(default_factory=dict)


class Keyed:
    settings_type = KeyedSettings


def shown(
    text: str, folder: Path, *, environ: Mapping[str, str] | None = None, dotenv: str = "",
    overrides: Mapping[str, str] | None = None,
) -> dict[str, tuple[str, str]]:
    path = folder / "config.yaml"
    path.write_text(text)
    (folder / ".env").write_text(dotenv)
    found = config.load(path, environ=environ or {}, overrides=overrides or {})
    return {
        row.key: (row.value, row.source.replace(f"{folder}/", "")) for row in effective(found)
    }


def test_every_source_is_named_and_the_strongest_wins(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("order_qty_max: 5\nprice_collar_frac: 0.01\n")
    found = shown(
        "mode: paper\nseed: 3\npolicy: policy.yaml\n", tmp_path,
        dotenv="# ours\nTRADEBOT_TELEMETRY__LOG_LEVEL=debug\nTRADEBOT_SEED=4\n",
        environ={"TRADEBOT_ORDERS__INTENT_TTL_S": "60", "EMO_PROMOTION_STRATEGY": "manual"},
        overrides={"policy.order_qty_max": "7"},
    )
    assert found["mode"] == ("paper", "config.yaml:1")
    assert found["seed"] == ("4", ".env:3")
    assert found["telemetry.log_level"] == ("debug", ".env:2")
    assert found["orders.intent_ttl_s"] == ("60", "TRADEBOT_ORDERS__INTENT_TTL_S")
    assert found["promotion.strategy"] == ("manual", "EMO_PROMOTION_STRATEGY")
    assert found["policy.order_qty_max"] == ("7", "--set policy.order_qty_max")
    assert found["policy.price_collar_frac"] == ("0.01", "policy.yaml:2")
    assert found["orders.send_within_s"] == ("30", "default")
    assert found["data_dir"] == ("data/paper", "default")


def test_plugins_settings_stand_with_their_defaults_and_the_one_seed(tmp_path: Path) -> None:
    found = shown(
        "seed: 3\nbrokers:\n  here:\n    adapter: paper\n    slippage_bps: 9\n"
        "  there: {adapter: paper, seed: 8}\n"
        "strategies:\n  - plugin: sma_cross\n    symbols: [SPY]\n    parameters: {fast: 4}\n",
        tmp_path,
    )
    assert found["brokers.here.slippage_bps"] == ("9", "config.yaml:5")
    assert found["brokers.here.latency_ms_min"] == ("10", "default")
    assert found["brokers.here.seed"] == ("3", "config.yaml:1")
    assert found["brokers.there.seed"] == ("8", "config.yaml:6")
    assert found["strategies[0].parameters.fast"] == ("4", "config.yaml:10")
    assert found["strategies[0].symbols"] == ("[SPY]", "config.yaml:9")


def test_no_setting_of_the_reference_is_left_out(tmp_path: Path) -> None:
    found = shown(
        "strategies:\n  - {plugin: sma_cross, symbols: [SPY]}\n"
        "policy:\n  sectors: [{name: funds, symbols: [SPY]}]\n"
        "  correlated: [{symbols: [SPY, QQQ], correlation_frac: 0.9}]\n"
        "  desk: {events: {dates: [{at: 2026-11-27T14:30:00Z}]}}\n"
        "promotion:\n  eligible: [collar]\n  caps: [{name: collar, order_qty_max: 1}]\n"
        "notifications:\n  channels: {mail: {plugin: email}}\n", tmp_path
    )
    shapes = (("[0]", "[]"), ("brokers.paper.", "brokers.NAME."), (".mail.", ".NAME."))
    keys = {reduce(lambda key, shape: key.replace(*shape), shapes, key) for key in found}
    leaves = {row.key for row in describe(Sections) if not row.type.startswith("section")}
    assert leaves <= keys


@pytest.mark.promise(22)
@pytest.mark.fault(104)
@pytest.mark.parametrize("is_usable", [True, False])
def test_a_secret_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_usable: bool
) -> None:
    def load(group: str, name: str) -> type:
        if is_usable:
            return Keyed
        raise plugins.UnusablePlugin(f"{group}: {name}")

    monkeypatch.setattr(plugins, "load", load)
    found = shown("brokers:\n  b: {adapter: keyed, api_key: hunter2, depth: 2}\n", tmp_path)
    assert found["brokers.b.api_key"][0] == "***"
    assert found["brokers.b.depth"] == ("2", "config.yaml:2")
    assert "hunter2" not in str(found)


def test_the_shipped_configurations_can_be_shown() -> None:
    for path in sorted((ROOT / "config").glob("config.*.yaml")):
        assert effective(config.load(path, environ={}))


def test_whatever_is_called_a_secret_is_kept_as_one() -> None:
    found = [*describe(Sections)]
    for group in plugins.GROUPS:
        for name in plugins.names(group):
            settings_type = getattr(plugins.load(group, name), "settings_type", None)
            found += describe(settings_type, name) if settings_type is not None else []
    named = [row for row in found if is_secret(row.key)]
    assert len(named) >= 5
    assert [row.key for row in named if row.type != "secret"] == []
