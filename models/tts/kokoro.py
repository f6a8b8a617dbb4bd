"""kokoro: English and Chinese speech with Kokoro-82M, an optional model; eight voices are shipped."""

import os
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import onnx, weights
from models.tts import Saying, SilentError, VoiceInfo
from models.tts import _mandarin as mandarin
from models.tts._english import english
from models.tts._phonemes import pieces, vocabulary
from models.tts._pitch import bent, limited
from models.tts._sound import Samples, joined, levelled, trimmed
from stream.errors import ModelError

VOICES = (
    VoiceInfo("af_heart", "en-US", "female"), VoiceInfo("am_michael", "en-US", "male"),
    VoiceInfo("bf_emma", "en-GB", "female"), VoiceInfo("bm_george", "en-GB", "male"),
    VoiceInfo("zf_xiaoxiao", "zh-CN", "female"), VoiceInfo("zf_xiaoyi", "zh-CN", "female"),
    VoiceInfo("zm_yunxi", "zh-CN", "male"), VoiceInfo("zm_yunyang", "zh-CN", "male"))
_GAIN_DB = {"af_heart": -1.0, "am_michael": 0.0, "bf_emma": -3.5, "bm_george": -3.0,
            "zf_xiaoxiao": -7.5, "zf_xiaoyi": -5.0, "zm_yunxi": -2.5, "zm_yunyang": 0.5}
"""Measured on five sentences each: with it every voice of every engine speaks at about -23 dBFS."""
_MOST_THREADS = 4


class Kokoro:
    """One voice of Kokoro-82M (Apache-2.0); all share one loaded network."""

    sample_rate_hz = 24_000
    takes = frozenset(("ipa", "pinyin"))

    def __init__(self, session: onnx.Session, info: VoiceInfo, styles: NDArray[np.float16]) -> None:
        self._session, self._info, self._styles = session, info, styles

    def say(self, saying: Saying) -> Samples:
        parts = pieces(self._phonemes(saying))
        if not parts:
            raise SilentError(f"kokoro has no sound for {saying.text.strip()[:40]!r}: it speaks English and Chinese",
                             "Use a voice of that language: espeak speaks a hundred more")
        return joined([(part, self._sound(part, saying)) for part in parts], self.sample_rate_hz)

    def _phonemes(self, saying: Saying) -> str:
        """Every voice reads both languages, by the letters of the text; the language says who reads Latin ones."""
        reader = english(british=self._info.language == "en-GB").phonemes
        if mandarin.has_han(saying.text) or any(part.pinyin for part in saying.parts):
            return mandarin.phonemes(saying.parts, reader)
        return reader(saying.parts)

    def _sound(self, phonemes: str, saying: Saying) -> Samples:
        plain = self._plain(phonemes)
        made = bent(plain, self.sample_rate_hz, pitch=limited(saying.pitch), speed=limited(saying.speed))
        return levelled(made, _GAIN_DB[self._info.name])

    def _plain(self, phonemes: str) -> Samples:
        """The network's own pace and pitch: faster by its own means it swallows words."""
        numbers = vocabulary()
        symbols = [numbers[c] for c in phonemes if c in numbers]
        style = self._styles[len(symbols) - 1].astype(np.float32)[None]
        made = self._session.run(np.array([[0, *symbols, 0]], np.int64), style, np.ones(1, np.float32))
        return trimmed(made[0].ravel(), self.sample_rate_hz)


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is."""
    return weights.missing("kokoro") or weights.missing("kokoro-voices") or weights.missing("hibari")


def load(voice: str = "") -> Kokoro:
    """Return the voice; ModelError when the model is not installed, or there is no such voice."""
    infos = {info.name: info for info in VOICES}
    info = infos.get(voice or VOICES[0].name)
    if info is None:
        raise ModelError(f"kokoro has no voice {voice!r}", f"It has: {', '.join(infos)}")
    styles: Any = np.load(weights.path(f"kokoro-voices/{info.name}"), allow_pickle=False)
    return Kokoro(_network(), info, styles)


@cache
def _network() -> onnx.Session:
    """Kokoro's network (0.8 s, 0.6 GB). The file comes in parts, each verified, and is joined in memory."""
    parts = [weights.path(f"kokoro/part{n}").read_bytes() for n in range(1, 5)]
    return onnx.session(b"".join(parts), provider="cpu", threads=min(_MOST_THREADS, os.cpu_count() or 1))
