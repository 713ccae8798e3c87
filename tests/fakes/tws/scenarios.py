"""What can go wrong at IBKR that this fake plays, and how is it asked for?

In the first part of a line `g` is the gateway and `v` its venue; the last part, added below, names
the scene in which ib_async and ib_insync meet it. What can happen to a request of each kind, and
to what is told unasked, is in `troubles.SUFFERS` and `UNASKED`: each pair is a scenario.
"""

from collections.abc import Mapping
from typing import Final

from tests.fakes.tws.bad_days import BAD_DAYS
from tests.fakes.tws.bad_orders import BAD_ORDERS
from tests.fakes.tws.troubles import SUFFERS, UNASKED
from tests.fakes.tws.witness import played

_SHOWN: Final = {name: scene.__name__ for scene in BAD_DAYS + BAD_ORDERS for name in played(scene)}

_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # of one request, or of what is told unasked: `g.faults.push(KIND, on=...)`
    "drop_before": ("DROP_BEFORE", "the socket closes, and the request had no effect"),
    "accept_drop": ("ACCEPT_DROP", "an order is taken, and the socket closes before a word of it"),
    "hang": ("HANG", "an order is taken, and never acknowledged"),
    "error_before": ("ERROR_BEFORE", "error 322, and the request had no effect"),
    "error_after": ("ERROR_AFTER", "error 322, though the order lives"),
    "too_many": ("TOO_MANY", "error 100 without a number: which request was it?"),
    "duplicate_ack": ("DUPLICATE_ACK", "every answer comes twice"),
    "fill_before_ack": ("FILL_BEFORE_ACK", "an execution comes before its order was opened"),
    "mute": ("MUTE", "the connection stays up, and nothing comes any more"),
    "unknown_word": ("UNKNOWN_WORD", "a status that no document knows"),
    "skew": ("SKEW", "the clock of TWS is wrong"),
}

_STATES: Final[Mapping[str, tuple[str, str]]] = {
    # The connection
    "drop": ("g.drop_all()", "all sockets close without a word"),
    "door_closed": ("g.close_door()", "connections are refused"),
    "mute_peer": ("g.mute()", "the peer is gone, and no socket tells"),
    "id_in_use": ("g.occupied.add(ID)", "326, then hung up: somebody has this client id"),
    "missing_end": ("g.withheld.add(LAYOUT)", "a list never ends: the sync hangs"),
    "too_fast": ("g.messages_per_s_max = N", "100 for every message too many, then hung up"),
    "throttled": ("g.drop_all()", "what a library holds back is lost with the socket"),
    "read_only": ("FakeGateway(is_read_only=True)", "321 for every order and every list of them"),
    "port_moved": ("await g.move_port()", "1300, hung up, and listening elsewhere"),
    # The link between the gateway and the vendor
    "link_lost": ("g.lose_link()", "1100; fills are never told, lists never answered"),
    "link_found": ("g.restore_link()", "1102; what happened meanwhile is only found by asking"),
    "data_lost": ("g.restore_link(is_data_lost=True)", "1101 in its place"),
    "stranded_lost": ("g.restore_link()", "an order of the time without link never went out"),
    "stranded_sent": ("g.restore_link(sends_stranded=True)", "it goes out when nobody expects it"),
    "away_at_connect": ("g.lose_link()", "2110 for who connects now"),
    "nightly_reset": ("await g.nightly_reset()", "1100, no sockets, refused, 1102; ids survive"),
    "farms": ("g.broadcast(2103)", "farms of data break and heal; orders do not care"),
    # Orders
    "remark": ("g.remarks.append(10349)", "of a live order, and libraries take it for its end"),
    "remark_later": ("g.remark(ORDER, CODE)", "the same, at any time: 404, 161, 10197, 10289"),
    "refused": ("v.plan(reject('201'))", "turned down by the vendor: 201, and the order Inactive"),
    "number_used": ("an old orderId", "103"),
    "unchangeable": ("a change too late, or of what cannot be", "104, 105"),
    "off_tick": ("a price between ticks", "110"),
    "nothing_known": ("an unknown contract, type, size, account", "200, 387, 434, 10243, 435"),
    "bag_details": ("contract details of a BAG", "321, which ib_async takes for a remark"),
    "nothing_to_cancel": ("a cancel of nothing, or too late", "10147, 10148"),
    "held_cancel": ("g.holds_cancels = True", "PendingCancel until released; 161 for another"),
    "held_order": ("v.open_hours(Hours.CLOSED)", "399, and PreSubmitted until the open"),
    "no_tif": ("an order without tif", "10349: DAY by preset"),
    "no_hours": ("outsideRth at the market", "2109: ignored, and placed"),
    "repeated_status": ("g.is_status_repeated", "every orderStatus comes twice, as in reality"),
    "two_perm_ids": ("g.twin(ORDER)", "one number, one orderRef, two live orders"),
    "ids_reused": ("g.forget_ids()", "order ids count from 1 again"),
    "two_clients": ("two connections", "each is told of its own, and may ask for all"),
    "manual": ("v.place_external(...)", "orders by hand: number 0, or below 0 for client 0"),
    # Executions
    "correction": ("v.correct(...)", "the same execId but for its end, .02: in place of the first"),
    "bust": ("v.bust(...)", "a correction to no shares at all"),
    "late_commission": ("g.holds_commissions = True", "what it cost comes when released"),
    "legs_apart": ("v.fill_leg(...)", "legs of a bag that trade one by one, without a summary"),
    "no_zone": ("g.zone = ''", "times of executions are New York's, and do not say so"),
    "fill_unseen": ("v.fill(...) while nobody is connected", "found in the list, and never told"),
    "yesterday": ("a clock past midnight", "executions of yesterday are not told any more"),
}

FAULTS: Final = {name: (*told, _SHOWN[name]) for name, told in _FAULTS.items()}
STATES: Final = {name: (*told, _SHOWN[name]) for name, told in _STATES.items()}


def count() -> int:
    """Return how many scenarios there are: faults by request, and all that can be brought about."""
    return sum(map(len, SUFFERS.values())) + len(UNASKED) + len(STATES)
