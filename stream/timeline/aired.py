"""aired: a finished run's Timelines: as aired (what viewers saw) and polished (the same show, put right)."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from stream.timeline.facts import is_live_url
from stream.timeline.journal import Journal
from stream.timeline.scalars import seconds_value
from stream.timeline.schema import member

DROPPED_EFFECTS = ("ai_asr",)


def aired(journal: Journal, files: Sequence[Mapping[str, Any]], clips: Sequence[Mapping[str, Any]], *, mode: str,
          journal_name: str = "", words: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the document of a run: its live clips replaced by the recorded `files`, its captions by text `clips`.

    `files` are {"file", "start_ns", "end_ns"} in order. `mode` is "AsAired" or "Polished"; as aired,
    `journal_name` is where the picture of every tick is written down.
    """
    run = journal.run
    document: dict[str, Any] = copy.deepcopy(run["document"])
    timeline = document
    inner = member(document, "Timeline")
    if inner is not None and isinstance(document[inner], dict):
        timeline = document[inner]
    for key in [k for k in timeline if k.lower() in ("videotracks", "audiotracks")]:
        for track in timeline[key]:
            _replace_live(track, files)
    if clips:
        tracks_key = member(timeline, "SubtitleTracks") or "SubtitleTracks"
        timeline[tracks_key] = [*timeline.get(tracks_key, []), *_tracks(clips)]
    width, height = run["size"]
    config_key = member(timeline, "OutputMediaConfig") or "OutputMediaConfig"
    timeline[config_key] = {**timeline.get(config_key, {}), "Width": width, "Height": height}
    notes_key = member(timeline, "Cuelight") or "Cuelight"
    notes = {**timeline.get(notes_key, {}), "Version": 1, "Mode": mode, "Rate": str(run["rate"])}
    if journal_name:
        notes["Journal"] = journal_name
    if words:
        notes["Words"] = [dict(w) for w in words]
    timeline[notes_key] = notes
    return document


def _tracks(clips: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return text clips as subtitle tracks, one for each language."""
    lanes: dict[str, list[dict[str, Any]]] = {}
    for clip in clips:
        lanes.setdefault(clip.get("Cuelight", {}).get("Lane", ""), []).append(dict(clip))
    return [{"SubtitleTrackClips": lanes[lane]} for lane in sorted(lanes)]


def _replace_live(track: dict[str, Any], files: Sequence[Mapping[str, Any]]) -> None:
    for key in [k for k in track if k.lower() in ("videotrackclips", "audiotrackclips")]:
        clips: list[dict[str, Any]] = []
        for clip in track[key]:
            url_key = member(clip, "MediaURL")
            if url_key is None or not is_live_url(str(clip[url_key])):
                clips.append(clip)
                continue
            for file in files:
                recorded = copy.deepcopy(clip)
                recorded[url_key] = file["file"]
                kind = member(recorded, "Type")
                if kind is not None:
                    del recorded[kind]
                recorded["TimelineIn"], recorded["TimelineOut"] = (
                    seconds_value(file["start_ns"]), seconds_value(file["end_ns"]))
                _drop_effects(recorded)
                clips.append(recorded)
        track[key] = clips


def _drop_effects(clip: dict[str, Any]) -> None:
    effects = member(clip, "Effects")
    if effects is None:
        return
    clip[effects] = [e for e in clip[effects] if str(e.get(member(e, "Type") or "", "")).lower() not in DROPPED_EFFECTS]
