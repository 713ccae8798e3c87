"""Does a decision come back from its line as the very same values?"""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import makers
from tests.shell.journal import samples

from tradebot.core.model.capabilities import Capabilities, IdMemory, ReplaceKind, takes_all
from tradebot.core.model.commands import (
    AcceptConfig,
    ActivateSettings,
    Command,
    ConnectRoute,
    DefineInstruments,
    Mark,
    Phase,
    SubmitIntent,
    Tick,
)
from tradebot.core.model.events import (
    Event,
    IntentReceived,
    OrderReported,
    ReconRequested,
    RouteChosen,
    RouteConnected,
    SessionEntered,
    StagesPassed,
    TradeBooked,
)
from tradebot.core.model.facts import Reads
from tradebot.core.model.ids import ClOrdID, ExecID, IntentId
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.core.model.reason import Stage
from tradebot.core.model.settings import RouteKind
from tradebot.shell.journal.codec import SAYS, SHARED, Decoder, Undecodable, decode, encode
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.upcast import Fields, Upcasts

AT = samples.MOMENT
TURNS = 24


def of(command: Command, *events: Event, reads: Reads | None = None) -> Decision:
    return Decision(1, AT, command, events, reads or Reads())


def shape(value: object) -> str:
    """Tell apart what `==` does not: 0 and 0.00, True and 1."""
    return repr(value)


def assert_comes_back(decision: Decision) -> None:
    body = encode(decision)
    assert b"\n" not in body
    back = decode(body)
    assert back == decision
    assert shape(back) == shape(decision)


@pytest.mark.parametrize("cls", get_args(Command))
def test_every_command_comes_back(cls: type) -> None:
    for command in (samples.bare(cls), *(samples.full(cls, turn) for turn in range(TURNS))):
        assert_comes_back(of(command))


@pytest.mark.parametrize("cls", get_args(Event))
def test_every_event_comes_back(cls: type) -> None:
    for event in (samples.bare(cls), *(samples.full(cls, turn) for turn in range(TURNS))):
        assert_comes_back(of(Tick(), event))


def test_what_was_read_comes_back() -> None:
    quotes = (makers.a_quote(), makers.a_quote("IBM", bid_size=Decimal("0.00")))
    assert_comes_back(of(Tick(), reads=Reads(quotes=quotes, latch="a person")))


@given(
    number=st.decimals(allow_nan=False, allow_infinity=False), text=st.text(),
    at=st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0)),
)
def test_any_number_text_and_time_comes_back(number: Decimal, text: str, at: datetime) -> None:
    booked = TradeBooked(
        cl_ord_id=ClOrdID(text), exec_id=ExecID(text), account=text, strategy_id=text,
        symbol=text, qty=number, px=number, cash=number, cost=number, fee=number,
        realized=number, multiplier=number, currency=text,
    )
    assert_comes_back(replace(of(Tick(), booked), at=at))


def test_a_line_says_what_the_contract_shows() -> None:
    line = json.loads(encode(of(makers.a_trade("E-1", 10, "501.10"))))
    assert list(line) == ["seq", "at", "command", "events"]
    assert line["at"] == "2026-08-24T13:30:00.000120Z"
    name, fields = line["command"]
    assert name == "Report"
    assert fields["last_px"] == "501.10"
    assert fields["exec_type"] == makers.a_trade("E-1", 1).exec_type.value


def said() -> dict[str, tuple[Command, Event]]:
    intent = makers.an_intent()
    report, trade = makers.a_report("new"), makers.a_trade("E-1", 10, "501.10")
    settings = ActivateSettings(settings=makers.some_settings(), version="1")
    accepted = AcceptConfig(
        settings=settings.settings, version="1", hash="1", by="owner", source="file"
    )
    received = IntentReceived(intent_id=IntentId("I"), intent=intent, expires=AT)
    route, booked = makers.a_route(), samples.bare(TradeBooked)
    return {
        "intent": (SubmitIntent(intent=intent), received),
        "report": (report, OrderReported(report=report)),
        "cl_ord_id": (trade, booked), "exec_id": (trade, booked), "px": (trade, booked),
        "settings": (settings, samples.bare(_event("SettingsActivated"))),
        "by": (accepted, samples.bare(_event("ConfigAccepted"))),
        "quotes": (Mark(quotes=(makers.a_quote(),)), samples.bare(_event("PositionsMarked"))),
        "instruments": (
            DefineInstruments(instruments=makers.some_instruments()),
            samples.bare(_event("InstrumentsDefined")),
        ),
        "capabilities": (route, samples.bare(_event("RouteConnected"))),
        "route": (route, samples.bare(_event("RouteConnected"))),
    }


