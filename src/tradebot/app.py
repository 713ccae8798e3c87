"""How does the daemon come together? The only file that knows every concrete class."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tradebot.core.book.book import Book
from tradebot.core.gates.session import may_trade
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Calendar, Clock, MarketData
from tradebot.shell import plugins, rehearsal
from tradebot.shell.api.server import Server
from tradebot.shell.api.views import Views
from tradebot.shell.clock import LoopClock, WallClock
from tradebot.shell.config import Config
from tradebot.shell.daemon import Cadence, Daemon, Parts, on_notice
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache, Latch, Waker
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.lock import DataDirLock
from tradebot.shell.replay.sim_loop import SimLoop
from tradebot.shell.state import DaemonState
from tradebot.shell.strategies import StrategyDesk, StrategyHost
from tradebot.shell.supervisor import Supervisor
from tradebot.shell.telemetry import Console, JsonLog, Telling
from tradebot.shell.wire.link import Link
