"""starters: Timelines made for the user: what `cuelight live` runs without a document, and first documents to edit."""

import os
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from stream.errors import OptionError
from stream.timeline.output import exact_rate
from stream.timeline.schema import Document, dump, from_value

Kind = Literal["captions", "background", "both"]
LIVE_URL = "rtmp-listen://0.0.0.0:1935/live/${KEY}"
HIGHLIGHT = {"FontColor": "#F6DD14"}
_COLOR = re.compile(r"(?:#|0x)[0-9A-Fa-f]{6}\Z")
_SECRET = re.compile(r"\$\{(?:file:(?P<file>[^}]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*))\}")


def live_document(source_url: str, *, background: str = "", captions: bool = True, matte: bool | None = None,
                  style: Mapping[str, Any] | None = None, highlight: Sequence[str] = (), fallback: str = "",
                  model: str = "", size: tuple[int, int] | None = None, rate: Fraction | None = None,
                  notes: Mapping[str, Any] | None = None) -> Document:
    """Return the Timeline that `cuelight live SOURCE` runs.

    `background` is an image, "blur" (the picture itself, blurred), a colour "#rrggbb", or "" for none. An
    image is a GlobalImage track below; blur and colour are the clip's own Background effect, which stands
    behind what AI_RealMatting cuts out. `matte` (default: with any background) cuts the person out;
    `style` are IMS text members for the captions; `highlight` the words to stress, `notes` how speech becomes
    captions (the members of Cuelight.Captions).
    """
    clip: dict[str, Any] = {"Type": "Video", "MediaURL": source_url, "Effects": []}
    tracks: list[dict[str, Any]] = [{"VideoTrackClips": [clip]}]
    own: dict[str, Any] = {"Version": 1, "Mode": "Live"} | ({"Captions": dict(notes)} if notes else {})
    effects: list[dict[str, Any]] = clip["Effects"]
    if matte if matte is not None else bool(background):
        effects.append({"Type": "AI_RealMatting"})
    if background.lower() == "blur":
        effects.append({"Type": "Background", "SubType": "Blur", "Radius": 0.1})
    elif _COLOR.match(background):
        effects.append({"Type": "Background", "SubType": "Color", "Color": f"#{background[-6:]}"})
    elif background:
        tracks.insert(0, {"VideoTrackClips": [_background(background)]})
    if captions:
        effects.append({"Type": "AI_ASR", **(style or {})})
        if highlight:
            effects[-1].update({"NeedHighlighting": True, "HighlightingStyle": HIGHLIGHT} | dict(style or {}))
            own["HighlightWords"] = list(highlight)
    own |= {name: value for name, value in (("Fallback", fallback), ("Model", model)) if value}
    value: dict[str, Any] = {"VideoTracks": tracks}
    config: dict[str, Any] = {"Width": size[0], "Height": size[1]} if size else {}
    if rate is not None:
        fps = rate.numerator if rate.denominator == 1 else round(float(rate), 3)
        if exact_rate(fps) == rate:
            config["Video"] = {"Fps": fps}
        else:
            own["Rate"] = str(rate)
    if config:
        value["OutputMediaConfig"] = config
    return from_value(value | {"Cuelight": own})


def _background(url: str) -> dict[str, Any]:
    return {"Type": "GlobalImage", "MediaURL": url, "X": 0, "Y": 0, "Width": 1, "Height": 1, "AdaptMode": "Cover"}


def starter(kind: Kind) -> str:
    """Return a commented Timeline to edit, as JSON text. Raises OptionError for an unknown `kind`."""
    if kind not in ("captions", "background", "both"):
        raise OptionError(f"There is no starter {kind!r}", "There are: captions, background, both")
    clip: dict[str, Any] = {
        "Comment": "The live picture. Set KEY in the environment; OBS sends to this address with that stream key.",
        "MediaURL": LIVE_URL, "Effects": []}
    tracks: list[dict[str, Any]] = [{"Comment": "Tracks are drawn in this order, the first at the bottom.",
                                     "VideoTrackClips": [clip]}]
    if kind != "captions":
        tracks.insert(0, {"Comment": "The new background, over the whole output; beach.jpg is any picture of yours.",
                          "VideoTrackClips": [_background("beach.jpg")]})
        clip["Effects"].append({
            "Comment": "Cuts the person out. For a blurred room instead of a picture, remove the first track and "
                       "add {\"Type\": \"Background\", \"SubType\": \"Blur\", \"Radius\": 0.1} here.",
            "Type": "AI_RealMatting"})
    if kind != "background":
        clip["Effects"].append({
            "Comment": "Captions of what is said. Y is the distance from the edge that Alignment names, as a ratio "
                       "of the picture's height (or in px when above 1).",
            "Type": "AI_ASR", "Alignment": "BottomCenter", "Y": 0.06, "FontColor": "#FFFFFF", "Outline": 3,
            "OutlineColour": "#000000", "FontFace": {"Bold": True, "Italic": False, "Underline": False},
            "AdaptMode": "AutoWrap", "TextWidth": 0.68, "NeedHighlighting": True,
            "HighlightingStyle": HIGHLIGHT})
    notes: dict[str, Any] = {"Version": 1, "Mode": "Live"}
    if kind != "background":
        notes |= {"Comment": "HighlightWords are drawn in HighlightingStyle when they are said.",
                  "HighlightWords": ["Cuelight"]}
    if kind != "captions":
        notes["Fallback"] = "background"
    return dump({"Comment": "A Cuelight Timeline. Run it: cuelight live THIS_FILE --to rtmp://…",
                 "VideoTracks": tracks, "Cuelight": notes}) + "\n"


def expand_secrets(text: str, env: Mapping[str, str] = os.environ) -> str:
    """Return `text` with `${NAME}` taken from `env` and `${file:/path}` from the first line of that file.

    Only for the URL handed to a source or sink; documents, logs and journals keep the unexpanded form.
    Raises OptionError when a variable is not set or a file cannot be read.
    """
    def value(match: re.Match[str]) -> str:
        if match["file"]:
            try:
                lines = Path(match["file"]).read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise OptionError(f"The secret file {match['file']} cannot be read ({type(error).__name__})",
                                  "Put the secret on its first line") from None
            if not lines or not lines[0].strip():
                raise OptionError(f"The secret file {match['file']} is empty", "Put the secret on its first line")
            return lines[0].strip()
        if not env.get(match["name"]):
            raise OptionError(f"The environment variable {match['name']} is not set",
                              f"Set it: export {match['name']}=…")
        return env[match["name"]]

    return _SECRET.sub(value, text)
