"""How does a recording become utterances, as a recogniser wants them? Arithmetic on samples."""

import math
import sys
import wave
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final

from tradebot.core.model.speech import Sound
from tradebot.core.options.voice.dialogue import Unheard

RECORDING_MAX_S: Final = 600
FRAME_S: Final = 0.02
_PAUSE: Final = 35  # frames of quiet that end an utterance
_SILENCE: Final = 400  # frames of quiet that are an answer
_ONSET: Final = 8  # frames before and after: words begin and end softly
_SHORTEST: Final = 8  # frames; less is a click
_LONGEST: Final = 750
_AROUND_S: Final = 0.15
_QUIETEST: Final = 200  # what a quiet room sounds like
_NOISIEST: Final = 1500
_OVER_FLOOR: Final = 2
_FLOOR_RISES: Final = 1.01  # a frame
_DITHER: Final = 170  # to either side; its standard deviation is 100
_DITHERED_AT_ONCE: Final = 32


class UnreadableSound(Exception):
    """The file is no recording that can be read; the text says why."""


def read_wav(path: Path, rate: int) -> Sound:
    """Read PCM of any rate, width and number of channels; give one channel at this rate."""
    try:
        with wave.open(str(path), "rb") as file:
            seconds = file.getnframes() / file.getframerate()
            if seconds > RECORDING_MAX_S:
                raise UnreadableSound(f"{path}: {seconds:.0f} s, at most {RECORDING_MAX_S} s")
            samples = _samples(file.readframes(file.getnframes()), file.getsampwidth())
            mono = _mixed(samples, file.getnchannels())
            return heard_at(rate, Sound(rate=file.getframerate(), pcm=_pcm(mono)))
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise UnreadableSound(f"{path}: expected a WAV file with PCM: {error}") from error


def write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(sound.pcm)


def heard_at(rate: int, sound: Sound) -> Sound:
    """Return the same sound with so many samples a second."""
    return Sound(rate=rate, pcm=_pcm(_resampled(_samples(sound.pcm, 2), sound.rate, rate)))


def frames_of(sound: Sound) -> Iterator[bytes]:
    size = 2 * int(sound.rate * FRAME_S)
    return (sound.pcm[at:at + size] for at in range(0, len(sound.pcm), size))


def utterances(frames: Iterable[bytes], rate: int) -> Iterator[Sound | Unheard]:
    """Cut a stream where it is quiet; a long quiet is an answer, too, and so is its end."""
    before, heard = deque[bytes](maxlen=_ONSET), list[bytes]()
    quiet, floor = 0, float(_NOISIEST)
    for frame in frames:
        loud = _loudness(frame)
        floor = min(max(_QUIETEST, loud), floor * _FLOOR_RISES)
        is_quiet = loud < _OVER_FLOOR * floor
        quiet = quiet + 1 if is_quiet else 0
        if not heard and is_quiet:
            before.append(frame)
        else:
            heard += [*before, frame]
            before.clear()
        if heard and (quiet >= _PAUSE or len(heard) >= _LONGEST):
            yield _uttered(heard, quiet, rate)
            heard = []
        elif quiet >= _SILENCE:
            yield Unheard.SILENCE
            quiet = 0
    yield _uttered(heard, quiet, rate) if heard else Unheard.SILENCE


def _uttered(heard: Sequence[bytes], quiet: int, rate: int) -> Sound | Unheard:
    """Make an utterance of what was heard, with a little of the quiet around it."""
    said = heard[: len(heard) - max(0, quiet - _ONSET)]
    if len(said) < _SHORTEST + 2 * _ONSET:
        return Unheard.NOISE
    around = bytes(2 * int(rate * _AROUND_S))
    return Sound(rate=rate, pcm=_dithered(around + b"".join(said) + around))


def _dithered(pcm: bytes) -> bytes:
    """Add a little noise: digital silence, which no room has, misleads recognisers."""
    samples, noise = _samples(pcm, 2), array("h")
    for block in range(len(samples) // _DITHERED_AT_ONCE + 1):
        noise.frombytes(blake2b(block.to_bytes(8, "big"), digest_size=64).digest())
    return _pcm(s + n * _DITHER // 32_768 for s, n in zip(samples, noise, strict=False))


def _loudness(frame: bytes) -> float:
    samples = _samples(frame[: len(frame) // 2 * 2], 2)
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def _samples(data: bytes, width: int) -> array: # type: ignore[type-arg]
    """Return 16-bit samples of any width."""
    if width == 1:
        return array("h", ((byte - 128) << 8 for byte in data))
    tops = b"".join(data[at + width - 2 : at + width] for at in range(0, len(data), width))
    found = array("h", data if width == 2 else tops)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _mixed(samples: Sequence[int], channels: int) -> Sequence[int]:
    if channels == 1:
        return samples
    apart = [islice(samples, channel, None, channels) for channel in range(channels)]
    return [sum(together) // channels for together in zip(*apart, strict=False)]


def _resampled(samples: Sequence[int], rate: int, wanted: int) -> Iterator[int]:
    """Take the mean of what a new sample spans, or a point between two old ones."""
    if rate == wanted:
        yield from samples
        return
    step = rate / wanted
    for n in range(int(len(samples) / step)):
        at = int(n * step)
        if step >= 2:
            span = samples[at : int((n + 1) * step)]
            yield sum(span) // len(span)
        else:
            after = samples[min(at + 1, len(samples) - 1)]
            yield int(samples[at] + (after - samples[at]) * (n * step - at))


def _pcm(samples: Iterable[int]) -> bytes:
    clipped = array("h", (max(-32_768, min(32_767, sample)) for sample in samples))
    if sys.byteorder == "big":
        clipped.byteswap()
    return clipped.tobytes()
