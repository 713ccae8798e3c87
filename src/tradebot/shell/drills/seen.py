"""What is true just now? The broker's books and ours, by the names that a script gave."""

from collections.abc import Mapping
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.events import IntentRefused
from tradebot.core.model.ids import IntentId, keyed_intent_id
from tradebot.core.model.order import LIVE
from tradebot.shell.simulate.people import People
from tradebot.shell.simulate.venue import Placed
from tradebot.shell.simulate.world import World


class Seen:
    """Looks at the world of a drill; it changes nothing."""

    def __init__(self, world: World, people: People, symbol: str) -> None:
        self._world = world
        self._people = people
        self._symbol = symbol

    @property
    def book(self) -> Book:
        process = self._people.process
        return process.engine.book if process is not None and process.engine else Book()

    def placed(self, name: str) -> Placed | None:
        """Return the order as the broker has it."""
        wanted = intent_of(name)
        orders = self._world.venue.orders.values()
        return next((order for order in orders if order.intent == wanted), None)

    def known(self, name: str) -> OrderState | None:
        """Return the order as we have it."""
        placed, wanted = self.placed(name), intent_of(name)
        if placed is not None:
            return self.book.orders.find(placed.ids[0])
        working = self.book.orders.working.values()
        return next((state for state in working if state.intent_id == wanted), None)

    def filled(self, name: str) -> Decimal:
        state = self.known(name)
        return state.order.cum_qty if state is not None else Decimal(0)

    def refusal(self, name: str) -> str | None:
        """Return why an intent was refused, None if it was not."""
        for decision in self._world.referee.published.values():
            for event in decision.events:
                if isinstance(event, IntentRefused) and event.intent_id == intent_of(name):
                    return f"{event.reason} {event.detail}".strip()
        return None

    def is_kept(self, name: str) -> bool:
        """Tell whether an order that has not left waits for its time, or for a person."""
        intents = self.book.intents
        return intent_of(name) in intents.open or intent_of(name) in intents.dead

    def standing(self, name: str) -> str:
        """Say in one word how it stands with an order."""
        state = self.known(name)
        if state is not None and not state.has_never_left:
            standing = state.order.standing
            return "working" if standing in LIVE and not state.in_doubt else str(standing)
        if self.refusal(name) is not None:
            return "refused"
        return "held" if intent_of(name) in self.book.intents.open else "unknown"

    def count(self, what: str) -> object:
        """Count what a script may expect a number of."""
        book, world = self.book, self._world
        nets = (nets.get(self._symbol) for nets in book.ledger.nets.values())
        counts: Mapping[str, object] = {
            "broker orders": len(world.venue.orders),
            "broker working": len(world.venue.working()),
            "submits": world.referee.count["submits sent"],
            "failures": world.referee.count["failures"],
            "starts": world.referee.count["starts"],
            "doubts": sum(state.in_doubt for state in book.orders.working.values()),
            "orders today": book.flow.orders_today,
            "position": sum(net.qty for net in nets if net is not None),
            "halts": len(book.halted),
            "kills": int(book.kill_reason is not None),
        }
        return counts[what]


def key_of(name: str) -> str:
    return f"drill-{name}"


def intent_of(name: str) -> IntentId:
    return keyed_intent_id(key_of(name))

