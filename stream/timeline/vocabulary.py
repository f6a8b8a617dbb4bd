"""vocabulary: the dialect's own names, in the spelling it uses, found in any letter case."""

import json
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

CLIP_TYPES = ("Video", "Image", "GlobalImage", "AI_Avatar", "AI_ASR", "Subtitle", "Text", "Effect")
AUDIO_CLIP_TYPES = ("Audio", "AI_TTS", "AI_ASR")
SUBTITLE_CLIP_TYPES = ("Text", "Subtitle", "AI_ASR")
IMAGE_CLIP_TYPES = ("Image",)
EFFECT_ITEM_TYPES = ("VFX", "Filter", "AEqualize", "GlobalImage")
TRACK_TYPES = ("Normal", "Effect", "Video", "Image", "Text", "Subtitle", "Audio")
ADAPT_MODES = ("Fill", "Contain", "Cover")
WRAP_MODES = ("AutoWrap", "AutoScale", "AutoWrapAtSpaces", "AutoWrapAtSpacesStrict")
ALIGNMENTS = ("TopLeft", "TopCenter", "TopRight", "CenterLeft", "CenterCenter", "CenterRight", "BottomLeft",
              "BottomCenter", "BottomRight", "Left", "Center", "Right")
NUMPAD = {"7": "TopLeft", "8": "TopCenter", "9": "TopRight", "4": "CenterLeft", "5": "CenterCenter",
          "6": "CenterRight", "1": "BottomLeft", "2": "BottomCenter", "3": "BottomRight"}
DECORATIONS = ("Outline", "Shadow", "Box")
MODES = ("AsAired", "Polished", "Live")
FALLBACKS = ("background", "blur", "pass")
SCREEN_COLORS = {"green": "00B140", "blue": "0047BB", "red": "FF0000", "white": "FFFFFF", "black": "000000",
                 "yellow": "FFFF00", "cyan": "00FFFF", "magenta": "FF00FF", "gray": "808080", "grey": "808080"}
"""What a keyed-out colour is called; green and blue are the shades of chroma-key screens."""


@cache
def catalogue() -> dict[str, tuple[str, ...]]:
    """Return the catalogue names by family: transitions, vfx, filters, motions_in, motions_out, and so on."""
    text = files("stream.timeline").joinpath("vocabulary.json").read_text("utf-8")
    return {family: tuple(names) for family, names in json.loads(text).items()}


@cache
def _by_lower(names: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in names}


def canonical(word: str | None, names: tuple[str, ...]) -> str | None:
    """Return the name that `word` spells in any letter case, or None."""
    return None if word is None else _by_lower(names).get(word.strip().lower())


@cache
def nearest(word: str, names: tuple[str, ...], most: int = 1) -> tuple[str, ...]:
    """Return the names most like `word`, best first; none when nothing is like it."""
    lowered = _by_lower(names)
    return tuple(lowered[near] for near in get_close_matches(word.lower()[:80], list(lowered), most, 0.6))
