"""How does an old line reach today's classes? Renamed classes and functions over old fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Fields: TypeAlias = dict[str, Any]
Lift: TypeAlias = Callable[[Fields], Fields]


@dataclass(frozen=True, slots=True)
class Upcasts:
    """`lifted` is keyed by the name in the old line; `renamed` tells today's name for it.

    Lifted is what does not fit today's class: a new meaning under old fields needs a new class.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    lifted: Mapping[str, Lift] = field(default_factory=dict)

    def today(self, name: str) -> str:
        return self.renamed.get(name, name)


def _with_order_rows(name: str) -> Lift:
    """Lift a broker's statement of before its working orders had rows: they were ids alone."""
    def lift(fields: Fields) -> Fields:
        stated = fields.get(name)
        if not isinstance(stated, dict) or not stated.get("working"):
            return fields
        rows = [{"cl_ord_id": o} if isinstance(o, str) else o for o in stated["working"]]
        return {**fields, name: {**stated, "working": rows}}

    return lift


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
    "ConnectRoute": _with_order_rows("statement"), "RouteConnected": _with_order_rows("opening"),
    "BreakFound": _with_drift, "StagesPassed": _with_a_row, "ReplaceRequested": _with_a_row,
})
