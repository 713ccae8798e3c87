"""What do the libraries make of ordinary days with our TWS: orders, fills, changes, questions?"""

from decimal import Decimal
from types import ModuleType
from typing import Any, Final

from tests.fakes.tws.witness import Scene, Witness, settle, until, witnessing
from tests.fakes.venue_facts import REST, Status, partial

CALL, PUT = "SPY261218C00510000", "SPY261218P00490000"


async def a_connection_begins_with_everything_that_there_is(
    library: ModuleType, version: int
) -> None:
    async with witnessing(library, version=version) as w:
        w.venue.place_external("SPY", 3)
        ib = await w.connect()
        assert ib.client.serverVersion() == min(version, ib.client.MaxClientVersion)
        assert ib.managedAccounts() == ["DU1234567"]
        assert [(p.contract.symbol, p.position) for p in ib.positions()] == [("SPY", 3)]
        values = {(v.tag, v.currency): v.value for v in ib.accountValues()}
        assert Decimal(values["CashBalance", "USD"]) == w.venue.cash
        assert [p.position for p in ib.portfolio()] == [3]
        assert [fill.execution.shares for fill in ib.fills()] == [3]
        assert (await ib.reqCurrentTimeAsync()).tzinfo is not None
        await ib.accountSummaryAsync()


async def an_order_that_crosses_is_filled_and_told_in_order(
    library: ModuleType, version: int
) -> None:
    async with witnessing(library, version=version) as w:
        ib = await w.connect()
        trade = await w.place(w.limit("BUY", 10, "500.02", orderRef="mine"))
        await until(lambda: bool(w.heard("commission")))
        assert [said[0] for said in w.said if said[0] in ("execution", "status", "commission")] == [
            "status", "execution", "status", "commission",
        ]
        (fill,) = trade.fills
        assert (fill.execution.side, fill.execution.shares, fill.execution.price) == (
            "BOT", 10, 500.02,
        )
        assert fill.execution.orderRef == "mine" and fill.commissionReport.commission == 1
        assert trade.orderStatus.status == "Filled" and trade.orderStatus.remaining == 0
        await until(lambda: [p.position for p in ib.positions()] == [10])
        order = w.at_venue("mine")
        assert (str(order.qty), str(order.limit), order.tif) == ("10", "500.02", "day")


