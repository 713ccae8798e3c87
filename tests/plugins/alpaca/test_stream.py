"""Is the stream of trade updates trusted only while it can be, and is nothing of it lost?"""

import asyncio

import pytest
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.faults import FaultKind, Request
from tests.fakes.venue import Venue
from tests.plugins.alpaca.playing import playing, resting, settings_for

from tradebot.core.model.secret import Secret
from tradebot.plugins.alpaca.stream import TradeUpdates
from tradebot.ports import LoginRefused, NotSent


async def test_a_wrong_secret_is_refused_and_not_tried_again() -> None:
    async with FakeAlpaca(Venue()) as fake:
        stream = TradeUpdates(settings_for(fake, secret=Secret("wrong")))
        with pytest.raises(LoginRefused):
            await stream.open()
        await stream.close()
        assert fake.site.refused_logins == 1


async def test_a_connection_too_many_is_no_wrong_login() -> None:
    async with playing() as play:
        second = TradeUpdates(settings_for(play.fake))
        with pytest.raises(NotSent, match="429"):
            await second.open()
        await second.close()


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.ERROR_BEFORE])
async def test_a_socket_that_is_not_to_be_had_says_so(kind: FaultKind) -> None:
    async with FakeAlpaca(Venue()) as fake:
        fake.faults.push(kind, on=Request.CONNECT)
        stream = TradeUpdates(settings_for(fake))
        with pytest.raises(NotSent):
            await stream.open()
        await stream.close()


async def test_a_socket_that_never_answers_is_given_up_in_time() -> None:
    async with FakeAlpaca(Venue()) as fake:
        fake.faults.push(FaultKind.HANG, on=Request.CONNECT)
        stream = TradeUpdates(settings_for(fake, call_s=0.1))
        with pytest.raises(NotSent):
            await stream.open()
        await stream.close()


async def test_a_dead_peer_is_noticed_by_its_silence() -> None:
    async with playing(heartbeat_s=0.1) as play:
        play.fake.updates.mute()
        await play.until(lambda: play.ended)
        assert not play.told


async def test_a_quiet_peer_is_trusted() -> None:
    async with playing(heartbeat_s=0.05) as play:
        await asyncio.sleep(0.3)
        assert not play.ended
        await play.submit(resting())


async def test_a_cut_line_is_an_error_to_whoever_reads() -> None:
    async with playing() as play:
        play.fake.updates.drop()
        await play.until(lambda: play.ended)


async def test_what_is_told_between_login_and_reading_is_not_lost() -> None:
    async with playing() as play:
        await play.close()
        await play.broker.connect()
        for number in range(30):
            await play.send(resting(1), f"tb{number}")
        await play.quiet()
        play.listen()
        await play.until(lambda: len(play.told) == 30)


async def test_what_is_no_json_ends_the_connection() -> None:
    async with playing() as play:
        play.fake.updates.listeners[0].outbox.put_nowait(b"<html>")
        await play.until(lambda: play.ended)


async def test_an_update_that_cannot_be_read_ends_the_connection() -> None:
    async with playing() as play:
        play.fake.updates.listeners[0].say({
            "stream": "trade_updates",
            "data": {"event": "fill", "timestamp": "2026-11-20T14:30:00Z", "order": {"id": 7}},
        })
        await play.until(lambda: play.ended)
        assert not play.told
