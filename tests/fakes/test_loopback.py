"""Does the guard notice who leaves this machine, and let pass who stays?"""

import logging
import socket

import pytest
from tests.fakes import loopback


def test_a_socket_to_elsewhere_fails_and_one_to_this_machine_does_not() -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match=r"connects to .*192"):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match="asks where"):
        socket.getaddrinfo("broker.example", 443)
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket() as inward:
        inward.connect(("localhost", door.getsockname()[1]))


def test_what_a_library_could_not_read_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    watching = loopback.nothing_unread.__wrapped__(caplog)  # type: ignore[attr-defined]
    next(watching)
    logging.getLogger("ib_async.Decoder").error("Error for 5(...)")
    with pytest.raises(AssertionError, match=r"could not read the fake: .*Error for 5"):
        next(watching)
    caplog.clear()
