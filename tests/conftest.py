"""Which options do the tests take? Another file of FIX matrices; rewriting of stories."""

from pathlib import Path

import pytest

MATRICES = Path(__file__).parent / "fix" / "order_state_matrices.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fix-matrices", type=Path, default=MATRICES, metavar="PATH",
        help="FIX order state change matrices to run through the order model",
    )
    parser.addoption(
        "--accept", action="store_true",
        help="rewrite stories and golden journals with what happens now; the diff is the review",
    )
