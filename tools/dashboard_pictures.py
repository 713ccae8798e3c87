"""How does the dashboard look? Writes docs/pictures from a rehearsal, as a browser shows it.

    python tools/dashboard_pictures.py [DIRECTORY]

It needs the `test` extra and a chromium on the path, like the tests of the dashboard.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import THEMES, WIDTHS, a_browser, log_in  # noqa: E402
from tests.browser.trading import A_DAY, TradingDaemon  # noqa: E402

BYTES_MAX = 150_000
HEIGHTS = {400: 1400, 1600: 880}
SCALES = {400: 1, 1600: 0.75}  # a page of 1600 pixels, in a picture that fits on a page


def main(directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        daemon = TradingDaemon(Path(home), speed=20)
        try:
            daemon.start(*A_DAY)
            trade(daemon)
            with a_browser() as browser:
                for width in WIDTHS:
                    for theme in THEMES:
                        look(browser, daemon, directory / f"dashboard-{width}-{theme}.png")
        finally:
            daemon.end()
    return 0


def trade(daemon: TradingDaemon) -> None:
    """Do a little of everything that the page can show."""
    draft = daemon.post("ask", {"text": "sell 1 SPY iron condor 30 days", "user": "ann"})
    daemon.post(f"drafts/{draft['draft_id']}/approve", {"digest": draft["digest"], "user": "ann"})
    daemon.buy("one", qty="10", symbol="IBM")
    daemon.wait(lambda: len(daemon.get("positions")["structures"]) == 1)
    daemon.buy("two", type="limit", limit="600")
    daemon.post("ask", {"text": "sell 1 SPY put credit spread 30 days", "user": "ann"})


def look(browser: Any, daemon: TradingDaemon, path: Path) -> None:
    _, width, theme = path.stem.split("-")
    size = {"width": int(width), "height": HEIGHTS[int(width)]}
    context = browser.new_context(
        viewport=size, device_scale_factor=SCALES[int(width)], color_scheme=theme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    log_in(page, daemon.login())
    page.wait_for_timeout(2_000)  # the newest is heard once a second
    page.screenshot(path=path)
    context.close()
    if path.stat().st_size > BYTES_MAX:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, of {BYTES_MAX} at most")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"))
