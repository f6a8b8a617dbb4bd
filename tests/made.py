"""made: media that tests make for themselves: moving pictures, clicks, whole files."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from stream.codecs.encode import AudioEncoder, Rendition, VideoEncoder
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, Setup, VideoFrame, new_frame

WIDTH, HEIGHT, RATE = 160, 96, 30
SMALL = Rendition(WIDTH, HEIGHT, Fraction(RATE), video_bitrate=400_000, gop_s=1.0, encoder="libx264")


def picture(number: int, width_px: int = WIDTH, height_px: int = HEIGHT, pts_ns: int | None = None) -> VideoFrame:
    """A picture that differs from its neighbours: slanted bars moving to the left."""
    frame = new_frame(width_px, height_px, pts_ns=number * NS // RATE if pts_ns is None else pts_ns)
    x, y = np.meshgrid(np.arange(width_px), np.arange(height_px))
    frame.y[:] = 40 + (x * 3 + y * 5 + number * 11) % 180
    frame.u[:], frame.v[:] = 100 + number % 50, 150 - number % 50
    return frame


def video_packets(count: int, rendition: Rendition = SMALL) -> list[Packet]:
    """`count` moving pictures, encoded as the product does."""
    encoder = VideoEncoder(rendition)
    packets = [p for n in range(count) for p in encoder.encode(picture(n, rendition.width_px, rendition.height_px))]
    return packets + encoder.flush()


def click_and_flash(seconds: int, codec: str = "aac", at_s: int = 1) -> list[Packet]:
    """Black picture and silence, a white picture and a click together at `at_s`, in decoding order."""
    rendition = Rendition(WIDTH, HEIGHT, Fraction(RATE), video_bitrate=400_000, gop_s=1.0, audio_codec=codec,
                          encoder="libx264")
    video, audio = VideoEncoder(rendition), AudioEncoder(rendition)
    packets: list[Packet] = []
    for number in range(seconds * RATE):
        frame = new_frame(WIDTH, HEIGHT, pts_ns=number * NS // RATE)
        frame.y[:], frame.u[:], frame.v[:] = 235 if number == at_s * RATE else 16, 128, 128
        packets += video.encode(frame)
        packets += audio.encode(AudioFrame(clicks(number * 1600, 1600, at_s), number * NS // RATE))
    return sorted([*packets, *video.flush(), *audio.flush()], key=lambda p: p.dts_ns)


def clicks(first: int, count: int, at_s: int = 1) -> Any:
    """48 kHz stereo samples from number `first` on: 0.5 ms of full level at `at_s`."""
    sample = np.arange(first, first + count)
    loud = (sample >= at_s * SAMPLE_RATE_HZ) & (sample < at_s * SAMPLE_RATE_HZ + 24)
    return np.repeat(np.where(loud, np.float32(0.9), np.float32(0))[None], 2, axis=0)


def setups_of(packets: list[Packet]) -> list[Setup]:
    """The Setups of `packets`, each object once, video first."""
    return sorted({id(p.setup): p.setup for p in packets}.values(), key=lambda s: s.kind != "video")


def first_loud(frames: list[AudioFrame], level: float = 0.3) -> float:
    """The time in seconds of the first sample above `level`."""
    for frame in frames:
        loud = np.abs(frame.samples[0]) > level
        if loud.any():
            return frame.pts_ns / NS + int(np.argmax(loud)) / frame.rate_hz
    raise AssertionError("there is no click")


def clip(path: Path, codec: str = "libx264", frames: int = 45, *, options: Mapping[str, str] = {}, rate: int = RATE,
         pixels: str = "yuv420p", sound: str = "", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    """A file of moving pictures, written by FFmpeg's own encoders, with a second of click before `sound` if named."""
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream(codec, rate=rate, options=dict(options), width=size[0], height=size[1])
        video.pix_fmt = pixels
        audio: Any = file.add_stream(sound, rate=SAMPLE_RATE_HZ) if sound else None
        for number in range(frames):
            file.mux(video.encode(picture(number, *size).av.reformat(format=pixels)))
            if audio is not None:
                file.mux(audio.encode(_sound(number * SAMPLE_RATE_HZ // rate, SAMPLE_RATE_HZ // rate)))
        file.mux(video.encode(None))
        if audio is not None:
            file.mux(audio.encode(None))
    return path


def _sound(first: int, count: int) -> Any:
    sound = av.AudioFrame.from_ndarray(clicks(first, count), format="fltp", layout="stereo")
    sound.sample_rate, sound.pts, sound.time_base = SAMPLE_RATE_HZ, first, Fraction(1, SAMPLE_RATE_HZ)
    return sound


def pixels_of(frames: list[VideoFrame]) -> dict[int, bytes]:
    """Every frame's pixels by its index."""
    return {f.index: f.y.tobytes() + f.u.tobytes() + f.v.tobytes() for f in frames}


async def each(packets: list[Packet]) -> Any:
    """`packets` as an asynchronous iterator."""
    for packet in packets:
        yield packet


def file_packets(path: Path) -> Iterator[tuple[int, int, int, bytes]]:
    """(stream, pts, dts, data) of every packet, as PyAV reads the file."""
    with av.open(str(path)) as file:
        for packet in file.demux():
            if packet.size:
                yield packet.stream_index, packet.pts or 0, packet.dts or 0, bytes(packet)
