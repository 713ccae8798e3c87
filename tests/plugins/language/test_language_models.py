"""Is a language model asked in its own protocol, and is whatever it answers bounded?"""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from tests.plugins.language.fake_model import (
    MODELS,
    Reply,
    body,
    in_anthropic,
    in_openai,
    serving,
    status,
)

from tradebot.core.model.secret import Secret
from tradebot.outward.line import ANSWER_BYTES_MAX
from tradebot.plugins.language.post import Endpoint
from tradebot.ports import NoAnswer, Prompt, UselessAnswer

FORM = {
    "type": "object", "properties": {"symbol": {"type": "string"}}, "required": ["symbol"],
    "additionalProperties": False,
}
PROMPT = Prompt(task="Fill the form.", words="SPY condor", form=FORM)
FILLED = '{"symbol": "SPY"}'
both = pytest.mark.parametrize("protocol", MODELS)


@both
async def test_a_filled_form_comes_back_as_it_was_written(protocol: str) -> None:
    async with serving(FILLED) as fake:
        assert json.loads(await fake.plugin(protocol).fill(PROMPT)) == {"symbol": "SPY"}
        assert fake.plugin(protocol).model == "small-1"


@pytest.mark.parametrize(("protocol", "name", "value"), [
    ("openai", "Authorization", "Bearer k-1"), ("anthropic", "x-api-key", "k-1"),
])
async def test_the_key_goes_in_the_header_of_the_protocol_and_nowhere_else(
    protocol: str, name: str, value: str
) -> None:
    async with serving(FILLED) as fake:
        await fake.plugin(protocol, key="k-1").fill(PROMPT)
        await fake.plugin(protocol).fill(PROMPT)
    assert fake.headers[0][name] == value
    assert name not in fake.headers[1]
    assert "k-1" not in json.dumps(fake.bodies)


@both
async def test_a_model_hears_the_task_the_words_and_the_form_and_nothing_else(
    protocol: str
) -> None:
    async with serving(FILLED) as fake:
        await fake.plugin(protocol, key="k-1").fill(PROMPT)
    (sent,) = fake.bodies
    if protocol == "openai":
        assert sent == {
            "model": "small-1", "temperature": 0, "max_tokens": 1024,
            "messages": [
                {"role": "system", "content": PROMPT.task},
                {"role": "user", "content": PROMPT.words},
            ],
            "response_format": {"type": "json_schema", "json_schema": {
                "name": "request", "strict": True, "schema": FORM,
            }},
        }
    else:
        assert sent == {
            "model": "small-1", "max_tokens": 4096, "system": PROMPT.task,
            "messages": [{"role": "user", "content": PROMPT.words}],
            "tools": [
                {"name": "fill_form", "description": "Fills the form.", "input_schema": FORM}
            ],
            "tool_choice": {"type": "tool", "name": "fill_form"},
        }


async def test_a_server_that_knows_no_schemas_hears_it_in_words() -> None:
    async with serving(status(400), status(400), FILLED) as fake:
        assert await fake.plugin("openai").fill(PROMPT) == FILLED
    assert [list(sent) for sent in fake.bodies] == [
        ["model", "messages", "response_format", "temperature", "max_tokens"],
        ["model", "messages", "response_format"], ["model", "messages", "response_format"],
    ]
    last = fake.bodies[-1]
    assert last["response_format"] == {"type": "json_object"}
    assert json.dumps(FORM) in last["messages"][0]["content"]
    assert last["messages"][1]["content"] == PROMPT.words


async def test_a_model_that_cannot_be_forced_to_use_a_tool_is_asked_to() -> None:
    thought = json.loads(in_anthropic(FILLED))
    thought["content"].insert(0, {"type": "thinking", "thinking": "", "signature": "s"})
    async with serving(status(400), body(json.dumps(thought))) as fake:
        assert json.loads(await fake.plugin("anthropic").fill(PROMPT)) == json.loads(FILLED)
    forced, free = fake.bodies
    assert (forced.pop("tool_choice"), free.pop("tool_choice")) == (
        {"type": "tool", "name": "fill_form"}, {"type": "auto"}
    )
    assert forced == free


@both
async def test_a_server_that_calls_every_request_bad_is_asked_a_few_times(protocol: str) -> None:
    async with serving(status(400)) as fake:
        with pytest.raises(NoAnswer, match="HTTP 400"):
            await fake.plugin(protocol).fill(PROMPT)
    assert len(fake.bodies) == {"openai": 3, "anthropic": 2}[protocol]


