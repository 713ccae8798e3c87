"""Does a recording of any shape become utterances of one shape?"""

import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from tradebot.core.model.speech import Sound
from tradebot.core.options.voice.dialogue import Unheard
from tradebot.shell.voice.sound import (
    UnreadableSound,
    frames_of,
    read_wav,
    utterances,
    write_wav,
)

RATE = 16_000


def tone(seconds: float, loud: int = 8000, rate: int = RATE) -> list[int]:
    turn = 2 * math.pi * 440 / rate
    return [round(loud * math.sin(n * turn)) for n in range(int(seconds * rate))]


def quiet(seconds: float) -> list[int]:
    return [0] * int(seconds * RATE)


def cut(samples: list[int]) -> list[Sound | Unheard]:
    sound = Sound(rate=RATE, pcm=array("h", samples).tobytes())
    return list(utterances(frames_of(sound), RATE))


def recorded(path: Path, samples: list[int], rate: int, width: int, channels: int) -> Path:
    def bytes_of(sample: int) -> bytes:
        if width == 1:
            return bytes([(sample >> 8) + 128])
        return (sample << 8 * (width - 2)).to_bytes(width, "little", signed=True)

    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(b"".join(bytes_of(sample) * channels for sample in samples))
    return path


def crossings(sound: Sound) -> int:
    samples = array("h", sound.pcm)
    return sum((a < 0) != (b < 0) for a, b in pairwise(samples))


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize(("width", "channels"), [(1, 1), (2, 1), (2, 2), (3, 2), (4, 1)])
def test_any_pcm_becomes_one_channel_at_the_rate_asked_for(
    tmp_path: Path, rate: int, width: int, channels: int
) -> None:
    path = recorded(tmp_path / "a.wav", tone(0.5, rate=rate), rate, width, channels)
    sound = read_wav(path, RATE)
    assert len(sound.pcm) == pytest.approx(RATE, abs=4)  # half a second of two bytes
    assert crossings(sound) == pytest.approx(440, abs=6)
    assert max(array("h", sound.pcm)) == pytest.approx(8000, rel=0.1)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    sound = Sound(rate=RATE, pcm=array("h", tone(0.1)).tobytes())
    write_wav(tmp_path / "a.wav", sound)
    assert read_wav(tmp_path / "a.wav", RATE) == sound


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no sound")
    with pytest.raises(UnreadableSound, match=r"a\.wav: expected a WAV file"):
        read_wav(tmp_path / "a.wav", RATE)
    long = recorded(tmp_path / "b.wav", [0] * 601, 1, 2, 1)
    with pytest.raises(UnreadableSound, match="601 s, at most 600 s"):
        read_wav(long, RATE)


def test_a_pause_parts_two_utterances() -> None:
    found = cut(quiet(1) + tone(1) + quiet(1) + tone(0.5) + quiet(1))
    assert [type(one) for one in found] == [Sound, Sound, Unheard]
    lengths = [len(one.pcm) / 2 / RATE for one in found if isinstance(one, Sound)]
    assert lengths == pytest.approx([1.6, 1.1], abs=0.1)  # with quiet around them


def test_a_breath_does_not_part_an_utterance() -> None:
    assert len(cut(tone(0.5) + quiet(0.4) + tone(0.5) + quiet(1))) == 2


def test_a_click_is_noise_and_a_long_quiet_is_an_answer() -> None:
    assert cut(quiet(0.5) + tone(0.05) + quiet(1)) == [Unheard.NOISE, Unheard.SILENCE]
    assert cut(quiet(17)) == [Unheard.SILENCE] * 3


def test_a_steady_hum_is_no_speech() -> None:
    hum = tone(3, loud=500)
    found = cut(hum + tone(1) + hum)
    assert [type(one) for one in found if isinstance(one, Sound)] == [Sound]


def test_speech_without_end_is_cut() -> None:
    assert all(len(s.pcm) <= 2 * 16 * RATE for s in cut(tone(40)) if isinstance(s, Sound))


def test_an_utterance_holds_no_digital_silence() -> None:
    (said, _) = cut(tone(0.5) + quiet(1))
    assert isinstance(said, Sound)
    start = array("h", said.pcm)[:1000]
    deviation = (sum(sample * sample for sample in start) / len(start)) ** 0.5
    assert 80 < deviation < 120
    assert cut(tone(0.5) + quiet(1))[0] == said
