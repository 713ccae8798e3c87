"""Does a configuration say what was meant, and is every mistake told with its place?"""

from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.config_texts import PLAIN, SmaLike, a_config, at_home, problems

from tradebot.core.model.settings import Mode, Policy, Promotion, RouteKind, Settings
from tradebot.core.model.trust import Trust, TrustLadder
from tradebot.core.model.window import US_RTH, PromotionWindow, Weekday
from tradebot.shell.settings import strict_yaml
from tradebot.shell.settings.config import ConfigError, load
from tradebot.shell.settings.reference import describe
from tradebot.shell.settings.sections import Sections

__all__ = ["at_home"]
SHIPPED = Path(__file__).parents[3] / "config"
pytestmark = pytest.mark.usefixtures("at_home")


@pytest.mark.fault(101)
@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "..", ".x", "a/b", "\uff41", "x" * 33])
def test_no_route_is_called_by_what_leads_out_of_the_data_directory(name: str) -> None:
    (told,) = problems(f"brokers: {{{name}: {{adapter: paper}}}}\n")
    assert "brokers: expected a name of up to 32 letters" in told


# What holds when little is said


def test_promotion_by_window_needs_a_strategy_and_a_window() -> None:
    assert problems("promotion: {strategy: hybrid, windows: []}\n") == [
        "c.yaml:1: promotion.eligible: expected at least one, because strategy is hybrid, got none",
        "c.yaml:1: promotion.windows: expected at least one, because strategy is hybrid, got none",
    ]


def test_two_windows_of_one_name_are_told_from_each_other_by_nobody() -> None:
    told = problems(
        "promotion: {windows: [{name: a, ends: open+5m}, {name: a, starts: open+5m}]}\n"
    )
    assert told == [
        f"c.yaml:1: promotion.windows[{at}].name: expected a name of its own, got 'a'"
        for at in (0, 1)
    ]


def test_windows_may_touch_and_overlap_where_no_strategy_can_use_both() -> None:
    a_config(
        "promotion:\n  eligible: [iron_condor, collar]\n  windows:\n"
        "    - {name: a, ends: '12:00'}\n    - {name: b, starts: '12:00', strategies: [collar]}\n"
        "    - {name: c, starts: '12:00', strategies: [iron_condor]}\n"
        "    - {name: d, enabled: false}\n"
    )


def test_without_windows_of_its_own_a_configuration_has_the_regular_hours() -> None:
    told = "promotion: {strategy: hybrid, eligible: [iron_condor]}\n"
    assert a_config(told).decisive().windows == (US_RTH,)
    assert not a_config("promotion: {strategy: manual}\n").decisive().windows


def test_trust_and_its_ladder_reach_the_core() -> None:
    settings = a_config(
        "promotion:\n  trust: required\n  ladder: {live: {sessions_min: 90, net_min_usd: null}}\n"
    ).decisive()
    assert settings.trust is Trust.REQUIRED
    assert (settings.ladder.live.sessions_min, settings.ladder.live.net_min_usd) == (90, None)
    assert settings.ladder.paper == TrustLadder().paper
    assert a_config("mode: paper\n").decisive().trust is Trust.OFF


def test_windows_reach_the_core() -> None:
    config = a_config(
        "mode: paper\nstrategies: [{plugin: sma_cross, symbols: [SPY]}]\npromotion:\n"
        "  strategy: hybrid\n  eligible: [sma_cross]\n  windows:\n"
        "    - {name: day, starts: open+15m, ends: close-15m, weekdays: [mon, tue],"
        " orders_max: 5, notional_max_usd: 2500.50}\n"
    )
    settings = config.decisive()
    assert (settings.promotion, settings.eligible) == (Promotion.HYBRID, ("sma_cross",))
    assert settings.windows == (PromotionWindow(
        name="day", starts="open+15m", ends="close-15m", weekdays=(Weekday.MON, Weekday.TUE),
        orders_max=5, notional_max_usd=Decimal("2500.50"),
    ),)


def test_without_a_mode_live_is_blocked_and_all_defaults_are_those_of_the_core() -> None:
    config = a_config("schema_version: 1\n")
    assert config.mode is Mode.LIVE_BLOCKED
    assert config.decisive() == Settings()
    assert config.data_dir == Path("data/live_blocked")
    assert (config.supervision.max_restarts, config.supervision.cooldown_s) == (3, 300)
    assert (config.telemetry.status_every_s, config.telemetry.mark_every_s) == (10, 15)
    assert config.route_kind("paper") is RouteKind.PAPER


