"""hibari: English speech with Hibari's one shipped voice, several times faster than real time on one core."""

import numpy as np

from models import onnx, weights
from models.tts import Saying, VoiceInfo
from models.tts._english import English, english
from models.tts._phonemes import pieces, vocabulary
from models.tts._sound import Samples, joined, levelled, trimmed
from stream.errors import ModelError

VOICES = (VoiceInfo("heart", "en-US", "female"),)
_GAIN_DB = 2.0
_SEED = 1
"""Of the noise that breath and consonants are made from."""


class Hibari:
    """Hibari's network (Apache-2.0): phonemes to a spectrum and a pitch; numpy makes the sound of them."""

    sample_rate_hz = 24_000
    takes = frozenset(("ipa",))

    def __init__(self, session: onnx.Session, reader: English) -> None:
        self._session, self._reader = session, reader

    def say(self, saying: Saying) -> Samples:
        parts = pieces(self._reader.phonemes(saying.parts))
        if not parts:
            raise ModelError(f"hibari has no sound for {saying.text.strip()[:40]!r}: it speaks English",
                             "Use a voice of that language: kokoro speaks Chinese, espeak a hundred more")
        return joined([(part, self._sound(part, saying.speed)) for part in parts], self.sample_rate_hz)

    def _sound(self, phonemes: str, speed: float) -> Samples:
        from hibari import dsp

        numbers = vocabulary()
        ids = np.array([[0, *(numbers[c] for c in phonemes if c in numbers), 0]], np.int64)
        spectrum = self._session.run(ids, np.array([min(2.0, max(0.5, speed))], np.float32))
        samples = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(_SEED))
        return levelled(trimmed(samples, self.sample_rate_hz), _GAIN_DB)


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is."""
    return weights.missing("hibari")


def load(voice: str = "") -> Hibari:
    """Return the voice; ModelError when its weights are not installed, or there is no such voice."""
    names = [info.name for info in VOICES]
    if voice and voice not in names:
        raise ModelError(f"hibari has no voice {voice!r}", f"It has: {', '.join(names)}")
    return Hibari(onnx.session(weights.path("hibari/model"), provider="cpu"), english())
