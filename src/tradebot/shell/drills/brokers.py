"""Which tricks do brokers and networks play? Each as a script."""

from typing import Final

from tradebot.shell.drills.drill import Drill

BROKERS: Final = (
    Drill(
        name="timeout-is-no-reject", rows=(50, 52),
        shows="The broker took the order, the answer never came. The order counts as live until"
        " the broker says otherwise; it is found, and works on.",
        script="""
            next mute_stream
            next response_lost
            buy a 10
            wait 60
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
            expect kept a yes
            off unreachable
            wait 120
            buy b 5
            wait 30
            expect order b working
            expect halts 0
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
)
