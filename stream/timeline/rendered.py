"""rendered: what the renderer can do now. The one table that `check` and `resolve` go by; it grows.

A feature is an effect ("effect.Crop"), a kind of clip ("clip.Image"), a track ("track.VideoTracks") or a member
of one kind of object ("VideoTrackClip.Speed", named by the class that declares it). A member of the dialect that is
neither here nor in BOOKKEEPING is reported as valid but not rendered yet.
"""

from functools import cache
from inspect import get_annotations

from stream.timeline.schema_text import Part

_RENDERED = """
clip                Video Image GlobalImage Audio AI_TTS
subtitle            Text
effect              AI_RealMatting AI_ASR Crop Background Volume Text Scale Pad FreezeFrame Clip
Timeline            VideoTracks AudioTracks ImageTracks SubtitleTracks FECanvas MaxDuration OutputMediaConfig Cuelight
Track               Type Disabled MainTrack TrackShortenMode TrackExpandMode
VideoTrack          VideoTrackClips
AudioTrack          AudioTrackClips
ImageTrack          ImageTrackClips
SubtitleTrack       SubtitleTrackClips
Placed              Type TimelineIn TimelineOut Duration ReferenceClipId
Trimmed             MediaId MediaURL In Out MaxOut Speed Effects
Boxed               X Y Width Height AdaptMode Opacity
AudioTrackClip      LoopMode
Spoken              Content SpeechRate
ClipEffect          ClipDuration
PadEffect           Color
SubtitleTrackClip   Cuelight
ImageTrackClip      ImageId ImageURL MediaId MediaURL Effects
Canvas              Width Height
Effect              Type SubType Duration
MatteEffect         Thres
TextEffect          TimelineIn TimelineOut
BackgroundEffect    Radius Color
RegionEffect        X Y Width Height
VolumeEffect        Gain In Out
TextLook            Content X Y FixedX FixedY Font FontURL FontSize FixedFontSize FontColor FontColorOpacity FontFace
TextLook            Spacing LineSpacing Angle BorderStyle Outline OutlineColour Shadow BackColour Alignment AdaptMode
TextLook            TextWidth SubtitleEffects NeedHighlighting HighlightingStyle
Face                Bold Italic Underline
Highlight           FontColor OutlineColour Outline
Decoration          Type Color Opacity Bord XBord YBord Shift XShift YShift Radius
"""

_BOOKKEEPING = """
Part                Comment
Timeline            Version SdkVersion AspectRatio From FEConfig EditingProduceConfig EffectTracks
Track               Id Visible Count
Placed              Id TrackId Title VirginDuration ClipId
Spoken              Voice CustomizedVoice Format PitchRate
Trimmed             OriginalMediaURL MediaIdType NoReferTimelineIn NoReferTimelineOut
Effect              Id Name TrackId
TransitionEffect    From
EffectTrack         EffectTrackItems
TextLook            SizeRequestType
"""

_WHOLE = frozenset({"ClipNotes", "CuelightNotes", "Job", "ProduceConfig", "Cover", "OutputConfig", "VideoOutput",
                    "EffectTrackItem"})
"""Objects whose members are not reported one by one: ours, the cloud's, or those reported as a whole."""


def _features(table: str) -> frozenset[str]:
    rows = (row.split() for row in table.strip().splitlines())
    return frozenset(f"{owner}.{member}" for owner, *members in rows for member in members)


RENDERED = _features(_RENDERED)
BOOKKEEPING = _features(_BOOKKEEPING)


@cache
def feature(part: type[Part], member: str) -> str:
    """Return the feature that `member` of `part` is: named by the class that declares it."""
    owner = next(c for c in part.__mro__ if member in get_annotations(c))
    return f"{owner.__name__}.{member}"


@cache
def is_silent(part: type[Part], member: str) -> bool:
    """Return whether nothing need be said of `member`: it is rendered, or means nothing to a renderer."""
    name = feature(part, member)
    return name in RENDERED or name in BOOKKEEPING or part.__name__ in _WHOLE
