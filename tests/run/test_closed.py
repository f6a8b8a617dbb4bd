"""Closed captions, read back by another decoder: the words, their letters and their times come out of the film."""

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from closed_captions import decoded
from hypothesis import given
from hypothesis import strategies as st

from stream.codecs.encode import Rendition, VideoEncoder
from stream.codecs.formats import Quality, vod_rendition
from stream.codecs.mux import Muxer
from stream.media import NS, VideoFrame, new_frame
from stream.protocols import cea608
from stream.run.closed import ClosedCaptions
from stream.run.closed_channels import Paint, Roll
from stream.run.closed_screens import Screen, screens
from stream.run.outputs import captioned
from stream.timeline.program import Cue, Run, TextStyle
from stream.vod.film import Film
from support import require_program

BOTTOM = TextStyle(align="BottomCenter")


def cue(name: str, start_s: float, end_s: float, text: str, lane: str = "", style: TextStyle = BOTTOM) -> Cue:
    return Cue(name, round(start_s * NS), round(end_s * NS), tuple((Run(line),) for line in text.split("\n")), style,
               lane=lane)


def picture(number: int, rate: Fraction) -> VideoFrame:
    frame = new_frame(64, 48, pts_ns=int(number * NS / rate))
    frame.y[:], frame.u[:], frame.v[:] = number * 7 % 200, 128, 128
    return frame


def film(path: Path, cues: list[Cue], rate: Fraction, seconds: float, codec: str = "h264") -> Path:
    """A render with closed captions, B-frames and all."""
    quality = Quality(preset="medium", codec=codec)
    rendition = vod_rendition(path, 64, 48, rate, quality, has_audio=False, threads=1)
    made = Film(path, rendition, ClosedCaptions(rate, cues))
    for number in range(int(seconds * rate)):
        made.picture(picture(number, rate))
    made.close()
    return path


def live(path: Path, come: dict[float, list[Cue]], seconds: float, *, rolling: bool = False, rate: int = 30) -> Path:
    """A live encode; cues become known at the times that are the keys of `come`."""
    encoder = VideoEncoder(Rendition(64, 48, Fraction(rate), video_bitrate=100_000, preset="ultrafast",
                                     encoder="libx264"))
    closed, muxer = ClosedCaptions(Fraction(rate), rolling=rolling, live=True), Muxer(path, [encoder.setup])
    waiting = sorted(come)
    for number in range(int(seconds * rate)):
        while waiting and waiting[0] <= number / rate:
            for one in come[waiting.pop(0)]:
                closed.show(one)
        for packet in encoder.encode(picture(number, Fraction(rate))):
            muxer.write(captioned(packet, closed))
    muxer.close()
    return path


def grown(name: str, start_s: float, words: str, step_s: float, end_s: float) -> dict[float, list[Cue]]:
    """A page that grows by a word every `step_s`; each revision comes when it is shown."""
    found, text = {}, ""
    for number, word in enumerate(words.split(" ")):
        text = f"{text} {word}".lstrip()
        at_s = start_s + number * step_s
        found[at_s] = [replace(cue(name, at_s, end_s, text), revision=number)]
    return found


CUES = [cue("a", 1.5, 3.0, "Hello, it’s “quoted”, and 50°"),
        cue("b", 3.0, 5.0, "Ñandú façade über Straße\nsecond *line* ♪"),
        cue("c", 6.0, 8.0, "This one is a rather long caption that has to be wrapped again into narrow rows"),
        cue("z", 2.0, 4.0, "Zweite Sprache: schön", "de")]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(50), Fraction(60)])
def test_a_render_with_b_frames_shows_each_caption_from_its_first_picture_on(rate: Fraction, tmp_path: Path) -> None:
    made = film(tmp_path / "film.mp4", CUES, rate, 9)
    found = decoded(made)
    assert [text.replace("\n", " ") for _, _, text in found] == [one.text.replace("\n", " ") for one in CUES[:3]]
    for (start_s, end_s, _), one in zip(found, CUES, strict=False):
        assert 0 <= start_s - one.start_ns / NS <= 1 / rate + 0.002
        assert abs(end_s - one.end_ns / NS) <= 1.1 / rate + 0.002
    (start_s, end_s, text), = decoded(made, "second")
    assert text == CUES[3].text and abs(start_s - 2) <= 1.1 / rate + 0.002 and abs(end_s - 4) <= 1.1 / rate + 0.002


def test_the_films_of_the_test_above_have_b_frames(tmp_path: Path) -> None:
    made = film(tmp_path / "film.mp4", CUES, Fraction(30), 2)
    kinds = subprocess.run([require_program("ffprobe"), "-v", "error", "-show_entries", "frame=pict_type", "-of",
                            "csv=p=0", made], check=True, capture_output=True, text=True).stdout
    assert kinds.count("B") > 10


def test_hevc_carries_them_too(tmp_path: Path) -> None:
    assert [text for _, _, text in decoded(film(tmp_path / "film.mp4", CUES[:1], Fraction(30), 4, "hevc"))] == [
        CUES[0].text]


