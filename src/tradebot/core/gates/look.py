"""What does a walk look at? One intent, the book, the facts, and what many gates ask alike.

Nothing changes the book in a walk but the choice of the route, which is the one foreseen here; so
whatever is worked out once holds to its end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from tradebot.core.book.book import Book
from tradebot.core.book.exposure import Bet, Stakes
from tradebot.core.book.intents import IntentState
from tradebot.core.book.ledger import Account
from tradebot.core.gates import cover, known, loss, opened, stake, worth
from tradebot.core.gates.answers import ALLOW, Allowed, Objection, lacks
from tradebot.core.model.desk_policy import StructureRule
from tradebot.core.model.facts import Facts, OptionFact, Quote, VolatilityFact
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.intent import Leg
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import mark_need, quote_need, route_need

T = TypeVar("T")


class Once(Generic[T]):
    """An attribute that is worked out when it is first asked for, and then stands."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work = work
        self._name = work.__name__

    def __get__(self, look: Any, owner: type) -> T:
        found = look.__dict__[self._name] = self._work(look)
        return found


@dataclass(slots=True)
class Opening:
    """Whose money it is, what stands in it, what the order opens, what other orders have taken.

    `worth` and `loss` are of what opens, `reserved` and `at_risk` the same of all other orders and
    approved intents, `taken` is the risk of what filled today. `added` is what each leg adds to
    what stands: its even share, less what a changed order holds already.
    """

    account: Account
    equity: Decimal
    stakes: Stakes
    worth: Decimal
    loss: Decimal
    reserved: Decimal
    at_risk: Decimal
    taken: Decimal
    added: Decimal


class Look:
    def __init__(self, book: Book, intent: IntentState, facts: Facts, at: datetime) -> None:
        self.book = book
        self.intent = intent
        self.facts = facts
        self.at = at
        self.body = intent.body
        self.policy = book.settings.policy

    @Once
    def quotes(self) -> tuple[tuple[Leg, Quote | None], ...]:
        """Every leg with its quote, None where there is none."""
        return tuple([(leg, self.facts.quote(leg.symbol)) for leg in self.body.legs])

    @Once
    def underlyings(self) -> dict[str, list[str]]:
        """What its legs stand or fall with, and the symbols of those that do with each."""
        found: dict[str, list[str]] = {}
        for leg in self.body.legs:
            found.setdefault(bet_on(leg.symbol)[0], []).append(leg.symbol)
        return found

    @Once
    def account_name(self) -> str | None:
        """The account it would trade in: that of the route which stage 4 would choose.

        Where it would choose none, the first known route's: the gates still have numbers to show.
        """
        return worth.account_of(self.book, self.intent)

    @Once
    def opening_qty(self) -> Decimal:
        """How much of the order opens risk; all of it where nobody knows the account."""
        if self.account_name is None:
            return self.body.order_qty
        return worth.opening_qty(self.book, self.account_name, self.intent)

    @Once
    def is_closing(self) -> bool:
        """Does the order only close what is held?"""
        return self.account_name is not None and not self.opening_qty > 0

    @Once
    def has_options(self) -> bool:
        return any([opened.is_option(self.book.terms(leg.symbol)) for leg in self.body.legs])

    @Once
    def options(self) -> opened.OpenedOptions | None:
        """The options that the order opens, None where it opens none."""
        name = self.account_name
        found = opened.opened_by(self.book, name, self.intent)
        if found is None or found.strategy is not None or name is None:
            return found
        return found.beside(self.free_shares)

    @Once
    def stands(self) -> list[opened.Signed]:
        """What is held in its account, with what may yet be sold of it."""
        return cover.stands(self.book, self.account_name or "", self.intent)

    @Once
    def free_shares(self) -> Mapping[str, Decimal]:
        """The shares of its account that cover no call yet, by their symbol."""
        return cover.free_shares(self.stands)

    @Once
    def rule(self) -> StructureRule | None:
        """The desk's rule for the structure that opens, None where it has none."""
        opens = self.options
        return None if opens is None else self.policy.desk.rule_for(opens.strategy)

    def option_of(self, symbol: str) -> OptionFact | Objection:
        return known.option(self.facts, self.policy, self.at, symbol)

    def volatility_of(self, underlying: str) -> VolatilityFact | Objection:
        return known.volatility(self.facts, self.policy, self.at, underlying)

    def middle_of(self, symbol: str) -> Decimal | Objection:
        return known.mid(self.facts, self.policy, self.at, symbol)

    @Once
    def unit_worth(self) -> Decimal | None:
        return worth.unit_worth(self.book, self.body, self.facts)

    @Once
    def funded(self) -> Account | Objection:
        """The account that pays; what to wait for where nobody knows how much money there is."""
        account = self.book.ledger.accounts.get(self.account_name or "")
        if account is None:
            return lacks(route_need(self.body.route or ""))
        if account.unmarked:
            return lacks(mark_need(next(iter(account.unmarked))))
        return account

    @Once
    def opening(self) -> Opening | Allowed | Objection:
        """What opens. Where nothing does, or nobody knows, this is the answer of every gate on it.

        What closes a position is free of every limit on money and of every loss halt.
        """
        account = self.funded
        if isinstance(account, Objection):
            return account
        qty = self.opening_qty
        if not qty:
            return ALLOW
        unit = self.unit_worth
        if unit is None:
            return lacks(quote_need(self.body.legs[0].symbol))
        lost = loss.unit_loss(self.book, self.body, self.facts, unit, self._cover(qty))
        return self.beside(account, unit * qty, lost * qty)

    def beside(self, account: Account, value: Decimal, lost: Decimal) -> Opening:
        """Set what opens, by its worth and what it can lose, beside what stands."""
        book, intent, name, count = self.book, self.intent, self.account_name, len(self.body.legs)
        assert name is not None  # the account was found by its name
        changed = intent.replaces.counted.reserved if intent.replaces is not None else ZERO
        return Opening(
            account=account, equity=account.equity, stakes=book.exposure.of(name), worth=value,
            loss=lost, reserved=book.reserved(name, intent), at_risk=book.at_risk(name, intent),
            taken=book.orders.taken.get(name, ZERO),
            added=value - changed if count == 1 else (value - changed) / count,
        )

    def _cover(self, qty: Decimal) -> Mapping[str, Decimal]:
        """Return what shares one of so many units has for its cover; shares need none."""
        if not self.has_options:
            return {}
        return {name: shares / qty for name, shares in self.free_shares.items()}

    @Once
    def bets(self) -> dict[str, Bet]:
        """The underlyings that the order bets on, as they would stand once it filled."""
        opening = self.opening
        assert isinstance(opening, Opening)  # who asks has looked
        return stake.bets_then(opening.stakes, self.body.legs, opening.added)

    @property
    def reserves(self) -> tuple[Decimal, Decimal]:
        """What the order would reserve, and what of it can be lost: just what the gates let in."""
        opening = self.opening
        assert not isinstance(opening, Objection)  # or the gates had not passed
        return (opening.worth, opening.loss) if isinstance(opening, Opening) else (ZERO, ZERO)
