"""Is IB there, and what does it say? One session with a gateway, from its login to its end.

What a library would make of it is left out: messages arrive here as IB sent them, in that order.
Whatever shows that some may be missing ends the session, and the next one asks for everything:
the socket closes, the gateway loses IB, a question is not answered, a message cannot be read.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from tradebot.plugins.ibkr import codes, library
from tradebot.plugins.ibkr.questions import REQUESTS_FROM, Questions, Take
from tradebot.plugins.ibkr.settings import IbkrSettings
from tradebot.ports import LoginRefused, NotSent

# IB ends a session at 50 messages in a second, which it counts from where it likes: so many go at
# once, and all others so far apart.
BURST_MAX: Final = 8
APART_S: Final = 1 / 30
MESSAGES_MAX: Final = BURST_MAX + round(1 / APART_S)  # in any second
ID_IN_USE_WAIT_S: Final = 30.0
_GOODBYE_S: Final = 1.0
NUMBER: Final = object()  # stands for the number of the question


class Connection:
    """One session with a gateway. `hears` takes in what IB tells, by the library's names."""

    def __init__(
        self, settings: IbkrSettings, hears: Mapping[str, Take], on_end: Callable[[], None]
    ) -> None:
        self.library = library.load()
        self.accounts: list[str] = []
        self.valid_number = 1
        self.broken_farms: set[str] = set()
        self.failure: Exception | None = None
        self._settings = settings
        self._on_end = on_end
        self._ended, self._closed = asyncio.Event(), asyncio.Event()
        self._questions = Questions()
        self._next_at = 0.0
        self._gate = asyncio.Lock()
        takers = defaultdict[str, list[Take]](list)
        own: dict[str, Take] = {
            "nextValidId": self._on_valid_number, "error": partial(self._on_error, hears),
        }
        for name, take in (*{**hears, **own}.items(), *self._questions.takers()):
            takers[name].append(take)
        self._client = self.library.Client(_Voice(takers, settings.timezone))
        self._client.MaxRequests = 0  # its queue would lose in silence what it holds back
        self._client.decoder.logger = SimpleNamespace(exception=self._on_unreadable)
        self._client.conn.disconnected += self._on_closed

    @property
    def server_version(self) -> int:
        version: int = self._client.serverVersion()
        return version

    async def open(self) -> None:
        """Log in; raise NotSent where that may work later, LoginRefused where it never will."""
        ours, within_s = self._settings, self._settings.connect_timeout_s
        login = asyncio.ensure_future(
            self._client.connectAsync(ours.host, ours.port, ours.client_id, within_s)
        )
        end = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({login, end}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if self.failure is not None:
                raise self.failure
            if not login.done():
                raise TimeoutError("it is silent")
            login.result()
        except OSError as error:
            where = f"{ours.host}:{ours.port}"
            raise NotSent(f"no gateway let us in at {where}: {error}") from error
        finally:
            for task in (login, end):
                task.cancel()
            await asyncio.wait({login, end}, timeout=_GOODBYE_S)
            if login.done() and not login.cancelled():
                login.exception()  # it was heard, or the session ended for another reason
        self.accounts = self._client.getAccounts()

    async def close(self) -> None:
        """End the session, and wait until the socket is gone."""
        self.distrust(ConnectionError("the session with the gateway was ended"))
        if not self._client.conn.isConnected():
            return
        with suppress(OSError, RuntimeError, TimeoutError):
            self._client.disconnect()
            async with asyncio.timeout(_GOODBYE_S):
                await self._closed.wait()

    def distrust(self, reason: Exception) -> None:
        """Believe nothing more of this session; the first reason stands."""
        if self.failure is not None:
            return
        self.failure = reason
        self._ended.set()
        self._questions.give_up(NotSent(str(reason)))
        self._on_end()

    async def turn(self) -> None:
        """Wait until IB takes one more message, and count it."""
        async with self._gate:  # one after the other: who wakes up late sends no crowd behind it
            now = asyncio.get_running_loop().time()
            self._next_at = max(self._next_at, now - BURST_MAX * APART_S) + APART_S
            if (wait_s := self._next_at - now) > 0:
                await asyncio.sleep(wait_s)

    def send(self, name: str, *fields: Any) -> None:
        """Hand a message to the socket, now; raise NotSent where there is none."""
        if self.failure is not None or not self._client.isReady():
            raise NotSent(f"not connected to the gateway: {self.failure or 'no login'}")
        getattr(self._client, name)(*fields)

    async def ask(self, kind: str, name: str, *fields: Any) -> list[Any]:
        """Ask for a list, and return it once IB has told its end."""
        async with self._questions.asked(kind) as question:
            await self.turn()
            try:
                async with asyncio.timeout(self._settings.answer_timeout_s):
                    self.send(name, *(question.number if f is NUMBER else f for f in fields))
                    return await question.answer
            except (TimeoutError, asyncio.CancelledError) as error:
                # An answer that comes late would be taken for that to the next question.
                told = f"no answer about {kind} in time"
                self.distrust(ConnectionError(told))
                if isinstance(error, TimeoutError):
                    raise NotSent(told) from error
                raise

    def is_asked(self, kind: str) -> bool:
        return self._questions.is_open(kind)

    def pause(self, is_paused: bool) -> None:
        """Read nothing more from the socket, or go on: what nobody takes in stays there."""
        transport = self._client.conn.transport
        if transport is not None and not transport.is_closing():
            (transport.pause_reading if is_paused else transport.resume_reading)()

    def _on_valid_number(self, number: int) -> None:
        self.valid_number = number

    def _on_error(
        self, hears: Mapping[str, Take], number: int, code: int, text: str, *_: Any
    ) -> None:
        """Tell apart what is said of the link, of a question, and of an order."""
        if code in codes.LINK_LOST:
            self.distrust(ConnectionError(codes.told(code, text)))
        elif code == codes.ID_IN_USE:
            self.distrust(NotSent(codes.told(code, text), retry_after_s=ID_IN_USE_WAIT_S))
        elif code in codes.FARM_BROKEN:
            self.broken_farms.add(_farm(text))
        elif code in codes.FARM_OK:
            self.broken_farms.discard(_farm(text))
        elif 0 < number < REQUESTS_FROM:
            hears["error"](number, code, text)
        else:
            self._questions.refuse(number, code, text)
        if codes.is_read_only(code, text):
            self.distrust(LoginRefused(codes.told(code, text)))

    def _on_unreadable(self, text: str) -> None:
        self.distrust(ConnectionError(f"a message of IB's could not be read: {text[:200]}"))

    def _on_closed(self, text: str) -> None:
        self._closed.set()
        self.distrust(ConnectionError(f"the gateway closed the socket {text}".rstrip()))


class _Voice:
    """What the library calls with whatever IB says; what nobody takes in is left alone."""

    def __init__(self, takers: Mapping[str, list[Take]], timezone: str) -> None:
        self.ib = SimpleNamespace(TimezoneTWS=timezone)  # where the library looks for it
        self.defaultTimezone = UTC
        self._takers = dict(takers)

    def __getattr__(self, name: str) -> Take:
        def tell(*told: Any) -> None:
            for take in self._takers.get(name, ()):
                take(*told)
        return tell


def _farm(text: str) -> str:
    return text.replace(".", ":").rsplit(":", 1)[-1]
