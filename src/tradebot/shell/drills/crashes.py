"""Which crashes and broken disks must a daemon live through? Each as a script."""

from typing import Final

from tradebot.shell.drills.drill import Drill

_KILLS: Final = (
    "kill_before_write", "kill_in_write", "kill_before_sync", "kill_after_sync",
    "kill_before_send", "kill_after_send",
)

CRASHES: Final = (
    Drill(
        name="crash-sweep", rows=(1, 2, 3, 4), sweeps=_KILLS,
        shows="Killed at any write, any sync and any send, the daemon comes back, finishes what"
        " it began, and sends nothing twice.",
        script="""
            buy a 10
            buy b 5
            fill a 4
            cancel b
            wait 30
            fill a 6
            wait 5
            expect filled a 10
            expect broker orders 2
        """,
    ),
    Drill(
        name="restart-replays-fills", rows=(3, 54),
        shows="After a restart the broker tells all of today's fills again. Each is booked once.",
        script="""
            buy a 10
            fill a 4
            wait 5
            crash
            wait 20
            expect starts 2
            expect filled a 4
            fill a 6
            wait 5
            crash
            wait 20
            expect filled a 10
            expect position 10
        """,
    ),
    Drill(
        name="reload-crash", rows=(88,),
        shows="The daemon dies while new limits are set. It comes back with its orders, its"
        " position and whole settings, and trades on.",
        script="""
            buy a 10
            fill a 4
            wait 5
            next kill_before_sync
            reload 3
            wait 20
            expect starts 2
            expect filled a 4
            fill a 6
            buy b 2
            wait 5
            expect filled a 10
            expect order b working
        """,
    ),
    Drill(
        name="power-cut", rows=(25, 26), sweeps=("kill_before_sync", "kill_in_write"),
        shows="The power goes in the middle of a write. What was told to anybody is there"
        " afterwards; a torn last line is cut, and nothing else.",
        script="""
            on power_cut
            buy a 10
            fill a 4
            wait 30
            fill a 6
            wait 10
            expect filled a 10
            expect position 10
        """,
    ),
    Drill(
        name="disk-full", rows=(29, 31),
        shows="The journal's disk is full. The daemon stops at once with exit code 70, cancels what"
        " it can, and begins the next life halted until you clear it.",
        script="""
            buy a 10
            wait 5
            next disk_full
            try buy b 5
            wait 30
            expect failures 1
            expect kills 1
            expect broker working 0
            clear
            buy c 3
            wait 5
            expect order c working
        """,
    ),
    Drill(
        name="sync-that-lies", rows=(25, 32),
        shows="A sync of the disk fails once and would succeed the next time, with data lost. The"
        " first failure is believed: stop, and then begin halted with everything ever told.",
        script="""
            buy a 10
            fill a 4
            wait 5
            next sync_error
            try buy b 5
            wait 30
            expect failures 1
            expect kills 1
            expect filled a 4
            on power_cut
            crash
            wait 30
            expect filled a 4
            expect position 4
        """,
    ),
    Drill(
        name="frozen-process", rows=(11, 42),
        shows="The machine stands still for two minutes while orders wait to be sent. No order"
        " leaves on the prices and permissions of before.",
        script="""
            buy a 10
            wait 5
            next slow_sync
            ask buy b 5
            wait 0.1
            freeze 120
            wait 40
            expect order a working
            expect order b working
            expect submits 2
            expect position 0
        """,
    ),
)