def test_settings_that_decide_reach_the_core() -> None:
    Path("limits.yaml").write_text("order_qty_max: 7\nquote_age_max_s: 15\n")
    config = a_config(
        "mode: paper\npolicy: limits.yaml\nschedule: {calendar: 24/7}\n"
        "market_data: {quote_age_max_s: 90}\nbrokers: {b: {adapter: mock}, a: {adapter: paper}}\n"
        "promotion: {strategy: manual}\norders: {intent_ttl_s: 60, send_within_s: 5}\n"
    )
    assert config.decisive() == Settings(
        mode=Mode.PAPER, promotion=Promotion.MANUAL, routes=("b", "a"), primary_calendar="24/7",
        policy=Policy(order_qty_max=Decimal(7), quote_age_max_s=Decimal(90)),
        intent_ttl_s=60, send_within_s=5,
    )


def test_a_policy_may_stand_in_the_file_itself() -> None:
    config = a_config("policy: {price_collar_frac: 0.10, trade_outside_hours: [XNYS]}\n")
    assert str(config.policy.price_collar_frac) == "0.10"
    assert config.policy.trade_outside_hours == ("XNYS",)


def test_json_is_read_too() -> None:
    config = a_config('{"mode": "paper", "policy": {"order_qty_max": 2.5}}', name="c.json")
    assert config.policy.order_qty_max == Decimal("2.5")
    (message,) = problems('{\n "mode": "papr"\n}', name="c.json")
    assert message.startswith("c.json:2: mode: expected one of stage, mock, paper")


@pytest.mark.parametrize(("adapter", "mode", "kind"), [
    ("paper", "live", RouteKind.PAPER),
    ("mock", "paper", RouteKind.MOCK),
    ("alpaca", "paper", RouteKind.PAPER),
    ("alpaca", "stage", RouteKind.PAPER),
    ("alpaca", "testnet", RouteKind.TESTNET),
    ("alpaca", "live", RouteKind.LIVE),
    ("alpaca", "live_blocked", RouteKind.LIVE),
])
def test_a_routes_kind_follows_from_adapter_and_mode(
    adapter: str, mode: str, kind: RouteKind
) -> None:
    config = a_config(f"mode: {mode}\nbrokers: {{x: {{adapter: {adapter}}}}}\n")
    assert config.route_kind("x") is kind


def test_a_routes_kind_can_be_given() -> None:
    config = a_config("mode: paper\nbrokers: {x: {adapter: alpaca, kind: testnet}}\n")
    assert config.route_kind("x") is RouteKind.TESTNET


# Every kind of mistake, word by word


