"""How does an old line reach today's classes? Renamed classes and functions over old fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tradebot.core.model.capabilities import IdMemory, ReplaceKind
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.core.model.settings import RouteKind

Fields: TypeAlias = dict[str, Any]
Lift: TypeAlias = Callable[[Fields], Fields]

_TIMES: Final = tuple(TimeInForce)


@dataclass(frozen=True, slots=True)
class Upcasts:
    """`lifted` is keyed by the name in the old line; `renamed` tells today's name for it.

    Lifted is what does not fit today's class: a new meaning under old fields needs a new class.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    lifted: Mapping[str, Lift] = field(default_factory=dict)

    def today(self, name: str) -> str:
        return self.renamed.get(name, name)


def _route(statement: str) -> Lift:
    """Lift what was said of a route: its statement, and what its broker can do."""
    return lambda fields: _with_order_rows(_with_takes(fields), statement)


def _with_order_rows(fields: Fields, name: str) -> Fields:
    """Lift a broker's statement of before its working orders had rows: they were ids alone."""
    stated = fields.get(name)
    if not isinstance(stated, dict) or not stated.get("working"):
        return fields
    rows = [{"cl_ord_id": o} if isinstance(o, str) else o for o in stated["working"]]
    return {**fields, name: {**stated, "working": rows}}


def _with_takes(fields: Fields) -> Fields:
    """Lift capabilities of before there was a table of what is taken.

    What nobody asked then was no obstacle: quantities, hours, and whose money it was.
    """
    then = fields.get("capabilities")
    if not isinstance(then, dict) or "takes" in then:
        return fields
    types = then.get("ord_types", [*OrdType])
    now = {
        "takes": [
            {"asset_class": a, "ord_type": t, "times_in_force": then.get("times_in_force", _TIMES)}
            for a in then["asset_classes"] for t in types
        ],
        "replaces": ReplaceKind.IN_PLACE if then.get("can_replace") else ReplaceKind.NONE,
        "id_memory": IdMemory.FOREVER if then.get("remembers_ids_for_ever") else IdMemory.NONE,
        "fractional": [*AssetClass], "outside_hours": types,
        "real_money": fields["kind"] == RouteKind.LIVE,
    }
    kept = ("legs_max", "allows_short", "absence_is_proof", "messages_per_s")
    now.update((name, then[name]) for name in kept if name in then)
    return {**fields, "capabilities": now}


def _with_drift(fields: Fields) -> Fields:
    """Lift a break of before breaks had kinds."""
    if "drift" in fields:
        return fields
    return {"drift": {"kind": "cash" if fields["subject"] == "cash" else "position", **fields}}


def _with_a_row(fields: Fields) -> Fields:
    """Lift readings of before they stood in one text."""
    readings = fields.get("readings")
    return {**fields, "readings": ",".join(readings)} if isinstance(readings, list) else fields


# A field that is new has a default, and needs no line here.
UPCASTS: Final = Upcasts(lifted={
    "ConnectRoute": _route("statement"), "RouteConnected": _route("opening"),
    "BreakFound": _with_drift, "StagesPassed": _with_a_row, "ReplaceRequested": _with_a_row,
})
