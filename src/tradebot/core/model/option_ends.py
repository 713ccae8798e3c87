"""What happens to options when they end, and just before? The broker's word, and a warning."""

from tradebot.core.model.fact import fact
from tradebot.core.model.report import Report


@fact
class PositionSettled:
    """A broker exercised, assigned or expired an option; a booking for each owner follows."""

    report: Report