async def an_order_that_rests_is_changed_and_canceled(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        ib = await w.connect()
        w.venue.plan(partial(4))
        trade = await w.place(w.limit("BUY", 10, "499.00", orderRef="mine"))
        order = w.at_venue("mine")
        await until(lambda: trade.orderStatus.filled == 4)
        first = trade.order.permId
        trade.order.lmtPrice, trade.order.totalQuantity = Decimal("499.10"), 8
        ib.placeOrder(trade.contract, trade.order)
        await until(lambda: order.limit == Decimal("499.10"))
        await until(lambda: trade.orderStatus.remaining == 4)
        assert trade.order.permId == first and order.qty == 8
        ib.cancelOrder(trade.order)
        await until(lambda: trade.orderStatus.status == "Cancelled")
        assert order.status is Status.CANCELED and trade.orderStatus.filled == 4
        await until(lambda: (trade.order.orderId, 202) in w.heard("error"))


async def open_orders_say_everything_that_was_asked(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        await w.connect()
        contract = await w.contract()
        stop = w.library.StopLimitOrder(
            "SELL", 5, Decimal("480"), Decimal("481.5"), tif="GTC", orderRef="stop",
        )
        await w.place(stop, contract)
        await w.place(w.limit("BUY", 7, "400", orderRef="rth", outsideRth=True), contract)
        w.ib.disconnect()
        ib = await w.connect()
        told = {t.order.orderRef: t for t in ib.openTrades()}
        order = told["stop"].order
        assert (order.orderType, order.tif, order.action) == ("STP LMT", "GTC", "SELL")
        assert (order.lmtPrice, order.auxPrice, order.totalQuantity) == (480, 481.5, 5)
        assert told["stop"].orderStatus.status == "PreSubmitted"
        assert told["rth"].order.outsideRth and told["rth"].orderStatus.status == "Submitted"
        assert told["rth"].contract.conId == contract.conId


async def a_bag_is_told_as_one_and_leg_by_leg(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        w.venue.quote(CALL, "4.00", "4.10")
        w.venue.quote(PUT, "3.00", "3.10")
        ib = await w.connect()
        trade = await w.place(
            w.limit("BUY", 2, "1.10", orderRef="bag"), await a_bag(w, (CALL, "BUY"), (PUT, "SELL"))
        )
        await until(lambda: len(w.heard("commission")) == 2)
        assert [(f.contract.secType, f.execution.side, f.execution.shares, f.execution.price)
                for f in trade.fills] == [
            ("BAG", "BOT", 2, 1.1), ("OPT", "BOT", 2, 4.05), ("OPT", "SLD", 2, 2.95),
        ]
        assert len({f.execution.execId for f in trade.fills}) == 3
        assert len({f.execution.permId for f in trade.fills}) == 1
        assert trade.orderStatus.status == "Filled" and trade.orderStatus.filled == 2
        await until(lambda: {p.contract.localSymbol.replace(" ", ""): p.position
                             for p in ib.positions()} == {CALL: 2, PUT: -2})
        assert {p.position: p.avgCost for p in ib.positions()} == {2: 405, -2: 295}
        assert [m[0] for way, _, m in w.gateway.recorded if way == ">"].count("11") == 3
        assert w.venue.truth()[1] == {CALL: 2, PUT: -2}


async def what_is_over_is_told_as_completed(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        await w.connect()
        await w.place(w.limit("BUY", 10, "500.02", orderRef="done"))
        w.venue.plan(partial(4))
        trade = await w.place(w.limit("BUY", 10, "499", orderRef="gone"))
        w.ib.cancelOrder(trade.order)
        await until(lambda: trade.orderStatus.status == "Cancelled")
        w.ib.disconnect()
        ib = await w.connect()
        told = {t.order.orderRef: t for t in await ib.reqCompletedOrdersAsync(False)}
        assert {ref: (t.order.orderId, t.orderStatus.filled, t.order.filledQuantity)
                for ref, t in told.items()} == {"done": (0, 0, 10), "gone": (0, 0, 4)}
        assert told["gone"].orderStatus.status == "Cancelled"
        assert (told["done"].order.totalQuantity, told["gone"].order.totalQuantity) == (0, 6)
        assert told["gone"].order.permId == trade.order.permId


async def contracts_are_found_by_what_is_known_of_them(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        ib = await w.connect()
        (spy,) = await ib.reqContractDetailsAsync(w.library.Stock("SPY", "SMART", "USD"))
        assert (spy.contract.conId, spy.minTick, spy.stockType) == (756733, 0.01, "ETF")
        assert spy.contract.tradingClass == "SPY" and "20" in spy.liquidHours
        (dotted,) = await ib.reqContractDetailsAsync(w.library.Stock("BRK B", "SMART", "USD"))
        assert w.gateway.contracts.listing("BRK.B").con_id == dotted.contract.conId
        (option,) = await ib.reqContractDetailsAsync(
            w.library.Option("SPY", "20261218", 510, "C", "SMART")
        )
        told = option.contract
        assert told.localSymbol == "SPY   261218C00510000" and told.multiplier == "100"
        assert (told.strike, told.right, told.lastTradeDateOrContractMonth) == (
            510, "C", "20261218",
        )
        (again,) = await ib.reqContractDetailsAsync(w.library.Contract(conId=told.conId))
        assert again.contract.localSymbol == told.localSymbol
        rule = await ib.reqMarketRuleAsync(int(option.marketRuleIds.split(",")[0]))
        assert [(step.lowEdge, step.increment) for step in rule] == [(0, 0.01)]
        assert await ib.reqContractDetailsAsync(w.library.Stock("NOSUCH", "SMART", "USD")) == []
        assert 200 in [code for _, code in w.heard("error")]


async def a_supposed_order_goes_nowhere(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        ib = await w.connect()
        state = await ib.whatIfOrderAsync(await w.contract(), w.limit("BUY", 10, "500.02"))
        assert state.initMarginChange == "1000.00" and w.venue.orders == {}


async def a_list_is_only_of_the_client_that_asks(library: ModuleType, version: int) -> None:
    async with witnessing(library, version=version) as w:
        await w.connect(client_id=1)
        w.venue.plan(REST, REST)
        ours = await w.place(w.limit("BUY", 1, "490", orderRef="ours"))
        await w.connect(client_id=2)
        await w.place(w.limit("BUY", 1, "490", orderRef="theirs"))
        first, second = w.clients
        assert [t.order.orderRef for t in await first.reqOpenOrdersAsync()] == ["ours"]
        told = {t.order.orderRef: t.order.clientId for t in await second.reqAllOpenOrdersAsync()}
        assert told == {"ours": 1, "theirs": 2}
        second.cancelOrder(w.library.Order(orderId=ours.order.orderId + 50))
        await until(lambda: 10147 in [code for _, code in w.heard("error")])
        await settle()
        assert w.at_venue("ours").is_working
        second.reqGlobalCancel()
        await until(lambda: not w.venue.working())


async def a_bag(w: Witness, *legs: tuple[str, str]) -> Any:
    made = [
        w.library.ComboLeg(conId=w.gateway.contracts.listing(symbol).con_id, ratio=1,
                           action=action, exchange="SMART")
        for symbol, action in legs
    ]
    return w.library.Contract(
        secType="BAG", symbol="SPY", exchange="SMART", currency="USD", comboLegs=made,
    )


ORDINARY: Final[tuple[Scene, ...]] = (
    a_connection_begins_with_everything_that_there_is,
    an_order_that_crosses_is_filled_and_told_in_order,
    an_order_that_rests_is_changed_and_canceled,
    open_orders_say_everything_that_was_asked,
    a_bag_is_told_as_one_and_leg_by_leg,
    what_is_over_is_told_as_completed,
    contracts_are_found_by_what_is_known_of_them,
    a_supposed_order_goes_nowhere,
    a_list_is_only_of_the_client_that_asks,
)
