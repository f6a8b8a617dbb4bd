"""Key words: the list wins, about one in six of the others is marked, and nothing shown changes its colour."""

import re
from dataclasses import replace
from itertools import accumulate, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.asr import Word
from stream.captions.choose import FIRST, OVERDRAWN
from stream.captions.highlight import Highlighter, highlighter_for
from stream.captions.page import Pager
from stream.captions.polish import settle
from stream.captions.tail import TailPager
from stream.timeline.cuetrack import CueTrack
from stream.timeline.export import settle as merged
from stream.timeline.export.ass import write as ass
from stream.timeline.program import CaptionSpec, Color, Cue, Hearing, Line, TextStyle, WordStyle

S = 1_000_000_000
SPEC = CaptionSpec(TextStyle(width_px=300.0, highlight=WordStyle(Color(246, 221, 20))), highlighting=True)


def measure(line: Line) -> float:
    return 10.0 * sum(len(run.text) for run in line)


def marked(text: str, *listed: str, language: str = "en", automatic: bool = True) -> list[str]:
    words = text.split()
    flags = Highlighter(listed, language, automatic=automatic).flags(words)
    return [word for word, flag in zip(words, flags, strict=True) if flag]


def test_names_and_numbers_with_their_units_stand_out_whole() -> None:
    assert marked("so we met Oliver Brandt in Lisbon and it was really very nice to see him there again") == [
        "Oliver", "Brandt", "Lisbon"]
    assert marked("they say that it will be about thirty thousand drivers who have to go around") == [
        "thirty", "thousand", "drivers"]
    assert marked("and it was going at up to 90 miles an hour when we saw it there") == ["90", "miles", "an", "hour"]
    assert marked("we have had it for one of those and then it was 4.5% more than it had been before") == ["4.5%"]


def test_terms_of_two_nouns_stand_out_together() -> None:
    assert marked("and what they will decide on is the household debt that we all have") == ["household", "debt"]


def test_what_a_word_ends_with_or_stands_behind_tells_what_it_is() -> None:
    assert marked("they were happily looking at it and then they did it with a lantern for us") == ["lantern"]


def test_a_word_that_comes_again_soon_is_left_alone() -> None:
    text = "it is a monastery that we saw and then we went to the monastery and it was the monastery for us all"
    assert marked(text) == ["monastery"]


def test_without_capitals_or_points_there_are_key_words_still() -> None:
    assert marked("the repair of the bridge in kalavryta will take eleven months they say") == [
        "kalavryta", "eleven", "months"]


def test_the_list_always_wins_and_costs_nothing() -> None:
    text = "it was the very same very old very thing in the very same place with the very same Oliver Brandt as before"
    assert marked(text, "very") == ["very"] * 5 + ["Oliver", "Brandt"]
    assert marked(text, "very", automatic=False) == ["very"] * 5


def test_a_listed_phrase_counts_where_all_of_it_is_there_or_coming() -> None:
    ours = Highlighter(["new york"])
    assert ours.flags(["in", "new"], ["york"]) == [False, True]
    assert ours.flags(["york,", "york"]) == [True, False]
    late = Highlighter(["new york"])
    assert late.flags(["in", "new"]) == [False, False]
    assert late.flags(["york"]) == [False]


def test_a_listed_word_is_found_in_pieces_of_a_script_without_spaces() -> None:
    ours = Highlighter(["人工智能"])
    assert ours.flags(["这", "是", "人工", "智", "能", "的", "人工"]) == [False, False, True, True, True, False, False]


def test_chinese_is_cut_into_words_whatever_the_pieces_are() -> None:
    text = "昨天晚上，青江大桥因为发现裂缝而全面封闭，预计要修十一个月。"
    cut = re.findall("昨天|晚上，|青江|大|桥|因为发现|裂缝|而全面|封闭，|预计|要修|十一|个月。", text)
    for pieces in (list(text), cut):
        assert not any(Highlighter((), "zh").flags(pieces))
        for language in ("zh-Hans", "cmn", "", "en"):
            flags = Highlighter((), language, automatic=True).flags(pieces)
            said = "".join(p for p, flag in zip(pieces, flags, strict=True) if flag)
            assert said.rstrip("。") == "青江大桥裂缝十一个月"


def test_a_chinese_word_is_marked_to_its_end_though_it_comes_in_parts() -> None:
    ours = Highlighter((), "zh", automatic=True)
    assert ours.flags(["发", "现", "裂"], ["缝", "。"]) == [False, False, True]
    assert ours.flags(["缝", "。"])[0]


def test_other_languages_go_by_their_own_lists_and_none_by_numbers_and_names() -> None:
    text = "und dann haben wir es so gemacht wie immer und es war ein Regenschirm den ich nicht mehr habe"
    german = text.split()
    for language in ("de", ""):
        flags = Highlighter((), language, automatic=True).flags(german)
        assert [w for w, flag in zip(german, flags, strict=True) if flag] == ["Regenschirm"]
    assert marked("nothing of this has any list but Zamenhof had 25 of them", language="eo") == ["Zamenhof", "25"]
    assert marked("그리고 우리는 그것을 지진계 로 했다", language="ko") == ["지진계"]


def test_the_engines_only_language_counts_where_the_document_names_none() -> None:
    words = ["it", "was", "the", "lantern"]
    made = highlighter_for(SPEC, {"en"})
    assert made is not None and made.flags(words) == [False, False, False, True]
    assert highlighter_for(replace(SPEC, highlighting=False)) is None
    assert highlighter_for(replace(SPEC, spoken=True)) is None
    named = highlighter_for(replace(SPEC, hearing=Hearing(language="eo")), {"en"})
    assert named is not None and not any(named.flags(words))


