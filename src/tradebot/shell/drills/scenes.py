"""On which day does a drill play? The user's limits, hours, patience and strategies, on paper."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from tradebot.core.model.commands import Phase
from tradebot.core.model.settings import Mode, Promotion
from tradebot.ports import Calendar, Session
from tradebot.shell.drills.drill import Drill, Moment, Unsuited
from tradebot.shell.settings.config import Config
from tradebot.shell.simulate.broker import ROUTE
from tradebot.shell.simulate.world import Scene
from tradebot.shell.strategies.roster import add_strategies

_WITHOUT_STRATEGIES: Final = ("SPY",)
_DAYS_AHEAD: Final = 400
_BEFORE_CLOSE: Final = timedelta(minutes=5)
_BEFORE_OPEN: Final = timedelta(minutes=90)
_AFTER_OPEN: Final = timedelta(minutes=1)


class Scenes:
    """Makes the scene of each drill from one configuration; nothing needs a person's consent."""

    def __init__(
        self, config: Config, calendars: Mapping[str, Calendar], now: datetime
    ) -> None:
        self._config = config
        self._calendars = calendars
        self._now = now

    def of(self, drill: Drill) -> Scene:
        config = self._config
        scene = Scene(
            calendars=self._calendars, symbols=self._symbols(), starts=self.starts(drill.begins),
            settings=replace(
                config.decisive(), mode=Mode.PAPER, promotion=Promotion.DISABLED, routes=(ROUTE,)
            ),
            reconcile=config.reconcile,
            patience=next(iter(config.brokers.values())).resilience,
        )
        if not drill.has_strategies:
            return scene
        return replace(scene, equip=partial(add_strategies, config))

    def _symbols(self) -> tuple[str, ...]:
        traded = [s for strategy in self._config.strategies for s in strategy.symbols]
        return tuple(dict.fromkeys(traded)) or _WITHOUT_STRATEGIES

    def starts(self, moment: Moment) -> datetime:
        """Return when to begin: in the user's next session, or the next one of its kind."""
        before: Session | None = None
        calendar = self._calendars[self._config.schedule.calendar]
        if moment != "open" and calendar.name in self._config.policy.trade_outside_hours:
            raise Unsuited("policy.trade_outside_hours lets orders out before and after the hours")
        for days in range(1, _DAYS_AHEAD):
            session = calendar.session_on((self._now + timedelta(days=days)).date())
            if session is None:
                continue
            if moment == "open":
                return session.opens + _AFTER_OPEN
            if calendar.phase_at(session.closes) is Phase.TRADING:
                break  # it never closes
            if moment == "close" or (moment == "early close" and session.is_early_close):
                return session.closes - _BEFORE_CLOSE
            if moment == "clock change" and before and before.opens.time() != session.opens.time():
                return session.opens - _BEFORE_OPEN
            before = session
        raise Unsuited(f"{calendar.name} has no {moment} within {_DAYS_AHEAD} days")
