"""Do the lines go to who is wanted, and come back from who is not?"""

from tradebot.outward.market.lines import IDLE_S, SETTLED_S, WANTED_MAX, Lines


class Hall:
    def __init__(self, lines_max: int, *named: str) -> None:
        self.now = 0.0
        self.lines = Lines(named, lines_max, lambda: self.now)

    def want(self, *symbols: str) -> None:
        for symbol in symbols:
            self.lines.want(symbol)


def test_who_is_named_comes_first_and_keeps_the_line() -> None:
    hall = Hall(2, "SPY", "IBM", "QQQ")
    hall.want("A", "SPY")
    assert hall.lines.held == ["SPY", "IBM"]
    assert hall.lines.polled == ["QQQ", "A"]


def test_a_line_does_not_go_from_hand_to_hand() -> None:
    hall = Hall(2, "SPY")
    hall.want("A", "B")
    assert (hall.lines.held, hall.lines.polled) == (["SPY", "A"], ["B"])
    hall.now = SETTLED_S - 1
    hall.want("B")
    assert hall.lines.held == ["SPY", "A"]


def test_who_was_asked_for_longest_ago_gives_the_line_back() -> None:
    hall = Hall(3, "SPY")
    hall.want("A", "B")
    hall.now = SETTLED_S / 2
    hall.want("A")
    hall.now = SETTLED_S
    hall.want("C")
    assert hall.lines.held == ["SPY", "A", "C"]
    assert hall.lines.polled == ["B"]


def test_who_is_wanted_no_more_is_forgotten_and_the_line_is_free() -> None:
    hall = Hall(2, "SPY")
    hall.want("A")
    hall.now = IDLE_S - 1
    hall.want("B")
    assert (hall.lines.held, hall.lines.polled) == (["SPY", "B"], ["A"])
    hall.now = IDLE_S
    assert (hall.lines.held, hall.lines.polled) == (["SPY", "B"], [])


def test_the_wanted_are_bounded() -> None:
    hall = Hall(5)
    hall.want(*(f"O{number}" for number in range(WANTED_MAX + 50)))
    assert len(hall.lines.held) + len(hall.lines.polled) == WANTED_MAX
