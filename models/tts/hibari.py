"""hibari: English speech with Hibari's shipped voice, and with it bent to a man's: far faster than real time."""

import numpy as np

from models import onnx, weights
from models.tts import Saying, SilentError, VoiceInfo
from models.tts._english import English, english
from models.tts._phonemes import pieces, vocabulary
from models.tts._pitch import bent, limited
from models.tts._sound import Samples, joined, levelled, trimmed
from stream.errors import ModelError

VOICES = (VoiceInfo("heart", "en-US", "female"), VoiceInfo("heart-low", "en-US", "male"))
_LOW_PITCH, _LOW_MOUTH = 0.6, 0.86
"""What makes a man's voice of a woman's: how high it is, and how high its formants are (a longer throat)."""
_GAIN_DB = 2.0
_SEED = 1
"""Of the noise that breath and consonants are made from."""


class Hibari:
    """Hibari's network (Apache-2.0): phonemes to a spectrum and a pitch; numpy makes the sound of them."""

    sample_rate_hz = 24_000
    takes = frozenset(("ipa",))

    def __init__(self, session: onnx.Session, reader: English, *, low: bool = False) -> None:
        self._session, self._reader, self._low = session, reader, low

    def say(self, saying: Saying) -> Samples:
        parts = pieces(self._reader.phonemes(saying.parts))
        if not parts:
            raise SilentError(f"hibari has no sound for {saying.text.strip()[:40]!r}: it speaks English",
                             "Use a voice of that language: kokoro speaks Chinese, espeak a hundred more")
        return joined([(part, self._sound(part, saying)) for part in parts], self.sample_rate_hz)

    def _sound(self, phonemes: str, saying: Saying) -> Samples:
        plain = self._plain(phonemes)
        pitch, speed = limited(saying.pitch), limited(saying.speed)
        if self._low:
            deep = slowed(plain, _LOW_MOUTH)
            pitch, speed, plain = pitch * _LOW_PITCH / _LOW_MOUTH, speed * len(deep) / len(plain), deep
        return levelled(bent(plain, self.sample_rate_hz, pitch=pitch, speed=speed), _GAIN_DB)

    def _plain(self, phonemes: str) -> Samples:
        """The network's own pace and pitch: faster by its own means it swallows words."""
        from hibari import dsp

        numbers = vocabulary()
        ids = np.array([[0, *(numbers[c] for c in phonemes if c in numbers), 0]], np.int64)
        spectrum = self._session.run(ids, np.ones(1, np.float32))
        return trimmed(dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(_SEED)), self.sample_rate_hz)


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is."""
    return weights.missing("hibari")


def load(voice: str = "") -> Hibari:
    """Return the voice; ModelError when its weights are not installed, or there is no such voice."""
    names = [info.name for info in VOICES]
    if voice and voice not in names:
        raise ModelError(f"hibari has no voice {voice!r}", f"It has: {', '.join(names)}")
    return Hibari(onnx.session(weights.path("hibari/model"), provider="cpu"), english(), low=voice.endswith("-low"))


def slowed(samples: Samples, speed: float) -> Samples:
    """Return `samples` played at `speed` (at most 1), like a tape: longer, lower, nothing lost; by their spectrum."""
    if not len(samples):
        return samples
    size = round(len(samples) / speed)
    return (np.fft.irfft(np.fft.rfft(samples), size) * (size / len(samples))).astype(np.float32)
