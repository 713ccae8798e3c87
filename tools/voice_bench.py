"""How well is the desk heard? Speaks sentences by a synthesiser into the recogniser, and counts.

    python tools/voice_bench.py                 all sentences, voices and noises
    python tools/voice_bench.py --part 6        every sixth of them, for a quick look

Needs `pip install 'tradebot[voice,speech]'`. A command is right where the dialogue takes it for
what was said, refused where it asks again, wrong where it takes it for something else. Anything
else is right where it is refused. A false approval is a draft approved by other words.
"""

import argparse
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

from tradebot.core.model.speech import Sound
from tradebot.core.options.voice import dialogue
from tradebot.core.options.voice.dialogue import (
    ApproveOffer,
    Finished,
    Staged,
    Talk,
    TalkMode,
    Unheard,
    Utterance,
    read_back,
    step,
)
from tradebot.core.options.voice.sentences import CONTROLS, ear
from tradebot.core.options.words.grammar import read
from tradebot.plugins.speech.espeak import EspeakSettings, EspeakSynthesizer
from tradebot.plugins.speech.sphinx import SphinxRecognizer, SphinxSettings
from tradebot.shell.voice.ears import Ears
from tradebot.shell.voice.sound import frames_of, heard_at, utterances

SENTENCES = Path(__file__).with_name("voice_sentences.txt")
SYMBOLS = ("SPY", "QQQ", "IBM", "AAPL", "TSLA", "NVDA", "MSFT")
TODAY = date(2026, 11, 23)
VOICES = (
    ("en-us", 130), ("en-us", 150), ("en-us", 170), ("en-us+m3", 150), ("en-us+f2", 140),
    ("en-us+klatt4", 150), ("en", 150),
)
NOISES_DB = (None, 20, 10)
OFFER = Staged(draft_id="d", digest="d", trade="SPY iron condor", stake="maximum loss one dollar")
READ = step(step(Talk(), OFFER).talk, Finished(text=read_back(OFFER))).talk
ASKED = Talk(mode=TalkMode.CHECKING, request="SPY iron condor two contracts")
TALKS = {"approve": READ, "reject": READ, "yes": ASKED, "no": ASKED}
AROUND_S = 0.4


@dataclass(frozen=True)
class Trial:
    """One sentence in one voice, with noise so far below it, and where the dialogue stands."""

    said: str
    is_command: bool
    talk: Talk
    voice: tuple[str, int]
    noise_db: int | None


@dataclass(frozen=True)
class Outcome:
    trial: Trial
    heard: Utterance | Unheard
    verdict: str
    is_false_approval: bool


class Bench:
    """One recogniser, and the mouths that speak to it."""

    def __init__(self) -> None:
        recognizer = SphinxRecognizer(SphinxSettings())
        self._ears = Ears(recognizer, SYMBOLS)
        self._written = ear(SYMBOLS, recognizer.knows).written

    def run(self, trial: Trial) -> Outcome:
        spoken = mouth(*trial.voice).speak(trial.said)
        sound = noisy(heard_at(self._ears.rate, spoken), trial)
        found = next(utterances(frames_of(sound), self._ears.rate))
        mode = trial.talk.mode
        heard = self._ears.understood(found, mode) if isinstance(found, Sound) else found
        turn = step(trial.talk, heard)
        is_approved = isinstance(turn.deed, ApproveOffer)
        return Outcome(
            trial=trial, heard=heard, verdict=self._verdict(trial, heard, turn.why_not),
            is_false_approval=is_approved and trial.said != "approve",
        )

    def _verdict(self, trial: Trial, heard: Utterance | Unheard, why_not: str) -> str:
        if why_not or not isinstance(heard, Utterance):
            return "refused"
        is_right = trial.is_command and meaning(heard.text) == meaning(self._written(trial.said))
        return "right" if is_right else "wrong"


@cache
def mouth(voice: str, speed: int) -> EspeakSynthesizer:
    return EspeakSynthesizer(EspeakSettings(voice=voice, words_per_minute=speed))


def meaning(text: str) -> object:
    """Return what the desk would do: "an" for "a" changes nothing."""
    is_request = text not in {*TALKS, *CONTROLS}
    return read(text, frozenset(SYMBOLS), TODAY).request if is_request else text


def noisy(sound: Sound, trial: Trial) -> Sound:
    """Put silence around it and noise over it, drawn from the sentence and the voice."""
    samples = array("h", sound.pcm)
    around = [0] * int(sound.rate * AROUND_S)
    loud = (sum(sample * sample for sample in samples) / len(samples)) ** 0.5
    deviation = 0.0 if trial.noise_db is None else loud / 10 ** (trial.noise_db / 20)
    chance = Random(f"{trial.said} {trial.voice} {trial.noise_db}")
    mixed = array("h", (
        max(-32_768, min(32_767, round(sample + chance.gauss(0, deviation))))
        for sample in [*around, *samples, *around]
    ))
    return Sound(rate=sound.rate, pcm=mixed.tobytes())


def trials() -> Iterator[Trial]:
    """Say commands where they belong, everything else where it might approve and where not."""
    is_command = False
    for line in SENTENCES.read_text().splitlines():
        if line.startswith("#"):
            is_command = line.startswith("# Commands")
            continue
        talks = [TALKS.get(line, Talk())] if is_command else [READ, Talk()]
        for voice, noise, talk in product(VOICES, NOISES_DB, talks):
            yield Trial(
                said=line, is_command=is_command, talk=talk, voice=voice, noise_db=noise
            )


def part_of(everything: Sequence[Trial], part: int) -> list[Trial]:
    """Take every so many of them, mixed by a seed: each voice and noise has its share."""
    mixed = list(everything)
    Random(7).shuffle(mixed)
    return mixed[::part]


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield f"{'said':<10} {'noise':<7} {'right':>6} {'wrong':>6} {'refused':>8} {'right %':>8}"
    for is_command, noise in product((True, False), NOISES_DB):
        found = Counter(
            one.verdict for one in outcomes
            if (one.trial.is_command, one.trial.noise_db) == (is_command, noise)
        )
        if not found:
            continue
        good = found["right"] if is_command else found["refused"]
        what, over = "commands" if is_command else "other", f"{noise} dB" if noise else "none"
        yield (
            f"{what:<10} {over:<7} {found['right']:>6} {found['wrong']:>6}"
            f" {found['refused']:>8} {good / found.total():>8.1%}"
        )
    other = sum(not one.trial.is_command for one in outcomes)
    false = sum(one.is_false_approval for one in outcomes)
    yield f"false approvals: {false} in {len(outcomes)} sentences, {other} of them no commands"


def shown(outcome: Outcome) -> str:
    trial, heard = outcome.trial, outcome.heard
    told = f"{outcome.verdict:<8} {trial.voice[0]} {trial.voice[1]} {trial.noise_db}: {trial.said}"
    if not isinstance(heard, Utterance):
        return f"{told} | {heard}"
    alike = dialogue.likeness(heard.text, heard.freely)
    return f"{told} | {heard.text} | {heard.freely} | {heard.confidence} {alike:.2f}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tools/voice_bench.py", description=__doc__)
    parser.add_argument("--part", type=int, default=1, metavar="N", help="every N-th trial")
    parser.add_argument("--tell", action="store_true", help="print each sentence as it is heard")
    asked = parser.parse_args(arguments)
    bench, outcomes = Bench(), []
    for trial in part_of(list(trials()), asked.part):
        outcomes.append(bench.run(trial))
        if asked.tell:
            print(shown(outcomes[-1]), flush=True)
    print("\n".join(table(outcomes)))
    return 1 if any(one.is_false_approval for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
