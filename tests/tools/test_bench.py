"""Does every measure of the bench still measure? What it finds is never judged here."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
QUICK = (
    "raw sync", "calendar", "none, 1 in flight", "durable, 64 in flight",
    "durable, 64 in flight, as a daemon", "over resting orders",
    "memory", "lines", "starts",
)


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench", TOOLS / "bench.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("title", QUICK)
def test_a_measure_finds_figures(bench: ModuleType, title: str, tmp_path: Path) -> None:
    figures = bench.measures(500)[title](tmp_path)
    assert figures and all(isinstance(figure, (int, float)) for figure in figures.values())


def test_ratios_are_of_what_was_measured_together(bench: ModuleType) -> None:
    found = {"raw sync": {"per_s": 8000, "p50_us": 100}, "durable, 1 in flight": {
        "orders_per_s": 4000, "p50_us": 250,
    }}
    assert bench.ratios(found) == {
        "one in flight over raw syncs": 0.5, "p50 of one in flight over a sync": 2.5
    }
