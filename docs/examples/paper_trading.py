"""Paper trading: the strategies of a configuration trade the next session, played in seconds.

    python docs/examples/paper_trading.py          from the project's root
"""

import tradebot


async def main() -> None:
    async with tradebot.open_daemon(
        "config/config.paper.yaml", rehearse=True, speed="max",
        overrides={"data_dir": "data/examples"},
    ) as daemon:
        async for fill in daemon.new_fills():
            print(f"{fill['at'][11:19]}  {fill['strategy_id']}  {fill['side']} {fill['qty']}"
                  f" {fill['symbol']} at {fill['px']}, realised {fill['realized']}")
        print("\nthe market has closed")
        for row in daemon.positions():
            print(f"{row['strategy_id']} holds {row['qty']} {row['symbol']} worth {row['value']}")
        for row in daemon.account()["strategies"]:
            print(f"{row['strategy_id']}: {row['trades']} trades, net {row['net']}")


if __name__ == "__main__":
    tradebot.rehearse(main())
