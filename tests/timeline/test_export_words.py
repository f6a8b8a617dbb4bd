"""Words with times, second languages and live segments: what players and editors are given beyond plain captions."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from stream.timeline.export import ass, by_lane, lane_name, otio, settle, srt, ttml, vtt
from stream.timeline.program import NS, Color, Cue, Run, TextBox, TextStyle, WordStyle
from stream.timeline.wordtimes import cut, grown, timed, word_times
from support import require_program

STYLE = TextStyle(align="BottomCenter", y_px=72, highlight=WordStyle(Color(255, 220, 0)))


def cue(name: str, start_s: float, end_s: float, text: str, **more: Any) -> Cue:
    lines = tuple((Run(line),) for line in text.split("\n"))
    return Cue(name, round(start_s * NS), round(end_s * NS), lines, more.pop("style", STYLE), **more)


def at(*pairs: tuple[int, float]) -> tuple[tuple[int, int], ...]:
    return tuple((place, round(seconds * NS)) for place, seconds in pairs)


SAID = cue("a", 1, 3, "we say this\nin two lines", times=at((0, 1), (3, 1.25), (7, 1.5), (12, 2), (15, 2.2), (19, 2.6)))


def test_words_are_found_in_their_order_and_what_is_not_there_is_left_out() -> None:
    said = [("the", 1), ("the", 2), ("bird", 3), ("dog", 4)]
    assert word_times("the cat the\ndog", said) == ((0, 1), (8, 2), (12, 4))
    assert word_times("今天天气", [("今天", 1), ("天气", 2)]) == ((0, 1), (2, 2))


def test_a_page_that_grew_says_when_each_part_appeared() -> None:
    assert grown([("one", 1), ("one two", 2), ("one two\nthree", 3)]) == ((0, 1), (4, 2), (8, 3))
    assert grown([("one", 1), ("won two", 2)]) == ()


def test_only_times_inside_a_cue_that_grow_are_written() -> None:
    assert timed(((0, 5), (2, 7), (4, 7), (6, 6), (8, 9), (9, 20)), 5, 20) == ((2, 7), (8, 9))


def test_runs_are_cut_and_nothing_is_lost() -> None:
    lines = ((Run("one "), Run("two", True)), (), (Run("three"),))
    assert [(start, run.text, breaks) for start, run, breaks in cut(lines, (4, 5, 9, 11))] == [
        (0, "one ", 0), (4, "t", 0), (5, "wo", 0), (9, "th", 2), (11, "ree", 0)]


def test_a_highlight_that_goes_from_word_to_word_becomes_times_of_one_caption() -> None:
    words = ("we", " say ", "this")
    shown = [replace(cue("a", 1 + n, 2 + n, ""), lines=(tuple(Run(word, i == 2 * m) for i, word in enumerate(words)),),
                     revision=n) for n, m in enumerate((0, 1))]
    found, = settle(shown)
    assert found.text == "we say this" and found.times == at((0, 1), (7, 2))
    assert not any(run.highlighted for line in found.lines for run in line)


def test_key_words_stay_highlighted_in_one_caption() -> None:
    growing = [replace(cue("a", 1, 2, ""), lines=((Run("the "), Run("key", True)),)),
               replace(cue("a", 2, 3, ""), lines=((Run("the "), Run("key", True), Run(" is here")),), revision=1)]
    found, = settle(growing)
    assert found.lines == growing[1].lines and found.times == at((0, 1), (8, 2))


def test_vtt_has_the_times_of_words_inside() -> None:
    assert vtt.write([SAID]).endswith(
        "00:00:01.000 --> 00:00:03.000\nwe <00:00:01.250>say <00:00:01.500>this\n"
        "<00:00:02.000>in <00:00:02.200>two <00:00:02.600>lines\n")


def test_vtt_of_a_program_has_looks_and_places() -> None:
    look = replace(STYLE, box=TextBox(Color(0, 0, 0, 128)), bold=True)
    key = replace(cue("k", 1, 2, ""), lines=((Run("a "), Run("key", True), Run(" word")),), style=look)
    top = cue("t", 3, 4, "left", style=TextStyle(align="TopLeft", x_px=64, y_px=36))
    found = vtt.write([key, top], (1280, 720))
    assert "::cue(.look1) { color: rgba(255, 255, 255, 1); background-color: rgba(0, 0, 0, 0.502); font-weight" in found
    assert "::cue(.look2) { color: rgba(255, 220, 0, 1) }" in found
    assert "00:00:02.000 line:90%,end position:50%,center align:center\n<c.look1>a <c.look2>key</c> word</c>" in found
    assert "00:00:04.000 line:5%,start position:5%,line-left align:left\n<c.look3>left</c>" in found


def test_srt_by_word_underlines_what_is_said() -> None:
    assert srt.write([SAID]) == "1\n00:00:01,000 --> 00:00:03,000\nwe say this\nin two lines\n"
    blocks = srt.write([SAID], by_word=True).split("\n\n")
    assert len(blocks) == 6
    assert blocks[0] == "1\n00:00:01,000 --> 00:00:01,250\n<u>we</u> say this\nin two lines"
    assert blocks[5].strip() == "6\n00:00:02,600 --> 00:00:03,000\nwe say this\nin two <u>lines</u>"


def test_ass_has_karaoke_times_that_fill_the_caption() -> None:
    text = ass.write([SAID]).strip().rpartition(",,")[2]
    assert text == r"{\k25}we {\k25}say {\k50}this\N{\k20}in {\k40}two {\k40}lines"
    late = replace(SAID, start_ns=NS // 2)
    assert ass.write([late]).strip().endswith(r"{\k50}{\k25}we {\k25}say {\k50}this\N{\k20}in {\k40}two {\k40}lines")


SECOND = cue("t1", 1, 3, "das sagen wir", lane="de", style=replace(STYLE, y_px=150, italic=True))


def test_each_language_has_its_style_its_division_and_its_file() -> None:
    written = ass.write([SAID, SECOND])
    assert "Style: Look 1," in written and "Style: de 2," in written and ",de 2,de,0,0,0," in written
    tree = ET.fromstring(ttml.write([SAID, SECOND], language="en"))
    space, lang = "{http://www.w3.org/ns/ttml}", "{http://www.w3.org/XML/1998/namespace}lang"
    divisions = tree.findall(f"{space}body/{space}div")
    assert tree.get(lang) == "en" and [one.get(lang) for one in divisions] == [None, "de"]
    assert ["".join(one.itertext()).strip() for one in divisions] == ["we say thisin two lines", "das sagen wir"]
    assert {lane: [c.id for c in cues] for lane, cues in by_lane([SECOND, SAID]).items()} == {"": ["a"], "de": ["t1"]}
    assert '"lane": "de"' in otio.write([SECOND])


def test_a_languages_file_is_named_after_it() -> None:
    assert lane_name("show.srt", "") == "show.srt" and lane_name("my.show.srt", "zh-Hans") == "my.show.zh-Hans.srt"
    assert lane_name("show.vtt", "../x") == "show.---x.vtt"


def test_like_ids_of_two_languages_are_two_captions() -> None:
    assert len(settle([SAID, replace(SECOND, id="a")])) == 2


def test_a_segment_says_which_media_time_it_is_of_and_repeats_what_goes_on() -> None:
    cues = [SAID, cue("b", 5, 9, "over the edge"), cue("c", 11, 12, "later")]
    first = vtt.segment(cues, 0, 6 * NS, mpegts=900_000)
    then = vtt.segment(cues, 6 * NS, 12 * NS, mpegts=900_000)
    assert first.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n")
    block = "00:00:05.000 --> 00:00:09.000\nover the edge\n"
    assert block in first and block in then and "later" in then and "later" not in first and "we " not in then


def test_a_live_segment_holds_what_was_known_and_never_says_a_thing_twice() -> None:
    growing = [cue("a", 1, 4, "one"), cue("a", 5, 7.5, "one two", revision=1),
               cue("a", 7, 9, "one two three", revision=2)]
    first = vtt.segment(growing[:2], 0, 6 * NS, whole=False)
    then = vtt.segment(growing, 6 * NS, 12 * NS, whole=False)
    assert "00:00:01.000 --> 00:00:06.000\none <00:00:05.000>two\n" in first
    assert "00:00:06.000 --> 00:00:09.000\none two <00:00:07.000>three\n" in then
    assert vtt.segment(growing, 12 * NS, 18 * NS) == "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"


def test_segments_count_from_where_they_are_told() -> None:
    made = vtt.segment([SAID], NS, 6 * NS, zero_ns=NS // 2, mpegts=1 << 33)
    assert "MPEGTS:0," in made and "00:00:00.500 --> 00:00:02.500\nwe <00:00:00.750>say" in made


@pytest.mark.parametrize("suffix", ["vtt", "ass", "srt"])
def test_other_programs_read_words_with_times(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"captions.{suffix}"
    written = {"vtt": vtt.write([SAID], (1280, 720)), "ass": ass.write([SAID]), "srt": srt.write([SAID], by_word=True)}
    path.write_text(written[suffix], "utf-8")
    found = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", path, "-f", "srt", "-"], check=True,
                           capture_output=True, text=True)
    assert not found.stderr and "00:00:01,000 --> " in found.stdout and "--> 00:00:03,000" in found.stdout


def test_of_captions_that_roll_up_each_line_is_there_once() -> None:
    apart = [cue("a", 1, 2, "one"), cue("b", 2, 3, "one\ntwo"),
             cue("c", 3, 4, "two\nthree", times=at((0, 2), (4, 3))), cue("d", 6, 7, "three\nfour")]
    assert [(c.text, c.times) for c in settle(apart)] == [("one", ()), ("two", ()), ("three", at((0, 3))),
                                                          ("three\nfour", ())]
    rolling = [cue("a", n, n + 1, text, revision=n) for n, text in enumerate(
        ["one", "one\ntwo", "one\ntwo more", "two more\nthree", "two more\nthree too", "three too\nfour"])]
    assert [(c.start_ns // NS, c.end_ns // NS, c.text) for c in settle(rolling)] == [
        (0, 3, "one\ntwo more"), (3, 5, "three too"), (5, 6, "four")]


def test_a_line_that_is_said_twice_is_there_twice() -> None:
    same = [cue("a", 1, 2, "No."), cue("b", 2, 3, "No."), cue("c", 4, 5, "No.\nNever.")]
    assert [c.text for c in settle(same)] == ["No.", "No.", "No.\nNever."]
