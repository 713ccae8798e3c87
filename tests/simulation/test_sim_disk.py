"""Does the simulated disk lose what a real one loses, and does the journal outlive it?"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.shell.journal.ledgers import decisions

from tradebot.shell.journal.damage import JournalFailed
from tradebot.shell.journal.file import Journal, replay
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.disk import Killed, Platter, SimDisk
from tradebot.shell.simulate.faults import Faults

HERE = Path("/simulated")


class Scripted(Faults):
    """Only what a test asks for goes wrong, once."""

    def __init__(self) -> None:
        super().__init__(Chance(0))
        self.due: set[str] = set()

    def hit(self, name: str) -> bool:
        is_due = name in self.due
        self.due.discard(name)
        return is_due


@dataclass
class Machine:
    """One platter, and one process after the other on it."""

    platter: Platter
    faults: Scripted
    is_dead: bool = False

    def kill(self, by: str) -> None:
        self.is_dead = True

    def signal(self, by: str) -> None: ...

    def journal(self) -> Journal:
        self.is_dead = False
        disk = SimDisk(self.platter, self, Chance(1), self.faults)
        return Journal.open(
            HERE, code="1", settings_hash="s", threaded=False, prewrite=False, disk=disk
        )

    def records(self) -> int:
        self.is_dead = False
        disk = SimDisk(self.platter, self, Chance(1), self.faults)
        return len(list(replay(HERE, disk)))


@pytest.fixture
def machine() -> Machine:
    return Machine(Platter(Chance(1)), Scripted())


@pytest.mark.fault(25)
def test_what_was_synced_outlives_the_power(machine: Machine) -> None:
    journal = machine.journal()
    journal.write(decisions(5))
    machine.kill("test")
    machine.platter.cut_power()
    assert machine.records() == 5


@pytest.mark.parametrize("seed", range(20))
def test_what_was_not_synced_may_be_lost_and_nothing_else(seed: int) -> None:
    machine = Machine(Platter(Chance(seed)), Scripted())
    journal = machine.journal()
    journal.write(decisions(5))
    machine.faults.due.add("kill_before_sync")
    with pytest.raises(Killed):
        journal.write(decisions(2, 6))
    machine.platter.cut_power()
    left = machine.journal()
    assert 5 <= left.last_seq <= 7


def test_a_killed_process_writes_nothing_more(machine: Machine) -> None:
    journal = machine.journal()
    machine.kill("test")
    with pytest.raises(Killed):
        journal.write(decisions(1))
    assert machine.records() == 0


@pytest.mark.fault(32)
@pytest.mark.parametrize("seed", range(10))
def test_what_a_failed_sync_lost_is_written_once_more_by_the_next_start(seed: int) -> None:
    """The system shows the pages, calls them clean, and no disk holds them."""
    machine = Machine(Platter(Chance(seed)), Scripted())
    journal = machine.journal()
    journal.write(decisions(5))
    machine.faults.due.add("sync_error")
    with pytest.raises(JournalFailed):
        journal.write(decisions(2, 6))
    again = machine.journal()
    assert again.last_seq == 7
    again.write(decisions(1, 8))
    machine.kill("test")
    machine.platter.cut_power()
    assert machine.records() == 8


@pytest.mark.fault(32)
@pytest.mark.parametrize("seed", range(20))
def test_a_torn_tail_does_not_come_back_behind_a_sync_that_failed(seed: int) -> None:
    """A file's length is no page: the next sync that succeeds makes it durable all the same."""
    machine = Machine(Platter(Chance(seed)), Scripted())
    journal = machine.journal()
    journal.write(decisions(5))
    machine.faults.due.add("kill_before_sync")
    with pytest.raises(Killed):
        journal.write(decisions(9, 6))
    machine.platter.cut_power()
    machine.faults.due.add("sync_error")
    with pytest.raises(JournalFailed):
        machine.journal()
    again = machine.journal()
    count = again.last_seq + 1
    again.write(decisions(1, count))
    machine.kill("test")
    machine.platter.cut_power()
    assert machine.records() == count
