"""What does TWS answer to questions about itself and the account?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tests.fakes.faults import Request
from tests.fakes.tws import codes
from tests.fakes.tws.contracts import RULES, details
from tests.fakes.tws.messages import ByClient, ByServer
from tests.fakes.tws.session import Answer, Asked, Message, Session
from tests.fakes.venue import multiplier
from tests.fakes.venue_facts import ZERO

from tradebot.core.model.money import plain

if TYPE_CHECKING:
    from tests.fakes.tws.gateway import FakeGateway

_HEALTHY: Final = (2104, 2106, 2158)
_CENT: Final = Decimal("0.01")


def start_api(session: Session, asked: Asked) -> None:
    gateway, client_id = session.gateway, int(str(asked["client_id"]))
    if gateway.is_taken(client_id):
        session.error(326)
        gateway.hang_up(session)
        return
    session.client_id = client_id
    session.send(ByServer.MANAGED_ACCOUNTS, accounts=",".join(gateway.accounts))
    session.send(ByServer.NEXT_VALID_ID, order_id=gateway.next_valid_id(client_id))
    for code in _HEALTHY if gateway.is_linked else (2110,):
        session.error(code)


def managed_accounts(session: Session, asked: Asked) -> None:
    session.send(ByServer.MANAGED_ACCOUNTS, accounts=",".join(session.gateway.accounts))


def next_id(session: Session, asked: Asked) -> None:
    assert session.client_id is not None
    order_id = session.gateway.next_valid_id(session.client_id)
    session.send(ByServer.NEXT_VALID_ID, order_id=order_id)


def current_time(session: Session, asked: Asked) -> None:
    session.send(ByServer.CURRENT_TIME, time=int(session.gateway.now().timestamp()))


def account_updates(session: Session, asked: Asked) -> None:
    session.wants_account = asked["is_wanted"] == "1"
    if session.wants_account and session.gateway.is_linked:
        for message in told(session.gateway):
            session.tell(message)


def told(gateway: "FakeGateway") -> Iterator[Message]:
    """Yield all that an account is told as: what it is worth, what it holds, and an end."""
    for key, value, currency in values(gateway):
        yield ByServer.ACCOUNT_VALUE, {
            "key": key, "value": value, "currency": currency, "account": gateway.account,
        }
    yield from portfolio(gateway)
    yield ByServer.ACCOUNT_TIME, {"time": f"{gateway.now():%H:%M}"}
    yield ByServer.ACCOUNT_END, {"account": gateway.account}


def account_updates_multi(session: Session, asked: Asked) -> None:
    gateway, req_id = session.gateway, asked["req_id"]
    if not gateway.is_linked:
        return
    for key, value, currency in values(gateway):
        session.send(ByServer.ACCOUNT_MULTI, req_id=req_id, account=gateway.account, key=key,
                     value=value, currency=currency)
    session.send(ByServer.ACCOUNT_MULTI_END, req_id=req_id)


def account_summary(session: Session, asked: Asked) -> None:
    gateway, req_id = session.gateway, asked["req_id"]
    if not gateway.is_linked:
        return
    wanted = str(asked["tags"]).split(",")
    for key, value, currency in values(gateway):
        if key in wanted and currency != "BASE":
            session.send(ByServer.ACCOUNT_SUMMARY, req_id=req_id, account=gateway.account,
                         tag=key, value=value, currency=currency)
    session.send(ByServer.ACCOUNT_SUMMARY_END, req_id=req_id)


def positions(session: Session, asked: Asked) -> None:
    gateway = session.gateway
    session.wants_positions = True
    if not gateway.is_linked:
        return
    for symbol, qty in gateway.venue.positions.items():
        if qty:
            session.tell(position(gateway, symbol))
    session.send(ByServer.POSITIONS_END)


def position(gateway: "FakeGateway", symbol: str) -> Message:
    """Tell what is held of a symbol; an average cost counts the multiplier in."""
    cost = gateway.venue.costs.get(symbol, ZERO) * multiplier(symbol)
    fields = gateway.contracts.listing(symbol).fields(exchange="")
    return ByServer.POSITION, {
        "account": gateway.account, **fields,
        "position": plain(gateway.venue.positions[symbol]), "average_cost": plain(cost),
    }


def values(gateway: "FakeGateway") -> Iterator[tuple[str, str, str]]:
    """Yield what the account is worth by key, value and currency."""
    cash = gateway.venue.cash.quantize(_CENT)
    worth = (cash + sum((_worth(gateway, s) for s in gateway.venue.positions), ZERO))
    worth = worth.quantize(_CENT)
    yield "AccountCode", gateway.account, ""
    yield "AccountReady", "true" if gateway.is_linked else "false", ""
    yield "AccountType", "INDIVIDUAL", ""
    for currency in ("BASE", "USD"):
        yield "CashBalance", plain(cash), currency
        yield "TotalCashBalance", plain(cash), currency
        yield "NetLiquidationByCurrency", plain(worth), currency
        yield "ExchangeRate", "1.00", currency
    for key in ("TotalCashValue", "SettledCash", "AvailableFunds"):
        yield key, plain(cash), "USD"
    for key in ("NetLiquidation", "EquityWithLoanValue"):
        yield key, plain(worth), "USD"
    yield "BuyingPower", plain(cash * 4), "USD"


def portfolio(gateway: "FakeGateway") -> Iterator[Message]:
    for symbol, qty in gateway.venue.positions.items():
        if not qty:
            continue
        fields = gateway.contracts.listing(symbol).fields()
        del fields["exchange"]
        cost = gateway.venue.costs.get(symbol, ZERO) * multiplier(symbol)
        yield ByServer.PORTFOLIO_VALUE, {
            **fields, "right": fields["right"] or "0",
            "primary_exchange": "ARCA", "position": plain(qty), "account": gateway.account,
            "market_price": plain(_price(gateway, symbol)),
            "market_value": plain(_worth(gateway, symbol)), "average_cost": plain(cost),
        }


def contract_details(session: Session, asked: Asked) -> None:
    gateway, req_id = session.gateway, asked["req_id"]
    found = gateway.contracts.found(asked)
    if asked["sec_type"] == "BAG":
        session.error(321, codes.NO_DETAILS_OF_A_BAG, req_id=req_id)
        return
    if not found:
        session.error(200, req_id=req_id)
        return
    for listing in found:
        session.send(ByServer.CONTRACT_DATA, req_id=req_id, **details(listing, gateway.now()))
    session.send(ByServer.CONTRACT_DATA_END, req_id=req_id)


def market_rule(session: Session, asked: Asked) -> None:
    rule_id = int(str(asked["rule_id"]))
    if rule_id in RULES:
        session.send(ByServer.MARKET_RULE, rule_id=rule_id, increments=RULES[rule_id])
    else:
        session.error(321)


def _nothing(session: Session, asked: Asked) -> None:
    """Take notice, and say nothing, as TWS does."""


def _no_positions(session: Session, asked: Asked) -> None:
    session.wants_positions = False


def _price(gateway: "FakeGateway", symbol: str) -> Decimal:
    quote = gateway.venue.quotes.get(symbol)
    return gateway.venue.costs.get(symbol, ZERO) if quote is None else quote.mid


def _worth(gateway: "FakeGateway", symbol: str) -> Decimal:
    return gateway.venue.positions[symbol] * _price(gateway, symbol) * multiplier(symbol)


_STATE: Final = Request.STATEMENT
ANSWERS: Final = (
    Answer(ByClient.START_API, start_api, Request.CONNECT),
    Answer(ByClient.MANAGED_ACCOUNTS, managed_accounts, Request.CONNECT),
    Answer(ByClient.IDS, next_id, Request.CONNECT),
    Answer(ByClient.SERVER_LOG_LEVEL, _nothing, Request.CONNECT),
    Answer(ByClient.CURRENT_TIME, current_time, Request.STREAM),
    Answer(ByClient.ACCOUNT_UPDATES, account_updates, _STATE),
    Answer(ByClient.ACCOUNT_UPDATES_MULTI, account_updates_multi, _STATE),
    Answer(ByClient.CANCEL_ACCOUNT_UPDATES_MULTI, _nothing, _STATE),
    Answer(ByClient.ACCOUNT_SUMMARY, account_summary, _STATE),
    Answer(ByClient.CANCEL_ACCOUNT_SUMMARY, _nothing, _STATE),
    Answer(ByClient.POSITIONS, positions, _STATE),
    Answer(ByClient.CANCEL_POSITIONS, _no_positions, _STATE),
    Answer(ByClient.CONTRACT_DETAILS, contract_details, Request.DATA),
    Answer(ByClient.MARKET_RULE, market_rule, Request.DATA),
)
