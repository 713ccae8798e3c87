"""Do the gates about losses stop what opens at their limit, and never what closes?

The account holds 100,000 and 200 SPY bought at 500: each dollar that SPY falls costs 200.
"""

from decimal import Decimal

import pytest
from tests import makers
from tests.core.gates.accounts import Asked

from tradebot.core.book.book import Book
from tradebot.core.gates.consecutive_losses import consecutive_losses
from tradebot.core.gates.daily_loss import daily_loss
from tradebot.core.gates.drawdown import drawdown
from tradebot.core.gates.halted_instrument import halted_instrument
from tradebot.core.gates.panel import Gate
from tradebot.core.model.commands import ClearHalt, SetKillSwitch
from tradebot.core.model.events import EVERYTHING, InstrumentHalted, SessionEntered
from tradebot.core.model.reason import Answer, Reason, mark_need, route_need
from tradebot.core.model.report import Holding


def long_at(px: str) -> Asked:
    asked = Asked()
    asked.trade("buy", 200)
    asked.mark(px)
    return asked


def new_day(book: Book) -> None:
    entered = makers.a_session()
    book.apply(SessionEntered(
        calendar=entered.calendar, phase=entered.phase, session="2026-08-25"
    ))


@pytest.mark.parametrize(("px", "lost", "answer"), [
    ("500", 0, Answer.ALLOW), ("485.01", 2998, Answer.ALLOW), ("485", 3000, Answer.BLOCK),
    ("484.99", 3002, Answer.BLOCK), ("520", -4000, Answer.ALLOW),
])
def test_daily_loss_of_three_percent_ends_new_risk(px: str, lost: int, answer: Answer) -> None:
    asked = long_at(px)
    told = asked.ask(daily_loss, "buy", 1)
    assert (told.answer, told.actual, told.limit) == (answer, lost, 3000)
    assert asked.ask(daily_loss, "sell", 200).answer is Answer.ALLOW
    more_than_held = asked.ask(daily_loss, "sell", 201)
    assert more_than_held.answer is answer


def test_the_loss_of_yesterday_is_not_todays() -> None:
    asked = long_at("480")
    assert asked.ask(daily_loss, "buy", 1).answer is Answer.BLOCK
    new_day(asked.book)
    told = asked.ask(daily_loss, "buy", 1)
    assert (told.answer, told.actual, told.limit) == (Answer.ALLOW, 0, 2880)
    asked.mark("465.60")
    assert asked.ask(daily_loss, "buy", 1).answer is Answer.BLOCK


@pytest.mark.parametrize(("px", "fallen", "answer"), [
    ("450", 10_000, Answer.ALLOW), ("440.01", 11_998, Answer.ALLOW),
    ("440", 12_000, Answer.BLOCK), ("439.99", 12_002, Answer.BLOCK),
])
def test_drawdown_of_twelve_percent_takes_no_entries(
    px: str, fallen: int, answer: Answer
) -> None:
    asked = long_at(px)
    told = asked.ask(drawdown, "buy", 1)
    assert (told.answer, told.actual, told.limit) == (answer, fallen, 12_000)
    assert asked.ask(drawdown, "sell", 200).answer is Answer.ALLOW


def test_drawdown_counts_from_the_most_there_ever_was() -> None:
    asked = long_at("600")
    new_day(asked.book)
    asked.mark("528")
    told = asked.ask(drawdown, "buy", 1)
    assert (told.answer, told.actual, told.limit) == (Answer.BLOCK, 14_400, 14_400)


@pytest.mark.parametrize("gate", [daily_loss, drawdown], ids=lambda gate: gate.__name__)
def test_no_loss_is_small_while_nobody_knows_the_equity(gate: Gate) -> None:
    asked = Asked()
    asked.book.routes.clear()
    assert asked.ask(gate, "buy", 1).need == route_need("")
    unvalued = Asked()
    unvalued.tell(makers.a_route("second", statement=makers.a_statement(
        account="B", holdings=(Holding(symbol="IBM", qty=Decimal(5), avg_px=Decimal(900)),)
    )))
    assert unvalued.ask(gate, "buy", 1, route="second").need == mark_need("IBM")
    unvalued.mark(200, "IBM")  # bought dear, but not today, and not from a high of ours
    told = unvalued.ask(gate, "buy", 1, route="second")
    assert (told.answer, told.actual) == (Answer.ALLOW, 0)


@pytest.mark.parametrize("gate", [daily_loss, drawdown], ids=lambda gate: gate.__name__)
def test_an_account_of_nothing_opens_nothing(gate: Gate) -> None:
    asked = Asked()
    account = asked.book.ledger.accounts[makers.ACCOUNT]
    account.cash = account.high_water = account.day_equity = Decimal(0)
    assert asked.ask(gate, "buy", 1).answer is Answer.BLOCK


