"""What does Alpaca answer about the account? Money, positions, fills, the clock, what is listed."""

import json
from datetime import timedelta
from typing import Final

from aiohttp import web
from tests.fakes.alpaca.assets import contract_json
from tests.fakes.alpaca.book import Book, Json
from tests.fakes.alpaca.desk import moment, page_size, time_of
from tests.fakes.alpaca.refusals import Refused
from tests.fakes.venue_facts import Hours

_PAGE: Final = 100
_CONTRACTS_PAGE, _CONTRACTS_MOST = 100, 10_000


class Office:
    """`history_lag`: how old a fill must be for the account's history to tell of it."""

    def __init__(self, book: Book) -> None:
        self.history_lag = timedelta()
        self._book = book

    async def account(self, request: web.Request) -> web.Response:
        return web.json_response(self._book.money())

    async def configurations(self, request: web.Request) -> web.Response:
        if request.method == "PATCH":
            self._book.account.configurations |= json.loads(await request.read())
        return web.json_response(self._book.account.configurations)

    async def clock(self, request: web.Request) -> web.Response:
        """Tell the time of New York, as it is in winter."""
        at, is_open = self._book.now() - timedelta(hours=5), self._book.venue.hours is Hours.REGULAR
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        opens, closes = day + timedelta(days=1, hours=9, minutes=30), day + timedelta(hours=16)
        if not is_open:
            closes += timedelta(days=1)
        return web.json_response({
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%f}417-05:00", "is_open": is_open,
            "next_open": f"{opens:%Y-%m-%dT%H:%M:%S}-05:00",
            "next_close": f"{closes:%Y-%m-%dT%H:%M:%S}-05:00",
        })

    async def positions(self, request: web.Request) -> web.Response:
        return web.json_response(self._book.positions())

    async def position(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        for position in self._book.positions():
            if name in (position["symbol"], position["asset_id"]):
                return web.json_response(position)
        raise Refused("position_not_found")

    async def fills(self, request: web.Request) -> web.Response:
        """List fills by page: `page_token` is the id of the last one of the page before."""
        query = request.query
        now = self._book.now()
        told = [a for a in self._book.activities()
                if now - moment(a["transaction_time"]) >= self.history_lag]
        after, until = time_of(query, "after"), time_of(query, "until")
        told = [a for a in told if after is None or moment(a["transaction_time"]) > after]
        told = [a for a in told if until is None or moment(a["transaction_time"]) <= until]
        if day := query.get("date"):
            told = [a for a in told if a["transaction_time"].startswith(day[:10])]
        direction = query.get("direction", "desc")
        if direction not in ("asc", "desc"):
            raise Refused("bad_parameter", name="direction")
        if direction == "desc":
            told.reverse()
        if token := query.get("page_token"):
            places = [place for place, a in enumerate(told) if a["id"] == token]
            if not places:
                raise Refused("bad_parameter", name="page_token")
            told = told[places[0] + 1:]
        return web.json_response(told[:page_size(query, "page_size", _PAGE, _PAGE)])

    async def assets(self, request: web.Request) -> web.Response:
        wanted = request.query.get("asset_class")
        return web.json_response([
            asset.as_json() for asset in self._book.assets.every()
            if wanted in (None, asset.asset_class)
        ])

    async def asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        asset = self._book.assets.find(name)
        if asset is None:
            raise Refused("asset_not_found", symbol=name)
        return web.json_response(asset.as_json())

    async def contracts(self, request: web.Request) -> web.Response:
        """List options by page; the token is where the next page begins."""
        query = request.query
        told = [
            contract_json(option)
            for option in self._book.assets.contracts(
                query.get("underlying_symbols", "").split(","))
        ]
        told = [c for c in told if _is_wanted(c, query)]
        size = page_size(query, "limit", _CONTRACTS_PAGE, _CONTRACTS_MOST)
        start = int(query.get("page_token") or 0)
        more = str(start + size) if start + size < len(told) else None
        return web.json_response({
            "option_contracts": told[start:start + size], "next_page_token": more,
        })

    async def contract(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        root = name.rstrip("0123456789")[:-1].rstrip("0123456789")
        for option in self._book.assets.contracts([root]):
            told = contract_json(option)
            if name in (told["symbol"], told["id"]):
                return web.json_response(told)
        raise Refused("asset_not_found", symbol=name)


def _is_wanted(contract: Json, query: "web.BaseRequest | dict[str, str] | object") -> bool:
    get = query.get  # type: ignore[attr-defined]
    expiry, strike = contract["expiration_date"], float(contract["strike_price"])
    return (
        get("expiration_date") in (None, expiry)
        and (get("expiration_date_gte") or "") <= expiry
        and expiry <= (get("expiration_date_lte") or "9999")
        and get("type") in (None, contract["type"])
        and get("root_symbol") in (None, contract["root_symbol"])
        and float(get("strike_price_gte") or 0) <= strike
        and strike <= float(get("strike_price_lte") or "inf")
    )
