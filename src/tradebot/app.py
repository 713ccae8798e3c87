"""How does the daemon come together? The only file that knows every concrete class."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, TextIO
from zoneinfo import ZoneInfo

from tradebot.core.book.book import Book
from tradebot.core.gates.session import may_trade
from tradebot.core.model.commands import (
    ActivateSettings,
    DefineInstruments,
    DisconnectRoute,
    Mark,
    SetKillSwitch,
)
from tradebot.core.model.events import KillSwitchSet, OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.session import State, Trigger
from tradebot.ports import Broker, Calendar, Clock, MarketData
from tradebot.shell import plugins, rehearsal
from tradebot.shell.api.server import Server
from tradebot.shell.api.views import Views
from tradebot.shell.calendar import follow
from tradebot.shell.clock import LoopClock, WallClock
from tradebot.shell.config import Config
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache, Latch, Waker
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.lock import DataDirLock
from tradebot.shell.replay.sim_loop import SimLoop
from tradebot.shell.state import DaemonState, StateChanged
from tradebot.shell.strategies import StrategyDesk, StrategyHost
from tradebot.shell.supervisor import Notice, Supervisor, TaskFailed
from tradebot.shell.telemetry import Console, JsonLog, Telling
from tradebot.shell.wire.link import Link

DRAIN_WITHIN_S: Final = 10.0
KILL_FILE: Final = "KILL"
EXIT_CORE_FAILED: Final = 70
EXIT_SECOND_SIGNAL: Final = 130


@fact
class RunOptions:
    """How to run: in real time, or as a rehearsal on a simulated clock; speed None jumps."""

    rehearse: bool = False
    resume: bool = False
    speed: Decimal | None = Decimal(60)
    start: datetime | None = None
    until: datetime | Literal["close"] | None = None
    log_format: Literal["text", "json", "auto"] = "auto"


def run(config: Config, options: RunOptions) -> int:
    """Run the daemon until it is told to stop or the rehearsal ends; return the exit code."""
    os.umask(0o077)
    data_dir = Path(config.data_dir)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with DataDirLock(data_dir):
        home = rehearsal.prepare(data_dir, resume=options.resume) if options.rehearse else data_dir
        speed = options.speed if options.rehearse else Decimal(1)
        make_loop = (lambda: SimLoop(speed)) if options.rehearse else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=make_loop) as runner:
            return runner.run(_run(config, options, home))
