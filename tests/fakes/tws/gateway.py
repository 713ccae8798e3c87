"""Does an adapter for IBKR keep its promises? A TWS that speaks the real protocol on loopback.

It translates between the wire and a `Venue`, which owns the truth. Whatever TWS itself remembers
(numbers of orders, who sent what) outlives every connection. What a scenario needs beyond the
queue of faults is a method or an attribute here; `scenarios.py` lists them all. It never knows
what the other side believes, and leaves loopback never.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from tests.fakes.faults import FaultKind, Faults
from tests.fakes.tws import account, codes, telling, trading
from tests.fakes.tws.contracts import NEW_YORK, Contracts
from tests.fakes.tws.layout import Layout
from tests.fakes.tws.session import Answer, Asked, Message, Session
from tests.fakes.tws.tickets import Ticket, Tickets
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import Execution, Happening, VenueOrder, What

CAN_SUFFER: Final = frozenset(FaultKind) - {FaultKind.HTML}  # it speaks no HTTP
ANSWERS: Final[tuple[Answer, ...]] = (*account.ANSWERS, *trading.ANSWERS)
_RECORDED_MAX: Final = 5_000
_GOODBYE_S: Final = 2.0


class FakeGateway:
    """One TWS or Gateway with one account."""

    def __init__(
        self, venue: Venue, *, server_version: int = 178, account: str = "DU1234567",
        is_read_only: bool = False,
    ) -> None:
        self.venue = venue
        self.server_version = server_version
        self.account = account
        self.accounts = [account]
        self.is_read_only = is_read_only
        self.host, self.port = "127.0.0.1", 0
        self.faults = Faults(CAN_SUFFER)
        self.contracts = Contracts()
        self.tickets = Tickets()
        self.answers = {answer.layout.message_id: answer for answer in ANSWERS}
        self.complaints: list[str] = []
        self.recorded: deque[tuple[str, int | None, tuple[str, ...]]] = deque(maxlen=_RECORDED_MAX)
        self._sessions: set[Session] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._unlisten: Callable[[], None] | None = None
        self._become_usual()

    def _become_usual(self) -> None:
        """Set everything that a scenario may change."""
        self.is_linked = True
        self.is_status_repeated = True  # as reality does; both libraries drop the repetition
        self.holds_cancels = False
        self.holds_commissions = False
        self.messages_per_s_max = 50
        self.too_fast = 0
        self.master_client: int | None = None
        self.occupied: set[int] = set()
        self.withheld: set[Layout] = set()
        self.remarks: deque[int] = deque()
        self.skew_s = 0.0
        self.zone = "UTC"  # in which it tells times; none: as local ones, without a word of it
        self.first_order_id = 1
        self.stranded: list[tuple[int, Asked]] = []
        self.held_cancels: list[VenueOrder] = []
        self._held_commissions: list[tuple[Ticket, Message]] = []

    async def __aenter__(self) -> Self:
        self._unlisten = self.venue.listen(self._hear)
        await self.open_door()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._unlisten is not None
        self._unlisten()
        await self.close_door()
        self.drop_all()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GOODBYE_S)
        for task in self._tasks:
            task.cancel()
        assert kind is not None or not self.complaints, self.complaints

    @property
    def sessions(self) -> list[Session]:
        """Return who is connected under a client id."""
        return [session for session in self._sessions if session.client_id is not None]

    @property
    def only_account(self) -> str | None:
        """Return whose an order is that names no account; where there are several, nobody's."""
        return self.account if self.accounts == [self.account] else None

    def now(self) -> datetime:
        return self.venue.now() + timedelta(seconds=self.skew_s)

    def midnight(self) -> datetime:
        """Return since when TWS tells of executions and completed orders: since its midnight."""
        local = self.venue.now().astimezone(NEW_YORK)
        return local.replace(hour=0, minute=0, second=0, microsecond=0)

    def is_taken(self, client_id: int) -> bool:
        return client_id in self.occupied or client_id in {s.client_id for s in self.sessions}

    def next_valid_id(self, client_id: int) -> int:
        return max(self.first_order_id, self.tickets.highest.get(client_id, 0) + 1)

    def ticket_of(self, order: VenueOrder) -> Ticket:
        """Return the ticket of a venue's order; nobody's client sent one that has none yet."""
        ticket = self.tickets.of(order)
        if ticket is None:
            ticket = self.tickets.by_hand(order, self.contracts.listing(order.symbol).fields())
            ticket.asked["account"] = self.account
        return ticket

    def record(self, way: str, session: Session, message: Sequence[str]) -> None:
        self.recorded.append((way, session.client_id, tuple(message)))

    # What a scenario may do.

    async def open_door(self) -> None:
        """Take connections, at the port of before where there was one."""
        assert self._server is None
        self._server = await asyncio.start_server(self._welcome, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close_door(self) -> None:
        """Refuse new connections from now on; those that are there stay."""
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    def drop_all(self) -> None:
        for session in list(self._sessions):
            session.drop()

    def mute(self) -> None:
        """Let every connection stay up, and nothing come any more."""
        for session in self._sessions:
            session.is_mute = True

    def broadcast(self, code: int, text: str = "") -> None:
        for session in self.sessions:
            session.error(code, text)

    def remark(self, order: VenueOrder, code: int, text: str = "") -> None:
        """Tell the client of an order something about it; the order stays as it is."""
        ticket = self.ticket_of(order)
        for session in self._audience(ticket):
            session.error(code, text, req_id=ticket.order_id)

    def lose_link(self) -> None:
        """Lose the vendor (1100): sockets stay, and what happens from now on is never told."""
        self.is_linked = False
        self.broadcast(1100)

    def restore_link(self, *, is_data_lost: bool = False, sends_stranded: bool = False) -> None:
        """Find the vendor again (1102, or 1101); what came meanwhile may go out only now."""
        self.is_linked = True
        if sends_stranded:
            trading.submit_stranded(self)
        self.stranded.clear()
        self.broadcast(1101 if is_data_lost else 1102)

    async def move_port(self) -> None:
        """Tell everybody that TWS listens elsewhere now (1300), and hang up."""
        await self.close_door()
        self.port = 0
        await self.open_door()
        self.broadcast(1300, f"{codes.text_of(1300)}{self.port}")
        self.drop_all()

    async def nightly_reset(self, *, refused_s: float = 0.05, is_data_lost: bool = False) -> None:
        """Play the night: 1100, all sockets gone, nobody let in for a while, then the link."""
        self.lose_link()
        self.drop_all()
        await self.close_door()
        await asyncio.sleep(refused_s)
        await self.open_door()
        self.restore_link(is_data_lost=is_data_lost)

    def release_cancels(self) -> None:
        """Do what was asked for outside of hours."""
        self.holds_cancels = False
        for order in self.held_cancels:
            self.venue.cancel(order)
        self.held_cancels.clear()

    def release_commissions(self) -> None:
        self.holds_commissions = False
        for ticket, message in self._held_commissions:
            for session in self._audience(ticket):
                session.push([message])
        self._held_commissions.clear()

    def twin(self, order: VenueOrder) -> VenueOrder:
        """Let an order live twice under its number, as a change in a bad moment did for others."""
        ticket = self.ticket_of(order)
        other = self.tickets.begin(ticket.client_id, ticket.order_id, ticket.contract)
        other.asked, other.is_sold_bag = ticket.asked, ticket.is_sold_bag
        self.tickets.arriving = other
        return self.venue.submit(
            order.client_id, order.legs, order.leaves, side=order.side, limit=order.limit,
            stop=order.stop, tif=order.tif, outside_hours=order.outside_hours,
        )

    def tell_state(self, ticket: Ticket) -> None:
        """Tell once more where an order stands: it was submitted, or somebody should know."""
        for session in self._audience(ticket) if self.is_linked else ():
            session.push(list(self._state_of(ticket)))

    def forget_ids(self, first: int = 1) -> None:
        """Count order ids from the beginning, as a person may have TWS do."""
        self.tickets.count_anew()
        self.first_order_id = first

    def hang_up(self, session: Session) -> None:
        """End a connection as soon as what was said to it has gone out."""
        asyncio.get_running_loop().call_soon(session.drop)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session, task = Session(self, reader, writer), asyncio.current_task()
        assert task is not None
        self._sessions.add(session)
        self._tasks.add(task)
        try:
            await session.live()
        finally:
            self._sessions.discard(session)
            self._tasks.discard(task)

    # What the venue tells, and who is told of it.

    def _hear(self, happening: Happening) -> None:
        order = happening.order
        if order is None:
            return
        ticket = self.ticket_of(order)
        ticket.is_taken |= happening.what is What.NEW
        if not self.is_linked:
            return
        if ticket.is_manual and any(s.binds_manual for s in self.sessions):
            self.tickets.bind(ticket)
        said = list(self._said_of(ticket, happening))
        audience = self._audience(ticket)
        for session in self.sessions:
            session.push([
                *(said if session in audience else ()),
                *self._holdings(session, happening.executions),
            ])

    def _said_of(self, ticket: Ticket, happening: Happening) -> Iterator[Message]:
        """Yield what a happening makes TWS say of an order, in the order of its saying."""
        order, what = ticket.at_venue, happening.what
        if what is What.REJECTED:
            code = int(order.reason or 201)
            yield telling.error(code, ticket.order_id)
            if code != 201 and not ticket.is_taken:  # there is no order to tell of
                return
        yield from telling.executions(
            ticket, happening.executions, self.contracts, self.zone
        )
        yield from self._state_of(ticket, is_new=what is What.NEW)
        if what in (What.CANCELED, What.EXPIRED):
            yield telling.error(202, ticket.order_id)
        paid = [telling.commission(made) for made in happening.executions if made.qty]
        if self.holds_commissions:
            self._held_commissions += [(ticket, message) for message in paid]
        elif paid:
            yield telling.open_order(
                ticket, telling.word_of(order, self.venue.hours), paid=happening.executions
            )
            yield from paid

    def _state_of(self, ticket: Ticket, *, is_new: bool = False) -> Iterator[Message]:
        """Yield where an order stands; one that has just arrived is not submitted yet."""
        word = "PreSubmitted" if is_new else telling.word_of(ticket.at_venue, self.venue.hours)
        yield telling.open_order(ticket, word)
        for _ in range(2 if self.is_status_repeated else 1):
            yield telling.order_status(ticket, self.venue, word)

    def _holdings(self, session: Session, made: Sequence[Execution]) -> Iterator[Message]:
        """Yield what has changed in the account, for those who wanted to be told."""
        if made and session.wants_positions:
            for symbol in sorted({execution.symbol for execution in made}):
                yield account.position(self, symbol)
        if made and session.wants_account:
            yield from account.told(self)

    def _audience(self, ticket: Ticket) -> list[Session]:
        """Return whom TWS tells of an order unasked: who sent it, and the master client."""
        return [
            s for s in self.sessions
            if s.client_id == self.master_client
            or (s.client_id == ticket.client_id and (not ticket.is_manual or s.binds_manual))
        ]
