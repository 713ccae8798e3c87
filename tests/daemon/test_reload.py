"""Does a daemon that is started anew go on under the tighter of two configurations?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.daemon.rehearsal import CONFIG

import tradebot
from tradebot.embed import OpenDaemon

OPENS = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
HEAD, POLICY, _ = CONFIG.partition("policy:")
LIMITS = "{order_qty_max: %d, order_notional_max_usd: 90000, position_max_frac: 1,"
OTHERS = " symbol_exposure_max_frac: 1, sector_exposure_max_frac: 1}\n"


class Lives:
    """The lives of a daemon, each under what the file then says."""

    def __init__(self, directory: Path) -> None:
        self.config = directory / "c.yaml"
        self._text = (HEAD + POLICY).replace("data_dir: data", f"data_dir: {directory}/data")
        self._is_first = True

    def bought(self, limit: int, *quantities: int) -> tuple[list[str | None], Any]:
        """Write a limit, live, and tell why each order was refused, and what waits."""
        self.config.write_text(f"{self._text} {LIMITS % limit}{OTHERS}")

        async def main() -> Any:
            words: dict[str, Any] = {"rehearse": True, "speed": "max", "resume": not self._is_first}
            async with tradebot.open_daemon(self.config, start=OPENS, **words) as daemon:
                told = [await self._buy(daemon, qty) for qty in quantities]
                return told, daemon.status()["configuration"]["pending"]

        found: tuple[list[str | None], Any] = tradebot.rehearse(main())
        self._is_first = False
        return found

    async def _buy(self, daemon: OpenDaemon, qty: int) -> str | None:
        found = await daemon.submit(symbol="SPY", side="buy", qty=qty)
        reason: str | None = found["reason_code"]
        return reason


@pytest.mark.fault(88)
def test_a_file_that_was_loosened_while_nothing_ran_waits(tmp_path: Path) -> None:
    lives, too_many = Lives(tmp_path), "RISK_ORDER_QUANTITY"
    assert lives.bought(20, 21, 4) == ([too_many, None], None)  # the first of all just begins
    for _ in range(2):  # and whoever starts it twice has not approved it
        told, pending = lives.bought(50, 21, 5)
        assert (told[0], pending["changes"][0]["after"]) == (too_many, "50")
