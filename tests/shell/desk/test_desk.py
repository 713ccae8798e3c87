"""Does the desk take one request after the other, wait for facts in bounded time, and no longer?"""

import asyncio
from collections.abc import Container
from datetime import date
from typing import Any

import pytest
from tests.tiny_daemon import AT, TinyDaemon, a_desk, a_market

from tradebot.core.model.commands import Approve, FactArrived
from tradebot.core.model.ids import ExecID
from tradebot.core.model.report import ExecType, LegFill
from tradebot.core.options.request import Reading
from tradebot.core.options.words.grammar import read
from tradebot.shell.desk.desk import ASKING_MAX, OptionsDesk
from tradebot.shell.desk.words import Words
from tradebot.shell.engine import Busy

CONDOR = Words(text="SPY iron condor, 1 contract")
CLOSE = Words(text="close my SPY condor")


def a_condor_held(daemon: TinyDaemon) -> OptionsDesk:
    """Return the desk of a daemon that has filled a condor."""
    desk = a_desk(daemon)
    found = asyncio.run(desk.ask(CONDOR))
    order = daemon.book.intents.open[found["draft_id"]]
    asyncio.run(_approved(daemon, found))
    (state,) = daemon.book.orders.working.values()
    mids = {leg.symbol: daemon.facts.quotes[leg.symbol].mid for leg in order.body.legs}
    net = sum(leg.side.sign * mids[leg.symbol] for leg in order.body.legs)
    daemon.report(state.root, ExecType.NEW)
    daemon.report(
        state.root, ExecType.TRADE, exec_id=ExecID("X1"), last_qty=order.body.order_qty,
        last_px=net, legs=tuple(LegFill(symbol=s, last_px=mid) for s, mid in mids.items()),
    )
    return desk


async def _approved(daemon: TinyDaemon, found: dict[str, Any]) -> None:
    await daemon.submit(Approve(target=found["draft_id"], digest=found["digest"], by="alice"))


def test_two_who_close_the_same_at_once_do_not_both() -> None:
    desk = a_condor_held(TinyDaemon())

    async def both() -> list[dict[str, Any]]:
        return list(await asyncio.gather(desk.ask(CLOSE), desk.ask(CLOSE)))

    found = asyncio.run(both())
    assert sorted(one["draft_id"] is None for one in found) == [False, True]
    assert sum("closing it already" in (one["why"] or "") for one in found) == 1


def test_too_many_who_ask_at_once_are_told_so() -> None:
    daemon = TinyDaemon()

    async def ask_all() -> None:
        is_read = asyncio.Event()

        async def slow(text: str, symbols: Container[str], today: date) -> Reading:
            await is_read.wait()
            return read(text, symbols, today)

        desk = a_desk(daemon)
        desk._read = slow
        asked = [asyncio.create_task(desk.ask(CONDOR)) for _ in range(ASKING_MAX)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await desk.ask(CONDOR)
        is_read.set()
        assert all(found["draft_id"] for found in await asyncio.gather(*asked))
        assert (await desk.ask(CONDOR))["draft_id"]

    asyncio.run(ask_all())


def test_a_draft_is_waited_for_while_only_facts_are_missing() -> None:
    daemon = TinyDaemon()
    market = a_market(daemon)
    hidden = dict(daemon.facts.quotes)
    daemon.facts.quotes.clear()

    async def ask() -> dict[str, Any]:
        desk = a_desk(daemon, market)
        asked = asyncio.create_task(desk.ask(CONDOR))
        while not daemon.book.intents.by_need:
            await asyncio.sleep(0.001)
        assert not asked.done()
        daemon.facts.quotes.update(hidden)
        decision = daemon.decide(FactArrived(needs=tuple(daemon.book.intents.by_need)))
        assert decision is not None
        desk.on_decision(decision)
        return await asked

    assert asyncio.run(ask())["draft_id"] is not None


def test_a_draft_is_not_waited_for_for_ever() -> None:
    daemon = TinyDaemon()
    desk = a_desk(daemon)
    desk._pace = 0.01
    daemon.facts.quotes.clear()
    found = asyncio.run(desk.ask(CONDOR))
    assert found["draft_id"] is None
    assert found["steps"][0]["result"]["reason_code"] == "RISK_STALE_DATA"


def test_a_draft_ends_with_the_session() -> None:
    daemon = TinyDaemon()
    found = asyncio.run(a_desk(daemon).ask(CONDOR))
    ends = daemon.book.intents.open[found["draft_id"]].expires
    assert (ends.date(), ends.hour) == (AT.date(), 20)
