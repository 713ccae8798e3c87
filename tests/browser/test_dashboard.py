"""Does a person at a browser see what the daemon does, and can he say yes, no and stop?"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.browser.chromium import THEMES, WIDTHS, Complaints, a_browser, log_in
from tests.browser.looking import fits, flaws, panel, shown
from tests.browser.trading import A_DAY, TradingDaemon

CONDOR = {"text": "sell 1 SPY iron condor 30 days", "user": "ann"}
FAR = {"type": "limit", "limit": "5"}
SETTLED_S = 10.0
LACKS = ("Not available", "Cannot be shown", "Being read", "undefined", "NaN", "[object")
WORDS = {  # of what each panel shows as soon as the market is open
    "standing-panel": "TRADING XNYS is TRADING", "drafts": "Nothing waits", "equity": "10,000,000",
    "positions": "Nothing is held", "orders": "No order works", "headroom": "orders per day",
    "windows": "No window is set", "routes": "paper (paper)PAPER-1upCLOSED0",
    "letters": "could be delivered", "reconciliation": "book and brokers agree",
    "alerts": "State TRADING", "config": "1in force", "health": "All in allhealthy",
    "decisions": "XNYS is TRADING", "strategies": "No strategy has traded",
}

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def daemon(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TradingDaemon]:
    found = TradingDaemon(tmp_path_factory.mktemp("trading"))
    try:
        found.start(*A_DAY)
        yield found
    finally:
        found.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as found:
        yield found


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Whatever a page complains of fails its test, unless the test takes it."""
    found = Complaints()
    yield found
    assert found.take() == []


@pytest.fixture
def enter(browser: Any, daemon: TradingDaemon, complaints: Complaints) -> Iterator[Open]:
    """Give a function that opens the dashboard as somebody who was given a link."""
    contexts = []

    def entered(width: int = 1600, theme: str = "light") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 1000}, color_scheme=theme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page)
        log_in(page, daemon.login())
        return page

    yield entered
    for context in contexts:
        context.close()


