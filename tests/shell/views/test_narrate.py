"""Is a refusal told in our word and in the broker's?"""

import pytest
from tests.makers import a_report

from tradebot.core.model.events import OrderReported
from tradebot.core.model.report import RejReason
from tradebot.shell.views.narrate import sentence


@pytest.mark.parametrize(("rej_reason", "text", "told"), [
    (RejReason.INSUFFICIENT_FUNDS, "Error 201", "rejected X (insufficient_funds): Error 201"),
    (RejReason.OTHER, "", "rejected X (other)"), (None, "no", "rejected X: no"),
])
def test_a_refusal_is_told_with_its_reason(
    rej_reason: RejReason | None, text: str, told: str
) -> None:
    report = a_report("rejected", "X", rej_reason=rej_reason, text=text)
    assert sentence(OrderReported(report=report)) == told
