"""What lies between the daemon and the venue? An adapter, and a network that loses and repeats."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.model.capabilities import (
    Capabilities,
    FillsSince,
    FillStream,
    IdMemory,
    ReplaceKind,
    takes_all,
)
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, ExecID, OrderID
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.report import ExecType, Holding, OpenOrder, Report, Statement
from tradebot.ports import BrokerOrder, Declined, DeliveryUnknown, NotSent
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.disk import Killed, Process
from tradebot.shell.simulate.faults import Faults
from tradebot.shell.simulate.venue import Message, Venue

ROUTE: Final = "sim"
_FOR_EVER_S: Final = 600.0


@fact
class Watch:
    """Who looks on: called in the last instant before a request leaves, and with its kind."""

    before_send: Callable[[str, OrderSubmitted | None], None]


class SimBroker:
    """One process' connection to the venue. What the venue says meanwhile to nobody is lost."""

    def __init__(
        self, route: str, venue: Venue, process: Process, chance: Chance, faults: Faults, *,
        when: Callable[[float], datetime], watch: Watch, proves_absence: bool,
        remembers_ids: bool = False, real_money: bool = False,
    ) -> None:
        self.capabilities = Capabilities(
            takes=takes_all((AssetClass.EQUITY,)), replaces=ReplaceKind.IN_PLACE,
            id_memory=IdMemory.FOREVER if remembers_ids else IdMemory.NONE, finds_by_id=True,
            absence_is_proof=proves_absence, fills_since=FillsSince.TIME,
            stream=FillStream.PER_EXECUTION, real_money=real_money,
        )
        self._route = route
        self._venue = venue
        self._process = process
        self._chance = chance
        self._faults = faults
        self._when = when
        self._watch = watch
        self._unread: deque[Report] = deque()
        self._news = asyncio.Event()
        self._is_connected = self._is_mute = self._is_cut = False

    async def connect(self) -> None:
        await self._ask("connect")
        self._is_connected, self._is_mute, self._is_cut = True, False, False
        self._venue.hear = self._hear

    async def disconnect(self) -> None:
        self._is_connected = False

    async def submit(self, order: OrderSubmitted) -> None:
        body = order.intent
        qty = body.side.sign * body.order_qty
        await self._request("submit", order, lambda: self._venue.place(
            order.cl_ord_id, order.intent_id, body.symbol, qty, body.price
        ))

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        await self._request("cancel", None, lambda: self._venue.cancel(cl_ord_id, request_id))

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        await self._request("replace", None, lambda: self._venue.replace(
            cl_ord_id, request_id, order_qty, price
        ))

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        await self._ask("find")
        order = self._venue.by_id.get(cl_ord_id)
        if order is None or (not self.capabilities.absence_is_proof and self._is_behind()):
            return None
        return BrokerOrder(
            cl_ord_id=ClOrdID(order.ids[-1]), symbol=order.symbol, is_sell=order.is_sell,
            reports=tuple(self._report(told) for told in order.said),
        )

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        await self._ask("fills")
        told = [self._report(told) for told in self._venue.history]
        return [fill for fill in told if fill.transact_time and fill.transact_time >= since]

    async def statement(self) -> Statement:
        await self._ask("statement")
        held = sorted(self._venue.positions().items())
        if self._venue.orders and self._faults.hit("flat_statement"):  # not the first of all
            held = []
        return Statement(
            account=self._venue.account, as_of=self._when(asyncio.get_running_loop().time()),
            cash=self._venue.cash(),
            holdings=tuple(Holding(symbol=symbol, qty=qty) for symbol, qty in held),
            working=tuple(
                OpenOrder(
                    cl_ord_id=ClOrdID(order.ids[-1]), symbols=(order.symbol,),
                    leaves_qty=order.left, price=order.limit,
                )
                for order in self._venue.working()
            ),
        )

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            while self._unread:
                yield self._unread.popleft()
            if self._is_cut:
                raise ConnectionResetError("the stream was closed")
            self._news.clear()
            await self._news.wait()

    def _is_behind(self) -> bool:
        """Tell whether the venue answers from a copy that does not know yet."""
        return self._faults.hit("stale_answer")

    async def _ask(self, kind: str) -> None:
        """Let a question and its answer travel."""
        self._live()
        await asyncio.sleep(self._chance.between(kind, .001, .05))
        self._live()
        if self._venue.is_away:
            self._cut()
            raise NotSent("connection refused")
        if self._faults.hit("query_fails"):
            await asyncio.sleep(self._chance.pick("query fails", (0, 1, _FOR_EVER_S)))
            raise DeliveryUnknown(f"{kind}: no answer")

    async def _request(
        self, kind: str, order: OrderSubmitted | None, act: Callable[[], None]
    ) -> None:
        """Let a request travel to the venue and its answer back, or not."""
        self._live()
        hit = self._faults.hit
        if not self._is_connected or self._venue.is_away or hit("unreachable"):
            raise self._not_sent("connection refused")
        if hit("rate_limited"):
            raise self._not_sent("429: too many requests")
        self._watch.before_send(kind, order)
        self._die_if("kill_before_send")
        await asyncio.sleep(self._chance.between(kind, .001, .08))
        self._live()
        if hit("request_lost") or hit("error_before"):
            await self._no_answer()
        if order is not None and hit("declined"):
            raise Declined("insufficient buying power")
        if not self.capabilities.absence_is_proof and hit("late_execution"):
            delay_s = self._chance.between("late execution", .5, 25)
            self._later(delay_s, act)
            raise DeliveryUnknown("400: bad request")
        act()
        self._die_if("kill_after_send")
        if hit("response_lost") or hit("error_after"):
            await self._no_answer()
        if hit("slow_answer"):
            await asyncio.sleep(self._chance.between("slow answer", 5, 30))
        await asyncio.sleep(self._chance.between(kind, .001, .08))

    def _not_sent(self, text: str) -> NotSent:
        """Say that it never left; while it waits to be sent again, much may happen."""
        for name, act in (
            ("kill_in_retry", self._process.kill), ("kill_at_retry", self._process.signal)
        ):
            if self._faults.hit(name):
                self._later(self._chance.between(name, 0, 8), act, name)
        return NotSent(text)

    async def _no_answer(self) -> None:
        """The connection breaks, an error page comes, or nothing ever happens."""
        if self._faults.hit("kill_in_doubt"):
            delay_s = self._chance.between("kill_in_doubt", 0, 20)
            self._later(delay_s, self._process.kill, "kill_in_doubt")
        end = self._chance.below("no answer", 3)
        if end == 0:
            await asyncio.sleep(_FOR_EVER_S)
        if end == 1:
            raise ConnectionResetError("connection reset by peer")
        raise DeliveryUnknown("503: service unavailable")

    def _live(self) -> None:
        if self._process.is_dead:
            raise Killed

    def _die_if(self, name: str) -> None:
        if self._faults.hit(name):
            self._process.kill(name)
            raise Killed

    def _hear(self, told: Message) -> None:
        """Let a report travel: later than another, twice, or with another number."""
        report = self._report(told)
        delay_s = self._chance.between("report", .005, .02)
        if self._faults.hit("reordered_report"):
            delay_s += self._chance.between("report", .05, 1.5)
        if self._faults.hit("late_report"):
            delay_s += self._chance.between("report", 3, 25)
        self._deliver(delay_s, report)
        if self._faults.hit("duplicate_report"):
            self._deliver(delay_s + self._chance.between("report", 0, 3), report)

    def _deliver(self, delay_s: float, report: Report) -> None:
        self._later(delay_s, self._arrive, report)

    def _later(self, delay_s: float, act: Callable[..., None], *of: object) -> None:
        asyncio.get_running_loop().call_later(delay_s, act, *of)

    def _arrive(self, report: Report) -> None:
        if self._process.is_dead or not self._is_connected or self._is_mute:
            return
        if self._faults.hit("mute_stream"):
            self._is_mute = True
            return
        if self._faults.hit("lost_report"):
            return
        if self._venue.is_away or self._faults.hit("disconnect"):
            self._cut()
            return
        self._unread.append(report)
        self._news.set()
        if report.exec_type is ExecType.TRADE and self._faults.hit("conflicting_report"):
            other = replace(report, last_qty=report.last_qty + 1)
            self._deliver(self._chance.between("conflict", 0, 3), other)

    def _cut(self) -> None:
        self._is_connected, self._is_cut = False, True
        self._news.set()

    def _report(self, told: Message) -> Report:
        is_answer = told.asked is not None
        return Report(
            route=self._route, exec_type=ExecType(told.kind),
            cl_ord_id=ClOrdID(told.asked if told.asked is not None else told.client_id),
            orig_cl_ord_id=ClOrdID(told.client_id) if is_answer else None,
            exec_id=ExecID(told.execution) if told.execution else None,
            exec_ref_id=ExecID(told.undoes) if told.undoes else None,
            order_id=OrderID(f"V{told.number}") if told.number else None,
            last_qty=told.qty, last_px=told.px, fee=told.fee, order_qty=told.order_qty,
            symbol=told.symbol or None, is_sell=told.is_sell if told.symbol else None,
            is_duplicate_order=told.is_repeat, transact_time=self._when(told.at),
        )
