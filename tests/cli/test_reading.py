"""Does a name that fits none, or several, end a verb with the words that help?"""

import pytest

from tradebot.cli import reading
from tradebot.cli.outcome import Exit, Stop


def test_the_only_thing_of_a_name_is_returned() -> None:
    assert reading.only(["i-1"], "draft", "i-") == "i-1"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], "no draft is called so: i-"),
        (["i-1", "i-2"], "several drafts begin so: i-"),
    ],
)
def test_none_or_several_end_the_verb(found: list[str], told: str) -> None:
    with pytest.raises(Stop, match=told) as stopped:
        reading.only(found, "draft", "i-")
    assert stopped.value.code is Exit.FAILED
