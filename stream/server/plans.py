"""plans: a session as callers ask for it, and the same as a live run's options."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from stream.errors import OptionError
from stream.live.asked import LiveOptions, noted, source_of
from stream.server.config import Config
from stream.server.gate import Gate
from stream.timeline.facts import is_live_url
from stream.timeline.schema import Document, from_value
from stream.timeline.starters import HIGHLIGHT, live_document

NAME = r"^[a-z0-9][a-z0-9-]{0,47}$"
TAG = r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$"
Word = Annotated[str, Field(max_length=200)]
Url = Annotated[str, Field(min_length=1, max_length=4096)]
_NOTES = {"engine": "Engine", "second_engine": "SecondEngine", "language": "Language", "policy": "Policy",
          "paging": "Paging", "vocabulary": "Vocabulary", "replacements": "Replacements", "profanity": "Profanity",
          "speaker": "Speaker", "translate": "Translate", "translator": "Translator"}


class Plan(BaseModel):
    """What a session is to do: a live `timeline`, or a `source` and plain words (those of `cuelight live`)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"source": "test:", "to": ["show.mp4"], "language": "en", "highlight": ["Cuelight"], "for_s": 10}]})

    preset: str = Field("", pattern=r"^([a-z0-9][a-z0-9-]{0,47})?$", description="a preset whose members fill the gaps")
    timeline: dict[str, Any] | None = Field(None, description="a Timeline with one live clip")
    source: str = Field("", max_length=4096, description="rtmp-listen://0.0.0.0:1935/live/${CUELIGHT_KEY}, test:, …")
    background: str = Field("", max_length=4096, description="a picture of the media folder, blur, or #rrggbb")
    captions: bool = True
    caption_audio: str = Field("", max_length=4096, description="left, right, track:N or another source's URL")
    highlight: list[Word] | Literal["auto"] = Field(default_factory=list, max_length=1000)
    style: dict[str, Any] = Field(default_factory=dict, description="text members of a Timeline: Font, FontSize, …")
    engine: Word = ""
    second_engine: Word = ""
    language: str = Field("", pattern=TAG, max_length=60)
    policy: Literal["", "stable", "eager", "final"] = ""
    paging: Literal["", "pop-on", "roll-up"] = ""
    vocabulary: list[Word] = Field(default_factory=list, max_length=1000)
    replacements: dict[Word, Word] = Field(default_factory=dict, max_length=1000)
    profanity: Literal["", "off", "letter", "remove"] = ""
    spoken: bool = False
    speaker: Word = ""
    translate: str = Field("", pattern=TAG, max_length=60)
    translator: Word = ""
    cc: Literal["", "608"] = ""
    to: list[Url] = Field(default_factory=list, max_length=20, description="rtmp(s)://…, or a file's name")
    record: bool = True
    delay_s: float | Literal["auto"] = Field(0.0, description="0 to 60, or auto")
    for_s: float = Field(0.0, ge=0, le=864_000, description="end after this long; 0: when it is stopped")
    fallback: Literal["background", "blur", "pass"] = "background"
    matte: Literal["selfie", "selfie-landscape"] = "selfie"
    size: str = Field("", pattern=r"^(\d{2,4}x\d{2,4})?$")
    fps: str = Field("", max_length=20, description="30 or 30000/1001")
    platform: Literal["youtube", "twitch", "lan"] = "youtube"
    encoder: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "superfast"
    bitrate_kbps: int = Field(0, ge=0, le=100_000)
    resume: bool = Field(False, description="start it again when the server has been restarted while it ran")


def merged(plan: Mapping[str, Any], preset: Mapping[str, Any]) -> Plan:
    """Return a plan: what is said in `plan`, and in `preset` of what is not said there."""
    return Plan.model_validate({**preset, **plan})


def document_of(plan: Plan) -> Document:
    """Return the live Timeline of a plan; OptionError or DocumentError when there is none."""
    notes: dict[str, Any] = {shown: getattr(plan, name) for name, shown in _NOTES.items() if getattr(plan, name)}
    if plan.spoken:
        notes["HighlightMode"] = "Spoken"
    if plan.timeline is not None:
        if plan.source:
            raise OptionError("both a timeline and a source are given", "Give one of them")
        return noted(from_value(plan.timeline), notes)
    if not plan.source.strip():
        raise OptionError("neither a timeline nor a source is given", "Give one of them")
    words = () if plan.highlight == "auto" else tuple(plan.highlight)
    lit = {"NeedHighlighting": True, "HighlightingStyle": HIGHLIGHT} if plan.highlight == "auto" or plan.spoken else {}
    return live_document(live_url(plan.source), background=plan.background, captions=plan.captions,
                         matte=bool(plan.background), highlight=words, fallback=plan.fallback, model=plan.matte,
                         notes=notes, style={**lit, **plan.style} or None)


def live_url(source: str) -> str:
    """Return `source` as the URL of a live input: a file or web address is played at its own pace."""
    source = source.strip()
    if is_live_url(source):
        return source
    if source.startswith("test:"):
        return f"test://{source[5:]}"
    return f"live+{source}" if "://" in source else f"live+file://{source}"


async def options_of(plan: Plan, show: str, config: Config, gate: Gate) -> LiveOptions:
    """Return the plan as options of a live run, every URL of it having passed the gate.

    Raises what the gate refuses, and OptionError or DocumentError for a plan that cannot be.
    """
    document = document_of(plan)
    source_of(document)
    await gate.document(document)
    if "://" in plan.caption_audio:
        await gate.source(plan.caption_audio)
    to = tuple([await gate.sink(url) for url in plan.to])
    width, _, height = plan.size.partition("x")
    delay_s = None if plan.delay_s == "auto" else plan.delay_s
    if delay_s is not None and not 0 <= delay_s <= 60:
        raise OptionError(f"delay_s {delay_s} is no number of seconds from 0 to 60", "Or let the words decide: auto")
    return LiveOptions(
        document=document, to=to, record=config.recordings if plan.record else None, show=show, delay_s=delay_s,
        for_s=plan.for_s, size=(int(width) & ~1, int(height) & ~1) if plan.size else None, rate=_rate(plan.fps),
        platform=plan.platform, preset=plan.encoder, bitrate=plan.bitrate_kbps * 1000,
        caption_audio=plan.caption_audio, cc=plan.cc, env=gate.env, media_root=Path(config.media))


def _rate(text: str) -> Fraction | None:
    if not text:
        return None
    try:
        rate = Fraction(text) if re.fullmatch(r"[\d./]{1,20}", text) else Fraction(0)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 240:
        raise OptionError(f"fps {text} is no rate from 1 to 240", "Write 30 or 30000/1001")
    return rate
