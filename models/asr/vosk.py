"""vosk: speech as it comes with any Vosk model of the user's: words with times and confidence, without marks."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from models.asr import Hypothesis, StreamOptions, Word
from models.asr._language import hears, primary
from models.asr._said import Samples
from models.asr._voice import Voice, clean, cuts
from models.vad import VoiceDetector, silero
from stream.errors import ModelError

NS = 1_000_000_000
RATE_HZ = 16_000
PIECE = RATE_HZ // 5
"""Long sounds are fed in pieces, so that an end of speech inside them is found."""
LANGUAGES, LICENCE = "the model's", "Apache-2.0; the model has its own"
LAG_NS = 250_000_000
"""So long after it was spoken Vosk gives a word, about."""
_CODES = {"cn": "zh", "ua": "uk", "kz": "kk", "gr": "el", "vn": "vi", "jp": "ja", "se": "sv"}  # as Vosk names them


class Vosk:
    """A Vosk model, shared by its streams. `languages` come from the folder's name, where that tells."""

    sample_rate_hz = RATE_HZ

    def __init__(self, model: Any, detector: VoiceDetector, languages: frozenset[str] = frozenset()) -> None:
        self._model, self._detector, self.languages = model, detector, languages

    def open(self, options: StreamOptions) -> "VoskStream":
        """Return a stream; ModelError where the model is known to be of another language."""
        import vosk

        if not hears(self.languages, options.language):
            raise ModelError(f"this Vosk model is of {', '.join(self.languages)}, not {options.language!r}",
                             "Name the folder of a model of that language: vosk:FOLDER")
        return VoskStream(vosk.KaldiRecognizer(self._model, RATE_HZ), Voice(self._detector), options.step_s)


