"""Is the daemon well? One document, written for others to read and served to whoever asks."""

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.commands import BreakerState, Control
from tradebot.core.session import State
from tradebot.shell.journal.file import Journal
from tradebot.shell.spine import Spine
from tradebot.shell.standing import breakers, gap_rows
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.views.rows import iso
from tradebot.shell.views.views import Views

TICK_S: Final = 1.0
_FREE_WARN_BYTES: Final = 2 << 30
_FREE_LEAST_BYTES: Final = 512 << 20
_LAG_WARN_MS: Final = 500.0
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_VERSION: Final = version("tradebot")
_ORDER: Final = ("healthy", "degraded", "unhealthy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """How often a round is made, in seconds of the loop's clock; `pace` is that of its time."""

    heartbeat_s: float
    health_check_s: float
    pace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at; nothing of it is changed."""

    home: Path
    journal: Journal
    spine: Spine
    views: Views
    outlets: Mapping[str, Outlet]


class Health:
    """Looks from time to time, keeps the worst lag of the loop between two looks."""

    def __init__(
        self, patient: Patient, rounds: Rounds, *, write: Callable[[str], object],
        beat: Callable[[datetime, Mapping[str, Any]], None],
    ) -> None:
        self._p = patient
        self._rounds = rounds
        self.listeners: list[Callable[[Mapping[str, Any]], None]] = []
        self._write = write
        self._beat = beat
        self._started = patient.spine.clock.now()
        self._lag_s = 0.0

    async def run(self) -> None:
        """Measure the loop's lag, write the document and tell of the heart; never ends."""
        loop = asyncio.get_running_loop()
        rounds = self._rounds
        tick_s = min(TICK_S * rounds.pace, rounds.health_check_s, rounds.heartbeat_s)
        check_at = loop.time()
        beat_at = check_at + rounds.heartbeat_s
        while True:
            now = loop.time()
            if now >= check_at:
                self._tell(self.document())
                self._lag_s, check_at = 0.0, now + rounds.health_check_s
            if now >= beat_at:
                self._beat(self._p.spine.clock.now(), self._pulse())
                beat_at = now + rounds.heartbeat_s
            due = loop.time() + tick_s
            await asyncio.sleep(tick_s)
            self._lag_s = max(self._lag_s, loop.time() - due)

    def _tell(self, document: Mapping[str, Any]) -> None:
        self._write(json.dumps(document, indent=2) + "\n")
        for listener in self.listeners:
            listener(document)

    def document(self) -> dict[str, Any]:
        p, spine = self._p, self._p.spine
        now = spine.clock.now()
        standing, free = p.views.status(), shutil.disk_usage(p.home).free
        lag_ms = round(self._lag_s * 1000 / self._rounds.pace, 3)
        head = p.journal.head
        components = self._components(standing["routes"], free, lag_ms)
        worst = max((_ORDER.index(c["status"]) for c in components.values()), default=0)
        return {
            "system_status": _ORDER[worst],
            "timestamp": iso(now),
            "version": _VERSION,
            "state": spine.state.state.value, "reason": spine.state.reason,
            "mode": standing["mode"],
            "started": iso(self._started),
            "uptime_s": round((now - self._started).total_seconds(), 3),
            "components": components,
            "kill": standing["kill"], "markets": standing["markets"],
            "routes": standing["routes"], "counts": standing["counts"],
            "orders": standing["orders"],
            "drafts": standing["drafts"], "breakers": breakers(spine.links),
            "queues": {
                **spine.engine.waiting, **{name: out.waiting for name, out in p.outlets.items()}
            },
            "last_decision": {"seq": standing["seq"], "at": standing["at"]},
            "journal_head": {"seq": head.seq, "hash": head.h, "segment": head.segment},
            "disk_free_bytes": free, "loop_lag_ms": lag_ms, "memory_bytes": _memory_bytes(),
            "pid": os.getpid(),
        }

    def _components(
        self, routes: Sequence[Mapping[str, Any]], free: int, lag_ms: float
    ) -> dict[str, dict[str, Any]]:
        p, spine, book = self._p, self._p.spine, self._p.views.book
        state = spine.state.state
        down = [route["route"] for route in routes if not route["up"]]
        broken = [r["route"] for r in routes if r["breaker"] != BreakerState.CLOSED]
        gaps, dead = gap_rows(spine.market), p.views.dead_letters.pending
        told = {name: out for name, out in p.outlets.items() if out.lost or out.trouble}
        return {
            "orchestrator": {
                "status": _status(state is State.ERROR, state is State.HALTED),
                "state": state.value,
            },
            "risk_gates": {
                "status": _status(False, book.kill_reason is not None or bool(book.halted)),
                "kill_switch": book.kill_reason is not None, "halted": sorted(book.halted),
            },
            "clock": {
                "status": _status(False, Control.CLOCK_SET in book.controls),
                "set": book.controls.get(Control.CLOCK_SET),
            },
            "brokers": {
                "status": _status(False, bool(down or broken)), "down": down, "broken": broken,
            },
            "dead_letters": {"status": _status(False, bool(dead)), "pending": dead},
            "strategies": {
                "status": _status(False, bool(book.disabled)), "disabled": sorted(book.disabled),
            },
            "market_data": {"status": _status(False, bool(gaps)), "gaps": gaps},
            "loop": {"status": _status(False, lag_ms > _LAG_WARN_MS), "lag_ms": lag_ms},
            "reconciliation": {
                "status": _status(False, bool(book.recon.breaks)),
                "breaks": sorted(book.recon.breaks),
                "last": iso(max(spine.reconciler.looked.values(), default=None)),
            },
            "disk": {
                "status": _status(free < _FREE_LEAST_BYTES, free < _FREE_WARN_BYTES),
                "free_bytes": free,
            },
            "logs": {
                "status": _status(False, bool(told)),
                "lost": {name: out.lost for name, out in told.items()},
                "trouble": {name: out.trouble for name, out in told.items() if out.trouble},
            },
        }

    def _pulse(self) -> dict[str, Any]:
        p, spine = self._p, self._p.spine
        return {
            "state": spine.state.state.value,
            "up_s": round((spine.clock.now() - self._started).total_seconds()),
            "decisions": spine.engine.last_seq, "open_orders": len(p.views.book.orders.working),
            "lag_ms": round(self._lag_s * 1000 / self._rounds.pace, 3),
        }


def _status(is_bad: bool, is_poor: bool) -> str:
    return _ORDER[2] if is_bad else _ORDER[1] if is_poor else _ORDER[0]


def _memory_bytes() -> int | None:
    """Return what the process holds in memory now, where the system tells it."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except OSError:
        return None
