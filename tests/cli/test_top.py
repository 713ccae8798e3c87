"""Does one screen show how trading goes, at any size, and does only a typed word kill?"""

import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest
from tests.shell.api.test_server import AN_INTENT, post
from tests.tiny_daemon import TinyDaemon

from tradebot.cli.main import main
from tradebot.cli.top_frame import Drawn, Glance, frame, whole

STATUS: dict[str, Any] = {
    "state": "TRADING", "mode": "paper", "clock": "2026-08-24T14:30:00+00:00",
    "next_close": "2026-08-24T20:00:00Z", "kill": {"engaged": False},
}
ORDER: dict[str, Any] = {
    "side": "buy", "cum_qty": "3", "order_qty": "10", "symbol": "SPY", "price": "500",
    "ord_status": "partially_filled", "route": "paper", "strategy_id": "cross", "source": "api",
    "in_doubt": False,
}
LIMIT: dict[str, Any] = {
    "gate": "heat", "key": "", "account": "P1", "actual": "15000", "limit": "20000",
    "used_frac": "0.75", "unit": "USD", "breached": False,
}


def seen(**status: Any) -> Glance:
    return Glance(told={
        "status": {**STATUS, **status}, "orders": {"orders": [ORDER] * 60},
        "headroom": {"headroom": [LIMIT, {**LIMIT, "used_frac": "1.2", "breached": True}]},
    })


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (132, 50), (200, 60), (20, 4), (1, 1)])
def test_a_frame_fits_its_terminal(size: tuple[int, int]) -> None:
    width, height = size
    rows = frame(seen(), width, height)
    assert len(rows) <= height
    for pieces in rows:
        assert sum(len(piece.text) for piece in pieces) <= width
    if size == (80, 24):
        told = "\n".join(piece.text for pieces in rows for piece in pieces)
        assert "WORKING ORDERS (60)" in told
        assert "\n 75.0%  heat  P1  15,000.00 of 20,000.00 USD\n" in told
        assert len(rows) == height, "what room there is, is used"


def test_a_wide_terminal_has_its_limits_beside_its_orders() -> None:
    rows = frame(seen(), 132, 30)
    both = [pieces for pieces in rows if len(pieces) == 2 and pieces[0].text.startswith("WORKING")]
    assert both[0][1].text.startswith("LIMITS")


def test_what_stops_trading_comes_before_all_else() -> None:
    told = Glance(seen(
        kill={"engaged": True, "reason": "enough\x1b[2J"}, state="HALTED",
        controls=[{"control": "reduce_only", "reason": "news"}],
        halted=[{"symbol": "IBM", "reason": "OMS_EXTERNAL"}],
    ).told, trouble="the daemon gave no answer")
    texts = [line.text for line in whole(told)]
    assert texts[1:5] == [
        "NO ANSWER: the daemon gave no answer", "KILL SWITCH SET: enough\\x1b[2J",
        "REDUCE_ONLY: news", "HALTED: IBM (OMS_EXTERNAL)",
    ]
    assert Drawn("120.0%  heat  P1  15,000.00 of 20,000.00 USD", "bad") in whole(told)


def test_one_frame_can_be_had_without_a_terminal(
    daemon: TinyDaemon, home: Path, capsys: Any
) -> None:
    assert main(["top", "--once", "--data-dir", str(home)]) == 0
    assert "today +0.00" in capsys.readouterr().out
    order = post(home / "tradebot.sock", "/api/v1/intents", AN_INTENT, key="k1")[1]
    daemon.fill(order["client_order_id"], "3", "500", "X1")
    assert main(["top", "--once", "--data-dir", str(home)]) == 0
    told = capsys.readouterr().out
    assert "PAPER-1  equity 99,998.75  today -1.25" in told
    assert re.search(r"buy +3/10 +SPY +market +partially_filled", told)
    assert "POSITIONS (1)" in told
    assert main(["top", "--json", "--data-dir", str(home)]) == 0
    assert json.loads(capsys.readouterr().out)["status"]["state"] == "TRADING"


def test_without_a_daemon_or_a_terminal_it_says_so(
    tmp_path: Path, home: Path, capsys: Any
) -> None:
    assert main(["top", "--data-dir", str(tmp_path / "none")]) == 3
    assert "no daemon runs" in capsys.readouterr().err
    assert main(["top", "--data-dir", str(home)]) == 2
    assert "--once" in capsys.readouterr().err


class Terminal:
    """A terminal with somebody at it: keys go in, what was drawn comes out."""

    def __init__(self, fd: int, process: "subprocess.Popen[bytes]") -> None:
        self.fd = fd
        self.process = process
        self.drawn = ""

    def sees(self, text: str) -> None:
        """Read on until it is drawn; what was drawn before counts no more."""
        until = time.monotonic() + 15
        while text not in self.drawn:
            assert time.monotonic() < until, f"no {text!r} in {self.drawn!r}"
            if select.select([self.fd], [], [], 0.5)[0]:
                self.drawn += os.read(self.fd, 65536).decode(errors="replace")
        self.drawn = self.drawn.partition(text)[2]

    def types(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def grows(self, width: int, height: int) -> None:
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def ends(self) -> int:
        """Read what is still drawn, so that nobody waits for room, and return the exit code."""
        while self.process.poll() is None:
            if select.select([self.fd], [], [], 0.1)[0]:
                self.drawn += os.read(self.fd, 65536).decode(errors="replace")
        return self.process.returncode


@contextmanager
def at_a_terminal(home: Path, **env: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "tradebot.cli.main", "top", "--every", "0.2",
         "--data-dir", str(home)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", **env},
    )
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait(10)
        os.close(ours)
        os.close(theirs)


def test_at_a_terminal_it_draws_grows_helps_kills_and_quits(
    daemon: TinyDaemon, home: Path
) -> None:
    with at_a_terminal(home) as terminal:
        terminal.sees("LIMITS, THE NEAREST FIRST")
        terminal.types("?")
        terminal.sees("this help")
        terminal.types("?K")
        terminal.sees("to stop all trading")
        terminal.types("kil\n")
        terminal.sees("not killed")
        assert daemon.latch.reason is None
        terminal.grows(140, 40)
        terminal.types("Kkill\n")
        terminal.sees("killed; 0 orders")
        assert daemon.latch.reason == "from top"
        terminal.sees("KILL SWITCH SET")
        terminal.types("q")
        assert terminal.ends() == 0
        assert "\x1b[?1049l" in terminal.drawn, "the screen of before is back"


def test_without_colour_nothing_is_coloured(home: Path) -> None:
    with at_a_terminal(home, NO_COLOR="1") as terminal:
        terminal.sees("LIMITS")
        terminal.types("q")
        assert terminal.ends() == 0
        assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal.drawn)
