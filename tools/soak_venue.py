"""Where do the soak's orders go? To a paper broker of its own process, through a bad network.

    python tools/soak_venue.py HOME [--seed 1] [--drops F] [--resets F] [--delays F]

It prints the port of the network's near end, and ends when its standard input does. The broker
keeps its book in HOME/book.jsonl.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec

from bench_orders import StillClock
from soak_line import ARGUMENTS, DONE, HELLO, LINE_MAX, REPORT, decoded, encoded
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.ports import Clock, Listener, WireError

SYMBOLS: Final = tuple(f"SOAK{number}" for number in range(10))
DELAY_MAX_S: Final = 0.2
LET_GO_AFTER_S: Final = 5.0


class StillPrices:
    """Prices that never move, so that every order's fate is the network's doing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def instruments(self) -> Sequence[Instrument]:
        return tuple(Instrument(symbol=symbol) for symbol in SYMBOLS)

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        """Nothing ever changes."""

    def last(self, symbol: str) -> Quote:
        bid, ask = Decimal("500.00"), Decimal("500.02")
        return Quote(symbol=symbol, bid=bid, ask=ask, as_of=self._clock.now())

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return ()

    def gaps(self) -> Sequence[Any]:
        return ()

    async def run(self) -> None:
        await asyncio.Event().wait()


def paper_broker(home: Path) -> PaperBroker:
    clock = StillClock()
    settings = PaperBroker.settings_type(
        latency_ms_min=Decimal(1), latency_ms_max=Decimal(20), initial_balance=Decimal(10**12)
    )
    return PaperBroker(
        settings, route="paper", clock=clock, market=StillPrices(clock), state_dir=home,
        calendars={"XNYS": ExchangeCalendar()},
    )


class Front:
    """Serves one connection at a time: a greeting ends the one before, with all that lies on it."""

    def __init__(self, broker: PaperBroker) -> None:
        self._broker = broker
        self._current: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while (line := await reader.readline()).endswith(b"\n"):
                number, verb, body = decoded(line)
                if verb == HELLO:
                    if self._current is not None:
                        self._current.transport.abort()
                    self._current = writer
                if writer is not self._current:
                    break
                writer.write(await self._answer(number, verb, body))
                await writer.drain()
        writer.transport.abort()

    async def tell(self) -> None:
        """Say all that the broker says; what nobody listens to is lost, as at any broker."""
        async for report in self._broker.reports():
            writer = self._current
            if writer is None or writer.is_closing():
                continue
            writer.write(encoded(0, REPORT, report))
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(LET_GO_AFTER_S):
                    await writer.drain()

    async def _answer(self, number: int, verb: str, body: msgspec.Raw) -> bytes:
        arguments = msgspec.json.decode(body, type=ARGUMENTS[verb])
        if verb == HELLO:
            return encoded(number, DONE, None)
        try:
            return encoded(number, DONE, await getattr(self._broker, verb)(*arguments))
        except WireError as error:
            return encoded(number, type(error).__name__, str(error))


class BadNetwork:
    """Carries lines, and by its seed loses some, delays some, and cuts connections in mid-line."""

    def __init__(self, far: int, seed: int, drops: float, resets: float, delays: float) -> None:
        self._far = far
        self._seed = seed
        self._ends = (("drop", drops), ("reset", resets), ("delay", delays))
        self._connections = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        far_reader, far_writer = await asyncio.open_connection(
            "127.0.0.1", self._far, limit=LINE_MAX
        )
        ways = {
            asyncio.create_task(self._pass(f"{number}>", reader, far_writer)),
            asyncio.create_task(self._pass(f"{number}<", far_reader, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, far_writer):
                end.transport.abort()

    async def _pass(
        self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        number = 0
        with suppress(OSError):
            while (line := await reader.readline()).endswith(b"\n"):
                number += 1
                match self._fate(way, number):
                    case "drop":
                        continue
                    case "reset":
                        writer.write(line[:len(line) // 2])
                        await writer.drain()
                        return
                    case "delay":
                        await asyncio.sleep(DELAY_MAX_S * self._chance(way, number, "for"))
                writer.write(line)
                await writer.drain()

    def _fate(self, way: str, number: int) -> str | None:
        left = self._chance(way, number, "fate")
        for name, frac in self._ends:
            if left < frac:
                print(name, flush=True)
                return name
            left -= frac
        return None

    def _chance(self, way: str, number: int, what: str) -> float:
        named = f"{self._seed}/{way}/{number}/{what}".encode()
        return int.from_bytes(blake2b(named, digest_size=6).digest()) / float(1 << 48)


async def run(asked: argparse.Namespace) -> None:
    broker = paper_broker(asked.home)
    await broker.connect()
    front = Front(broker)
    far, far_port = await _listening(front.serve)
    network = BadNetwork(far_port, asked.seed, asked.drops, asked.resets, asked.delays)
    near, near_port = await _listening(network.carry)
    print(near_port, flush=True)
    async with far, near:
        telling = asyncio.create_task(front.tell(), name="reports")
        await asyncio.to_thread(sys.stdin.read)  # it ends when whoever started us lets go
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # all is cut off now
        telling.cancel()


async def _listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
) -> tuple[asyncio.Server, int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=LINE_MAX)
    return server, server.sockets[0].getsockname()[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    for what in ("drops", "resets", "delays"):
        parser.add_argument(f"--{what}", type=float, default=0.0, help="part of the lines")
    with suppress(KeyboardInterrupt):
        asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
