"""A second language live: behind the first and never in its way, on a place of its own, recorded and replayed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_rig import Run, paced, replay, run_script, stretch

from models.asr import Hypothesis, StreamOptions, Word
from stream.captions.page import Pager
from stream.clock import LiveClock, Signal
from stream.errors import ModelError, OptionError
from stream.fonts import collection
from stream.live.asked import engines_wanted
from stream.media import NS
from stream.metrics import Metrics
from stream.plugins import names
from stream.recording.finish import finish
from stream.render.text import Typesetter
from stream.run.airing import Airing
from stream.run.inputs import Parts
from stream.run.loading import load_translator
from stream.run.second_lane import WAITING, TranslatedLane
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.looks import caption_style
from stream.timeline.program import CaptionSpec, Cue, TextBox
from stream.timeline.program import Color as Paint
from stream.timeline.program import Run as Piece
from stream.timeline.resolve import resolve
from stream.timeline.second import second_style
from stream.timeline.starters import live_document
from stream.worker import InlineWorker
from support import run_virtual

NOTES = {"Translate": "de", "Translator": "made-up", "Language": "en"}


class Reciter:
    """A recognizer that hears three words and the end of a sentence every two seconds, of any sound."""

    sample_rate_hz = 16_000
    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.opened: list[StreamOptions] = []

    def open(self, options: StreamOptions) -> "Reciting":
        self.opened.append(options)
        return Reciting("drei deutsche Wörter" if options.translate else "three plain words")


class Reciting:
    speaking = True

    def __init__(self, text: str) -> None:
        self.text, self.heard, self.said = text.split(), 0, 0

    def feed(self, samples: np.ndarray[Any, Any]) -> list[Hypothesis]:
        self.heard += len(samples)
        out = []
        while (self.said + 1) * 32_000 <= self.heard:
            first_ns = self.said * 2 * NS
            words = tuple(Word(f"{text}{self.said}" + "." * (n == 2), first_ns + n * NS // 2,
                               first_ns + (n + 1) * NS // 2) for n, text in enumerate(self.text))
            out.append(Hypothesis(self.said, words, True, first_ns + 2 * NS))
            self.said += 1
        return out

    def finish(self) -> list[Hypothesis]:
        return []


class Shouter:
    """A translator that shouts, after `takes` of its other sentences failed."""

    def __init__(self, fails: int = 0) -> None:
        self.fails, self.asked = fails, list[tuple[str, str, str]]()

    def translate(self, text: str, source: str, target: str) -> str:
        self.asked.append((text, source, target))
        if len(self.asked) <= self.fails:
            raise ModelError("out of memory")
        return text.upper()


def test_each_sentence_is_translated_and_shown_in_its_own_lane() -> None:
    shown: list[Cue] = []

    def watch(run: Run) -> None:
        show = run.session.show

        def showing(cue: Cue) -> None:
            shown.append(cue)
            show(cue)

        run.session.cued = shown.append

    translator = Shouter()
    run = run_script(paced(stretch(9.0)), captions=True, notes=NOTES, recognizer=Reciter(), translator=translator,
                     prepare=watch)
    assert translator.asked[:2] == [(f"three{n} plain{n} words{n}.", "en", "de") for n in range(2)]
    second = [cue for cue in shown if cue.lane]
    assert {cue.lane for cue in second} == {"de"} and {cue.lane for cue in shown} == {"", "de"}
    assert "THREE0 PLAIN0 WORDS0." in second[0].text.replace("\n", " ") and not (
        {cue.id for cue in second} & {cue.id for cue in shown if not cue.lane})
    first = next(cue for cue in shown if not cue.lane)
    assert second[0].style.y_px > first.style.y_px and second[0].style.size_px < first.style.size_px
    assert any("THREE0" in tick.text and "three0" in tick.text for tick in run.ticks)


def test_a_slow_translator_keeps_neither_the_first_lane_nor_the_picture_waiting() -> None:
    quick = run_script(paced(stretch(9.0)), captions=True, notes=NOTES, recognizer=Reciter(), translator=Shouter())
    slow = run_script(paced(stretch(9.0)), captions=True, notes=NOTES, recognizer=Reciter(), translator=Shouter(),
                      lags={"translate": 3.5})
    without = run_script(paced(stretch(9.0)), captions=True, recognizer=Reciter())

    def plain(run: Run) -> list[tuple[float, str]]:
        return [(tick.pts_s, " ".join(word for word in tick.text.split() if word.islower())) for tick in run.ticks]

    assert plain(slow) == plain(quick) == plain(without)
    assert len([tick for tick in slow.ticks if "THREE" in tick.text]) > 10
    assert slow.metrics.counters["drops.translator"] == 0  # two wait at most


def test_what_a_translator_cannot_follow_is_left_out_and_counted() -> None:
    metrics, noted = Metrics(), list[tuple[Word, ...]]()

    async def go() -> None:
        parts = Parts(LiveClock(), metrics, lambda name: InlineWorker(), Signal(), lambda line: None, lambda: 0)
        pager = Pager(CaptionSpec(caption_style((640.0, 360.0))), lambda line: 1.0, 640)
        airing = Airing(pager, parts, lambda: 0, lambda cue: None, lambda cue: None)
        lane = TranslatedLane(Shouter(), "en", "de", airing, parts, noted.append)
        lane.heard(tuple(Word(f"w{number}.", number * NS, number * NS + NS) for number in range(WAITING + 3)))
        lane.end()
        await lane.run()
        lane.close()

    run_virtual(go())
    assert metrics.counters["drops.translator"] == 3
    assert [words[0].text for words in noted] == [f"W{number}." for number in range(3, WAITING + 3)]


def test_a_translator_that_fails_is_told_of_and_tried_again() -> None:
    run = run_script(paced(stretch(9.0)), captions=True, notes=NOTES, recognizer=Reciter(), translator=Shouter(1))
    assert any("captions in the second language failed: out of memory" in line for line in run.told)
    assert any("THREE2" in tick.text for tick in run.ticks) and any("three0" in tick.text for tick in run.ticks)


def test_an_engine_that_translates_hears_the_sound_a_second_time() -> None:
    recognizer = Reciter()
    run = run_script(paced(stretch(9.0)), captions=True, notes={"Translate": "en"}, recognizer=recognizer)
    assert sorted(options.translate for options in recognizer.opened) == [False, True]
    assert any("deutsche0" in tick.text and "plain0" in tick.text for tick in run.ticks)


def test_both_lanes_are_recorded_replayed_and_polished(tmp_path: Path) -> None:
    run_script(paced(stretch(9.0)), captions=True, notes=NOTES, recognizer=Reciter(), translator=Shouter(),
               folder=tmp_path)
    verdict = replay(tmp_path)
    assert verdict.ticks > 100 and verdict.equal == verdict.ticks
    finish(tmp_path)
    for name, mode in (("as-aired.json", "AsAired"), ("polished.json", "Polished")):
        document = json.loads((tmp_path / name).read_text("utf-8"))
        assert document["Cuelight"]["Mode"] == mode
        plain, german = document["SubtitleTracks"]
        assert {clip["Cuelight"].get("Lane") for clip in plain["SubtitleTrackClips"]} == {None}
        assert {clip["Cuelight"]["Lane"] for clip in german["SubtitleTrackClips"]} == {"de"}
        assert "THREE0" in german["SubtitleTrackClips"][0]["Content"]
    words = json.loads((tmp_path / "polished.json").read_text("utf-8"))["Cuelight"]["Words"]
    assert all(word["text"].islower() for word in words), "the second language is no part of what was said"
    assert "three0" in (tmp_path / "captions.srt").read_text("utf-8")
    assert "THREE" not in (tmp_path / "captions.srt").read_text("utf-8")
    german = (tmp_path / "captions.de.srt").read_text("utf-8")
    assert "THREE0 PLAIN0 WORDS0." in german.replace("\n", " ") and "00:00:00,000 --> " in german


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 480)])
@pytest.mark.parametrize("align", ["BottomCenter", "TopCenter", "CenterCenter", "BottomLeft"])
def test_two_lines_of_each_language_never_overlap(size: tuple[int, int], align: str) -> None:
    for y_ratio in (0.0, 0.06, 0.5, 0.8):
        for box in (None, TextBox(Paint(0, 0, 0), 12, 10)):
            first = replace(caption_style((float(size[0]), float(size[1]))), align=align, box=box,
                            y_px=size[1] * y_ratio if align != "CenterCenter" else 0.0)
            second = second_style(first, size[1])
            rows = []
            for style in (first, second):
                cue = Cue("x", 0, NS, ((Piece("Tgjpq ÄÖ"),), (Piece("Tgjpq ÄÖ"),)), style)
                raster = typesetter().raster(cue, *size)
                assert raster is not None
                rows.append((raster.y_px, raster.y_px + raster.height_px))
            (top, bottom), (upper, lower) = rows
            assert lower <= top or bottom <= upper, f"{align} {y_ratio} {box}: {rows}"


_MADE: list[Typesetter] = []


def typesetter() -> Typesetter:
    if not _MADE:
        _MADE.append(Typesetter(collection()))
    return _MADE[0]


def test_a_document_may_dress_and_place_the_second_language_itself() -> None:
    document = live_document("test://", notes={**NOTES, "SecondStyle": {"FontColor": "#00FF00", "Y": 0.5}})
    facts = Facts({"test://": MediaFacts("live", 640, 360, has_video=True, has_audio=True)})
    spec = next(layer.captions for layer in resolve(document, facts).layers)
    assert spec is not None and spec.second_style is not None
    assert spec.second_style.color == Paint(0, 255, 0) and spec.second_style.y_px == 180.0
    alone = next(layer.captions for layer in resolve(live_document("test://"), facts).layers)
    assert alone is not None and alone.second_style is None


def test_a_language_that_nothing_here_writes_is_refused_before_the_show() -> None:
    for notes in ({"Translate": "de"}, {"Translate": "de", "Engine": "whisper"}):
        with pytest.raises(OptionError, match="does not translate into 'de'"):
            engines_wanted(live_document("test://", notes=notes)).check()
    engines_wanted(live_document("test://", notes={"Translate": "en", "Engine": "whisper"})).check()


def test_a_translator_is_a_folder_or_an_engine_and_a_folder(tmp_path: Path) -> None:
    assert list(names("models.mt")) == ["ctranslate2"]
    for name in (str(tmp_path), f"ctranslate2:{tmp_path}", "C:\\models\\en-de"):
        with pytest.raises(ModelError, match=r"holds no CTranslate2 model|no translation model folder"):
            load_translator(name)
