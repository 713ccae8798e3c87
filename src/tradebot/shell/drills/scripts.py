"""Which bad days must a trading daemon live through? Each as a script, in the words of Player."""

from typing import Final

from tradebot.shell.drills.drill import Drill

_KILLS: Final = (
    "kill_before_write", "kill_in_write", "kill_before_sync", "kill_after_sync",
    "kill_before_send", "kill_after_send",
)

DRILLS: Final = {drill.name: drill for drill in (
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
        name="timeout-is-no-reject", rows=(50, 52),
        shows="The broker took the order, the answer never came. The order counts as live until"
        " the broker says otherwise; it is found, and works on.",
        script="""
            next response_lost
            buy a 10
            wait 40
            expect broker orders 1
            expect order a working
            next slow_answer
            buy b 3
            wait 40
            expect broker orders 2
            expect order b working
            expect doubts 0
        """,
    ),
    Drill(
        name="no-blind-retry", rows=(49, 51), proves_absence=False,
        shows="An error page after the order was taken, another before it was: neither makes a"
        " second order. What may have arrived is asked for, not sent again.",
        script="""
            next error_after
            buy a 10
            wait 60
            expect broker orders 1
            expect submits 1
            next late_execution
            buy b 3
            wait 60
            expect broker orders 2
            expect submits 2
            expect order b working
        """,
    ),
    Drill(
        name="broker-unreachable", rows=(67, 76),
        shows="The connection is refused again and again. What provably never left is tried again"
        " as often as you allow, then waits for you as a dead letter; nothing is lost, and new"
        " orders do not pile up behind it.",
        script="""
            on unreachable
            try buy a 10
            wait 200
            expect broker orders 0
            expect sent a no
            off unreachable
            wait 120
            buy b 5
            wait 30
            expect order b working
        """,
    ),
    Drill(
        name="fills-while-disconnected", rows=(66,),
        shows="The order is filled while the connection is down. The fill is fetched before"
        " anything new may go out.",
        script="""
            buy a 10
            wait 5
            next disconnect
            on query_fails
            fill a 1
            wait 5
            fill a 3
            wait 20
            expect filled a 0
            off query_fails
            wait 120
            expect filled a 4
            expect position 4
        """,
    ),
    Drill(
        name="dead-connection-unseen", rows=(66,),
        shows="The connection looks well and says nothing. A fill that nobody told of is found by"
        " comparing with the broker's statement, within your reconcile.every_s.",
        script="""
            buy a 10
            wait 5
            next mute_stream
            fill a 4
            wait 5
            expect filled a 0
            wait reconcile
            expect filled a 4
            expect position 4
        """,
    ),
    Drill(
        name="overfill-after-cancel", rows=(56, 58, 60),
        shows="A cancelled order is filled all the same, beyond what was ordered. The position"
        " follows the broker, the instrument is halted, and you are told.",
        script="""
            buy a 10
            fill a 4
            wait 5
            cancel a
            wait 5
            expect order a canceled
            fill a 8
            wait 5
            expect filled a 12
            expect position 12
            expect halts 1
            try buy b 3
            wait 5
            expect sent b no
        """,
    ),
    Drill(
        name="kill-that-kills", rows=(62, 84, 86),
        shows="The kill switch cancels every order, asks again where a cancel gets no answer, lets"
        " nothing out, and still holds after a crash.",
        script="""
            buy a 10
            buy b 5
            wait 3
            next cancel_ignored
            kill
            wait 60
            expect broker working 0
            try buy c 3
            wait 5
            expect order c refused
            crash
            wait 20
            expect kills 1
            try buy d 3
            wait 5
            expect order d refused
            expect broker orders 2
        """,
    ),
    Drill(
        name="kill-under-load", rows=(84,), has_strategies=True,
        shows="The kill switch is set while your strategies and people trade as fast as they can:"
        " no order leaves after it, and none is left working.",
        script="""
            alive
            wait 3600
            rush 60
            wait 40
            kill
            wait 60
            expect kills 1
            expect broker working 0
        """,
    ),
    Drill(
        name="stale-feed", rows=(66, 82),
        shows="Quotes stop while everything else goes on. No order leaves on an old price; what"
        " waited goes when quotes are back.",
        script="""
            on lost_quote
            wait stale
            try buy a 10
            wait 30
            expect broker orders 0
            expect order a held
            off lost_quote
            wait 10
            expect order a working
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
        name="manual-trade", rows=(57, 73),
        shows="Somebody trades by hand on the account. The position follows the broker, the"
        " instrument is halted, and nothing opens there until you have looked.",
        script="""
            buy a 10
            fill a 4
            wait 5
            stranger
            wait 10
            expect halts 1
            try buy b 3
            wait 5
            expect sent b no
            look
            buy c 3
            wait 5
            expect order c working
        """,
    ),
    Drill(
        name="partial-fill-and-exit", rows=(60,),
        shows="Four of ten are filled when the rest is cancelled. The exit sells four, and a fill"
        " that comes late is seen too.",
        script="""
            buy a 10
            fill a 4
            wait 5
            cancel a
            wait 5
            expect position 4
            sell b 4
            fill b 4
            wait 5
            expect position 0
            fill a 2
            wait 5
            expect position 2
            sell c 2
            fill c 2
            wait 5
            expect position 0
        """,
    ),
    Drill(
        name="reject-loop", rows=(71,),
        shows="The broker rejects every order of a strategy that asks again and again. Your limit"
        " stops it: policy.rejections_max.",
        script="""
            on rejected_order
            flood
            wait 5
            expect broker orders rejections_max
            off rejected_order
        """,
    ),
    Drill(
        name="duplicate-fill", rows=(54, 56),
        shows="The same fill comes twice, another overtakes it, a third is told with a different"
        " quantity. Each execution is booked once.",
        script="""
            buy a 10
            wait 5
            next duplicate_report
            fill a 4
            wait 5
            expect filled a 4
            next reordered_report
            fill a 2
            fill a 1
            wait 5
            expect filled a 7
            next conflicting_report
            fill a 3
            wait 5
            expect filled a 10
            expect position 10
            expect halts 1
        """,
    ),
    Drill(
        name="half-day", rows=(47,), begins="early close",
        shows="The exchange closes early. No order leaves after it, and what worked is known to"
        " have expired.",
        script="""
            buy a 10
            fill a 4
            wait close
            expect order a expired
            try buy b 5
            wait 60
            expect sent b no
            expect broker orders 1
            expect position 4
        """,
    ),
    Drill(
        name="clock-change", rows=(43,), begins="clock change",
        shows="The clocks were changed since the last session. An order given early in the morning"
        " waits for the open as the exchange keeps it, not an hour less and not an hour more.",
        script="""
            try buy a 10
            wait 3600
            expect sent a no
            wait 1700
            expect sent a no
            wait open
            expect order a working
            fill a 10
            wait 5
            expect position 10
        """,
    ),
    Drill(
        name="midnight-reset", rows=(56, 63), begins="close",
        shows="Overnight the broker logs everybody out and forgets what expired. In the morning"
        " book and broker agree, and the day's counts begin anew.",
        script="""
            buy a 10
            fill a 4
            next disconnect
            on query_fails
            wait close
            wait 600
            off query_fails
            wait 300
            expect order a expired
            expect position 4
            wait open
            wait 10
            expect orders today 0
            sell b 4
            wait 5
            fill b 4
            wait 5
            expect position 0
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
            expect position 4
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
        name="frozen-process", rows=(11, 42),
        shows="The machine stands still for two minutes while orders wait to be sent. No order"
        " leaves on the prices and permissions of before.",
        script="""
            buy a 10
            wait 5
            next slow_sync
            ask buy b 5
            freeze 120
            wait 40
            expect order a working
            expect position 0
        """,
    ),
    Drill(
        name="clock-step", rows=(41,),
        shows="The wall clock jumps forth and back. Nothing is sent twice, nothing hangs, and"
        " trading goes on.",
        script="""
            buy a 10
            wait 5
            clock 120
            wait 30
            clock 0
            wait 200
            fill a 10
            buy b 5
            wait 10
            expect filled a 10
            expect order b working
            expect broker orders 2
        """,
    ),
)}
