"""How does eSpeak NG say a sentence? Its library through ctypes, found by `espeakng-loader`."""

import ctypes
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.speech import Sound

_SYNCHRONOUS: Final = 2  # samples come to a callback; no sound device, no thread
_RATE: Final = 1
_UTF8: Final = 1
_BUFFER_MS: Final = 200
_CALLBACK: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@fact
class EspeakSettings:
    """How it sounds.

    voice: a voice of eSpeak NG, with a variant after "+", such as en-us+f3
    words_per_minute: how fast it speaks
    """

    voice: str = "en-us"
    words_per_minute: int = 150


class EspeakSynthesizer:
    """One voice. The library has one state a process, so voice and speed are set for each text."""

    settings_type = EspeakSettings
    needs: Final = {"speech": "espeakng_loader"}

    def __init__(self, settings: EspeakSettings) -> None:
        import espeakng_loader

        self._settings = settings
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data, 0)
        if self._rate <= 0:
            raise ValueError("eSpeak NG cannot read its data")

    def speak(self, text: str) -> Sound:
        pcm = bytearray()

        def take(wave: Any, count: int, _: Any) -> int:
            if count > 0:
                pcm.extend(ctypes.string_at(wave, 2 * count))
            return 0

        callback, said = _CALLBACK(take), text.encode()
        if self._library.espeak_SetVoiceByName(self._settings.voice.encode()) != 0:
            raise ValueError(f"voice: eSpeak NG has no {self._settings.voice!r}")
        self._library.espeak_SetParameter(_RATE, self._settings.words_per_minute, 0)
        self._library.espeak_SetSynthCallback(callback)
        self._library.espeak_Synth(said, len(said) + 1, 0, 0, 0, _UTF8, None, None)
        return Sound(rate=self._rate, pcm=bytes(pcm))
