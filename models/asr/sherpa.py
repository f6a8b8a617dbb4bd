"""sherpa: speech as it comes with any streaming model for sherpa-onnx of the user's; custom vocabulary as hot words.

Its logic is tested with a stand-in for the library, and the library itself on models that it must refuse;
no streaming model is packaged anywhere, so none with real weights has been run.
"""

import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from models.asr import Hypothesis, StreamOptions, Word
from models.asr._said import Samples
from models.asr._sherpa_folder import Model, find
from models.asr._voice import Voice, clean, cuts
from models.vad import VoiceDetector, silero
from stream.errors import ModelError

NS = 1_000_000_000
RATE_HZ = 16_000
PIECE = RATE_HZ // 5
END_SILENCE_S, NOTHING_SILENCE_S, LONGEST_S = 0.6, 2.4, 20.0
LONGEST_WORD_S, LAST_WORD_S = 0.6, 0.25
"""A model tells where a word's pieces begin; a word ends where the next begins, but is no longer than this."""
TAIL_S = 0.7  # of silence, so that the last frames come out
TRIAL_S = 120
LANGUAGES, LICENCE = "the model's", "Apache-2.0; the model has its own"


@dataclass(frozen=True, slots=True)
class Sherpa:
    """A streaming model, shared by its streams. `biased` is the same with hot words, made when they are first used."""

    model: Model
    engine: Any
    detector: VoiceDetector
    biased: list[Any]
    sample_rate_hz: int = RATE_HZ
    languages: frozenset[str] = frozenset()

    def open(self, options: StreamOptions) -> "SherpaStream":
        """Return a stream; the vocabulary is given to models that can take hot words."""
        engine, stream = self.engine, None
        if options.vocabulary and self.model.hotwords:
            if not self.biased:
                self.biased.append(made(self.model, hotwords=True))
            engine = self.biased[0]
            words = [w.upper() if self.model.upper else w for w in options.vocabulary]
            stream = engine.create_stream("/".join(w.replace("/", " ") for w in words))
        return SherpaStream(engine, stream or engine.create_stream(), Voice(self.detector), options.step_s,
                            upper=self.model.upper)


