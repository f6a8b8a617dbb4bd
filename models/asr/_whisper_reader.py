"""_whisper_reader: one stream's readings with Whisper: language, text, word times, and no endless text."""

import zlib
from typing import Any

import numpy as np

from models.asr import StreamOptions
from models.asr._chinese import in_words, script
from models.asr._compare import loopless, plain
from models.asr._language import primary
from models.asr._said import Said, Samples

RATE_HZ, FRAMES_PER_S, NS = 16_000, 100, 1_000_000_000
WHOLE_FRAMES = 3000  # what Whisper was trained on
SHORT_S, AFTER_S = 7.0, 3.0  # a quick reading sees at least so much, and so much silence after the sound
TOKENS_PER_S, SPARE_TOKENS, MOST_TOKENS = 25, 16, 400
"""No speech has more tokens: English has about four a second, scripts that are spelled in bytes about twenty."""
LOOPS = 2.4  # text that packs better than this goes round in circles (Radford et al. 2022, section 4.5)
NO_SPEECH, UNSURE = 0.6, -1.0  # more of one and less of the other: nothing was said (the same)
KEPT, TAKEN = 0.2, 0.5  # a language is kept while it is this likely, and another taken when it is that likely
SOUND_FOR_LANGUAGE_S = 1.0
VOCABULARY_TOKENS = 120
MANDARIN = "以下是普通话的句子。"
"""Said to come before: it sets punctuation and script, and on short sentences it helps the words."""


class Reader:
    """Reads a segment of one stream with a faster_whisper WhisperModel; remembers the language."""

    def __init__(self, model: Any, options: StreamOptions) -> None:
        self._model, self._options = model, options
        self.language = primary(options.language) if options.language else "" if model.model.is_multilingual else "en"
        self._given = bool(self.language)
        self._tokenizers: dict[str, Any] = {}

    def read(self, samples: Samples, last: bool) -> list[Said]:
        """Return the words in `samples` (mono, 16 kHz, at most 30 s), with times and confidence.

        A segment's `last` reading sees the 30 s that Whisper is used to (0.7 s on one core of a 2026 server Xeon),
        others only what there is and some silence (0.15 s).
        """
        encoded = self.encode(samples, last)
        self._follow(encoded, len(samples))
        tokenizer = self._tokenizer(self.language)
        tokens = self._tokens(encoded, tokenizer, len(samples) / RATE_HZ)
        said = self._timed(encoded, tokenizer, tokens, len(samples)) if tokens else []
        if _packs([s.text for s in said]) > LOOPS:
            said = [said[i] for i in loopless([s.text for s in said])]
            if _packs([s.text for s in said]) > LOOPS:
                return []
        return self._written(said)

    def encode(self, samples: Samples, last: bool) -> Any:
        """Return what Whisper's encoder makes of `samples`."""
        frames = WHOLE_FRAMES
        if not last:
            frames = min(frames, 2 * round(max(SHORT_S, len(samples) / RATE_HZ + AFTER_S) * FRAMES_PER_S / 2))
        features = self._model.feature_extractor(samples[:30 * RATE_HZ])[:, :-1][:, :frames]
        return self._model.encode(np.pad(features, ((0, 0), (0, frames - features.shape[1]))))

    def chances(self, samples: Samples) -> dict[str, float]:
        """Return the probability of each language; of one alone where the model knows one."""
        if not self._model.model.is_multilingual:
            return {"en": 1.0}
        return self._chances(self.encode(samples, last=False))

    def _chances(self, encoded: Any) -> dict[str, float]:
        return {str(token[2:-2]): float(chance) for token, chance in self._model.model.detect_language(encoded)[0]}

    def _follow(self, encoded: Any, samples: int) -> None:
        """Take the language from the sound, if it was not given: not from a snippet, and not at the first doubt."""
        if self._given or (self.language and samples < SOUND_FOR_LANGUAGE_S * RATE_HZ):
            return
        chances = self._chances(encoded)
        best = max(chances, key=lambda code: chances[code])
        if not self.language or (chances[best] >= TAKEN and chances.get(self.language, 0.0) < KEPT):
            self.language = best

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            task = "translate" if self._options.translate else "transcribe"
            self._tokenizers[language] = Tokenizer(self._model.hf_tokenizer, self._model.model.is_multilingual,
                                                   task=task, language=language)
        return self._tokenizers[language]

    def _tokens(self, encoded: Any, tokenizer: Any, length_s: float) -> list[int]:
        """Return the text's tokens: up to where Whisper's own timestamps leave the sound, none if it is no speech."""
        from faster_whisper.transcribe import get_suppressed_tokens

        before = ", ".join(self._options.vocabulary)
        if self.language == "zh" and not self._options.translate:
            before = MANDARIN + before
        prompt = [tokenizer.sot_prev, *tokenizer.encode(" " + before)[:VOCABULARY_TOKENS]] if before else []
        prompt += tokenizer.sot_sequence
        most = min(MOST_TOKENS - VOCABULARY_TOKENS, int(TOKENS_PER_S * length_s) + SPARE_TOKENS)
        found = self._model.model.generate(
            encoded, [prompt], beam_size=1, max_length=len(prompt) + most, return_scores=True,
            return_no_speech_prob=True, suppress_blank=True, suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            max_initial_timestamp_index=50)[0]
        if found.no_speech_prob > NO_SPEECH and found.scores[0] < UNSURE:
            return []
        out: list[int] = []
        for token in found.sequences_ids[0]:
            if token >= tokenizer.timestamp_begin:
                if out and (token - tokenizer.timestamp_begin) * 0.02 >= length_s - 0.02:
                    break
            elif token < tokenizer.eot:
                out.append(token)
        return out

    def _timed(self, encoded: Any, tokenizer: Any, tokens: list[int], samples: int) -> list[Said]:
        """Return the words of `tokens` with the times that Whisper's attention gives them."""
        from faster_whisper.transcribe import merge_punctuations

        words = self._model.find_alignment(tokenizer, [tokens], encoded, max(2, samples * FRAMES_PER_S // RATE_HZ))[0]
        merge_punctuations(words, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
        return [Said(w["word"].strip(), round(float(w["start"]) * NS), round(float(w["end"]) * NS),
                     min(1.0, max(0.0, float(w["probability"])))) for w in words if w["word"].strip()]

    def _written(self, said: list[Said]) -> list[Said]:
        if self.language not in ("zh", "yue") or self._options.translate:
            return said
        if plain("".join(s.text for s in said)) in plain(MANDARIN):
            return []  # nothing was said but what came before
        convert = script(self._options.language)
        return in_words([Said(convert(s.text), s.start_ns, s.end_ns, s.confidence) for s in said])


def _packs(texts: list[str]) -> float:
    """Return how many times smaller the text packs."""
    data = " ".join(texts).encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0
