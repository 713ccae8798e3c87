"""Which settings hold? Defaults, then the file, .env, the environment, the command line."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tradebot.core.gates.routes import KIND_OF_MODE
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import SYMBOL
from tradebot.core.model.intent import RESERVED_OWNERS
from tradebot.core.model.settings import Mode, RouteKind, Settings
from tradebot.shell.settings import environment
from tradebot.shell.settings.desk_checks import about_desk
from tradebot.shell.settings.digest import settings_digest
from tradebot.shell.settings.document import (
    ConfigError,
    Items,
    Node,
    Place,
    Scalar,
    Section,
    joined,
    problem,
    quoted,
)
from tradebot.shell.settings.environment import Overlay
from tradebot.shell.settings.file import Files, read_bytes
from tradebot.shell.settings.fill import fill
from tradebot.shell.settings.migrate import migrated
from tradebot.shell.settings.place import find
from tradebot.shell.settings.promotion_checks import about_promotion
from tradebot.shell.settings.ranges import KeyPath, out_of_range
from tradebot.shell.settings.sections import RouteSection, Sections

__all__ = ["Config", "ConfigError", "Section", "fill", "find", "load"]

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_ROUTE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", re.ASCII)
_BUILT_IN: Final = {  # no configuration makes more of a simulator than it is
    "paper": (RouteKind.PAPER, RouteKind.SHADOW), "mock": (RouteKind.MOCK, RouteKind.SHADOW),
}


@fact
class Config(Sections):
    """A configuration that holds together; `data_dir` is always set here.

    `document` is what was said, and where: the file with all that was laid over it. `files` are
    those that it came from, as they were read; `again` reads anew what they say by then.
    """

    data_dir: Path
    source: Path
    document: Section
    files: Mapping[Path, bytes] = field(repr=False, compare=False)
    again: Callable[[Files], "Config"] = field(repr=False, compare=False)
    warnings: tuple[str, ...] = ()

    def decisive(self) -> Settings:
        """Return what core decides by; a feed's own age limit stands above the policy's."""
        policy, age = self.policy, self.market_data.quote_age_max_s
        return Settings(
            mode=self.mode, promotion=self.promotion.strategy,
            eligible=self.promotion.eligible, caps=self.promotion.caps,
            windows=self.promotion.windows if self.promotion.by_window else (),
            approvers_min=self.promotion.approvers_min,
            routes=tuple(n for n, route in self.brokers.items() if route.shadow_of is None),
            primary_calendar=self.schedule.calendar,
            policy=policy if age is None else replace(policy, quote_age_max_s=age),
            intent_ttl_s=self.orders.intent_ttl_s, send_within_s=self.orders.send_within_s,
            staging=self.staging.enabled, approval_ttl_s=self.staging.approval_ttl_s,
            recon_cash_tolerance=self.reconcile.cash_tolerance,
            recon_adopts_orders=self.reconcile.unknown_orders == "adopt",
            draft_ttl_s=self.staging.draft_ttl_s, order_timeout_s=self.orders.timeout_s,
            order_check_s=self.orders.check_every_s, record_all=self.staging.record_all,
            trust=self.promotion.trust, ladder=self.promotion.ladder, loosen=self.promotion.loosen,
        )

    def route_kind(self, route: str) -> RouteKind:
        """Return the kind given, else what adapter and mode say."""
        return _kind(self.brokers[route], self.mode)

    @property
    def settings_hash(self) -> str:
        """Digest all that can change a decision: no paths, ports or log settings."""
        sections = {field.name: getattr(self, field.name) for field in fields(Sections)}
        return settings_digest((self.decisive(), sections))


def load(
    path: Path, *, environ: Mapping[str, str], overrides: Mapping[str, str] = _NONE,
    files: Files | None = None,
) -> Config:
    """Read, overlay and check a configuration; raise ConfigError with everything that is wrong."""
    files = files or Files()
    root, renames = migrated(files.read(path))
    warnings = [f"{rename}; tradebot config migrate writes it so" for rename in renames]
    dotenv = path.parent / ".env"
    inherited = environment.from_dotenv(read_bytes(dotenv), str(dotenv)) if dotenv.exists() else {}
    changes = [
        *environment.overlays(inherited, warnings),
        *environment.overlays(environment.from_process(environ), warnings),
        *environment.from_command_line(overrides),
    ]
    root, problems = _overlaid(root, changes, path.parent, files)
    try:
        sections = fill(Sections, root)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from None
    problems.extend(_disagreements(sections, root))
    if problems:
        raise ConfigError(problems)
    values = {f.name: getattr(sections, f.name) for f in fields(Sections)}
    values["data_dir"] = sections.data_dir or _default_data_dir(sections.mode, environ)
    told = (*warnings, *_idle(sections), *_exposed(sections))
    return Config(
        **values, source=path, document=root, files=files.said, warnings=told,
        again=lambda anew: load(path, environ=environ, overrides=overrides, files=anew),
    )


def _default_data_dir(mode: Mode, environ: Mapping[str, str]) -> Path:
    given = environ.get("STATE_DIRECTORY", "").split(":")[0]  # systemd lists several by colons
    return Path(given) if given else Path("data") / mode.value


def _overlaid(
    root: Section, changes: Sequence[Overlay], beside: Path, files: Files
) -> tuple[Section, list[str]]:
    """Lay the changes over the file; the policy's own file is read before its limits change."""
    problems: list[str] = []
    whole = [change for change in changes if change.path == ("policy",)]
    others = [change for change in changes if change.path != ("policy",)]
    root = environment.apply(root, whole, problems)
    try:
        root = _with_policy(root, beside, files)
    except ConfigError as error:
        problems.extend(error.problems)
        kept = {key: node for key, node in root.entries.items() if key != "policy"}
        root = replace(root, entries=kept)
    return environment.apply(root, others, problems), problems


