"""How is one of Anthropic's models asked? The form is a tool, and the model must use it.

A model that always thinks first cannot be made to: it is asked once more, and may choose.
"""

import json
from typing import Any, Final

from tradebot.plugins.language.post import Endpoint, line, part, post
from tradebot.ports import Prompt, UselessAnswer

_HOME: Final = "https://api.anthropic.com"
_VERSION: Final = "2023-06-01"  # what others who speak this protocol know, too
_TOOL: Final = "fill_form"
_TOKENS_MAX: Final = 4096  # thoughts count


class AnthropicModel:
    """A model behind `/v1/messages`."""

    settings_type = Endpoint

    def __init__(self, settings: Endpoint) -> None:
        self.model = settings.model
        self._line = line(f"{(settings.base_url or _HOME).rstrip('/')}/v1/messages")
        key = settings.api_key
        self._headers = {"anthropic-version": _VERSION}
        if key is not None:
            self._headers["x-api-key"] = key.reveal()

    async def fill(self, prompt: Prompt) -> str:
        answer = await post(
            self._line, self._headers,
            self._body(prompt, {"type": "tool", "name": _TOOL}),
            self._body(prompt, {"type": "auto"}),
        )
        blocks = part(answer, "content")
        used = [
            (part(block, "name"), part(block, "input"))
            for block in blocks if part(block, "type") == "tool_use"
        ] if isinstance(blocks, list) else []
        if len(used) != 1 or used[0][0] != _TOOL:
            raise UselessAnswer(f"expected one use of {_TOOL}, and of no other tool")
        return json.dumps(used[0][1])

    def _body(self, prompt: Prompt, choice: dict[str, str]) -> dict[str, Any]:
        tool = {"name": _TOOL, "description": "Fills the form.", "input_schema": prompt.form}
        return {
            "model": self.model, "max_tokens": _TOKENS_MAX, "system": prompt.task,
            "messages": [{"role": "user", "content": prompt.words}],
            "tools": [tool], "tool_choice": choice,
        }
