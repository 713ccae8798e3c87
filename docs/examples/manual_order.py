"""A manual order: one that fills, one that is taken back, and one that a limit refuses.

    python docs/examples/manual_order.py           from the project's root
"""

from typing import Any

import tradebot
from tradebot.embed import BadRequest


async def main() -> None:
    async with tradebot.open_daemon(
        "config/config.paper.yaml", rehearse=True, speed="max",
        overrides={"data_dir": "data/examples", "strategies": "[]"},
    ) as daemon:
        # The market is still closed: the intent waits for the open, and we wait for its order.
        bought = await daemon.submit(symbol="SPY", side="buy", qty=5, wait=True)
        tell(bought)

        resting = await daemon.submit(symbol="SPY", side="buy", qty=5, limit="1.00", tif="gtc")
        tell(resting)
        await daemon.cancel(resting["client_order_id"])

        tell(await daemon.submit(symbol="SPY", side="buy", qty=100_000))

        try:
            await daemon.submit(symbol="SPY", side="buy", qty=0.1)
        except BadRequest as error:
            print(error)


def tell(found: dict[str, Any]) -> None:
    """Say what became of an intent; a refusal is an answer like any other."""
    print(f"{found['ask']}: {found['verdict']} at stage {found['stage']}", end="")
    if found["order"] is not None:
        order = found["order"]
        print(f", {order['ord_status']}, {order['cum_qty']} of {order['order_qty']} filled")
    else:
        print(f", {found['reason_code']}: {found['reason_detail']}")


if __name__ == "__main__":
    tradebot.rehearse(main())
