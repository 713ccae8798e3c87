"""Who lets an intent go on? The whole table: 7 modes, 4 promotions, and who asks.

Live is armed wherever it can be; windows are all shut, because the settings have none.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from tests.makers import ACCOUNT, CALL, HIGHER_CALL, Trader, a_route, some_settings

from tradebot.core.model.commands import ArmLive
from tradebot.core.model.events import IntentHeld, IntentRefused, OrderSubmitted
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Leg, Side, Source
from tradebot.core.model.reason import Stage
from tradebot.core.model.settings import Mode, Promotion, RouteKind
from tradebot.core.pipeline.promote import PROMOTION_TABLE


def a_spread(bought: str, sold: str, price: str) -> dict[str, Any]:
    return {"qty": 1, "price": price, "legs": (
        Leg(symbol=bought, side=Side.BUY), Leg(symbol=sold, side=Side.SELL),
    )}


A_SPREAD: Final = a_spread(CALL, HIGHER_CALL, "5.20")
ITS_REVERSE: Final = a_spread(HIGHER_CALL, CALL, "-4.80")
ASKING: Final[dict[str, dict[str, Any]]] = {
    "eligible": {"strategy_id": StrategyId("chosen")},
    "strategy": {"strategy_id": StrategyId("other")},
    "person": {"source": Source.CLI, "strategy_id": None, "key": "K"},
    "desk": {"source": Source.DESK, "strategy_id": None, "key": "K"},
    "desk of the eligible": {"source": Source.DESK, "strategy_id": StrategyId("chosen")},
    "desk with a structure": {"source": Source.DESK, "strategy_id": None, **A_SPREAD},
    "desk with another": {"source": Source.DESK, "strategy_id": None, **ITS_REVERSE},
}
GOES, DRAFT, WINDOW = "goes", "POLICY_NEEDS_APPROVAL", "POLICY_WINDOW_CLOSED"
STAGED = "POLICY_STAGED"
BLOCKED, NEVER, WRONG = (
    "POLICY_LIVE_NOT_ENABLED", "POLICY_NOT_AUTO_ELIGIBLE", "POLICY_MODE_MISMATCH"
)

# promotion -> what becomes of each who asks, in the order of ASKING, in a mode that sends.
SENDING: Final = {
    Promotion.DISABLED: (GOES, GOES, GOES, DRAFT, DRAFT, DRAFT, DRAFT),
    Promotion.MANUAL: (DRAFT,) * 7,
    Promotion.AUTO_WINDOW: (WINDOW, NEVER, NEVER, NEVER, NEVER, WINDOW, NEVER),
    Promotion.HYBRID: (DRAFT,) * 7,
}
KINDS: Final = {
    Mode.MOCK: RouteKind.MOCK, Mode.PAPER: RouteKind.PAPER, Mode.SHADOW: RouteKind.SHADOW,
    Mode.TESTNET: RouteKind.TESTNET, Mode.LIVE: RouteKind.LIVE,
}


def table() -> Iterator[tuple[Mode, Promotion, str, str]]:
    """Yield every cell: in stage mode all waits, live_blocked refuses all, others as written."""
    for mode, (promotion, row) in product(Mode, SENDING.items()):
        for who, becomes in zip(ASKING, row, strict=True):
            fixed = {Mode.STAGE: STAGED, Mode.LIVE_BLOCKED: BLOCKED}
            yield mode, promotion, who, fixed.get(mode, becomes)


def a_trader(mode: Mode, promotion: Promotion, kind: RouteKind) -> Trader:
    eligible = ("chosen", "call_debit_spread")
    trader = Trader(some_settings(mode=mode, promotion=promotion, eligible=eligible))
    trader.tell(a_route(kind=kind))
    trader.tell(ArmLive(
        account=ACCOUNT, for_s=3600, orders_max=9, notional_max_usd=Decimal(99_999), by="ann",
        reason="the table",
    ))
    return trader


def is_unarmed(trader: Trader) -> bool:
    return trader.book.settings.mode is Mode.LIVE and trader.book.arming is None


def becomes(trader: Trader, who: str) -> str:
    end = trader.submit(**ASKING[who])[-1]
    if isinstance(end, OrderSubmitted):
        return GOES
    assert isinstance(end, IntentHeld | IntentRefused)
    assert end.stage is (Stage.RISK if is_unarmed(trader) else Stage.ROUTE)
    assert isinstance(end, IntentHeld) == (end.reason in (DRAFT, STAGED, WINDOW))
    assert not isinstance(end, IntentHeld) or "settings" in end.needs
    assert not isinstance(end, IntentHeld) or ("approval" in end.needs) == (end.reason != WINDOW)
    return end.reason


@pytest.mark.promise(23)
@pytest.mark.parametrize(("mode", "promotion", "who", "told"), list(table()))
def test_a_cell_of_the_promotion_table(
    mode: Mode, promotion: Promotion, who: str, told: str
) -> None:
    assert becomes(a_trader(mode, promotion, KINDS.get(mode, RouteKind.PAPER)), who) == told


@pytest.mark.parametrize(("mode", "kind"), list(product(Mode, RouteKind)))
def test_a_mode_sends_on_routes_of_its_own_kind_alone(mode: Mode, kind: RouteKind) -> None:
    told = becomes(a_trader(mode, Promotion.DISABLED, kind), "strategy")
    if mode in KINDS:
        wrong = BLOCKED if mode is Mode.LIVE else WRONG  # there was nothing to arm
        assert told == (GOES if KINDS[mode] is kind else wrong)
    else:
        assert told == (STAGED if mode is Mode.STAGE else BLOCKED)


def test_the_table_is_whole() -> None:
    cells = list(table())
    assert len({(mode, promotion) for mode, promotion, *_ in cells}) == 28
    assert len(cells) == 28 * len(ASKING)


def test_the_documented_table_is_the_one_that_decides() -> None:
    page = Path(__file__).parents[2] / "docs" / "promotion.md"
    table, _, _ = page.read_text(encoding="utf-8").partition("- *goes*")
    lines = [line for line in table.splitlines() if line[:1] == "|"]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    columns = rows[0][1:]
    told = {
        (Mode(mode), Promotion(promotion)): say
        for mode, *says in rows[2:] for promotion, say in zip(columns, says, strict=True)
    }
    assert told == PROMOTION_TABLE