async def _huge(request: web.Request) -> web.StreamResponse:
    """Answer a gigabyte, as far as somebody takes it."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    answer.content_length = 2**30
    await answer.prepare(request)
    for _ in range(2**14):
        await answer.write(b" " * 2**16)
    return answer


async def _endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    while True:
        await answer.write(b'{"a": ' * 2**12)


async def _cut_off(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    answer.content_length = 100
    await answer.prepare(request)
    await answer.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.close()
    return answer


async def _packed(request: web.Request) -> web.Response:
    answer = web.Response(text=in_openai(FILLED), content_type="application/json")
    answer.enable_compression(web.ContentCoding.gzip, strategy=0)
    return answer


def _moved(request: web.Request) -> Any:
    raise web.HTTPTemporaryRedirect(location=str(request.url))


async def _redirect(request: web.Request) -> web.StreamResponse:
    return _moved(request)  # type: ignore[no-any-return]


@both
@pytest.mark.parametrize(("reply", "says"), [
    (status(429, **{"Retry-After": "3600"}), "HTTP 429"), (status(500), "HTTP 500"),
    (status(503), "HTTP 503"), (status(401, '{"error": "k-1"}'), "HTTP 401"),
    (status(204), "HTTP 204"), (_redirect, "HTTP 307"),
    (body(in_openai(FILLED), "text/html"), "without JSON"),
    (body(in_openai(FILLED), "text/plain"), "without JSON"),
    (_huge, f"more than {ANSWER_BYTES_MAX} bytes"),
    (_endless, f"more than {ANSWER_BYTES_MAX} bytes"),
    (_cut_off, "it broke off"), (_packed, "broken JSON"),
    (body(""), "broken JSON"), (body("{"), "broken JSON"), (body("\x00"), "broken JSON"),
    (body("[" * 60_000), "broken JSON"), (body('{"a": ' * 10_000), "broken JSON"),
    (body(f'{{"n": {"9" * 60_000}}}'), "broken JSON"),
    (body('{"content": [], "content": []}'), "broken JSON"),
    (body('{"choices": [], "choices": []}'), "broken JSON"),
], ids=lambda value: value if isinstance(value, str) else "")
async def test_what_is_no_answer_is_told_in_one_line(
    protocol: str, reply: Reply, says: str
) -> None:
    async with serving(reply) as fake:
        with pytest.raises(NoAnswer, match=says) as caught:
            await fake.plugin(protocol, key="k-1").fill(PROMPT)
    assert "k-1" not in str(caught.value)
    assert len(fake.bodies) == 1


OTHER_TOOL = in_anthropic(FILLED).replace("fill_form", "place_order")
TWO_TOOLS = json.loads(in_anthropic(FILLED))
TWO_TOOLS["content"] *= 2


@pytest.mark.parametrize(("protocol", "answer"), [
    *(("openai", text) for text in (
        "[]", "{}", "7", "null", '{"choices": []}', '{"choices": {}}', '{"choices": [7]}',
        '{"choices": [{"message": null}]}', '{"choices": [{"message": {"content": null}}]}',
        '{"choices": [{"message": {"content": {"symbol": "SPY"}}}]}',
        '{"choices": [{"message": {"refusal": "no"}}]}',
        '{"choices": [{"message": {"content": null, "tool_calls": [{"type": "function", '
        '"function": {"name": "place_order", "arguments": "{}"}}]}}]}',
        '{"error": {"message": "overloaded"}}',
    )),
    *(("anthropic", text) for text in (
        "[]", "{}", "7", "null", '{"content": null}', '{"content": []}', '{"content": {}}',
        '{"content": [7]}', '{"content": [{}]}', '{"content": [{"type": "text", "text": "SPY"}]}',
        '{"content": [{"type": "tool_use", "name": "fill_form"}]}',
        OTHER_TOOL, json.dumps(TWO_TOOLS), '{"type": "error", "error": {"type": "overloaded"}}',
    )),
])
async def test_an_answer_that_fills_no_form_is_useless(protocol: str, answer: str) -> None:
    async with serving(body(answer)) as fake:
        with pytest.raises(UselessAnswer, match=r"expected one|another form"):
            await fake.plugin(protocol).fill(PROMPT)


@both
async def test_a_caller_that_waits_no_longer_ends_a_call_at_once(protocol: str) -> None:
    cancelled = asyncio.Event()

    async def dripping(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        try:
            while True:
                await answer.write(b" ")
                await asyncio.sleep(0.005)
        finally:
            cancelled.set()

    async with serving(dripping) as fake:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await fake.plugin(protocol).fill(PROMPT)
        await asyncio.wait_for(cancelled.wait(), 1)


@both
async def test_nobody_there_is_no_answer(protocol: str) -> None:
    async with serving(FILLED) as fake:
        plugin = fake.plugin(protocol)
    with pytest.raises(NoAnswer, match="no connection"):
        await plugin.fill(PROMPT)


@pytest.mark.parametrize("url", [
    "https://models.example/v1", "http://127.0.0.1:11434/v1", "http://localhost:8080",
    "http://[::1]:8080/v1", "http://127.8.9.1/",
])
def test_words_go_encrypted_or_stay_on_this_machine(url: str) -> None:
    assert Endpoint(model="m", base_url=url).base_url == url


@pytest.mark.parametrize("url", [
    "http://models.example/v1", "http://10.0.0.1/v1", "http://127.0.0.1.example/",
    "http://localhost.example/", "http://0.0.0.0/", "ftp://localhost/", "file:///etc/passwd",
    "https://", "models.example", "", "https://user:secret@models.example/v1",
    "https://models.example/v1?key=1", "https://models.example/v1#a", "http://[::1", "https://@h/",
])
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"base_url|IPv6"):
        Endpoint(model="m", base_url=url)


def test_a_person_may_allow_a_plain_line_by_name() -> None:
    assert Endpoint(model="m", base_url="http://10.0.0.1/v1", plain_http=True)
    with pytest.raises(ValueError, match="base_url"):
        Endpoint(model="m", base_url="ftp://10.0.0.1/v1", plain_http=True)


@pytest.mark.parametrize("settings", [
    {"model": ""}, {"model": "m" * 101}, {"model": "m\n"},
    {"model": "m", "api_key": Secret("k\r\nX-Other: 1")},
    {"model": "m", "api_key": Secret("k\u00e9")},
])
def test_a_name_or_key_that_no_header_can_hold_is_refused_unshown(settings: Any) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        Endpoint(**settings)
    assert "X-Other" not in str(caught.value)
