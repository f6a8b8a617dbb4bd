"""media: Packet, VideoFrame, AudioFrame: the only door to PyAV's types."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stream.errors import MediaError

NS = 1_000_000_000
SAMPLE_RATE_HZ = 48_000
Plane = NDArray[np.uint8]
Matrix = Literal["bt601", "bt709"]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a decoder must know before the first packet of one track, and what is known of the track.

    `codec` is FFmpeg's codec name ("h264", "hevc", "av1", "aac", "opus", …); `extradata` its
    configuration record (avcC, AudioSpecificConfig, OpusHead, …). Zeros mean "not known". `shown_width_px` is
    the width in square pixels where it differs from `width_px` (0: it does not), `colors` what a container says
    of the colours: FFmpeg's numbers for matrix, primaries, transfer and range, with dots between.
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
    shown_width_px: int = 0
    colors: str = ""

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

    Planes are views on `av`, PyAV's frame, rows `line_size` bytes apart. A decoder may still refer to a
    frame it gave: never write into a frame you did not make (planes from `from_av` are read-only, those
    from `new_frame` writable). Alpha is straight (colours are not multiplied by it), 255 is opaque.
    `index` is the number of the packet it came from in its input, or -1.
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
class Matte:
    """What of a picture is kept: `alpha` 0 to 255 at the segmenter's size, covering the whole source picture.

    `index` is the number of the packet whose frame it was computed from.
    """

    alpha: Plane
    index: int


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
    return _wrap(frame, pts_ns, matrix, full_range, writable=True)


def from_av(frame: Any, pts_ns: int, index: int = -1) -> VideoFrame:
    """Return PyAV's `frame` as a read-only VideoFrame; what is not 8-bit 4:2:0 is converted once, here.

    The matrix is the stream's, or by size where the stream does not say (BT.601 below 720 lines), as
    players do. RGB becomes BT.709 limited. BT.2020 and other matrices become BT.709 (matrix only: HDR
    transfer curves are left as they are). Alpha, also a palette's, is kept. Raises MediaError for a
    pixel format that cannot be converted.
    """
    import av

    from stream.media.matrix import depalettised

    name = frame.format.name
    if name == "pal8":
        frame = av.VideoFrame.from_ndarray(depalettised(frame), format="rgba")
        name = "rgba"
    source, full_range = _color_of(frame)
    matrix: Matrix = "bt601" if source == _COLORSPACE["bt601"] else "bt709"
    if name not in ("yuv420p", "yuvj420p", "yuva420p") or source not in _COLORSPACE.values():
        is_rgb = frame.format.is_rgb
        try:
            frame = frame.reformat(format="yuva420p" if _has_alpha(name) else "yuv420p",
                                   src_colorspace=None if is_rgb else source, dst_colorspace=_COLORSPACE[matrix],
                                   src_color_range=None if is_rgb else 2 if full_range else 1, dst_color_range=1,
                                   interpolation=_EXACT | _BICUBIC, threads=1)
        except OSError as error:
            raise MediaError(f"Pictures in pixel format {name} cannot be converted",
                             "Encode the source as 8-bit 4:2:0") from error
        full_range = False
    return _wrap(frame, pts_ns, matrix, full_range, index)


def from_rgb(rgb: NDArray[np.uint8], pts_ns: int = 0) -> VideoFrame:
    """Return an RGB (h, w, 3) or RGBA (h, w, 4, straight alpha) picture as a BT.709 limited frame."""
    import av

    has_alpha = rgb.shape[2] == 4
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgba" if has_alpha else "rgb24")
    return from_av(frame, pts_ns)


def upright(frame: VideoFrame, rotation_deg: int) -> VideoFrame:
    """Return `frame` turned clockwise by `rotation_deg`, a multiple of 90, as Setup asks; itself for 0."""
    quarters = -rotation_deg // 90 % 4
    return _rearranged(frame, lambda plane: np.rot90(plane, quarters), bool(quarters % 2)) if quarters else frame


def mirrored(frame: VideoFrame) -> VideoFrame:
    """Return `frame` with left and right exchanged."""
    return _rearranged(frame, lambda plane: plane[:, ::-1], False)


def _rearranged(frame: VideoFrame, change: Callable[[Plane], Plane], on_side: bool) -> VideoFrame:
    width, height = (frame.height_px, frame.width_px) if on_side else (frame.width_px, frame.height_px)
    out = _like(frame, width, height, frame.matrix)
    for target, plane in zip(planes_of(out), planes_of(frame), strict=True):
        target[:] = change(plane)
    return out


def _like(frame: VideoFrame, width_px: int, height_px: int, matrix: Matrix) -> VideoFrame:
    """A writable frame with the alpha, range, time and index of `frame`."""
    out = new_frame(width_px, height_px, alpha=frame.a is not None, matrix=matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    out.index = frame.index
    return out


def planes_of(frame: VideoFrame) -> tuple[Plane, ...]:
    """Return the frame's planes: y, u, v and, where there is one, alpha."""
    return (frame.y, frame.u, frame.v) if frame.a is None else (frame.y, frame.u, frame.v, frame.a)


