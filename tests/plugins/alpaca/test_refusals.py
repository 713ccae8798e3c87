"""What is known after an answer that is no success: refused and why, never taken, or nothing?"""

import json

import pytest
from tests.fakes.alpaca.refusals import REFUSALS, Refused

from tradebot.core.model.report import RejReason
from tradebot.plugins.alpaca.refusals import as_error
from tradebot.ports import Declined, DeliveryUnknown, NotSent

PAGE = "<html><body>Bad Gateway</body></html>"


@pytest.mark.parametrize("name", REFUSALS)
def test_every_known_refusal_has_a_reason(name: str) -> None:
    refused = Refused(name)
    error = as_error(refused.status, json.dumps(refused.body), {})
    if refused.status == 429:
        assert isinstance(error, NotSent)
    elif refused.status >= 500:
        assert isinstance(error, DeliveryUnknown)
    else:
        assert isinstance(error, Declined)
        assert error.rej_reason not in (None, RejReason.OTHER), str(error)


@pytest.mark.parametrize(("name", "reason"), [
    ("duplicate_id", RejReason.DUPLICATE_ORDER), ("order_not_found", RejReason.UNKNOWN_ORDER),
    ("not_cancelable", RejReason.TOO_LATE), ("not_open", RejReason.TOO_LATE),
    ("not_at_exchange", RejReason.PENDING_CHANGE), ("replace_pending", RejReason.TOO_LATE),
    ("qty_below_filled", RejReason.INCORRECT_QUANTITY),
])
def test_one_code_means_many_things_and_the_words_tell_which(name: str, reason: RejReason) -> None:
    refused = Refused(name)
    error = as_error(refused.status, json.dumps(refused.body), {})
    assert isinstance(error, Declined)
    assert error.rej_reason is reason


def test_a_change_that_meets_a_pending_one_is_told_as_that() -> None:
    refused = Refused("replace_pending", status="pending_replace")
    error = as_error(refused.status, json.dumps(refused.body), {})
    assert isinstance(error, Declined)
    assert error.rej_reason is RejReason.PENDING_CHANGE


@pytest.mark.parametrize("status", [500, 502, 503, 504, 302, 101])
def test_a_server_that_failed_may_have_acted(status: int) -> None:
    error = as_error(status, PAGE, {})
    assert type(error) is DeliveryUnknown
    assert PAGE not in str(error)


@pytest.mark.parametrize(("said", "wait_s"), [
    ("7", 7.0), ("", 0.0), ("soon", 0.0), ("99999", 300.0), ("\u0667", 0.0),
])
def test_too_many_requests_were_never_taken_and_wait_as_long_as_asked(
    said: str, wait_s: float
) -> None:
    error = as_error(429, "{}", {"Retry-After": said})
    assert isinstance(error, NotSent)
    assert error.retry_after_s == wait_s


def test_a_refusal_in_new_words_is_told_by_its_status() -> None:
    error = as_error(403, '{"message": "computer says no", "code": 1}', {})
    assert isinstance(error, Declined)
    assert error.rej_reason is RejReason.NOT_PERMITTED
    assert str(error) == "HTTP 403: computer says no (1)"
