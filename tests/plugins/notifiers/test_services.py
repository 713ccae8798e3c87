"""Is each service told within its limits, as text alone, and is its answer understood?"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from tests.outward.a_server import Reply, dripping, hanging, huge, reset, serving, status
from tests.plugins.notifiers.services import (
    HOSTILE,
    SERVICES,
    SIGNED_WITH,
    TOKEN,
    a_hostile_alert,
    an_alert,
)

from tradebot.core.model.alert import Alert, Level
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.discord import DiscordNotifier, DiscordSettings
from tradebot.plugins.notifiers.slack import SlackNotifier, SlackSettings
from tradebot.plugins.notifiers.telegram import TelegramNotifier, TelegramSettings
from tradebot.plugins.notifiers.webhook import WebhookNotifier, WebhookSettings
from tradebot.plugins.notifiers.wording import length
from tradebot.ports import NotDelivered

each = pytest.mark.parametrize("name", SERVICES)
HUGE = an_alert(
    Level.CRITICAL, title="t" * 100_000, text="\U0001f600<*" * 33_000,
    fields=tuple((f"{n}" * 10_000, "_v" * 50_000) for n in range(40)),
)


async def told(name: str, alert: Alert) -> Any:
    async with serving() as server:
        await SERVICES[name](f"http://127.0.0.1:{server.port}").notify(alert)
    return json.loads(server.bodies[0])


async def refusal(name: str, reply: Reply) -> NotDelivered:
    async with serving(reply) as server, asyncio.timeout(2):
        with pytest.raises(NotDelivered) as caught:
            await SERVICES[name](f"http://127.0.0.1:{server.port}").notify(an_alert())
    assert len(server.requests) == 1
    return caught.value


@each
@pytest.mark.parametrize(("code", "is_final"), [
    (301, True), (307, True), (400, True), (401, True), (403, True), (404, True), (410, True),
    (408, False), (425, False), (429, False), (500, False), (502, False), (503, False),
])
async def test_a_refusal_tells_whether_trying_again_helps(
    name: str, code: int, is_final: bool
) -> None:
    found = await refusal(name, status(code, Location="http://169.254.169.254/"))
    assert (str(found), found.is_final, found.retry_after_s) == (f"HTTP {code}", is_final, 0.0)


@each
@pytest.mark.parametrize(("said", "seconds"), [
    ("7", 7.0), ("0.5", 0.5), ("Fri, 20 Nov 2026 15:05:05 GMT", 60.0), ("999999999", 86_400.0),
    ("Fri, 20 Nov 2026 15:00:00 GMT", 0.0), ("-5", 0.0), ("nan", 0.0), ("inf", 0.0), ("", 0.0),
    ("1e9", 0.0), ("soon", 0.0), ("9" * 400, 0.0), ("Fri, 99 Nov 2026 15:05:05 GMT", 0.0),
    ("Fri, 20 Nov 2026 15:05:05", 0.0),
])
async def test_who_wants_to_be_left_alone_is(name: str, said: str, seconds: float) -> None:
    date = "Fri, 20 Nov 2026 15:04:05 GMT"
    found = await refusal(name, status(429, Retry_After=said, Date=date))
    assert (found.retry_after_s, found.is_final) == (seconds, False)


@pytest.mark.parametrize(("name", "body", "seconds", "says"), [
    ("discord", {"message": "You are being rate limited.", "retry_after": 1.5}, 1.5,
     "HTTP 429: You are being rate limited."),
    ("telegram", {"ok": False, "description": "Too Many Requests: retry after 30",
                  "parameters": {"retry_after": 30}}, 30.0,
     "HTTP 429: Too Many Requests: retry after 30"),
    ("discord", {"message": ["x"], "retry_after": "9"}, 0.0, "HTTP 429"),
    ("discord", {"retry_after": True}, 0.0, "HTTP 429"),
    ("discord", {"retry_after": -1}, 0.0, "HTTP 429"),
    ("discord", {"retry_after": 10**400}, 0.0, "HTTP 429"),
    ("telegram", {"parameters": [30]}, 0.0, "HTTP 429"),
    ("telegram", [1], 0.0, "HTTP 429"),
    ("slack", "rate_limited", 0.0, "HTTP 429"),
    ("webhook", {"retry_after": 9, "message": "x"}, 0.0, "HTTP 429"),
])
async def test_a_services_own_words_are_understood(
    name: str, body: Any, seconds: float, says: str
) -> None:
    found = await refusal(name, status(429, json.dumps(body)))
    assert (found.retry_after_s, str(found)) == (seconds, says)


async def test_a_word_of_slacks_is_told_and_a_page_is_not() -> None:
    assert str(await refusal("slack", status(404, "no_service\n"))) == "HTTP 404: no_service"
    assert str(await refusal("slack", status(404, "<html>hush"))) == "HTTP 404"


@each
@pytest.mark.parametrize("text", [
    "", "{", "[" * 60_000, '{"message": NaN, "retry_after": NaN, "description": 7}', "\x00\xff",
    '{"message": "' + "x\x1b[2J" * 9_000 + '", "description": "' + "x\x1b[2J" * 2_000 + '"}',
])
async def test_garbage_beside_a_refusal_is_no_harm(name: str, text: str) -> None:
    found = await refusal(name, status(500, text))
    assert (found.retry_after_s, found.is_final) == (0.0, False)
    assert str(found).isprintable() and len(str(found)) < 140


@pytest.mark.fault(91)
@each
async def test_a_gigabyte_of_excuses_is_cut(name: str) -> None:
    assert str(await refusal(name, huge)) == "HTTP 500"


@pytest.mark.fault(91)
@each
async def test_a_reset_is_worth_another_try_and_shows_no_secret(name: str) -> None:
    found = await refusal(name, reset)
    assert (str(found)[:13], found.is_final) == ("no connection", False)
    assert "hush" not in repr(found)


@pytest.mark.fault(91)
@each
async def test_a_service_that_hangs_is_left_at_the_callers_deadline(name: str) -> None:
    for reply in (hanging, dripping(500)):
        async with serving(reply) as server:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await SERVICES[name](f"http://127.0.0.1:{server.port}").notify(an_alert())


@each
async def test_a_success_that_drips_is_one(name: str) -> None:
    async with serving(dripping(200)) as server, asyncio.timeout(2):
        await SERVICES[name](f"http://127.0.0.1:{server.port}").notify(an_alert())


@each
async def test_a_channel_is_reached_without_a_message(name: str) -> None:
    async with serving() as server:
        told = await SERVICES[name](f"http://127.0.0.1:{server.port}").reach()
    assert told == "127.0.0.1 answers at 127.0.0.1, unencrypted"
    assert server.requests == []
    with pytest.raises(NotDelivered, match="no connection"):
        await SERVICES[name](f"http://127.0.0.1:{server.port}").reach()


@pytest.mark.fault(106)
@each
async def test_hostile_words_stay_words(name: str) -> None:
    text = json.dumps(await told(name, a_hostile_alert()), ensure_ascii=False)
    assert "://" not in text
    assert text.isprintable()  # letters that hide, turn around or move the cursor are told by name
    if name == "slack":
        assert not {"<", ">"} & set(text)
    if name == "discord":
        for mark in ("@everyone", "<@", "[click]", "||", "```"):
            assert mark not in text.replace("\\\\" + mark[0], "")


@each
async def test_a_megabyte_fits_into_what_the_service_takes(name: str) -> None:
    found = await told(name, HUGE)
    if name == "discord":
        (embed,) = found["embeds"]
        parts = [embed["title"], embed["description"], embed["footer"]["text"]]
        fields = embed["fields"]
        for text, most in zip(parts, (256, 4096, 2048), strict=True):
            assert length(text) <= most
        assert len(fields) <= 25
        for field in fields:
            assert 0 < length(field["name"]) <= 256 and 0 < length(field["value"]) <= 1024
            parts += [field["name"], field["value"]]
        assert 5990 < sum(map(length, parts)) <= 6000
    elif name == "telegram":
        assert length(found["text"]) == 4096
        _, rest = found["entities"]
        assert rest["offset"] + rest["length"] == 4096
    elif name == "slack":
        (attachment,) = found["attachments"]
        assert length(attachment["text"]) <= 4000 and len(attachment["fields"]) == 25
        assert not attachment["text"].endswith(("&", "&l", "&lt"))
    assert "…" in json.dumps(found, ensure_ascii=False)
    assert len(json.dumps(found)) < 100_000


async def test_a_receiver_can_verify_a_message_with_nothing_but_the_secret() -> None:
    async with serving() as server:
        notifier = SERVICES["webhook"](f"http://127.0.0.1:{server.port}")
        await notifier.notify(an_alert())
        await notifier.notify(an_alert(text="(2 earlier messages were lost)"))
        await notifier.notify(an_alert(at=an_alert().at + timedelta(seconds=1)))
    for request, body in zip(server.requests, server.bodies, strict=True):
        signed = request.headers["Tradebot-Timestamp"].encode() + b"." + body
        mac = hmac.new(SIGNED_WITH.encode(), signed, hashlib.sha256).hexdigest()
        assert request.headers["Tradebot-Signature"] == f"v1={mac}"
        assert request.headers["Idempotency-Key"] == json.loads(body)["id"]
    first, again, other = (json.loads(body)["id"] for body in server.bodies)
    assert first == again != other


SLACK, DISCORD = "https://hooks.slack.com/services/hush", "https://discord.com/api/webhooks/1/hush"


@pytest.mark.fault(107)
@pytest.mark.parametrize(("made", "says"), [
    (lambda: SlackNotifier(SlackSettings(webhook_url=Secret(DISCORD))), "hooks.slack.com"),
    (lambda: DiscordNotifier(DiscordSettings(webhook_url=Secret(SLACK))), "discord.com"),
    (lambda: TelegramNotifier(TelegramSettings(
        bot_token=Secret(TOKEN), chat_id="1", api_url="https://hush.example")), "api.telegram.org"),
    (lambda: WebhookNotifier(WebhookSettings(url=Secret("https://127.0.0.1/hush"))), "open Inter"),
    (lambda: WebhookNotifier(WebhookSettings(url=Secret("http://h.example/hush"))), "https"),
    (lambda: WebhookNotifier(WebhookSettings(url=Secret("https://u:hush@h.example"))), "without a"),
    (lambda: TelegramSettings(bot_token=Secret("hush/../x"), chat_id="1"), "NUMBER:LETTERS"),
    (lambda: TelegramSettings(bot_token=Secret(TOKEN), chat_id="1&x"), "chat_id"),
    (lambda: _webhook(headers={"X-A": "b\r\nX-C: hush"}), "printable"),
    (lambda: _webhook(headers={"X A": "b"}), "names"),
    (lambda: _webhook(headers={"Host": "b"}), "names that are not taken"),
    (lambda: _webhook(authorization=Secret("hush\r\nX-C: d")), "printable"),
    (lambda: _webhook(signing_secret=Secret("hush")), "16 characters"),
])
def test_a_setting_that_leads_elsewhere_is_refused_unshown(made: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        made()
    assert "hush" not in str(caught.value)


def _webhook(**settings: Any) -> WebhookSettings:
    return WebhookSettings(url=Secret("https://h.example/"), **settings)


async def test_a_webhook_may_name_channel_and_author() -> None:
    async with serving() as server:
        url = Secret(f"http://127.0.0.1:{server.port}/")
        for notifier in (
            SlackNotifier(SlackSettings(
                webhook_url=url, channel="#desk", username="bot", allow_private=True)),
            DiscordNotifier(DiscordSettings(webhook_url=url, username="bot", allow_private=True)),
        ):
            await notifier.notify(an_alert())
            await notifier.close()
    first, second = map(json.loads, server.bodies)
    assert (first["channel"], first["username"], second["username"]) == ("#desk", "bot", "bot")


async def _asks(request: web.Request) -> web.Response:
    return web.Response(headers={"Set-Cookie": "a=b"})


@each
async def test_nothing_of_one_message_is_kept_for_the_next(name: str) -> None:
    async with serving(_asks) as server:
        notifier = SERVICES[name](f"http://127.0.0.1:{server.port}")
        for _ in range(2):
            await notifier.notify(an_alert())
    headers: list[Mapping[str, str]] = [request.headers for request in server.requests]
    assert headers[0] == headers[1]
    assert HOSTILE not in str(headers)