def test_captions_in_haste_are_left_out_rather_than_late_for_ever(tmp_path: Path) -> None:
    hasty = [cue(f"h{n}", 1 + n * 0.3, 1.3 + n * 0.3, f"a caption of some length, number {n}") for n in range(10)]
    found = decoded(film(tmp_path / "film.mp4", [*hasty, cue("z", 6, 7, "in time")], Fraction(30), 8))
    assert found[-1][2] == "in time" and abs(found[-1][0] - 6) < 0.04
    for start_s, _, text in found[:-1]:
        number = int(text.replace("\n", " ").rpartition(" ")[2])
        assert start_s - (1 + number * 0.3) < 0.31


def test_live_a_page_that_grows_is_painted_on_word_by_word(tmp_path: Path) -> None:
    words = "words come one by one and are shown as soon as they can be"
    come = grown("a", 1.0, words, 0.25, 5.0) | grown("b", 5.0, "and no word is lost", 0.2, 7.0)
    found = decoded(live(tmp_path / "live.flv", come, 8))
    texts = [text.replace("\n", " ") for _, _, text in found]
    assert texts[-2:] == [words, "and no word is lost"]
    assert all(words.startswith(text) for text in texts[:-1]), "words moved"
    assert found[0][0] < 1.2 and abs(found[-2][1] - 5.0) < 0.2 and abs(found[-1][1] - 7.0) < 0.1


