"""Do the dashboard and the alert rules that are shipped ask only for metrics that there are?"""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

import tradebot
from tradebot.shell.metrics.exposition import METRICS
from tradebot.shell.metrics.metric import Kind

PLACE = Path(tradebot.__file__).parent / "packaging"
DASHBOARD = json.loads((PLACE / "grafana" / "tradebot.json").read_text())
RULES = yaml.safe_load((PLACE / "prometheus" / "tradebot.rules.yml").read_text())
FROM_PROMETHEUS = {"instance", "job", "le"}
LABELS = {metric.name: {*metric.labels, *FROM_PROMETHEUS} for metric in METRICS}
LABELS |= {
    f"{metric.name}_bucket": LABELS[metric.name]
    for metric in METRICS if metric.kind is Kind.HISTOGRAM
}


def panels() -> Iterator[dict[str, Any]]:
    return (panel for panel in DASHBOARD["panels"] if panel["type"] != "row")


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression with the text that is shown beside it."""
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"].replace("{{", "{{ $labels.")
    for rule in RULES["groups"][0]["rules"]:
        yield rule["expr"], rule["annotations"]["summary"]
    for shown in DASHBOARD["annotations"]["list"]:
        yield shown["expr"], ""


@pytest.mark.parametrize(("asked", "shown"), list(expressions()))
def test_what_is_asked_for_is_there_under_labels_that_it_has(asked: str, shown: str) -> None:
    names = set(re.findall(r"tradebot_\w+", asked))
    assert names <= LABELS.keys()
    assert asked.count("(") == asked.count(")")
    known = FROM_PROMETHEUS.union(*(LABELS[name] for name in names))
    for name, chosen in re.findall(r"(\w+)\{([^}]*)\}", asked):
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen):
            assert label in LABELS.get(name, FROM_PROMETHEUS), (name, label)
    for told in re.findall(r"(?:by|on) \(([^)]*)\)", asked):
        assert set(told.split(", ")) <= known
    for label in re.findall(r"\$labels\. ?(\w+)", shown):
        assert label in known, shown


def test_every_counter_is_asked_for_by_how_fast_it_rises() -> None:
    counters = {metric.name for metric in METRICS if metric.kind is Kind.COUNTER}
    for asked, _ in expressions():
        for name in counters & set(re.findall(r"tradebot_\w+", asked)):
            assert re.search(rf"(rate|increase|resets)\({name}(\{{[^}}]*\}})?\[", asked), asked


def test_panels_stand_apart_and_say_what_they_show() -> None:
    shown = list(panels())
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(panel["title"] and panel["description"].endswith(".") for panel in shown)
    for one, other in combinations([panel["gridPos"] for panel in DASHBOARD["panels"]], 2):
        is_apart = (
            one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        )
        assert is_apart, (one, other)


def test_every_rule_says_how_bad_it_is_and_what_it_means() -> None:
    rules = RULES["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert re.fullmatch(r"\d+[mh]", rule["for"])
        assert rule["annotations"]["summary"][-1] in ".?"
