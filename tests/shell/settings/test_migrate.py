"""Does a file of an older form say the same as before, under today's names?"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.config_texts import a_config, at_home, problems

from tradebot.shell.settings.effective import effective
from tradebot.shell.settings.file import write_whole
from tradebot.shell.settings.migrate import rewritten

__all__ = ["at_home"]
pytestmark = pytest.mark.usefixtures("at_home")

OLDER = """\
# my desk, since 2024
execution_mode: paper     # no money

promotion_strategy: manual
drafts_format: json  # for the other program
staging:
    # kept for long
    retention_days: 90
drafts_dir: "elsewhere"
risk:
  order_qty_max: 7   # few
  # of equity
  max_position_size: 0.05
  min_cash_buffer: 0.2
data: {symbols: [SPY]}
"""
TODAY = """\
# my desk, since 2024
schema_version: 1
mode: paper     # no money

promotion:
  strategy: manual
staging:
    format: json  # for the other program
    drafts_dir: "elsewhere"
    # kept for long
    retention_days: 90
policy:
  order_qty_max: 7   # few
  # of equity
  position_max_frac: 0.05
  cash_buffer_min_frac: 0.2
market_data: {symbols: [SPY]}
"""


def shown(text: str) -> dict[str, str]:
    return {row.key: row.value for row in effective(a_config(text))}


def test_an_older_file_is_taken_and_its_writer_hears_every_name() -> None:
    config = a_config(OLDER)
    assert (config.mode, config.staging.format, str(config.policy.position_max_frac)) == (
        "paper", "json", "0.05",
    )
    assert "c.yaml:2: execution_mode is called mode now" in config.warnings[0]
    assert len(config.warnings) == 8
    source = {row.key: row.source for row in effective(config)}
    assert source["policy.position_max_frac"] == "c.yaml:13"


def test_it_is_written_anew_with_every_comment() -> None:
    assert rewritten(OLDER, "c.yaml") == TODAY
    assert a_config(TODAY).warnings == ()
    assert shown(TODAY) == shown(OLDER)
    assert rewritten(TODAY, "c.yaml") == TODAY


def test_a_file_that_names_its_form_keeps_to_it() -> None:
    (told,) = problems("schema_version: 1\nrisk: {order_qty_max: 7}\n")
    assert told.startswith("c.yaml:2: risk: expected one of")
    (told,) = problems("schema_version: 1\ndrafts_format: json\n")
    assert told.startswith("c.yaml:2: drafts_format: expected one of")
    assert a_config("schema_version: 0\nexecution_mode: mock\n").mode == "mock"
    assert rewritten("schema_version: 0 # old\nexecution_mode: mock\n", "c.yaml") == (
        "schema_version: 1 # old\nmode: mock\n"
    )


def test_two_names_of_one_setting_are_one_too_many() -> None:
    assert problems("risk: {order_qty_max: 7}\npolicy: {order_qty_max: 8}\n") == [
        "c.yaml:1: risk: expected no policy beside it, which is its name today, got both"
    ]


def test_a_mistake_is_told_where_it_stands() -> None:
    assert problems("execution_mode: papr\n")[0].startswith("c.yaml:1: mode: expected one of")


def test_what_cannot_be_written_anew_for_sure_is_left_to_a_person() -> None:
    text = "staging: {enabled: true}\ndrafts_format: json\n"
    assert a_config(text).staging.format == "json"
    assert rewritten(text, "c.yaml") is None


NAMES = st.sampled_from([
    "execution_mode: stage", "mode: mock", "drafts_format: yaml", "'drafts_format': json",
    "drafts_dir: d", "drafts_dir: >-\n  far/away", "promotion_strategy: manual",
    "stage_orders: false", "risk:\n  max_positions: 3", "risk: {max_correlation: 0.5}",
    "policy:\n  max_positions: 4 # few", "promotion:\n  # ours\n  approvers_min: 2",
    "promotion: {approvers_min: 3}", "staging:\n  retention_days: 3\n", "seed: 4", "# a word",
    "data:\n  symbols:\n  - SPY\n", "schema_version: 0", "",
])


@settings(max_examples=20, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
])
@given(st.lists(NAMES, unique_by=lambda line: line.partition(":")[0].strip("'")))
def test_whatever_is_written_anew_says_the_same(lines: list[str]) -> None:
    text = "\n".join([*lines, "orders: {timeout_s: 60}", ""])
    both = {"execution_mode", "mode"}, {"risk", "policy"}
    given_names = {line.partition(":")[0] for line in lines}
    if any(pair <= given_names for pair in both):
        assert problems(text)
        return
    found = rewritten(text, "c.yaml")
    if found is not None:
        assert shown(found) == shown(text)
        assert "is called" not in str(a_config(found).warnings)
        assert [line for line in lines if line.startswith("#")] == [
            line for line in found.splitlines() if line.startswith("#")
        ]


def test_a_file_is_replaced_whole_and_stays_for_the_same_eyes(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("seed: 1\n")
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("c.yaml")
    write_whole(link, b"seed: 2\n")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("seed: 2\n", 0o640)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["c.yaml", "link.yaml"]
