"""Words that may still change: shown behind the settled ones, taken back cleanly, never moved when said again."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from models.asr import Word
from stream.captions.page import Pager
from stream.captions.tail import Spread, TailPager
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import CaptionSpec, Line, TextStyle

S = 1_000_000_000
SPEC = CaptionSpec(TextStyle(width_px=200.0))


def measure(line: Line) -> float:
    return 10.0 * sum(len(run.text) for run in line)


def said(text: str, start_s: float = 0.0, each_s: float = 0.25) -> list[Word]:
    return [Word(t, round((start_s + i * each_s) * S), round((start_s + (i + 1) * each_s) * S))
            for i, t in enumerate(text.split())]


class Screen:
    """A TailPager, and what a viewer sees of it."""

    def __init__(self) -> None:
        self.pager, self.track = TailPager(Pager(SPEC, measure, 1280)), CueTrack()

    def say(self, words: Sequence[Word], at_s: float, tail: Sequence[Word] = (), *, show_tail: bool = True) -> Spread:
        spread = self.pager.say(words, round(at_s * S), tail, show_tail=show_tail)
        for cue in spread.cues:
            self.track.show(cue)
        return spread

    def at(self, at_s: float) -> str:
        self.track.shown_ns = round(at_s * S)
        return " | ".join(cue.text.replace("\n", " / ") for cue in self.track.at(self.track.shown_ns))


def test_a_tail_is_shown_at_once_and_replaced_by_what_is_said_instead() -> None:
    screen, words = Screen(), said("we take the wrong")
    assert screen.say([], 1.0, words).erased == 0
    assert screen.at(1.1) == "we take the wrong"
    spread = screen.say(words[:2], 1.3, said("a road", 0.5))
    assert screen.at(1.3) == "we take a road"
    assert (spread.erased, [s.word.text for s in spread.seen]) == (2, ["a", "road"])


def test_what_is_said_again_settled_or_not_changes_nothing() -> None:
    screen, words = Screen(), said("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj")
    screen.say([], 2.5, words)
    for settled in range(len(words)):
        assert screen.say([words[settled]], 2.6, words[settled + 1:]) == Spread([], [], 0)
    assert screen.at(2.7) == "aaaa bbbb cccc dddd / eeee ffff gggg hhhh"
    assert screen.at(3.2) == "iiii jjjj"


def test_a_tail_that_is_taken_back_whole_leaves_what_was_settled() -> None:
    screen = Screen()
    screen.say(said("good evening"), 1.0, said("ladies", 0.5))
    assert screen.at(1.0) == "good evening ladies"
    assert screen.say([], 1.2).erased == 1
    assert screen.at(1.2) == "good evening"


def test_a_tail_that_was_all_there_was_leaves_nothing() -> None:
    screen = Screen()
    screen.say([], 1.0, said("um"))
    assert screen.at(1.0) == "um"
    screen.say([], 1.2)
    assert screen.at(1.2) == ""


def test_a_page_turned_for_a_tail_turns_back_with_it() -> None:
    screen = Screen()
    page = said("aaaa bbbb cccc dddd eeee ffff gggg hhhh")
    screen.say(page, 2.0)
    screen.say([], 3.0, said("iiii", 2.0))
    assert screen.at(3.0) == "iiii"
    screen.say([], 3.2)
    assert screen.at(3.2) == "aaaa bbbb cccc dddd / eeee ffff gggg hhhh"


def test_a_tail_that_will_only_be_spoken_is_replaced_before_anyone_has_seen_it() -> None:
    screen = Screen()
    screen.say([], 1.0, said("we take the", 2.0))
    spread = screen.say([], 1.5, said("we took that road", 2.0))
    assert spread.erased == 0
    assert [screen.at(t) for t in (1.9, 2.0, 2.3, 2.8)] == ["", "we", "we took", "we took that road"]


def test_without_a_tail_the_pages_are_the_pagers_own() -> None:
    screen, plain = Screen(), Pager(SPEC, measure, 1280)
    track = CueTrack()
    for number, word in enumerate(said("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii")):
        screen.say([word], 0.3 * number, show_tail=False)
        for cue in plain.say([word], round(0.3 * number * S)):
            track.show(cue)
    assert [(c.id, c.start_ns, c.end_ns, c.lines) for c in screen.track.cues
            if c.end_ns > c.start_ns] == [(c.id, c.start_ns, c.end_ns, c.lines) for c in track.cues]


def test_a_tail_that_is_not_shown_is_not_shown() -> None:
    screen = Screen()
    screen.say(said("one"), 1.0, said("two", 0.3), show_tail=False)
    assert screen.at(1.0) == "one"


def test_clearing_ends_the_tail_too_and_a_new_page_begins() -> None:
    screen = Screen()
    screen.say(said("good evening"), 1.0, said("ladies", 0.5))
    for cue in screen.pager.clear(round(1.2 * S)):
        screen.track.show(cue)
    assert screen.at(1.2) == ""
    screen.say(said("again", 1.3), 1.6)
    assert screen.at(1.6) == "again"


TEXTS = st.lists(st.sampled_from(["aa", "bbb", "cccc", "ddddd", "eeeeee", "supercalifragilistic"]), max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), TEXTS), min_size=1, max_size=8), st.floats(-1.0, 2.0))
def test_whatever_is_revised_the_screen_ends_with_what_was_settled(steps: list[tuple[int, list[str]]],
                                                                   ahead_s: float) -> None:
    """Words are spoken `ahead_s` after they are said (delay), or before."""
    screen, settled, tail = Screen(), list[str](), list[str]()
    spoken_s, now_s = ahead_s, 0.0
    for take, new in steps:
        now_s += 0.3
        words, tail = tail[:take], new
        screen.say(said(" ".join(words), spoken_s), now_s,
                   said(" ".join(tail), spoken_s + 0.25 * len(words)))
        settled, spoken_s = settled + words, spoken_s + 0.25 * len(words)
        screen.at(now_s)
    screen.say([], now_s + 0.1)
    now_ns = round((now_s + 0.1) * S)
    pages = {cue.id: cue.text for cue in sorted(screen.track.cues, key=lambda c: c.start_ns)
             if cue.end_ns > max(cue.start_ns, now_ns)}
    shown = "".join("".join(pages.values()).split())
    assert "".join(settled).endswith(shown)
    starts = {cue.start_ns for cue in screen.track.cues}
    assert all(len(screen.track.at(start)) <= 1 for start in starts), "two pages at once"
