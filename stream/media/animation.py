"""animation: an animated WebP, which FFmpeg does not decode, as a film of whole pictures that it does."""

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.errors import MediaError
from stream.media.image import header_of

MAX_PX = 1 << 30
"""All pictures of one animation together."""
_BACKGROUND, _OVERWRITE = 1, 2
_REMEDY = "Save it again, or as a video"
Rgba = NDArray[np.uint8]


def moves(data: bytes) -> bool:
    """Whether `data`, a file's beginning, is an animated WebP."""
    return data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X" and len(data) > 20 and bool(data[20] & 2)


def pictures(data: bytes) -> Iterator[tuple[Rgba, int]]:
    """Yield each picture of an animated WebP, RGBA (h, w, 4) with straight alpha, and how many ms it stays.

    WebP Container Specification: frames are laid over or replace what was there, and may be cleared afterwards.
    MediaError for a file that is damaged or larger than `MAX_PX`.
    """
    header = header_of(data)
    if header is None:
        raise MediaError("An animated WebP is damaged", _REMEDY)
    canvas = np.zeros((header.height_px, header.width_px, 4), np.uint8)
    spent = 0
    for kind, body in _chunks(data[12:]):
        if kind != b"ANMF" or len(body) < 24:
            continue
        spent += header.width_px * header.height_px
        if spent > MAX_PX:
            raise MediaError("An animated WebP is too large to be shown", _REMEDY)
        x, y, wide, high, stays = (int.from_bytes(body[k:k + 3], "little") for k in range(0, 15, 3))
        part = canvas[2 * y:2 * y + high + 1, 2 * x:2 * x + wide + 1]
        drawn = _decoded(body[16:], wide + 1, high + 1)[:part.shape[0], :part.shape[1]]
        if part.shape != drawn.shape:
            raise MediaError("An animated WebP has a frame outside its picture", _REMEDY)
        part[:] = drawn if body[15] & _OVERWRITE else _over(drawn, part)
        yield canvas.copy(), stays
        if body[15] & _BACKGROUND:
            part[:] = 0


def film(data: bytes) -> io.BytesIO:
    """Return an animated WebP as a QuickTime file of PNG pictures, each as long as it is shown (at least 10 ms)."""
    import av

    out, tick = io.BytesIO(), Fraction(1, 1000)
    try:
        with av.open(out, "w", format="mov") as file:
            stream: Any = None
            at_ms = 0
            for rgba, stays in pictures(data):
                if stream is None:
                    stream = file.add_stream("png", rate=1000)
                    stream.width, stream.height, stream.pix_fmt = rgba.shape[1], rgba.shape[0], "rgba"
                    stream.codec_context.time_base = tick
                frame = av.VideoFrame.from_ndarray(rgba, format="rgba")
                frame.pts, frame.time_base = at_ms, tick
                lasts = stays if stays >= 10 else 100  # as browsers do
                for packet in stream.encode(frame):
                    packet.duration = lasts
                    file.mux(packet)
                at_ms += lasts
    except av.FFmpegError as error:
        raise MediaError("An animated WebP cannot be taken apart", _REMEDY) from error
    if stream is None:
        raise MediaError("An animated WebP has no pictures", _REMEDY)
    return io.BytesIO(out.getvalue())


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8:at + 8 + size]
        at += 8 + size + (size & 1)


def _decoded(chunks: bytes, width_px: int, height_px: int) -> Rgba:
    """One frame's own picture, wrapped as the still WebP that it would be."""
    import av

    kinds = [kind for kind, _ in _chunks(chunks)]
    extended = struct.pack("<4sIB3x", b"VP8X", 10, 0x10 if b"ALPH" in kinds else 0)
    extended += (width_px - 1).to_bytes(3, "little") + (height_px - 1).to_bytes(3, "little")
    body = b"WEBP" + (extended if b"VP8 " in kinds else b"") + chunks
    try:
        with av.open(io.BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body), "r", format="webp_pipe") as file:
            picture: Any = next(file.decode(video=0))
            is_rgb = picture.format.is_rgb
            rgba: Rgba = picture.reformat(format="rgba", src_colorspace=None if is_rgb else 5,
                                          src_color_range=None if is_rgb else picture.color_range or 1,
                                          interpolation=4 | 0x40000).to_ndarray()
    except (OSError, ValueError, StopIteration, IndexError) as error:
        raise MediaError("A frame of an animated WebP is damaged", _REMEDY) from error
    return rgba


def _over(top: Rgba, under: Rgba) -> Rgba:
    """`top` laid over `under`, both with straight alpha."""
    a, b = top[:, :, 3:].astype(np.float32) / 255, under[:, :, 3:].astype(np.float32) / 255
    kept = b * (1 - a)
    total = a + kept
    color = (top[:, :, :3] * a + under[:, :, :3] * kept) / np.maximum(total, 1e-6)
    mixed: Rgba = np.rint(np.concatenate((color, total * 255), axis=2)).astype(np.uint8)
    return mixed
