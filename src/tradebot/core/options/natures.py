"""For which outlooks is a structure made, and is it bought or sold?"""

from collections.abc import Mapping
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Side
from tradebot.core.model.strategy_type import Outlook, StrategyType

S = StrategyType
DIRECTIONLESS: Final = frozenset({Outlook.NEUTRAL, Outlook.RANGE, Outlook.CALM})
_RISING: Final = DIRECTIONLESS | {Outlook.BULLISH}
_FALLING: Final = DIRECTIONLESS | {Outlook.BEARISH}
_ANY: Final = frozenset(Outlook)


@fact
class Nature:
    """Is a structure bought, sold or both, and with which outlooks does it agree?"""

    side: Side | None
    fits: frozenset[Outlook]


NATURES: Final[Mapping[StrategyType, Nature]] = {
    S.LONG_CALL: Nature(side=Side.BUY, fits=frozenset({Outlook.BULLISH, Outlook.VOLATILE})),
    S.LONG_PUT: Nature(side=Side.BUY, fits=frozenset({Outlook.BEARISH, Outlook.VOLATILE})),
    S.PUT_CREDIT_SPREAD: Nature(side=Side.SELL, fits=_RISING),
    S.CALL_CREDIT_SPREAD: Nature(side=Side.SELL, fits=_FALLING),
    S.PUT_DEBIT_SPREAD: Nature(side=Side.BUY, fits=frozenset({Outlook.BEARISH})),
    S.CALL_DEBIT_SPREAD: Nature(side=Side.BUY, fits=frozenset({Outlook.BULLISH})),
    S.IRON_CONDOR: Nature(side=Side.SELL, fits=DIRECTIONLESS),
    S.IRON_BUTTERFLY: Nature(side=Side.SELL, fits=DIRECTIONLESS),
    S.BUTTERFLY: Nature(side=Side.BUY, fits=DIRECTIONLESS),
    S.LONG_STRADDLE: Nature(side=Side.BUY, fits=frozenset({Outlook.VOLATILE})),
    S.LONG_STRANGLE: Nature(side=Side.BUY, fits=frozenset({Outlook.VOLATILE})),
    S.CALENDAR: Nature(side=Side.BUY, fits=DIRECTIONLESS),
    S.DIAGONAL: Nature(side=Side.BUY, fits=_ANY - {Outlook.VOLATILE}),
    S.COVERED_CALL: Nature(side=Side.SELL, fits=_RISING),
    S.CASH_SECURED_PUT: Nature(side=Side.SELL, fits=_RISING),
    S.PROTECTIVE_PUT: Nature(side=Side.BUY, fits=_ANY),
    S.COLLAR: Nature(side=None, fits=_ANY),
}
