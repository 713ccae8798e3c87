"""How is a story played? Each line is a command at a time; what follows it is told back.

    09:30:05  intent buy 10 SPY limit 500.00
            > what happened

Times are New York's. Lines that are no command set the scene (`quote`, `latch`) or look at the
book (`look C1`, `look sma SPY`, `look account`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

from tests import makers
from tests.stories import options
from tests.stories.telling import NEW_YORK, Names, tell

from tradebot.core.book.book import Book
from tradebot.core.model import commands as c
from tradebot.core.model.events import Event
from tradebot.core.model.facts import Reads
from tradebot.core.model.ids import ClOrdID, IntentId, StrategyId
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, Source, TimeInForce
from tradebot.core.model.money import parse_decimal, plain
from tradebot.core.model.reason import Need
from tradebot.core.model.report import Holding, LegFill, Report
from tradebot.core.model.settings import Mode, Promotion, RouteKind, Settings
from tradebot.core.model.trust import Trust, TrustLadder
from tradebot.core.model.window import PromotionWindow
from tradebot.core.pipeline.handle import handle

Words = Sequence[str]
DAY: Final = (2026, 8, 24)
INDENT: Final = " " * 8


@dataclass
class Told:
    """One decision of the story, as the journal would keep it."""

    at: datetime
    command: c.Command
    reads: Reads
    events: tuple[Event, ...]


@dataclass
class Stage:
    """The scene of one story: the book, the facts on hand and the names given so far."""

    book: Book = field(default_factory=Book)
    facts: makers.Known = field(default_factory=makers.Known)
    names: Names = field(default_factory=Names)
    told: list[Told] = field(default_factory=list)
    now: datetime = makers.OPEN

    def decide(self, command: c.Command) -> list[str]:
        facts = self.facts
        reads = Reads(
            quotes=tuple(facts.quotes.values()), latch=facts.latched,
            options=tuple(facts.options.values()),
            volatilities=tuple(facts.volatilities.values()),
        )
        events = tuple(handle(self.book, command, self.facts, self.now))
        self.told.append(Told(at=self.now, command=command, reads=reads, events=events))
        return [tell(event, self.names) for event in events]


def play(text: str) -> tuple[str, Stage]:
    """Play a story; return it with what happened now, and the scene at its end."""
    stage, lines = Stage(), list[str]()
    for command in (
        c.ActivateSettings(settings=makers.some_settings(), version="test"),
        c.DefineInstruments(instruments=makers.some_instruments()),
        makers.a_route(),
    ):
        stage.decide(command)
    for line in text.splitlines():
        if line.strip().startswith(">"):
            continue
        lines.append(line)
        if line.strip() and not line.startswith("#"):
            clock, verb, *words = line.split()
            hour, minute, second = map(int, clock.split(":"))
            stage.now = datetime(*DAY, hour, minute, second, tzinfo=NEW_YORK).astimezone(
                makers.OPEN.tzinfo
            )
            lines += [f"{INDENT}> {told}" for told in _do(stage, verb, words)]
    return "\n".join(lines) + "\n", stage


def _do(stage: Stage, verb: str, words: Words) -> Iterator[str]:
    if verb in SCENE:
        yield from SCENE[verb](stage, words)
    else:
        yield from stage.decide(COMMANDS[verb](stage, words)) or ["nothing"]


def _quote(stage: Stage, words: Words) -> Sequence[str]:
    symbol, bid, ask = words
    stage.facts.quotes[symbol] = makers.a_quote(symbol, bid, ask, stage.now)
    return []


def _latch(stage: Stage, words: Words) -> Sequence[str]:
    stage.facts.latched = None if words[0] == "off" else " ".join(words)
    return []


def _look(stage: Stage, words: Words) -> Sequence[str]:
    if words[0] == "account":
        account = stage.book.ledger.accounts[makers.ACCOUNT]
        reserved = stage.book.orders.reserved.get(makers.ACCOUNT, Decimal(0))
        numbers = {
            "cash": account.cash, "realized": account.realized, "fees": account.fees,
            "equity": account.equity, "reserved": reserved,
        }
        return [" ".join(f"{name} {plain(value)}" for name, value in numbers.items())]
    if words[0] == "trust":
        kind, settings = RouteKind(words[2]), stage.book.settings
        lacks = stage.book.records.lacks(words[1], kind, settings.ladder)
        return [f"{words[1]} lacks for {kind}: {', '.join(lacks) or 'nothing'}"]
    state = stage.book.orders.find(stage.names.full(words[0]))
    if state is None and len(words) == 1:
        return [f"{words[0]} is no order"]
    if state is None:
        holding = stage.book.ledger.held_by(words[0], words[1])
        money = f"cost {plain(holding.cost)} realized {plain(holding.realized)}"
        return [f"{words[0]} holds {plain(holding.qty)} {words[1]} {money}"]
    order = state.order
    doubt = " in doubt" if state.in_doubt else ""
    average = f" at {plain(order.avg_px)}" if order.avg_px is not None else ""
    numbers_text = f"filled {plain(order.cum_qty)}{average} leaves {plain(order.leaves_qty)}"
    return [f"{words[0]} {order.ord_status}{doubt} {numbers_text}"]


def _pairs(words: Words) -> dict[str, str]:
    return dict(zip(words[::2], words[1::2], strict=True))


def _intent(stage: Stage, words: Words) -> c.SubmitIntent:
    side, qty, symbol, *rest = words
    return c.SubmitIntent(intent=_body((Leg(symbol=symbol, side=Side(side)),), qty, rest))


def _combo(stage: Stage, words: Words) -> c.SubmitIntent:
    qty, *rest = words
    legs = tuple(
        Leg(symbol=word.partition(":")[2], side=Side(word.partition(":")[0]))
        for word in rest if ":" in word
    )
    return c.SubmitIntent(intent=_body(legs, qty, [word for word in rest if ":" not in word]))


def _body(legs: tuple[Leg, ...], qty: str, rest: Words) -> Intent:
    said = _pairs(rest)
    price, stop = said.get("limit"), said.get("stop")
    kind = {(False, False): "market", (True, False): "limit", (False, True): "stop"}
    owner = said.get("by", "sma")
    is_source = owner in tuple(Source)
    return Intent(
        legs=legs, order_qty=parse_decimal(qty),
        ord_type=OrdType(kind.get((price is not None, stop is not None), "stop_limit")),
        price=parse_decimal(price) if price else None,
        stop_px=parse_decimal(stop) if stop else None,
        time_in_force=TimeInForce(said.get("tif", "day")), key=said.get("key"),
        ttl_s=int(said["ttl"]) if "ttl" in said else None, route=said.get("route"),
        source=Source(owner) if is_source else Source.STRATEGY, rests=said.get("rests") == "yes",
        strategy_id=None if is_source else StrategyId(owner),
    )


def _report(stage: Stage, words: Words) -> Report:
    """Read `C1 trade X1 4 @501.12 fee 1`, `C1 trade_cancel X2 ref X1`, `C1 canceled`."""
    target, kind, *rest = words
    changes: dict[str, Any] = {}
    if rest and len(rest) % 2 and not rest[0].startswith("@"):
        changes["exec_id"], *rest = rest
    if len(rest) > 1 and rest[1].startswith("@"):
        qty, px, *rest = rest
        changes |= {"last_qty": qty, "last_px": px[1:]}
    said = _pairs(rest)
    changes |= {"exec_ref_id": said.get("ref"), "fee": said.get("fee", "0")}
    changes |= {"order_qty": said.get("qty"), "symbol": said.get("symbol")}
    if "orig" in said:
        changes["orig_cl_ord_id"] = ClOrdID(stage.names.full(said["orig"]))
    if "side" in said:
        changes["is_sell"] = said["side"] == "sell"
    if "legs" in said:
        legs = (pair.split("=") for pair in said["legs"].split(","))
        changes["legs"] = tuple(LegFill(symbol=s, last_px=parse_decimal(p)) for s, p in legs)
    return makers.a_report(kind, stage.names.full(target), **changes)


def _settings(stage: Stage, words: Words) -> c.ActivateSettings:
    said = _pairs(words)
    settings: Settings = stage.book.settings
    kinds = {name: type(getattr(settings.policy, name, None)) for name in said}
    policy = {
        name: kinds[name](parse_decimal(said[name]))
        for name in said if kinds[name] in (int, Decimal)
    }
    changed = replace(
        settings, staging=said.get("staging", "on") == "on",
        approval_ttl_s=int(said.get("approval_ttl_s", settings.approval_ttl_s)),
        mode=Mode(said.get("mode", settings.mode)),
        promotion=Promotion(said.get("promotion", settings.promotion)),
        approvers_min=int(said.get("approvers_min", settings.approvers_min)),
        eligible=tuple(said["eligible"].split(",")) if "eligible" in said else settings.eligible,
        windows=_windows(said["window"]) if "window" in said else settings.windows,
        trust=Trust(said.get("trust", settings.trust)), ladder=_ladder(settings.ladder, said),
        routes=tuple(said["routes"].split(",")) if "routes" in said else settings.routes,
        policy=replace(settings.policy, **policy),  # type: ignore[arg-type]
    )
    return c.ActivateSettings(settings=changed, version=f"at {stage.now:%H:%M:%S}Z")


def _windows(text: str) -> tuple[PromotionWindow, ...]:
    """Read `09:31-09:33`, by New York's clock."""
    starts, _, ends = text.partition("-")
    return (PromotionWindow(name="morning", starts=starts, ends=ends),)


