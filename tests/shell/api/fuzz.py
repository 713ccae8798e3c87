"""What would nobody sensible ask? Requests drawn from the API's own document, good and broken.

Every answer is held against that document: what it says comes, nothing fails by our fault, and a
body that breaks its schema is never taken.
"""

import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

from tests.shell.api.over_tcp import Place
from tests.tiny_daemon import TinyDaemon

HOSTILE = (
    "", " ", "\x00", "..", "../../etc/passwd", "<script>", "'; --", "\u202e", "\ud7ff", "🚀" * 40,
    "a" * 5_000, "null", "NaN", "-0", "1e999", "9" * 400, "0x10", "\u0661\u0660", "1_000", "%00",
    "\r\nX: y",
    -1, 0, 10**30, 0.1, True, None, [], {}, [[]], {"a": {}}, ["SPY"],
)
SOUND = {"symbol": "SPY", "side": "buy", "qty": "1"}
SELDOM = ("/api/v1/config", "/api/v1/config/reload", "/api/v1/config/diff")  # they read files
TYPES = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list,
    "object": dict, "null": type(None),
}


def resolved(told: Any, shapes: dict[str, Any]) -> Any:
    """Put each shape in the place of its name."""
    if isinstance(told, list):
        return [resolved(one, shapes) for one in told]
    if not isinstance(told, dict):
        return told
    if "$ref" in told:
        return resolved(shapes[told["$ref"].rpartition("/")[2]], shapes)
    return {name: resolved(one, shapes) for name, one in told.items()}


