"""media: Packet, VideoFrame, AudioFrame: the only door to PyAV's types."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

NS = 1_000_000_000
SAMPLE_RATE_HZ = 48_000
Plane = NDArray[np.uint8]
Matrix = Literal["bt601", "bt709"]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a decoder must know before the first packet of one track, and what is known of the track.

    `codec` is FFmpeg's codec name ("h264", "hevc", "av1", "aac", "opus", …); `extradata` its
    configuration record (avcC, AudioSpecificConfig, OpusHead, …). Zeros mean "not known".
    """

    kind: Literal["video", "audio"]
    codec: str
    extradata: bytes = b""
    width_px: int = 0
    height_px: int = 0
    rate: Fraction | None = None
    rotation_deg: int = 0
    sample_rate_hz: int = 0
    channels: int = 0
    name: str = ""

    def describe(self) -> str:
        """Return what a person calls it: "1280x720@30 H.264", "AAC 48 kHz"."""
        title = {"h264": "H.264", "hevc": "HEVC", "av1": "AV1"}.get(self.codec, self.codec.upper())
        if self.kind == "video":
            rate = f"@{float(self.rate):g}" if self.rate else ""
            return f"{self.width_px}x{self.height_px}{rate} {title}"
        return f"{title} {self.sample_rate_hz / 1000:g} kHz" if self.sample_rate_hz else title


@dataclass(frozen=True, slots=True)
class Packet:
    """One encoded access unit of one track.

    Times are in ns on the source's own clock. `setup` is the same object for every packet until the
    track's configuration changes; `connection` grows when the source was connected anew, and times
    may then start again anywhere. `lost_before` says that the source knows packets are missing.
    """

    setup: Setup
    pts_ns: int
    dts_ns: int
    is_key: bool
    data: bytes
    duration_ns: int = 0
    track: int = 0
    connection: int = 0
    lost_before: bool = False


@dataclass(slots=True)
class VideoFrame:
    """An 8-bit 4:2:0 picture: planes y (h, w), u and v (ceil(h/2), ceil(w/2)), optional alpha a (h, w).

    Planes are views on `av`, PyAV's frame, and a decoder may still refer to it: never write into a
    frame you did not make. `index` is the number of the packet it came from in its input, or -1.
    """

    y: Plane
    u: Plane
    v: Plane
    pts_ns: int = 0
    matrix: Matrix = "bt709"
    full_range: bool = False
    a: Plane | None = None
    index: int = -1
    av: Any = field(default=None, repr=False)

    @property
    def width_px(self) -> int:
        return int(self.y.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.y.shape[0])

    def at(self, pts_ns: int) -> "VideoFrame":
        """Return the same picture (shared planes) for another time."""
        return replace(self, pts_ns=pts_ns)


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """Sound: `samples` float32, shape (channels, n), at `rate_hz`; the first sample is at `pts_ns`."""

    samples: NDArray[np.float32]
    pts_ns: int
    rate_hz: int = SAMPLE_RATE_HZ

    @property
    def end_ns(self) -> int:
        return self.pts_ns + int(self.samples.shape[1]) * NS // self.rate_hz


def new_frame(width_px: int, height_px: int, *, alpha: bool = False, matrix: Matrix = "bt709",
              full_range: bool = False, pts_ns: int = 0) -> VideoFrame:
    """Return a writable frame with undefined pixels, backed by memory an encoder can take as it is."""
    import av

    frame = av.VideoFrame(width_px, height_px, "yuva420p" if alpha else "yuv420p")
    frame.colorspace = _COLORSPACE[matrix]
    frame.color_range = 2 if full_range else 1
    return _wrap(frame, pts_ns, matrix, full_range)


