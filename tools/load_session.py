"""Do onlookers slow trading down? Latency of orders with and without a crowd, in one run.

A real daemon takes intents over its Unix socket at a steady rate, alternately alone and beside
readers of the dashboard's stream, some of which never read, and an alert channel that hangs.
`asked` is what a client waits for its answer, due to answered; `sent` is what the daemon's own
execution log says of an order from its arrival to the broker's socket.

    python tools/load_session.py [--rate 200] [--seconds 15] [--rounds 2]
                                 [--readers 20] [--mute 5] [--json FILE]
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import aiohttp

CONFIG: Final = """\
schema_version: 1
mode: paper
data_dir: out
seed: 7
schedule: {{calendar: 24/7}}
market_data: {{provider: simulated, symbols: [ETHUSD], interval_s: 1}}
brokers: {{paper: {{adapter: paper, initial_balance: 100000000, latency_ms_min: 0,
                  latency_ms_max: 0}}}}
strategies: []
promotion: {{strategy: disabled}}
policy: {{order_qty_max: 1000000, order_notional_max_usd: 1000000000, duplicate_within_s: 0,
         messages_per_second_max: 1000000, messages_per_minute_max: 1000000,
         orders_per_day_max: 1000000, open_orders_max: 1000000, open_orders_symbol_max: 1000000,
         consecutive_losses_max: 1000000, slippage_max_bps: 1000}}
api: {{enabled: true, port: {port}}}
notifications:
  enabled: {is_told}
  filters: {{on_partial_fills: true, on_cancellations: true}}
  channels:
    slow: {{plugin: webhook, url: "http://127.0.0.1:{hook}/", allow_private: true,
           min_level: info}}
"""
READY_WITHIN_S: Final = 30.0
ANSWER_WITHIN_S: Final = 10.0
CONNECTIONS: Final = 16


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory() as temporary:
        found = asyncio.run(_measured(asked, Path(temporary)))
    text = json.dumps(found, indent=2)
    print(text)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    return 0 if found["alone"]["lost"] == found["crowd"]["lost"] == 0 else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=200, help="intents a second")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each turn lasts")
    parser.add_argument("--rounds", type=int, default=2, help="turns alone, and in a crowd")
    parser.add_argument("--readers", type=int, default=20, help="readers of the stream in all")
    parser.add_argument("--mute", type=int, default=5, help="so many of them never read")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


async def _measured(asked: argparse.Namespace, directory: Path) -> dict[str, Any]:
    turns: dict[str, list[dict[str, Any]]] = {"alone": [], "crowd": []}
    for number in range(asked.rounds):
        for name, found in turns.items():
            home = directory / f"{name}-{number}"
            found.append(await _turn(asked, home, is_crowd=name == "crowd"))
    sums = {name: _summed(found) for name, found in turns.items()}
    ratios = {
        f"{key}_ratio": round(sums["crowd"][key] / sums["alone"][key], 2)
        for key in ("asked_p50_ms", "asked_p99_ms", "sent_p50_ms", "sent_p99_ms")
    }
    return {"rate": asked.rate, **sums, **ratios}


async def _turn(asked: argparse.Namespace, home: Path, *, is_crowd: bool) -> dict[str, Any]:
    """Live once: start, let the crowd come, trade, and ask the daemon how it was."""
    port, held, read = _free_port(), Counter[str](), Counter[str]()
    async with AsyncExitStack() as ending:
        hook = await ending.enter_async_context(_hanging(held))
        _lay(home, CONFIG.format(port=port, hook=hook, is_told=str(is_crowd).lower()))
        door = await ending.enter_async_context(_daemon(home))
        if is_crowd:
            token = _text(home / "out" / "api_token").strip()
            for number in range(asked.readers):
                reader = _mute if number < asked.mute else _reading
                await ending.enter_async_context(reader(port, token, read))
        took, answers = await _trade(door, asked.rate, asked.seconds)
        health = await _get(door, "/api/v1/health")
    return {
        "asked": took, "sent": list(_sent(home)), "answers": answers, "read": read,
        "hanging": held["connections"], "worst_lag_ms": health["loop_lag_ms"],
    }


def _sent(home: Path) -> Iterator[float]:
    """Yield how long each order took from its arrival to the broker's socket, in seconds."""
    for line in _text(home / "out" / "telemetry" / "execution_log.jsonl").splitlines():
        steps = json.loads(line)["latency_ms"]
        known = [steps[name] for name in ("decided", "durable", "sent")]
        if None not in known:
            yield sum(known) / 1e3


