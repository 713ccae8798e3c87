"""What does a strategy's script answer? A program of its own: a line of JSON in, a line out.

It is started without an environment and never reads the script from a file. Before it hears of
the script it gives up whatever it could do to the machine: files, processes, memory, time.
"""

import hashlib
import json
import resource
import sys
from pathlib import Path
from typing import Any, Final

OWN_MB: Final = 64  # what Python takes beside the script
CALL_CPU_S: Final = 2  # the end of a call where nobody is left to end it
VALUES_MAX: Final = 4096
DEPTH_MAX: Final = 6
WORDS_MAX: Final = 400

_GIVEN_UP: Final = (
    (resource.RLIMIT_NOFILE, 3), (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)


class Odd(ValueError):
    """A value that cannot be answered."""


class Script:
    """One Lua state. It gets tables of texts and numbers, and never an object of ours."""

    def __init__(self, memory_mb: int) -> None:
        from lupa import lua54  # the extra: without it this file can still be imported

        self._error, self._type = lua54.LuaError, lua54.lua_type
        self._lua = lua54.LuaRuntime(
            register_eval=False, register_builtins=False, attribute_filter=_denied,
            unpack_returned_tuples=True, max_memory=memory_mb << 20,
        )
        sandbox = Path(__file__).with_name("sandbox.lua").read_text(encoding="utf-8")
        self._read, self._hears, self._call = self._lua.execute(sandbox)

    def answer(self, line: bytes) -> dict[str, Any]:
        asked = json.loads(line)
        if not asked:
            return {}  # we are ready
        chance = int.from_bytes(hashlib.sha256(line).digest()[:8], "big", signed=True)
        try:
            if "source" in asked:
                self._read(asked["source"], asked["name"], chance)
                return {"hears": [name for name in asked["hears"] if self._hears(name)]}
            given = self._lua.table_from(asked["call"], recursive=True)
            found = self._call(asked["function"], given, chance)
            return {"answer": self._plain(found, [VALUES_MAX])}
        except MemoryError:
            return {"failed": "not enough memory"}
        except (self._error, ValueError, RecursionError) as error:
            told = str(error).splitlines() or ["an error without words"]
            return {"failed": told[0][:WORDS_MAX]}

    def _plain(self, value: Any, room: list[int], depth: int = 0) -> Any:
        """Return what a table holds, and the tables in it, as JSON knows it."""
        room[0] -= 1
        if room[0] < 0 or depth > DEPTH_MAX:
            raise Odd(f"an answer of more than {VALUES_MAX} values, or deeper than {DEPTH_MAX}")
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if self._type(value) != "table":
            raise Odd(f"a {self._type(value) or 'thing'} in the answer")
        held = {key: self._plain(inner, room, depth + 1) for key, inner in value.items()}
        if set(held) == set(range(1, len(held) + 1)):
            return [held[at] for at in sorted(held)]
        if not all(isinstance(key, str) for key in held):
            raise Odd("a table in the answer that is neither a list nor has names")
        return held


def give_up(memory_mb: int) -> None:
    """Keep nothing but the two pipes, and memory for the script; nothing of it can be undone."""
    for what, most in (*_GIVEN_UP, (resource.RLIMIT_AS, (memory_mb + OWN_MB) << 20)):
        resource.setrlimit(what, (most, most))


def allow_a_call() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + CALL_CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def main(memory_mb: int) -> None:
    script = Script(memory_mb)
    give_up(memory_mb)
    for line in sys.stdin.buffer:  # ends with whoever started us
        allow_a_call()
        answer = json.dumps(script.answer(line), separators=(",", ":"))
        sys.stdout.buffer.write(answer.encode() + b"\n")
        sys.stdout.buffer.flush()


def _denied(*_: object) -> str:
    raise AttributeError("nothing of Python is offered")


if __name__ == "__main__":
    main(int(sys.argv[1]))
