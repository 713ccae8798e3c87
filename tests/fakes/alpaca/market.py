"""What does Alpaca tell of the market? Bars, quotes, chains when asked, and two streams of data.

`AlpacaMarketHalf(fake, facts)` before the fake starts: its routes are the fake's from then on.
Messages go out as text, or as MessagePack to whoever asks for that.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from aiohttp import WSMsgType, web
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.site import Route
from tests.fakes.faults import Request
from tests.fakes.market import Halt, MarketFacts, Print, VenueBar
from tests.fakes.venue_facts import Happening, VenueQuote

from tradebot.core.model.instrument import names_option, option_of

SHARES: Final = ("iex", "sip", "delayed_sip")
OPTIONS: Final = ("opra", "indicative")
_CHANNELS: Final = {"q": "quotes", "b": "bars", "s": "statuses"}
_GREEKS: Final = {"delta": 0.5, "gamma": 0.01, "rho": 0.1, "theta": -0.05, "vega": 0.4}
_SHORT_PAGE: Final = 400  # so that chains come in pages


@dataclass(eq=False)
class Reader:
    """One connection to a stream of data, and what it subscribed to."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport
    is_packed: bool
    is_known: bool = False
    outbox: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    subscribed: dict[str, set[str]] = field(
        default_factory=lambda: {channel: set() for channel in _CHANNELS.values()}
    )

    def say(self, *messages: dict[str, Any]) -> None:
        self.outbox.put_nowait(list(messages))