def _event(name: str) -> type:
    (found,) = [cls for cls in get_args(Event) if cls.__name__ == name]
    assert isinstance(found, type)
    return found


def _held(command: Command, name: str) -> Any:
    return SAYS[type(command)](command)[name]


@pytest.mark.parametrize("name", said())
def test_what_the_command_says_is_written_once(name: str) -> None:
    command, event = said()[name]
    event = replace(event, **{name: _held(command, name)})
    body = encode(of(command, event))
    assert name not in json.loads(body)["events"][0][1]
    back = decode(body)
    assert back == of(command, event)
    assert getattr(back.events[0], name) is _held(back.command, name)


def test_nothing_that_a_command_says_is_left_out_of_these_tests() -> None:
    commands = [command for command, _ in said().values()]
    names = {name for command in commands for name in SAYS[type(command)](command)}
    assert names == set(said()) | {"opening"}  # which only lines of the first form leave out
    assert names <= {field.name for cls in get_args(Event) for field in fields(cls)}
    assert set(SAYS) == {type(command) for command in commands}


def test_what_an_event_says_is_not_said_again_by_the_next() -> None:
    first = RouteChosen(intent_id=IntentId("I"), route="paper")
    events = (first, first, replace(first, route="other"), replace(first, intent_id=IntentId("J")))
    body = encode(of(Tick(), *events))
    assert [told for _, told in json.loads(body)["events"]] == [
        {"intent_id": "I", "route": "paper"}, {}, {"route": "other"},
        {"intent_id": "J", "route": "paper"},
    ]
    assert decode(body).events == events


def test_every_field_that_shares_is_one_of_an_event() -> None:
    assert {field.name for cls in get_args(Event) for field in fields(cls)} >= SHARED


def test_lines_of_the_first_form_are_understood() -> None:
    """They marked what the command carried, and repeated every id."""
    report = makers.a_trade("E-1", 10, "501.10")
    command = json.loads(encode(of(report)))["command"]
    line = {"seq": 1, "at": AT.isoformat(), "command": command, "events": [
        ["OrderReported", {"report": "="}],
        ["ReconRequested", {"cl_ord_id": report.cl_ord_id}],
    ]}
    assert decode(json.dumps(line).encode()) == of(
        report, OrderReported(report=report), ReconRequested(cl_ord_id=report.cl_ord_id)
    )


def test_an_equal_value_that_is_another_object_is_written_out() -> None:
    event = IntentReceived(intent_id=IntentId("I"), intent=makers.an_intent(), expires=AT)
    body = encode(of(SubmitIntent(intent=makers.an_intent()), event))
    assert "intent" in json.loads(body)["events"][0][1]


@pytest.mark.parametrize("body", [
    b"", b"{}", b"[]", b'{"seq":1}', b"\xff",
    b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["Unheard",{}],"events":[]}',
    b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["Tick",{}],"events":[["Unheard",{}]]}',
    b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["Tick",{}],"events":[["RouteChosen",{}]]}',
    b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["Tick",{}],"events":[["OrderReported",{}]]}',
    b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["Tick",{}],"events":[["OrderReported",'
    b'{"report":"="}]]}',
])
def test_a_body_that_says_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(body)


