"""What was said, out of a sound? The recogniser listens for what the dialogue waits for."""

from collections.abc import Iterable, Iterator
from typing import Final

from tradebot.core.model.intent import Channel
from tradebot.core.model.speech import Sound
from tradebot.core.options.voice import sentences
from tradebot.core.options.voice.dialogue import TalkMode, Unheard, Utterance
from tradebot.ports import Recognizer
from tradebot.shell.voice.sound import utterances

_ANSWERS: Final = {
    TalkMode.CHECKING: sentences.answers("yes", "no"),
    TalkMode.APPROVING: sentences.answers("approve", "reject"),
}


class Ears:
    """A grammar for each mode: the fewer sentences, the better they are told apart."""

    def __init__(self, recognizer: Recognizer, symbols: Iterable[str]) -> None:
        self.rate = recognizer.rate
        self._recognizer = recognizer
        self._ear = sentences.ear(symbols, recognizer.knows)

    def understood(self, sound: Sound, mode: TalkMode) -> Utterance | Unheard:
        heard = self._recognizer.hear(sound, _ANSWERS.get(mode, self._ear.grammar))
        if not heard.text:
            return Unheard.NOISE
        return Utterance(
            text=self._ear.written(heard.text), channel=Channel.SPOKEN,
            confidence=heard.confidence, freely=heard.freely,
        )


class Recorded:
    """What was said into a stream of frames, utterance by utterance; then silence, then no more."""

    def __init__(self, ears: Ears, frames: Iterable[bytes]) -> None:
        self._ears = ears
        self._sounds: Iterator[Sound | Unheard] = utterances(frames, ears.rate)

    def listen(self, mode: TalkMode) -> Utterance | Unheard | None:
        sound = next(self._sounds, None)
        return self._ears.understood(sound, mode) if isinstance(sound, Sound) else sound
