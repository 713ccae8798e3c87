"""What can be wrong with a journal? It lies, it cannot be written, or it is not for this code."""


class JournalDamaged(Exception):
    """The journal does not hold what was written; the text names the record."""

    def __init__(
        self, sentence: str, *, segment: int = 0, record: int = 0, offset: int = 0
    ) -> None:
        self.sentence = sentence
        self.segment, self.record, self.offset = segment, record, offset
        where = f"segment {segment}, record {record}, byte {offset}: " if segment else ""
        super().__init__(where + sentence)


class JournalFailed(Exception):
    """A write or sync failed: nothing more may be appended, and nothing is tried again."""


class JournalMismatch(Exception):
    """The journal was written by a newer release than this one."""
