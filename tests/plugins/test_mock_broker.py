"""Does the mock broker do what its script says, and keep a true account of it?"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from tests.makers import CALL, HIGHER_CALL, an_intent, at, some_instruments, working_ids
from tests.plugins.fake_market import FakeMarket

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.report import ExecType, Report
from tradebot.plugins.brokers.mock import MockBroker, MockSettings
from tradebot.ports import Declined, DeliveryUnknown, NotSent
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop


class Stage:
    """A mock broker, its market, and somebody who reads what it says."""

    def __init__(self, script: tuple[str, ...], **settings: Any) -> None:
        self.clock = LoopClock(at(0), asyncio.get_running_loop())
        self.market = FakeMarket(self.clock, some_instruments())
        self.broker = MockBroker(
            MockSettings(script=script, **settings), route="mock", clock=self.clock,
            market=self.market, state_dir=Path("nowhere"), calendars={},
        )
        self.told: list[Report] = []

    async def read(self) -> None:
        async for report in self.broker.reports():
            self.told.append(report)

    async def submit(self, intent: Intent | None = None, name: str = "T1") -> None:
        await self.broker.submit(OrderSubmitted(
            cl_ord_id=ClOrdID(name), intent_id=IntentId(name), intent=intent or an_intent(),
            route="mock", account="MOCK-1", send_by=at(3600), reserved=Decimal(0),
        ))
        await self.hear()

    async def hear(self, seconds: float = 0) -> None:
        await asyncio.sleep(seconds)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    @property
    def words(self) -> list[str]:
        return [
            f"{report.last_qty}@{report.last_px}" if report.exec_type is ExecType.TRADE
            else report.exec_type.value for report in self.told
        ]

    async def account(self) -> tuple[Decimal, dict[str, Decimal]]:
        statement = await self.broker.statement()
        return statement.cash, {held.symbol: held.qty for held in statement.holdings}


Story = Callable[[Stage], Awaitable[None]]


def on_stage(*script: str, **settings: Any) -> Callable[[Story], Callable[[], None]]:
    """Make a test of a story that a mock broker with this script takes part in."""
    def make(story: Story) -> Callable[[], None]:
        async def whole() -> None:
            stage = Stage(script, **settings)
            await stage.broker.connect()
            reader = asyncio.create_task(stage.read(), name="reader")
            await story(stage)
            reader.cancel()
            await asyncio.wait({reader})

        def test() -> None:
            with asyncio.Runner(loop_factory=SimLoop) as runner:
                runner.run(whole())

        return test

    return make


@on_stage()
async def test_without_a_script_every_order_is_accepted_and_filled(stage: Stage) -> None:
    await stage.submit()
    await stage.submit(an_intent("sell", 4, price="501"), "T2")
    assert stage.words == ["new", "10@500", "new", "4@501"]
    assert await stage.account() == (100_000 - 5000 + 2004, {"SPY": 6})
    assert {report.route for report in stage.told} == {"mock"}


@on_stage()
async def test_a_market_order_fills_in_the_middle_of_the_quote(stage: Stage) -> None:
    stage.market.show("499", "501")
    await stage.submit(an_intent(price=None))
    assert stage.words == ["new", "10@500"]


@on_stage(price=Decimal(42))
async def test_without_a_quote_the_price_is_the_one_in_the_settings(stage: Stage) -> None:
    await stage.submit(an_intent(price=None))
    assert stage.words == ["new", "10@42"]


@on_stage("accept partial:3 partial:4 fill", "reject", otherwise="accept")
async def test_each_order_takes_the_next_line(stage: Stage) -> None:
    for name in ("T1", "T2", "T3", "T4"):
        await stage.submit(name=name)
    assert stage.words == ["new", "3@500", "4@500", "3@500", "rejected", "new", "new"]
    assert working_ids(await stage.broker.statement()) == ("T3", "T4")
    assert stage.broker.orders[ClOrdID("T1")].cum_qty == 10


@on_stage("fill accept")
async def test_a_fill_may_come_before_its_acknowledgement(stage: Stage) -> None:
    await stage.submit()
    assert stage.words == ["10@500", "new"]


@on_stage("accept delay:5 partial:4 delay:60 fill")
async def test_a_delay_passes_before_the_next_word(stage: Stage) -> None:
    await stage.submit()
    assert stage.words == ["new"]
    await stage.hear(4.9)
    assert stage.words == ["new"]
    await stage.hear(0.2)
    assert stage.words == ["new", "4@500"]
    await stage.hear(61)
    assert stage.words == ["new", "4@500", "6@500"]
    stamps = [report.transact_time for report in stage.told]
    assert stamps[1] == at(5)
    assert stamps[2] == at(65)


@on_stage("accept delay:5 fill")
async def test_a_canceled_order_fills_no_more(stage: Stage) -> None:
    await stage.submit()
    await stage.broker.cancel(ClOrdID("T1"), ClOrdID("C1"))
    await stage.hear(10)
    assert stage.words == ["new", "canceled"]


@on_stage("accept partial:4 duplicate fill")
async def test_a_duplicate_is_said_twice_and_counted_once(stage: Stage) -> None:
    await stage.submit()
    assert stage.words == ["new", "4@500", "4@500", "6@500"]
    assert stage.told[1] == stage.told[2]
    assert await stage.account() == (95_000, {"SPY": 10})
    assert len(await stage.broker.fills_since(at(-1))) == 2


@on_stage("accept overfill:5")
async def test_an_overfill_is_more_than_was_ordered(stage: Stage) -> None:
    await stage.submit()
    assert stage.words == ["new", "15@500"]
    assert (await stage.account())[1] == {"SPY": 15}


@on_stage("accept ghost_fill:7")
async def test_a_ghost_fill_belongs_to_no_order_of_ours(stage: Stage) -> None:
    stage.market.show("499", "501")
    await stage.submit()
    ghost = stage.told[1]
    assert ghost.cl_ord_id not in stage.broker.orders
    assert (ghost.symbol, ghost.is_sell, ghost.last_qty) == ("SPY", False, 7)
    assert await stage.account() == (100_000 - 3500, {"SPY": 7})
    assert await stage.broker.fills_since(at(-1)) == [ghost]


@on_stage("accept partial:4 fill bust")
async def test_a_bust_takes_the_last_trade_back(stage: Stage) -> None:
    await stage.submit()
    assert stage.words[-1] == "trade_cancel"
    assert stage.told[-1].exec_ref_id == stage.told[-2].exec_id
    assert await stage.account() == (98_000, {"SPY": 4})


@pytest.mark.parametrize(("word", "kind"), [
    ("reject", "rejected"), ("cancel", "canceled"), ("expire", "expired"),
])
def test_an_order_may_end_unasked(word: str, kind: str) -> None:
    @on_stage(f"accept partial:3 {word} fill")
    async def story(stage: Stage) -> None:
        await stage.submit()
        assert stage.words == ["new", "3@500", kind]
        assert (await stage.broker.statement()).working == ()

    story()


@on_stage("not_sent", "lose", "declined")
async def test_an_order_that_never_came_leaves_no_trace(stage: Stage) -> None:
    for error in (NotSent, DeliveryUnknown, Declined):
        with pytest.raises(error):
            await stage.submit()
        assert await stage.broker.find(ClOrdID("T1")) is None
    await stage.submit()
    assert stage.words == ["new", "10@500"]


@on_stage("drop_reply accept fill")
async def test_a_dropped_reply_leaves_a_living_order(stage: Stage) -> None:
    with pytest.raises(DeliveryUnknown):
        await stage.submit()
    await stage.hear()
    assert stage.words == ["new", "10@500"]
    found = await stage.broker.find(ClOrdID("T1"))
    assert found is not None
    assert list(found.reports) == stage.told


@on_stage("hang accept")
async def test_a_call_that_hangs_never_comes_back(stage: Stage) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3600):
            await stage.submit()
    assert stage.words == ["new"]


@on_stage()
async def test_a_second_order_under_one_id_is_refused_as_that(stage: Stage) -> None:
    await stage.submit()
    await stage.submit()
    assert stage.words == ["new", "10@500", "rejected"]
    assert stage.told[-1].is_duplicate_order
    assert (await stage.account())[1] == {"SPY": 10}


@on_stage("accept")
async def test_a_cancel_is_answered_under_its_own_id(stage: Stage) -> None:
    await stage.submit()
    await stage.broker.cancel(ClOrdID("T1"), ClOrdID("C1"))
    await stage.broker.cancel(ClOrdID("T1"), ClOrdID("C2"))
    await stage.broker.cancel(ClOrdID("NEVER"), ClOrdID("C3"))
    await stage.hear()
    assert stage.words == ["new", "canceled", "cancel_rejected", "cancel_rejected"]
    assert [report.cl_ord_id for report in stage.told[1:]] == ["C1", "C2", "C3"]
    assert [report.orig_cl_ord_id for report in stage.told[1:]] == ["T1", "T1", "NEVER"]


@on_stage("accept partial:4 delay:5 fill")
async def test_a_replaced_order_goes_on_under_its_new_id(stage: Stage) -> None:
    await stage.submit()
    await stage.broker.replace(ClOrdID("T1"), ClOrdID("R1"), Decimal(20), Decimal(490))
    await stage.broker.replace(ClOrdID("T1"), ClOrdID("R2"), Decimal(30), None)
    assert working_ids(await stage.broker.statement()) == ("R1",)
    await stage.hear(6)
    assert stage.words == ["new", "4@500", "replaced", "cancel_rejected", "16@490"]
    assert stage.told[-1].cl_ord_id == "R1"
    by_old, by_new = [await stage.broker.find(ClOrdID(name)) for name in ("T1", "R1")]
    assert by_old is not None
    assert by_old == by_new


@on_stage(fee=Decimal("1.25"))
async def test_a_fee_is_told_and_taken(stage: Stage) -> None:
    await stage.submit()
    assert stage.told[-1].fee == Decimal("1.25")
    assert (await stage.account())[0] == 95_000 - Decimal("1.25")


@on_stage()
async def test_a_combo_tells_the_price_of_every_leg(stage: Stage) -> None:
    stage.market.show("4.90", "5.10", symbol=CALL)
    stage.market.show("1.90", "2.10", symbol=HIGHER_CALL)
    legs = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL))
    await stage.submit(an_intent(legs=legs, qty=2, price="3.10"))
    trade = stage.told[-1]
    assert {leg.symbol: leg.last_px for leg in trade.legs} == {CALL: 5, HIGHER_CALL: 2}
    assert (trade.last_qty, trade.last_px) == (2, 3)
    assert await stage.account() == (100_000 - 600, {CALL: 2, HIGHER_CALL: -2})


@on_stage()
async def test_fills_since_starts_at_its_moment(stage: Stage) -> None:
    await stage.submit()
    await stage.hear(10)
    await stage.submit(name="T2")
    fills = await stage.broker.fills_since(at(10))
    assert [report.cl_ord_id for report in fills] == ["T2"]
    assert await stage.broker.fills_since(at(10) + timedelta(seconds=1)) == []


@on_stage()
async def test_nothing_leaves_for_a_broker_that_is_not_connected(stage: Stage) -> None:
    await stage.broker.disconnect()
    with pytest.raises(NotSent):
        await stage.submit()


@on_stage()
async def test_reports_wait_for_whoever_reads_late(stage: Stage) -> None:
    late = stage.broker.reports()
    await stage.submit()
    assert stage.words == ["new", "10@500"]
    await stage.submit(name="T2")
    assert len(stage.told) == 4
    await late.aclose()


def test_absence_is_proof_only_where_the_settings_say_so() -> None:
    for is_proof in (False, True):
        @on_stage(absence_is_proof=is_proof)
        async def story(stage: Stage, is_proof: bool = is_proof) -> None:
            assert stage.broker.capabilities.absence_is_proof is is_proof

        story()


@pytest.mark.parametrize("line", [
    "dance", "accept:3", "partial:x", "partial:0", "delay:-1", "accept not_sent", "not_sent fill",
    "hang:3", "fill hang",
])
def test_a_script_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(MockSettings).validate_python({"script": (line,)})
    with pytest.raises(ValidationError):
        TypeAdapter(MockSettings).validate_python({"otherwise": line})
