"""Streaming models of sherpa-onnx: told apart by their files, tried before they are used, heard as they come."""

import itertools
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.asr import Hypothesis, StreamOptions, sherpa
from models.asr._sherpa_folder import Model, find
from models.vad import silero
from models.weights import SHIPPED
from stream.errors import ModelError

RATE_HZ = 16_000


def put(folder: Path, *names: str, tokens: str = "<blk> 0\n▁HE 1\nLLO 2\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"not weights")
    if tokens:
        (folder / "tokens.txt").write_text(tokens, "utf-8")
    return folder


@pytest.mark.parametrize(("name", "files", "kind"), [
    ("zipformer-en", ("encoder-epoch-99.onnx", "decoder-epoch-99.onnx", "joiner-epoch-99.onnx"), "transducer"),
    ("paraformer", ("encoder.int8.onnx", "decoder.int8.onnx"), "paraformer"),
    ("streaming-zipformer-ctc", ("ctc-epoch-20.int8.onnx",), "zipformer2_ctc"),
    ("streaming-zipformer-small", ("model.int8.onnx",), "zipformer2_ctc"),
    ("nemo-fast-conformer-ctc-480ms", ("model.onnx",), "nemo_ctc"),
    ("wenet-zh", ("model-streaming.onnx",), "wenet_ctc"), ("streaming-t-one", ("model.onnx",), "t_one_ctc")])
def test_the_kind_is_told_by_the_names(name: str, files: tuple[str, ...], kind: str, tmp_path: Path) -> None:
    assert find(put(tmp_path / name, *files)).kind == kind


def test_the_quick_files_are_taken_and_parts_that_belong_together(tmp_path: Path) -> None:
    folder = put(tmp_path, *(f"{part}-{chunk}{kind}.onnx" for part in ("encoder", "decoder", "joiner")
                             for chunk in ("chunk-16-left-128", "chunk-16-left-64") for kind in (".int8", "")))
    files = {part: Path(file).name for part, file in find(folder).files.items()}
    assert files == {"tokens": "tokens.txt", **{part: f"{part}-chunk-16-left-128.int8.onnx"
                                               for part in ("encoder", "decoder", "joiner")}}


def test_hot_words_are_for_transducers_whose_pieces_are_known(tmp_path: Path) -> None:
    parts = ("encoder.onnx", "decoder.onnx", "joiner.onnx")
    assert not find(put(tmp_path / "a", *parts)).hotwords
    with_pieces = find(put(tmp_path / "b", *parts, "bpe.vocab"))
    assert with_pieces.unit == "bpe" and with_pieces.bpe_vocab.endswith("bpe.vocab") and with_pieces.upper
    assert find(put(tmp_path / "c", *parts, tokens="<blk> 0\n你 1\n好 2\n")).unit == "cjkchar"
    assert find(put(tmp_path / "d", *parts, "bpe.vocab", tokens="<blk> 0\n你 1\n▁he 2\n")).unit == "cjkchar+bpe"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    for folder, complaint in ((tmp_path / "nowhere", "there is no model folder"),
                              (put(tmp_path / "a", tokens=""), "tokens.txt missing"),
                              (put(tmp_path / "b"), r"encoder\*.onnx or model\*.onnx missing"),
                              (put(tmp_path / "c", "encoder.onnx", "joiner.onnx"), r"decoder\*.onnx missing"),
                              (put(tmp_path / "d", "model.onnx"), "cannot be told from its name")):
        with pytest.raises(ModelError, match=complaint):
            sherpa.load(str(folder))
    with pytest.raises(ModelError, match="sherpa:FOLDER"):
        sherpa.load()


def test_files_that_are_no_model_and_models_of_another_form_are_refused_and_end_nothing(tmp_path: Path) -> None:
    broken = put(tmp_path / "broken", "encoder.onnx", "decoder.onnx", "joiner.onnx")
    other = put(tmp_path / "other")
    for part in ("encoder", "decoder", "joiner"):
        (other / f"{part}.onnx").write_bytes((SHIPPED / "selfie_landscape.onnx").read_bytes())
    for folder in (broken, other):
        with pytest.raises(ModelError, match=f"sherpa-onnx cannot use the model in {folder}"):
            sherpa.load(str(folder))


class Online:
    """A recognizer that hears one piece of a word each quarter of a second, and an end at `ends_s`."""

    pieces = (" HE", "LLO", " I'M", " HERE")

    def __init__(self, ends_s: tuple[float, ...] = ()) -> None:
        self.ends, self.hot = [s * RATE_HZ for s in ends_s], ""

    def create_stream(self, hotwords: str = "") -> Any:
        self.hot = hotwords
        stream = SimpleNamespace(heard=0, decoded=0, begun=0, over=False)
        stream.accept_waveform = lambda rate, samples: setattr(stream, "heard", stream.heard + len(samples))
        stream.input_finished = lambda: setattr(stream, "over", True)
        return stream

    def is_ready(self, stream: Any) -> bool:
        return bool(stream.heard - stream.decoded >= 3200)

    def decode_stream(self, stream: Any) -> None:
        stream.decoded += 3200

    def is_endpoint(self, stream: Any) -> bool:
        if self.ends and stream.decoded >= self.ends[0]:
            self.ends.pop(0)
            return True
        return False

    def reset(self, stream: Any) -> None:
        stream.begun = stream.decoded

    def get_result_all(self, stream: Any) -> Any:
        count = (stream.decoded - stream.begun) // 4000
        return SimpleNamespace(tokens=[self.pieces[n % len(self.pieces)] for n in range(count)], text="",
                               timestamps=[n / 4 for n in range(count)], ys_probs=[-0.1] * count,
                               start_time=stream.begun / RATE_HZ)


def streamed(engine: Online, seconds: float, options: StreamOptions | None = None,
             unit: str = "bpe") -> list[Hypothesis]:
    made = sherpa.Sherpa(Model("transducer", {}, unit, "", upper=True), engine, silero.load(), [engine])
    stream = made.open(options or StreamOptions())
    found = [h for _ in range(round(seconds * 10)) for h in stream.feed(np.zeros(1600, np.float32))]
    assert not stream.speaking
    return [*found, *stream.finish()]


def test_words_come_as_they_are_heard_and_a_segment_ends_where_the_library_says() -> None:
    found = streamed(Online((2.0,)), 4.0)
    finals = [h for h in found if h.final]
    assert [h.segment for h in finals] == [0, 1] and len(found) > 8
    assert [w.text for w in finals[0].words] == ["hello", "I'm", "here", "hello", "I'm", "here"]
    words = [w for h in finals for w in h.words]
    assert all(w.timing == "engine" and w.confidence == pytest.approx(math.exp(-0.1)) for w in words)
    assert all(a.start_ns < a.end_ns <= b.start_ns for a, b in itertools.pairwise(words))
    assert words[6].start_ns == 2_000_000_000


def test_the_vocabulary_goes_to_the_model_as_its_hot_words() -> None:
    engine = Online()
    streamed(engine, 1.0, StreamOptions(vocabulary=("Cuelight", "NVIDIA / Riva")))
    assert engine.hot == "CUELIGHT/NVIDIA   RIVA"
    streamed(engine, 1.0, StreamOptions(vocabulary=("Cuelight",)), unit="")
    assert engine.hot == ""


def test_someone_who_never_pauses_is_cut_and_a_whole_file_has_finals_only() -> None:
    finals = streamed(Online(), 40.0, StreamOptions(step_s=math.inf))
    assert len(finals) >= 2 and all(h.final for h in finals)


def test_a_model_without_times_is_shown_all_the_same() -> None:
    class Untimed(Online):
        def get_result_all(self, stream: Any) -> SimpleNamespace:
            return SimpleNamespace(tokens=["HE", "LLO"], text="HELLO THERE", timestamps=[], ys_probs=[], start_time=0.0)

    final, = [h for h in streamed(Untimed(), 1.0) if h.final]
    assert [(w.text, w.timing) for w in final.words] == [("hello", "interpolated"), ("there", "interpolated")]


def test_chinese_characters_are_words_of_their_own_and_a_word_does_not_last_into_a_pause() -> None:
    words = sherpa.grouped(["你", "好", "▁wo", "rld", " a"], [0.0, 0.2, 0.5, 0.7, 5.0], [], 9_000_000_000)
    assert [w.text for w in words] == ["你", "好", "world", "a"]
    assert words[2].end_ns == 1_100_000_000 and words[0].confidence is None
