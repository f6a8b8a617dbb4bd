"""key: a coloured screen made transparent, with a soft edge that follows the picture and no spill left."""

from math import hypot

import numpy as np

from stream.media import VideoFrame, new_frame
from stream.render.geometry import weaken
from stream.render.key_kernels import BLOCK, apply_key, sharpen
from stream.render.key_plate import CELL, PALEST, measure
from stream.timeline.program import Color, KeySpec


def key(frame: VideoFrame, spec: KeySpec) -> VideoFrame:
    """Return `frame` with what has the key's colour made transparent (straight alpha) and despilled.

    Alpha grows linearly with the distance from the screen's own colour, measured in the Cb, Cr plane where the picture
    is, so slow changes of light cost nothing; a darker screen of the same hue is near. It is computed at chroma size
    and brought to luma's by a local linear model of luma (He, Sun: Fast Guided Filter, 2015). Where it is between 0 and
    255 the screen's share is taken out of the colours. Without a screen to be found (`spec.color` None) all is kept.
    """
    out = new_frame(frame.width_px, frame.height_px, alpha=True, matrix=frame.matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    out.index = frame.index
    if out.a is None:
        raise ValueError("a frame made with alpha has none")
    y, u, v = (0.0, *find_colour(frame)) if spec.color is None else _yuv(spec.color, frame)
    strength = hypot(u - 128, v - 128)
    is_grey = strength < PALEST
    if is_grey and spec.color is None:
        out.y[:], out.u[:], out.v[:], out.a[:] = frame.y, frame.u, frame.v, 255
    else:
        plate = np.empty((3, -(-frame.u.shape[0] // CELL), -(-frame.u.shape[1] // CELL)), np.float32)
        plate[0], plate[1], plate[2] = y, u - 128, v - 128
        if not is_grey:
            measure(frame.y, frame.u, frame.v, (u - 128) / strength, (v - 128) / strength, plate)
        inner, outer = reach(spec.threshold)
        lines = np.empty((2, *frame.u.shape), np.float32)
        low = np.empty((frame.u.shape[0], -(-frame.u.shape[1] // BLOCK) * BLOCK), np.uint8)
        guide = np.empty(frame.u.shape, np.float32)
        apply_key(frame.y, frame.u, frame.v, plate, is_grey, inner, outer, guide, low, out.u, out.v)
        sharpen(frame.y, plate[0], guide, low, lines, out.y, out.a)
    if frame.a is not None:
        weaken(frame.a, out.a)
    return out


def reach(threshold: float) -> tuple[float, float]:
    """Return the distances, as shares of the screen's strength, up to which all goes and from which all is kept."""
    level = min(max(threshold, 1.0), 10.0)
    return 0.05 + 0.04 * level, 0.5 + 0.01 * level


def find_colour(frame: VideoFrame) -> tuple[float, float]:
    """Return the (Cb, Cr) of the screen that the picture's edges show; (128, 128) where they show none.

    The commonest hue among the coloured samples along the left, upper and right edge wins; its median is the answer.
    """
    rows, columns = frame.u.shape
    deep, wide = max(rows // 12, 1), max(columns // 16, 1)
    step = max(columns // 96, 1)
    parts = (np.s_[:deep:step, ::step], np.s_[deep:rows * 3 // 4:step, :wide:step],
             np.s_[deep:rows * 3 // 4:step, -wide::step])
    u = np.concatenate([frame.u[part].ravel() for part in parts]).astype(np.float32) - 128
    v = np.concatenate([frame.v[part].ravel() for part in parts]).astype(np.float32) - 128
    coloured = u * u + v * v >= (2 * PALEST) ** 2
    if coloured.sum() < 0.1 * u.size:
        return 128.0, 128.0
    u, v = u[coloured], v[coloured]
    sector = ((np.arctan2(v, u) + np.pi) * (24 / (2 * np.pi))).astype(np.int64) % 24
    is_skin = (v > 0) & (u < v)  # who touches the border counts less
    votes = np.bincount(sector, np.hypot(u, v) * np.where(is_skin, 0.3, 1.0), 24)
    best = int(np.argmax(votes + (np.roll(votes, 1) + np.roll(votes, -1)) / 2))
    chosen = (sector - best + 1) % 24 <= 2
    return float(np.median(u[chosen])) + 128, float(np.median(v[chosen])) + 128


def _yuv(color: Color, frame: VideoFrame) -> tuple[float, float, float]:
    """ITU-R BT.601 and BT.709: `color` in the frame's own matrix and range."""
    kr, kb = (0.299, 0.114) if frame.matrix == "bt601" else (0.2126, 0.0722)
    luma = kr * color.red + (1 - kr - kb) * color.green + kb * color.blue
    low, y, c = (0, 1.0, 1.0) if frame.full_range else (16, 219 / 255, 224 / 255)
    return (low + y * luma, 128 + c * (color.blue - luma) / (2 - 2 * kb), 128 + c * (color.red - luma) / (2 - 2 * kr))
