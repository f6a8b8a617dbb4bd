"""drawn: filters that make a drawing or a cast of the picture from where it changes."""

import numpy as np
from numba import types

from stream.media import Plane, VideoFrame
from stream.render.effects.frames import GREY, Table, halved, like, limited, luma_table, toned
from stream.render.effects.soften import softened
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel


def applied(name: str, frame: VideoFrame) -> VideoFrame:
    """Return `frame` as the filter `name` of `grades.DRAWN` draws it."""
    smooth = softened(frame, 1, 1)
    edges = np.empty_like(frame.y)
    outline(smooth.y, 3 if name == "cartoon" else 4, edges)
    if name == "castfilter":
        out = like(frame)
        _emboss(smooth.y, out.y)
        out.u[:], out.v[:] = GREY, GREY
        return out
    if name == "blackwhitesketch":
        out = like(frame)
        out.y[:] = np.maximum(235 - np.minimum(edges, 219), 16)
        out.u[:], out.v[:] = GREY, GREY
        return out
    if name == "simplecrosshatch":
        out = like(frame)
        _hatch(smooth.y, max(frame.height_px // 90, 4), out.y)
        out.u[:], out.v[:] = GREY, GREY
        return out
    steps = 5 if name == "comicstrip" else 7
    flat = softened(frame, 2, 2)
    out = toned(flat, _steps(steps), (1.45, 0, 0, 1.45))
    ink = np.where(edges > 90, np.minimum(edges, 255), 0).astype(np.int32)
    out.y[:] = np.maximum(out.y - (out.y.astype(np.int32) - 16) * ink // 255, 16)
    if name == "comicstrip":
        _dots(out.y, max(frame.height_px // 120, 3))
    fade = halved(ink.astype(np.uint8)).astype(np.int32)
    for plane in (out.u, out.v):
        plane[:] = plane + (GREY - plane.astype(np.int32)) * fade // 255
    return out


def _steps(count: int) -> Table:
    luma = np.clip((luma_table(gamma=0.9).astype(np.float64) - 16) / 219, 0, 1)
    return np.rint(16 + 219 * np.clip((np.floor(luma * count) + 0.5) / count, 0, 1)).astype(np.uint8)


@kernel(PLANE_IN, types.int64, PLANE_OUT)
def outline(plane: Plane, gain: int, out: Plane) -> None:
    """Write how fast a plane changes at each pixel: `gain` / 4 times |dx| + |dy| of 3 x 3 Sobel, at most 255."""
    height, width = plane.shape
    for row in range(height):
        above, here, below = plane[max(row - 1, 0)], plane[row], plane[min(row + 1, height - 1)]
        for x in range(width):
            i, k = max(x - 1, 0), min(x + 1, width - 1)
            a, b, c, d = np.int64(above[i]), np.int64(above[k]), np.int64(below[i]), np.int64(below[k])
            across = b - a + d - c + 2 * (np.int64(here[k]) - here[i])
            down = c - a + d - b + 2 * (np.int64(below[x]) - above[x])
            out[row, x] = limited((abs(across) + abs(down)) * gain >> 2, 0, 255)


@kernel(PLANE_IN, PLANE_OUT)
def _emboss(plane: Plane, out: Plane) -> None:
    height, width = plane.shape
    for row in range(height):
        for x in range(width):
            change = (np.int64(plane[min(row + 2, height - 1), min(x + 2, width - 1)])
                      - plane[max(row - 2, 0), max(x - 2, 0)])
            out[row, x] = limited(126 - change, 16, 235)


@kernel(PLANE_IN, types.int64, PLANE_OUT)
def _hatch(plane: Plane, gap: int, out: Plane) -> None:
    """Diagonal strokes, one more family of them for each step darker."""
    for row in range(plane.shape[0]):
        for x in range(plane.shape[1]):
            luma = plane[row, x]
            up, down = (row + x) % (2 * gap), (row - x) % (2 * gap)
            ink = ((luma < 150 and up < 2) or (luma < 110 and down < 2) or (luma < 75 and gap <= up < gap + 2)
                   or (luma < 45 and gap <= down < gap + 2))
            out[row, x] = 30 if ink else 230


@kernel(PLANE_OUT, types.int64)
def _dots(plane: Plane, gap: int) -> None:
    """A printer's screen in the middle tones: dots the smaller the brighter."""
    for row in range(plane.shape[0]):
        for x in range(plane.shape[1]):
            luma = np.int64(plane[row, x])
            if 50 < luma < 170:
                i, j = (row + x) % (2 * gap) - gap, (row - x) % (2 * gap) - gap
                if (i * i + j * j) * 120 < gap * gap * (170 - luma):
                    plane[row, x] = limited(luma - 45, 16, 235)
