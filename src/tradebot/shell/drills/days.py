"""What do people, feeds, clocks and calendars do to a trading day? Each as a script."""

from typing import Final

from tradebot.shell.drills.drill import Drill

DAYS: Final = (
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
        name="clock-step", rows=(41,),
        shows="The wall clock jumps forth and back. What is new waits until it runs evenly again;"
        " what fills meanwhile is booked, nothing is sent twice, and trading goes on.",
        script="""
            buy a 10
            wait 5
            clock 120
            wait 2
            fill a 10
            wait 2
            buy b 5
            wait 18
            expect filled a 10
            clock 0
            wait 20
            expect sent b no
            expect order b held
            wait settle
            expect order b working
            expect broker orders 2
        """,
    ),
)
