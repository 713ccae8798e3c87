"""Which bytes does our TWS send? Read here without a layout and without a library.

What is sent to it was recorded from ib_async. Where things stand in the answers is counted by
hand in the lists of fields of the vendor's API, so neither can share a mistake with the fake.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.venue import Venue

HANDSHAKE: Final = b"API\0\0\0\0\x09v157..178"
START: Final = "71|2|1||"
POSITIONS: Final = "61|1|"
ORDER: Final = {
    157: "3|7|756733|SPY|STK||0.0|||SMART||USD|||||BUY|10|LMT|500.02||DAY|||O|0|mine|1|0|0"
         "|0|0|0|0|0||0.0||||||||0||-1|0|||0|||0|0||0||||||0|||||0|||||||||||0|||0|0|||0||"
         "0|0|0|0|||||||0|||||||||0|0|0|0|",
    178: "3|7|756733|SPY|STK||0.0|||SMART||USD|||||BUY|10|LMT|500.02||DAY|||O|0|mine|1|0|0"
         "|0|0|0|0|0||0.0|||||||0||-1|0|||0|||0|0||0||||||0|||||0|||||||||||0|||0|0|||0||0"
         "|0|0|0|||||||0|||||||||0|0|0|0|||0|||",
}

# version -> number of the message -> (how many fields, where what stands)
TABLE: Final = {
    157: {
        "5": (128, {1: "7", 3: "SPY", 13: "BUY", 14: "10", 15: "LMT", 16: "500.02", 18: "DAY",
                    20: "DU1234567", 23: "mine", 24: "1", 25: "1840000001", 94: "PreSubmitted"}),
        "3": (12, {1: "7", 2: "PreSubmitted", 3: "0", 4: "10", 6: "1840000001", 9: "1"}),
        "11": (31, {1: "-1", 2: "7", 3: "756733", 4: "SPY", 16: "DU1234567", 18: "BOT", 19: "10",
                    20: "500.02", 21: "1840000001", 22: "1", 24: "10", 26: "mine"}),
        "59": (8, {3: "0", 4: "USD"}),
        "61": (16, {2: "DU1234567", 3: "756733", 4: "SPY", 14: "10", 15: "500.02"}),
        "4": (5, {1: "2", 2: "-1", 3: "2104"}),
    },
    178: {
        "5": (135, {1: "7", 16: "500.02", 23: "mine", 25: "1840000001", 93: "PreSubmitted"}),
        "3": (12, {1: "7", 2: "PreSubmitted"}),
        "11": (32, {19: "10", 20: "500.02", 26: "mine", 31: "0"}),
        "59": (8, {}),
        "61": (16, {14: "10"}),
        "4": (6, {3: "2104", 5: ""}),
    },
}


@asynccontextmanager
async def dialled(
    version: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    venue = Venue()
    venue.quote("SPY", "500.00", "500.02")
    async with FakeGateway(venue, server_version=version) as gateway:
        gateway.contracts.listing("SPY")
        reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
        writer.write(HANDSHAKE)
        try:
            yield reader, writer
        finally:
            writer.close()


async def frame(reader: asyncio.StreamReader) -> list[str]:
    async with asyncio.timeout(2):
        (length,) = struct.unpack(">I", await reader.readexactly(4))
        text = (await reader.readexactly(length)).decode()
    assert text.endswith("\0")
    return text.split("\0")[:-1]


def framed(text: str) -> bytes:
    said = text.replace("|", "\0").encode()
    return len(said).to_bytes(4) + said


@pytest.mark.parametrize("version", [157, 178])
async def test_a_recorded_order_is_answered_field_by_field(version: int) -> None:
    async with dialled(version) as (reader, writer):
        number, at = await frame(reader)
        assert number == str(version) and at.endswith(" UTC")
        writer.write(framed(START) + framed(POSITIONS) + framed(ORDER[version]))
        first: dict[str, list[str]] = {}
        while not set(TABLE[version]) <= set(first):
            message = await frame(reader)
            first.setdefault(message[0], message)
        for kind, (count, places) in TABLE[version].items():
            assert len(first[kind]) == count, kind
            assert {place: first[kind][place] for place in places} == places, kind


async def test_a_status_and_an_error_are_these_bytes() -> None:
    async with dialled(178) as (reader, writer):
        await frame(reader)
        writer.write(framed(START))
        said = [await frame(reader) for _ in range(5)]
        assert [message[0] for message in said] == ["15", "9", "4", "4", "4"]
        writer.write(framed("4|1|4711||"))
        async with asyncio.timeout(2):
            raw = await reader.readexactly(4 + 70)
        assert raw == (
            b"\0\0\0\x464\x002\x004711\x0010147\0"
            b"OrderId 4711 that needs to be cancelled is not found.\0\0"
        )


async def test_a_client_that_speaks_otherwise_is_hung_up_on_and_told_of() -> None:
    venue = Venue()
    with pytest.raises(AssertionError, match="too short for 3"):
        async with FakeGateway(venue) as gateway:
            reader, writer = await asyncio.open_connection(gateway.host, gateway.port)
            writer.write(HANDSHAKE + framed(START) + framed("3|7|756733|"))
            async with asyncio.timeout(2):
                await reader.read()
            writer.close()
    assert venue.orders == {}
