"""How does a verb end? The exit codes that scripts rely on, and one sentence where it failed."""

from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """Promises to scripts; never renumber."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_RUNNING = 3
    CONFIG = 4
    TIMED_OUT = 5
    REFUSED = 6
    RECON_BREAK = 7
    LEDGER_BAD = 8
    STOPPED_BY_FAILURE = 70
    DATA_DIR_IN_USE = 73


INTERRUPTED: Final = 130
"""What a shell expects of a program that Ctrl-C ended."""


class Stop(Exception):
    """The verb ends here with this code; the sentence is for the person who asked."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