def _ladder(ladder: TrustLadder, said: Mapping[str, str]) -> TrustLadder:
    """Read `paper.orders_min 2`."""
    bounds = [(*name.split("."), parse_decimal(said[name])) for name in said if "." in name]
    paper = {name: bound for step, name, bound in bounds if step == "paper"}
    live = {name: bound for step, name, bound in bounds if step == "live"}
    return replace(
        ladder, paper=replace(ladder.paper, **paper),
        live=replace(ladder.live, **live),
    )


def _session(stage: Stage, words: Words) -> c.EnterSession:
    """Read `XNYS trading`, or `XNYS trading closes 16:00` where its hours matter."""
    entered = makers.a_session(c.Phase(words[1].upper()), words[0])
    said = _pairs(words[2:])
    if "closes" not in said:
        return entered
    closes = datetime.combine(stage.now, time.fromisoformat(said["closes"]), NEW_YORK)
    return replace(
        entered, session=f"{stage.now:%F}", opens=makers.OPEN,
        closes=closes.astimezone(makers.OPEN.tzinfo), utc_offset_s=-4 * 3600,
    )


def _connect(stage: Stage, words: Words) -> c.ConnectRoute:
    """Read `paper cash 95000 SPY=10@500 kind paper account PAPER-1`."""
    holdings = tuple(
        Holding(symbol=symbol, qty=parse_decimal(held.partition("@")[0]))
        for symbol, _, held in (word.partition("=") for word in words if "=" in word)
    )
    said = _pairs([word for word in words[1:] if "=" not in word])
    statement = makers.a_statement(
        said["cash"], holdings=holdings, account=said.get("account", makers.ACCOUNT),
        as_of=stage.now,
    )
    kind = RouteKind(said.get("kind", "paper"))
    return makers.a_route(words[0], kind, statement=statement)


