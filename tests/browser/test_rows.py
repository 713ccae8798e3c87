"""Does the page stay a page, whatever the rows hold and however many there are?"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from tests import makers
from tests.browser.chromium import Complaints, a_browser, log_in
from tests.browser.looking import fits, flaws, panel
from tests.tiny_daemon import TinyDaemon, served

from tradebot.cli.client import Client
from tradebot.core.model.commands import Control, SetControl, SubmitIntent
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.report import ExecType, Holding
from tradebot.shell.api.section import ApiSection

ROWS = 10_000
NODES_MAX = 5_000
SCRIPT = "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'>"
TURNED = "paid \u202e000,1 \u2066\u200b"  # would read backwards from its second word on
LONG = "x" * 10_240
NUL = "a\x00b"
HOSTILE = (SCRIPT, TURNED, LONG, NUL)
AT_ONCE_S = 0.2


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open the page of a daemon with very many positions, and texts that nobody should trust."""
    home = tmp_path_factory.mktemp("rows")
    complaints = Complaints()
    with served(a_full_daemon(), home, ApiSection(port=0)):
        link = Client(home).post("/api/v1/login-codes", {}).checked()["url"]
        found = browser.new_page()
        complaints.listen(found)
        log_in(found, link)
        yield found
    assert all(text.endswith("/api/v1/alerts") for text in complaints.take())


def a_full_daemon() -> TinyDaemon:
    daemon = TinyDaemon()
    for number, text in enumerate(HOSTILE):
        intent = makers.an_intent(
            qty=1, price="5.00", key=f"hostile {number}", strategy_id=StrategyId(text)
        )
        sent = daemon.decide(SubmitIntent(intent=intent))
        assert sent is not None
        daemon.report(str(sent.events[-1].cl_ord_id), ExecType.NEW, text=text)
    daemon.decide(SetControl(control=Control.PAUSE, engaged=True, reason=SCRIPT, by=TURNED))
    holdings = tuple(
        Holding(symbol=f"S{number:05}", qty=Decimal(number + 1), avg_px=Decimal("1.5"))
        for number in range(ROWS)
    )
    daemon.decide(makers.a_route(
        "other", statement=makers.a_statement(account="OTHER", holdings=holdings)
    ))
    return daemon


@pytest.mark.fault(102)
def test_hostile_texts_are_shown_as_texts(page: Any) -> None:
    told = page.text_content("main")
    assert SCRIPT in told
    assert "paid ⟨U+202E⟩000,1 ⟨U+2066⟩⟨U+200B⟩" in told
    assert "a⟨U+0000⟩b" in told
    assert "… (10240 characters)" in told
    assert LONG not in told
    assert page.locator("main script, main img").count() == 0
    assert page.evaluate("window.hit") is None
    assert fits(page) == flaws(page) == []


def test_what_a_daemon_does_not_tell_is_said_to_be_missing(page: Any) -> None:
    assert "Not available" in panel(page, "alerts").text_content()  # this one raises none


def test_of_ten_thousand_rows_a_window_comes_a_page_at_a_time_and_at_once(page: Any) -> None:
    positions = panel(page, "positions")
    assert "200 of 10000 positions are shown." in positions.text_content()
    assert positions.locator("tbody tr").count() == 25
    assert page.locator("*").count() < NODES_MAX
    positions.get_by_role("button", name="Last of Positions").click()
    positions.get_by_text("176 to 200 of 200").wait_for()
    took = page.evaluate("""async () => {
      const began = performance.now();
      document.querySelector('[data-action=turn][data-id=positions]:not([disabled])').click();
      await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
      return performance.now() - began;
    }""")
    assert took < 1_000 * AT_ONCE_S
