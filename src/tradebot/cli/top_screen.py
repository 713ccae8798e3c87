"""How is a frame kept on a terminal? Drawn again and again; the one key that trades is a kill."""

import curses
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from tradebot.cli.outcome import Exit, Stop
from tradebot.cli.top_frame import Drawn, Glance, frame

KILL_WORD: Final = "kill"
_LOOK_MS: Final = 100  # how long a key may wait
_ESCAPE: Final = 27
_HELP: Final = (
    Drawn("keys", "strong"), Drawn("  q   quit"), Drawn("  ?   this help, and back"),
    Drawn(f"  K   kill: asks for the word {KILL_WORD!r}, then sets the kill switch"), Drawn(""),
    Drawn("Everything else is done by the other verbs: tradebot --help."),
)
_COLOURS: Final = {
    "bad": curses.COLOR_RED, "warn": curses.COLOR_YELLOW, "good": curses.COLOR_GREEN,
}

Look = Callable[[], Glance]
Kill = Callable[[], str]


def run(look: Look, kill: Kill, every_s: float) -> None:
    """Show the daemon until somebody has seen enough."""
    os.environ.setdefault("ESCDELAY", "25")
    try:
        curses.wrapper(lambda screen: _Screen(screen, look, kill, every_s).keep())
    except curses.error as error:
        text = f"this terminal cannot be drawn on ({error}); --once prints one frame"
        raise Stop(Exit.FAILED, text) from None


class _Screen:
    def __init__(self, screen: Any, look: Look, kill: Kill, every_s: float) -> None:
        self._screen = screen
        self._look = look
        self._kill = kill
        self._every_s = every_s
        self._is_help = False
        self._asked: str | None = None  # what of the word is typed
        self._said = ""
        self._paint = _paints()
        screen.timeout(_LOOK_MS)

    def keep(self) -> None:
        due, seen = 0.0, Glance()
        while True:
            if (now := time.monotonic()) >= due:
                seen, due = self._look(), now + self._every_s
            self._draw(seen)
            key = self._screen.getch()
            if self._asked is not None:
                self._typed(key)
            elif key in (ord("q"), ord("Q")):
                return
            elif key == ord("?"):
                self._is_help = not self._is_help
            elif key == ord("K"):
                self._asked = ""

    def _typed(self, key: int) -> None:
        """Take a letter of the word; Enter ends it, Escape leaves it, anything else is no kill."""
        assert self._asked is not None
        if key in (curses.KEY_ENTER, ord("\n"), ord("\r")):
            is_meant, self._asked = self._asked == KILL_WORD, None
            self._said = self._kill() if is_meant else "not killed: another word was typed"
        elif key == _ESCAPE:
            self._asked, self._said = None, "not killed"
        elif key in (curses.KEY_BACKSPACE, 127, 8):
            self._asked = self._asked[:-1]
        elif 32 <= key < 127 and len(self._asked) < len(KILL_WORD):
            self._asked += chr(key)

    def _draw(self, seen: Glance) -> None:
        height, width = self._screen.getmaxyx()
        self._screen.erase()
        rows = [(line,) for line in _HELP] if self._is_help else frame(seen, width, height - 1)
        for y, pieces in enumerate(rows[: height - 1]):
            self._put(y, pieces, width)
        self._put(height - 1, (self._foot(),), width - 1)  # the last cell would scroll
        self._screen.refresh()

    def _foot(self) -> Drawn:
        if self._asked is not None:
            return Drawn(f"type {KILL_WORD} and Enter to stop all trading: {self._asked}", "bad")
        return Drawn(f"q quit  ? help  K kill   {self._said}", "strong")

    def _put(self, y: int, pieces: Sequence[Drawn], width: int) -> None:
        x = 0
        for piece in pieces:
            text = piece.text.encode("ascii", "replace").decode()[: max(0, width - x)]
            if text:
                self._screen.insstr(y, x, text, self._paint.get(piece.how, 0))
            x += len(text)


def _paints() -> dict[str, int]:
    """Return how each word is painted: in colour, or where there is none by weight."""
    has_colours = curses.has_colors()
    if has_colours:
        curses.use_default_colors()  # or what is not painted would be white on black
    if not has_colours or os.environ.get("NO_COLOR"):
        return {"strong": curses.A_BOLD, "bad": curses.A_REVERSE, "warn": curses.A_BOLD}
    found = {"strong": curses.A_BOLD}
    for number, (how, colour) in enumerate(_COLOURS.items(), 1):
        curses.init_pair(number, colour, -1)
        found[how] = curses.color_pair(number) | (curses.A_BOLD if how == "bad" else 0)
    return found
