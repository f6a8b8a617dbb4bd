"""rendered: what the renderer can do now. The one table that `check` and `resolve` go by; it grows.

A feature is an effect ("effect.Crop"), a kind of clip ("clip.Image"), a track ("track.VideoTracks") or a member
of one kind of object ("VideoTrackClip.Speed", named by the class that declares it). A member of the dialect that is
neither here nor in BOOKKEEPING is reported as valid but not rendered yet.
"""

from functools import cache
from inspect import get_annotations
from typing import Literal

from stream.timeline.schema_text import Part
from stream.timeline.vocabulary import canonical, catalogue

_RENDERED = """
clip                Video Image GlobalImage Audio AI_TTS AI_ASR
subtitle            Text Subtitle AI_ASR
effect              AI_RealMatting AI_ASR Crop Background Volume Text Scale Pad FreezeFrame Clip
effect              AI_Matting Rotate Flip KenBurns Zoom Transition DLTransition VFX Filter DeWatermark
effect              AFade ALoudNorm ADenoise Fade
item                VFX Filter AEqualize
sound               Speed
Timeline            VideoTracks AudioTracks ImageTracks SubtitleTracks EffectTracks FECanvas MaxDuration
Timeline            OutputMediaConfig Cuelight
Track               Type Disabled MainTrack TrackShortenMode TrackExpandMode
VideoTrack          VideoTrackClips
AudioTrack          AudioTrackClips
ImageTrack          ImageTrackClips
SubtitleTrack       SubtitleTrackClips
EffectTrack         EffectTrackItems
EffectTrackItem     SubType ExtParams X Y Width Height Peak Gain
Placed              Type TimelineIn TimelineOut Duration ReferenceClipId
Trimmed             MediaId MediaURL In Out MaxOut Speed Effects Cuelight
SoundNotes          Role
Boxed               X Y Width Height AdaptMode Opacity
VideoTrackClip      MaskVideoUrl SubType ExtParams
AudioTrackClip      LoopMode
Spoken              Content SpeechRate
ClipEffect          ClipDuration
PadEffect           Color
SubtitleTrackClip   Cuelight FileURL SubType AlignmentText MediaId MediaURL
CaptionEffect       AlignmentText
CaptionVideoClip    AlignmentText
CaptionAudioClip    AlignmentText
ImageTrackClip      ImageId ImageURL MediaId MediaURL Effects
Canvas              Width Height
Effect              Type SubType Duration TimelineIn TimelineOut
MatteEffect         Thres
KeyEffect           Color Auto Thres
DeWatermarkEffect   In Out
RotateEffect        Degree
FlipEffect          Direction
ZoomEffect          StartRate EndRate
KenBurnsEffect      Start End
VfxEffect           ExtParams
SoundFadeEffect     Curve
DenoiseEffect       Mode
LoudnessEffect      Loudness TruePeak
EqualizeEffect      Peak Gain
TextEffect          TimelineIn TimelineOut
BackgroundEffect    Radius Color
FadeEffect          Color
RegionEffect        X Y Width Height
VolumeEffect        Gain In Out
TextLook            Content X Y FixedX FixedY Font FontURL FontSize FixedFontSize FontColor FontColorOpacity FontFace
TextLook            Spacing LineSpacing Angle BorderStyle Outline OutlineColour Shadow BackColour Alignment AdaptMode
TextLook            TextWidth SubtitleEffects NeedHighlighting HighlightingStyle
TextLook            AaiMotionInEffect AaiMotionIn AaiMotionOutEffect AaiMotionOut AaiMotionLoopEffect Ratio
TextLook            ScrollStartX ScrollStartY ScrollEndX ScrollEndY ScrollSpeed ScrollStartFreeze ScrollEndFreeze
TextLook            ScrollStartShift ScrollEndShift ScrollLoopTime ScrollDirection ScrollLoop
Face                Bold Italic Underline
Highlight           FontColor OutlineColour Outline
Decoration          Type Color Opacity Bord XBord YBord Shift XShift YShift Radius
"""

_BOOKKEEPING = """
Part                Comment
Timeline            Version SdkVersion AspectRatio From FEConfig EditingProduceConfig
Track               Id Visible Count
Placed              Id TrackId Title VirginDuration ClipId
Spoken              Voice CustomizedVoice Format PitchRate
Trimmed             OriginalMediaURL MediaIdType NoReferTimelineIn NoReferTimelineOut
Effect              Id Name TrackId
TransitionEffect    From
EffectTrackItem     Name
Boxed               DyncFrames
TextLook            SizeRequestType
"""

_WHOLE = frozenset({"CaptionNotes", "ClipNotes", "CuelightNotes", "DuckingNotes", "Job", "ProduceConfig", "Cover",
                    "OutputConfig", "VideoOutput"})
"""Objects whose members are not reported one by one: ours, and the cloud's."""

Fidelity = Literal["rendered", "approximate", "ignored"]
_EXACT = {
    "vfx": ("h_blur", "v_blur", "blur", "mosaic_rect", "splitstill2", "splitstill3", "splitstill4", "splitstill6",
            "splitstill9", "mask_circle", "mask_rec", "mask_linear", "mask_minor"),
    "filters": ("color", "image_invert", "darkcorner", "strongcontrast")}
_IGNORED = ("flower_text", "bubbles")


def fidelity(family: str, name: str) -> Fidelity:
    """Return how true to the catalogue `name` of `family` (vfx, filters, transitions, motions_in, …) is drawn.

    "rendered": its name says all there is to it; "approximate": it does what its name says, in its own way, since
    the catalogue gives names and no pictures; "ignored": nothing is drawn.
    """
    known = canonical(name, catalogue().get(family, ()))
    if known is None or family in _IGNORED:
        return "ignored"
    return "rendered" if family not in _EXACT or known in _EXACT[family] else "approximate"


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