VOCABULARY = ("the", "of", "and", "it", "was", "lantern", "Oliver", "Lisbon", "twelve", "minutes", "bridge", "cracks,",
              "household", "debt.", "90", "裂缝", "我们", "very", "new", "york", "photosynthesis", "said")


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[list[str], list[str]]]:
    """Words as they become known, each batch with some of those that seem to follow, right or wrong."""
    out = []
    for _ in range(draw(st.integers(1, 12))):
        words = draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5))
        out.append((words, draw(st.lists(st.sampled_from(VOCABULARY), max_size=4))))
    return out


@given(batches())
@settings(max_examples=60, deadline=None)
def test_never_much_more_than_one_word_in_six_is_marked(said: list[tuple[list[str], list[str]]]) -> None:
    ours = Highlighter((), "en", automatic=True)
    flags = [flag for words, ahead in said for flag in ours.flags(words, ahead)]
    for count, total in enumerate(accumulate(flags), 1):
        assert total <= count / 6 + FIRST + OVERDRAWN + 2, "the rest of a phrase that was begun is two words at most"


def test_a_long_text_keeps_to_one_word_in_six() -> None:
    flags = Highlighter((), "en", automatic=True).flags(["lantern,", "Oliver", "said", "twelve", "cracks."] * 200)
    assert sum(flags) <= len(flags) / 6 + FIRST + OVERDRAWN + 2


def colours(cue: Cue) -> list[tuple[str, bool]]:
    """The letters of `cue` in order, each with whether it stands out."""
    return [(c, run.highlighted) for line in cue.lines for run in line for c in run.text if not c.isspace()]


def spoken(said: list[tuple[list[str], list[str]]]) -> list[tuple[list[Word], list[Word]]]:
    out, at = [], 0
    for words, ahead in said:
        timed = [Word(text, (at + i) * S // 4, (at + i + 1) * S // 4) for i, text in enumerate([*words, *ahead])]
        out.append((timed[:len(words)], timed[len(words):]))
        at += len(words)
    return out


@given(batches())
@settings(max_examples=60, deadline=None)
def test_what_is_shown_is_never_recoloured(said: list[tuple[list[str], list[str]]]) -> None:
    pager = Pager(SPEC, measure, 1280, Highlighter(["new york"], "en", automatic=True))
    newest: dict[str, Cue] = {}
    for words, ahead in spoken(said):
        for cue in pager.say(words, words[-1].end_ns, ahead):
            before = colours(newest[cue.id]) if cue.id in newest else []
            assert colours(cue)[:len(before)] == before
            newest[cue.id] = cue


@given(batches(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_nor_is_a_tail_that_is_said_again_in_other_steps(said: list[tuple[list[str], list[str]]], show: bool) -> None:
    pages = TailPager(Pager(SPEC, measure, 1280, Highlighter((), "en", automatic=True)))
    newest: dict[str, Cue] = {}
    for words, ahead in spoken(said):
        for cue in pages.say(words, words[-1].end_ns, ahead, show_tail=show).cues:
            before = colours(newest[cue.id]) if cue.id in newest else []
            after = colours(cue)
            pairs = zip(newest[cue.id].text.split() if before else [], cue.text.split(), strict=False)
            same = sum(len(a) for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            assert after[:same] == before[:same][:len(after)]
            newest[cue.id] = cue


def test_a_word_keeps_its_colour_when_one_before_it_is_taken_back() -> None:
    base = Highlighter((), "en", automatic=True)
    tried = base.copy().flags(["it", "was", "a", "lantern", "of", "Oliver"])
    assert tried == [False, False, False, True, False, True]
    assert base.flags(["well", "it", "was", "a", "lantern", "of", "Oliver"])[1:] == tried
    assert base.copy().flags(["so", "lantern"]) == [False, False], "it has just been marked"


def test_the_picture_and_the_files_mark_the_same_words() -> None:
    text = "it was the lantern that Oliver Brandt saw"
    words, _ = spoken([(text.split(), [])])[0]
    wide = replace(SPEC, style=replace(SPEC.style, width_px=600.0))
    pager, track = Pager(wide, measure, 1280, highlighter_for(wide, {"en"})), CueTrack()
    for i, word in enumerate(words):
        for cue in pager.say([word], word.end_ns, words[i + 1:i + 3]):
            track.show(cue)
    live = colours(track.cues[-1])
    assert colours(settle(words, wide, measure, 1280)[0]) == live
    assert {c for c, on in live if on} == set("lanternOliverBrandt")
    assert colours(merged(track.cues)[-1]) == live
    assert all(rf"&}}{word}" in ass(track.cues) for word in ("lantern", "Oliver", "Brandt"))


@pytest.mark.parametrize("language", ["", "en", "zh", "ja", "th", "xx-what-ever", "de-CH"])
@pytest.mark.parametrize("words", [[], [""], ["..."], ["\u0301"], ["a" * 5000], ["12" * 400], ["%"], ["—", "（"], ["$"],
                                   ["\u3042\u3044"], ["สวัสดี"], ["٣٤٥"], ["½"]])
def test_no_word_is_too_odd(language: str, words: list[str]) -> None:
    assert len(Highlighter(["...", "", "a b"], language, automatic=True).flags(words, ["x"])) == len(words)


@given(st.lists(st.text(max_size=12), max_size=20), st.lists(st.text(max_size=8), max_size=4))
@settings(max_examples=100, deadline=None)
def test_nor_is_any_text(words: list[str], ahead: list[str]) -> None:
    assert len(Highlighter(["x y"], automatic=True).flags(words, ahead)) == len(words)
