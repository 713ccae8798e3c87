"""Does the verb tell what a strategy has earned, with a daemon and without one?"""

from decimal import Decimal
from pathlib import Path

from tests.cli.asked import Out, document, told
from tests.cli.test_offline_verbs import write
from tests.tiny_daemon import TinyDaemon

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, Side


def a_trading_day(daemon: TinyDaemon) -> None:
    daemon.decide(SubmitIntent(intent=Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=Decimal(3),
        strategy_id=StrategyId("cross"),
    )))


def test_the_record_what_is_earned_and_what_is_missing_are_told(
    daemon: TinyDaemon, home: Path, capsys: Out
) -> None:
    a_trading_day(daemon)
    code, found = document(capsys, home, "strategies", "trust")
    cross, quoter = found["strategies"]
    assert (code, found["trust"], cross["earned"], cross["next"]) == (0, "off", ["mock"], "paper")
    assert cross["records"]["live"]["orders"] == 1
    assert "orders 1 of 20" in cross["missing"]
    assert "orders 0 of 20" in quoter["missing"]
    code, said, beside = told(capsys, home, "strategies", "trust")
    assert (code, beside) == (0, "promotion.trust is off\n")
    assert "orders 1 of 20; fills 0 of 10" in said.splitlines()[1]


def test_without_a_daemon_the_journal_tells_it(tmp_path: Path, capsys: Out) -> None:
    daemon = TinyDaemon()
    a_trading_day(daemon)
    write(daemon, tmp_path)
    code, found = document(capsys, tmp_path, "strategies", "trust")
    (cross,) = found["strategies"]
    assert (code, cross["strategy_id"], cross["records"]["paper"]["orders"]) == (3, "cross", 1)