class VoskStream:
    """One sound in progress: Vosk says where a segment ends; a very long one is cut at a quiet moment."""

    def __init__(self, recognizer: Any, voice: Voice, step_s: float) -> None:
        self._kaldi, self._voice, self._step_s = recognizer, voice, step_s
        self._kaldi.SetWords(True)
        self._segment = self._heard = self._begin = self._told = 0
        self._shown: tuple[Word, ...] = ()  # the last partial hypothesis

    @property
    def speaking(self) -> bool:
        return self._voice.speaking

    def feed(self, samples: Samples) -> list[Hypothesis]:
        out: list[Hypothesis] = []
        sound = clean(samples)
        for at in range(0, len(sound), PIECE):
            piece = sound[at:at + PIECE]
            self._voice.hear(piece)
            self._heard += len(piece)
            ended = self._kaldi.AcceptWaveform((piece * 32767).astype("<i2").tobytes())
            if ended or cuts((self._heard - self._begin) / RATE_HZ, self._voice.quiet):
                out += self._final(self._kaldi.Result())
        if self._step_s < math.inf and self._heard - self._told >= self._step_s * RATE_HZ:
            out += self._partial()
        return out

    def finish(self) -> list[Hypothesis]:
        return self._final(self._kaldi.FinalResult())

    def _final(self, result: str) -> list[Hypothesis]:
        words = _timed(json.loads(result).get("result", []))
        began, shown = self._begin, self._shown
        self._begin, self._shown = self._heard, ()
        self._voice.renew()
        if not words and not shown:  # silence, of which nothing has been said
            return []
        last_ns = words[-1].end_ns if words else began * NS // RATE_HZ
        self._segment += 1
        return [Hypothesis(self._segment - 1, words, True, max(last_ns, self._heard * NS // RATE_HZ))]

    def _partial(self) -> list[Hypothesis]:
        """Return the words so far. Those with times come a second after those without: the newest are estimated."""
        self._told = self._heard
        self._kaldi.SetPartialWords(False)
        texts = [t for t in json.loads(self._kaldi.PartialResult()).get("partial", "").split() if _is_word(t)]
        if not texts or texts == [w.text for w in self._shown]:
            return []
        self._kaldi.SetPartialWords(True)
        timed = _timed(json.loads(self._kaldi.PartialResult()).get("partial_result", []))
        known = _same(timed, texts)
        kept = _same(self._shown, texts)
        words = list(timed[:known])
        for word in self._shown[known:kept]:
            start_ns = max(word.start_ns, words[-1].end_ns if words else 0)
            words.append(replace(word, start_ns=start_ns, end_ns=max(start_ns, word.end_ns)))
        start_ns = words[-1].end_ns if words else self._voice.began_ns
        end_ns = max(start_ns, self._voice.ended_ns - LAG_NS)
        self._shown = (*words, *_spread(texts[len(words):], start_ns, end_ns))
        return [Hypothesis(self._segment, self._shown, False, self._heard * NS // RATE_HZ)]


def available() -> str:
    """Return what is missing for it, with the remedy: models are the user's."""
    return "it comes without a model. Name the folder of one: vosk:FOLDER"


def load(model: str = "") -> Vosk:
    """Return the engine with the Vosk model in the folder `model`; ModelError says what is wrong with that."""
    import vosk

    if not model:
        raise ModelError("vosk comes without a model", "Name the folder of one: vosk:FOLDER")
    folder = check(Path(model))
    vosk.SetLogLevel(-1)
    try:
        made = vosk.Model(str(folder))
    except Exception as error:
        raise ModelError(f"the Vosk model in {folder} cannot be loaded: {error}", "Unpack it again") from error
    return Vosk(made, silero.load(), languages_of(folder))


def check(folder: Path) -> Path:
    """Return `folder` if a Vosk model is in it, of the present layout or the old flat one; ModelError if not."""
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}", "Name a folder: vosk:FOLDER")
    flat = (folder / "final.mdl").is_file()
    graph = "" if flat else "graph/"
    needed = ["mfcc.conf"] if flat else ["am/final.mdl", "conf/mfcc.conf"]
    if not (folder / f"{graph}HCLG.fst").is_file():
        needed += [f"{graph}HCLr.fst", f"{graph}Gr.fst"] if (folder / f"{graph}HCLr.fst").is_file() else [
            f"{graph}HCLG.fst"]
    absent = [name for name in needed if not (folder / name).is_file()]
    if absent:
        inside = [p.name for p in sorted(folder.iterdir()) if (p / "am" / "final.mdl").is_file()]
        raise ModelError(f"{folder} is no Vosk model: {', '.join(absent)} missing",
                         f"Name the folder inside it: {folder / inside[0]}" if inside else
                         "Name the folder that was unpacked from a Vosk model's archive")
    settings = (folder / ("mfcc.conf" if flat else "conf/mfcc.conf")).read_text("utf-8", errors="replace")
    rate = re.search(r"--sample-frequency=(\d+)", settings)
    if rate and int(rate[1]) != RATE_HZ and "--allow-downsample=true" not in settings:
        raise ModelError(f"the Vosk model in {folder} is for sound at {rate[1]} Hz", "Use a model for 16000 Hz")
    return folder


def languages_of(folder: Path) -> frozenset[str]:
    """Return the language that Vosk's naming (vosk-model-small-en-us-0.15) tells of `folder`, or nothing."""
    for name in (folder.resolve().name, folder.resolve().parent.name):
        found = re.match(r"vosk[-_]model[-_](?:small[-_])?([a-z]{2,3})(?:[-_]|$)", name)
        if found:
            return frozenset({_CODES.get(found[1], primary(found[1]))})
    return frozenset()


def _timed(found: list[dict[str, Any]]) -> tuple[Word, ...]:
    return tuple(Word(w["word"], round(w["start"] * NS), round(w["end"] * NS), "engine",
                      min(1.0, max(0.0, float(w["conf"])))) for w in found if _is_word(w["word"]))


def _same(words: Sequence[Word], texts: Sequence[str]) -> int:
    """Return how many of `words` are the first of `texts`."""
    count = 0
    while count < min(len(words), len(texts)) and words[count].text == texts[count]:
        count += 1
    return count


def _is_word(text: str) -> bool:
    return not re.fullmatch(r"<.*>|\[.*\]", text)  # <unk>, [noise]


def _spread(texts: Sequence[str], start_ns: int, end_ns: int) -> list[Word]:
    """Return `texts` over the time from `start_ns` to `end_ns`, in proportion to their letters."""
    edges = np.cumsum([0.0, *(2.0 + len(t) for t in texts)])
    at = (start_ns + edges / max(edges[-1], 1.0) * max(0, end_ns - start_ns)).astype(np.int64).tolist()
    return [Word(t, a, b, "interpolated") for t, a, b in zip(texts, at[:-1], at[1:], strict=True)]
