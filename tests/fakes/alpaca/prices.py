"""What is there to trade in tests of the fake, and what does it cost?"""

from typing import Final

from tests.fakes.venue import Venue

LOW_CALL: Final = "SPY261218C00600000"
HIGH_CALL: Final = "SPY261218C00610000"


def a_market() -> Venue:
    venue = Venue()
    venue.quote("AAPL", "100.00", "100.10")
    venue.quote("SPY", "599.90", "600.00")
    venue.quote("BTC/USD", "90000", "90010")
    venue.quote(LOW_CALL, "5.00", "5.20")
    venue.quote(HIGH_CALL, "3.00", "3.20")
    return venue
