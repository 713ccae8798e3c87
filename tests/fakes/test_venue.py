"""Does the exchange behind the fakes keep its own books? It is what all brokers are judged by."""

from decimal import Decimal

from tests.fakes.venue import Venue
from tests.fakes.venue_facts import (
    FILL,
    REST,
    Execution,
    Happening,
    Hours,
    Leg,
    Status,
    VenueOrder,
    What,
    partial,
    reject,
)

TEN = Decimal(10)
CALL, HIGHER = "SPY260918C00500000", "SPY260918C00510000"


def a_venue(**more: Decimal) -> Venue:
    venue = Venue(cash=100_000, **more)
    venue.quote("SPY", "99.99", "100.01")
    return venue


def a_limit(venue: Venue, limit: str, *, side: str = "buy", tif: str = "day") -> VenueOrder:
    return venue.submit("A", "SPY", TEN, side=side, limit=Decimal(limit), tif=tif)


def test_a_marketable_order_fills_at_the_touch_and_another_rests_until_it_is_crossed() -> None:
    venue = a_venue()
    assert a_limit(venue, "101").status is Status.FILLED
    assert venue.truth() == (Decimal("98999.90"), {"SPY": TEN})
    resting = a_limit(venue, "99")
    assert resting.is_working
    venue.quote("SPY", "98.98", "99.00")
    assert [(e.qty, e.px) for e in venue.fills_of(resting)] == [(TEN, Decimal("99.00"))]


def test_a_plan_holds_for_the_next_orders_and_for_nobody_elses() -> None:
    venue = a_venue()
    venue.plan(REST, partial(3), reject("201"), FILL)
    assert venue.place_external("SPY", 1).status is Status.FILLED
    orders = [a_limit(venue, "99.50") for _ in range(4)]
    assert [(o.status.value, o.cum) for o in orders] == [
        ("working", 0), ("working", 3), ("rejected", 0), ("filled", 10),
    ]
    assert orders[2].reason == "201"
    assert {e.px for e in venue.fills_of(orders[3])} == {Decimal("99.50")}  # never past its limit


def test_what_is_turned_away_at_the_door_never_was() -> None:
    venue = a_venue()
    venue.plan(reject("40310000"), FILL)
    assert venue.refusal() == "40310000"
    assert venue.refusal() is None
    assert not venue.orders
    assert a_limit(venue, "1").status is Status.FILLED


def test_listeners_hear_everything_in_the_order_in_which_it_happened() -> None:
    venue, heard = a_venue(), list[Happening]()
    leave = venue.listen(heard.append)
    # What one listener makes happen is told after what made it.
    venue.listen(lambda h: venue.cancel(h.order) if h.what is What.NEW and h.order else None)
    venue.plan(REST)
    order = a_limit(venue, "99")
    venue.fill(order, 2, "99")  # it crossed the cancel: money is money
    venue.bust(venue.fills_of(order)[0])
    leave()
    venue.place_external("SPY", 1)
    assert [h.what.value for h in heard] == ["new", "canceled", "fill", "bust"]
    assert order.status is Status.CANCELED


def test_a_bust_gives_everything_back_and_a_filled_order_works_again() -> None:
    venue = a_venue(fee=Decimal("0.35"))
    order = a_limit(venue, "101")
    (execution,) = venue.fills_of(order)
    venue.bust(execution)
    assert venue.truth() == (Decimal(100_000), {})
    assert order.is_working
    assert order.cum == 0
    assert venue.fills_of(order) == []


def test_a_correction_puts_one_execution_in_the_place_of_another() -> None:
    venue = a_venue()
    order = a_limit(venue, "101")
    corrected = venue.correct(venue.fills_of(order)[0], Decimal(8), Decimal(100))
    assert venue.truth() == (Decimal(99_200), {"SPY": Decimal(8)})
    assert venue.fills_of(order) == [corrected]
    assert order.is_working
    assert order.leaves == 2


