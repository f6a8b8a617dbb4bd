"""The record of a run: what is written comes back; what a kill or a fault left of it says so."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import DocumentError
from stream.timeline.journal import NOTHING, Journal, JournalWriter, ShownTick, pack, read, unpack

RUN = {"version": 1, "name": "show", "size": [320, 180], "rate": "30", "document": {}, "facts": {}}
numbers = st.integers(-1, 1 << 40)
shown = st.dictionaries(st.sampled_from(["a", "b", "$.VideoTracks[0]"]), st.tuples(numbers, numbers), max_size=3)
ticks = st.lists(st.tuples(st.integers(1, 3), shown, st.integers(0, (1 << 32) - 1)), max_size=80)


def written(*ticks: ShownTick, **records: object) -> str:
    file = io.StringIO()
    writer = JournalWriter(file)
    writer.write("run", **RUN)
    for tick in ticks:
        writer.tick(tick)
    for kind, value in records.items():
        writer.write(kind, **value)  # type: ignore[arg-type]
    writer.flush()
    return file.getvalue()


def back(text: str) -> Journal:
    return read(io.StringIO(text))


@given(st.lists(st.integers(-5, 1000), max_size=200))
def test_packing_loses_nothing(given_numbers: list[int]) -> None:
    assert unpack(pack(given_numbers)) == given_numbers


def test_an_undisturbed_run_packs_into_one_piece() -> None:
    assert pack(range(5, 5000)) == [[5, 1, 4995]]
    assert pack([7] * 900) == [[7, 0, 900]]


@given(ticks)
def test_every_tick_comes_back(steps: list[tuple[int, dict[str, tuple[int, int]], int]]) -> None:
    number, given_ticks = -1, []
    for step, what, picture_hash in steps:
        number += step
        given_ticks.append(ShownTick(number, what, picture_hash))
    found = back(written(*given_ticks)).ticks
    assert [(t.tick, t.picture_hash) for t in found] == [(t.tick, t.picture_hash) for t in given_ticks]
    for ours, theirs in zip(given_ticks, found, strict=True):
        empty = (NOTHING, NOTHING)
        assert {k: v for k, v in theirs.shown.items() if v != empty} == {
            k: v for k, v in ours.shown.items() if v != empty}


def test_cues_words_and_events_come_back_in_order() -> None:
    journal = back(written(cue={"cue": {"Content": "a"}}, words={"words": [{"text": "a"}]},
                           event={"tick": 3, "text": "lost"}, end={"tick": 9}))
    assert journal.cues == [{"Content": "a"}] and journal.words == [{"text": "a"}]
    assert journal.events[0]["text"] == "lost"
    assert (journal.end_tick, journal.ended, journal.torn) == (9, True, False)


def test_ticks_shown_before_a_cue_are_written_before_it() -> None:
    lines = written(ShownTick(0, {}, 1), cue={"cue": {}}).splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["run", "ticks", "cue"]


def test_what_a_kill_cut_off_is_torn_and_all_before_it_is_there() -> None:
    text = written(*(ShownTick(n, {}, n) for n in range(70)))
    journal = back(text[:-25])
    assert journal.torn and not journal.ended
    assert [t.tick for t in journal.ticks] == list(range(60)) and journal.end_tick == 60


@given(st.integers(0, 5000))
def test_a_journal_cut_anywhere_reads_or_says_why_not(cut: int) -> None:
    text = written(*(ShownTick(n, {"a": (n, n)}, n) for n in range(70)), end={"tick": 70})
    try:
        journal = back(text[:cut])
    except DocumentError:
        assert cut < text.index("\n")
    else:
        assert [t.tick for t in journal.ticks] == list(range(len(journal.ticks)))


def test_without_ticks_the_end_is_still_known() -> None:
    journal = read(io.StringIO(written(*(ShownTick(n, {}, n) for n in range(45)))), with_ticks=False)
    assert journal.ticks == [] and journal.end_tick == 45


@pytest.mark.parametrize("text", ["", "{}\n", '{"kind":"ticks"}\n', "not a journal\n", "[1]\n"])
def test_what_is_no_journal_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        back(text)


def test_a_later_version_is_refused_by_name() -> None:
    with pytest.raises(DocumentError, match="version 2"):
        back(json.dumps({"kind": "run", **RUN, "version": 2}))


@pytest.mark.parametrize("record", [
    {"kind": "ticks", "from": 0, "count": 2, "shown": {}, "hashes": "00"},
    {"kind": "ticks", "from": 0, "count": 1, "shown": {"a": {"frames": [[0, 0, 2]], "mattes": [[0, 0, 1]]}},
     "hashes": "00"},
    {"kind": "ticks", "from": 0}, {"kind": "ticks", "from": 0, "count": 1, "shown": {}, "hashes": "zz"},
    {"kind": "cue"}, {"kind": "words", "words": 5}, {"kind": "end", "tick": "x"}])
def test_a_damaged_line_is_named_by_its_number(record: dict[str, object]) -> None:
    with pytest.raises(DocumentError, match="line 2"):
        back(written() + json.dumps(record) + "\n")
