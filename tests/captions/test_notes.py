"""Notes: music without speech shows a note, alone on its page."""

import numpy as np
from numpy.typing import NDArray

from models.asr import Word
from models.asr._music import RATE_HZ
from models.vad import silero
from stream.captions.notes import Notes, notes_in
from stream.captions.page import Pager
from stream.captions.polish import settle
from stream.timeline.program import CaptionSpec, Line, TextStyle

S = 1_000_000_000
SPEC = CaptionSpec(TextStyle(width_px=400.0))


def measure(line: Line) -> float:
    return 10.0 * sum(len(run.text) for run in line)


def beat(seconds: float) -> NDArray[np.float32]:
    time = np.arange(RATE_HZ // 4) / RATE_HZ
    one = np.sin(2 * np.pi * 180 * time) * np.exp(-12 * time) * 0.4
    return np.tile(one, round(seconds * 4)).astype(np.float32)


def test_a_note_comes_after_three_seconds_of_music_and_every_ten_more() -> None:
    notes = notes_in(beat(16), silero.load())
    assert [note.text for note in notes] == ["♪", "♪"]
    assert 2.9 * S <= notes[0].start_ns <= 3.7 * S
    assert notes[1].start_ns - notes[0].start_ns == 10 * S


def test_no_sound_no_note_and_a_note_is_given_once() -> None:
    assert notes_in(np.zeros(8 * RATE_HZ, np.float32), silero.load()) == []
    notes = Notes(silero.load())
    notes.hear(beat(4), 5 * S)
    note = notes.take()
    assert note is not None and note.start_ns == 9 * S
    assert notes.take() is None


def test_a_note_has_a_page_of_its_own_and_stays_three_seconds() -> None:
    pager = Pager(SPEC, measure, 1280)
    cues = [cue for word in (Word("Hello", 0, S // 2), Word("♪", S, 2 * S), Word("again", 5 * S, 6 * S))
            for cue in pager.say([word], word.start_ns)]
    assert [cue.text for cue in cues if cue.revision == 0] == ["Hello", "♪", "again"]
    note = next(cue for cue in cues if cue.text == "♪")
    assert note.end_ns - note.start_ns == 3 * S


def test_polished_too() -> None:
    cues = settle([Word("Hello", 0, S // 2), Word("♪", S, 2 * S), Word("again.", 2 * S, 3 * S)], SPEC, measure, 1280)
    assert [(cue.text, cue.start_ns, cue.end_ns) for cue in cues] == [
        ("Hello", 0, S), ("♪", S, 2 * S), ("again.", 2 * S, 3 * S)]
