"""Which sentences does a JSGF grammar hold? Reads the text that a recogniser reads."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

# A kind (word, rule, all, one, maybe, many), and its text, its part or its parts.
Node: TypeAlias = tuple[str, object]
Choose: TypeAlias = Callable[[int], int]
_MANY = 3


@dataclass(frozen=True)
class Grammar:
    rules: dict[str, Node]

    def holds(self, sentence: str) -> bool:
        words = sentence.split()
        return len(words) in self._ends(self.rules["sentence"], words, 0)

    def sample(self, choose: Choose) -> str:
        """Make one sentence; `choose(n)` says which of n ways it goes."""
        return " ".join(self._made(self.rules["sentence"], choose))

    def words(self) -> set[str]:
        return {str(what) for rule in self.rules.values() for what in _words(rule)}

    def _ends(self, node: Node, words: Sequence[str], at: int) -> set[int]:
        """Return where this may end when it begins here."""
        match node:
            case ("word", word):
                return {at + 1} if words[at : at + 1] == [word] else set()
            case ("rule", "VOID"):
                return set()
            case ("rule", str(name)):
                return self._ends(self.rules[name], words, at)
            case ("all", [*parts]):
                ends = {at}
                for part in parts:
                    ends = {end for start in ends for end in self._ends(part, words, start)}
                return ends
            case ("one", [*choices]):
                return {end for choice in choices for end in self._ends(choice, words, at)}
            case ("maybe", part):
                return {at} | self._ends(part, words, at)
            case ("many", part):
                ends, more = {at}, {at}
                while more:
                    more = {e for start in more for e in self._ends(part, words, start)} - ends
                    ends |= more
                return ends
        raise AssertionError(node)

    def _made(self, node: Node, choose: Choose) -> Iterator[str]:
        match node:
            case ("word", str(word)):
                yield word
            case ("rule", str(name)):
                yield from self._made(self.rules[name], choose)
            case ("all", [*parts]):
                for part in parts:
                    yield from self._made(part, choose)
            case ("one", [*choices]):
                yield from self._made(choices[choose(len(choices))], choose)
            case ("maybe", part):
                if choose(2):
                    yield from self._made(part, choose)
            case ("many", part):
                for _ in range(choose(_MANY)):
                    yield from self._made(part, choose)


def read(text: str) -> Grammar:
    found = re.findall(r"<(\w+)> = (.*?);", text.partition(";\n")[2].partition(";\n")[2], re.DOTALL)
    return Grammar(rules={name: _choices(_Signs(body)) for name, body in found})


class _Signs:
    def __init__(self, text: str) -> None:
        self.left = re.findall(r"<\w+>|[\[\]()|*]|[^\s\[\]()|*<>]+", text)

    def next_is(self, *signs: str) -> bool:
        return bool(self.left) and self.left[0] in signs


def _choices(signs: _Signs) -> Node:
    choices = [_sequence(signs)]
    while signs.next_is("|"):
        signs.left.pop(0)
        choices.append(_sequence(signs))
    return ("one", choices)


def _sequence(signs: _Signs) -> Node:
    parts: list[Node] = []
    while signs.left and not signs.next_is("|", "]", ")"):
        sign = signs.left.pop(0)
        if sign in "[(":
            inner = _choices(signs)
            assert signs.left.pop(0) == {"[": "]", "(": ")"}[sign]
            part: Node = ("maybe", inner) if sign == "[" else inner
        else:
            part = ("rule", sign[1:-1]) if sign[0] == "<" else ("word", sign)
        if signs.next_is("*"):
            signs.left.pop(0)
            part = ("many", part)
        parts.append(part)
    assert parts, "an alternative of nothing"
    return ("all", parts)


def _words(node: Node) -> Iterator[str]:
    match node:
        case ("word", str(word)):
            yield word
        case ("all" | "one", [*parts]):
            for part in parts:
                yield from _words(part)
        case ("maybe" | "many", (str(), _) as part):
            yield from _words(part)