MAX_IMAGE_PX = 64_000_000


def read_image(data: bytes, *, max_px: int = MAX_IMAGE_PX) -> VideoFrame:
    """Return a JPEG, PNG, WebP, GIF or BMP picture (first one) upright, alpha kept, as a BT.709 limited frame.

    The size is read from the header before anything is decoded; more than `max_px` pixels, or a file
    that is none of these, is a MediaError.
    """
    import av

    from stream.media.animation import moves, pictures
    from stream.media.image import header_of

    header = header_of(data)
    if header is None:
        raise MediaError("This is no picture that can be read", "Use a JPEG, PNG, WebP, GIF or BMP file")
    if header.width_px * header.height_px > max_px:
        raise MediaError(f"A picture of {header.width_px}x{header.height_px} exceeds the limit of {max_px} pixels",
                         "Scale it down, or raise the limit")
    if moves(data):
        return from_rgb(next(pictures(data), (np.zeros((header.height_px, header.width_px, 4), np.uint8), 0))[0])
    try:
        with av.open(io.BytesIO(data), "r", format=header.demuxer) as container:
            decoded = next(container.decode(video=0))
    except (OSError, ValueError, StopIteration, IndexError) as error:
        raise MediaError("A picture is damaged: it cannot be decoded", "Save it again from an image editor") from error
    if decoded.width * decoded.height > max_px:
        raise MediaError("A picture lies about its size", "Save it again from an image editor")
    frame = Scaler().frame(from_av(decoded, 0), decoded.width, decoded.height)
    turned = upright(frame, header.rotation_deg)
    return mirrored(turned) if header.mirrored else turned


class Scaler:
    """Scales frames with swscale, one thread. Keeps its tables for the last few sizes; use one per place."""

    def __init__(self, kept: int = 8) -> None:
        self._kept = kept
        self._reformats: dict[tuple[object, ...], Any] = {}

    def frame(self, source: VideoFrame, width_px: int, height_px: int, *, matrix: Matrix = "bt709",
              full_range: bool = False) -> VideoFrame:
        """Return `source` at another size and in the given matrix and range; itself if it fits already."""
        if (source.width_px, source.height_px, source.matrix, source.full_range) == (width_px, height_px, matrix,
                                                                                   full_range):
            return source
        if matrix != source.matrix:  # swscale would go through 8-bit RGB and lose up to 5 levels
            return _in_matrix(self.frame(source, width_px, height_px, matrix=source.matrix, full_range=full_range),
                              matrix)
        pixels = "yuva420p" if source.a is not None else "yuv420p"
        plain = _plain(source)
        out = self._reformat(plain, width_px, height_px, pixels).reformat(
            plain, width_px, height_px, pixels,
            src_colorspace=_COLORSPACE[matrix], dst_colorspace=_COLORSPACE[matrix],
            src_color_range=2 if source.full_range else 1, dst_color_range=2 if full_range else 1,
            interpolation=_BICUBIC, threads=1)
        return _wrap(out, source.pts_ns, matrix, full_range, source.index, writable=out is not plain)

    def opaque(self, source: VideoFrame) -> VideoFrame:
        """Return `source` without its alpha, backed by a plain yuv420p frame that an encoder takes."""
        plain = _plain(source)
        if source.a is not None:
            plain = self._reformat(plain, "opaque").reformat(plain, format="yuv420p", threads=1)
        return _wrap(plain, source.pts_ns, source.matrix, source.full_range, source.index)

    def rgb(self, source: VideoFrame, width_px: int, height_px: int) -> NDArray[np.uint8]:
        """Return `source` (alpha dropped) as full-range RGB, shape (height, width, 3), contiguous."""
        plain = _plain(source)
        out = self._reformat(plain, width_px, height_px, "rgb24").reformat(
            plain, width_px, height_px, "rgb24", src_colorspace=_COLORSPACE[source.matrix],
            src_color_range=2 if source.full_range else 1, interpolation=_BILINEAR, threads=1)
        plane = out.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        return np.ascontiguousarray(rows[:, :width_px * 3]).reshape(height_px, width_px, 3)

    def _reformat(self, plain: Any, *target: object) -> Any:
        from av.video.reformatter import VideoReformatter

        key = (plain.width, plain.height, plain.format.name, plain.color_range, plain.colorspace, *target)
        if key not in self._reformats:
            if len(self._reformats) >= self._kept:
                del self._reformats[next(iter(self._reformats))]
            self._reformats[key] = VideoReformatter()
        return self._reformats[key]