# Halted at fifteen percent


def halts(asked: Asked) -> list[InstrumentHalted]:
    return makers.of(asked.events, InstrumentHalted)


def test_a_fall_of_fifteen_percent_halts_everything_once_until_a_person_clears_it() -> None:
    asked = long_at("425.01")
    assert not halts(asked)
    for px in ("425", "424", "420"):
        asked.mark(px)
    (halt,) = halts(asked)
    assert (halt.symbol, halt.reason) == (EVERYTHING, Reason.RISK_DRAWDOWN_HALT)
    assert halt.detail == "PAPER-1 is 15000 below 100000"
    assert asked.ask(halted_instrument, "buy", 1, symbol="IBM").answer is Answer.BLOCK
    assert asked.ask(halted_instrument, "sell", 200).answer is Answer.ALLOW
    asked.tell(ClearHalt(symbol=EVERYTHING, reason="seen", by="ann"))
    assert asked.ask(halted_instrument, "buy", 1).answer is Answer.ALLOW
    assert asked.ask(drawdown, "buy", 1).answer is Answer.ALLOW
    asked.mark("419")
    assert len(halts(asked)) == 1
    asked.mark("356")  # 15 percent below the 84,000 that were there when it was cleared: 357
    assert len(halts(asked)) == 2


def test_a_fill_far_below_the_market_halts_too_and_clearing_the_kill_switch_ends_it() -> None:
    asked = long_at("500")
    asked.trade("sell", 200, 420)
    assert len(halts(asked)) == 1
    asked.tell(SetKillSwitch(engaged=False, reason="seen", by="ann"))
    assert asked.book.halted == {}
    assert asked.ask(drawdown, "buy", 1).answer is Answer.ALLOW


def test_what_is_halted_for_another_reason_is_not_closed_either() -> None:
    asked = long_at("420")
    asked.book.apply(InstrumentHalted(symbol="SPY", reason=Reason.OMS_EXTERNAL))
    assert asked.ask(halted_instrument, "sell", 200).answer is Answer.BLOCK


# Losses in a row


def round_trips(asked: Asked, *profits: int) -> None:
    for profit in profits:
        asked.trade("buy", 1, 500)
        asked.trade("sell", 1, 500 + profit)


@pytest.mark.parametrize(("profits", "answer"), [
    ((), Answer.ALLOW), ((-1,) * 4, Answer.ALLOW), ((-1,) * 5, Answer.BLOCK),
    ((-1, -1, -1, -1, 2, -1), Answer.ALLOW), ((-1, -1, 0, -1, -1), Answer.ALLOW),
    ((-1, -1, 0, -1, -1, -1), Answer.BLOCK), ((3, *(-1,) * 5), Answer.BLOCK),
])
def test_consecutive_losses_of_five_let_the_strategy_rest(
    profits: tuple[int, ...], answer: Answer
) -> None:
    asked = Asked()
    round_trips(asked, *profits)
    assert asked.ask(consecutive_losses, "buy", 1).answer is answer


@pytest.mark.promise(21)
def test_a_strategy_at_rest_may_close_what_it_holds() -> None:
    asked = Asked()
    round_trips(asked, *(-1,) * 4)
    asked.trade("sell", 1, 500)
    asked.trade("buy", 11, 501)  # closes at a loss, and goes through zero to long 10
    assert asked.ask(consecutive_losses, "buy", 1).answer is Answer.BLOCK
    assert asked.ask(consecutive_losses, "sell", 10).answer is Answer.ALLOW
    assert asked.ask(consecutive_losses, "sell", 11).answer is Answer.BLOCK


def test_the_rest_is_half_an_hour_and_the_strategys_own() -> None:
    asked = Asked()
    round_trips(asked, *(-1,) * 5)
    told = asked.ask(consecutive_losses, "buy", 1)
    assert (told.answer, told.reason) == (Answer.BLOCK, Reason.RISK_LOSS_COOLDOWN)
    assert (told.actual, told.limit) == (1800, 0)
    assert asked.ask(consecutive_losses, "buy", 1, strategy_id="rsi").answer is Answer.ALLOW
    assert asked.ask(consecutive_losses, "buy", 1, strategy_id=None).answer is Answer.ALLOW
    asked.seconds += 1799
    assert asked.ask(consecutive_losses, "buy", 1).actual == 1
    asked.seconds += 1
    assert asked.ask(consecutive_losses, "buy", 1).answer is Answer.ALLOW
