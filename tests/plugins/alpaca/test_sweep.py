"""Does the book come to what is true where a session's connection ends? Some of all places."""

import pytest
from tests.fakes.faults import FaultKind
from tests.plugins.alpaca.sweep import KINDS, swept


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [1, 5, 9, 13, 17])
def test_the_book_is_what_is_true_wherever_the_connection_ends(
    number: int, kind: FaultKind
) -> None:
    assert swept(number, kind), "the session has no such request"
