"""How is any server asked that speaks OpenAI's protocol? Ollama, vLLM and llama.cpp speak it, too.

It asks for an answer in the form's JSON Schema. A server that does not know such a wish hears the
schema in words, and is asked for any JSON object.
"""

import json
from typing import Any, Final

from tradebot.plugins.language.post import Endpoint, line, part, post
from tradebot.ports import Prompt, UselessAnswer

_HOME: Final = "https://api.openai.com/v1"
_BOUNDS: Final = {"temperature": 0, "max_tokens": 1024}  # a model that thinks first takes neither


class OpenAIModel:
    """A model behind `/chat/completions`."""

    settings_type = Endpoint

    def __init__(self, settings: Endpoint) -> None:
        self.model = settings.model
        self._line = line(f"{(settings.base_url or _HOME).rstrip('/')}/chat/completions")
        key = settings.api_key
        self._headers = {} if key is None else {"Authorization": f"Bearer {key.reveal()}"}

    async def fill(self, prompt: Prompt) -> str:
        schema = {"name": "request", "strict": True, "schema": prompt.form}
        strictly = {"response_format": {"type": "json_schema", "json_schema": schema}}
        told = f"{prompt.task}\n\nAnswer with one JSON object of this schema: "
        answer = await post(
            self._line, self._headers,
            self._body(prompt.task, prompt.words, strictly | _BOUNDS),
            self._body(prompt.task, prompt.words, strictly),
            self._body(told + json.dumps(prompt.form), prompt.words, {
                "response_format": {"type": "json_object"},
            }),
        )
        text = part(answer, "choices", 0, "message", "content")
        if not isinstance(text, str):
            raise UselessAnswer("expected one JSON object as text")
        return text

    def _body(self, task: str, words: str, wishes: dict[str, Any]) -> dict[str, Any]:
        messages = [{"role": "system", "content": task}, {"role": "user", "content": words}]
        return {"model": self.model, "messages": messages, **wishes}
