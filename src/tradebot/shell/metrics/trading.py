"""Which metrics tell of intents, orders and brokers? A row each; docs and dashboards follow it."""

from collections.abc import Iterator, Mapping
from typing import Final

from tradebot.core.model.commands import BreakerState
from tradebot.shell.metrics.metric import (
    SERIES_MAX,
    Kind,
    Metric,
    Sample,
    Watched,
    each,
    label,
    one,
)


def _objections(watched: Watched) -> Iterator[Sample]:
    for names, count in sorted(watched.counts.objections.items()):
        yield Sample(names, count)


def _steps(watched: Watched) -> Iterator[Sample]:
    for name, took in watched.steps.items():
        yield Sample((name,), took)


def _breakers(watched: Watched) -> Iterator[Sample]:
    for link in watched.patient.spine.links:
        found = link.standing()["circuit_state"]
        for state in BreakerState:
            yield Sample((label(link.route), state.value), float(state.value == found))


def _routes_up(watched: Watched) -> Mapping[str, float]:
    routes = watched.patient.views.book.routes
    return {
        link.route: float(link.route in routes and routes[link.route].is_up)
        for link in watched.patient.spine.links
    }


def _call_failures(watched: Watched) -> Mapping[str, float]:
    links = watched.patient.spine.links
    return {link.route: link.standing()["total_failures"] for link in links}


def _heard_ages(watched: Watched) -> Mapping[str, float]:
    links = watched.patient.spine.links
    return {
        link.route: (watched.now - link.last_heard).total_seconds()
        for link in links if link.last_heard is not None
    }


def _reconciled_ages(watched: Watched) -> Mapping[str, float]:
    looked = watched.patient.spine.reconciler.looked
    return {route: (watched.now - at).total_seconds() for route, at in looked.items()}


def _quote_ages(watched: Watched) -> Mapping[str, float]:
    """Tell of what is held or worked first, then of the market's symbols in their order."""
    spine, book = watched.patient.spine, watched.patient.views.book
    symbols: dict[str, None] = {}
    for stakes in book.exposure.accounts.values():
        symbols |= dict.fromkeys(stakes.by_symbol)
    symbols |= dict.fromkeys(book.instruments)
    quotes = ((symbol, spine.facts.quotes.get(symbol)) for symbol in symbols)
    found = [(symbol, quote.as_of) for symbol, quote in quotes if quote is not None]
    return {s: (watched.now - as_of).total_seconds() for s, as_of in found[:SERIES_MAX]}


def _in_doubt(watched: Watched) -> float:
    return sum(s.in_doubt for s in watched.patient.views.book.orders.working.values())


_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM
TRADING: Final = (
    Metric("tradebot_intents_received_total", _C, "Intents taken in.",
           one(lambda w: w.counts.received)),
    Metric("tradebot_intents_held_total", _C, "Times an intent had to wait, by reason.",
           each(lambda w: w.counts.held), ("reason",)),
    Metric("tradebot_intents_refused_total", _C, "Intents refused, by reason.",
           each(lambda w: w.counts.refused), ("reason",)),
    Metric("tradebot_intents_open", _G, "Intents that are neither finished nor refused.",
           one(lambda w: len(w.patient.views.book.intents.open))),
    Metric("tradebot_gate_walks_total", _C, "Walks on which all gates were asked.",
           one(lambda w: w.counts.walks)),
    Metric("tradebot_gate_objections_total", _C, "Answers of gates that did not allow.",
           _objections, ("gate", "verdict")),
    Metric("tradebot_orders_submitted_total", _C, "Orders written down to be sent, by route.",
           each(lambda w: w.counts.submitted), ("route",)),
    Metric("tradebot_orders_never_left_total", _C, "Orders that provably never left.",
           one(lambda w: w.counts.never_left)),
    Metric("tradebot_orders_ended_total", _C, "Orders that finished, by their last status.",
           each(lambda w: w.counts.ended), ("status",)),
    Metric("tradebot_orders_working", _G, "Orders at work.",
           one(lambda w: len(w.patient.views.book.orders.working))),
    Metric("tradebot_orders_in_doubt", _G, "Orders of which nobody knows whether they arrived.",
           one(_in_doubt)),
    Metric("tradebot_orders_doubted_total", _C, "Times an order came in doubt.",
           one(lambda w: w.counts.doubts)),
    Metric("tradebot_cancels_requested_total", _C, "Cancels asked of brokers.",
           one(lambda w: w.counts.cancels)),
    Metric("tradebot_replaces_requested_total", _C, "Changes asked of brokers.",
           one(lambda w: w.counts.replaces)),
    Metric("tradebot_fills_total", _C, "Executions booked.", one(lambda w: w.counts.fills)),
    Metric("tradebot_reports_ignored_total", _C, "Reports that changed nothing, by reason.",
           each(lambda w: w.counts.ignored), ("reason",)),
    Metric("tradebot_order_step_seconds", _H,
           "How long an order took to each step since the one before; total: from arrival to fill.",
           _steps, ("step",)),
    Metric("tradebot_drafts_waiting", _G, "Drafts that wait for a person.",
           one(lambda w: w.patient.views.drafts.counts()["waiting"])),
    Metric("tradebot_dead_letters_waiting", _G, "Orders that no broker would take.",
           one(lambda w: w.patient.views.dead_letters.pending)),
    Metric("tradebot_reconciliation_breaks_open", _G, "Differences from statements that stand.",
           one(lambda w: len(w.patient.views.book.recon.breaks))),
    Metric("tradebot_reconciliation_breaks_total", _C, "Differences found.",
           one(lambda w: w.counts.breaks)),
    Metric("tradebot_reconciliation_age_seconds", _G, "Since a route was last compared.",
           each(_reconciled_ages), ("route",)),
    Metric("tradebot_route_up", _G, "Whether a route is up.", each(_routes_up), ("route",)),
    Metric("tradebot_route_heard_age_seconds", _G, "Since a broker last stated its account.",
           each(_heard_ages), ("route",)),
    Metric("tradebot_route_failures_total", _C, "Calls to a broker that failed.",
           each(_call_failures), ("route",)),
    Metric("tradebot_route_breaker", _G, "1 for the state that a route's breaker is in.",
           _breakers, ("route", "state")),
    Metric("tradebot_quotes_known", _G, "Symbols with a quote.",
           one(lambda w: len(w.patient.spine.facts.quotes))),
    Metric("tradebot_quote_age_seconds", _G,
           f"How old a symbol's quote is; of {SERIES_MAX} symbols at most, those in use first.",
           each(_quote_ages), ("symbol",)),
)
