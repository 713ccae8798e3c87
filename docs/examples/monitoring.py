"""Monitoring: a heartbeat, and a line for whatever a person should hear of.

    python docs/examples/monitoring.py             from the project's root
"""

import asyncio

import tradebot
from tradebot.core.model import events
from tradebot.embed import FellBehind, OpenDaemon, sentence

ALARMING = (
    events.BreakFound, events.InstrumentHalted, events.IntentRefused, events.KillSwitchSet,
    events.OrderInDoubt, events.RouteDisconnected, events.StrategySwitched,
)


async def main() -> None:
    async with tradebot.open_daemon(
        "config/config.paper.yaml", rehearse=True, speed="max",
        overrides={"data_dir": "data/examples"},
    ) as daemon:
        heartbeat = asyncio.create_task(beat(daemon, every_s=3600))
        watching = asyncio.create_task(watch(daemon))
        await daemon.submit(symbol="QQQ", side="buy", qty=100_000)  # something to hear of
        await watching
        heartbeat.cancel()


async def beat(daemon: OpenDaemon, *, every_s: float) -> None:
    while True:
        status = daemon.status()
        print(f"{status['clock'][11:16]}  {status['state']}, equity {status['equity']},"
              f" {status['counts']['orders_working']} orders at work")
        await asyncio.sleep(every_s)


async def watch(daemon: OpenDaemon) -> None:
    """Follow the decisions to the end of the day; a monitor that is too slow says so."""
    decisions = daemon.decisions()
    while True:
        try:
            async for decision in decisions:
                for event in decision.events:
                    if isinstance(event, ALARMING):
                        print(f"{decision.at:%H:%M:%S}  ALARM {sentence(event)}")
        except FellBehind as gap:
            print("ALARM", gap)
        else:
            return


if __name__ == "__main__":
    tradebot.rehearse(main())