class AlpacaMarketHalf:
    """The market's side of a fake Alpaca. `lines_max`: what a subscription allows a stream."""

    def __init__(self, fake: FakeAlpaca, facts: MarketFacts, *, lines_max: int = 30) -> None:
        self.readers: dict[str, list[Reader]] = {"shares": [], "options": []}
        self.lines_max = lines_max
        self.is_mute = False
        self.unknown: set[str] = set()  # whoever asks for one of these gets no answer about any
        self._fake = fake
        self._facts = facts
        self._venue = facts.venue
        fake.routes += self._routes()
        self._venue.listen(self._happened)
        facts.listen(self._printed)

    def drop(self) -> None:
        """Cut every connection off."""
        for reader in [*self.readers["shares"], *self.readers["options"]]:
            assert isinstance(reader.transport, asyncio.Transport)
            reader.transport.abort()

    def lines(self, kind: str = "shares") -> set[str]:
        """Return whose quotes are subscribed to."""
        return set().union(*(reader.subscribed["quotes"] for reader in self.readers[kind]))

    def _routes(self) -> Iterator[Route]:
        shares, options = "/v2/stocks", "/v1beta1/options"
        yield Route("GET", f"{shares}/bars", Request.DATA, self._bars)
        yield Route("GET", f"{shares}/quotes/latest", Request.DATA, self._latest)
        yield Route("GET", f"{options}/quotes/latest", Request.DATA, self._latest)
        yield Route("GET", f"{options}/snapshots/{{underlying}}", Request.DATA, self._snapshots)
        for feed in SHARES:
            yield Route("GET", f"/v2/{feed}", Request.STREAM, self._shares, is_socket=True)
        for feed in OPTIONS:
            yield Route("GET", f"/v1beta1/{feed}", Request.STREAM, self._options, is_socket=True)

    async def _bars(self, request: web.Request) -> web.Response:
        """Tell minutes of one symbol or more, a page at a time."""
        query = request.query
        since = datetime.fromisoformat(query["start"].replace("Z", "+00:00"))
        limit, begin = int(query.get("limit", 1000)), int(query.get("page_token", 0))
        told = [
            (symbol, bar) for symbol in query["symbols"].split(",")
            for bar in sorted(
                self._facts.bars.get(symbol, ()), key=lambda bar: bar.start,
                reverse=query.get("sort") == "desc",
            ) if bar.start >= since
        ]
        page: dict[str, list[Any]] = {}
        for symbol, bar in told[begin : begin + limit]:
            page.setdefault(symbol, []).append(self._bar(bar))
        more = str(begin + limit) if begin + limit < len(told) else None
        return web.json_response({"bars": page, "next_page_token": more})

    async def _latest(self, request: web.Request) -> web.Response:
        names = request.query["symbols"].split(",")
        if strangers := self.unknown.intersection(names):
            told = {"message": f"invalid symbol: {min(strangers)}"}
            return web.json_response(told, status=400)
        return web.json_response({"quotes": {
            name: self._quote(self._venue.quotes[name]) for name in names
            if name in self._venue.quotes
        }})

    async def _snapshots(self, request: web.Request) -> web.Response:
        """Tell what the options on a share cost, a page at a time."""
        query, found = request.query, {}
        for symbol, quote in sorted(self._venue.quotes.items()):
            option = option_of(symbol)
            if option is None or option.underlying != request.match_info["underlying"]:
                continue
            assert option.expiry is not None and option.strike is not None
            if not query.get("expiration_date_gte", "") <= option.expiry.isoformat() <= query.get(
                "expiration_date_lte", "9999"
            ):
                continue
            low, high = query.get("strike_price_gte", 0), query.get("strike_price_lte", "inf")
            if float(low) <= option.strike <= float(high):
                found[symbol] = self._snapshot(quote)
        size = min(int(query.get("limit", 100)), _SHORT_PAGE)
        begin = int(query.get("page_token", 0))
        names = list(found)[begin : begin + size]
        more = str(begin + size) if begin + size < len(found) else None
        return web.json_response({
            "snapshots": {name: found[name] for name in names}, "next_page_token": more,
        })

    def _snapshot(self, quote: VenueQuote) -> dict[str, Any]:
        told: dict[str, Any] = {
            "latestQuote": self._quote(quote),
            "dailyBar": {"t": self._stamp(quote.at), "o": 1, "h": 1, "l": 1, "c": 1, "v": 250},
        }
        implied = self._facts.volatility.get(quote.symbol)
        if implied is not None:
            told |= {"impliedVolatility": float(implied), "greeks": _GREEKS}
        return told

    def _quote(self, quote: VenueQuote, at: Any = None) -> dict[str, Any]:
        return {
            "t": at or self._stamp(quote.at), "bp": float(quote.bid), "bs": int(quote.bid_size),
            "bx": "V", "ap": float(quote.ask), "as": int(quote.ask_size), "ax": "V", "c": ["R"],
        }

    def _bar(self, bar: VenueBar, at: Any = None) -> dict[str, Any]:
        return {
            "t": at or self._stamp(bar.start), "o": float(bar.open), "h": float(bar.high),
            "l": float(bar.low), "c": float(bar.close), "v": int(bar.volume), "n": 1,
            "vw": float(bar.close),
        }

    def _stamp(self, at: datetime) -> str:
        return self._fake.book.stamp(at)

    # The streams.

    def _happened(self, happening: Happening) -> None:
        if happening.quote is not None:
            quote = happening.quote
            self._push(quote.symbol, "q", lambda at: self._quote(quote, at), quote.at)

    def _printed(self, said: Print) -> None:
        if isinstance(said, VenueBar):
            self._push(said.symbol, "b", lambda at: self._bar(said, at), said.start)
        else:
            self._push(said.symbol, "s", lambda at: _status(said, at), said.at)

    def _push(self, symbol: str, kind: str, told: Any, at: datetime) -> None:
        for reader in self.readers["options" if names_option(symbol) else "shares"]:
            if not self.is_mute and symbol in reader.subscribed[_CHANNELS[kind]]:
                shown = at + self._fake.book.skew if reader.is_packed else self._stamp(at)
                reader.say({"T": kind, "S": symbol, **told(shown)})

    async def _shares(self, request: web.Request) -> web.StreamResponse:
        is_packed = "msgpack" in request.headers.get("Content-Type", "")
        return await self._serve(request, "shares", is_packed=is_packed)

    async def _options(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "options", is_packed=True)

    async def _serve(
        self, request: web.Request, kind: str, *, is_packed: bool
    ) -> web.StreamResponse:
        """Serve one connection until it ends."""
        assert request.transport is not None
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        reader, others = Reader(socket, request.transport, is_packed), self.readers[kind]
        reader.say({"T": "success", "msg": "connected"})
        writer = asyncio.create_task(_write(reader), name="fake alpaca data")
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                said = (msgspec.msgpack if is_packed else msgspec.json).decode(message.data)
                if not self._hear(reader, said, others):
                    break
        except ConnectionError:
            pass
        finally:
            if reader in others:
                others.remove(reader)
            reader.outbox.put_nowait(None)
            await writer
            await socket.close()
        return socket

    def _hear(self, reader: Reader, said: dict[str, Any], others: list[Reader]) -> bool:
        """Answer what a client says; tell whether it may go on."""
        action = said.get("action")
        if action == "auth":
            if not self._fake.site.may_log_in(said.get("key"), said.get("secret")):
                reader.say({"T": "error", "code": 402, "msg": "auth failed"})
                return False
            if others:
                reader.say({"T": "error", "code": 406, "msg": "connection limit exceeded"})
                return False
            reader.is_known = True
            others.append(reader)
            reader.say({"T": "success", "msg": "authenticated"})
        elif not reader.is_known:
            reader.say({"T": "error", "code": 401, "msg": "not authenticated"})
        elif action in ("subscribe", "unsubscribe"):
            self._change(reader, said, is_more=action == "subscribe")
        else:
            reader.say({"T": "error", "code": 400, "msg": "invalid syntax"})
        return True

    def _change(self, reader: Reader, said: dict[str, Any], *, is_more: bool) -> None:
        asked = {c: set(said.get(c) or ()) for c in reader.subscribed}
        wanted = {
            channel: had | asked[channel] if is_more else had - asked[channel]
            for channel, had in reader.subscribed.items()
        }
        if max(map(len, wanted.values())) > self.lines_max:
            reader.say({"T": "error", "code": 405, "msg": "symbol limit exceeded"})
            return
        reader.subscribed = wanted
        told = {channel: sorted(names) for channel, names in wanted.items()}
        reader.say({"T": "subscription", "trades": [], **told})


def _status(halt: Halt, at: Any) -> dict[str, Any]:
    code, words, reason = ("H", "Trading Halt", "T12") if halt.is_halted else (
        "T", "Trading Resumption", ""
    )
    return {"sc": code, "sm": words, "rc": reason, "rm": "", "t": at, "z": "C"}


async def _write(reader: Reader) -> None:
    while (messages := await reader.outbox.get()) is not None:
        with suppress(ConnectionError):
            if reader.is_packed:
                await reader.socket.send_bytes(msgspec.msgpack.encode(messages))
            else:
                await reader.socket.send_str(json.dumps(messages))