def _summed(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    answers = sum((Counter(turn["answers"]) for turn in turns), Counter[str]())
    return {
        "answers": dict(answers),
        "lost": sum(count for name, count in answers.items() if name.startswith("no answer")),
        **_spread(turns, "asked"), **_spread(turns, "sent"),
        "events_read": sum(turn["read"]["events"] for turn in turns),
        "readers_cut_off": sum(turn["read"]["cut off"] for turn in turns),
        "calls_that_hang": sum(turn["hanging"] for turn in turns),
        "loop_lag_ms": max(turn["worst_lag_ms"] for turn in turns),
    }


def _spread(turns: Sequence[dict[str, Any]], name: str) -> dict[str, float]:
    took = [seconds * 1e3 for turn in turns for seconds in turn[name]]
    cuts = quantiles(took, n=100)
    return {
        f"{name}_orders": len(took), f"{name}_p50_ms": round(cuts[49], 2),
        f"{name}_p99_ms": round(cuts[98], 2), f"{name}_max_ms": round(max(took), 2),
    }


async def _trade(
    door: Path, rate: int, seconds: float
) -> tuple[list[float], Counter[str]]:
    """Send intents when they are due, whether earlier ones are answered or not."""
    took, answers, tasks = list[float](), Counter[str](), set[asyncio.Task[None]]()
    connector = aiohttp.UnixConnector(str(door), limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            task = asyncio.create_task(_ask(session, number, due, took, answers))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.wait(tasks, timeout=ANSWER_WITHIN_S)
    return took, answers


async def _ask(
    session: aiohttp.ClientSession, number: int, due: float, took: list[float],
    answers: Counter[str],
) -> None:
    body = {
        "symbol": "ETHUSD", "side": "buy" if number % 2 == 0 else "sell", "qty": "0.001",
        "type": "market",
    }
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), session.post(
            "http://daemon/api/v1/intents", json=body, headers={"Idempotency-Key": f"load{number}"}
        ) as reply:
            document = await reply.json()
        answers[str(document.get("reason_code") or document.get("verdict"))] += 1
        took.append(asyncio.get_running_loop().time() - due)
    except (TimeoutError, aiohttp.ClientError) as error:
        answers[f"no answer: {type(error).__name__}"] += 1


@asynccontextmanager
async def _daemon(home: Path) -> AsyncIterator[Path]:
    log = (home / "log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tradebot.cli.main", "run", "--config", "c.yaml",
        cwd=home, stdout=log, stderr=log,
    )
    door = home / "out" / "tradebot.sock"
    try:
        await _ready(process, door, home / "log")
        yield door
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), READY_WITHIN_S)
        log.close()


async def _ready(process: asyncio.subprocess.Process, door: Path, log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and process.returncode is None:
        await asyncio.sleep(0.1)
        if (await _get(door, "/api/v1/status")).get("state") == "TRADING":
            await asyncio.sleep(1.5)  # the first quotes
            return
    raise SystemExit(f"the daemon does not trade:\n{_text(log)[-2000:]}")


def _lay(home: Path, config: str) -> None:
    home.mkdir(parents=True)
    (home / "c.yaml").write_text(config, encoding="utf-8")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def _get(door: Path, path: str) -> dict[str, Any]:
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(door))) as session:
        try:
            async with session.get(f"http://daemon{path}") as reply:
                return dict(await reply.json())
        except aiohttp.ClientError:
            return {}


@asynccontextmanager
async def _reading(port: int, token: str, read: Counter[str]) -> AsyncIterator[None]:
    """Follow the stream as a dashboard does."""
    async def follow() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.get(f"http://127.0.0.1:{port}/api/v1/stream") as reply,
        ):
            reply.raise_for_status()
            async for line in reply.content:
                read["events"] += line.startswith(b"data:")

    task = asyncio.create_task(follow())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        if task.done():
            task.result()  # nobody cuts off who reads
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def _mute(port: int, token: str, read: Counter[str]) -> AsyncIterator[None]:
    """Ask for the stream and never read it; what the system keeps for us is kept small."""
    mute = socket.socket()
    mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    mute.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(mute, ("127.0.0.1", port))
    request = (
        f"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    await loop.sock_sendall(mute, request.encode())
    try:
        yield
    finally:
        read["cut off"] += _is_over(mute)
        mute.close()


def _is_over(mute: socket.socket) -> bool:
    """Read what is left, and tell whether the daemon has ended the connection."""
    try:
        while mute.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@asynccontextmanager
async def _hanging(held: Counter[str]) -> AsyncIterator[int]:
    """Serve an address that takes every call and never answers."""
    over = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held["connections"] += 1
        await over.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
