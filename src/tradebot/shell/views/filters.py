"""Which rows of a list does someone want? The same words in a query and on the command line."""

from collections.abc import Container
from datetime import datetime
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.order import OrdStatus

ROWS_MAX: Final = 20_000
ROWS_SHOWN: Final = 200
FILTERS: Final = ("symbol", "status", "since", "strategy", "last")
INTENT_STATUSES: Final = ("held", "refused", "sent", "finished", "open", "done")
ORDER_STATUSES: Final = (
    *(status.value for status in OrdStatus), "never_left", "in_doubt", "open", "done"
)
DRAFT_STATUSES: Final = (
    "waiting", "approved", "sent", "rejected", "refused", "expired", "superseded", "open", "done"
)
DEAD_LETTER_STATUSES: Final = ("pending", "retried", "discarded")
NO_STATUSES: Final = ()
FILTERS_OF_POSITIONS: Final = ("symbol", "strategy", "last")


@fact
class Filters:
    """Which rows of a list: all of these hold; the newest `last` of them."""

    symbol: str | None = None
    status: str | None = None
    since: datetime | None = None
    strategy: str | None = None
    last: int = ROWS_SHOWN

    def fit(
        self, owner: str, symbols: Container[str], statuses: Container[str] = (),
        at: datetime | None = None,
    ) -> bool:
        """Tell whether a row is wanted; what holds at all times has no `at`."""
        return (
            (self.since is None or at is None or at >= self.since)
            and self.strategy in (None, owner)
            and (self.symbol is None or self.symbol in symbols)
            and (self.status is None or self.status in statuses)
        )


ALL: Final = Filters()