class SherpaStream:
    """One sound in progress: the library says where a segment ends; a very long one is cut at a quiet moment."""

    def __init__(self, engine: Any, stream: Any, voice: Voice, step_s: float, *, upper: bool) -> None:
        self._engine, self._stream, self._voice, self._step_s = engine, stream, voice, step_s
        self._upper = upper
        self._segment = self._heard = self._begin = self._told = 0
        self._shown: tuple[Word, ...] = ()

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
            self._stream.accept_waveform(RATE_HZ, piece)
            self._decode()
            if self._engine.is_endpoint(self._stream) or cuts((self._heard - self._begin) / RATE_HZ, self._voice.quiet):
                out += self._final()
        if self._step_s < math.inf and self._heard - self._told >= self._step_s * RATE_HZ:
            self._told = self._heard
            words = self._words()
            if words and words != self._shown:
                self._shown = words
                out.append(Hypothesis(self._segment, words, False, self._heard * NS // RATE_HZ))
        return out

    def finish(self) -> list[Hypothesis]:
        self._stream.accept_waveform(RATE_HZ, np.zeros(int(TAIL_S * RATE_HZ), np.float32))
        self._stream.input_finished()
        self._decode()
        return self._final()

    def _decode(self) -> None:
        while self._engine.is_ready(self._stream):
            self._engine.decode_stream(self._stream)

    def _final(self) -> list[Hypothesis]:
        words, shown = self._words(), self._shown
        self._engine.reset(self._stream)
        self._begin, self._shown = self._heard, ()
        self._voice.renew()
        if not words and not shown:
            return []
        self._segment += 1
        return [Hypothesis(self._segment - 1, words, True, self._heard * NS // RATE_HZ)]

    def _words(self) -> tuple[Word, ...]:
        found = self._engine.get_result_all(self._stream)
        starts = [found.start_time + t for t in found.timestamps]
        if len(starts) != len(found.tokens):  # a model without times
            return self._untimed(found.text.split())
        words = grouped(found.tokens, starts, list(found.ys_probs), self._heard * NS // RATE_HZ)
        return tuple(Word(self._written(w.text), w.start_ns, w.end_ns, w.timing, w.confidence) for w in words)

    def _untimed(self, texts: Sequence[str]) -> tuple[Word, ...]:
        start_ns = self._voice.began_ns
        edges = np.linspace(start_ns, max(start_ns, self._voice.ended_ns), len(texts) + 1).astype(np.int64).tolist()
        return tuple(Word(self._written(t), a, b) for t, (a, b) in zip(texts, pairwise(edges), strict=True))

    def _written(self, text: str) -> str:
        """Return `text` as it is read: a model that knows capitals only is not shouting."""
        if not self._upper:
            return text
        return text[0] + text[1:].lower() if text == "I" or text.startswith("I'") else text.lower()


def grouped(tokens: Sequence[str], starts_s: Sequence[float], chances: Sequence[float], heard_ns: int) -> list[Word]:
    """Return `tokens` joined to words: one begins with a space (or its mark, ▁), and at each Chinese character.

    `chances` are the tokens' log probabilities, or empty. A word ends where the next begins, or sooner.
    """
    pieces: list[tuple[str, float, list[float]]] = []
    for i, (token, start_s) in enumerate(zip(tokens, starts_s, strict=True)):
        text = token.replace("▁", " ")
        chance = [math.exp(min(0.0, chances[i]))] if i < len(chances) else []
        character = text.strip()
        alone = bool(character) and "\u3400" <= character[0] <= "\u9fff"
        if text.startswith(" ") or alone or not pieces or "\u3400" <= pieces[-1][0][-1:] <= "\u9fff":
            pieces.append((character, start_s, chance))
        else:
            before = pieces[-1]
            pieces[-1] = (before[0] + character, before[1], before[2] + chance)
    out: list[Word] = []
    for i, (text, start_s, chance) in enumerate(pieces):
        following_s = pieces[i + 1][1] if i + 1 < len(pieces) else start_s + LAST_WORD_S
        end_ns = round(min(following_s, start_s + LONGEST_WORD_S) * NS)
        start_ns = min(round(start_s * NS), heard_ns)
        if text:
            out.append(Word(text, start_ns, max(start_ns, min(end_ns, heard_ns)), "engine",
                            sum(chance) / len(chance) if chance else None))
    return out


def available() -> str:
    """Return what is missing for it, with the remedy: models are the user's."""
    return "it comes without a model. Name the folder of a streaming one: sherpa:FOLDER"


def load(model: str = "") -> Sherpa:
    """Return the engine with the streaming model in the folder `model`; ModelError says what is wrong with that."""
    if not model:
        raise ModelError("sherpa comes without a model",
                         "Name the folder of a streaming zipformer, paraformer or CTC model: sherpa:FOLDER")
    found = find(Path(model))
    attempt(Path(model))
    return Sherpa(found, made(found, hotwords=False), silero.load(), [])


def check(folder: Path) -> Path:
    """Return `folder` if a model of a known kind is in it; ModelError says what is missing. It is not loaded."""
    find(folder)
    return folder


def made(model: Model, *, hotwords: bool) -> Any:
    """Return sherpa-onnx's recognizer for `model`; ModelError where the library refuses."""
    import sherpa_onnx

    factory = getattr(sherpa_onnx.OnlineRecognizer, f"from_{model.kind}")
    biasing: dict[str, Any] = {}
    if hotwords:
        biasing = {"decoding_method": "modified_beam_search", "modeling_unit": model.unit, "bpe_vocab": model.bpe_vocab,
                   "hotwords_score": 2.0}
    try:
        return factory(**model.files, **biasing, num_threads=1, enable_endpoint_detection=True,
                       rule1_min_trailing_silence=NOTHING_SILENCE_S, rule2_min_trailing_silence=END_SILENCE_S,
                       rule3_min_utterance_length=LONGEST_S)
    except (RuntimeError, ValueError, AssertionError) as error:
        raise ModelError(f"sherpa-onnx does not take the model: {str(error).splitlines()[0]}",
                         "Give a streaming model; offline ones have another form") from None


def attempt(folder: Path) -> None:
    """Load the model in a process of its own and let it hear a second of silence; ModelError where that fails.

    A model of another form ends the process that loads it, with a line or without one.
    """
    code = ("import sys; from pathlib import Path; from models.asr import sherpa; "
            "sherpa.attempt_here(Path(sys.argv[1]))")
    try:
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False,
                              timeout=TRIAL_S, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise ModelError(f"the model in {folder} did not load within {TRIAL_S} s", "Give a smaller one") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise ModelError(f"sherpa-onnx cannot use the model in {folder}" + (f": {said[-1].strip()}" if said else ""),
                         "Give a streaming model that was exported for sherpa-onnx; offline ones have another form")


def attempt_here(folder: Path) -> None:
    """Load the model in `folder` and decode a second of silence."""
    engine = made(find(folder), hotwords=False)
    stream = engine.create_stream()
    stream.accept_waveform(RATE_HZ, np.zeros(RATE_HZ, np.float32))
    while engine.is_ready(stream):
        engine.decode_stream(stream)
