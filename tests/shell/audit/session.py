"""A session of many trades, staged, approved, promoted, refused: by the real daemon."""

import asyncio
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from tests.daemon.rehearsal import CONFIG

from tradebot.app import Assembly, assembled
from tradebot.core.model.commands import Approve, Command, Reject, SubmitIntent
from tradebot.core.model.ids import IntentId, StrategyId
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import load
from tradebot.shell.sim_loop import SimLoop

STARTS: Final = datetime(2026, 11, 24, 14, 29, 50, tzinfo=UTC)
ENDS: Final = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
_SETTINGS: Final = """\
promotion:
  strategy: hybrid
  eligible: [cross]
  windows: [{name: morning, starts: "09:40", ends: "09:50"}]
policy:
  {orders_per_day_max: 5000, messages_per_second_max: 5000, messages_per_minute_max: 50000,
   open_orders_max: 5000, open_orders_symbol_max: 5000, duplicate_within_s: 0,
   day_risk_max_frac: 1, order_risk_max_frac: 1, consecutive_losses_max: 5000,
   slippage_max_bps: 1000}
"""


def play(directory: Path, trades: int, drafts: str = "yaml") -> Path:
    """Play it, as fast as it goes; return the data directory that it leaves."""
    text = CONFIG.partition("promotion:")[0] + _SETTINGS
    text += f"staging: {{format: {drafts}}}\n"
    text = text.replace("data_dir: data", f"data_dir: {directory}/data")
    text = text.replace("adapter: paper,", "adapter: paper, initial_balance: 100000000,")
    text = text.replace("fast: 1, slow: 2", "fast: 300, slow: 600")  # it never crosses by itself
    (directory / "c.yaml").write_text(text, encoding="utf-8")
    with asyncio.Runner(loop_factory=lambda: SimLoop(None)) as runner:
        runner.run(_session(directory / "c.yaml", trades))
    return directory / "data" / "rehearsal"


async def _session(config: Path, trades: int) -> None:
    options = RunOptions(rehearse=True, speed=None, start=STARTS, until=ENDS)
    with assembled(load(config, environ={}), options, io.StringIO()) as built:
        async with asyncio.TaskGroup() as tasks:
            daemon = tasks.create_task(built.daemon.run())
            await built.daemon.started.wait()
            await _people(built, range(trades // 2))
            await _strategies(built, range(trades * 3 // 10), range(trades // 5))
            assert await daemon == 0


async def _people(built: Assembly, numbers: range) -> None:
    """Half of the trades are asked for by people: most are approved, some not, some forgotten."""
    await _until(built, datetime(2026, 11, 24, 14, 31, tzinfo=UTC))
    for number in numbers:
        await asyncio.sleep(0.2)
        draft = await _submit(built, number, Source.API, ttl_s=600)
        state = built.views.book.intents.open[draft]
        answers: dict[int, Command] = {
            0: Reject(target=draft, reason="not today", by="bob"),
            1: Approve(target=draft, digest="another", by="ann"),  # and nobody asks again
        }
        yes = Approve(target=draft, digest=state.body.digest(), by="ann")
        await built.engine.submit(answers.get(number % 10, yes))


async def _strategies(built: Assembly, early: range, inside: range) -> None:
    """The others are a strategy's: some wait for the window, some come while it is open."""
    for number in early:
        await asyncio.sleep(0.2)
        await _submit(built, number, Source.STRATEGY)
    await _until(built, datetime(2026, 11, 24, 14, 40, 5, tzinfo=UTC))
    for number in inside:
        await asyncio.sleep(0.2)
        await _submit(built, number, Source.STRATEGY)


async def _until(built: Assembly, due: datetime) -> None:
    now = datetime.fromisoformat(str(built.status()["clock"]))
    await asyncio.sleep((due - now).total_seconds())


async def _submit(built: Assembly, number: int, source: Source, **more: int) -> IntentId:
    side = Side.BUY if number % 2 else Side.SELL
    decision = await built.engine.submit(SubmitIntent(intent=Intent(
        legs=(Leg(symbol="SPY", side=side),), order_qty=Decimal(1), source=source,
        strategy_id=StrategyId("cross") if source is Source.STRATEGY else None, **more,
    )))
    assert decision is not None
    intent_id: IntentId = decision.events[0].intent_id  # type: ignore[union-attr]
    return intent_id
