"""transparent: pictures and text composed on nothing: the result has an alpha plane, its colours are straight."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numba import types

from stream.media import Plane, VideoFrame, new_frame
from stream.render.compositor import Canvas, Picture, lay_raster, place
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel
from stream.render.raster import Raster


def compose_clear(canvas: Canvas, pictures: Sequence[Picture], rasters: Sequence[Raster] = ()) -> VideoFrame:
    """Return the pictures, bottom first, then the rasters, on a transparent canvas, as a frame with alpha.

    Composed twice by the opaque compositor's own arithmetic: the colours from zero, which leaves them
    multiplied by their opacity, and white from zero, which is that opacity; then divided.
    """
    out, cover = _zero(canvas), _zero(canvas)
    for picture in pictures:
        place(out, picture)
        place(cover, replace(picture, frame=_white(picture.frame)))
    for raster in rasters:
        lay_raster(out, raster)
        lay_raster(cover, replace(raster, y=255 - raster.ia, u=255 - raster.ia2, v=255 - raster.ia2))
    result = new_frame(canvas.width_px, canvas.height_px, alpha=True,
                       pts_ns=pictures[0].frame.pts_ns if pictures else 0)
    assert result.a is not None
    result.a[:] = cover.y
    for plane, source, alpha, clear in ((result.y, out.y, cover.y, 16), (result.u, out.u, cover.u, 128),
                                        (result.v, out.v, cover.u, 128)):
        _divide(source, alpha, clear, plane)
    return result


def _zero(canvas: Canvas) -> VideoFrame:
    frame = new_frame(canvas.width_px, canvas.height_px)
    frame.y[:], frame.u[:], frame.v[:] = 0, 0, 0
    return frame


def _white(frame: VideoFrame) -> VideoFrame:
    """A frame of 255 in every plane, cut out as `frame` is."""
    white = np.broadcast_to(np.uint8(255), frame.y.shape)
    half = np.broadcast_to(np.uint8(255), frame.u.shape)
    return replace(frame, y=white, u=half, v=half, av=None)


@kernel(PLANE_IN, PLANE_IN, types.int64, PLANE_OUT)
def _divide(source: Plane, alpha: Plane, clear: int, out: Plane) -> None:
    """Undo a multiplication by alpha, rounded to nearest; where nothing is, `clear`."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            a = np.uint32(alpha[y, x])
            if a == 0:
                out[y, x] = np.uint8(clear)
            else:
                value = (np.uint32(source[y, x]) * np.uint32(255) + a // np.uint32(2)) // a
                out[y, x] = np.uint8(min(value, np.uint32(255)))
