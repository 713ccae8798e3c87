"""Is what may be spoken the same language as what may be typed, only with fewer forms?"""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from tests.core.options.voice import jsgf
from tools import phrases

from tradebot.core.options.voice import sentences
from tradebot.core.options.voice.numbers import in_words
from tradebot.core.options.words.grammar import read
from tradebot.core.options.words.tokens import Token, tokens

HERE = Path(__file__).parent
TABLE = phrases.load(HERE.parent / "words" / "phrases.tsv")
EAR = sentences.ear(TABLE.symbols, lambda word: True)
GRAMMAR = jsgf.read(EAR.grammar)
TODAY = date(2026, 11, 23)


def spoken(text: str) -> str:
    """Say what is written: numbers in words, tickers by their letters."""
    letters = {ticker: said for said, ticker in reversed(EAR.tickers.items())}
    return " ".join(_sound(token, letters) for token in tokens(text) if not token.is_pause)


def _sound(token: Token, letters: dict[str, str]) -> str:
    if token.number is not None:
        return in_words(token.number) + " dollars" * token.is_cash
    units = {"%": "percent", "dte": "days"}
    return letters.get(token.text) or units.get(token.text) or token.text.lower()


def in_reach() -> list[str]:
    """Return the requests of the table that need no question and only words that are known."""
    known = GRAMMAR.words()
    return [
        text for text, expected in TABLE.rows
        if "ask=" not in expected and set(spoken(text).split()) <= known
    ]


def test_every_request_of_the_table_that_can_be_spoken_is_a_sentence() -> None:
    lines = (HERE / "unspoken.txt").read_text().splitlines()
    unspoken = [text for text in in_reach() if not GRAMMAR.holds(spoken(text))]
    assert unspoken == [line for line in lines if not line.startswith("#")]
    assert len(in_reach()) - len(unspoken) >= 50


@pytest.mark.parametrize("seed", range(5))
def test_every_sentence_is_understood_without_a_word_left_over(seed: int) -> None:
    chance = Random(seed)
    for _ in range(100):
        sentence = GRAMMAR.sample(chance.randrange)
        assert GRAMMAR.holds(sentence)
        if sentence not in sentences.CONTROLS:
            request = read(EAR.written(sentence), TABLE.symbols, TODAY).request
            assert request.unresolved == (), sentence
            assert request.symbol in TABLE.symbols, sentence


def test_a_ticker_is_called_by_its_letters_as_a_word_or_by_its_company() -> None:
    ear = sentences.ear(["SPY", "IT", "F", "A", "BRK.B"], lambda word: True)
    called = {ticker: [s for s, t in ear.tickers.items() if t == ticker] for ticker in "AF"}
    assert called == {"A": [], "F": ["f", "ford"]}  # "a" is a word of every sentence
    assert ear.written("sell a put on s p y") == "sell a put on SPY"
    assert ear.written("open an iron condor on s and p five hundred low risk") == (
        "open an iron condor on SPY low risk"
    )
    assert ear.written("i t is bullish") == "IT is bullish"
    assert "it" not in ear.tickers
    assert ear.tickers["b r k b"] == "BRK.B"


def test_what_the_recogniser_has_no_sound_for_is_left_out() -> None:
    ear = sentences.ear(["SPY", "QQQ"], lambda word: word not in {"condor", "condors", "qqq"})
    heard = jsgf.read(ear.grammar)
    assert not heard.holds("open an iron condor on spy")
    assert heard.holds("open an iron butterfly on q q q")
    assert "condor" not in heard.words()
    assert "qqq" not in heard.words()


def test_without_a_symbol_only_the_controls_are_heard() -> None:
    silent = jsgf.read(sentences.ear([], lambda word: True).grammar)
    assert silent.holds("kill")
    assert not silent.holds("bullish on spy")


def test_an_answer_is_one_of_few_words() -> None:
    approving = jsgf.read(sentences.answers("approve", "reject"))
    assert approving.words() == {"approve", "reject", *sentences.CONTROLS}


@pytest.mark.parametrize("loose", [
    "clear kill", "resume", "go live", "live", "arm", "disarm", "limit", "raise", "unlock",
])
def test_no_word_that_would_loosen_anything_is_ever_listened_for(loose: str) -> None:
    assert not GRAMMAR.holds(loose)
    assert not {"clear", "resume", "live", "arm", "limits", "raise", "reduce"} & GRAMMAR.words()