def _with_policy(root: Section, beside: Path, files: Files) -> Section:
    """Read the policy where it is a file, and its events where these are one beside it."""
    root, beside = _with_file(root, ("policy",), (beside, files), "a section of limits")
    events = ("policy", "desk", "events")
    return _with_file(root, events, (beside, files), "a section of dates")[0]


def _with_file(
    section: Section, path: Sequence[str], found_in: tuple[Path, Files], otherwise: str
) -> tuple[Section, Path]:
    """Put the file that a key names in its place; return in which folder that was found, too."""
    key, *deeper = path
    beside, files = found_in
    inner = section.entries.get(key)
    if deeper:
        if not isinstance(inner, Section):
            return section, beside
        inner, beside = _with_file(inner, deeper, found_in, otherwise)
    elif isinstance(inner, Scalar):
        file = beside / inner.text
        if not inner.text.strip() or not files.has(file):
            expected = f"a file (looked for {file}) or {otherwise}"
            name = joined(section.path, key)
            raise ConfigError([problem(inner.place, name, expected, quoted(inner.text))])
        inner, beside = files.read(file), file.parent
    return section if inner is None else replace(
        section, entries={**section.entries, key: inner}
    ), beside


def _kind(route: RouteSection, mode: Mode) -> RouteKind:
    if route.shadow_of is not None:
        return RouteKind.SHADOW
    if route.kind is not None:
        return route.kind
    if route.adapter in _BUILT_IN:
        return _BUILT_IN[route.adapter][0]
    if mode is Mode.STAGE:
        return RouteKind.PAPER
    return RouteKind.LIVE if mode is Mode.LIVE_BLOCKED else RouteKind(mode.value)


