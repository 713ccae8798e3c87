"""Does a fault meet the request that it is meant for, once, and is it counted?"""

import pytest
from tests.fakes.faults import FaultKind, Faults, Request


def test_a_fault_waits_for_the_kind_of_request_that_it_is_meant_for() -> None:
    faults = Faults()
    faults.push(FaultKind.HANG, on=Request.CANCEL)
    faults.push(FaultKind.HTML)
    assert faults.take(Request.SUBMIT, FaultKind.DROP_BEFORE) is None
    kinds = [f and f.kind for f in (faults.take(r) for r in (Request.SUBMIT, Request.SUBMIT))]
    assert kinds == [FaultKind.HTML, None]
    assert faults.left == 1
    taken = faults.take(Request.CANCEL)
    assert taken is not None
    assert taken.kind is FaultKind.HANG
    assert dict(faults.fired) == {FaultKind.HTML: 1, FaultKind.HANG: 1}


def test_what_a_protocol_cannot_suffer_cannot_be_pushed() -> None:
    with pytest.raises(AssertionError, match="knows no html"):
        Faults({FaultKind.HANG}).push(FaultKind.HTML)


def test_a_part_of_all_requests_fails_and_always_the_same_ones() -> None:
    def drawn(seed: int) -> list[str]:
        faults = Faults()
        faults.seeded(seed, 0.05, {Request.SUBMIT: (FaultKind.HANG, FaultKind.ACCEPT_DROP)})
        told = [faults.take(Request.SUBMIT) for _ in range(2_000)]
        assert faults.take(Request.CANCEL) is None
        assert faults.fired.total() == sum(fault is not None for fault in told)
        return [fault.kind if fault else "" for fault in told]

    first = drawn(1)
    assert first == drawn(1) != drawn(2)
    assert 60 < sum(map(bool, first)) < 140
    assert {FaultKind.HANG, FaultKind.ACCEPT_DROP} < set(first)
