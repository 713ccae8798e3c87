"""What is known when a call to a broker fails? The class says it; every plugin raises these."""

from typing import Final

from tradebot.core.model.report import RejReason


class WireError(Exception):
    """A broker call failed; the subclass says what is known."""


class NotSent(WireError):
    """Provably the broker took nothing: safe to try again under the same id.

    `retry_after_s`: how long the broker wants to be left alone, where it said so.
    """

    def __init__(self, text: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class DeliveryUnknown(WireError):
    """It may have arrived: only evidence from the broker tells."""


class Declined(WireError):
    """The broker refused in so many words; the message is the broker's, the reason our word for it.
    """

    def __init__(self, text: str = "", rej_reason: RejReason | None = None) -> None:
        super().__init__(text)
        self.rej_reason = rej_reason


class LoginRefused(WireError):
    """Credentials, account or mode are wrong: nothing but a person's act makes them right.

    Only `connect` raises it, and is not called again until the route's settings are read anew.
    """


WIRE_TROUBLE: Final = (WireError, TimeoutError, OSError)  # how any call to a broker may fail
