"""Does a paper account of yours do what the fakes believe? Only where you say so, and of paper.

    TRADEBOT_LIVE_CONFIG=config/config.alpaca.yaml TRADEBOT_LIVE_ROUTE=alpaca \
        python -m pytest -m live tests/live
"""

import asyncio
import os
from pathlib import Path

import pytest
from tests.live.smoke import Smoke

from tradebot.shell.settings.config import load

CONFIG, ROUTE = (os.environ.get(f"TRADEBOT_LIVE_{name}", "") for name in ("CONFIG", "ROUTE"))


@pytest.mark.live
@pytest.mark.skipif(not (CONFIG and ROUTE), reason="no paper account of yours is named")
async def test_an_order_far_away_is_taken_found_and_canceled(tmp_path: Path) -> None:
    environ = {
        name: value for name, value in os.environ.items()
        if not name.startswith("TRADEBOT_LIVE_")
    }
    async with asyncio.timeout(240):
        print(await Smoke(load(Path(CONFIG), environ=environ), ROUTE, tmp_path).run())
