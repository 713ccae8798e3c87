"""How does the paper broker cancel, replace, find and state?"""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.makers import ACCOUNT, working_ids
from tests.plugins.fake_market import Number
from tests.plugins.paper.bench import (
    EPOCH,
    Bench,
    an_order,
    at_the_paper_broker,
    check_account,
)

from tradebot.core.model.capabilities import IdMemory, ReplaceKind, takes_all
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType
from tradebot.ports import NotSent


@at_the_paper_broker()
async def test_a_cancel_is_acknowledged_under_its_own_id(bench: Bench) -> None:
    await bench.show("199.90", 200, size=3)
    order = await bench.buy(10, 200)
    await bench.cancel(order, "C1")
    said = bench.about(order)[-1]
    assert said.exec_type is ExecType.CANCELED
    assert (said.cl_ord_id, said.orig_cl_ord_id) == ("C1", order)
    await bench.show("199.90", 200)
    assert bench.filled(order) == 3
    assert (await bench.broker.statement()).working == ()
    await check_account(bench)


@at_the_paper_broker()
async def test_a_cancel_of_what_is_done_or_unknown_is_refused_with_a_text(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10)
    await bench.cancel(order, "C1")
    await bench.cancel("NEVER", "C2")
    for request, named in (("C1", order), ("C2", "NEVER")):
        (said,) = [report for report in bench.told if report.cl_ord_id == request]
        assert said.exec_type is ExecType.CANCEL_REJECTED
        assert said.orig_cl_ord_id == named
        assert said.text


