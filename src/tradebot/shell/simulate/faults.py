"""What can go wrong, how often, and in which days? One row a kind; the seed switches them on.

Numbers are those of the fault catalogue in docs/reference/faults.md.
"""

from collections import Counter
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.simulate.chance import Chance


@fact
class Fault:
    """One kind: how likely at each chance it gets, on a day that has it."""

    name: str
    rows: tuple[int, ...]
    frac: float
    what: str


def _row(name: str, rows: tuple[int, ...], frac: float, what: str) -> Fault:
    return Fault(name=name, rows=rows, frac=frac, what=what)


FAULTS: Final = {fault.name: fault for fault in (
    # the process
    _row("kill_anywhere", (1, 18), .4, "kill -9 between any two steps of the event loop"),
    _row("kill_before_write", (1,), .003, "kill -9 when a batch is decided and not written"),
    _row("kill_in_write", (4, 26), .01, "kill -9 in the middle of a write"),
    _row("kill_before_sync", (1,), .012, "kill -9 between write and sync"),
    _row("kill_after_sync", (2,), .006, "kill -9 when a batch is durable and not published"),
    _row("kill_before_send", (2,), .03, "kill -9 in the last instant before the socket"),
    _row("kill_after_send", (3,), .04, "kill -9 when the broker has it and has not answered"),
    _row("kill_in_recovery", (5,), .2, "kill -9 during recovery, again and again"),
    _row("kill_in_retry", (1, 12), .06, "kill -9 while an order waits to be sent again"),
    _row("kill_in_doubt", (3, 5), .15, "kill -9 while nobody knows what became of an order"),
    _row("freeze", (11, 42), .03, "the process stands still while time passes"),
    # the disk
    _row("power_cut", (25, 26), .5, "the power goes: what was not synced is lost, torn or kept"),
    _row("disk_full", (29,), .003, "no space left on the device"),
    _row("write_error", (31,), .003, "a write fails"),
    _row("sync_error", (32,), .006, "a sync fails once; the next one succeeds and lies"),
    _row("short_write", (33, 37), .1, "a write takes fewer bytes than it was given"),
    _row("slow_sync", (34,), .08, "a sync takes seconds"),
    # requests and answers
    _row("unreachable", (76,), .1, "the connection is refused: nothing left"),
    _row("rate_limited", (67,), .1, "429: nothing was taken"),
    _row("request_lost", (49,), .08, "the request is lost on its way"),
    _row("response_lost", (50,), .08, "accepted, and the answer is lost"),
    _row("error_before", (51,), .05, "503, and nothing was done"),
    _row("error_after", (51,), .05, "503, and it was done"),
    _row("late_execution", (51, 52), .05, "refused, and executed seconds later all the same"),
    _row("slow_answer", (52,), .08, "the answer comes after the deadline"),
    _row("outage", (68, 76), .03, "a broker is away for a while, and takes nobody in"),
    _row("declined", (51,), .1, "refused in so many words"),
    _row("query_fails", (65,), .2, "a question gets no answer"),
    # reports
    _row("duplicate_report", (54,), .3, "the same report twice"),
    _row("conflicting_report", (54,), .08, "the same execution id with another quantity"),
    _row("reordered_report", (56,), .3, "a report overtakes those before it"),
    _row("late_report", (56,), .1, "a report comes many seconds late"),
    _row("lost_report", (53, 66), .1, "a report is lost, and the stream goes on"),
    _row("fill_before_ack", (53,), .3, "the first fill comes before the acknowledgement"),
    _row("disconnect", (66, 76), .03, "the stream breaks; what is said meanwhile is lost"),
    _row("mute_stream", (66,), .02, "the stream falls silent, and looks healthy"),
    _row("stale_answer", (64,), .2, "a question is answered from before the order came"),
    _row("flat_statement", (65,), .1, "the statement lacks all positions"),
    # the venue
    _row("rejected_order", (71,), .1, "the venue rejects the order"),
    _row("late_fill", (56, 60), .4, "a fill comes after the cancel was confirmed"),
    _row("too_late_to_cancel", (60,), .3, "filled while the cancel was on its way"),
    _row("cancel_ignored", (62,), .3, "a cancel that nobody answers"),
    _row("unsolicited_cancel", (63,), .15, "the venue cancels an order on its own"),
    _row("overfill", (58,), .1, "more is filled than was ordered"),
    _row("bust", (59,), .15, "a fill is taken back"),
    _row("correction", (59,), .15, "a fill is corrected"),
    _row("ghost_fill", (57, 73), .05, "a fill of an order that is none of ours"),
    _row("change_rejected", (61,), .3, "a change of an order is refused"),
    # the market and the clock
    _row("silent_symbol", (66,), .08, "one symbol gets no quotes for a while"),
    _row("crossed_quote", (82,), .08, "the bid is above the ask"),
    _row("insane_quote", (82,), .02, "a price ten times what it was"),
    _row("early_close", (47,), .5, "the market closes early, and opens again"),
    _row("clock_step", (41,), .02, "the wall clock steps back or forth"),
    # people
    _row("pressed_twice", (93,), .2, "the same key and the same order twice"),
    _row("key_reused", (93,), .15, "the same key with another order"),
    _row("kill_switch", (84,), .02, "a person stops everything"),
    _row("kill_signal", (84,), .02, "a signal stops everything"),
    _row("kill_file", (84,), .02, "a file stops everything"),
    _row("kill_flat", (84, 86), .02, "a person stops everything, and closes what is held"),
    _row("kill_at_retry", (12, 84), .04, "a signal stops everything while an order is retried"),
    _row("settings_reload", (88,), .05, "limits change while orders are on their way"),
)}

AIMED: Final = {fault.name: fault for fault in (
    # only where somebody asks for them by name
    _row("lost_quote", (66,), 0, "a quote is lost"),
)}


class Faults:
    """The faults of one day: a random subset of all kinds. What fired is counted."""

    def __init__(self, chance: Chance) -> None:
        self.fired: Counter[str] = Counter()
        self.is_on = True
        self._chance = chance
        share = chance.pick("kinds on", (.25, .5, .7, .9))
        self._on = {
            name: fault.frac for name, fault in FAULTS.items()
            if chance.happens(f"has {name}", share)
        }

    def hit(self, name: str) -> bool:
        """Tell whether this fault happens here and now."""
        frac = self._on.get(name)
        if frac is None or not self.is_on or not self._chance.happens(name, frac):
            return False
        self.fired[name] += 1
        return True
