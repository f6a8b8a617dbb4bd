"""What stood out in a live run does so in what is written of it: as aired, polished, and as files."""

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import pytest

from models.asr import Word
from stream.live.captions import caption_spec, make_pager
from stream.recording.finish import finish
from stream.recording.folder import JOURNAL
from stream.run.gather import facts_to_json
from stream.run.loading import open_typesetter
from stream.run.rasters import Rasters
from stream.timeline.cuetrack import CueTrack
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.journal import VERSION, JournalWriter
from stream.timeline.program import NS, Cue
from stream.timeline.resolve import resolve
from stream.timeline.schema import typed
from stream.timeline.schema_tracks import SubtitleTrackClip
from stream.timeline.starters import live_document
from stream.timeline.textclip import clip_to_cue, cue_to_clip

SAID = "It was the lantern, that Oliver Brandt has."
URL = "test://?size=640x360"


def ignore(_: str) -> None:
    return


def words_of(text: str) -> tuple[Word, ...]:
    return tuple(Word(t, i * NS // 2, (i + 1) * NS // 2) for i, t in enumerate(text.split()))


def run(folder: Path, mode: str) -> list[Cue]:
    """A run in which SAID is said, each word shown when it has been said; return its cues as they were shown."""
    document = live_document(URL, size=(640, 360), rate=Fraction(25), notes={"HighlightMode": mode, "Language": "en"},
                             style={"NeedHighlighting": True})
    facts = Facts({URL: MediaFacts("live", 640, 360, has_video=True, has_audio=True)})
    program = resolve(document, facts)
    spec = caption_spec(program)
    assert spec is not None
    pager, track = make_pager(spec, program, Rasters(open_typesetter(ignore), program)), CueTrack()
    with (folder / JOURNAL).open("w", encoding="utf-8") as file:
        journal = JournalWriter(file)
        journal.write("run", version=VERSION, name="t", size=[640, 360], rate="25", document=document.value,
                      facts=facts_to_json(facts), first_tick=0)
        words = words_of(SAID)
        for i, word in enumerate(words):
            for cue in pager.say([word], word.end_ns, words[i + 1:i + 3]):
                journal.write("cue", cue=cue_to_clip(track.show(cue), (640, 360)))
        journal.write("words", words=[asdict(word) for word in words])
        journal.write("end", tick=1000)
    return track.cues


def written(folder: Path, name: str) -> list[Cue]:
    value = json.loads((folder / f"{name}.json").read_text("utf-8"))
    clips = value["SubtitleTracks"][-1]["SubtitleTrackClips"]
    return [clip_to_cue(typed(SubtitleTrackClip, clip, "$")[0], (640, 360), (0, 0)) for clip in clips]


def lit(cue: Cue) -> list[str]:
    return [run.text for line in cue.lines for run in line if run.highlighted]


@pytest.mark.parametrize("mode", ["Keywords", "Spoken"])
def test_what_stood_out_on_the_picture_does_so_as_aired(tmp_path: Path, mode: str) -> None:
    shown = run(tmp_path, mode)
    finish(tmp_path)
    aired = written(tmp_path, "as-aired")
    assert [(c.id, c.start_ns, c.end_ns, c.lines) for c in aired] == [
        (c.id, c.start_ns, c.end_ns, c.lines) for c in shown if c.end_ns > c.start_ns]
    assert any(lit(cue) for cue in aired)


def test_the_same_key_words_stand_out_polished(tmp_path: Path) -> None:
    shown = run(tmp_path, "Keywords")
    finish(tmp_path)
    polished = written(tmp_path, "polished")
    assert lit(polished[-1]) == lit(shown[-1]) == ["lantern", "Oliver Brandt"]


def test_polished_each_word_is_lit_when_it_is_said_and_files_have_the_caption_once(tmp_path: Path) -> None:
    run(tmp_path, "Spoken")
    finish(tmp_path)
    for word, text in zip(words_of(SAID), SAID.replace(",", "").replace(".", "").split(), strict=True):
        now = [cue for cue in written(tmp_path, "polished") if cue.start_ns <= word.start_ns < cue.end_ns]
        assert [lit(cue) for cue in now] == [[text]]
    assert (tmp_path / "captions.srt").read_text("utf-8").count("-->") == 1
