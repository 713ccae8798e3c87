"""What was heard, and what is it taken for?"""

from decimal import Decimal

from tradebot.core.model.fact import fact


@fact
class Sound:
    """What was or will be heard: 16-bit samples of one channel, little-endian, `rate` a second."""

    rate: int
    pcm: bytes


@fact
class Hearing:
    """Which sentence of a grammar a sound was taken for; none, where it was like no sentence.

    `confidence` tells from 0 to 1 how well the sentence explains the sound, next to any other
    speech. `freely` is what was heard without a grammar.
    """

    text: str
    confidence: Decimal
    freely: str
