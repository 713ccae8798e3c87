"""Does what a kill sends only ever reduce: by a statement that is another's, or late?"""

from tests.makers import ACCOUNT, Trader, a_trade, the

from tradebot.core.model.commands import Flatten, SetKillSwitch, Tick
from tradebot.core.model.events import CancelRequested, IntentRefused, OrderSubmitted
from tradebot.core.model.reason import Reason


def killed_with_ten() -> Trader:
    """Hold ten SPY, and set the kill switch."""
    trader = Trader()
    bought = the(trader.submit(), OrderSubmitted)
    trader.tell(a_trade("X1", 10, "500", bought.cl_ord_id))
    trader.tell(SetKillSwitch(engaged=True, reason="enough", by="alice"))
    return trader


def a_flattening(trader: Trader, **changes: object) -> Flatten:
    return Flatten(
        route="paper", statement=trader.statement(**changes), by="alice",
        booked=trader.book.ledger.bookings(ACCOUNT),
    )


def test_the_statement_of_another_account_flattens_nothing_and_breaks_nothing() -> None:
    trader = killed_with_ten()
    refused = the(trader.tell(a_flattening(trader, account="ANOTHER")), IntentRefused)
    assert refused.reason is Reason.RECON_BREAK


def test_a_statement_from_before_the_last_fill_does_not_turn_the_position() -> None:
    trader = killed_with_ten()
    late = a_flattening(trader)
    closed = the(trader.tell(a_flattening(trader)), OrderSubmitted)
    trader.tell(a_trade("X2", 10, "500", closed.cl_ord_id))
    assert trader.book.ledger.net_qty(ACCOUNT, "SPY") == 0
    assert the(trader.tell(late), IntentRefused).reason is Reason.RISK_STALE_DATA


def test_an_exit_that_runs_out_of_time_is_taken_back_by_name() -> None:
    trader = killed_with_ten()
    the(trader.tell(a_flattening(trader)), OrderSubmitted)
    trader.seconds += 400
    assert the(trader.tell(Tick()), CancelRequested).by == "timeout"
