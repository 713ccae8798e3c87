"""How does a person talk with the desk? By voice where there is one, else in typed lines."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.hands import Hands
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.core.options.voice.dialogue import TalkMode, Utterance
    from tradebot.ports import Synthesizer
    from tradebot.shell.voice.conversation import Listens
    from tradebot.shell.voice.ears import Ears

_RECOGNIZER: Final = "pocketsphinx"
_SYNTHESIZER: Final = "espeak"


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "voice", "tradebot.cli.voice:voice")
    parser.add_argument("--wav", metavar="FILE", type=Path,
                        help="listen to a recording instead of the microphone")
    parser.add_argument("--out", metavar="FILE", type=Path,
                        help="speak into a recording instead of the loudspeaker")
    parser.add_argument("--text", action="store_true", help="read typed lines; listen to nothing")
    flags.takes_place(parser)


def voice(args: argparse.Namespace) -> int:
    from tradebot.shell.clock import WallClock
    from tradebot.shell.told.voice_log import VoiceLog
    from tradebot.shell.voice.conversation import Conversation

    home, clock = place.home(args), WallClock()
    mouth = _Mouth(args)
    log = VoiceLog(home, clock)
    talk = Conversation(_listener(args), mouth, Hands(home), log=log, clock=clock)
    told: list[dict[str, Any]] = []
    for happened, turn in talk.turns():
        text = getattr(happened, "text", "")
        mouth.show(f"> {text or happened}")
        told.append({"heard": text, "accepted": not turn.why_not, "why_not": turn.why_not})
    mouth.close()
    if log.trouble:
        show.note(f"not everything is in the voice log: {log.trouble}")
    if args.json:
        show.document({"turns": told, "said": mouth.said, "voice_log": log.trouble or None})
    return Exit.DONE


class _Lines:
    """What is typed; the end of the input is the end of the talk."""

    def listen(self, mode: "TalkMode") -> "Utterance | None":
        from tradebot.core.model.intent import Channel
        from tradebot.core.options.voice.dialogue import Utterance

        line = sys.stdin.readline()
        return Utterance(text=line.strip(), channel=Channel.TYPED) if line else None


class _Mouth:
    """Shows all that is said, and speaks it where it can."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.said: list[str] = []
        self._is_shown = not args.json
        self._out: Path | None = args.out
        self._recorded, self._rate = bytearray(), 0
        self._voice: Synthesizer | None = None if args.text else _plugin(
            "synthesizers", _SYNTHESIZER, "so nothing is spoken, and a voice approves nothing"
        )

    def say(self, text: str) -> bool:
        from tradebot.shell.voice import devices

        self.said.append(text)
        self.show(text)
        if self._voice is None or not (self._out or devices.has_speaker()):
            return False
        sound = self._voice.speak(text)
        if self._out is None:
            return devices.play(sound)
        self._recorded += sound.pcm
        self._rate = sound.rate
        return True

    def show(self, text: str) -> None:
        if self._is_shown:
            show.line(show.clean(text))

    def close(self) -> None:
        from tradebot.core.model.speech import Sound
        from tradebot.shell.voice.sound import write_wav

        if self._out is not None and self._recorded:
            write_wav(self._out, Sound(rate=self._rate, pcm=bytes(self._recorded)))


def _listener(args: argparse.Namespace) -> "Listens":
    """Listen to the recording or the microphone; where that cannot be, to what is typed."""
    from tradebot.shell.voice import devices
    from tradebot.shell.voice.ears import Recorded
    from tradebot.shell.voice.sound import UnreadableSound, frames_of, read_wav

    if args.text:
        return _Lines()
    ears = _ears(args)
    if args.wav is not None and ears is not None:
        try:
            return Recorded(ears, frames_of(read_wav(args.wav, ears.rate)))
        except UnreadableSound as error:
            raise Stop(Exit.USAGE, f"--wav: {error}") from None
    if ears is not None and devices.has_microphone():
        return devices.Microphone(ears)
    if ears is not None:
        show.note("no microphone: arecord is not there; go on by typing, stop ends it")
    return _Lines()


def _ears(args: argparse.Namespace) -> "Ears | None":
    from tradebot.shell.voice.ears import Ears

    recognizer = _plugin("recognizers", _RECOGNIZER, "go on by typing, stop ends it")
    return None if recognizer is None else Ears(recognizer, _symbols(args))


def _plugin(group: str, name: str, instead: str) -> Any:
    """Build a plugin with its own settings; say in one line why there is none."""
    from tradebot.shell.settings import plugins
    from tradebot.shell.settings.document import ConfigError

    try:
        plugin = plugins.load(group, name)
        told = plugins.missing(plugin)
        if told is None:
            return plugins.build(group, plugin, plugin.settings_type())
    except (plugins.UnusablePlugin, ConfigError) as error:
        told = str(error)
    show.note(f"{name}: {told}; {instead}")
    return None


def _symbols(args: argparse.Namespace) -> set[str]:
    """Listen for what the market data and the strategies name."""
    from tradebot.shell.settings.document import plain

    config = place.load(args)
    named = config.market_data.own.entries.get("symbols")
    symbols = {symbol for strategy in config.strategies for symbol in strategy.symbols}
    return symbols | ({*map(str, plain(named))} if named is not None else set())
