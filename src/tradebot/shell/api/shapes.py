"""What do answers look like? Their JSON schemas: each row's keys, no more and no fewer.

Numbers that are money, prices or quantities travel as text; a time is ISO 8601 in UTC.
"""

from typing import Final

from tradebot.shell.api.bodies import Schema

TEXT: Final[Schema] = {"type": "string"}
MAYBE: Final[Schema] = {"type": ["string", "null"]}
COUNT_OF: Final[Schema] = {"type": "integer"}
FLAG: Final[Schema] = {"type": "boolean"}
LIST: Final[Schema] = {"type": "array"}
OBJECT: Final[Schema] = {"type": "object"}


def shape(
    *, text: str = "", maybe: str = "", count: str = "", flag: str = "", lists: str = "",
    **others: Schema,
) -> Schema:
    """Describe an object by its keys of each kind, all of which are always there."""
    kinds = ((text, TEXT), (maybe, MAYBE), (count, COUNT_OF), (flag, FLAG), (lists, LIST))
    properties = {name: schema for names, schema in kinds for name in names.split()} | others
    return {
        "type": "object", "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }


def having(names: str) -> Schema:
    """Describe an object by the keys that are always there, whatever else it tells."""
    return {"type": "object", "required": names.split()}


def listed(name: str, row: Schema) -> Schema:
    """Describe a document of rows under one key."""
    return {
        "type": "object", "properties": {name: {"type": "array", "items": row}},
        "required": [name], "additionalProperties": False,
    }


def maybe_of(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


LEGS: Final[Schema] = {"type": "array", "items": shape(text="symbol side ratio_qty")}
GATES: Final[Schema] = {
    "type": "array", "items": shape(text="gate verdict", maybe="reason limit actual"),
}
_ASKED_TEXT: Final = "symbol order_qty ord_type time_in_force source"
_ASKED_MAYBE: Final = "side price stop_px strategy_id user"
ORDER: Final = shape(
    text="client_order_id cl_ord_id intent_id submitted updated ord_status cum_qty leaves_qty"
    f" route account fees text {_ASKED_TEXT}",
    maybe=f"order_id avg_px realized {_ASKED_MAYBE}", count="attempt", flag="in_doubt is_open",
    legs=LEGS,
)
INTENT: Final = shape(
    text="intent_id received status stage verdict reason_detail idempotency_key expires"
    f" {_ASKED_TEXT}",
    maybe=f"reason_code route client_order_id {_ASKED_MAYBE}", lists="needs", legs=LEGS,
)
FILL: Final = shape(
    text="at exec_id client_order_id symbol side qty px cash fee strategy_id account",
    maybe="realized", count="seq", flag="is_external",
)
DRAFT: Final = having("draft_id status created_utc symbol ask digest draft_path expires_utc")
DEAD_LETTER: Final = having("intent_id status")
POSITION: Final = shape(
    text="account strategy_id symbol qty cost realized fees",
    maybe="avg_px mark marked value unrealized", count="trades",
)
EVENT: Final = shape(text="at event text", count="seq")
DECIDED: Final = shape(text="at event text", maybe="about", count="seq part")
RESULT: Final = shape(
    text="intent_id correlation_id idempotency_key stage verdict reason_detail expires ask",
    maybe="reason_code client_order_id draft_id draft_path until", flag="success is_open",
    lists="needs", order=maybe_of(ORDER), gates=GATES, events={"type": "array", "items": EVENT},
)
HELD: Final = shape(
    lists="structures loose", count="total", positions={"type": "array", "items": POSITION}
)
KILLED: Final = having("killed reason confirmed working in_flight statements flattened")
KILL: Final = having("killed reason cancel_requested refused in_flight to_flatten")
DISARMED: Final = shape(text="reason", flag="armed changed")
SWITCHED: Final = shape(text="strategy_id reason", flag="is_enabled changed")
ANSWERED: Final = shape(draft=DRAFT, result=RESULT)
REVISED: Final = shape(draft=maybe_of(DRAFT), revised=maybe_of(DRAFT), result=RESULT)
UNDELIVERED: Final = having("result")
CANCELED: Final = having("cancel_requested")
REPLACED: Final = shape(
    text="client_order_id request_id", flag="replace_requested", order=maybe_of(ORDER)
)
CONTROL: Final = shape(text="control", maybe="reason", flag="engaged changed")
SWEPT: Final = shape(maybe="symbol", lists="cancel_requested refused")
ASKED: Final = having("request structure draft_id questions notes")
RECONCILED: Final = shape(flag="clean", lists="routes breaks")
STATUS: Final = having(
    "running state mode kill markets routes counts drafts equity strategies reconciliation"
)
HEALTH: Final = having("running system_status components queues")
ACCOUNT: Final = shape(lists="accounts strategies")
ROOM: Final = shape(
    text="gate key limit unit", maybe="account actual used_frac", flag="breached"
)
WHY: Final = having("id kind intent gates order reports bookings result because sentences")
CHAIN: Final = shape(text="symbol as_of", maybe="expiry spot", lists="expiries strikes")
TRUST: Final = having("trust strategies")
PROBLEM: Final[Schema] = {
    "type": "object", "required": ["type", "title", "status", "detail"],
    "properties": {"type": TEXT, "title": TEXT, "status": COUNT_OF, "detail": TEXT},
}