def from_av(frame: Any, pts_ns: int, index: int = -1) -> VideoFrame:
    """Return PyAV's `frame` as a VideoFrame; what is not 8-bit 4:2:0 is converted once, here.

    The matrix is the stream's, or by size where the stream does not say (BT.601 below 720 lines).
    """
    matrix: Matrix = ("bt709" if frame.colorspace == 1 else "bt601" if frame.colorspace in (4, 5, 6)
                      else "bt709" if frame.height >= 720 else "bt601")
    name = frame.format.name
    full_range = name.startswith("yuvj") or frame.color_range == 2
    if name not in ("yuv420p", "yuvj420p", "yuva420p"):
        has_alpha = any(c.name == "A" or c.is_alpha for c in frame.format.components)
        rgb = frame.format.is_rgb
        if rgb:
            matrix, full_range = "bt709", False
        target = "yuva420p" if has_alpha else "yuv420p"
        frame = frame.reformat(format=target, src_colorspace=None if rgb else _COLORSPACE[matrix],
                               dst_colorspace=_COLORSPACE[matrix], threads=1,
                               dst_color_range=2 if full_range else 1)
    return _wrap(frame, pts_ns, matrix, full_range, index)


def from_rgb(rgb: NDArray[np.uint8], pts_ns: int = 0) -> VideoFrame:
    """Return an RGB (h, w, 3) or RGBA (h, w, 4, straight alpha) picture as a BT.709 limited frame."""
    import av

    has_alpha = rgb.shape[2] == 4
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgba" if has_alpha else "rgb24")
    return from_av(frame, pts_ns)


class Scaler:
    """Scales frames with swscale, one thread; keep one per place and size (it caches its tables)."""

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformat = VideoReformatter()

    def frame(self, source: VideoFrame, width_px: int, height_px: int, *, matrix: Matrix = "bt709",
              full_range: bool = False) -> VideoFrame:
        """Return `source` at another size and in the given matrix and range; itself if it fits already."""
        if (source.width_px, source.height_px, source.matrix, source.full_range) == (width_px, height_px, matrix,
                                                                                   full_range):
            return source
        out = self._reformat.reformat(
            _plain(source), width_px, height_px, "yuva420p" if source.a is not None else "yuv420p",
            src_colorspace=_COLORSPACE[source.matrix], dst_colorspace=_COLORSPACE[matrix],
            src_color_range=2 if source.full_range else 1, dst_color_range=2 if full_range else 1,
            interpolation="BICUBIC", threads=1)
        return _wrap(out, source.pts_ns, matrix, full_range, source.index)

    def rgb(self, source: VideoFrame, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return `source` as RGB, shape (height, width, 3), contiguous."""
        out = self._reformat.reformat(_plain(source), width_px, height_px, "rgb24",
                                      src_colorspace=_COLORSPACE[source.matrix],
                                      src_color_range=2 if source.full_range else 1, interpolation="BILINEAR",
                                      threads=1)
        plane: Any = out.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        return np.ascontiguousarray(rows[:, :width_px * 3]).reshape(height_px, width_px, 3)


_COLORSPACE = {"bt709": 1, "bt601": 5}


def _plain(frame: VideoFrame) -> Any:
    """PyAV's frame behind `frame`, made from the planes where there is none."""
    if frame.av is not None:
        return frame.av
    copy = new_frame(frame.width_px, frame.height_px, alpha=frame.a is not None, matrix=frame.matrix,
                     full_range=frame.full_range)
    copy.y[:], copy.u[:], copy.v[:] = frame.y, frame.u, frame.v
    if copy.a is not None and frame.a is not None:
        copy.a[:] = frame.a
    return copy.av


def _wrap(frame: Any, pts_ns: int, matrix: Matrix, full_range: bool, index: int = -1) -> VideoFrame:
    width, height = frame.width, frame.height
    half_w, half_h = (width + 1) // 2, (height + 1) // 2
    sizes = ((height, width), (half_h, half_w), (half_h, half_w), (height, width))
    planes = [np.frombuffer(p, np.uint8).reshape(-1, p.line_size)[:h, :w]
              for p, (h, w) in zip(frame.planes, sizes, strict=False)]
    return VideoFrame(planes[0], planes[1], planes[2], pts_ns, matrix, full_range,
                      planes[3] if len(planes) > 3 else None, index, frame)
