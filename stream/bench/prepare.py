"""prepare: encodes the clips that benches publish: the scene, or a person, with bar code, flashes and clicks."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from stream.codecs.decode import VideoDecoder
from stream.codecs.demux import Demuxer
from stream.codecs.encode import AudioEncoder, Rendition, VideoEncoder
from stream.codecs.mux import Muxer
from stream.errors import MediaError
from stream.marks import barcode, scene
from stream.marks.barcode import Place
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, Scaler, VideoFrame, new_frame

DEMO = Path(__file__).resolve().parents[2] / "deploy" / "demo"
PERSON = DEMO / "clip.mp4"
CHEST = Place(0.3086, 0.7222, 0.2672, 0.0973)
RATE = Fraction(30)
Content = Literal["scene", "person"]


def prepare(path: Path, content: Content, size: tuple[int, int], seconds: float, *, kbps: int = 4000,
            speech: bool = True) -> Path:
    """Write `seconds` of `content` to `path` (MP4) and return it; the bar code counts from the file's time zero.

    In the scene the code lies at the top; on a person it lies on the chest, where a matte keeps it. MediaError
    when the person's clip is not there.
    """
    width, height = size
    rendition = Rendition(width, height, RATE, video_bitrate=kbps * 1000, encoder="libx264")
    pictures = _scene(size) if content == "scene" else _person(size)
    place = barcode.TOP if content == "scene" else CHEST
    video, audio = VideoEncoder(rendition), AudioEncoder(rendition)
    muxer = Muxer(path, [video.setup, audio.setup])
    sound = scene.Sound(RATE, speech=speech, clicks=True)
    try:
        for frame in range(round(seconds * RATE)):
            picture = next(pictures)
            scene.mark(picture, frame, RATE, place)
            start, end = (n * SAMPLE_RATE_HZ // 30 for n in (frame, frame + 1))
            heard = AudioFrame(sound.samples(start, end - start), start * NS // SAMPLE_RATE_HZ)
            _write(muxer, [*video.encode(picture.at(scene.time_ns(frame, RATE))), *audio.encode(heard)])
        _write(muxer, [*video.flush(), *audio.flush()])
    finally:
        muxer.close()
    return path


def _write(muxer: Muxer, packets: list[Packet]) -> None:
    for packet in packets:
        muxer.write(packet)


def _scene(size: tuple[int, int]) -> Iterator[VideoFrame]:
    picture, frame = scene.Picture(*size), 0
    while True:
        yield picture.draw(frame, RATE, flash=scene.flashes(frame, RATE))
        frame += 1


def _person(size: tuple[int, int]) -> Iterator[VideoFrame]:
    """Yield the demo's pictures at `size`, forwards and over again, each a writable copy."""
    if not PERSON.exists():
        raise MediaError(f"{PERSON} is not there", "Run from a checkout, or measure --content scene")
    scaler = Scaler()
    while True:
        demuxer = Demuxer(str(PERSON))
        try:
            decoder: VideoDecoder | None = None
            for index, packet in enumerate(p for p in demuxer.packets() if p.setup.kind == "video"):
                decoder = decoder or VideoDecoder(packet.setup)
                for shown in decoder.decode(packet, index):
                    yield _copy(scaler.frame(shown, *size))
        finally:
            demuxer.close()


def _copy(frame: VideoFrame) -> VideoFrame:
    out = new_frame(frame.width_px, frame.height_px, matrix=frame.matrix, full_range=frame.full_range)
    out.y[:], out.u[:], out.v[:] = frame.y, frame.u, frame.v
    return replace(out, index=frame.index)
