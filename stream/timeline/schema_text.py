"""schema_text: what every object of the dialect shares, and the fields that say how text looks."""

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from stream.timeline.scalars import Colour, Flag, Number, Prose, Seconds, Word


class Part(BaseModel):
    """One object of a document. Field names are the dialect's own; keys match in any letter case.

    Unknown keys are kept (`model_extra`); everything is optional, so that every problem can be told at once.
    """

    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True, hide_input_in_errors=True,
                              protected_namespaces=())

    Comment: Any = None
    Sys_Type: Word = None
    Sys_ArrayObject: Any = None
    Sys_Template: Any = None

    @model_validator(mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        names, fields = lower_names(cls), field_names(cls)
        if all(key in fields for key in value):
            return value
        return {(key if key in fields else _known(key, names, value)): item for key, item in value.items()}


@cache
def field_names(part: type[Part]) -> frozenset[str]:
    """Return the names of the fields of `part`."""
    return frozenset(part.model_fields)


@cache
def lower_names(part: type[Part]) -> dict[str, str]:
    """Return the field names of `part` by their lower-case spelling."""
    return {name.lower(): name for name in part.model_fields}


def _known(key: str, names: dict[str, str], value: dict[str, Any]) -> str:
    """The field `key` means; itself when unknown, or when the field is there in its own spelling too."""
    name = names.get(key.lower())
    if name is None or name in value:
        return key
    first = next(other for other in value if other.lower() == key.lower())
    return name if first == key else key


class Face(Part):
    """Bold, italic, underlined."""

    Bold: Flag = None
    Italic: Flag = None
    Underline: Flag = None


class Decoration(Part):
    """One decoration of text: Outline, Shadow or Box. Lengths: up to 1 relative to the font size, above 1 px."""

    Type: Word = None
    Color: Colour = None
    Opacity: Number = None
    Bord: Number = None
    XBord: Number = None
    YBord: Number = None
    Shift: Number = None
    XShift: Number = None
    YShift: Number = None
    Blur: Number = None
    Radius: Number = None
    BorderStyle: Number = None
    Width: Number = None
    Height: Number = None
    TextArea: Word = None
    ImageURL: Word = None


class Highlight(Part):
    """How key words differ from the rest of a caption."""

    FontColor: Colour = None
    OutlineColour: Colour = None
    Outline: Number = None


class TextLook(Part):
    """Every field that says how text looks and where it stands."""

    Content: Prose = None
    X: Number = None
    Y: Number = None
    FixedX: Number = None
    FixedY: Number = None
    Font: Word = None
    FontURL: Word = None
    FontSize: Number = None
    FixedFontSize: Number = None
    SizeRequestType: Word = None
    FontColor: Colour = None
    FontColorOpacity: Number = None
    FontFace: Face | None = None
    Spacing: Number = None
    LineSpacing: Number = None
    Angle: Number = None
    BorderStyle: Number = None
    Outline: Number = None
    OutlineColour: Colour = None
    Shadow: Number = None
    BackColour: Colour = None
    Alignment: Word = None
    AdaptMode: Word = None
    TextWidth: Number = None
    EffectColorStyle: Word = None
    SubtitleEffects: list[Decoration | None] | None = None
    BubbleStyleId: Word = None
    BubbleWidth: Number = None
    BubbleHeight: Number = None
    TextureURL: Word = None
    NeedHighlighting: Flag = None
    HighlightingStyle: Highlight | None = None
    AaiMotionInEffect: Word = None
    AaiMotionIn: Seconds = None
    AaiMotionOutEffect: Word = None
    AaiMotionOut: Seconds = None
    AaiMotionLoopEffect: Word = None
    Ratio: Number = None
    ScrollStartY: Number = None
    ScrollEndY: Number = None
    ScrollStartX: Number = None
    ScrollEndX: Number = None
    ScrollSpeed: Number = None
    ScrollStartFreeze: Seconds = None
    ScrollEndFreeze: Seconds = None
    ScrollStartShift: Number = None
    ScrollEndShift: Number = None
    ScrollLoopTime: Number = None
    ScrollDirection: Word = None
    ScrollLoop: Flag = None
