"""Is the daemon well? One document, written for others to read and served to whoever asks."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.commands import BreakerState, Control
from tradebot.core.session import State
from tradebot.shell import machine
from tradebot.shell.journal.file import Journal
from tradebot.shell.machine import FREE_LEAST_BYTES, FREE_WARN_BYTES
from tradebot.shell.metrics.durations import Durations
from tradebot.shell.spine import Spine
from tradebot.shell.standing import breakers, gap_rows
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.views.rows import iso
from tradebot.shell.views.views import Views

TICK_S: Final = 1.0
CONNECTION_STALE_S: Final = 300.0
DATA_STALE_S: Final = 900.0
_DISK_USED: Final = (0.80, 0.90)  # poor beyond the first, bad beyond the second
_USED: Final = (0.75, 0.90)  # of memory and of one processor
_LAG_WARN_MS: Final = 500.0
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
    channels: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    used: Callable[[], Mapping[str, int]] = dict


class Health:
    """Looks from time to time, keeps the worst lag of the loop between two looks."""

    def __init__(
        self, patient: Patient, rounds: Rounds, *, write: Callable[[str], object],
        beat: Callable[[datetime, Mapping[str, Any]], None],
    ) -> None:
        self.patient = patient
        self.rounds = rounds
        self.listeners: list[Callable[[Mapping[str, Any]], None]] = []
        self._write = write
        self._beat = beat
        self.started = patient.spine.clock.now()
        self.machine = machine.look(patient.home)
        self.lags = Durations()
        self._lag_s = 0.0

    async def run(self) -> None:
        """Measure the loop's lag, write the document and tell of the heart; never ends."""
        loop = asyncio.get_running_loop()
        check_at = loop.time()
        beat_at = check_at + self.rounds.heartbeat_s
        while True:
            now, rounds = loop.time(), self.rounds
            tick_s = min(TICK_S * rounds.pace, rounds.health_check_s, rounds.heartbeat_s)
            if now >= check_at:
                self._tell(self.document())
                self._lag_s, check_at = 0.0, now + rounds.health_check_s
            if now >= beat_at:
                self._beat(self.patient.spine.clock.now(), self._pulse())
                beat_at = now + rounds.heartbeat_s
            due = loop.time() + tick_s
            await asyncio.sleep(tick_s)
            late_s = max(0.0, loop.time() - due)
            self.lags.add(late_s / rounds.pace)
            self._lag_s = max(self._lag_s, late_s)

    def _tell(self, document: Mapping[str, Any]) -> None:
        self._write(json.dumps(document, indent=2) + "\n")
        for listener in self.listeners:
            listener(document)

    def document(self) -> dict[str, Any]:
        p, spine = self.patient, self.patient.spine
        now = spine.clock.now()
        standing = p.views.status()
        self.machine = machine.look(p.home, self.machine)
        lag_ms = round(self._lag_s * 1000 / self.rounds.pace, 3)
        head = p.journal.head
        components = self._components(standing["routes"], lag_ms)
        worst = max((_ORDER.index(c["status"]) for c in components.values()), default=0)
        return {
            "system_status": _ORDER[worst],
            "timestamp": iso(now),
            "version": _VERSION,
            "state": spine.state.state.value, "reason": spine.state.reason,
            "mode": standing["mode"],
            "started": iso(self.started),
            "uptime_s": round((now - self.started).total_seconds(), 3),
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
            "disk_free_bytes": self.machine.disk_free_bytes, "disk_used_bytes": dict(p.used()),
            "loop_lag_ms": lag_ms,
            "memory_bytes": self.machine.memory_bytes, "pid": os.getpid(),
        }

    def _components(
        self, routes: Sequence[Mapping[str, Any]], lag_ms: float
    ) -> dict[str, dict[str, Any]]:
        p, spine, book = self.patient, self.patient.spine, self.patient.views.book
        state = spine.state.state
        down = [route["route"] for route in routes if not route["up"]]
        broken = [r["route"] for r in routes if r["breaker"] != BreakerState.CLOSED]
        refused = {r["route"]: r["refused"] for r in routes if r["refused"]}
        gaps, dead = gap_rows(spine.market), p.views.dead_letters.pending
        silent, data_age_s = self._silent(), self._data_age_s()
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
                "status": _status(bool(refused), bool(down or broken or silent)), "down": down,
                "broken": broken, "silent": silent, "refused": refused,
            },
            "dead_letters": {"status": _status(False, bool(dead)), "pending": dead},
            "strategies": {
                "status": _status(False, bool(book.disabled)), "disabled": sorted(book.disabled),
            },
            "market_data": {
                "status": _status(False, bool(gaps) or (data_age_s or 0) > DATA_STALE_S),
                "gaps": gaps, "newest_age_s": data_age_s,
            },
            "loop": {"status": _status(False, lag_ms > _LAG_WARN_MS), "lag_ms": lag_ms},
            "reconciliation": {
                "status": _status(False, bool(book.recon.breaks)),
                "breaks": sorted(book.recon.breaks),
                "last": iso(max(spine.reconciler.looked.values(), default=None)),
            },
            **self._of_machine(),
            **self._of_readers(),
        }

    def _of_readers(self) -> dict[str, dict[str, Any]]:
        """Rate whether people and logs hear what they should."""
        p = self.patient
        mute = [c["channel"] for c in p.channels() if c["state"] != BreakerState.CLOSED]
        told = {name: out for name, out in p.outlets.items() if out.lost or out.trouble}
        return {
            "alerts": {"status": _status(False, bool(mute)), "mute": mute},
            "logs": {
                "status": _status(False, bool(told)),
                "lost": {name: out.lost for name, out in told.items()},
                "trouble": {name: out.trouble for name, out in told.items() if out.trouble},
            },
        }

    def _of_machine(self) -> dict[str, dict[str, Any]]:
        """Rate what is left of the machine; a rehearsal may use of it what it likes."""
        found, is_real = self.machine, self.rounds.pace == 1
        free, disk = found.disk_free_bytes, found.disk_used_frac
        used = max(found.memory_used_frac or 0.0, found.cpu_frac or 0.0) if is_real else 0.0
        return {
            "disk": {
                "status": _status(
                    free < FREE_LEAST_BYTES or disk > _DISK_USED[1],
                    free < FREE_WARN_BYTES or disk > _DISK_USED[0],
                ),
                "free_bytes": free, "used_frac": round(disk, 4),
            },
            "machine": {
                "status": _status(used > _USED[1], used > _USED[0]),
                "memory_used_frac": _rounded(found.memory_used_frac),
                "cpu_frac": _rounded(found.cpu_frac),
            },
        }

    def _silent(self) -> list[str]:
        """Name the routes that are up and whose broker was not heard of for too long."""
        now, limit_s = self.patient.spine.clock.now(), CONNECTION_STALE_S * self.rounds.pace
        routes = self.patient.views.book.routes
        return [
            link.route for link in self.patient.spine.links
            if link.route in routes and routes[link.route].is_up and link.last_heard is not None
            and (now - link.last_heard).total_seconds() > limit_s
        ]

    def _data_age_s(self) -> float | None:
        """Tell how old the newest quote is while the primary market trades."""
        spine = self.patient.spine
        quotes = spine.facts.quotes.values()
        if spine.state.state is not State.TRADING or not quotes:
            return None
        newest = max(quote.as_of for quote in quotes)
        return round((spine.clock.now() - newest).total_seconds(), 3)

    def _pulse(self) -> dict[str, Any]:
        p, spine = self.patient, self.patient.spine
        return {
            "state": spine.state.state.value,
            "up_s": round((spine.clock.now() - self.started).total_seconds()),
            "decisions": spine.engine.last_seq, "open_orders": len(p.views.book.orders.working),
            "lag_ms": round(self._lag_s * 1000 / self.rounds.pace, 3),
        }


def _status(is_bad: bool, is_poor: bool) -> str:
    return _ORDER[2] if is_bad else _ORDER[1] if is_poor else _ORDER[0]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
