"""Does the adapter trade with ib_insync, too? Runs its tests in a process that has no ib_async.

`python -m tests.plugins.ibkr.by_ib_insync`, with the place of ib_insync first on the path.
"""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = ("test_orders.py", "test_links.py", "test_executions.py", "test_market.py")
CONFORMANCE = HERE.parents[1] / "conformance" / "test_ibkr.py"

if __name__ == "__main__":
    sys.modules["ib_async"] = None  # type: ignore[assignment]  # so that nobody imports it
    sys.exit(pytest.main([
        *(str(HERE / name) for name in FILES), str(CONFORMANCE), "-q", "-p", "no:cacheprovider",
        *sys.argv[1:],
    ]))
