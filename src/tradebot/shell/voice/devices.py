"""Which programs record and play here? Those of ALSA, where they are; else nothing is heard."""

import select
import shutil
import subprocess
from collections.abc import Iterator
from typing import Final

from tradebot.core.model.speech import Sound
from tradebot.core.options.voice.dialogue import Happening, TalkMode
from tradebot.shell.voice.ears import Ears, Recorded
from tradebot.shell.voice.sound import FRAME_S

_RAW: Final = ("-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r")
_RECORDER: Final = "arecord"
_PLAYER: Final = "aplay"
_STALLED_S: Final = 2.0
_BEYOND_S: Final = 5.0


def has_microphone() -> bool:
    return shutil.which(_RECORDER) is not None


def has_speaker() -> bool:
    return shutil.which(_PLAYER) is not None


def play(sound: Sound) -> bool:
    """Tell whether it was played to its end."""
    length_s = len(sound.pcm) / 2 / sound.rate
    try:
        played = subprocess.run(
            [_PLAYER, *_RAW, str(sound.rate)], input=sound.pcm, timeout=length_s + _BEYOND_S,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return played.returncode == 0


class Microphone:
    """Records anew for each turn: what the desk says itself is never heard."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears

    def listen(self, mode: TalkMode) -> Happening | None:
        with subprocess.Popen(
            [_RECORDER, *_RAW, str(self._ears.rate)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
        ) as process:
            try:
                frames = _frames(process, 2 * int(self._ears.rate * FRAME_S))
                first = next(frames, None)
                if first is None:
                    return None
                return Recorded(self._ears, _again(first, frames)).listen(mode)
            finally:
                process.kill()


def _again(first: bytes, frames: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from frames


def _frames(process: subprocess.Popen[bytes], size: int) -> Iterator[bytes]:
    """Yield frames until the recorder ends, or says nothing for a while."""
    out = process.stdout
    assert out is not None
    while select.select([out], [], [], _STALLED_S)[0]:
        frame = out.read(size)
        if not frame:
            return
        yield frame
