"""asked: what a live run was asked for, and whether it can be had."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from stream.codecs.mux import CONTAINERS
from stream.errors import ModelError, OptionError
from stream.plugins import load
from stream.protocols.rtmp import parse_url
from stream.timeline.facts import Facts, is_live_url
from stream.timeline.program import Hearing
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document, from_value


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What the operator asked for. `document` names its live clip; `to` are sinks' URLs, unexpanded.

    `delay_s` None lets the words decide how long the programme is held. `cc` "608" puts the captions also beside the
    pictures, for players to switch on and off.
    """

    document: Document
    to: tuple[str, ...] = ()
    record: Path | None = Path("recordings")
    show: str = "live"
    delay_s: float | None = 0.0
    for_s: float = 0.0
    size: tuple[int, int] | None = None
    rate: Fraction | None = None
    platform: str = "youtube"
    preset: str = "superfast"
    bitrate: int = 0
    provider: str = "auto"
    caption_audio: str = ""
    cc: str = ""
    source_options: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    media_root: Path | None = None


def source_of(document: Document) -> str:
    """Return the URL of the document's live clip (unexpanded); OptionError when it has none or several."""
    urls = list(dict.fromkeys(ref.url for ref in document.media_urls() if is_live_url(ref.url)))
    if len(urls) != 1:
        raise OptionError(f"this Timeline has {len(urls) or 'no'} live input{'s' if urls else ''}",
                          "Give one clip a MediaURL such as rtmp-listen://0.0.0.0:1935/live/${KEY}")
    return urls[0]


def check_target(url: str) -> None:
    """Raise OptionError for an output (expanded) that can never work: better now than when the show begins."""
    scheme, colon, _ = url.partition("://")
    if colon and scheme != "file":
        load("stream.sinks", scheme)
        if scheme in ("rtmp", "rtmps"):
            parse_url(url)
    elif not (url.endswith("/") or Path(url).is_dir() or Path(url).suffix.lower() in CONTAINERS):
        raise OptionError(f"--to {url} does not say what kind of file to write",
                          f"End it in one of {' '.join(CONTAINERS)}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The engines that a document asks for: how speech is heard (None: not at all), the matte's model ("": none)."""

    hearing: Hearing | None
    model: str

    def check(self) -> None:
        """Raise ModelError or OptionError for an engine that cannot work here: better now than when the show begins."""
        if self.hearing is None:
            return
        for name in filter(None, (self.hearing.engine, self.hearing.second)):
            engine: Any = load("models.asr", name.partition(":")[0])
            folder = name.partition(":")[2]
            if folder:
                engine.check(Path(folder))
            elif missing := engine.available():
                raise ModelError(f"the engine {name} cannot be used: {missing}", "See what is here: cuelight models")
        self._check_second()

    def _check_second(self) -> None:
        """Raise OptionError where nothing here can write the second language."""
        assert self.hearing is not None
        if not self.hearing.translate or self.hearing.translator:
            return
        engine, into = self.hearing.engine.partition(":")[0], self.hearing.translate
        if engine != "whisper" or into.lower().partition("-")[0] != "en":
            raise OptionError(f"the engine {engine} does not translate into {into!r}", "whisper does, into en; for "
                              "others give --translator the folder of a model in CTranslate2's format")


def engines_wanted(document: Document) -> Wanted:
    """Return which engines the document asks for."""
    program = resolve(document, Facts())
    matte = next((layer.matte for layer in program.layers if layer.matte is not None), None)
    specs = [layer.captions for layer in program.layers] + [
        sound.captions for sound in program.sounds if sound.captions and not sound.captions.said]
    hearing = next((spec.hearing for spec in specs if spec is not None), None)
    return Wanted(hearing, matte.model if matte else "")


def noted(document: Document, notes: Mapping[str, Any]) -> Document:
    """Return `document` with `notes` in its Cuelight.Captions, over what it says there."""
    if not notes:
        return document
    inside = document.root.removeprefix("$").removeprefix(".")
    timeline = document.value.get(inside) if inside else document.value
    if not isinstance(timeline, dict):
        raise OptionError("flags about speech cannot be laid over a Timeline that is kept as text in another document",
                          "Write them into its Cuelight.Captions")
    own = dict(timeline.get("Cuelight") or {})
    own["Captions"] = dict(own.get("Captions") or {}) | dict(notes)
    timeline = timeline | {"Cuelight": own}
    return from_value(document.value | {inside: timeline} if inside else timeline)


def rename(value: Any, names: Mapping[str, str]) -> Any:
    """Return JSON `value` with every string that is a key of `names` replaced."""
    if isinstance(value, dict):
        return {key: rename(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [rename(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value