def breaks(schema: dict[str, Any], value: Any) -> str:
    """Say how a value breaks a schema, in those words of JSON Schema that ours use; or nothing."""
    if "anyOf" in schema:
        tries = [breaks(one, value) for one in schema["anyOf"]]
        return "" if "" in tries else tries[0]
    kinds = schema.get("type", list(TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_bool = isinstance(value, bool)
    if not any(isinstance(value, TYPES[k]) and (not is_bool or k == "boolean") for k in kinds):
        return f"{value!r:.80} is none of {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r:.80} is none of {schema['enum']}"
    if isinstance(value, str):
        return _text_breaks(schema, value)
    if isinstance(value, dict):
        return _object_breaks(schema, value)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{len(value)} items"
        return next(filter(None, (breaks(schema.get("items", {}), one) for one in value)), "")
    if isinstance(value, int | float) and not is_bool:
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return "" if low <= value <= high else f"{value} is not from {low} to {high}"
    return ""


def _text_breaks(schema: dict[str, Any], value: str) -> str:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return f"{len(value)} characters"
    pattern = schema.get("pattern")
    return f"{value!r:.80} is not {pattern}" if pattern and not re.search(pattern, value) else ""


def _object_breaks(schema: dict[str, Any], value: dict[str, Any]) -> str:
    known = schema.get("properties", {})
    if lacks := [name for name in schema.get("required", ()) if name not in value]:
        return f"lacks {lacks}"
    if schema.get("additionalProperties") is False and (more := set(value) - set(known)):
        return f"has {sorted(more)} beside"
    found = ((name, breaks(inner, value[name])) for name, inner in known.items() if name in value)
    return next((f"{name}: {why}" for name, why in found if why), "")


@dataclass
class Fuzz:
    """Asks one daemon over TCP, as its owner's program, and remembers what it was told."""

    daemon: TinyDaemon
    place: Place
    dice: random.Random
    statuses: Counter[int] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turn = 0
        for number in range(3):  # before somebody kills: so that there is something to see
            sound = {**SOUND, "key": f"sound{number}"}
            assert self.place.as_owner("POST", "/api/v1/intents", sound).status == 201
        asked = self.place.as_owner("POST", "/api/v1/ask", {"text": "sell an iron condor on SPY"})
        assert asked.document["draft_id"]
        self._line = HTTPConnection("127.0.0.1", self.place.port, timeout=20)
        document = json.loads(self._ask("GET", "/openapi.json", None)[2])
        shapes = document["components"]["schemas"]
        self._problem = resolved(shapes["Problem"], shapes)
        self.operations = [
            (method.upper(), path, resolved(told, shapes))
            for path, methods in document["paths"].items()
            for method, told in methods.items() if path != "/api/v1/stream"
        ]

    def close(self) -> None:
        self._line.close()

    def run(self, cases: int) -> None:
        for _ in range(cases):
            method, path, told = self.operations[self._turn % len(self.operations)]
            self._turn += 1
            if path not in SELDOM or self.dice.random() < 0.1:
                self._try(method, path, told)

    def _try(self, method: str, path: str, told: dict[str, Any]) -> None:
        asked = path
        for name in re.findall(r"\{\w+\}", path):
            asked = asked.replace(name, quote(str(self._id()), safe="") or "x")
        query = {
            one["name"]: self._value(one["schema"]) for one in told["parameters"]
            if one["in"] == "query" and self.dice.random() < 0.15
        }
        if query or self.dice.random() < 0.05:
            asked += "?" + urlencode(query or {"nobody": "knows"})
        body, is_broken = None, False
        if "requestBody" in told:
            schema = told["requestBody"]["content"]["application/json"]["schema"]
            document = self._value(schema) if self.dice.random() < 0.95 else self._hostile()
            if path == "/api/v1/intents" and isinstance(document, dict):
                document = self._likely(document)
            is_broken = bool(breaks(schema, document))
            body = json.dumps(document).encode()
            if self.dice.random() < 0.05:
                body, is_broken = body[:-1] + b"\xff", True
        status, kind, said = self._ask(method, asked, body)
        self._judge(f"{method} {asked:.200} {body!r:.300}", told, status, kind, said)
        if is_broken and status < 300:
            self.trouble.append(f"{method} {asked:.200} took {body!r:.300}")

    def _judge(
        self, asked: str, told: dict[str, Any], status: int, kind: str, said: bytes
    ) -> None:
        self.statuses[status] += 1
        good = told["responses"].get(str(status))
        if good is None:
            why = breaks(self._problem, json.loads(said)) if "json" in kind else kind
            if status >= 500 or status < 400 or why:
                self.trouble.append(f"{asked}: {status} {said[:200]!r} {why}")
            return
        (expected, content), = good["content"].items()
        if not kind.startswith(expected):
            self.trouble.append(f"{asked}: {kind}, not {expected}")
        elif expected == "application/json":
            why = breaks(content["schema"], json.loads(said))
            self.trouble.extend([f"{asked}: {status} {why}"] if why else [])

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, str, bytes]:
        headers = {"Authorization": f"Bearer {self.place.token}"}
        if body is not None or method != "GET":
            headers["Content-Type"] = "application/json"
        if self.dice.random() < 0.3:
            headers["Idempotency-Key"] = f"k{self.dice.randrange(40)}"
        self._line.request(method, path, body=body, headers=headers)
        response = self._line.getresponse()
        said = response.read()
        return response.status, response.headers["Content-Type"], said

    def _likely(self, document: dict[str, Any]) -> dict[str, Any]:
        """Take a sound intent for a base: of fields that are each sound most make no sense."""
        some = {name: value for name, value in document.items() if self.dice.random() < 0.15}
        return {**SOUND, "key": f"k{self.dice.randrange(40)}", **some}

    def _id(self) -> Any:
        views = self.daemon.views
        known = [
            *(row["intent_id"] for row in views.intents()), "SPY", "IBM", "cross", "1",
            *(row["client_order_id"] for row in views.orders()),
            *(row["draft_id"] for row in views.drafts.rows()),
        ]
        return self.dice.choice(known) if self.dice.random() < 0.7 else self._hostile()

    def _digests(self) -> list[str]:
        return [row["digest"] for row in self.daemon.views.drafts.rows()][-3:]

    def _hostile(self) -> Any:
        return self.dice.choice(HOSTILE)

    def _value(self, schema: dict[str, Any]) -> Any:
        """Draw what fits; one time in twelve, here or further in, what is hostile."""
        if self.dice.random() < 0.08:
            return self._hostile()
        if "enum" in schema:
            return self.dice.choice(schema["enum"])
        kinds = schema.get("type", "string")
        kind = self.dice.choice(kinds) if isinstance(kinds, list) else kinds
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                inner, count = schema.get("items", {}), self.dice.randint(1, 3)
                return [self._value(inner) for _ in range(count)]
            case "boolean":
                return self.dice.random() < 0.5
            case "integer" | "number":
                return self.dice.randint(1, 120)
            case "null":
                return None
            case _:
                return self._text(schema)

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        needed = schema.get("required", ())
        found = {
            name: self._value(inner) for name, inner in schema.get("properties", {}).items()
            if name in needed or self.dice.random() < 0.4
        }
        if self.dice.random() < 0.05:
            found["nobody"] = "knows"
        return found

    def _text(self, schema: dict[str, Any]) -> str:
        likely = ("SPY", "IBM", "buy", "10", "1", "500.00", "alice", "k1", "2026-08-24",
                  "sell an iron condor on SPY", "buy 10 SPY", *self._digests())
        fitting = [text for text in likely if not _text_breaks(schema, text)]
        return self.dice.choice(fitting or likely)
