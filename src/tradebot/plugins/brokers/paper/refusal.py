"""What does the paper broker say where it says no? A reason in FIX's words, and a sentence."""

from typing import NamedTuple

from tradebot.core.model.report import RejReason


class Refusal(NamedTuple):
    """Why something is refused."""

    reason: RejReason
    text: str
