"""Which chain does somebody ask for, and is there one?"""

from datetime import date
from http import HTTPStatus
from typing import Final

from tradebot.core.model.chain import Chain, Expiry
from tradebot.ports import MarketData
from tradebot.shell.api.bodies import BadRequest, Field, Form, read_symbol
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.option_chain import chain_of, why_none
from tradebot.shell.views.chain import chain_document, usual_expiry
from tradebot.shell.views.rows import Plain

EXPIRY: Final = Field(
    "expiry", Form(lambda _, text: str(text), {"type": "string", "examples": ["2026-09-18"]}),
    "of these options; a usual one where it is not said",
)


async def told_chain(market: MarketData, name: str, expiry: str | None) -> Plain:
    """Tell the options on a share, of the expiry that is asked for or a usual one."""
    chain = await _chain(market, read_symbol("symbol", name))
    return chain_document(chain, usual_expiry(chain) if expiry is None else _expiry(chain, expiry))


async def _chain(market: MarketData, symbol: str) -> Chain:
    known = [instrument.symbol for instrument in market.instruments()]
    if symbol not in known:
        text = f"{symbol} is not quoted here; there are: {', '.join(known)}"
        raise Unanswerable(HTTPStatus.NOT_FOUND, text)
    chain = await chain_of(market, symbol)
    if chain is None:
        raise Unanswerable(HTTPStatus.NOT_FOUND, why_none(market, symbol))
    return chain


def _expiry(chain: Chain, text: str) -> Expiry:
    days = {expiry.day: expiry for expiry in chain.expiries}
    try:
        return days[date.fromisoformat(text)]
    except (KeyError, ValueError):
        listed = ", ".join(map(str, days)) or "nothing, as no option is left"
        raise BadRequest("expiry", f"one of {listed}, got {text[:40]!r}") from None