@pytest.mark.fault(22)
def test_an_old_line_is_lifted_into_todays_class() -> None:
    def lift(fields: Fields) -> Fields:
        return {**fields, "strategy_id": fields["strategy"], "enabled": not fields["off"]}

    upcasts = Upcasts(
        renamed={"SwitchStrategy": "StrategyState", "StrategySwitchedOff": "StrategySwitched"},
        lifted={"SwitchStrategy": lift, "StrategySwitchedOff": lift},
    )
    body = (
        b'{"seq":1,"at":"2026-08-24T13:30:00.000120Z","command":["SwitchStrategy",'
        b'{"strategy":"sma","off":true}],"events":[["StrategySwitchedOff",'
        b'{"strategy":"sma","off":true}]]}'
    )
    with pytest.raises(Undecodable):
        decode(body)
    back = Decoder(upcasts)(body)
    off = {"strategy_id": "sma", "enabled": False}
    assert (back.command, *back.events) == tuple(
        cls(**off) for cls in (*_named(Command, "StrategyState"), _event("StrategySwitched"))
    )

def test_working_orders_that_were_ids_alone_are_read_as_rows() -> None:
    body = (
        b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["ConnectRoute",{"route":"paper",'
        b'"kind":"paper","capabilities":{"asset_classes":[]},"statement":{"account":"P",'
        b'"as_of":"2026-08-24T13:30:00Z","cash":"1","currency":"USD","working":["A","B"]}}],'
        b'"events":[]}'
    )
    command = decode(body).command
    assert isinstance(command, ConnectRoute)
    assert makers.working_ids(command.statement) == ("A", "B")



@pytest.mark.parametrize("kind", RouteKind)
def test_what_a_broker_could_do_before_there_was_a_table_is_read(kind: RouteKind) -> None:
    body = (
        b'{"seq":1,"at":"2026-08-24T13:30:00Z","command":["ConnectRoute",{"route":"r","kind":"'
        + kind.encode() + b'","capabilities":{"asset_classes":["equity","fx"],'
        b'"ord_types":["limit"],"times_in_force":["day","gtc"],"legs_max":2,"allows_short":false,'
        b'"can_replace":true,"remembers_ids_for_ever":true},"statement":{"account":"P",'
        b'"as_of":0.0,"cash":"1","currency":"USD"}}],"events":[["RouteConnected",{"kind":"'
        + kind.encode() + b'","account":"P"}]]}'
    )
    decision = decode(body)
    (connected,) = decision.events
    assert isinstance(connected, RouteConnected)
    assert connected.capabilities == Capabilities(
        takes=takes_all(
            (AssetClass.EQUITY, AssetClass.FX), (OrdType.LIMIT,),
            (TimeInForce.DAY, TimeInForce.GTC),
        ),
        legs_max=2, allows_short=False, replaces=ReplaceKind.IN_PLACE, id_memory=IdMemory.FOREVER,
        fractional=tuple(AssetClass), outside_hours=(OrdType.LIMIT,),
        real_money=kind is RouteKind.LIVE,
    )
    assert encode(decode(encode(decision))) == encode(decision)


def _named(union: Any, name: str) -> list[type]:
    return [cls for cls in get_args(union) if cls.__name__ == name]


def test_readings_of_before_they_stood_in_one_row_are_read() -> None:
    passed = StagesPassed(
        intent_id=IntentId("I"), through=Stage.DISPATCH, gate_list=1, readings=",1<=2"
    )
    today = encode(of(Tick(), passed))
    then = today.replace(b'",1<=2"', b'["","1<=2"]')
    assert then != today
    assert decode(then) == decode(today)


@given(st.timedeltas(timedelta(days=-2), timedelta(days=2)), st.booleans())
def test_a_time_comes_back_whatever_lies_between(apart: timedelta, is_far: bool) -> None:
    at = AT + apart + is_far * timedelta(days=36_500)
    assert_comes_back(of(Tick(), IntentReceived(
        intent_id=IntentId("I"), intent=makers.an_intent(), expires=at
    )))


def test_times_of_before_they_were_told_as_seconds_are_read() -> None:
    entered = SessionEntered(
        calendar="XNYS", phase=Phase.TRADING, opens=AT + timedelta(seconds=30)
    )
    today = encode(of(Tick(), entered))
    then = today.replace(b'"opens":30.0', b'"opens":"2026-08-24T13:30:30.000120Z"')
    assert then != today
    assert decode(then) == decode(today)
