"""How is Alpaca asked without the loop ever waiting? In threads of its own, so many and no more."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Thread, current_thread
from typing import TYPE_CHECKING, Any, Final

from tradebot.plugins.alpaca.client import OneTryClient
from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.ports import DeliveryUnknown, NotSent

if TYPE_CHECKING:
    from alpaca.common.rest import RESTClient

_NAME: Final = "alpaca"
# Parts of what it takes in a minute that questions may use: at once, and then by and by.
_QUESTIONS_AT_ONCE, _QUESTIONS_IN_A_ROW = 0.3, 0.45
_LOOK_S, _LOOKS = 0.01, 800  # how often it is seen whether all threads have ended


class AlpacaRest:
    """The way to Alpaca's pages: one call is one request, and it ends in time.

    Questions wait for their turn, so that of what Alpaca takes a part is left to orders.
    """

    def __init__(self, settings: AlpacaSettings) -> None:
        self._settings = settings
        self._pool: ThreadPoolExecutor | None = None
        self._threads = set[Thread]()
        self._client: OneTryClient | None = None
        self._turns = _QUESTIONS_AT_ONCE * settings.requests_per_minute
        self._counted_at = 0.0

    async def open(self) -> None:
        if self._pool is None:
            self._threads = set()
            self._pool = ThreadPoolExecutor(
                self._settings.calls_max, _NAME, lambda: self._threads.add(current_thread())
            )
            self._client = await self._aside(lambda: OneTryClient(self._settings))

    async def close(self) -> None:
        """Let go of all lines, and see the threads end."""
        pool, client, self._pool, self._client = self._pool, self._client, None, None
        if client is not None:
            client.hang_up()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
        for _ in range(_LOOKS):
            if not any(thread.is_alive() for thread in self._threads):
                break
            await asyncio.sleep(_LOOK_S)

    async def get(self, path: str, **asked: str) -> Any:
        await self._turn()
        return await self._ask(lambda client: client.get(path, asked))

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask(lambda client: client.post(path, dict(body)))

    async def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask(lambda client: client.patch(path, dict(body)))

    async def delete(self, path: str) -> Any:
        return await self._ask(lambda client: client.delete(path))

    async def _turn(self) -> None:
        """Wait until one more question may be asked; raise NotSent where that takes too long."""
        loop, a_minute = asyncio.get_running_loop(), self._settings.requests_per_minute
        passed_s, self._counted_at = loop.time() - self._counted_at, loop.time()
        most, per_s = _QUESTIONS_AT_ONCE * a_minute, _QUESTIONS_IN_A_ROW * a_minute / 60
        self._turns = min(most, self._turns + passed_s * per_s)
        if self._turns < 1 - self._settings.call_s * per_s:
            raise NotSent("Alpaca would be asked too often")
        self._turns -= 1  # what is below nothing has to come in first
        await asyncio.sleep(max(0.0, -self._turns / per_s))

    async def _ask(self, question: "Callable[[RESTClient], Any]") -> Any:
        client = self._client
        if client is None:
            raise NotSent("Alpaca is not connected")
        return await self._aside(lambda: client.ask(question))

    async def _aside(self, work: Callable[[], Any]) -> Any:
        """Do it in a thread; while none is free it waits, and provably never left."""
        assert self._pool is not None
        job = self._pool.submit(work)
        try:
            async with asyncio.timeout(self._settings.call_s):
                return await asyncio.wrap_future(job)
        except TimeoutError:
            if job.cancel():
                raise NotSent("no line to Alpaca was free in time") from None
            raise DeliveryUnknown(f"no answer in {self._settings.call_s:g} s") from None
