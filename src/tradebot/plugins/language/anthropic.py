"""How is one of Anthropic's models asked? The form is a tool, and the model must use it."""

import json
from typing import Final

from tradebot.plugins.language.post import Endpoint, part, post
from tradebot.ports import Prompt, UselessAnswer

_HOME: Final = "https://api.anthropic.com"
_TOOL: Final = "fill_form"
_TOKENS_MAX: Final = 1024


class AnthropicModel:
    """A model behind `/v1/messages`."""

    settings_type = Endpoint

    def __init__(self, settings: Endpoint) -> None:
        self.model = settings.model
        self._url = f"{(settings.base_url or _HOME).rstrip('/')}/v1/messages"
        self._headers = {"anthropic-version": "2023-06-01"}
        if settings.api_key is not None:
            self._headers["x-api-key"] = settings.api_key

    async def fill(self, prompt: Prompt) -> str:
        tool = {"name": _TOOL, "description": "Fills the form.", "input_schema": prompt.form}
        body = {
            "model": self.model, "max_tokens": _TOKENS_MAX, "system": prompt.task,
            "messages": [{"role": "user", "content": prompt.words}], "tools": [tool],
            "tool_choice": {"type": "tool", "name": _TOOL},
        }
        answer = await post(self._url, self._headers, {**body, "temperature": 0}, body)
        blocks = part(answer, "content")
        used = [
            (part(block, "name"), part(block, "input"))
            for block in blocks if part(block, "type") == "tool_use"
        ] if isinstance(blocks, list) else []
        if len(used) != 1 or used[0][0] != _TOOL:
            raise UselessAnswer(f"expected one use of {_TOOL}, and of no other tool")
        return json.dumps(used[0][1])