SECTIONS = sorted(field.name for field in fields(Sections))
MISTAKES = [
    ("mode: papr\n",
     "c.yaml:1: mode: expected one of stage, mock, paper, shadow, testnet, live_blocked, live, "
     "got 'papr' (did you mean paper?)"),
    ("schema_version: 2\n", 
     "c.yaml:1: schema_version: expected at most 1, which this release knows, got '2'"),
    ("schedule: {timezone: Nowhere/X}\n",
     "c.yaml:1: schedule.timezone: expected a time zone such as Europe/Berlin, got 'Nowhere/X'"),
    ("schedule: {timezone: ../etc/passwd}\n",
     "c.yaml:1: schedule.timezone: expected a time zone such as Europe/Berlin, "
     "got '../etc/passwd'"),
    ("schema_version: one\n", "c.yaml:1: schema_version: expected 1, got 'one'"),
    ("orders:\n  send_within: 3\n",
     "c.yaml:2: orders.send_within: expected one of check_every_s, intent_ttl_s, "
     "send_within_s, timeout_s, got 'send_within' (did you mean send_within_s?)"),
    ("orders: 3\n", "c.yaml:1: orders: expected a section of settings, got '3'"),
    ("orders: []\n", "c.yaml:1: orders: expected a section of settings, got a list"),
    ("orders: {intent_ttl_s: 1.5}\n",
     "c.yaml:1: orders.intent_ttl_s: expected a whole number, got '1.5'"),
    ("orders: {intent_ttl_s: 0600}\n",
     "c.yaml:1: orders.intent_ttl_s: expected a number without leading zeros, got '0600'"),
    ("orders: {intent_ttl_s: 0}\n",
     "c.yaml:1: orders.intent_ttl_s: expected more than 0, got '0'"),
    ("orders: {intent_ttl_s: [1]}\n",
     "c.yaml:1: orders.intent_ttl_s: expected one value, got a list"),
    ("seed: -1\n", "c.yaml:1: seed: expected at least 0, got '-1'"),
    ("schedule: {auto_start: yes}\n",
     "c.yaml:1: schedule.auto_start: expected true or false, got 'yes'"),
    ("schedule: {auto_start: 'true'}\n",
     "c.yaml:1: schedule.auto_start: expected true or false, got 'true'"),
    ("schedule:\n  closures:\n    - 2026-11-27\n    - 2026-13-01\n",
     "c.yaml:4: schedule.closures[1]: expected a day such as 2026-11-27, got '2026-13-01'"),
    ("schedule: {closures: 2026-11-27}\n",
     "c.yaml:1: schedule.closures: expected a list, got '2026-11-27'"),
    ("policy:\n  order_qty_max: -1\n",
     "c.yaml:2: policy.order_qty_max: expected at least 0, got '-1'"),
    ("policy: {price_collar_frac: 5}\n",
     "c.yaml:1: policy.price_collar_frac: expected a fraction from 0 to 1, got '5'"),
    ("policy: gone.yaml\n",
     "c.yaml:1: policy: expected a file (looked for gone.yaml) or a section of limits, "
     "got 'gone.yaml'"),
    ("promotion: {eligible: [sam]}\nstrategies: [{plugin: sma, symbols: [SPY]}]\n",
     "c.yaml:1: promotion.eligible[0]: expected one of strategies (sma), "
     "got 'sam'"),
    ("promotion:\n  windows:\n    - name: a\n      starts: 9:30\n",
     "c.yaml:4: promotion.windows[0].starts: expected a moment of the session such as open, "
     "open+15m, close-15m or 10:00, got '9:30'"),
    ("promotion: {windows: [{name: a, starts: '15:00', ends: open+90m}]}\n",
     "c.yaml:1: promotion.windows[0].ends: expected a moment after 15:00, got 'open+90m'"),
    ("promotion: {windows: [{name: a, ends: '12:00'}, {name: b, starts: close-241m}]}\n",
     "c.yaml:1: promotion.windows[1]: expected windows one after the other "
     "(a is open then, too), got 'b'"),
    ("promotion: {caps: [{name: iron_condor, order_qty_max: 2}]}\n",
     "c.yaml:1: promotion.caps[0].name: expected one of eligible (there are none), "
     "got 'iron_condor'"),
    ("promotion: {eligible: [collar], caps: [{name: collar, order_qty_max: 0}]}\n",
     "c.yaml:1: promotion.caps[0].order_qty_max: expected more than 0, got '0'"),
    ("promotion: {approvers_min: 0}\n",
     "c.yaml:1: promotion.approvers_min: expected at least 1, got '0'"),
    ("promotion:\n  windows:\n    - {name: a, starts: open+60m, ends: open+60m}\n",
     "c.yaml:3: promotion.windows[0].ends: expected a moment after open+60m, got 'open+60m'"),
    ("promotion: {windows: [{name: a, weekdays: [sun, fryday]}]}\n",
     "c.yaml:1: promotion.windows[0].weekdays[1]: expected one of mon, tue, wed, thu, fri, sat, "
     "sun, got 'fryday'"),
    ("promotion: {windows: [{name: a, weekdays: []}]}\n",
     "c.yaml:1: promotion.windows[0].weekdays: expected at least one day, got none"),
    ("promotion: {windows: [{name: a, orders_max: 0}]}\n",
     "c.yaml:1: promotion.windows[0].orders_max: expected more than 0, got '0'"),
    ("promotion: {windows: [{name: a, calendar: NYSE}]}\n",
     "c.yaml:1: promotion.windows[0].calendar: expected one of 24/5, 24/7, XNYS, got 'NYSE'"),
    ("brokers: {a: {}}\n", "c.yaml:1: brokers.a.adapter: expected a value, got nothing"),
    ("brokers: {}\n", "c.yaml:1: brokers: expected at least 1 of them, got none"),
    ("brokers: {a: {adapter: paper, kind: live}}\n",
     "c.yaml:1: brokers.a.kind: expected paper or shadow for this adapter, got 'live'"),
    ("brokers: {a: {adapter: real, kind: shadow}}\n",
     "c.yaml:1: brokers.a.adapter: expected paper or mock for a shadow: they send nothing real, "
     "got 'real'"),
    ("brokers: {a: {adapter: paper}, b: {adapter: real, shadow_of: a}}\n",
     "c.yaml:1: brokers.b.adapter: expected paper or mock for a shadow: they send nothing real, "
     "got 'real'"),
    ("brokers: {a: {adapter: paper}, b: {adapter: paper, shadow_of: b}}\n",
     "c.yaml:1: brokers.b.shadow_of: expected a route that trades (a), got 'b'"),
    ("brokers: {a: {adapter: paper}, b: {adapter: paper, kind: paper, shadow_of: a}}\n",
     "c.yaml:1: brokers.b.kind: expected shadow, because it records, got 'paper'"),
    ("mode: shadow\n",
     "c.yaml:1: mode: expected a route with `shadow_of` among brokers, got 'shadow'"),
    ("strategies: [{plugin: x, name: cli, symbols: [SPY]}]\n",
     "c.yaml:1: strategies[0]: expected an id that is none of api, cli, desk, external, kill, "
     "manual, strategy, got 'cli'"),
    ("strategies:\n  - plugin: x\n", "c.yaml:2: strategies[0].symbols: expected a value, "
     "got nothing"),
    ("strategies:\n  - {plugin: x, symbols: []}\n",
     "c.yaml:2: strategies[0].symbols: expected at least 1 of them, got none"),
    ("strategies:\n  - {plugin: x, symbols: [SPY]}\n  - {id: x, plugin: y, symbols: [SPY]}\n",
     "c.yaml:3: strategies[1]: expected an id of its own, got 'x'"),
    ("strategies:\n  - {plugin: x, symbols: [spy]}\n",
     "c.yaml:2: strategies[0].symbols[0]: expected a symbol in capitals such as SPY, got 'spy'"),
    ("supervision: {max_restarts: -1}\n",
     "c.yaml:1: supervision.max_restarts: expected at least 0, got '-1'"),
    ("supervision: {backoff_multiplier: 0.5}\n",
     "c.yaml:1: supervision.backoff_multiplier: expected at least 1, got '0.5'"),
    ("telemetry: {status_every_s: 0}\n",
     "c.yaml:1: telemetry.status_every_s: expected more than 0, got '0'"),
    ("telemetry: {log_format: jsn}\n",
     "c.yaml:1: telemetry.log_format: expected one of auto, text, json, got 'jsn' "
     "(did you mean json?)"),
    ("data_dir: ''\n", "c.yaml:1: data_dir: expected a path, got ''"),
    ("sedd: 1\n", f"c.yaml:1: sedd: expected one of {', '.join(SECTIONS)}, got 'sedd' (did you mean"
     " seed?)"),
]