def test_live_each_word_is_on_the_screen_soon_after_it_is_shown(tmp_path: Path) -> None:
    """The pairs themselves tell when a word is whole: FFmpeg's decoder waits for the end of the page."""
    words = "words come one by one and are shown as soon as they can be"
    for rolling in (False, True):
        closed, lag_s = ClosedCaptions(Fraction(30), rolling=rolling, live=True), list[float]()
        come, written = grown("a", 1.0, words, 0.25, 5.0), ""
        due = sorted(come)
        for number in range(180):
            while due and due[0] <= number / 30:
                closed.show(come[due.pop(0)][0])
            pair = closed.data(number * NS // 30)[3:5]
            codes = [code & 0x7F for code in pair]
            if codes[0] >= 0x20:
                written += "".join(chr(code) for code in codes if code)
            said = len(words.split()) - len(due)
            if said and "".join(words.split()[:said]) in written.replace(" ", "") and len(lag_s) < said:
                lag_s.append(number / 30 - sorted(come)[said - 1])
        assert len(lag_s) > 10 and max(lag_s) < 0.6


def test_live_words_roll_up_as_they_come(tmp_path: Path) -> None:
    words = "the first row is filled and then another one begins"
    come = grown("a", 1.0, words, 0.3, 5.0) | grown("b", 5.5, "a new page", 0.3, 8.0)
    found = decoded(live(tmp_path / "live.flv", come, 9.5, rolling=True))
    rows = "\n".join(text for _, _, text in found).split("\n")
    assert "the first row is filled and then" in rows and "another one begins" in rows and "a new page" in rows
    assert max(end_s for _, end_s, _ in found) < 8.6


def test_live_words_known_early_wait_for_their_time(tmp_path: Path) -> None:
    """As when the programme is held: each revision is known two seconds before it is shown."""
    pages = [("a", 1.0, "words come one by one and are shown"), ("b", 4.0, "as soon as they can be and then"),
             ("c", 6.2, "the last page comes and is here")]
    come: dict[float, list[Cue]] = {}
    for name, start_s, text in pages:
        for at_s, shown in grown(name, start_s, text, 0.25, start_s + 2.2).items():
            come.setdefault(max(at_s - 2.0, 0.0), []).extend(shown)
    found = decoded(live(tmp_path / "live.flv", come, 10))
    assert [text.replace("\n", " ") for _, _, text in found] == [text for _, _, text in pages]
    assert all(abs(start_s - page[1]) < 0.15 for (start_s, _, _), page in zip(found, pages, strict=True))


def test_live_a_second_language_known_early_is_in_time_and_what_is_taken_off_goes(tmp_path: Path) -> None:
    early = cue("a", 3.0, 6.0, "zwei Sekunden vorher da", "de")
    come = {0.5: [early], 4.0: [replace(early, end_ns=4_500_000_000, revision=1)]}
    (start_s, end_s, text), = decoded(live(tmp_path / "live.flv", come, 7), "second")
    assert text == "zwei Sekunden vorher da" and abs(start_s - 3.0) < 0.07 and abs(end_s - 4.5) < 0.1


def test_live_a_second_language_that_is_taken_back_before_its_time_is_not_shown(tmp_path: Path) -> None:
    early = cue("a", 3.0, 6.0, "wird nichts", "de")
    come = {0.5: [early], 2.8: [replace(early, end_ns=early.start_ns, revision=1)],
            3.5: [cue("b", 3.5, 5, "doch", "de")]}
    assert [text for _, _, text in decoded(live(tmp_path / "live.flv", come, 7), "second")] == ["doch"]


def test_live_the_last_words_stay_long_enough_to_be_read(tmp_path: Path) -> None:
    come = {1.0: [cue("a", 1.0, 1.8, "a caption that ended while it was being loaded")]}
    (start_s, end_s, text), = decoded(live(tmp_path / "live.flv", come, 4))
    assert text.replace("\n", " ") == come[1.0][0].text
    assert start_s < 1.1 and 2.5 < end_s < 3.0  # written by 2.0


def test_pictures_without_captions_carry_padding_alone(tmp_path: Path) -> None:
    closed = ClosedCaptions(Fraction(30))
    assert {closed.data(n * NS // 30) for n in range(90)} == {bytes.fromhex("c2fffc8080fd8080ff")}


def test_captions_at_once_share_the_screen_and_too_much_text_shares_the_time() -> None:
    title = cue("t", 0, 10, "TITLE", style=TextStyle(align="TopCenter"))
    found = screens([title, cue("a", 2, 4, "caption")], live=False)
    assert [(s.start_ns // NS, s.rows, s.top) for s in found] == [
        (0, ("TITLE",), True), (2, ("TITLE", "caption"), False), (4, ("TITLE",), True)]
    parts = screens([cue("l", 0, 10, "word " * 50)], live=False)
    assert [(s.start_ns // NS, len(s.rows)) for s in parts] == [(0, 3), (3, 3), (6, 3)]
    assert [len(s.rows) for s in screens([cue("l", 0, 10, "word " * 50)], live=True)] == [4]
    assert screens([cue("x", 0, 1, "今天我们谈天气")], live=False) == []


def rolled(*texts: str) -> list[str]:
    """The rows that come of captions (id:text) shown one after the other, as they roll."""
    roll, rows = Roll(), [""]
    for at, text in enumerate(texts):
        name, _, words = text.partition(":")
        written = roll.pairs(Screen(at, at + 1, tuple(words.split("|")), (name,)), second=False)
        for pair in written:
            if pair == (0x14, 0x2D):
                rows.append("")
            elif pair == (0x14, 0x24):
                rows[-1] = ""
            elif pair[0] >= 0x20:
                rows[-1] += "".join(chr(code) for code in pair if code)
    return [row for row in rows if row]


def test_words_flow_on_whatever_lines_their_captions_have() -> None:
    assert rolled("a:one", "a:one two", "a:one two|three four five six seven", "a:three four five six seven|eight") == [
        "one two three four five six", "seven eight"]


def test_a_new_caption_goes_on_in_its_row_unless_a_sentence_has_ended() -> None:
    assert rolled("a:one two", "b:three") == ["one two three"]
    assert rolled("a:one two.", "b:three") == ["one two.", "three"]
    assert rolled("a:the end", "b:end of it") == ["the end end of it"]


def test_words_that_change_are_written_anew_in_the_lowest_row() -> None:
    assert rolled("a:say it", "a:say at last") == ["say at last"]


def painted(pairs: list[tuple[int, int]]) -> list[str]:
    """The rows on the screen after `pairs` in paint-on mode; a decoder of the few codes that painting uses."""
    rows, row, column, last = dict.fromkeys(range(1, 16), ""), 15, 0, (0, 0)
    starts = {(0x11, 0x40): 1, (0x13, 0x60): 13, (0x13, 0x40): 12, (0x14, 0x40): 14, (0x14, 0x60): 15}
    for pair in pairs:
        if pair == last and pair[0] < 0x20:
            last = (0, 0)
            continue
        last = pair
        if pair == (0x14, 0x2C):
            rows = dict.fromkeys(rows, "")
        elif pair == (0x14, 0x24):
            rows[row] = rows[row][:column]
        elif pair[0] < 0x20 and pair[1] & 0x50 == 0x50:
            row, column = starts.get((pair[0], pair[1] & 0x60), 2), 0
        elif pair[0] >= 0x20:
            text = "".join(map(chr, filter(None, pair)))
            rows[row] = rows[row][:column].ljust(column) + text + rows[row][column + len(text):]
            column += len(text)
    return [text for text in rows.values() if text]


words = st.lists(st.sampled_from(["a", "to", "three", "captions"]), min_size=1, max_size=14)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), words), min_size=1, max_size=6))
def test_whatever_a_page_becomes_it_is_what_is_on_the_screen(pages: list[tuple[str, list[str]]]) -> None:
    paint, sent = Paint(), list[tuple[int, int]]()
    for at, (name, text) in enumerate(pages):
        rows = tuple(cea608.wrap(" ".join(text)))
        sent += paint.pairs(Screen(at, at + 1, rows, (name,)), second=False)
        assert painted(sent) == list(rows)


def test_letters_that_there_are_not_are_told_of_once() -> None:
    told: list[str] = []
    closed = ClosedCaptions(Fraction(30), [cue("a", 0, 1, "今天我们谈天气")], live=True, tell=told.append)
    for number in range(3):
        closed.show(cue(f"b{number}", 1, 2, "谈天气"))
        closed.data(number * NS // 30)
    assert len(told) == 1 and "Western European letters alone" in told[0]