def test_a_change_in_place_keeps_the_id_and_a_successor_has_its_own() -> None:
    venue = a_venue()
    first = a_limit(venue, "99")
    venue.fill(first, 4, "99")
    venue.change(first, qty=Decimal(4))
    assert first.status is Status.FILLED
    second = a_limit(venue, "99")
    venue.fill(second, 4, "99")
    third = venue.supersede(second, "B", limit=Decimal(101))
    assert (second.status, second.replaced_by, second.cum) == (Status.REPLACED, third, 4)
    assert (third.replaces, third.qty, third.status) == (second, Decimal(6), Status.FILLED)
    fourth = a_limit(venue, "99")
    venue.fill(fourth, 4, "99")
    fifth = venue.supersede(fourth, "D", qty=Decimal(12), keeps_fills=True)
    assert (fifth.qty, fifth.cum, fifth.leaves) == (12, 4, 8)


def test_a_combo_trades_leg_by_leg_at_a_net_price() -> None:
    venue = a_venue()
    venue.quote(CALL, "5.00", "5.20")
    venue.quote(HIGHER, "2.00", "2.10")
    spread = (Leg(CALL), Leg(HIGHER, Decimal(-1)))
    order = venue.submit("A", spread, Decimal(2), limit=Decimal("3.20"))
    first, second = venue.fills_of(order)
    assert order.status is Status.FILLED
    assert first.group == second.group
    assert first.net == Decimal("3.20") == first.px - second.px
    assert venue.truth() == (Decimal(100_000 - 640), {CALL: Decimal(2), HIGHER: Decimal(-2)})


def test_a_combo_with_uneven_legs_counts_only_whole_ones() -> None:
    venue = a_venue()
    venue.plan(REST)
    spread = (Leg(CALL), Leg(HIGHER, Decimal(-2)))
    order = venue.submit("A", spread, Decimal(2), limit=Decimal("1"))
    venue.fill_leg(order, CALL, 2, "5")
    assert order.cum == 0
    told: Execution = venue.fill_leg(order, HIGHER, 3, "2")
    assert (order.cum, told.cum, told.qty) == (1, 1, -3)
    assert venue.positions == {CALL: Decimal(2), HIGHER: Decimal(-3)}


def test_the_day_and_the_hour_decide_what_may_trade() -> None:
    venue = a_venue()
    venue.open_hours(Hours.CLOSED)
    day, kept = a_limit(venue, "101"), a_limit(venue, "101", tif="gtc")
    late = venue.submit("B", "SPY", TEN, limit=Decimal(101), outside_hours=True, tif="gtc")
    venue.open_hours(Hours.EXTENDED)
    assert [o.status.value for o in (day, kept, late)] == ["working", "working", "filled"]
    venue.end_day()
    assert day.status is Status.EXPIRED
    venue.open_hours(Hours.REGULAR)
    assert kept.status is Status.FILLED


def test_an_order_that_cannot_wait_ends_and_a_stop_waits_for_its_price() -> None:
    venue = a_venue()
    assert a_limit(venue, "99", tif="ioc").status is Status.CANCELED
    stop = venue.submit("S", "SPY", TEN, side="sell", stop=Decimal(99), tif="gtc")
    assert stop.is_working
    venue.quote("SPY", "98.90", "98.95")
    assert [e.px for e in venue.fills_of(stop)] == [Decimal("98.90")]


def test_the_average_price_of_what_is_held_follows_every_trade() -> None:
    venue = a_venue()
    order = venue.submit("A", "SPY", TEN, limit=Decimal(1))
    venue.fill(order, 5, "90")
    venue.fill(order, 5, "110")
    assert venue.costs["SPY"] == 100
    out = venue.submit("B", "SPY", Decimal(15), side="sell", limit=Decimal(999))
    venue.fill(out, 5, "120")
    assert venue.costs["SPY"] == 100
    venue.fill(out, 10, "130")  # through zero
    assert (venue.positions["SPY"], venue.costs["SPY"]) == (-5, 130)
