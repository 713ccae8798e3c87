"""Is a request read in time and as it was said, whatever a language model makes of it?"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from aiohttp import web
from tests.plugins.language.fake_model import MODELS, FakeModel, Reply, body, serving, status
from tools import phrases

from tradebot.core.model.strategy_type import Outlook
from tradebot.core.options.request import Reading
from tradebot.core.options.words.claims import Claim
from tradebot.core.options.words.grammar import TEXT_MAX, read
from tradebot.ports import NoAnswer, Prompt, UselessAnswer
from tradebot.shell.desk.reading import FORM, Reader, claimed, digest_of
from tradebot.shell.settings.sections import LanguageSection

TODAY = date(2025, 12, 1)
TEXT = "SPY iron condor"
FILLED = '{"symbol": "SPY", "strategy_type": "iron_condor"}'
BY_MODEL = {"provider", "model", "prompt_digest"}


def load() -> tuple[frozenset[str], list[tuple[str, str, str]]]:
    lines = (Path(__file__).parent / "answers.tsv").read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    (_, today), (_, symbols), *rows = cells
    assert date.fromisoformat(today) == TODAY
    return frozenset(symbols.split()), [(text, said, expected) for text, said, expected in rows]


SYMBOLS, ANSWERS = load()


async def read_with(
    fake: FakeModel, text: str = TEXT, protocol: str = "openai", timeout_s: float = 5.0,
    **settings: Any,
) -> Reading:
    section = LanguageSection(provider=protocol, timeout_s=timeout_s, **settings)
    return await Reader(section, fake.plugin(protocol)).read(text, SYMBOLS, TODAY)


def told(reading: Reading) -> dict[str, str]:
    cells = phrases.told(reading)
    return {name: value for name, value in cells.items() if name not in BY_MODEL}


def as_if_alone(text: str) -> dict[str, str]:
    """Return what is told of a reading without the model: the failure is one more note."""
    alone = read(text, SYMBOLS, TODAY)
    return told(replace(
        alone, request=replace(alone.request, fallback=True), notes=(*alone.notes, "failed")
    ))


@pytest.mark.parametrize("protocol", MODELS)
@pytest.mark.parametrize(("text", "said", "expected"), ANSWERS)
async def test_an_answer_comes_to_what_the_table_says(
    protocol: str, text: str, said: str, expected: str
) -> None:
    async with serving(said) as fake:
        reading = await read_with(fake, text, protocol)
    if expected == "fallback":
        assert told(reading) == as_if_alone(text)
    else:
        assert told(reading) == phrases.parsed(expected)
        assert len(fake.bodies) == 1


def test_the_table_is_as_long_as_was_promised_and_says_nothing_twice() -> None:
    assert len({(text, said) for text, said, _ in ANSWERS}) == len(ANSWERS) >= 150
    assert sum(expected == "fallback" for _, _, expected in ANSWERS) >= 60


# What the model is asked


async def test_a_model_hears_of_no_limit_position_or_symbol_that_nobody_said() -> None:
    async with serving(FILLED) as fake:
        await read_with(fake)
    (sent,) = fake.bodies
    system, user = sent["messages"]
    assert user["content"] == TEXT
    assert "2025-12-01" in system["content"] and "QQQ" not in json.dumps(sent)
    assert sent["response_format"]["json_schema"]["schema"] == FORM


def test_the_form_has_the_fields_of_a_claim_and_room_for_no_other() -> None:
    assert list(FORM["properties"]) == FORM["required"] == [part.name for part in fields(Claim)]
    assert FORM["additionalProperties"] is False
    empty = {name: None for name in FORM["properties"]} | {"unresolved": []}
    assert claimed(json.dumps(empty)) == Claim(unresolved=())
    assert claimed("{}") == Claim()


def test_every_name_that_the_form_offers_is_taken() -> None:
    for name, schema in FORM["properties"].items():
        for value in filter(None, schema.get("enum", ())):
            assert getattr(claimed(json.dumps({name: value})), name) == value


async def test_a_refused_answer_is_repaired_once_and_the_model_hears_why() -> None:
    async with serving('{"symbol": "SPY", "approve": true}', FILLED) as fake:
        reading = await read_with(fake)
    first, second = (sent["messages"][0]["content"] for sent in fake.bodies)
    assert second.startswith(first)
    assert "approve: expected one of" in second.removeprefix(first)
    assert reading == replace(
        read(TEXT, SYMBOLS, TODAY), request=replace(
            read(TEXT, SYMBOLS, TODAY).request, provider="openai", model="small-1",
            prompt_digest=digest_of(Prompt(task=second, words=TEXT, form=FORM)),
        ),
    )


@pytest.mark.parametrize(("says", "times"), [
    ((FILLED,), 1), (("{}", "{"), 1), (("{", "{}"), 2), (("{", "{", FILLED), 2),
    ((status(503), FILLED), 1), (("{", status(429), FILLED), 2), ((body("[]"), FILLED), 2),
])
async def test_nobody_is_asked_more_than_twice(
    says: Sequence[str | Reply], times: int
) -> None:
    async with serving(*says) as fake:
        await read_with(fake)
    assert len(fake.bodies) == times


async def test_a_complaint_is_short_and_printable_whatever_the_answer_was() -> None:
    async with serving(json.dumps({"\x1b[2J" + "a" * 9000: 1, "b\n": 2}), FILLED) as fake:
        await read_with(fake)
    complaint = fake.bodies[1]["messages"][0]["content"].rpartition("\n\n")[2]
    assert len(complaint) < 400
    assert complaint.isprintable()


async def test_too_long_a_text_and_no_provider_ask_no_model() -> None:
    async with serving(FILLED) as fake:
        assert (await read_with(fake, "a" * (TEXT_MAX + 1))).request.provider is None
    assert fake.bodies == []
    alone = await Reader(LanguageSection(), None).read(TEXT, SYMBOLS, TODAY)
    assert alone == read(TEXT, SYMBOLS, TODAY)


# When it does not answer


async def _slow(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    raise AssertionError("nobody waits so long")


async def _dripping(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    for _ in range(3000):
        await answer.write(b" ")
        await asyncio.sleep(0.01)
    return answer


@pytest.mark.parametrize("protocol", MODELS)
@pytest.mark.parametrize(("reply", "why"), [
    (_slow, "too late"), (_dripping, "too late"), (status(429), "HTTP 429"),
    (status(500, "<script>"), "HTTP 500"),
    (body("x" * 70_000), "HTTP 200, but more than 65536 bytes"),
    (body("{}", "text/html"), "HTTP 200 without JSON"),
])
async def test_the_words_are_read_in_time_without_a_model_that_fails(
    protocol: str, reply: Reply, why: str
) -> None:
    begun = perf_counter()
    async with serving(reply) as fake:
        reading = await read_with(fake, "SPY ain't budging", protocol, timeout_s=0.2)
        waited = perf_counter() - begun
    assert waited < 2
    assert told(reading) == as_if_alone("SPY ain't budging")
    assert reading.notes == (f"{protocol} gave no usable answer ({why}): read without it",)
    assert (reading.request.provider, reading.request.model) == (protocol, "small-1")


async def test_both_attempts_share_one_deadline() -> None:
    async def late(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.15)
        return web.Response(text="[]", content_type="application/json")

    begun = perf_counter()
    async with serving(late) as fake:
        reading = await read_with(fake, timeout_s=0.2)
        assert perf_counter() - begun < 0.29
    assert reading.request.fallback


async def test_whoever_wants_no_other_reader_is_asked_to_say_it_again() -> None:
    async with serving(status(500)) as fake:
        reading = await read_with(fake, fallback=False)
    (question,) = reading.questions
    assert (question.about, reading.request.confidence) == ("words", 0)
    assert "HTTP 500" in question.text
    assert (reading.request.symbol, reading.request.fallback) == (None, False)


# Who read it


async def test_a_request_tells_who_read_it_and_names_all_that_the_model_heard() -> None:
    async with serving(FILLED, FILLED, FILLED) as fake:
        one, same = await read_with(fake), await read_with(fake)
        other = await read_with(fake, "SPY iron  condor")
    request = one.request
    assert (request.provider, request.model, request.fallback) == ("openai", "small-1", False)
    assert request.prompt_digest is not None and len(request.prompt_digest) == 64
    assert same.request.prompt_digest == request.prompt_digest != other.request.prompt_digest


async def test_what_only_the_model_understood_lowers_confidence() -> None:
    said = '{"symbol": "SPY", "outlook": "neutral"}'
    async with serving(said) as fake:
        helped, plain = await read_with(fake, "SPY budge"), await read_with(fake, "SPY neutral")
    assert helped.request.outlook is plain.request.outlook is Outlook.NEUTRAL
    assert helped.request.confidence < plain.request.confidence == 1


# Any model at all: a plugin of somebody else need not be as careful as ours


@dataclass
class Careless:
    """Hands on whatever it heard."""

    says: str
    model: str = "loud"
    heard: list[Prompt] = field(default_factory=list)

    async def fill(self, prompt: Prompt) -> str:
        self.heard.append(prompt)
        return self.says


class Insulting:
    """Fails with words that a terminal would obey."""

    model = "rude"

    async def fill(self, prompt: Prompt) -> str:
        raise NoAnswer("\x1b[2J\nkilled " + "a" * 10_000)


async def test_a_failure_is_told_in_one_short_line_that_no_terminal_obeys() -> None:
    reader = Reader(LanguageSection(provider="rude"), Insulting())
    (note,) = (await reader.read(TEXT, SYMBOLS, TODAY)).notes
    assert note.isprintable()
    assert len(note) < 400


@pytest.mark.parametrize("said", [
    "{" * 10**6, "[" * 10**6, '"' + "a" * 10**7, '{"unresolved": [' + '"a",' * 10**5 + '"a"]}',
    '{"strikes": [' + "430," * 10**5 + "430]}", "\ud800", "\x00" * 10**5, " " * 10**7,
    '{"symbol": "' + "A" * 10**5 + '"}', '{"quantity": ' + "9" * 10**6 + "}",
])
async def test_an_endless_answer_costs_no_time(said: str) -> None:
    model = Careless(said)
    reader = Reader(LanguageSection(provider="loud"), model)
    begun = perf_counter()
    reading = await reader.read(TEXT, SYMBOLS, TODAY)
    assert perf_counter() - begun < 0.5
    assert reading.request.fallback
    assert len(model.heard) == 2
    assert "".join(reading.notes).isprintable()


@pytest.mark.parametrize("said", [
    '{"unresolved": [' + '"a",' * 900 + '"a"]}',
    '{"unresolved": ["' + "risk if " * 490 + '"]}',
])
async def test_the_longest_answer_holds_nobody_up(said: str) -> None:
    begun = perf_counter()
    assert claimed(said).unresolved
    reader = Reader(LanguageSection(provider="loud"), Careless(said))
    assert not (await reader.read("wow " * 200, SYMBOLS, TODAY)).request.fallback
    assert perf_counter() - begun < 0.5


@pytest.mark.parametrize("said", ["{", "7", "[]", '{"symbol": "a"}', '{"strikes": [1,2,3,4,5]}'])
def test_what_is_no_claim_is_useless(said: str) -> None:
    with pytest.raises(UselessAnswer):
        claimed(said)
