"""finish: what a run's folder gets at its end, from its journal alone: two Timelines, captions, the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from models.asr import Word
from stream.captions.page import PageOptions
from stream.captions.polish import settle
from stream.errors import DocumentError
from stream.live.captions import caption_spec
from stream.plugins import load
from stream.recording.folder import JOURNAL, write_json
from stream.recording.record import extents
from stream.run.gather import facts_from_json
from stream.run.loading import open_typesetter
from stream.run.rasters import Rasters
from stream.timeline import journal as journals
from stream.timeline.aired import aired
from stream.timeline.cuetrack import CueTrack
from stream.timeline.export import by_lane, lane_name
from stream.timeline.journal import Journal
from stream.timeline.program import NS, CaptionSpec, Cue, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document, from_value, typed
from stream.timeline.schema_tracks import SubtitleTrackClip
from stream.timeline.second import second_spec
from stream.timeline.spoken import told
from stream.timeline.textclip import clip_to_cue, cue_to_clip

AS_AIRED, POLISHED = "as-aired.json", "polished.json"
CAPTION_FILES = ("srt", "vtt")
SETTLED_NS, SETTLED_EACH = 60 * NS, 200


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run read back: its journal, and the live document and Program it began with."""

    folder: Path
    journal: Journal
    document: Document
    program: Program

    @property
    def size(self) -> tuple[int, int]:
        return self.program.width_px, self.program.height_px


def read_run(folder: Path, *, with_ticks: bool = True) -> Run:
    """Return the run recorded in `folder`; DocumentError when there is none or its journal is damaged."""
    try:
        with (folder / JOURNAL).open(encoding="utf-8") as file:
            journal = journals.read(file, with_ticks=with_ticks)
    except FileNotFoundError:
        raise DocumentError(f"{folder} is no recording: it has no {JOURNAL}",
                            "Give the folder that `cuelight live` wrote") from None
    document = from_value(journal.run["document"])
    width, height = journal.run["size"]
    program = resolve(document, facts_from_json(journal.run["facts"]), size=(width, height),
                      rate=Fraction(journal.run["rate"]))
    return Run(folder, journal, document, program)


def finish(folder: Path, report: Mapping[str, Any] | None = None) -> None:
    """Write as-aired.json, polished.json, captions.srt, captions.vtt and report.json into `folder`.

    Captions in a second language go into files of their own (captions.zh.srt).
    """
    run = read_run(folder, with_ticks=False)
    files = recorded_files(folder, "main")
    if files:  # the last picture was held to the last tick
        files[-1]["end_ns"] = max(files[-1]["end_ns"], run.program.tick_ns(run.journal.end_tick))
    words = [Word(**word) for word in run.journal.words]
    second = [Word(**word) for word in run.journal.second]
    polished = (*polished_cues(run.program, words), *second_cues(run.program, second))
    write_json(folder / AS_AIRED, aired(run.journal, files, _clips(aired_cues(run), run.size), mode="AsAired",
                                        journal_name=JOURNAL))
    write_json(folder / POLISHED, aired(run.journal, files, _clips(polished, run.size), mode="Polished",
                                        words=run.journal.words))
    for suffix in CAPTION_FILES:
        module: Any = load("stream.timeline.export", suffix)
        for lane, cues in (by_lane(polished) or {"": ()}).items():
            (folder / lane_name(f"captions.{suffix}", lane)).write_text(module.write(cues), encoding="utf-8")
    if report is not None:
        write_json(folder / "report.json", dict(report))


def recorded_files(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the media files recorded of input `name`: {"file", "start_ns", "end_ns"}, in order of time."""
    return [{"file": s.file, "start_ns": s.start_ns, "end_ns": s.end_ns} for s in extents(folder, name)]


def aired_cues(run: Run) -> tuple[Cue, ...]:
    """Return every cue revision as it was shown, each ended by the one that replaced it, or by the run's end."""
    track, past, newest_ns = CueTrack(), list[Cue](), 0
    for number, clip in enumerate(run.journal.cues, 1):
        cue = track.show(clip_to_cue(typed(SubtitleTrackClip, clip, "$")[0], run.size, (0, 0)))
        newest_ns = max(newest_ns, cue.start_ns)
        if number % SETTLED_EACH == 0:  # a cue that is long over is not revised any more: a day of them stays quick
            past += [c for c in track.cues if c.end_ns <= newest_ns - SETTLED_NS]
            track.forget(newest_ns - SETTLED_NS)
    end_ns = run.program.tick_ns(run.journal.end_tick)
    cut = [c if c.end_ns <= end_ns else replace(c, end_ns=end_ns) for c in [*past, *track.cues]]
    return tuple(cue for cue in cut if cue.end_ns > cue.start_ns)


def polished_cues(program: Program, words: Sequence[Word]) -> tuple[Cue, ...]:
    """Return the final words paged at the times they were spoken, in the document's caption style."""
    spec = caption_spec(program)
    if spec is None or not words:
        return ()
    return page_all(program, spec, words)


def second_cues(program: Program, words: Sequence[Word]) -> tuple[Cue, ...]:
    """Return the words in the second language, paged when their sentences were said, in that language's style."""
    spec = caption_spec(program)
    if spec is None or not words:
        return ()
    rasters, own = Rasters(open_typesetter(_quiet), program), second_spec(spec)
    pages = settle(words, own, rasters.measure(own.style), program.width_px, PageOptions(prefix="t"))
    return tuple(replace(page, lane=own.hearing.language) for page in pages)


def page_all(program: Program, spec: CaptionSpec, words: Sequence[Word]) -> tuple[Cue, ...]:
    """Return `words` (session times) as cues of `program`, in `spec`'s style."""
    rasters = Rasters(open_typesetter(_quiet), program)
    pages = settle(words, spec, rasters.measure(spec.style), program.width_px)
    return tuple(cue for page in pages for cue in told(page, spec))


def _clips(cues: Sequence[Cue], size: tuple[int, int]) -> list[dict[str, Any]]:
    return [cue_to_clip(replace(cue), size) for cue in cues]


def _quiet(_: str) -> None:
    return