@pytest.mark.promise(17)
@pytest.mark.fault(87)
@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_told_with_file_line_key_and_what_was_expected(
    text: str, message: str
) -> None:
    assert problems(text) == [message]


@pytest.mark.parametrize("number", [
    "NaN", ".nan", "Infinity", "1e5", "1_000", "+5", "0x1F", "9:30", "5.", ".5", "1,000", "true",
    "\uff15", "\u0665", "1234567890123456", "1.1234567890123", "''", "' 5'",
])
def test_only_plain_decimals_are_numbers(number: str) -> None:
    (message,) = problems(f"policy:\n  order_notional_max_usd: {number}\n")
    assert message.startswith(f"c.yaml:2: policy.order_notional_max_usd: expected {PLAIN}, got ")


def test_all_mistakes_are_told_together() -> None:
    found = problems(
        "mode: x\nseed: y\nextra: 1\nbrokers:\n  a: {kind: paper}\npolicy: {order_qty_max: z}\n",
        {"TRADEBOT_ORDERS__SEND_WITHIN_S": "0"}, overrides={"telemetry.log_level": "loud"},
    )
    assert [line.split(": expected")[0] for line in sorted(found)] == [
        "--set telemetry.log_level: telemetry.log_level",
        "TRADEBOT_ORDERS__SEND_WITHIN_S: orders.send_within_s",
        "c.yaml:1: mode", "c.yaml:2: seed", "c.yaml:3: extra", "c.yaml:5: brokers.a.adapter",
        "c.yaml:6: policy.order_qty_max",
    ]


