"""What must nobody read in a log? Values of secret settings, and whatever looks like a token."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from tradebot.shell.settings.document import Items, Node, Scalar, Section, is_secret

HIDDEN: Final = "[hidden]"
_SHORTEST: Final = 6  # a shorter value would hide innocent words
_TOKEN: Final = re.compile(
    r"""(?ix) (\bbearer\s+ | \bbasic\s+
      | \b[\w-]*(?:secret|token|password|passphrase|api_?key|credential)[\w-]*["']?\s*[=:]\s*["']?)
    [^\s"',;&]+"""
)


def hiding(values: list[str]) -> Callable[[str], str]:
    """Return what hides these values, and tokens, in any text."""
    known = sorted({value for value in values if len(value) >= _SHORTEST}, key=len, reverse=True)
    exact = re.compile("|".join(map(re.escape, known))) if known else None

    def hide(text: str) -> str:
        if exact is not None:
            text = exact.sub(HIDDEN, text)
        return _TOKEN.sub(rf"\1{HIDDEN}", text)

    return hide


def secrets_in(node: Node, path: str = "") -> Iterator[str]:
    """Yield the values of settings whose names say that they are secret."""
    match node:
        case Section():
            for key, entry in node.entries.items():
                yield from secrets_in(entry, f"{path}.{key}")
        case Items():
            for item in node.items:
                yield from secrets_in(item, path)
        case Scalar():
            if is_secret(path):
                yield node.text
