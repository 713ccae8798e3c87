"""What can go wrong at Alpaca that this fake plays, and how is it asked for?

In the first part of a line `f` is the fake, `v` its venue, `on` one of faults.Request; the last
part names the test that shows it to alpaca-py or to a plain client. What can happen to a request
of each kind, and to an update of the stream, is in `troubles.SUFFERS`: each pair is a scenario.
"""

from collections.abc import Mapping
from typing import Final

_TROUBLE: Final = "test_a_trouble_has_its_answer_and_its_effect"

FAULTS: Final[Mapping[str, tuple[str, str, str]]] = {
    # of one request, or one update: `f.faults.push(KIND, on=...)`
    "drop_before": ("DROP_BEFORE", "the line ends, and the request had no effect", _TROUBLE),
    "accept_drop": ("ACCEPT_DROP", "the line ends after the effect, without an answer", _TROUBLE),
    "hang": ("HANG", "the effect, and never an answer", _TROUBLE),
    "error_before": ("ERROR_BEFORE", "500 and no effect", _TROUBLE),
    "error_after": ("ERROR_AFTER", "504 and the effect: stock clients try again", _TROUBLE),
    "html": ("HTML", "502, a page for people, and the effect", _TROUBLE),
    "too_many": ("TOO_MANY", "429 with Retry-After, and no effect", _TROUBLE),
    "skew": ("SKEW", "every time that is told is wrong from now on",
             "test_a_clock_that_is_wrong_stays_wrong_in_all_that_is_told"),
    "unknown_word": ("UNKNOWN_WORD", "a status (on the stream also an event) of no document",
                     "test_the_stock_stream_swallows_a_status_that_it_does_not_know"),
    "duplicate_ack": ("DUPLICATE_ACK", "every update twice",
                      "test_what_an_order_makes_to_say_is_said_twice_or_early"),
    "fill_before_ack": ("FILL_BEFORE_ACK", "the execution before the order, and before the answer",
                        "test_a_fill_can_be_told_before_the_order_that_it_fills"),
    "mute": ("MUTE", "the stream stays up and tells nothing, not even that it is there",
             "test_a_mute_stream_looks_alive_and_tells_nothing"),
}

