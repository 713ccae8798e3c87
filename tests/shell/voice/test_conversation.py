"""Does a conversation follow the dialogue, and write down all of it, within bounds?"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tradebot.core.model.intent import Channel
from tradebot.core.model.speech import Hearing, Sound
from tradebot.core.options.voice.dialogue import (
    Answered,
    ApproveOffer,
    AskDesk,
    Deed,
    Staged,
    TalkMode,
    Unheard,
    Utterance,
    at_most,
)
from tradebot.shell.clock import WallClock
from tradebot.shell.told import voice_log
from tradebot.shell.told.voice_log import VoiceLog
from tradebot.shell.voice import conversation
from tradebot.shell.voice.conversation import Conversation
from tradebot.shell.voice.ears import Ears, Recorded

STAGED = Staged(
    draft_id="d1", digest="abc", trade="SPY iron condor", stake=at_most(Decimal(412))
)


class Script:
    """Says what was written down for it, and then nothing any more."""

    def __init__(self, *lines: Utterance | Unheard) -> None:
        self.left = [*lines]
        self.modes: list[TalkMode] = []

    def listen(self, mode: TalkMode) -> Utterance | Unheard | None:
        self.modes.append(mode)
        return self.left.pop(0) if self.left else None


class Mouth:
    def __init__(self, *, is_heard: bool = True) -> None:
        self.said: list[str] = []
        self.is_heard = is_heard

    def say(self, text: str) -> bool:
        self.said.append(text)
        return self.is_heard


class Stager:
    """Stages the same draft for every request."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []

    def do(self, deed: Deed) -> Staged | Answered:
        self.deeds.append(deed)
        return STAGED if isinstance(deed, AskDesk) else Answered(text="Done.")


def spoken(text: str, confidence: str = "0.9") -> Utterance:
    return Utterance(
        text=text, channel=Channel.SPOKEN, confidence=Decimal(confidence), freely=text
    )


def held(home: Path, script: Script, mouth: Mouth) -> list[Deed]:
    hands, clock = Stager(), WallClock()
    log = VoiceLog(home, clock)
    assert list(Conversation(script, mouth, hands, log=log, clock=clock).turns())
    return hands.deeds


def test_a_spoken_draft_is_approved_after_its_read_back(tmp_path: Path) -> None:
    script, mouth = Script(spoken("SPY iron condor"), spoken("approve")), Mouth()
    asked, approved = held(tmp_path, script, mouth)
    assert asked == AskDesk(text="SPY iron condor", channel=Channel.SPOKEN)
    assert approved == ApproveOffer(draft_id="d1", digest="abc")
    assert mouth.said[0].startswith("Approve SPY iron condor, maximum loss four hundred twelve")
    assert script.modes == [TalkMode.LISTENING, TalkMode.APPROVING, TalkMode.LISTENING]


def test_a_read_back_that_nobody_heard_lets_no_voice_approve(tmp_path: Path) -> None:
    script = Script(spoken("SPY iron condor"), spoken("approve"), spoken("approve"))
    deeds = held(tmp_path, script, Mouth(is_heard=False))
    assert [type(deed) for deed in deeds] == [AskDesk]


def test_the_log_tells_why_something_was_not_accepted(tmp_path: Path) -> None:
    held(tmp_path, Script(spoken("SPY bullish", "0.1"), Unheard.NOISE), Mouth())
    path = tmp_path / "telemetry" / "voice_log.jsonl"
    heard, _, noise = map(json.loads, path.read_text().splitlines())
    assert (heard["text"], heard["confidence"]) == ("SPY bullish", "0.1")
    assert heard["likeness"] == "1.000"
    assert (heard["accepted"], heard["why_not"]) == (False, "too unlike what was heard")
    assert (noise["channel"], noise["why_not"]) == ("noise", "noise")


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_log, "FILE_BYTES_MAX", 1000)
    log = VoiceLog(tmp_path, WallClock())
    for _ in range(100):
        log.tell("said", text="a" * 100)
    files = sorted((tmp_path / "telemetry").iterdir())
    assert len(files) == voice_log.FILES_MAX
    assert all(file.stat().st_size < 1500 for file in files)


def test_a_log_that_cannot_be_written_silences_nobody(tmp_path: Path) -> None:
    (tmp_path / "telemetry").write_text("no directory")
    log = VoiceLog(tmp_path, WallClock())
    log.tell("said", text="a")
    assert log.trouble


def test_a_conversation_ends_though_nobody_says_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "TURNS_MAX", 3)
    script = Script(*[spoken("help")] * 10)
    held(tmp_path, script, Mouth())
    assert len(script.left) == 7


class Parrot:
    """Hears the first sentence that a grammar lists, whatever the sound."""

    rate = 16_000

    def knows(self, word: str) -> bool:
        return word != "qqq"

    def hear(self, sound: Sound, grammar: str) -> Hearing:
        first = grammar.partition("<sentence> = ")[2].split()[0]
        text = "bullish on q q q" if first == "<request>" else first
        return Hearing(text=text, confidence=Decimal("0.9"), freely="bullish on queues")


def test_each_mode_listens_for_its_own_words() -> None:
    loud = b"\x00\x20" * 320
    frames = ([bytes(640)] * 50 + [loud] * 50 + [bytes(640)] * 50) * 3
    ears = Recorded(Ears(Parrot(), ["QQQ"]), frames)
    heard = [ears.listen(mode) for mode in TalkMode if mode is not TalkMode.OVER]
    texts = [one.text for one in heard if isinstance(one, Utterance)]
    assert texts == ["bullish on QQQ", "yes", "approve"]
    assert ears.listen(TalkMode.LISTENING) is Unheard.SILENCE
    assert ears.listen(TalkMode.LISTENING) is None
