"""moonshine: English speech with Moonshine tiny-en through sherpa-onnx, cut by Silero VAD, timed by PocketSphinx."""

import base64
import re
import tempfile
from pathlib import Path
from typing import Any

from models import weights
from models.align import Aligner
from models.asr import StreamOptions
from models.asr._said import Said, Samples
from models.asr._segments import SegmentStream
from models.vad import VoiceDetector, silero
from stream.errors import ModelError

LANGUAGES, LICENCE = "en", "MIT"


class Moonshine:
    """Moonshine's weights (MIT), shared by its streams."""

    sample_rate_hz = 16_000
    languages = frozenset({"en"})

    def __init__(self, engine: Any, detector: VoiceDetector, aligner: Aligner) -> None:
        self._engine, self._detector, self._aligner = engine, detector, aligner

    def open(self, options: StreamOptions) -> SegmentStream:
        return SegmentStream(self._detector, self.read, self._aligner, options)

    def read(self, samples: Samples, last: bool = True) -> list[Said]:
        """Return the words of one utterance (mono, in [-1, 1], 16 kHz, at most about 30 s), without times."""
        stream = self._engine.create_stream()
        stream.accept_waveform(self.sample_rate_hz, samples)
        self._engine.decode_stream(stream)
        text: str = re.sub(r"([,;:])\1+", r"\1", stream.result.text)  # it sometimes stutters in commas
        return [Said(word) for word in text.split()]


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is."""
    return weights.missing("moonshine")


def check(folder: Path) -> Path:
    """Raise ModelError: it takes no model folder of the user's."""
    raise ModelError("moonshine takes no model folder", "Use the engine moonshine without one")


def load(model: str = "") -> Moonshine:
    """Return the engine, warm; ModelError when its weights are not installed. It takes no `model` of the user's."""
    import sherpa_onnx

    if model:
        check(Path(model))
    encoder, decoder = weights.path("moonshine/encoder"), weights.path("moonshine/decoder")
    vocabulary = tokens(weights.path("moonshine/tokenizer").read_bytes())
    with tempfile.TemporaryDirectory(prefix="cuelight-") as folder:  # read once, by the constructor
        listing = Path(folder) / "tokens.txt"
        listing.write_text("".join(f"{base64.b64encode(t or b' ').decode()} {i}\n"
                                   for i, t in enumerate(vocabulary)), encoding="ascii", newline="")
        engine = sherpa_onnx.OfflineRecognizer.from_moonshine_v2(
            encoder=str(encoder), decoder=str(decoder), tokens=str(listing), num_threads=1)
    return Moonshine(engine, silero.load(), Aligner())


def tokens(tokenizer: bytes) -> list[bytes]:
    """Return the tokens of a Moonshine tokenizer.bin in order: each its length, then its bytes; 0 is "none".

    A length of 128 or more takes two bytes, the low seven bits first.
    """
    out, at = [], 0
    while at < len(tokenizer):
        size, at = tokenizer[at], at + 1
        if size >= 128:
            size, at = size - 128 + tokenizer[at] * 128, at + 1
        out.append(tokenizer[at:at + size])
        at += size
    return out
