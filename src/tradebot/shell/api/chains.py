"""Which chain does somebody ask for, and is there one?"""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus

from tradebot.core.model.chain import Chain, Expiry
from tradebot.ports import MarketData, OptionData
from tradebot.shell.api.commands import BadRequest, read_symbol
from tradebot.shell.api.queries import only_known
from tradebot.shell.api.requests import Unanswerable
from tradebot.shell.views.chain import chain_document, usual_expiry
from tradebot.shell.views.rows import Plain


def told_chain(market: MarketData, name: str, asked: Mapping[str, str]) -> Plain:
    """Tell the options on a share, of the expiry that is asked for or a usual one."""
    only_known(asked, ("expiry",))
    chain = _chain(market, read_symbol("symbol", name))
    if "expiry" not in asked:
        return chain_document(chain, usual_expiry(chain))
    return chain_document(chain, _expiry(chain, asked["expiry"]))


def _chain(market: MarketData, symbol: str) -> Chain:
    known = [instrument.symbol for instrument in market.instruments()]
    if symbol not in known:
        text = f"{symbol} is not quoted here; there are: {', '.join(known)}"
        raise Unanswerable(HTTPStatus.NOT_FOUND, text)
    chain = market.chain(symbol) if isinstance(market, OptionData) else None
    if chain is None:
        raise Unanswerable(HTTPStatus.NOT_FOUND, f"no options on {symbol} are known now")
    return chain


def _expiry(chain: Chain, text: str) -> Expiry:
    days = {expiry.day: expiry for expiry in chain.expiries}
    try:
        return days[date.fromisoformat(text)]
    except (KeyError, ValueError):
        listed = ", ".join(map(str, days)) or "nothing, as no option is left"
        raise BadRequest("expiry", f"one of {listed}, got {text[:40]!r}") from None
