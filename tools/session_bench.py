"""What stands at the other end of an adapter for a session? A fake on loopback, and its faults."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.faults import FaultKind, Faults, Request
from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.venue import Venue

_ASKED: Final = (
    FaultKind.DROP_BEFORE, FaultKind.HANG, FaultKind.ERROR_BEFORE, FaultKind.HTML,
    FaultKind.TOO_MANY,
)
_DONE: Final = (
    *_ASKED, FaultKind.ACCEPT_DROP, FaultKind.ERROR_AFTER, FaultKind.DUPLICATE_ACK,
    FaultKind.FILL_BEFORE_ACK,
)
_CUTS: Final = (FaultKind.MUTE, FaultKind.DROP_BEFORE)  # of a stream, now and then
SUFFERS: Final = {  # what may become of each kind of request, where a fake's protocol knows it
    Request.SUBMIT: _DONE, Request.CANCEL: _DONE, Request.REPLACE: _DONE, Request.FIND: _ASKED,
    Request.FILLS: _ASKED, Request.STATEMENT: _ASKED, Request.CONNECT: _ASKED,
    Request.STREAM: (FaultKind.DUPLICATE_ACK,),
}


@dataclass(frozen=True)
class Bench:
    """A fake that runs: what a route says to reach it, its faults, and its bad night."""

    route: Mapping[str, Any]
    faults: Faults
    night: Callable[[], Awaitable[None]]


Opened: TypeAlias = Callable[[Venue], Any]


@asynccontextmanager
async def alpaca(venue: Venue) -> AsyncIterator[Bench]:
    import alpaca.trading.client  # noqa: F401  # not in the middle of a call on fast time

    async with FakeAlpaca(venue) as fake:
        async def night() -> None:
            """Lose every stream, as when they deploy."""
            fake.updates.drop()

        yield Bench({
            "adapter": "alpaca", "key": KEY, "secret": SECRET, "url": fake.url,
            "stream_url": fake.stream_url,
        }, fake.faults, night)


@asynccontextmanager
async def ibkr(venue: Venue) -> AsyncIterator[Bench]:
    import ib_async  # noqa: F401  # not in the middle of a call on fast time

    async with FakeGateway(venue) as gateway:
        async def night() -> None:
            """Reset as IB does each night: the link first, then all sockets, then nobody is in."""
            gateway.lose_link()
            await asyncio.sleep(10)
            await gateway.nightly_reset(refused_s=30)

        yield Bench({
            "adapter": "ibkr", "host": gateway.host, "port": gateway.port,
            "account": gateway.account,
        }, gateway.faults, night)


BENCHES: Final[Mapping[str, Opened]] = {"alpaca": alpaca, "ibkr": ibkr}


def spoil(faults: Faults, seed: int, fraction: float) -> None:
    """Let a part of all requests fail from now on; none, where it is 0."""
    faults.seeded(seed, fraction, {on: known(faults.can, kinds) for on, kinds in SUFFERS.items()})


def cut(faults: Faults, number: int) -> None:
    """Let the next thing that is told unasked be the last of its connection."""
    kinds = known(faults.can, _CUTS)
    faults.push(kinds[number % len(kinds)], on=Request.STREAM)


def known(can: Collection[FaultKind], kinds: tuple[FaultKind, ...]) -> tuple[FaultKind, ...]:
    return tuple(kind for kind in kinds if kind in can)
