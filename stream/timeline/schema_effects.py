"""schema_effects: the effects of the dialect, one model for each Type."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from stream.timeline.scalars import Colour, Number, Seconds, Word
from stream.timeline.schema_text import Part, TextLook


class Effect(Part):
    """What every effect may carry."""

    Type: Word = None
    SubType: Word = None
    Id: Word = None
    Name: Word = None
    TrackId: Word = None
    TimelineIn: Seconds = None
    TimelineOut: Seconds = None
    Duration: Seconds = None


class TextEffect(Effect, TextLook):
    """Text over a clip; bare ones without Content are tolerated."""

    TimelineIn: Seconds = None
    TimelineOut: Seconds = None


class CaptionEffect(Effect, TextLook):
    """Captions of what the clip says; AlignmentText gives the words instead of recognising them."""

    AlignmentText: Word = None


class KeyEffect(Effect):
    """A colour keyed out."""

    Color: Word = None
    Auto: Number = None
    Thres: Number = None


class MatteEffect(Effect):
    """The person cut out."""

    Thres: Number = None
    BackgroundColor: Word = None


class BackgroundEffect(Effect):
    """What fills the canvas behind the clip: SubType Blur with Radius, or Color."""

    Radius: Number = None
    Color: Colour = None


class RegionEffect(Effect):
    """A rectangle by the ratio/px rule."""

    X: Number = None
    Y: Number = None
    Width: Number = None
    Height: Number = None


class CropEffect(RegionEffect):
    """The part of the source that is used."""


class ScaleEffect(RegionEffect):
    """A size."""


class PadEffect(RegionEffect):
    """A frame around the picture."""

    Color: Colour = None


class DeWatermarkEffect(RegionEffect):
    """A region blurred away."""

    In: Seconds = None
    Out: Seconds = None


class RotateEffect(Effect):
    """A turn by 90, 180 or 270 degrees."""

    Degree: Number = None


class FlipEffect(Effect):
    """A mirror image."""

    Direction: Word = None


class ZoomEffect(Effect):
    """A slow change of size."""

    StartRate: Number = None
    EndRate: Number = None


class KenBurnsEffect(Effect):
    """A slow move from one rectangle to another."""

    Start: Word = None
    End: Word = None


class FreezeFrameEffect(Effect):
    """The last frame held."""


class ClipEffect(Effect):
    """A random segment."""

    ClipDuration: Seconds = None


class TransitionEffect(Effect):
    """From this clip to the next, overlapping."""

    From: Word = None


class LengthKeepingTransition(TransitionEffect):
    """A transition that keeps the length."""


class VfxEffect(RegionEffect):
    """A special effect by its SubType."""

    ExtParams: Word = None


class FilterEffect(VfxEffect):
    """A colour filter by its SubType."""


class VolumeEffect(Effect):
    """Gain, linear, 0 to 10; In and Out limit it to a span of the clip."""

    Gain: Number = None
    In: Seconds = None
    Out: Seconds = None


class SoundFadeEffect(Effect):
    """Sound fading in or out."""

    Curve: Word = None


class FadeEffect(Effect):
    """The picture fading in or out."""

    Color: Colour = None


class DenoiseEffect(Effect):
    """Noise taken away."""

    Mode: Number = None


class LoudnessEffect(Effect):
    """Loudness brought to a target."""

    Loudness: Number = None
    TruePeak: Number = None


class EqualizeEffect(Effect):
    """Levels evened out."""

    Peak: Number = None
    Gain: Number = None


class HarmonizeEffect(Effect):
    """Colours matched to another clip."""

    ReferenceClipId: Word = None


class DetextEffect(Effect):
    """Burned-in subtitles taken away."""


class UnknownEffect(Effect):
    """An effect whose Type nobody knows; anything may be in it."""


EFFECTS: dict[str, type[Effect]] = {
    "Text": TextEffect, "AI_ASR": CaptionEffect, "AI_Matting": KeyEffect, "AI_RealMatting": MatteEffect,
    "Background": BackgroundEffect, "Crop": CropEffect, "Scale": ScaleEffect, "Pad": PadEffect, "DeWatermark":
    DeWatermarkEffect, "Rotate": RotateEffect, "Flip": FlipEffect, "Zoom": ZoomEffect, "KenBurns": KenBurnsEffect,
    "FreezeFrame": FreezeFrameEffect, "Clip": ClipEffect, "Transition": TransitionEffect, "DLTransition":
    LengthKeepingTransition, "VFX": VfxEffect, "Filter": FilterEffect, "Volume": VolumeEffect, "AFade":
    SoundFadeEffect, "Fade": FadeEffect, "ADenoise": DenoiseEffect, "ALoudNorm": LoudnessEffect, "AEqualize":
    EqualizeEffect, "Harmonization": HarmonizeEffect, "VideoDetext": DetextEffect}
_BY_LOWER = {name.lower(): name for name in EFFECTS}


def effect_name(value: Any) -> str:
    """Return which effect `value` is by its Type in any letter case; "UnknownEffect" when nobody knows it."""
    if isinstance(value, Effect):
        return next((name for name, model in EFFECTS.items() if type(value) is model), "UnknownEffect")
    if not isinstance(value, dict):
        return "UnknownEffect"
    word = value.get("Type", next((value[key] for key in value if key.lower() == "type"), None))
    return _BY_LOWER.get(word.strip().lower(), "UnknownEffect") if isinstance(word, str) else "UnknownEffect"


AnyEffect = Annotated[
    Annotated[TextEffect, Tag("Text")] | Annotated[CaptionEffect, Tag("AI_ASR")]
    | Annotated[KeyEffect, Tag("AI_Matting")] | Annotated[MatteEffect, Tag("AI_RealMatting")]
    | Annotated[BackgroundEffect, Tag("Background")] | Annotated[CropEffect, Tag("Crop")]
    | Annotated[ScaleEffect, Tag("Scale")] | Annotated[PadEffect, Tag("Pad")]
    | Annotated[DeWatermarkEffect, Tag("DeWatermark")] | Annotated[RotateEffect, Tag("Rotate")]
    | Annotated[FlipEffect, Tag("Flip")] | Annotated[ZoomEffect, Tag("Zoom")]
    | Annotated[KenBurnsEffect, Tag("KenBurns")] | Annotated[FreezeFrameEffect, Tag("FreezeFrame")]
    | Annotated[ClipEffect, Tag("Clip")] | Annotated[TransitionEffect, Tag("Transition")]
    | Annotated[LengthKeepingTransition, Tag("DLTransition")] | Annotated[VfxEffect, Tag("VFX")]
    | Annotated[FilterEffect, Tag("Filter")] | Annotated[VolumeEffect, Tag("Volume")]
    | Annotated[SoundFadeEffect, Tag("AFade")] | Annotated[FadeEffect, Tag("Fade")]
    | Annotated[DenoiseEffect, Tag("ADenoise")] | Annotated[LoudnessEffect, Tag("ALoudNorm")]
    | Annotated[EqualizeEffect, Tag("AEqualize")] | Annotated[HarmonizeEffect, Tag("Harmonization")]
    | Annotated[DetextEffect, Tag("VideoDetext")] | Annotated[UnknownEffect, Tag("UnknownEffect")],
    Discriminator(effect_name)]
EffectList = list[AnyEffect | None] | None
