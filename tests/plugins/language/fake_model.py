"""A server that speaks both protocols of language models, and says what a test tells it to say."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web

from tradebot.core.model.secret import Secret
from tradebot.plugins.language.anthropic import AnthropicModel
from tradebot.plugins.language.openai import OpenAIModel
from tradebot.plugins.language.post import Endpoint
from tradebot.ports import Language

Reply: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
MODELS: Mapping[str, Callable[[Endpoint], Language]] = {
    "openai": OpenAIModel, "anthropic": AnthropicModel,
}


@dataclass
class FakeModel:
    """Answers with what `says` holds, the last one for ever; a text is a filled form."""

    says: list[str | Reply]
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.headers.append(request.headers)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if not isinstance(said, str):
            return await said(request)
        envelope = in_openai if request.path.endswith("/chat/completions") else in_anthropic
        return web.Response(text=envelope(said), content_type="application/json")

    def plugin(self, protocol: str, key: str | None = None, **settings: Any) -> Language:
        secret = None if key is None else Secret(key)
        return MODELS[protocol](
            Endpoint(model="small-1", base_url=self.url, api_key=secret, **settings)
        )


def in_openai(form: str) -> str:
    message = {"role": "assistant", "content": form}
    return json.dumps({
        "id": "c1", "object": "chat.completion", "created": 1, "model": "small-1-2026",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
    })


def in_anthropic(form: str) -> str:
    """Put the form where a tool's input stands, as it was written."""
    use = f'{{"type": "tool_use", "id": "t1", "name": "fill_form", "input": {form}}}'
    return (
        '{"id": "m1", "type": "message", "role": "assistant", "model": "small-1-2026", '
        f'"content": [{use}], "stop_reason": "tool_use", "stop_sequence": null, '
        '"usage": {"input_tokens": 9, "output_tokens": 9}}'
    )


def status(code: int, text: str = "{}", **headers: str) -> Reply:
    async def reply(_: web.Request) -> web.Response:
        return web.Response(
            status=code, text=text, content_type="application/json", headers=headers
        )

    return reply


def body(text: str, content_type: str = "application/json") -> Reply:
    async def reply(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type)

    return reply


@asynccontextmanager
async def serving(*says: str | Reply) -> AsyncIterator[FakeModel]:
    fake, app = FakeModel(says=list(says)), web.Application()
    app.router.add_post("/v1/chat/completions", fake.answer)
    app.router.add_post("/v1/v1/messages", fake.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    fake.url = f"http://{host}:{port}/v1"
    try:
        yield fake
    finally:
        await runner.cleanup()
