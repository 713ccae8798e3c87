"""How does a conversation run? Listen, take a step, speak, do; each is told to the log."""

from collections.abc import Iterator
from typing import Protocol

from tradebot.core.options.voice.dialogue import (
    Answered,
    Deed,
    Finished,
    Happening,
    Staged,
    Talk,
    TalkMode,
    Turn,
    Utterance,
    likeness,
    step,
)
from tradebot.ports import Clock
from tradebot.shell.told.voice_log import VoiceLog

TURNS_MAX = 1000


class Listens(Protocol):
    def listen(self, mode: TalkMode) -> Happening | None:
        """Return what comes next, in bounded time; None where nothing will ever come."""


class Says(Protocol):
    def say(self, text: str) -> bool:
        """Tell whether it was spoken to its end, not only shown."""


class Does(Protocol):
    def do(self, deed: Deed) -> Staged | Answered: ...


class Conversation:
    """One person, one desk; it ends with "stop" or with the last sound."""

    def __init__(
        self, ears: Listens, mouth: Says, hands: Does, *, log: VoiceLog, clock: Clock
    ) -> None:
        self._ears = ears
        self._mouth = mouth
        self._hands = hands
        self._log = log
        self._clock = clock

    def turns(self) -> Iterator[tuple[Happening, Turn]]:
        """Go on to the end; yield each happening and what followed."""
        talk = Talk()
        for _ in range(TURNS_MAX):
            start = self._clock.now()
            happened = self._ears.listen(talk.mode)
            if happened is None:
                return
            turn = step(talk, happened)
            self._log.tell("heard", took_ms=self._log.since_ms(start), **_told(happened, turn))
            yield happened, turn
            talk = self._follow(turn)
            if talk.mode is TalkMode.OVER:
                return

    def _follow(self, turn: Turn) -> Talk:
        """Say and do what the turn asks for, until nothing is left to do."""
        while True:
            talk = self._say(turn)
            if turn.deed is None:
                return talk
            start = self._clock.now()
            answer = self._hands.do(turn.deed)
            self._log.tell(
                "did", deed=str(turn.deed), took_ms=self._log.since_ms(start), answer=str(answer)
            )
            turn = step(talk, answer)

    def _say(self, turn: Turn) -> Talk:
        if not turn.say:
            return turn.talk
        start = self._clock.now()
        is_finished = self._mouth.say(turn.say)
        self._log.tell(
            "said", text=turn.say, to_its_end=is_finished, took_ms=self._log.since_ms(start)
        )
        return step(turn.talk, Finished(text=turn.say)).talk if is_finished else turn.talk


def _told(happened: Happening, turn: Turn) -> dict[str, object]:
    """Tell what was heard, how surely, and whether it was accepted."""
    told: dict[str, object] = {"accepted": not turn.why_not, "why_not": turn.why_not}
    if not isinstance(happened, Utterance):
        return {"text": "", "channel": str(happened), **told}
    return {
        "text": happened.text, "channel": happened.channel.value,
        "confidence": happened.confidence, "freely": happened.freely,
        "likeness": round(likeness(happened.text, happened.freely), 3), **told,
    }
