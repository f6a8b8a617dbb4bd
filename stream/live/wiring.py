"""wiring: a live Program, its input and its engines put together into a Session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from stream.clock import Clock
from stream.codecs.encode import rendition_for
from stream.live.captions import caption
from stream.live.delay import AutoDelay
from stream.media import VideoFrame
from stream.recording.folder import Recording, free_path
from stream.render.text import Typesetter
from stream.run.closed import ClosedCaptions, rolls
from stream.run.inputs import Input, Parts
from stream.run.loading import Engines
from stream.run.mixer import Mixer, live_lanes
from stream.run.outputs import Output
from stream.run.painter import Painter
from stream.run.rasters import Rasters
from stream.run.session import Session, live_layers
from stream.timeline.facts import shown_url
from stream.timeline.program import Cue, Program
from stream.timeline.starters import expand_secrets


class Options(Protocol):
    """What of the operator's options is wired (LiveOptions has it)."""

    @property
    def to(self) -> tuple[str, ...]: ...
    @property
    def show(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def preset(self) -> str: ...
    @property
    def bitrate(self) -> int: ...
    @property
    def caption_audio(self) -> str: ...
    @property
    def cc(self) -> str: ...
    @property
    def env(self) -> Mapping[str, str]: ...


class OpenInput(Protocol):
    """Makes an input of this run."""

    def __call__(self, name: str, url: str, options: Mapping[str, str], *, leads: bool) -> Input: ...


@dataclass(frozen=True, slots=True)
class Wires:
    """What `assemble` puts together."""

    program: Program
    clock: Clock
    parts: Parts
    main: Input
    url: str
    engines: Engines
    typesetter: Typesetter
    images: Mapping[str, VideoFrame]
    recording: Recording | None
    options: Options
    open: OpenInput
    started: datetime
    delay: AutoDelay | None = None


def assemble(w: Wires) -> Session:
    """Return the Session: painter, mixer, encoder and sinks, matte, captions and recording wired to the main input."""
    program, main = w.program, w.main
    layers = live_layers(program)
    rasters = Rasters(w.typesetter, program)
    painter = Painter(program, rasters, w.images, hashes=w.recording is not None)
    mixer = Mixer(w.parts.metrics, w.parts.changed.set, program.ducking)
    rendition = rendition_for(program.width_px, program.height_px, program.rate, w.options.platform, w.options.preset)
    if w.options.bitrate:
        rendition = replace(rendition, video_bitrate=w.options.bitrate)
    output = Output(rendition, w.parts)
    for target in w.options.to:
        _add_sink(w, output, target)
    session = Session(program, w.clock, w.parts, painter, [output], {layer.id: main for layer in layers},
                      mixer=mixer, reading=frozenset({main.name}))
    main.play, main.played = live_lanes(mixer, [sound for sound in program.sounds if sound.url == w.url])
    main.shelf.expected = main.watch.video is not None
    matted = next((layer for layer in layers if layer.matte is not None), None)
    if matted is not None and w.engines.segmenter is not None:
        main.shelf.wants_matte = True
        session.segmenters[matted.id] = w.engines.segmenter
    caption(w, session, rasters)
    if w.recording is not None:
        recording, size = w.recording, (program.width_px, program.height_px)
        session.log = recording.tick
        _tell_cues(session, lambda cue: recording.cue(cue, size))
    _tell_cues(session, session.feed.show)
    if w.options.cc:
        output.closed = ClosedCaptions(program.rate, rolling=rolls(program), live=True, tell=w.parts.tell)
        _tell_cues(session, output.closed.show)
    return session


def _tell_cues(session: Session, take: Callable[[Cue], None]) -> None:
    """Let `take` have each cue as it will be shown, after those who have it already."""
    before = session.cued

    def cued(cue: Cue) -> None:
        if before is not None:
            before(cue)
        take(cue)

    session.cued = cued


def _add_sink(w: Wires, output: Output, target: str) -> None:
    url, shown = expand_secrets(target, w.options.env), shown_url(target)
    if "://" not in url:
        path = Path(url)
        if url.endswith("/") or path.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            path = path / f"{w.options.show}-{w.started:%Y-%m-%d}-1.mp4"
        free = free_path(path)
        if free != path:
            w.parts.tell(f"{path} exists: writing {free.name} beside it")
        url = shown = str(free)
    output.add(url, shown, {})
