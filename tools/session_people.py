"""What do people do in a session? They order, change their minds, ask the desk, pull the plug."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import aiohttp

from tradebot.core.model.facts import Quote

SHARES: Final = ("SPY", "QQQ", "IBM")
WORDS: Final = (
    "SPY neutral strategy with low risk", "QQQ bullish call spread", "IBM bearish put spread",
)
_GIVEN_UP: Final = (TimeoutError, aiohttp.ClientError)
_ANSWER_S: Final = 60.0


class People:
    """They reach the daemon by its own socket; what they do is drawn from a seed and a count."""

    def __init__(self, door: Path, seed: int, quote: Callable[[str], Quote | None]) -> None:
        self._door = door
        self._seed = seed
        self._quote = quote
        self.did: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()

    async def act(self, number: int) -> None:
        """Do one thing; the same number is the same thing."""
        doing = self.draw(number, "what", 10)
        match doing:
            case 0 | 1:
                await self._change(number, "cancel")
            case 2 | 3:
                await self._change(number, "replace")
            case 4:
                await self.ask(WORDS[self.draw(number, "words", len(WORDS))])
            case _:
                await self.order(number)

    async def order(self, number: int) -> None:
        symbol = SHARES[self.draw(number, "symbol", len(SHARES))]
        body: dict[str, Any] = {
            "symbol": symbol, "qty": str(1 + self.draw(number, "qty", 9)),
            "side": ("buy", "sell")[self.draw(number, "side", 2)],
        }
        quote = self._quote(symbol) if self.draw(number, "type", 2) else None
        if quote is not None:
            away = Decimal(self.draw(number, "away", 60) - 20) / 10_000
            sign = 1 if body["side"] == "sell" else -1
            mid = (quote.bid + quote.ask) / 2
            price = (mid * (1 + sign * away)).quantize(Decimal("0.01"))
            body |= {"type": "limit", "limit": str(price)}
        self.did["order"] += 1
        await self.post("intents", body, key=f"session-{self._seed}-{number}")

    async def ask(self, words: str) -> None:
        """Ask the desk for a combo, and approve what it found."""
        self.did["ask"] += 1
        found = await self.post("ask", {"text": words})
        draft = found.get("draft_id") if found else None
        if draft is None:
            return
        shown = await self.get(f"drafts/{draft}") or {}
        self.did["approve"] += 1
        digest = shown.get("draft", {}).get("digest")
        await self.post(f"drafts/{draft}/approve", {"digest": digest})

    async def pull_the_plug(self) -> None:
        self.did["kill"] += 1
        await self.post("kill", {"reason": "a drill in the middle of the day"})

    async def plug_in(self) -> bool:
        found = await self.post("clear-kill", {"reason": "the drill is over"})
        return found is not None

    async def _change(self, number: int, verb: str) -> None:
        orders = await self._working()
        if not orders:
            return
        order = orders[self.draw(number, "which", len(orders))]
        body: dict[str, Any] = {}
        if verb == "replace":
            left = max(int(Decimal(order["order_qty"])), 1)
            body = {"qty": str(left + self.draw(number, "more", 3))}
            if order.get("price") is not None:
                step = Decimal(self.draw(number, "step", 21) - 10) / 100
                body["limit"] = str(Decimal(order["price"]) + step)
        self.did[verb] += 1
        await self.post(f"orders/{order['cl_ord_id']}/{verb}", body)

    async def _working(self) -> Sequence[Mapping[str, Any]]:
        found = await self.get("orders?status=open")
        return (found or {}).get("orders", [])

    async def get(self, path: str) -> dict[str, Any] | None:
        return await self._asked("GET", path, None, {})

    async def post(
        self, path: str, body: Mapping[str, Any], key: str | None = None
    ) -> dict[str, Any] | None:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self._asked("POST", path, body, headers)

    async def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> dict[str, Any] | None:
        """Ask once; a client that hears nothing goes on with its day."""
        url = f"http://daemon/api/v1/{path}"
        try:
            async with (
                asyncio.timeout(_ANSWER_S),
                aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(self._door))) as session,
                session.request(method, url, json=body, headers=headers) as reply,
            ):
                found: dict[str, Any] = await reply.json()
        except _GIVEN_UP as error:
            self.answers[f"none: {type(error).__name__}"] += 1
            return None
        if method == "POST":
            told = found.get("reason_code") or found.get("verdict") or reply.status
            self.answers[f"{path.partition('/')[0]}: {told}"] += 1
        return found if reply.ok else None

    def draw(self, number: int, what: str, below: int) -> int:
        text = f"{self._seed}/{number}/{what}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest()) % below
