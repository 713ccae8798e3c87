"""Does one order walk through all eight stages, by a draft on disk? In a directory soon gone."""

import asyncio
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tradebot.app import Assembly, assembled
from tradebot.core.model.commands import Approve, SubmitIntent
from tradebot.core.model.events import (
    IntentApproved,
    IntentReceived,
    OrderReported,
    OrderSubmitted,
    ReconRequested,
    RouteChosen,
    StagesPassed,
    TradeBooked,
)
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.money import ONE
from tradebot.core.model.settings import Mode, Promotion
from tradebot.shell.api.requests import Requests
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify.section import NotificationsSection
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.sections import (
    MarketDataSection,
    PromotionSection,
    RouteSection,
    Schedule,
    StagingSection,
)
from tradebot.shell.sim_loop import SimLoop

# What a trade leaves behind on its way: intake to route, dispatch, execution, post-trade, recon.
_FOOTPRINTS: Final = (
    IntentReceived, IntentApproved, StagesPassed, RouteChosen, OrderSubmitted, OrderReported,
    TradeBooked, ReconRequested,
)
_LOOKS: Final = 60


class DryRunFailed(Exception):
    """The order did not come through; the text says where it stands."""


def trade(config: Config) -> str:
    """Buy one unit under these limits, at the paper broker in a simulated market; tell of it."""
    jumping = partial(SimLoop, None)
    with (
        TemporaryDirectory(prefix="tradebot-") as place,
        asyncio.Runner(loop_factory=jumping) as runner,
    ):
        return runner.run(_trade(_on_paper(config, Path(place))))


def _on_paper(config: Config, place: Path) -> Config:
    return replace(
        config, mode=Mode.PAPER, data_dir=place, market_data=MarketDataSection(), strategies=(),
        brokers={"paper": RouteSection(adapter="paper")}, staging=StagingSection(),
        schedule=Schedule(),
        promotion=PromotionSection(strategy=Promotion.MANUAL),
        notifications=NotificationsSection(),
    )


async def _trade(config: Config) -> str:
    options = RunOptions(rehearse=True, speed=None, log_format="text")
    with assembled(config, options, io.StringIO()) as built:
        running = asyncio.create_task(built.daemon.run(), name="dry run")
        try:
            return await _bought(built, running)
        finally:
            built.daemon.stop()
            await asyncio.wait({running})


async def _bought(built: Assembly, running: "asyncio.Task[int]") -> str:
    seen: set[type] = set()
    news = asyncio.Event()

    def on_decision(decision: Decision) -> None:
        seen.update(type(event) for event in decision.events)
        news.set()

    built.engine.listeners.append(on_decision)
    await _unless_ended(built.daemon.started.wait(), running, built)
    symbol = min(built.views.book.instruments)
    intent = Intent(
        legs=(Leg(symbol=symbol, side=Side.BUY),), order_qty=ONE, key="dry-run",
        source=Source.API, user="release-check",
    )
    requests = Requests(built.views, built.engine.submit, built.latch.set)
    found, _ = await requests.of(SubmitIntent(intent=intent))
    while found["is_open"]:
        draft = built.views.drafts.get(found["intent_id"])
        if draft is not None and draft.status == "waiting":
            await _until(Path(str(found["draft_path"])).is_file)
            await requests.of(Approve(
                target=found["intent_id"], digest=draft.digest, by="release-check"
            ))
        else:
            news.clear()
            await _unless_ended(news.wait(), running, built)
        found = built.views.pipeline_result(found["intent_id"]) or found
    missed = [kind.__name__ for kind in _FOOTPRINTS if kind not in seen]
    if not found["success"] or missed:
        raise DryRunFailed(_told(found, missed))
    px = found["order"]["avg_px"]
    return f"bought 1 {symbol} at {px}, by a draft on disk, through all eight stages"


async def _until(is_written: Callable[[], bool]) -> None:
    for _ in range(_LOOKS):
        if is_written():
            return
        await asyncio.sleep(1)
    raise DryRunFailed("the draft was not written to the disk")


async def _unless_ended(
    awaited: Any, running: "asyncio.Task[int]", built: Assembly
) -> None:
    waiting = asyncio.ensure_future(awaited)
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        raise DryRunFailed(built.daemon.failure or "the session ended before the order was filled")


def _told(found: Mapping[str, Any], missed: list[str]) -> str:
    why = found["reason_code"] or f"no {', '.join(missed)}"
    detail = f" ({found['reason_detail']})" if found["reason_detail"] else ""
    return f"stopped at stage {found['stage']}: {why}{detail}"
