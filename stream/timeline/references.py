"""references: ClipIds and the clips that name them, as far as the document alone tells."""

from collections.abc import Iterator, Sequence

from stream.timeline.program import Notice
from stream.timeline.reading import shown
from stream.timeline.schema_text import Part
from stream.timeline.schema_tracks import AudioTrackClip, Placed, SubtitleTrackClip, VideoTrackClip
from stream.timeline.tracks import CIRCULAR
from stream.timeline.vocabulary import nearest

Referring = (VideoTrackClip, AudioTrackClip, SubtitleTrackClip)


def references(parts: Sequence[tuple[Part, str]]) -> Iterator[Notice]:
    """Yield what is wrong with ClipId and ReferenceClipId: twice the same, nobody's, its own, in a circle, not here."""
    clips = [(part, path) for part, path in parts if isinstance(part, Referring)]
    owners: dict[str, str] = {}
    wanted: dict[str, str] = {}
    for clip, path in clips:
        if clip.ClipId in owners:
            yield Notice("warning", f"{path}.ClipId", f"{shown(clip.ClipId)} is the ClipId of two clips",
                         f"{owners[clip.ClipId]} counts; give this one another", "duplicate-id")
        elif clip.ClipId:
            owners[clip.ClipId] = path
            if clip.ReferenceClipId and (clip.TimelineIn is None or clip.TimelineOut is None):
                wanted[clip.ClipId] = clip.ReferenceClipId
    circular = _circular(wanted)
    known = tuple(sorted(owners))
    for part, path in parts:
        if not isinstance(part, Placed) or not part.ReferenceClipId:
            continue
        where, name = f"{path}.ReferenceClipId", part.ReferenceClipId
        if not isinstance(part, Referring):
            yield Notice("warning", where, "A clip on an image or effect track refers to no other",
                         "Give it TimelineIn and TimelineOut", "bad-reference")
        elif name == part.ClipId or name not in owners:
            wrong = "refers to itself" if name in owners else f"names no clip: {shown(name)}"
            near = nearest(name, tuple(other for other in known if other != part.ClipId))
            yield Notice("error", where, f"ReferenceClipId {wrong}",
                         f"Did you mean {near[0]}?" if near else "Give another clip that ClipId", "missing-reference")
        elif part.ClipId in circular and owners[part.ClipId] == path:
            yield Notice("error", where, CIRCULAR, "Give one of them TimelineIn and TimelineOut", "circular-reference")


def _circular(wanted: dict[str, str]) -> set[str]:
    """The ids that lead back to themselves."""
    found, done = set[str](), set[str]()
    for start in wanted:
        way: list[str] = []
        at = start
        while at in wanted and at not in done:
            done.add(at)
            way.append(at)
            at = wanted[at]
        if at in way and len(way) - way.index(at) > 1:
            found |= set(way[way.index(at):])
    return found
