"""Pages: at most two lines, nothing moves once shown, nothing is wider than the line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.asr import Word
from stream.captions.highlight import Highlighter
from stream.captions.lines import Piece, line_of, split
from stream.captions.page import PageOptions, Pager
from stream.captions.phrasing import ends_sentence
from stream.captions.polish import settle
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import CaptionSpec, Cue, Line, TextBox, TextStyle

S = 1_000_000_000
SPEC = CaptionSpec(TextStyle(width_px=200.0))


def measure(line: Line) -> float:
    return 10.0 * sum(len(run.text) for run in line)


def words_of(text: str, start_s: float = 0.0, each_s: float = 0.25) -> list[Word]:
    return [Word(t, round((start_s + i * each_s) * S), round((start_s + (i + 1) * each_s) * S))
            for i, t in enumerate(text.split())]


def pager(spec: CaptionSpec = SPEC, *listed: str, options: PageOptions | None = None) -> Pager:
    return Pager(spec, measure, 1280, Highlighter(listed), options)


def lines(cue: Cue) -> list[str]:
    return cue.text.split("\n")


def test_words_fill_a_line_then_the_next_then_a_new_page() -> None:
    ours = pager()
    cues = [c for w in words_of("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii") for c in ours.say([w], w.end_ns)]
    last = {c.id: lines(c) for c in cues}
    assert last == {"c1": ["aaaa bbbb cccc dddd", "eeee ffff gggg hhhh"], "c2": ["iiii"]}
    assert [c.revision for c in cues if c.id == "c1"] == list(range(sum(c.id == "c1" for c in cues)))


def test_the_old_page_ends_where_the_new_one_begins() -> None:
    ours, track = pager(), CueTrack()
    for w in words_of("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii"):
        for cue in ours.say([w], w.end_ns):
            track.show(cue)
    new = next(c for c in track.cues if c.id == "c2")
    assert max(c.end_ns for c in track.cues if c.id == "c1") == new.start_ns
    assert [c.id for c in track.at(new.start_ns)] == ["c2"]


def test_a_word_is_visible_neither_before_it_is_spoken_nor_before_it_is_known() -> None:
    ours = pager()
    assert ours.say(words_of("late", 1.0), 3 * S)[0].start_ns == 3 * S
    assert ours.say(words_of("early", 3.5), 3 * S)[-1].start_ns == round(3.5 * S)


def test_a_page_stays_for_a_second_and_for_as_long_as_reading_takes() -> None:
    assert pager().say(words_of("hi"), 2 * S)[-1].end_ns == 3 * S
    many = pager().say(words_of("a b c d e f"), 9 * S)[-1]
    assert many.end_ns - many.start_ns == pytest.approx(6 * 0.3 * S)


def test_after_a_pause_or_a_page_that_has_ended_a_new_page_begins() -> None:
    ours = pager()
    assert ours.say(words_of("one two"), S)[-1].id == "c1"
    assert ours.say(words_of("three", 20.0), 20 * S)[-1].id == "c2"


def test_a_sentence_that_ends_on_the_last_line_turns_the_page() -> None:
    ours = pager()
    ours.say(words_of("aaaa bbbb cccc dddd end."), S)
    cues = ours.say(words_of("Next one", 1.3), round(1.5 * S))
    assert cues[0].id == "c1" and cues[0].end_ns == cues[1].start_ns
    assert (cues[-1].id, cues[-1].text) == ("c2", "Next one")


def test_words_just_shown_stay_a_moment_before_their_page_turns() -> None:
    cues = pager().say(words_of("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj", each_s=0.0), S)
    first, ended, second = cues
    assert (first.id, ended.id, second.id) == ("c1", "c1", "c2")
    assert second.start_ns == ended.end_ns == round(1.6 * S)


def test_clear_ends_the_page_now_and_the_next_words_begin_a_new_one() -> None:
    ours, track = pager(), CueTrack()
    for cue in [*ours.say(words_of("gone soon"), S), *ours.clear(round(1.2 * S))]:
        track.show(cue)
    assert track.at(round(1.1 * S)) and not track.at(round(1.2 * S))
    assert ours.clear(round(1.3 * S)) == []
    assert ours.say(words_of("back"), round(1.4 * S))[0].id == "c2"


def test_clear_takes_back_a_page_that_was_only_about_to_begin() -> None:
    ours, track = pager(), CueTrack()
    for cue in ours.say(words_of("soon", 5.0), S):
        track.show(cue)
    for cue in ours.clear(2 * S):
        track.show(cue)
    assert track.at(round(5.1 * S)) == ()


def test_a_word_wider_than_the_line_is_split_and_loses_no_letter() -> None:
    cues = pager().say(words_of("see https://example.org/a/very/long/path ok"), S)
    assert [len(line) <= 20 for cue in cues for line in lines(cue)] == [True] * sum(len(lines(c)) for c in cues)
    last = {c.id: c.text for c in cues}
    assert "".join(last.values()).replace("\n", "").replace(" ", "") == "seehttps://example.org/a/very/long/pathok"


def test_combining_marks_stay_with_their_letter() -> None:
    parts = split(Piece("e\u0301" * 30), measure, 50.0)
    assert len(parts) > 1
    assert all(not part.text.startswith("\u0301") for part in parts)


def test_scripts_without_spaces_get_none_and_others_do() -> None:
    assert pager().say(words_of("欢迎 大家 来 体验 ， iPhone"), S)[-1].text == "欢迎大家来体验，iPhone"
    assert pager().say(words_of("광주 시 market"), S)[-1].text == "광주 시 market"


def test_listed_words_and_phrases_are_marked_without_their_punctuation() -> None:
    spec = replace(SPEC, highlighting=True)
    cue = pager(spec, "matte", "New York").say(words_of("The Matte, in new york."), S)[-1]
    assert [(r.text, r.highlighted) for r in cue.lines[0]] == [("The ", False), ("Matte", True), (", in ", False),
                                                               ("new", True)]
    assert [(r.text, r.highlighted) for r in cue.lines[1]] == [("york", True), (".", False)]
    plain = pager(SPEC, "matte").say(words_of("The matte"), S)[-1]
    assert not any(run.highlighted for line in plain.lines for run in line)


def test_a_word_already_shown_is_not_recoloured_by_the_rest_of_its_phrase() -> None:
    ours = pager(replace(SPEC, highlighting=True), "new york")
    before = ours.say(words_of("in new"), S)[-1]
    after = ours.say(words_of("york", 0.5), round(1.2 * S))[-1]
    assert not any(run.highlighted for cue in (before, after) for line in cue.lines for run in line)


def test_a_line_is_as_wide_as_the_style_says_or_leaves_a_margin() -> None:
    free = CaptionSpec(TextStyle(box=TextBox(SPEC.style.color, x_border_px=300.0)))
    cue = Pager(free, measure, 1000).say(words_of("a" * 30 + " " + "b" * 30), S)[-1]
    assert [len(line) for line in lines(cue)] == [30, 30]


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert [ends_sentence(w) for w in ("end.", "“End.”", "Mr.", "J.", "what?", "好。", "no")] == [
        True, True, False, False, True, True, False]


@st.composite
def speech(draw: st.DrawFn) -> list[tuple[list[Word], int]]:
    """Batches of words in order of time, and when each came to be known."""
    out, at_ns, known_ns = [], 0, 0
    for _ in range(draw(st.integers(1, 8))):
        batch = []
        for _ in range(draw(st.integers(1, 5))):
            start_ns = at_ns + draw(st.integers(0, S))
            at_ns = start_ns + draw(st.integers(0, S))
            text = draw(st.sampled_from(["a", "bb.", "three", "some,", "欢迎", "x" * 14, "y" * 45]))
            batch.append(Word(text, start_ns, at_ns))
        known_ns = max(known_ns, draw(st.integers(-S, 2 * S)) + at_ns)
        out.append((batch, known_ns))
    return out


@given(speech())
def test_pages_never_reflow_never_overflow_and_lose_nothing(batches: list[tuple[list[Word], int]]) -> None:
    pages: dict[str, Cue] = {}
    ours, order, start_ns = pager(), list[str](), 0
    for words, at_ns in batches:
        for cue in ours.say(words, at_ns):
            assert len(cue.lines) <= 2
            assert all(measure(line) <= 200 for line in cue.lines)
            before: list[str] = lines(pages[cue.id]) if cue.id in pages else []
            assert lines(cue)[:max(0, len(before) - 1)] == before[:-1], "a full line changed"
            assert not before or lines(cue)[len(before) - 1].startswith(before[-1]), "a word moved"
            assert cue.id not in pages or cue.revision == pages[cue.id].revision + 1
            if not before or cue.text != pages[cue.id].text:
                assert cue.start_ns >= start_ns and cue.end_ns > cue.start_ns
                start_ns = cue.start_ns
                assert start_ns >= at_ns
            order += [cue.id] if cue.id not in order else []
            pages[cue.id] = cue
    said = "".join(w.text for words, _ in batches for w in words)
    assert "".join(pages[i].text for i in order).replace("\n", "").replace(" ", "") == said


@given(speech())
def test_shown_pages_never_overlap(batches: list[tuple[list[Word], int]]) -> None:
    ours, track = pager(), CueTrack()
    for words, at_ns in batches:
        track.shown_ns = max(track.shown_ns, at_ns - 1)
        for cue in ours.say(words, at_ns):
            track.show(cue)
    for moment in {c.start_ns for c in track.cues}:
        assert len(track.at(moment)) <= 1


@given(speech())
def test_polished_pages_are_whole_in_order_and_apart(batches: list[tuple[list[Word], int]]) -> None:
    words = [w for batch, _ in batches for w in batch]
    cues = settle(words, SPEC, measure, 1280)
    assert "".join(c.text for c in cues).replace("\n", "").replace(" ", "") == "".join(w.text for w in words)
    for cue in cues:
        assert cue.end_ns > cue.start_ns and 1 <= len(cue.lines) <= 2
        assert all(measure(line) <= 200 for line in cue.lines)
    for one, following in zip(cues, cues[1:], strict=False):
        assert one.end_ns <= following.start_ns


def test_polished_pages_break_where_a_sentence_ends() -> None:
    cues = settle(words_of("He came home late. Then he went on to sleep well"), SPEC, measure, 1280)
    assert [c.text.replace("\n", " ") for c in cues] == ["He came home late.", "Then he went on to sleep well"]
    assert cues[0].start_ns == 0 and cues[1].start_ns == S


def test_no_words_make_no_cues() -> None:
    assert settle([], SPEC, measure, 1280) == ()
    assert pager().say([], S) == [] and pager().clear(S) == []
    assert line_of([]) == ()
