"""May a sector grow beyond its part of the account?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said
from tests.makers import an_intent

from tradebot.core.gates.sector_exposure import sector_exposure
from tradebot.core.model.settings import Sector

TECH = (Sector(name="technology", symbols=("IBM", "SPY")),)


@pytest.mark.parametrize("sectors", [TECH, ()], ids=["one sector", "both unnamed"])
@pytest.mark.parametrize(("qty", "expected"), [
    (24, "ALLOW 9824 against 10025"),
    (25, "ALLOW 10025 against 10025"),
    (26, "BLOCK 10226 against 10025"),
])
def test_what_shares_a_sector_shares_its_limit(
    sectors: tuple[Sector, ...], qty: int, expected: str
) -> None:
    trader = a_trader(sector_exposure_max_frac="0.10025", sectors=sectors)
    holds(trader, "buy", 10)
    body = an_intent("buy", qty, "IBM", price="201")
    assert said(ask(sector_exposure, trader, body)) == expected


def test_another_sector_has_its_own() -> None:
    energy = (Sector(name="energy", symbols=("IBM",)),)
    trader = a_trader(sector_exposure_max_frac="0.10", sectors=energy)
    holds(trader, "buy", 10)
    body = an_intent("buy", 26, "IBM", price="201")
    assert said(ask(sector_exposure, trader, body)) == "ALLOW 5226 against 10000"


def test_new_sectors_sum_what_is_held_anew() -> None:
    trader = a_trader(sector_exposure_max_frac="0.10")
    holds(trader, "buy", 10)
    trader.book.exposure.settle(a_trader(sectors=TECH).book.settings.policy)
    assert trader.book.exposure.of("PAPER-1").sectors == {"technology": 5000}


def test_an_exit_is_free_of_it_and_without_facts_it_waits() -> None:
    trader = a_trader(sector_exposure_max_frac="0.06")
    holds(trader, "buy", 10)
    assert said(ask(sector_exposure, trader, an_intent("sell", 10, price="499"))) == "ALLOW"
    trader.facts.quotes.clear()
    assert ask(sector_exposure, trader).need == "quote:SPY"