@pytest.mark.fault(60)
@at_the_paper_broker(latency_ms_min=500, latency_ms_max=500)
async def test_a_fill_that_happens_while_the_cancel_travels_wins(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.send(an_order("buy", 10, 150))
    await bench.settle(1)
    await bench.broker.cancel(order, ClOrdID("C1"))
    bench.market.show("99.90", 100)
    await bench.settle(1)
    assert bench.kinds(order) == ["new", "10@100", "cancel_rejected"]


@at_the_paper_broker()
async def test_messages_arrive_in_the_order_in_which_they_were_sent(bench: Bench) -> None:
    """A cancel right behind its order never overtakes it."""
    await bench.show("199.90", 200)
    for number in range(30):
        order = await bench.send(an_order("buy", 1, 150))
        await bench.broker.cancel(order, ClOrdID(f"C{number}"))
    await bench.settle(5)
    for order in bench.intents:
        assert bench.kinds(order) == ["new", "canceled"]


@at_the_paper_broker()
async def test_a_replaced_order_goes_on_under_its_new_id(bench: Bench) -> None:
    await bench.show("199.90", 200, size=3)
    order = await bench.buy(10, 200)
    await bench.replace(order, "R1", 20, 201)
    said = bench.about("R1")[0]
    assert said.exec_type is ExecType.REPLACED
    assert (said.cl_ord_id, said.orig_cl_ord_id, said.order_qty) == ("R1", order, 20)
    assert working_ids(await bench.broker.statement()) == ("R1",)
    await bench.show("200.90", 201)
    assert bench.kinds("R1") == ["replaced", "17@201"]
    await check_account(bench)


@at_the_paper_broker(fill_probability=0)
async def test_a_replaced_limit_that_is_marketable_trades_at_once(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.replace(order, "R1", 10, 200)
    assert bench.kinds("R1") == ["replaced", "10@200"]


@at_the_paper_broker()
async def test_a_replace_without_a_price_keeps_it(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.replace(order, "R1", 5)
    await bench.show("149.99", "150.01")
    assert bench.kinds("R1") == ["replaced"]
    await bench.show("149.90", "149.99")
    assert bench.filled("R1") == 5


@at_the_paper_broker()
async def test_a_replaced_order_can_be_replaced_and_canceled_again(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.replace(order, "R1", 20, 151)
    await bench.replace("R1", "R2", 30, 152)
    await bench.cancel("R2", "C1")
    assert bench.kinds("R2") == ["replaced", "canceled"]
    assert bench.about("R2")[0].orig_cl_ord_id == "R1"
    assert (await bench.broker.statement()).working == ()


@pytest.mark.parametrize(("qty", "price"), [
    (0, 150), (10, "150.005"), (10_000, 150), (10, 0), (-1, 150), ("NaN", 150), (10, "NaN"),
])
def test_a_replace_that_an_order_could_not_have_is_refused_and_changes_nothing(
    tmp_path: Path, qty: Number, price: Number
) -> None:
    @at_the_paper_broker()
    async def story(bench: Bench) -> None:
        await bench.show("199.90", 200)
        order = await bench.buy(10, 150)
        await bench.replace(order, "R1", qty, price)
        assert bench.kinds(order) == ["new", "cancel_rejected"]
        assert bench.about("R1")[0].text
        assert working_ids(await bench.broker.statement()) == (order,)
        await bench.show("149.90", "149.99")
        assert bench.fills(order) == ["10@149.99"]

    story(tmp_path)


@at_the_paper_broker()
async def test_a_replace_of_what_is_done_or_unknown_is_refused(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10)
    await bench.replace(order, "R1", 20)
    await bench.replace("NEVER", "R2", 20)
    assert bench.kinds("R1") == bench.kinds("R2") == ["cancel_rejected"]
    assert await bench.holdings() == {"SPY": 10}


@at_the_paper_broker()
async def test_a_replace_below_what_is_filled_never_fills_more(bench: Bench) -> None:
    await bench.show("199.90", 200, size=6)
    order = await bench.buy(10, 200)
    await bench.replace(order, "R1", 4, 200)
    await bench.show("199.90", 200)
    assert await bench.holdings() == {"SPY": 6}
    assert bench.about("R1")[0].order_qty == 6  # an order is never smaller than what it filled
    assert (await bench.broker.statement()).working == ()
    await check_account(bench)


@at_the_paper_broker()
async def test_the_same_replace_twice_changes_the_order_once(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.replace(order, "R1", 20)
    await bench.replace(order, "R1", 20)
    assert bench.kinds("R1") == ["replaced", "cancel_rejected"]
    assert working_ids(await bench.broker.statement()) == ("R1",)


@at_the_paper_broker()
async def test_a_replace_cannot_take_the_id_of_another_order(bench: Bench) -> None:
    await bench.show("199.90", 200)
    first, second = await bench.buy(10, 150), await bench.buy(20, 140)
    await bench.replace(first, second, 30)
    assert working_ids(await bench.broker.statement()) == (first, second)
    found = await bench.broker.find(second)
    assert found is not None
    assert [report.exec_type for report in found.reports] == [ExecType.NEW]


@at_the_paper_broker()
async def test_find_returns_what_was_said_of_an_order_so_far(bench: Bench) -> None:
    await bench.show("199.90", 200, size=6)
    order = await bench.buy(10, 200)
    await bench.show("199.90", 200, size=1)
    found = await bench.broker.find(order)
    assert found is not None
    assert found.cl_ord_id == order
    assert list(found.reports) == bench.about(order)
    assert len(found.reports) == 3


@at_the_paper_broker()
async def test_find_knows_an_order_by_every_id_of_its_chain(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(10, 150)
    await bench.replace(order, "R1", 20)
    by_old, by_new = await bench.broker.find(order), await bench.broker.find(ClOrdID("R1"))
    assert by_old is not None
    assert by_new is not None
    assert by_old.reports == by_new.reports == tuple(bench.told)


@at_the_paper_broker()
async def test_find_returns_none_for_an_id_that_never_came(bench: Bench) -> None:
    assert await bench.broker.find(ClOrdID("NEVER")) is None


@at_the_paper_broker(latency_ms_min=500, latency_ms_max=500)
async def test_an_order_still_on_the_wire_is_not_denied(bench: Bench) -> None:
    """The broker swears that an id it does not know never arrives: so it must know this one."""
    await bench.show("199.90", 200)
    order = await bench.send(an_order("buy", 10))
    found = await bench.broker.find(order)
    await bench.settle(2)
    assert bench.filled(order) == 10
    assert found is not None or not bench.broker.capabilities.absence_is_proof


@at_the_paper_broker()
async def test_a_refused_order_is_found_as_refused(bench: Bench) -> None:
    await bench.show("199.90", 200)
    order = await bench.buy(0, 150)
    found = await bench.broker.find(order)
    assert found is not None
    assert [report.exec_type for report in found.reports] == [ExecType.REJECTED]


@at_the_paper_broker()
async def test_fills_since_returns_every_trade_from_that_moment_on(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.buy(10)
    await bench.settle(5)
    later = bench.clock.now()
    order = await bench.sell(4)
    await bench.buy(10, 150)
    trades = [report for report in bench.told if report.exec_type is ExecType.TRADE]
    assert list(await bench.broker.fills_since(EPOCH)) == trades
    assert list(await bench.broker.fills_since(later)) == [
        report for report in trades if report.cl_ord_id == order
    ]
    stamp = trades[-1].transact_time
    assert stamp is not None
    assert list(await bench.broker.fills_since(stamp)) == trades[-1:]
    assert list(await bench.broker.fills_since(stamp + timedelta(seconds=1))) == []


@at_the_paper_broker()
async def test_the_statement_tells_cash_holdings_and_working_orders(bench: Bench) -> None:
    await bench.show("199.90", 200)
    await bench.show("299.90", 300, symbol="IBM")
    await bench.buy(10)
    await bench.sell(5, symbol="IBM")
    resting = await bench.buy(10, 150)
    statement = await bench.broker.statement()
    assert statement.account == ACCOUNT
    assert statement.currency == "USD"
    assert statement.as_of == bench.clock.now()
    assert statement.cash == Decimal("100000") - 10 * 200 + Decimal("299.90") * 5
    held = {holding.symbol: (holding.qty, holding.avg_px) for holding in statement.holdings}
    assert held == {"SPY": (10, 200), "IBM": (-5, Decimal("299.90"))}
    assert working_ids(statement) == (resting,)


@at_the_paper_broker()
async def test_every_report_says_who_when_and_on_which_route(bench: Bench) -> None:
    await bench.show("199.90", 200, size=4)
    order = await bench.buy(10, 200)
    await bench.replace(order, "R1", 12)
    await bench.cancel("R1")
    assert {report.route for report in bench.told} == {"paper"}
    await bench.show("199.90", 200)
    await bench.buy(1)
    names = [report.exec_id for report in bench.told if report.exec_type is ExecType.TRADE]
    assert len(names) == 2
    assert None not in names
    assert len(set(names)) == 2
    assert len({report.order_id for report in bench.told}) == 2
    stamps = [report.transact_time for report in bench.told]
    assert stamps == sorted(stamps)


@at_the_paper_broker()
async def test_nothing_leaves_for_a_broker_that_is_not_connected(bench: Bench) -> None:
    await bench.broker.disconnect()
    with pytest.raises(NotSent):
        await bench.send(an_order("buy", 10))
    with pytest.raises(NotSent):
        await bench.broker.cancel(ClOrdID("T1"), ClOrdID("C1"))


@at_the_paper_broker()
async def test_capabilities_promise_only_what_is_kept(bench: Bench) -> None:
    can = bench.broker.capabilities
    assert can.replaces is ReplaceKind.IN_PLACE
    assert can.legs_max == 4
    assert set(can.takes) == set(takes_all())
    assert can.id_memory is IdMemory.FOREVER
    assert can.real_money is False