def _replace(stage: Stage, words: Words) -> c.RequestReplace:
    """Read `C1 by alice qty 20 limit 501`."""
    said = _pairs(words[1:])
    qty, price = said.get("qty"), said.get("limit")
    return c.RequestReplace(
        target=stage.names.full(words[0]), by=said["by"],
        order_qty=parse_decimal(qty) if qty else None,
        price=parse_decimal(price) if price else None,
    )


def _approve(stage: Stage, words: Words) -> c.Approve:
    """Read `I1 by alice`, for the content as it is, or `I1 by alice digest X`."""
    intent_id, said = IntentId(stage.names.full(words[0])), _pairs(words[1:])
    state = stage.book.intents.open.get(intent_id)
    digest = said.get("digest", state.body.digest() if state else "")
    return c.Approve(target=intent_id, digest=digest, by=said["by"])


def _kill(stage: Stage, words: Words) -> c.SetKillSwitch:
    """Read `kill on by alice enough`, or with `flatten` in the place of `on`."""
    state, _, by, *reason = words
    return c.SetKillSwitch(
        engaged=state != "off", reason=" ".join(reason), by=by, flatten=state == "flatten"
    )


def _control(stage: Stage, words: Words) -> c.SetControl:
    """Read `pause on by alice out for lunch`."""
    name, state, _, by, *reason = words
    return c.SetControl(
        control=c.Control(name), engaged=state == "on", reason=" ".join(reason), by=by
    )


SCENE: Final[Mapping[str, Callable[[Stage, Words], Sequence[str]]]] = {
    "quote": _quote, "latch": _latch, "look": _look, **options.SCENE,
}
COMMANDS: Final[Mapping[str, Callable[[Stage, Words], c.Command]]] = {
    **options.COMMANDS,
    "intent": _intent,
    "combo": _combo,
    "report": _report,
    "settings": _settings,
    "session": _session,
    "connect": _connect,
    "kill": _kill,
    "control": _control,
    "clear": lambda stage, words: c.ClearHalt(
        symbol=words[0], by=words[2], reason=" ".join(words[3:])
    ),
    "disconnect": lambda stage, words: c.DisconnectRoute(
        route=words[0], reason=" ".join(words[1:])
    ),
    "cancel": lambda stage, words: c.RequestCancel(target=stage.names.full(words[0]), by=words[2]),
    "replace": _replace,
    "flatten": lambda stage, words: c.Flatten(
        route=words[0], by="alice", statement=_connect(stage, words).statement
    ),
    "cancel-all": lambda stage, words: c.RequestCancelAll(
        by=words[1], symbol=words[2] if len(words) > 2 else None
    ),
    "delivery": lambda stage, words: c.ReportDelivery(
        cl_ord_id=ClOrdID(stage.names.full(words[0])), delivery=c.Delivery(words[1]),
        detail=" ".join(words[2:]),
    ),
    "approve": _approve,
    "reject": lambda stage, words: c.Reject(
        target=stage.names.full(words[0]), by=words[2], reason=" ".join(words[3:])
    ),
    "fact": lambda stage, words: c.FactArrived(needs=tuple(Need(word) for word in words)),
    "mark": lambda stage, words: c.Mark(
        quotes=(makers.a_quote(words[0], words[1], words[2], stage.now),)
    ),
    "breaker": lambda stage, words: c.SetBreaker(
        route=words[0], state=c.BreakerState(words[1]), reason=" ".join(words[2:])
    ),
    "retry": lambda stage, words: c.RetryDeadLetter(
        target=stage.names.full(words[0]), by=words[2], ttl_s=int(words[4])
    ),
    "discard": lambda stage, words: c.DiscardDeadLetter(
        target=stage.names.full(words[0]), by=words[2], reason=" ".join(words[3:])
    ),
    "tick": lambda stage, words: c.Tick(),
    "strategy": lambda stage, words: c.StrategyState(
        strategy_id=words[0], enabled=words[1] == "on", reason=" ".join(words[2:])
    ),
}
