"""What may be shown of a changing hypothesis, and that it is never taken back."""

from hypothesis import given
from hypothesis import strategies as st

from models.asr import Hypothesis, Word
from models.asr._compare import plain, reach
from stream.captions.commit import Committer

MS = 1_000_000


def hear(text: str, *, segment: int = 0, final: bool = False, end_ms: int = 0, continues: bool = False) -> Hypothesis:
    """A hypothesis of words 200 ms each; the sound ends with the last word unless `end_ms` is given."""
    words = tuple(Word(t, i * 200 * MS, (i + 1) * 200 * MS) for i, t in enumerate(text.split()))
    return Hypothesis(segment, words, final, end_ms * MS or len(words) * 200 * MS, continues)


def texts(words: tuple[Word, ...]) -> str:
    return " ".join(w.text for w in words)


def shown(*hypotheses: Hypothesis) -> list[str]:
    committer = Committer()
    return [texts(committer.push(h)) for h in hypotheses]


def test_one_hypothesis_shows_nothing_and_a_second_that_agrees_shows_what_it_agrees_on() -> None:
    assert shown(hear("we take the"), hear("we take the other road")) == ["", "we take the"]


def test_agreement_ignores_case_and_punctuation_and_shows_the_newer_form() -> None:
    assert shown(hear("and so my"), hear("And so, my fellow man"))[1] == "And so, my"


def test_a_last_word_waits_because_it_may_be_half_heard() -> None:
    assert shown(hear("painful to my"), hear("painful to my"), hear("painful to myself"))[1:] == ["painful to", ""]


def test_a_word_that_was_last_before_needs_two_words_after_it() -> None:
    assert shown(hear("rather cold"), hear("rather cold hearted")) == ["", "rather"]
    assert shown(hear("rather cold"), hear("rather cold and wet")) == ["", "rather cold"]


def test_a_last_word_followed_by_silence_is_shown() -> None:
    assert shown(hear("good evening"), hear("good evening", end_ms=700))[1] == "good evening"


def test_a_final_shows_the_rest() -> None:
    assert shown(hear("one two"), hear("one two three"), hear("one two three four.", final=True)) == [
        "", "one", "two three four."]


def test_a_final_that_disagrees_goes_on_at_the_right_place() -> None:
    steps = (hear("the epoch of the in"), hear("the epoch of the in credible"))
    final = hear("the epoch of incredulity ended", final=True)
    assert shown(*steps, final)[1:] == ["the epoch of the", "incredulity ended"]
    assert shown(hear("ill disposed man is"), hear("ill disposed man is"),
                 hear("ill-disposed man is here", final=True))[1:] == ["ill disposed man", "is here"]


def test_the_finals_own_words_are_kept_beside_what_was_shown() -> None:
    committer = Committer()
    for step in (hear("mentioning it in"), hear("mentioning it in passing")):
        committer.push(step)
    assert texts(committer.push(hear("mention it in passing.", final=True))) == "in passing."
    assert texts(committer.final_words) == "mention it in passing."


def test_what_was_shown_beyond_a_cut_is_not_said_again() -> None:
    committer = Committer()
    said = [texts(committer.push(h)) for h in (
        hear("a b c d e f"), hear("a b c d e f g"), hear("a b c", final=True, continues=True),
        hear("d e f g h i", segment=1), hear("d e f g h i", segment=1, final=True))]
    assert " ".join(filter(None, said)) == "a b c d e f g h i"


def test_what_was_shown_wrongly_before_an_ordinary_end_does_not_eat_the_next_segment() -> None:
    said = shown(hear("good night you all"), hear("good night you all"), hear("good night.", final=True),
                 hear("we begin", segment=1, final=True))
    assert said == ["", "good night you", "", "we begin"]


def test_a_segment_given_up_without_a_final_is_forgotten_and_a_late_one_ignored() -> None:
    committer = Committer()
    committer.push(hear("lost words here"))
    assert texts(committer.push(hear("new ones", segment=2, final=True))) == "new ones"
    assert committer.push(hear("too late", segment=1, final=True)) == ()


WORDS = st.lists(st.sampled_from(["a", "b", "c", "the", "then", "there", "B.", "ill-disposed"]), max_size=7)


@st.composite
def talks(draw: st.DrawFn) -> list[Hypothesis]:
    out = []
    for segment in range(draw(st.integers(1, 3))):
        partials = draw(st.lists(WORDS, max_size=5))
        out += [hear(" ".join(p), segment=segment) for p in partials]
        out.append(hear(" ".join(draw(WORDS)), segment=segment, final=True))
    return out


@given(talks())
def test_times_only_grow_and_every_segment_says_at_least_what_its_final_adds(talk: list[Hypothesis]) -> None:
    committer = Committer()
    ends = 0
    before: tuple[Word, ...] = ()
    for hypothesis in talk:
        open_words = committer.shown
        assert open_words[:len(before)] == before or not before
        added = committer.push(hypothesis)
        for word in added:
            assert word.start_ns >= ends
            assert word.end_ns >= word.start_ns
            ends = word.end_ns
        if hypothesis.final:
            kept, _ = reach([w.text for w in open_words], [w.text for w in hypothesis.words])
            assert [w.text for w in added] == [w.text for w in hypothesis.words[kept:]]
            assert committer.final_words == hypothesis.words
            before = ()
        else:
            before = committer.shown
            assert before[:len(open_words)] == open_words, "a word was taken back"


@given(st.lists(st.integers(1, 3), min_size=1, max_size=6), st.data())
def test_growing_speech_is_shown_once_and_whole(steps: list[int], data: st.DataObject) -> None:
    total = sum(steps)
    words = [f"w{i}" for i in range(total)]
    said = [" ".join(words[:sum(steps[:i + 1])]) for i in range(len(steps))]
    out = shown(*(hear(s) for s in said), hear(" ".join(words), final=True))
    assert " ".join(filter(None, out)).split() == words


@given(WORDS, WORDS)
def test_reach_covers_a_repeated_beginning_exactly(first: list[str], more: list[str]) -> None:
    count, distance = reach(first, [*first, *more])
    assert distance == 0
    assert [plain(w) for w in [*first, *more]][:count][:len(first)] == [plain(w) for w in first]


def tails(*hypotheses: Hypothesis) -> list[str]:
    committer, out = Committer("eager"), []
    for hypothesis in hypotheses:
        committer.push(hypothesis)
        out.append(texts(committer.tail))
    return out


def test_an_eager_tail_leaves_out_the_word_that_may_be_half_heard() -> None:
    assert tails(hear("we take the")) == ["we take"]


def test_what_an_eager_tail_shows_stays_until_two_hypotheses_in_a_row_speak_against_it() -> None:
    first = hear("a recognised speech system now")
    assert tails(first, hear("a wreck a nice beach sis"), first)[1:] == ["recognised speech system"] * 2
    assert tails(first, hear("a wreck a nice beach sis"), hear("a wreck a nice beach sister"))[2] == ""
    assert shown(hear("x y z"), hear("x q z"), hear("x q r"))[2] == "q"


def test_a_final_empties_the_tail() -> None:
    assert tails(hear("one two three"), hear("one two", final=True)) == ["one two", ""]
