"""Highlights that follow the voice: one word lit at a time, live and polished, and in no file twice."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from models.asr import Word
from stream.captions.page import Pager
from stream.captions.polish import settle
from stream.captions.tail import TailPager
from stream.timeline.cuetrack import CueTrack
from stream.timeline.export import settle as merged
from stream.timeline.export.ass import write as ass
from stream.timeline.export.srt import write as srt
from stream.timeline.program import CaptionSpec, Color, Cue, Line, Motion, Run, TextStyle, WordStyle
from stream.timeline.schema import typed
from stream.timeline.schema_tracks import SubtitleTrackClip
from stream.timeline.spoken import follow, told
from stream.timeline.textclip import clip_to_cue, cue_to_clip

S = 1_000_000_000
STYLE = TextStyle(width_px=200.0, highlight=WordStyle(Color(246, 221, 20)))
SPEC = CaptionSpec(STYLE, highlighting=True, spoken=True)
SIZE = (1280, 720)


def measure(line: Line) -> float:
    return 10.0 * sum(len(run.text) for run in line)


def words_of(text: str, each_s: float = 0.5) -> list[Word]:
    return [Word(t, round(i * each_s * S), round((i + 1) * each_s * S)) for i, t in enumerate(text.split())]


def lit(cue: Cue) -> str:
    return "|".join(run.text for line in cue.lines for run in line if run.highlighted)


def polished(text: str, spec: CaptionSpec = SPEC) -> list[Cue]:
    return [cue for page in settle(words_of(text), spec, measure, 1280) for cue in told(page, spec)]


def test_each_word_is_lit_from_when_it_is_said_until_the_next() -> None:
    cues = polished("So, it is “done”!")
    assert [(cue.start_ns * 10 // S, lit(cue)) for cue in cues] == [(0, "So"), (5, "it"), (10, "is"), (15, "done")]
    assert [cue.revision for cue in cues] == [0, 1, 2, 3]
    assert len({(cue.id, cue.text) for cue in cues}) == 1
    assert [cue.end_ns for cue in cues[:-1]] == [cue.start_ns for cue in cues[1:]]


def test_without_the_mode_a_page_is_one_piece() -> None:
    assert len(polished("So it is done", replace(SPEC, spoken=False))) == 1
    assert len(polished("So it is done", replace(SPEC, highlighting=False))) == 1


def test_chinese_words_are_lit_one_by_one_though_nothing_parts_them() -> None:
    assert [lit(cue) for cue in polished("我们 去 北京。")] == ["我们", "去", "北京"]


def test_before_the_first_word_nothing_is_lit_and_late_words_never_are() -> None:
    cue = Cue("c", S, 3 * S, ((Run("one two"),), (Run("three"),)), STYLE, 4, times=((0, 2 * S), (4, 2 * S), (8, 9 * S)))
    assert [(c.start_ns // S, c.revision, lit(c)) for c in follow(cue)] == [(1, 4, ""), (2, 5, "two")]
    assert follow(replace(cue, times=())) == (replace(cue, times=()),)


def test_an_entrance_is_seen_once_at_the_start_and_an_exit_once_at_the_end() -> None:
    page = settle(words_of("one two three"), SPEC, measure, 1280)[0]
    moving = replace(page, motion_in=Motion("fade_in", S), motion_out=Motion("fade_out", 2 * S))
    cues = follow(moving)
    assert [cue.motion_in is not None for cue in cues] == [True, False, False]
    assert [cue.motion_out is not None for cue in cues] == [False, False, True]
    assert cues[0].motion_in and cues[0].motion_in.duration_ns == S // 2


def test_live_the_word_just_shown_is_lit() -> None:
    pager, track = Pager(SPEC, measure, 1280), CueTrack()
    seen = []
    for word in words_of("So, it is done and so are we all now"):
        for cue in pager.say([word], word.end_ns):
            track.show(cue)
        now = track.at(word.end_ns) or track.at(word.end_ns + S)
        seen.append(lit(now[-1]))
    assert seen == ["So", "it", "is", "done", "and", "so", "are", "we", "all", "now"]


def test_with_a_delay_words_are_lit_when_they_are_said() -> None:
    pages, track = TailPager(Pager(SPEC, measure, 1280)), CueTrack()
    words = [replace(w, start_ns=w.start_ns + 5 * S, end_ns=w.end_ns + 5 * S) for w in words_of("one two three four")]
    for cue in pages.say(words, S).cues:
        track.show(cue)
    for i, word in enumerate(words):
        assert [lit(cue) for cue in track.at(word.start_ns)] == [["one", "two", "three", "four"][i]]
        assert [lit(cue) for cue in track.at(word.end_ns - 1)] == [["one", "two", "three", "four"][i]]


def test_a_word_too_long_for_a_line_is_lit_in_all_its_parts() -> None:
    cue = Pager(SPEC, measure, 1280).say(words_of("b" * 30), S)[-1]
    assert lit(cue).replace("|", "") == "b" * 30


def shown_live(text: str) -> list[Cue]:
    pager, track = Pager(SPEC, measure, 1280), CueTrack()
    for word in words_of(text):
        for cue in pager.say([word], word.end_ns):
            track.show(cue)
    return track.cues


def test_files_hold_each_caption_once_without_the_light() -> None:
    for cues in (polished("So it is done now"), shown_live("So it is done now")):
        assert srt(cues).count("-->") == 1
        assert [lit(cue) for cue in merged(cues)] == [""]
        assert "1c&" not in ass(cues)


def test_what_was_lit_comes_back_from_the_document() -> None:
    for cues in (polished("So it is done, and so are we"), shown_live("So it is done, and so are we")):
        for cue in cues:
            clip = typed(SubtitleTrackClip, cue_to_clip(cue, SIZE), "$")[0]
            assert clip_to_cue(clip, SIZE, (0, 0)) == cue


@given(st.lists(st.tuples(st.sampled_from(["a", "word,", "“so”", "北京", "…", "x" * 25]), st.integers(-S, 2 * S)),
                min_size=1, max_size=9))
def test_revisions_follow_each_other_and_say_the_same(said: list[tuple[str, int]]) -> None:
    words, at_ns = [], 0
    for text, step_ns in said:
        at_ns = max(0, at_ns + step_ns)
        words.append(Word(text, at_ns, at_ns + S // 5))
    for page in settle(words, SPEC, measure, 1280):
        cues = follow(page)
        assert (cues[0].start_ns, cues[-1].end_ns) == (page.start_ns, page.end_ns)
        assert all(cue.text == page.text and cue.end_ns > cue.start_ns for cue in cues)
        assert all(a.end_ns == b.start_ns for a, b in zip(cues, cues[1:], strict=False))
        assert all(sum(run.highlighted for line in cue.lines for run in line) <= 1 for cue in cues)
        assert merged(cues)[0].text == page.text
