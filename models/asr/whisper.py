"""whisper: speech in 99 languages with Whisper through faster-whisper, cut by Silero VAD; word times of its own."""

import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from models import weights
from models.asr import StreamOptions
from models.asr._language import hears, primary
from models.asr._said import Samples
from models.asr._segments import Cutting, SegmentStream
from models.asr._whisper_reader import Reader
from models.vad import VoiceDetector, silero
from stream.errors import ModelError

LIVE = Cutting(lead_s=0.0)
WHOLE = Cutting(end_silence_s=0.8, short_silence_s=0.2, long_from_s=8.0, long_until_s=20.0, cap_s=26.0, lead_s=0.0)
"""A reading costs nearly the same whatever its length, up to 30 s: where nobody waits, segments are long."""
PER_READING = 5.0
"""An open segment is read every so many times what a reading takes: partial words cost about a fifth of a core."""
LANGUAGES, LICENCE = "99 languages", "MIT; a model of yours has its own"
NEEDED = ("model.bin", "config.json", "tokenizer.json")


class Whisper:
    """Whisper's weights (MIT), shared by its streams. `reading_s` is what a short reading takes here."""

    sample_rate_hz = 16_000

    def __init__(self, model: Any, detector: VoiceDetector, reading_s: float) -> None:
        self._model, self._detector, self._reading_s = model, detector, reading_s
        self.languages = frozenset(map(primary, model.supported_languages))

    def open(self, options: StreamOptions) -> SegmentStream:
        """Return a stream; ModelError where the model does not know `options.language`.

        Without a language it is recognised, segment by segment, with some persistence.
        """
        if not hears(self.languages, options.language):
            raise ModelError(f"this Whisper model does not know the language {options.language!r}",
                             "Leave the language out to have it recognised, or give another")
        reader = Reader(self._model, options)
        if options.step_s == math.inf:
            return SegmentStream(self._detector, reader.read, None, options, WHOLE)
        step_s = max(options.step_s, PER_READING * self._reading_s)
        return SegmentStream(self._detector, reader.read, None,
                             StreamOptions(options.language, step_s, options.vocabulary, options.translate), LIVE)

    def languages_in(self, samples: Samples) -> dict[str, float]:
        """Return how likely each language is that of the speech in `samples` (mono, 16 kHz, best 2 to 5 s).

        It costs 0.1 s of one core of a 2026 server Xeon.
        """
        return Reader(self._model, StreamOptions()).chances(samples)


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is."""
    return weights.missing("whisper")


def load(model: str = "") -> Whisper:
    """Return the engine, warm: Whisper base, or the CTranslate2 conversion of any Whisper in the folder `model`.

    ModelError when the weights are not installed, or the folder is not such a model.
    """
    folder = check(Path(model)) if model else weights.folder("whisper")
    made = _made(folder)
    reader = Reader(made, StreamOptions("en"))
    quiet = np.zeros(3 * 16_000, np.float32)
    reader.read(quiet, False)
    began_s = time.perf_counter()
    reader.read(quiet, False)
    return Whisper(made, silero.load(), time.perf_counter() - began_s)


def check(folder: Path) -> Path:
    """Return `folder` if a CTranslate2 conversion of Whisper is in it; ModelError says what is missing."""
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}", "Name a folder: whisper:FOLDER")
    absent = [name for name in NEEDED if not (folder / name).is_file()]
    if not absent and not [*folder.glob("vocabulary.*")]:
        absent = ["vocabulary.json or vocabulary.txt"]
    if absent:
        raise ModelError(f"{folder} is no CTranslate2 Whisper model: {', '.join(absent)} missing",
                         "Convert a Whisper with ct2-transformers-converter --copy_files tokenizer.json, "
                         "or name the folder that holds model.bin")
    return folder


def _made(folder: Path) -> Any:
    """Return the model on the GPU where CTranslate2 finds one that works, else on the CPU."""
    import ctranslate2
    from faster_whisper import WhisperModel

    places = [("cpu", "int8")]
    if ctranslate2.get_cuda_device_count():
        places.insert(0, ("cuda", "int8_float16"))
    for device, kind in places:
        try:
            made = WhisperModel(str(folder), device=device, compute_type=kind,
                                cpu_threads=max(1, min(4, (os.cpu_count() or 1) // 2)))
            made.encode(np.zeros((made.feature_extractor.mel_filters.shape[0], 200), np.float32))
        except (RuntimeError, ValueError) as error:
            reason = str(error).splitlines()[0]
            continue
        return made
    raise ModelError(f"the Whisper model in {folder} cannot be loaded: {reason}",
                     "Convert it again with the CTranslate2 that is installed")
