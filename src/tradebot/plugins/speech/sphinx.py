"""Which sentence did somebody say, as PocketSphinx hears it? Offline; its model comes with it.

A grammar makes every noise one of its sentences. So the same sound is heard twice more: as phones
in any order, which tells how well the sentence explains it, and as free English.
"""

from decimal import Decimal
from math import exp, log
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.speech import Hearing, Sound

# PocketSphinx keeps the logarithms of its scores divided by this.
_SCORE_SCALE: Final = 1024
_DIGITS: Final = Decimal("0.001")
# How words sound that its dictionary knows in another way, or not at all.
_PRONUNCIATIONS: Final = (("condor", "K AA N D AO R"), ("condors", "K AA N D AO R Z"))
_FREE: Final = "free"
_PHONES: Final = "phones"


@fact
class SphinxSettings:
    """How it listens.

    beam: how unlikely a path may be and still be followed; smaller is slower and hears more
    """

    beam: str = "1e-64"


class SphinxRecognizer:
    """One decoder for grammars and one, faster, for free speech."""

    settings_type = SphinxSettings
    needs: Final = {"voice": "pocketsphinx"}
    rate = 16_000

    def __init__(self, settings: SphinxSettings) -> None:
        import pocketsphinx

        def decoder(**options: object) -> Any:
            # `bestpath`, which is on where nothing is said, forgets how a grammar may end.
            return pocketsphinx.Decoder(
                hmm=f"{model}/en-us", dict=f"{model}/cmudict-en-us.dict", lm=None,
                loglevel="FATAL", bestpath=False, **options,
            )

        model = pocketsphinx.get_model_path("en-us")
        beam = float(settings.beam)
        self._decoder = decoder(beam=beam, pbeam=beam, wbeam=beam)
        for word, phones in _PRONUNCIATIONS:
            self._decoder.add_word(f"{word}(2)" if self.knows(word) else word, phones, True)
        self._freely = decoder()
        self._freely.add_lm_file(_FREE, f"{model}/en-us.lm.bin")
        self._freely.add_allphone_file(_PHONES, f"{model}/en-us-phone.lm.bin")
        self._grammars = dict[str, str]()

    def knows(self, word: str) -> bool:
        return self._decoder.lookup_word(word) is not None

    def hear(self, sound: Sound, grammar: str) -> Hearing:
        text, score = _decoded(self._decoder, self._grammar(grammar), sound)
        freely, _ = _decoded(self._freely, _FREE, sound)
        _, of_any = _decoded(self._freely, _PHONES, sound)
        likely = exp(min(0.0, (score - of_any) * _SCORE_SCALE)) if text else 0.0
        return Hearing(
            text=text, freely=freely, confidence=Decimal(likely).quantize(_DIGITS),
        )

    def _grammar(self, grammar: str) -> str:
        """Return the name of its search."""
        if grammar not in self._grammars:
            name = f"grammar{len(self._grammars)}"
            self._decoder.add_jsgf_string(name, grammar)
            self._grammars[grammar] = name
        return self._grammars[grammar]


def _decoded(decoder: Any, search: str, sound: Sound) -> tuple[str, float]:
    """Return the words, and the logarithm of their score a frame."""
    decoder.activate_search(search)
    decoder.start_utt()
    decoder.process_raw(sound.pcm, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    if found is None or found.score <= 0:
        return "", 0.0
    return found.hypstr, log(found.score) / max(1, decoder.n_frames())