def _idle(sections: Sections) -> Iterator[str]:
    """Tell where no route is of the mode's kind: then the daemon runs, and refuses every order."""
    wanted = KIND_OF_MODE.get(sections.mode)
    kinds = {_kind(route, sections.mode) for route in sections.brokers.values()}
    if wanted is not None and kinds and wanted not in kinds:
        yield f"mode {sections.mode}: no route is {wanted}, so every order will be refused"


def _exposed(sections: Sections) -> Iterator[str]:
    """Tell where more than this machine can reach the API."""
    if sections.api.is_exposed:
        host = sections.api.host
        yield f"api.host {host}: the API LISTENS BEYOND THIS MACHINE, without TLS"


def _disagreements(sections: Sections, root: Section) -> Iterator[str]:
    """Find what is wrong though each value alone fits its type."""
    for path, expected, got in (
        *_about_routes(sections), *_about_strategies(sections),
        *out_of_range(("policy",), sections.policy),
        *out_of_range(("promotion",), sections.promotion),
        *about_promotion(sections), *about_desk(sections.policy.desk),
    ):
        yield problem(_place(root, path), _shown(path), expected, got)


def _about_routes(sections: Sections) -> Iterator[tuple[KeyPath, str, str]]:
    for name, route in sections.brokers.items():
        if not _ROUTE.fullmatch(name):  # a directory is called by it
            expected = "a name of up to 32 letters, digits, `-` and `_`"
            yield ("brokers",), expected, quoted(name)
        kinds = _BUILT_IN.get(route.adapter, ())
        if kinds and route.kind not in (None, *kinds):
            expected = f"{' or '.join(kinds)} for this adapter"
            yield ("brokers", name, "kind"), expected, quoted(str(route.kind))
        if _kind(route, sections.mode) is RouteKind.SHADOW and not kinds:
            expected = f"{' or '.join(_BUILT_IN)} for a shadow: they send nothing real"
            yield ("brokers", name, "adapter"), expected, quoted(route.adapter)
        yield from _about_shadow(sections, name, route)
    if sections.mode is Mode.SHADOW and not any(r.shadow_of for r in sections.brokers.values()):
        yield ("mode",), "a route with `shadow_of` among brokers", quoted(sections.mode.value)


def _about_shadow(
    sections: Sections, name: str, route: RouteSection
) -> Iterator[tuple[KeyPath, str, str]]:
    """A copy must never reach a real account: whoever records is a simulator of our own."""
    if route.shadow_of is None:
        return
    path = ("brokers", name, "shadow_of")
    trading = [n for n, other in sections.brokers.items() if other.shadow_of is None]
    if route.shadow_of not in trading:
        yield path, f"a route that trades ({', '.join(trading) or 'none'})", quoted(route.shadow_of)
    if route.kind not in (None, RouteKind.SHADOW):
        yield ("brokers", name, "kind"), "shadow, because it records", quoted(str(route.kind))


def _about_strategies(sections: Sections) -> Iterator[tuple[KeyPath, str, str]]:
    seen: set[str] = set()
    for at, strategy in enumerate(sections.strategies):
        if strategy.strategy_id in seen:
            yield ("strategies", at), "an id of its own", quoted(strategy.strategy_id)
        if strategy.strategy_id in RESERVED_OWNERS:
            expected = f"an id that is none of {', '.join(sorted(RESERVED_OWNERS))}"
            yield ("strategies", at), expected, quoted(strategy.strategy_id)
        seen.add(strategy.strategy_id)
        for place, symbol in enumerate(strategy.symbols):
            if not SYMBOL.fullmatch(symbol):
                expected = "a symbol in capitals such as SPY"
                yield ("strategies", at, "symbols", place), expected, quoted(symbol)


def _place(root: Section, path: KeyPath) -> Place:
    node: Node | None = root
    place = root.place
    for key in path:
        if isinstance(node, Section) and isinstance(key, str):
            place, node = node.places.get(key, place), node.entries.get(key)
        elif isinstance(node, Items) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            place = node.place
    return place


def _shown(path: KeyPath) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)[1:]