# swscale's names for matrices and flags (libswscale/swscale.h); FFmpeg's AVColorSpace to the former.
_COLORSPACE = {"bt709": 1, "bt601": 5}
_SWS_OF_AVCOL = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
_BILINEAR, _BICUBIC, _EXACT = 2, 4, 0x40000


def _color_of(frame: Any) -> tuple[int, bool]:
    """The matrix of `frame` as swscale names it, and whether its range is full."""
    by_size = _COLORSPACE["bt709" if frame.format.is_rgb or frame.height >= 720 else "bt601"]
    name = frame.format.name
    gray = name.startswith(("gray", "ya8", "ya16"))
    full = name.startswith("yuvj") or frame.color_range == 2 or (gray and frame.color_range != 1)
    return _SWS_OF_AVCOL.get(frame.colorspace, by_size), full


def _has_alpha(name: str) -> bool:
    """Whether a pixel format has alpha, by its name (component flags of PyAV lie for some formats)."""
    return name.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "ayuv", "vuya"))


def _in_matrix(frame: VideoFrame, matrix: Matrix) -> VideoFrame:
    from stream.media.matrix import mix

    out = _like(frame, frame.width_px, frame.height_px, matrix)
    mix((frame.y, frame.u, frame.v), (out.y, out.u, out.v), frame.matrix, matrix, frame.full_range)
    if frame.a is not None and out.a is not None:
        out.a[:] = frame.a
    return out


def _plain(frame: VideoFrame) -> Any:
    """PyAV's frame behind `frame`, made from the planes where there is none."""
    if frame.av is not None:
        return frame.av
    return _rearranged(frame, lambda plane: plane, False).av


def _wrap(frame: Any, pts_ns: int, matrix: Matrix, full_range: bool, index: int = -1, *,
          writable: bool = False) -> VideoFrame:
    # The tags are settled here once: swscale's wrapper sets and restores them around each use of the
    # frame, and two threads doing so with differing values would scale with the wrong matrix.
    frame.colorspace, frame.color_range = _COLORSPACE[matrix], 2 if full_range else 1
    width, height = frame.width, frame.height
    half_w, half_h = (width + 1) // 2, (height + 1) // 2
    sizes = ((height, width), (half_h, half_w), (half_h, half_w), (height, width))
    planes = [np.frombuffer(p, np.uint8).reshape(-1, p.line_size)[:h, :w]
              for p, (h, w) in zip(frame.planes, sizes, strict=False)]
    if not writable:
        for plane in planes:
            plane.flags.writeable = False
    return VideoFrame(planes[0], planes[1], planes[2], pts_ns, matrix, full_range,
                      planes[3] if len(planes) > 3 else None, index, frame)
