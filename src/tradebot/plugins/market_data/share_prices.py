"""What does a simulated share, coin or currency cost at a step? A function of seed and step."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import exp, floor
from typing import Final

from tradebot.core.model.instrument import Instrument
from tradebot.plugins.market_data import chance
from tradebot.plugins.market_data.listing import Habit
from tradebot.plugins.market_data.paths import MINUTE, Recent, UnitPath, minute_weights
from tradebot.plugins.market_data.tape import Step
from tradebot.ports import Session

_WIDER: Final = 4.0  # spreads outside the trading hours, as a multiple
_LOTS_MAX: Final = 20  # the largest displayed size, in the symbol's usual steps
_LOTS_OUTSIDE_MAX: Final = 4
_VOLUME_A_DAY: Final = 2_000_000_000.0  # in quoted currency


class SharePrices:
    """The prices of what always trades; `paths` are the market's and the symbol's own."""

    first_day = date.min
    ends = datetime.max.replace(tzinfo=UTC)

    def __init__(
        self, instrument: Instrument, habit: Habit, paths: tuple[UnitPath, UnitPath], *,
        seed: int, steps: int, spread_bps: float,
    ) -> None:
        self.size_step = habit.size_step
        self._symbol = instrument.symbol
        self._ticks_at_start = habit.start / float(instrument.tick_size)
        self._habit = habit
        self._market, self._own = paths
        self._seed = seed
        self._step_count = steps
        self._spread = spread_bps / 10_000
        self._minutes: Recent[tuple[datetime, int], list[Step]] = Recent(4)
        self._weights: Recent[Session, list[float]] = Recent(2)

    def steps(self, session: Session, index: int) -> Sequence[Step]:
        return self._minutes.get_or(
            (session.pre_opens, index), lambda: self._build(session, index)
        )

    def volume(self, session: Session, index: int) -> Decimal:
        weights = self._weights.get_or(session, lambda: minute_weights(session))
        (draw,) = chance.words(1, self._seed, self._symbol, session.day, index, "volume")
        units = _VOLUME_A_DAY / self._habit.start * weights[index] * (0.5 + draw / 2**32)
        return int(units / float(self._habit.volume_step)) * self._habit.volume_step

    def _build(self, session: Session, index: int) -> list[Step]:
        at = session.pre_opens + index * MINUTE
        is_trading = session.opens <= at < session.closes
        spread = self._spread if is_trading else self._spread * _WIDER
        lots_max = _LOTS_MAX if is_trading else _LOTS_OUTSIDE_MAX
        shared, own = self._habit.market_move, self._habit.own_move
        draws = chance.words(self._step_count, self._seed, self._symbol, session.day, index, "book")
        levels = zip(
            self._market.minute(session, index), self._own.minute(session, index), draws,
            strict=True,
        )
        steps = []
        for market, mine, draw in levels:
            mid = self._ticks_at_start * exp(shared * market + own * mine)
            noise = 0.5 + (draw & 0xFFF) / 0xFFF  # between a half and three halves
            width = max(1, round(mid * spread * noise))
            bid = max(1, floor(mid - width / 2 + 0.5))
            steps.append(Step(
                bid, bid + width, 1 + (draw >> 12) % lots_max, 1 + (draw >> 22) % lots_max
            ))
        return steps