def until_same(one: Any, other: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Give both pages time to hear the newest; then return what they show."""
    until = time.monotonic() + SETTLED_S
    while (found := (shown(one), shown(other)))[0] != found[1] and time.monotonic() < until:
        one.wait_for_timeout(200)
    return found


def test_a_link_logs_in_once_and_leaves_no_trace(
    enter: Open, daemon: TradingDaemon, complaints: Complaints
) -> None:
    page = enter()
    assert page.url == daemon.url
    assert "TRADING" in page.text_content("#standing")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{daemon.url}login")
    assert flaws(page) == ["not one header", "not one nav"]  # it is a form, and no more
    page.goto(daemon.url)
    page.wait_for_url(f"{daemon.url}login")
    link = daemon.login()
    log_in(page, link)
    assert complaints.take() != []  # of what was asked without a login
    page.context.new_page().goto(link)
    page.context.pages[-1].get_by_text("Not logged in").wait_for()
    assert page.evaluate("document.cookie") == ""  # no script can read it


def test_every_panel_tells_its_part(enter: Open) -> None:
    found = shown(enter())
    assert not [
        (name, text) for name, text in found.items() for lack in LACKS if lack in text
    ]
    assert {name: word for name, word in WORDS.items() if word not in found[name]} == {}
    assert found["kill-panel"] == "hidden"


def test_a_draft_is_approved_as_it_was_shown_and_sent_once(
    enter: Open, daemon: TradingDaemon
) -> None:
    page = enter()
    draft_id = daemon.post("ask", CONDOR)["draft_id"]
    card = panel(page, "drafts").locator(f"[data-key='{draft_id}']")
    card.wait_for()
    (draft,) = daemon.get("drafts?status=open")["drafts"]
    assert draft["explanation"][0] in card.text_content()
    assert draft["max_loss"] in card.text_content()
    sent = []
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked.post_data_json))
    card.get_by_role("button", name="Approve").dblclick()
    dialog = page.get_by_role("dialog")
    assert draft["digest"] in dialog.text_content()
    assert draft["max_loss"] in dialog.text_content()
    assert sent == []  # it asks once more
    dialog.get_by_role("button", name="Approve").dblclick()
    panel(page, "positions").get_by_role("heading", name="SPY iron condor").wait_for()
    assert [body["digest"] for body in sent] == [draft["digest"]]
    assert panel(page, "positions").locator("svg path").count() == 1
    assert daemon.get(f"drafts/{draft_id}")["draft"]["approved_by"] == "dashboard@web"


def test_a_draft_is_rejected_with_its_reason(enter: Open, daemon: TradingDaemon) -> None:
    page = enter()
    draft_id = daemon.post("ask", CONDOR)["draft_id"]
    panel(page, "drafts").get_by_role("button", name="Reject").click()
    page.get_by_label("Why?").fill("not today")
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    panel(page, "drafts").get_by_text("Nothing waits").wait_for()
    assert daemon.get(f"drafts/{draft_id}")["draft"]["reason_detail"].endswith("not today")


def test_an_order_is_explained_and_cancelled(enter: Open, daemon: TradingDaemon) -> None:
    page = enter()
    order = daemon.buy("explained", **FAR)["client_order_id"]
    row = panel(page, "orders").locator(f"[data-key='{order}']")
    row.get_by_role("button", name="why").click()
    told = page.get_by_role("dialog").text_content()
    assert "What the gates answered" in told
    assert "buying power" in told
    assert page.evaluate("document.activeElement.textContent").startswith("Why ")  # its top
    assert flaws(page) == []
    page.keyboard.press("Escape")
    sent: list[str] = []
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked.url))
    row.get_by_role("button", name="Cancel").dblclick()
    row.wait_for(state="detached")
    assert len(sent) == 1
    daemon.wait(lambda: daemon.get(f"why/{order}")["order"]["ord_status"] == "canceled")


def test_a_page_that_lived_through_a_burst_shows_what_a_new_one_shows(
    enter: Open, daemon: TradingDaemon
) -> None:
    page = enter()
    for number in range(30):
        daemon.buy(f"burst {number}", **FAR)
    daemon.buy("bought")
    other = enter()
    live, new = until_same(page, other)
    assert live == new
    assert "1 to 25 of 30" in live["orders"]
    daemon.post("cancel-all", {})
    panel(other, "orders").get_by_text("No order works").wait_for()
    live, new = until_same(page, other)
    assert live == new
    assert "No order works" in live["orders"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_everything_fits_and_everybody_can_use_it(enter: Open, width: int, theme: str) -> None:
    page = enter(width, theme)
    assert fits(page) == []
    assert flaws(page) == []
    page.set_viewport_size({"width": max(320, width // 2), "height": 500})  # zoomed to 200 %
    assert fits(page) == []


def test_the_keyboard_reaches_everything_and_no_single_key_trades(
    enter: Open, daemon: TradingDaemon
) -> None:
    page = enter()
    sent: list[str] = []
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked.url))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the panels"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for key in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.id") in ("kill", "decisions-title")
    assert sent == []
    page.keyboard.press("?")
    assert "to the kill button" in page.get_by_role("dialog").text_content()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+K")
    assert page.evaluate("document.activeElement.id") == "kill"
    assert not daemon.get("status")["kill"]["engaged"]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"  # who uses keys sees where he is


def test_the_chosen_theme_stays(enter: Open) -> None:
    page = enter(theme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("t")
    page.keyboard.press("t")
    assert page.evaluate(ground) != light
    page.reload()
    assert page.text_content("#theme") == "Theme: dark"
    assert page.evaluate(ground) != light


def test_a_restart_is_told_and_lived_through(
    enter: Open, daemon: TradingDaemon, complaints: Complaints
) -> None:
    page = enter()
    banners = page.locator("#banners")
    before = shown(page)["orders"]
    daemon.end()
    banners.get_by_text("The connection to the daemon is lost").wait_for()
    assert "s old" in banners.text_content()
    assert shown(page)["orders"] == before  # old, said to be old, and there
    daemon.start("--continue", *A_DAY[2:])
    banners.get_by_text("This session has ended").wait_for(timeout=20_000)
    assert "tradebot dashboard" in banners.text_content()
    other = page.context.new_page()  # the same person follows another link
    log_in(other, daemon.login())
    banners.get_by_text("The daemon was restarted").wait_for(timeout=20_000)
    live, new = until_same(page, other)
    assert live == new
    banners.get_by_role("button", name="Understood").click()
    banners.get_by_text("The daemon was restarted").wait_for(state="detached")
    assert complaints.take() != []  # browsers complain of every failed request


def test_one_press_kills_and_the_page_tells_what_is_left(
    enter: Open, daemon: TradingDaemon
) -> None:
    page = enter(400)
    daemon.buy("killed", **FAR)
    panel(page, "orders").get_by_role("button", name="Cancel buy SPY").first.wait_for()
    page.get_by_role("button", name="KILL").click()
    killed = panel(page, "kill-panel")
    killed.get_by_text("confirmed: no open order at any broker").wait_for()
    assert "tradebot clear-kill" in killed.text_content()
    assert "kill" in page.text_content("#alarm").lower()
    assert daemon.get("status")["kill"]["engaged"]
    assert daemon.get("orders?status=open")["orders"] == []
    assert fits(page) == flaws(page) == []