STATES: Final[Mapping[str, tuple[str, str, str]]] = {
    # Who asks, and how often
    "no_key": ("a request without headers", "401 and a page",
               "test_strangers_are_turned_away_in_three_ways"),
    "wrong_secret": ("another secret", "401 without a code",
                     "test_strangers_are_turned_away_in_three_ways"),
    "other_kind_of_key": ("a key that begins otherwise", "401 and 40110000",
                          "test_strangers_are_turned_away_in_three_ways"),
    "stream_refused": ("another secret on the stream", "unauthorized, for as long as one tries",
                       "test_wrong_credentials_are_refused_for_as_long_as_the_stock_stream_tries"),
    "too_early": ("listen before authenticate", "unauthorized, and nothing is told",
                  "test_frames_are_binary_and_nobody_listens_before_logging_in"),
    "second_listener": ("a second connection, or f.updates.listeners_max = 0", "429: all taken",
                        "test_a_second_connection_is_turned_away"),
    "revoked": ("f.site.secret = ANOTHER", "401 from now on, though the stream goes on",
                "test_a_revoked_key_is_refused_though_the_stream_goes_on"),
    "too_fast": ("f.site.per_minute = N", "429 for every request too many in a minute",
                 "test_whoever_asks_too_often_has_to_wait"),
    "slow": ("f.site.answers.clear(), set()", "answers come late, updates do not",
             "test_updates_overtake_a_slow_answer"),
    # The connection
    "dropped": ("f.updates.drop()", "the stream ends; what happens meanwhile is never told",
                "test_what_happens_while_nobody_listens_is_never_told"),
    "muted": ("f.updates.mute()", "the stream is up, and answers no ping",
              "test_a_mute_stream_answers_no_ping"),
    "away": ("await f.stop(), f.start()", "all doors are closed for a while",
             "test_while_it_is_away_nobody_gets_in_and_all_goes_on"),
    "another_one": ("another FakeAlpaca(v)", "a restart of the whole: all that happened is there",
                    "test_what_happened_outlives_the_fake"),
    # Lists that lag
    "late_find": ("f.desk.finds_late = N", "404 for an order that is there, N times",
                  "test_a_new_order_can_be_hidden_from_the_first_who_look_for_it"),
    "late_history": ("f.office.history_lag = T", "fills that the history lacks for a while",
                     "test_the_history_of_fills_may_lag"),
    # Orders
    "refused": ("v.plan(reject(NAME))", "one of refusals.REFUSALS, and no order ever was",
                "test_every_refusal_can_be_planned_for_an_order_that_is_in_order"),
    "rejected_later": ("v.plan(reject('any other words'))", "200, and `rejected` on the stream",
                       "test_an_order_can_be_taken_and_rejected_afterwards"),
    "cancel_too_late": ("f.desk.holds.add(on.CANCEL), release()", "order_cancel_rejected",
                        "test_a_cancel_that_comes_too_late_is_refused_after_the_fill"),
    "cancel_crossed": ("the same, with a part filled meanwhile", "the part, then the cancel",
                       "test_a_cancel_that_was_held_back_cancels_what_is_left"),
    "replace_too_late": ("f.desk.holds.add(on.REPLACE), release()",
                         "order_replace_rejected, and the new order rejected",
                         "test_a_change_of_what_is_over_meanwhile_is_rejected_under_both_names"),
    "late_fill": ("v.fill(OLD, ...)", "an execution under the id of an order that was replaced",
                  "test_a_late_fill_is_told_under_the_old_id"),
    "fills_not_carried": ("FakeAlpaca(v, carries_fills=False)",
                          "an order that replaced another counts its own fills only",
                          "test_whether_a_change_takes_the_fills_over_is_the_testers_to_say"),
    "waiting": ("v.open_hours(Hours.CLOSED)", "accepted, and not at the exchange: no change of it",
                "test_what_has_not_arrived_or_is_over_or_has_no_quantity_cannot_be_changed"),
    "external": ("v.place_external(...)", "orders of somebody else on the same account",
                 "test_orders_by_other_hands_are_told_under_names_that_are_not_ours"),
    "seldom": ("f.updates.say(WORD, ORDER)", "done_for_day, stopped, suspended, calculated, ...",
               "test_words_that_are_seldom_heard_can_be_said_by_hand"),
    "blocked": ("f.account.trading_blocked = True", "403 for every order, whatever it is",
                "test_what_an_account_may_not_is_refused"),
    # Executions
    "bust": ("v.bust(...)", "trade_bust, and the history forgets the execution",
             "test_what_was_taken_back_is_no_fill_any_more"),
    "correction": ("v.correct(...)", "trade_correct, which names what it takes back",
                   "test_busts_and_corrections_name_what_they_take_back"),
    "two_names": ("any fill", "stream and history name an execution differently",
                  "test_ids_of_fills_are_not_those_of_the_stream"),
    "sold_short": ("a sale of what is not held", "the history has a third side: sell_short",
                   "test_shares_sold_short_have_a_side_of_their_own_among_fills"),
    "leg_bust": ("v.bust(...) of a leg", "it is told of the leg's own order",
                 "test_what_is_taken_back_of_a_combo_is_told_of_the_leg"),
    "leg_alone": ("v.fill_leg(...)", "a leg is told of as an order of its own",
                  "test_a_leg_that_trades_alone_is_told_as_an_order"),
    "legs_too": ("FakeAlpaca(v, one_by_leg=True)", "legs are told of as well as the whole",
                 "test_a_fake_can_tell_of_every_leg_as_well"),
}
