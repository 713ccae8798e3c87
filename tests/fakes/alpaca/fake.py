"""What is a whole Alpaca on this machine? Its sockets, its routes, and handles for what goes wrong.

The venue behind it outlives it: stop one, start another on the same venue, and nothing is lost.
"""

from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from aiohttp import web
from tests.fakes.alpaca.book import Book
from tests.fakes.alpaca.desk import Desk
from tests.fakes.alpaca.office import Office
from tests.fakes.alpaca.rules import Account
from tests.fakes.alpaca.site import Asked, Route, Site
from tests.fakes.alpaca.stream import Updates
from tests.fakes.faults import Faults, Request
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import Happening

KEY: Final = "PKTEST"
SECRET: Final = "hush-hush-hush-hush"


class FakeAlpaca:
    """`async with FakeAlpaca(venue) as fake:` and a client is pointed at `fake.url`.

    `scenarios.py` lists all that can be asked of it; `routes` can be added to before it starts.
    """

    def __init__(
        self, venue: Venue, *, key: str = KEY, secret: str = SECRET, carries_fills: bool = True,
        one_by_leg: bool = False,
    ) -> None:
        self.venue = venue
        self.faults = Faults()
        self.book = Book(venue, carries_fills=carries_fills)
        self.updates = Updates(self.book, self.faults, one_by_leg=one_by_leg)
        self.desk = Desk(self.book, self.updates)
        self.office = Office(self.book)
        self.site = Site(self.book, self.updates, self.faults, key=key, secret=secret)
        self.routes: list[Route] = [*self._orders(), *self._account(), Route(
            "GET", "/stream", Request.CONNECT, self._stream, is_socket=True,
        )]
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def account(self) -> Account:
        return self.book.account

    @property
    def asked(self) -> list[Asked]:
        return self.site.asked

    @property
    def url(self) -> str:
        """Return where orders go; clients put /v2 behind it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stream_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/stream"

    @property
    def data_url(self) -> str:
        return self.url

    @property
    def data_stream_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v2/iex"

    async def __aenter__(self) -> Self:
        self._forget = self.venue.listen(self._happened)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._forget()
        await self.stop()

    async def start(self) -> None:
        """Open the doors: the first time at any port, afterwards at the same one."""
        app = web.Application()
        for route in self.routes:
            app.router.add_route(route.method, route.path, self.site.serve(route))
        self.site.closing.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Cut everybody off and let nobody in; what happens meanwhile is never told."""
        self.site.closing.set()
        self.site.answers.set()
        self.updates.drop()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _happened(self, happening: Happening) -> None:
        self.desk.note(happening)
        self.updates.tell(happening)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        return await self.updates.serve(request, self.site.may_log_in)

    def _orders(self) -> Iterable[Route]:
        desk, one = self.desk, "/v2/orders/{order_id}"
        yield Route("POST", "/v2/orders", Request.SUBMIT, desk.submit, has_words=True)
        yield Route("GET", "/v2/orders", Request.STATEMENT, desk.listed, has_words=True)
        yield Route("DELETE", "/v2/orders", Request.CANCEL, desk.cancel_all)
        yield Route("GET", "/v2/orders:by_client_order_id", Request.FIND, desk.find, has_words=True)
        yield Route("GET", one, Request.FIND, desk.get, has_words=True)
        yield Route("PATCH", one, Request.REPLACE, desk.replace, has_words=True)
        yield Route("DELETE", one, Request.CANCEL, desk.cancel)

    def _account(self) -> Iterable[Route]:
        office, about = self.office, "/v2/account"
        yield Route("GET", about, Request.STATEMENT, office.account)
        yield Route("GET", about + "/configurations", Request.CONNECT, office.configurations)
        yield Route("PATCH", about + "/configurations", Request.CONNECT, office.configurations)
        yield Route("GET", about + "/activities/FILL", Request.FILLS, office.fills, has_words=True)
        yield Route("GET", "/v2/clock", Request.CONNECT, office.clock)
        yield Route("GET", "/v2/positions", Request.STATEMENT, office.positions)
        yield Route("GET", "/v2/positions/{name:.+}", Request.STATEMENT, office.position)
        yield Route("GET", "/v2/assets", Request.DATA, office.assets)
        yield Route("GET", "/v2/assets/{name:.+}", Request.DATA, office.asset)
        yield Route("GET", "/v2/options/contracts", Request.DATA, office.contracts)
        yield Route("GET", "/v2/options/contracts/{name}", Request.DATA, office.contract)
