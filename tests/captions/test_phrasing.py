"""Phrasing: lines and pages break after punctuation and pauses, and not inside a phrase."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.asr import Word
from stream.captions.lines import Piece
from stream.captions.page import PageOptions, Pager, line_width
from stream.captions.phrasing import CLAUSE, INSIDE, NEUTRAL, SENTENCE, Phrasing, parts_of_chinese
from stream.captions.polish import settle
from stream.captions.tail import TailPager
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import CaptionSpec, Cue, Hearing, Line, TextStyle
from stream.timeline.program_captions import Paging

S = 1_000_000_000
ENGLISH = Phrasing("en")
TALE = ("It was the best of times, it was the worst of times. The President of the Senate will speak to the nation at "
        "8 o'clock. Today John Smith has sold 5 million tickets, and I think that you will not believe what happened.")
CHINESE = "广州市房地产中介协会分析，欢迎大家来体验达摩院推出的语音识别模型。我们今天一起去看北京的故宫博物院。"


def measure(line: Line) -> float:
    return sum(20.0 if ord(c) > 0x2E80 else 10.0 for run in line for c in run.text)


def said(text: str, each_s: float = 0.3, start_s: float = 0.0) -> list[Word]:
    texts = text.split() if " " in text else list(text)
    ends = [round((start_s + i * each_s) * S) for i in range(len(texts) + 1)]
    return [Word(text, start_ns, end_ns) for text, start_ns, end_ns in zip(texts, ends, ends[1:], strict=False)]


def spec(width_px: float = 370.0, paging: Paging = "pop-on", language: str = "en", speaker: str = "") -> CaptionSpec:
    return CaptionSpec(TextStyle(width_px=width_px), hearing=Hearing(paging=paging, language=language, speaker=speaker))


def worth(left: str, right: str, phrasing: Phrasing = ENGLISH, pause_s: float = 0.0) -> float:
    return phrasing.worth([Piece(left, end_ns=S)], [Piece(right, start_ns=S + round(pause_s * S))])


def live(words: Sequence[Word], how: CaptionSpec, step: int = 2, ahead: int = 2) -> list[Cue]:
    pager, out = TailPager(Pager(how, measure, 1280)), list[Cue]()
    for i in range(0, len(words), step):
        at_ns = words[min(i + step, len(words)) - 1].end_ns + S // 2
        out += pager.say(words[i:i + step], at_ns, words[i + step:i + step + ahead]).cues
    return out


def breaks(cues: Sequence[Cue]) -> list[tuple[str, str]]:
    """Return the words on both sides of every break of line and page, as last shown."""
    last = {cue.id: cue.text for cue in cues}
    lines = [line for text in last.values() for line in text.split("\n")]
    return [(a.split()[-1], b.split()[0]) for a, b in pairwise(lines)]


@pytest.mark.parametrize(("left", "right"), [
    ("the", "dog"), ("of", "times"), ("and", "so"), ("will", "speak"), ("5", "kilometres"), ("John", "Smith"),
    ("Mr.", "Smith"), ("my", "house"), ("million", "people"), ("not", "believe")])
def test_no_break_is_good_inside_a_phrase(left: str, right: str) -> None:
    assert worth(left, right) < NEUTRAL


def test_the_best_breaks_are_after_sentences_then_clauses_then_before_a_new_phrase() -> None:
    assert worth("home.", "Then") == SENTENCE > worth("times,", "it") == CLAUSE
    assert worth("times,", "it") > worth("house", "because") > worth("green", "house") == NEUTRAL
    assert worth("green", "house", pause_s=0.7) >= CLAUSE > worth("green", "house", pause_s=0.3) > NEUTRAL
    assert worth("The.", "dog") == SENTENCE and worth("Dr.", "Dog") < NEUTRAL


@pytest.mark.parametrize(("language", "left"), [
    ("de", "der"), ("fr", "dans"), ("es", "los"), ("pt", "uma"), ("it", "della"), ("ru", "через"),
    ("", "the"), ("xx", "the")])
def test_languages_have_their_own_small_words(language: str, left: str) -> None:
    assert worth(left, "xyz", Phrasing(language)) < NEUTRAL


def test_chinese_words_are_not_parted_and_particles_stay_with_what_they_follow() -> None:
    pieces = [Piece(c) for c in "我们今天去北京"]
    phrasing = Phrasing("zh")
    inside = [i for i in range(1, 7) if phrasing.worth(pieces[:i], pieces[i:]) == INSIDE]
    assert inside == [1, 3, 6]
    assert worth("北京", "的", phrasing) < NEUTRAL and worth("在", "北京", phrasing) < NEUTRAL
    assert worth("北京", "，", phrasing) < INSIDE
    assert "".join(parts_of_chinese(CHINESE)) == CHINESE and len(parts_of_chinese(CHINESE)) > 20
    assert parts_of_chinese("iPhone") == ["iPhone"]


@pytest.mark.parametrize(("ahead", "most"), [(0, 2), (2, 0), (6, 0)])
@pytest.mark.parametrize("paging", ["pop-on", "roll-up"])
def test_live_lines_do_not_end_inside_a_phrase_where_the_next_words_are_known(
        paging: Paging, ahead: int, most: int) -> None:
    cues = live(said(TALE), spec(paging=paging), 1, ahead)
    found = {(a.split()[-1], b.split()[0]) for cue in cues for a, b in pairwise(cue.text.split("\n"))}
    assert len(found) >= 3
    assert sum(worth(a, b) < -2 for a, b in found | set(breaks(cues))) <= most


def test_live_chinese_lines_do_not_part_words() -> None:
    cues = live(said(CHINESE, 0.2), spec(language="zh"), 2, 4)
    assert not any(line.startswith(("的", "，", "。")) for cue in cues for line in cue.text.split("\n"))
    last = [line for text in {cue.id: cue.text for cue in cues}.values() for line in text.split("\n")]
    assert "".join(last) == CHINESE
    cuts = [len("".join(last[:i])) for i in range(1, len(last))]
    words = parts_of_chinese(CHINESE)
    assert set(cuts) <= {len("".join(words[:i])) for i in range(len(words))}


def test_roll_up_shows_the_newest_line_last_and_moves_whole_lines_only() -> None:
    cues = live(said(TALE), spec(paging="roll-up"))
    assert len({cue.id for cue in cues}) == 1
    rolled = 0
    for before, cue in pairwise(cues):
        old, new = before.text.split("\n"), cue.text.split("\n")
        assert len(new) <= 2
        if new[0] != old[0] and len(old) == 2:
            assert new[0].startswith(old[1])
            rolled += 1
        else:
            assert "\n".join(new).startswith("\n".join(old))
    assert rolled >= 4


def test_words_that_come_all_at_once_roll_up_no_faster_than_a_line_in_a_moment() -> None:
    cues = Pager(spec(paging="roll-up"), measure, 1280).say(said(TALE, 0.0), S)
    assert [cue.start_ns for cue in cues] == sorted({cue.start_ns for cue in cues})
    assert all(b.start_ns - a.start_ns >= 0.59 * S for a, b in pairwise(cues))


def test_another_speaker_begins_a_line_with_a_name() -> None:
    pager, out = Pager(spec(), measure, 1280), list[Cue]()
    for text, at_s, who in (("Good evening,", 0, "Anna"), ("everyone. ", 0.6, "Anna"), ("Hello Anna.", 1, "Ben"),
                            ("Hi. ", 2, "")):
        out += pager.say(said(text, 0.2, at_s), round(at_s * S), speaker=who)
    assert {cue.id: cue.text for cue in out} == {
        "c1": ">> ANNA: Good evening, everyone.\n>> BEN: Hello Anna.", "c2": "Hi."}


def test_the_spec_names_the_speaker_once() -> None:
    cue = settle(said("Good evening. It is late now."), spec(200.0, speaker="安娜"), measure, 1280)[0]
    assert cue.text.startswith(">> 安娜: Good")
    texts = [cue.text for cue in settle(said(TALE), spec(speaker="Anna"), measure, 1280)]
    assert [">> ANNA: " in text for text in texts] == [True] + [False] * (len(texts) - 1)
    assert ">>" not in settle(said(TALE), spec(speaker="Anna"), measure, 1280, introduced=True)[0].text
    shown = live(said(TALE), spec(speaker="Anna"))
    assert [cue.text.startswith(">> ANNA: It") for cue in shown if cue.revision == 0] == [True] + [False] * (
        len({cue.id for cue in shown}) - 1)


def test_polished_lines_are_balanced_and_break_between_phrases() -> None:
    cues = settle(said(TALE), spec(), measure, 1280)
    assert cues[0].text == "It was the best of times,\nit was the worst of times."
    assert [(a, b) for a, b in breaks(cues) if worth(a, b) < -2] == []
    assert all(cue.text.count("\n") <= 1 for cue in cues)
    joined = settle(said("one two three four five six seven eight"), spec(300.0), measure, 1280)[0].text.split("\n")
    assert abs(len(joined[0]) - len(joined[1])) <= 5


def test_polished_captions_stay_until_they_are_read_where_the_next_leaves_room() -> None:
    long = "Extraordinarily long compounds characterise administrative prose."
    alone, = settle(said(long, 0.05), spec(), measure, 1280)
    assert alone.end_ns >= len(long) / 20 * S
    first, second = settle([*said(long, 0.05), *said("Next one.", 0.3, 2.5)], spec(), measure, 1280)
    assert first.end_ns == second.start_ns == round(2.5 * S)
    signs, = settle(said("欢迎大家来体验达摩院推出的语音", 0.02), spec(language="zh"), measure, 1280)
    assert signs.end_ns >= 15 / 9 * S


def test_polished_roll_up_is_lines_with_the_line_before_above() -> None:
    cues = settle(said(TALE), spec(paging="roll-up"), measure, 1280)
    for before, cue in pairwise(cues):
        if "\n" in cue.text:
            assert cue.text.split("\n")[0] == before.text.split("\n")[-1] and before.end_ns == cue.start_ns
    assert " ".join(cue.text.split("\n")[-1] for cue in cues) == TALE


def test_a_line_is_68_hundredths_of_the_width_unless_that_holds_few_letters() -> None:
    style = TextStyle(size_px=40.0)
    assert line_width(CaptionSpec(style), 1280, PageOptions()) == pytest.approx(870.4)
    assert line_width(CaptionSpec(style), 540, PageOptions()) == pytest.approx(480)
    assert line_width(CaptionSpec(style), 360, PageOptions()) == pytest.approx(324)


TEXTS = st.lists(st.sampled_from([*TALE.split(), *"欢迎大家，。", "达摩院", "♪", "x" * 50, "Yes.", "“Quoted”"]),
                 min_size=1, max_size=30)


@st.composite
def talks(draw: st.DrawFn) -> list[Word]:
    out, at_ns = list[Word](), 0
    for text in draw(TEXTS):
        at_ns += draw(st.sampled_from([0, 0, S // 10, S // 2, 2 * S]))
        end_ns = at_ns + draw(st.sampled_from([S // 20, S // 5, S // 2]))
        out.append(Word(text, at_ns, end_ns))
        at_ns = end_ns
    return out


PAGINGS: tuple[Paging, ...] = ("pop-on", "roll-up")


@given(talks(), st.sampled_from(PAGINGS), st.sampled_from(["", "Anna"]), st.integers(1, 4), st.integers(0, 5))
def test_live_nothing_is_lost_reordered_too_wide_or_shown_twice_at_once(
        words: list[Word], paging: Paging, speaker: str, step: int, ahead: int) -> None:
    cues = live(words, spec(300.0, paging, speaker=speaker), step, ahead)
    track = CueTrack()
    for cue in cues:
        assert cue.end_ns >= cue.start_ns and 1 <= len(cue.lines) <= 2
        assert all(measure(line) <= 300 for line in cue.lines)
        track.show(cue)
    for moment in {cue.start_ns for cue in track.cues}:
        assert len(track.at(moment)) <= 1
    text = ">>ANNA:" * bool(speaker) + "".join(w.text for w in words)
    if paging == "pop-on":
        assert "".join({c.id: c.text for c in cues}.values()).replace("\n", "").replace(" ", "") == text


@given(talks(), st.sampled_from(PAGINGS), st.sampled_from(["", "Anna"]))
def test_polished_nothing_is_lost_reordered_too_wide_or_shown_twice_at_once(
        words: list[Word], paging: Paging, speaker: str) -> None:
    cues = settle(words, spec(300.0, paging, speaker=speaker), measure, 1280)
    for cue in cues:
        assert cue.end_ns > cue.start_ns and 1 <= len(cue.lines) <= 2
        assert all(measure(line) <= 300 for line in cue.lines)
    assert all(a.end_ns <= b.start_ns for a, b in pairwise(cues))
    shown = "".join(cue.text if paging == "pop-on" else cue.text.split("\n")[-1] for cue in cues)
    text = ">>ANNA:" * bool(speaker) + "".join(w.text for w in words)
    assert shown.replace("\n", "").replace(" ", "") == text