def test_a_mistake_in_the_policys_own_file_names_that_file() -> None:
    Path("limits.yaml").write_text("order_qty_max: 5\norder_notional_max: 5\n")
    (message,) = problems("policy: limits.yaml\n")
    assert message.startswith("limits.yaml:2: policy.order_notional_max: expected one of ")
    assert message.endswith("got 'order_notional_max' (did you mean order_notional_max_usd?)")
    Path("limits.yaml").write_text("order_qty_max: 5\norder_qty_max: 6\n")
    assert problems("policy: limits.yaml\n") == [
        "limits.yaml:2: order_qty_max: expected each key once, got it again (first limits.yaml:1)"
    ]


@pytest.mark.promise(17)
@pytest.mark.fault(87)
def test_a_file_that_cannot_be_read_is_an_error_of_the_configuration() -> None:
    for name, message in (
        ("gone.yaml", "gone.yaml: expected a readable file, got No such file or directory"),
        ("c.toml", "c.toml: expected a file ending in .yaml, .yml, .json"),
    ):
        with pytest.raises(ConfigError) as caught:
            load(Path(name), environ={})
        assert caught.value.problems == [message]


# What is shipped


def test_the_shipped_configurations_hold_together() -> None:
    paper = load(SHIPPED / "config.paper.yaml", environ={})
    recorded = load(SHIPPED / "config.recorded.yaml", environ={})
    for config, name in ((paper, "paper"), (recorded, "recorded")):
        assert config.mode is Mode.PAPER
        assert config.promotion.strategy is Promotion.DISABLED
        assert config.data_dir == Path("data") / name
        assert config.decisive().routes == ("paper",)
    chain = load(SHIPPED / "config.chain.yaml", environ={})
    assert (chain.mode, chain.promotion.strategy) == (Mode.PAPER, Promotion.MANUAL)
    assert "path" not in chain.market_data.own.entries
    assert chain.decisive().policy == replace(Policy(), desk=replace(
        Policy().desk, events=chain.decisive().policy.desk.events
    ), quote_age_max_s=Decimal(90))
    shadow = load(SHIPPED / "config.shadow.yaml", environ={})
    assert (shadow.mode, shadow.decisive().routes) == (Mode.SHADOW, ("desk",))
    # Strategies to be watched trade by the minute.
    raised = replace(Policy(), orders_per_day_max=5000, day_risk_max_frac=Decimal(1))
    assert paper.decisive().policy == raised
    assert recorded.decisive().policy.quote_age_max_s == 90
    assert "path" not in recorded.market_data.own.entries


def test_the_shipped_policy_names_every_limit() -> None:
    root = strict_yaml.parse((SHIPPED / "policy.yaml").read_bytes(), "policy.yaml")
    assert set(root.entries) == {field.name for field in fields(Policy)}


def test_every_setting_is_described_with_type_default_and_unit() -> None:
    found = {doc.key: doc for doc in describe(Sections)}
    assert all(doc.doc for doc in found.values()), [d.key for d in found.values() if not d.doc]
    assert found["orders.send_within_s"].unit == "seconds"
    assert found["orders.send_within_s"].default == "30"
    assert found["brokers.NAME.adapter"].default is None
    assert found["policy.price_collar_frac"].unit == "fraction"
    assert found["telemetry.log_format"].type == "one of auto, text, json"
    sma = describe(SmaLike, "strategies[].parameters")[0]
    assert (sma.key, sma.doc) == ("strategies[].parameters.fast", "bars of the fast average")


def test_an_api_beyond_this_machine_is_warned_of(at_home: None) -> None:
    told = a_config("mode: paper\napi: {host: 192.0.2.1}\n").warnings
    assert any("LISTENS BEYOND THIS MACHINE" in line for line in told)
    assert not a_config("mode: paper\napi: {host: 127.0.0.1}\n").warnings
