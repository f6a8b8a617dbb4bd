"""frozen: a settled document whose speech is written out: captions as text clips, voices as sound files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stream.timeline.program import Cue
from stream.timeline.schema import member
from stream.timeline.textclip import cue_to_clip

Json = dict[str, Any]
CAPTIONS, VOICE = "ai_asr", "ai_tts"
_TRACKS = (("VideoTracks", "VideoTrackClips"), ("AudioTracks", "AudioTrackClips"),
           ("SubtitleTracks", "SubtitleTrackClips"))


def freeze(timeline: Json, root: str, cues: Sequence[Cue], size: tuple[int, int], voices: Mapping[str, str], *,
           ducks: bool = False) -> None:
    """Change the settled `timeline` (at JSON path `root`) so that no engine is needed to render it again.

    `cues`, what was said, become a subtitle track of Text clips, px meant for a picture of `size`; AI_ASR goes. An
    AI_TTS clip whose path is in `voices` becomes the sound file named there; its text stays on it, to be read. What
    is speech is noted where that makes other sounds quieter (`ducks`).
    """
    for tracks, clips in _TRACKS:
        for path, track in _children(timeline, tracks, root):
            kept = []
            for where, clip in _children(track, clips, path):
                if _type(clip) == CAPTIONS:
                    continue
                talks = _without_captions(clip) or _type(clip) == VOICE
                if talks and ducks:
                    notes = member(clip, "Cuelight") or "Cuelight"
                    clip[notes] = {**(clip.get(notes) or {}), "Role": "speech"}
                if _type(clip) == VOICE and where in voices:
                    _spoken(clip, voices[where])
                kept.append(clip)
            key = member(track, clips)
            if key is not None:
                track[key] = kept
    if cues:
        key = member(timeline, "SubtitleTracks") or "SubtitleTracks"
        timeline[key] = [*(timeline.get(key) or []), {"SubtitleTrackClips": [cue_to_clip(cue, size) for cue in cues]}]


def _children(owner: Json, name: str, path: str) -> Iterator[tuple[str, Json]]:
    """The objects in the list `name` of `owner`, with their paths."""
    key = member(owner, name)
    listed = owner.get(key) if key is not None else None
    for index, item in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(item, dict):
            yield f"{path}.{name}[{index}]", item


def _type(part: Json) -> str:
    word = part.get(member(part, "Type") or "")
    return word.strip().lower() if isinstance(word, str) else ""


def _without_captions(clip: Json) -> bool:
    """Drop AI_ASR from the effects of `clip`; whether there was one."""
    key = member(clip, "Effects")
    if key is None or not isinstance(clip[key], list):
        return False
    kept = [effect for effect in clip[key] if not (isinstance(effect, dict) and _type(effect) == CAPTIONS)]
    dropped = len(kept) < len(clip[key])
    clip[key] = kept
    return dropped


def _spoken(clip: Json, url: str) -> None:
    """Make an AI_TTS clip the sound that its voice made; how it was to be read is in that already."""
    clip[member(clip, "Type") or "Type"] = "Audio"
    clip[member(clip, "MediaURL") or "MediaURL"] = url
    for name in ("SpeechRate", "PitchRate", "Volume", "Voice", "CustomizedVoice", "Format"):
        key = member(clip, name)
        while key is not None:
            del clip[key]
            key = member(clip, name)

