"""Does every route keep to the API's own document, whatever it is sent?"""

import json
import random
from contextlib import closing
from pathlib import Path

import pytest
from tests.shell.api.fuzz import Fuzz, breaks
from tests.shell.api.over_tcp import listening
from tests.tiny_daemon import TinyDaemon

CASES, DAYS = 300, 5


@pytest.mark.fault(80, 99, 100)
@pytest.mark.parametrize("seed", range(DAYS))
def test_what_is_drawn_from_the_document_never_fails_and_loosens_nothing(
    tmp_path: Path, seed: int
) -> None:
    daemon = TinyDaemon()
    with listening(daemon, tmp_path) as place:
        fuzz = Fuzz(daemon, place, random.Random(seed))
        with closing(fuzz):
            fuzz.run(CASES // 2)
            place.as_owner("POST", "/api/v1/kill", {"reason": "for good"})
            fuzz.run(CASES // 2)
        assert fuzz.trouble == []
        assert place.ask("GET", "/healthz").document["api_failures"] == 0
    assert daemon.latch.reason is not None
    assert daemon.book.kill_reason is not None
    assert daemon.book.arming is None
    assert sum(fuzz.statuses[code] for code in (200, 201, 202)) > CASES / 4
    assert {201, 400, 403, 404, 409} <= set(fuzz.statuses)


def test_the_judge_notices_what_does_not_fit() -> None:
    schema = {
        "type": "object", "required": ["a"], "additionalProperties": False,
        "properties": {"a": {"type": ["string", "null"], "pattern": "^x"},
                       "b": {"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]}},
    }
    assert breaks(schema, {"a": "x", "b": 3}) == breaks(schema, {"a": None}) == ""
    for wrong in ({}, {"a": "y"}, {"a": 1}, {"a": "x", "b": 4}, {"a": "x", "b": True},
                  {"a": "x", "c": 1}, []):
        assert breaks(schema, wrong), json.dumps(wrong)
