"""Stage 3: may we? Every gate is asked, so a refusal shows all numbers."""

from collections.abc import Sequence

from tradebot.core.gates import panel
from tradebot.core.gates.look import Look
from tradebot.core.model.verdict import Verdict


def clear(gates: Sequence[panel.Gate], desk: Sequence[panel.Gate], look: Look) -> Verdict:
    """Let through what every gate allows; hold on a PAUSE, refuse on a BLOCK.

    Where options trade, the gates of the desk are asked as well.
    """
    return panel.ask((*gates, *desk) if look.has_options else gates, look)
