"""The kill switch: it takes back what rests, refuses what comes, and outlives a restart.

    python docs/examples/kill_switch.py            from the project's root
"""

from contextlib import AbstractAsyncContextManager

import tradebot
from tradebot.embed import OpenDaemon


async def main() -> None:
    async with rehearsal() as daemon:
        await daemon.submit(symbol="SPY", side="buy", qty=5, wait=True)
        resting = await daemon.submit(symbol="SPY", side="buy", qty=5, limit="1.00")
        print("working:", [order["ord_status"] for order in daemon.orders(status="open")])

        killed = await daemon.kill("this is only an exercise")
        print("asked to cancel:", killed["cancel_requested"] == [resting["client_order_id"]])

        refused = await daemon.submit(symbol="SPY", side="buy", qty=5)
        print("a new order:", refused["reason_code"])

    async with rehearsal(resume=True) as daemon:
        print("after a restart:", daemon.status()["state"], daemon.status()["kill"])
        print("what was bought is kept:", daemon.positions()[0]["qty"])
    # Only a person lets it trade again:
    # tradebot clear-kill --reason "exercise over" --rehearsal --data-dir data/examples


def rehearsal(*, resume: bool = False) -> AbstractAsyncContextManager[OpenDaemon]:
    return tradebot.open_daemon(
        "config/config.paper.yaml", rehearse=True, resume=resume, speed="max",
        overrides={"data_dir": "data/examples", "strategies": "[]"},
    )


if __name__ == "__main__":
    tradebot.rehearse(main())
