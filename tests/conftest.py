"""Which options do the tests take, and what was not tested for want of a tool?"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None)
settings.load_profile("repeatable")  # a run says of the same tree always the same

os.environ["TRADEBOT_API__PORT"] = "0"  # a free one: somebody's own daemon may have the usual one

LONGEST = ("process", "tools", "drills", "daemon", "simulation")  # folders, the longest first

MATRICES = Path(__file__).parent / "fix" / "order_state_matrices.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fix-matrices", type=Path, default=MATRICES, metavar="PATH",
        help="FIX order state change matrices to run through the order model",
    )
    parser.addoption(
        "--every-call", action="store_true",
        help="fail every system call of a session on its files, one after the other, not some",
    )
    parser.addoption(
        "--accept", action="store_true",
        help="rewrite stories and golden journals with what happens now; the diff is the review",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: at the end the other cores would wait for them."""
    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Begin with the mask of most shells: a daemon run in this process narrows it for good."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what a machine that lacks something did not show: a skip is easily overlooked."""
    skipped = terminalreporter.getreports("skipped")
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    lacking = {reason: count for reason, count in reasons.items() if "needs " in reason}
    for reason, count in sorted(lacking.items()):
        terminalreporter.write_line(f"SKIP {count}: {reason}")
    if lacking:
        terminalreporter.write_line(f"{sum(lacking.values())} tests skipped for want of a tool")
