"""Which bad days must a trading daemon live through? All of them, by name."""

from typing import Final

from tradebot.shell.drills.brokers import BROKERS
from tradebot.shell.drills.crashes import CRASHES
from tradebot.shell.drills.days import DAYS

DRILLS: Final = {drill.name: drill for drill in (*CRASHES, *BROKERS, *DAYS)}
