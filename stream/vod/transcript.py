"""transcript: the words of a film, a sound or a recording, with the times at which they are said."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.asr import Word
from stream.captions.lines import spaced
from stream.codecs.probe import probe
from stream.errors import DocumentError, MediaError
from stream.recording.finish import POLISHED, finish, polished_cues, read_run
from stream.timeline.program import Cue
from stream.timeline.schema import from_value, load, member
from stream.vod.captioned import Captioner
from stream.vod.ear import Ear
from stream.vod.prepare import settle
from stream.vod.talks import talks

Tell = Callable[[str], None]
LANGUAGE, TEXT = "Language", "AlignmentText"


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of time, and the captions they make."""

    words: tuple[Word, ...]
    cues: tuple[Cue, ...]


def of_media(path: Path, notes: dict[str, Any], text: str, tell: Tell) -> Transcript:
    """Return what the film or sound at `path` says, heard as `notes` (members of Cuelight.Captions) ask.

    With `text` these are the words, and only their times are found out. MediaError when there is no sound to hear.
    """
    facts = probe(str(path))
    if facts.kind == "missing":
        raise MediaError(f"{path} cannot be read: {facts.error}", "Give a film, a sound, or a recording's folder")
    if not facts.has_audio:
        raise MediaError(f"{path} has no sound", "There is nothing to transcribe")
    clip = {"MediaURL": str(path.resolve()), "Effects": [_effect(text)]}
    tracks: dict[str, Any] = {"VideoTracks": [{"VideoTrackClips": [clip]}]} if facts.has_video else \
        {"AudioTracks": [{"AudioTrackClips": [clip]}]}
    return _heard({**tracks, "Cuelight": {"Captions": notes}}, path.parent, tell)


def of_recording(folder: Path, notes: dict[str, Any], text: str, tell: Tell) -> Transcript:
    """Return what the show recorded in `folder` says: its final words, or those heard anew as `notes` or `text` ask."""
    if not (folder / POLISHED).exists():
        finish(folder)
    document = load((folder / POLISHED).read_bytes())
    if not notes and not text:
        run = read_run(folder, with_ticks=False)
        words = tuple(Word(**word) for word in run.journal.words)
        cues = settle(document, folder, tell).program.cues  # as they may have been edited since
        return Transcript(words, cues or polished_cues(run.program, words))
    value = copy.deepcopy(document.value)
    timeline = value.get(member(value, "Timeline") or "", value)
    clips = [clip for track in timeline.get(member(timeline, "VideoTracks") or "", [])
             for clip in track.get(member(track, "VideoTrackClips") or "", [])]
    recorded = [clip for clip in clips if (folder / str(clip.get(member(clip, "MediaURL") or "", ""))).is_file()]
    if not recorded:
        raise DocumentError(f"{folder} holds no recorded film", "Give the folder that `cuelight live` wrote")
    captions = [{**_effect(text), **{name: clip[key] for name in ("MediaURL", "TimelineIn", "TimelineOut", "In", "Out")
                                     if (key := member(clip, name)) is not None}} for clip in recorded]
    key = member(timeline, "AudioTracks") or "AudioTracks"
    timeline[key] = [*timeline.get(key, []), {"AudioTrackClips": captions}]
    timeline.pop(member(timeline, "SubtitleTracks") or "", None)
    own = timeline.setdefault(member(timeline, "Cuelight") or "Cuelight", {})
    key = member(own, "Captions") or "Captions"
    own[key] = {**own.get(key, {}), **notes}
    return _heard(value, folder, tell)


def _effect(text: str) -> dict[str, Any]:
    return {"Type": "AI_ASR", **({TEXT: text} if text else {})}


def _heard(value: dict[str, Any], folder: Path, tell: Tell) -> Transcript:
    program = settle(from_value(value), folder, tell).program
    captioner = Captioner(program, Ear(folder, tell))
    words = [word for talk in talks(program) for word in talk.spoken(captioner.words(talk))]
    return Transcript(tuple(sorted(words, key=lambda word: word.start_ns)), captioner.cues())


def as_json(words: Sequence[Word]) -> dict[str, Any]:
    """Return `words` as plain JSON values, times in seconds."""
    text = ""
    for word in words:
        text += f" {word.text}" if spaced(text, word.text) else word.text
    return {"text": text, "words": [
        {"text": word.text, "start": word.start_ns / 1e9, "end": word.end_ns / 1e9, "timing": word.timing,
         **({} if word.confidence is None else {"confidence": round(word.confidence, 4)})} for word in words]}
