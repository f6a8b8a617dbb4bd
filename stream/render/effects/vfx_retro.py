"""vfx_retro: VFX of old screens and outlines: noise, scan lines, night vision, neon."""

from collections.abc import Callable

import numpy as np
from numba import types

from stream.media import Plane, VideoFrame
from stream.render.effects.drawn import outline
from stream.render.effects.filters import graded_frame, vignette
from stream.render.effects.frames import copy, halved, like, limited, luma_table, toned, yuv
from stream.render.effects.grading import Grade
from stream.render.effects.light import Rgb, shaded
from stream.render.effects.moment import Moment
from stream.render.effects.sample import Places, bent, fringed
from stream.render.effects.vfx_moves import torn
from stream.render.effects.vfx_openings import grey, lined, lit
from stream.render.jit import PLANE_OUT, kernel

Draw = Callable[[Moment], VideoFrame]


def grainy(frame: VideoFrame, amount: int, cell_px: int, seed: int) -> VideoFrame:
    """Return `frame` with luma noise of at most `amount` levels in grains of `cell_px`; the same for the same seed."""
    out = copy(frame)
    _grain(out.y, amount, max(cell_px, 1), seed & 0x7FFFFFFF)
    return out


def bulged(frame: VideoFrame) -> VideoFrame:
    """Return `frame` as on the round glass of a tube."""
    def glass(x: Places, y: Places) -> tuple[Places, Places]:
        factor = 0.93 + 0.07 * (x * x + y * y) / 2
        return x * factor, y * factor

    return bent(frame, glass)


def drawn_in(frame: VideoFrame, edges: Plane, color: Rgb) -> VideoFrame:
    """Return `frame` with `edges` (0 to 255) laid over it in `color`."""
    out, (luma, u, v) = like(frame), yuv(color)
    half = halved(edges)
    for target, plane, weight, value in ((out.y, frame.y, edges, luma), (out.u, frame.u, half, u),
                                         (out.v, frame.v, half, v)):
        part = weight.astype(np.int32)
        target[:] = (plane * (255 - part) + value * part + 127) // 255
    return out


def _edges(frame: VideoFrame, gain: int) -> Plane:
    edges = np.empty(frame.y.shape, np.uint8)
    outline(frame.y, gain, edges)
    return edges


def _step(m: Moment, rate_hz: float) -> int:
    return int(m.age_s * rate_hz) * 7919 + m.seed


def _vignetted(frame: VideoFrame, strength: float) -> VideoFrame:
    return shaded(frame, vignette(frame.width_px, frame.height_px, round(strength * 1000)))


def _noise_tv(m: Moment) -> VideoFrame:
    noisy = grainy(grey(m.frame, 0), 75, max(m.frame.height_px // 360, 1), _step(m, 25))
    return lined(noisy, 0.8)


def _snow_tv(m: Moment) -> VideoFrame:
    faulty = torn(m, 0.06, 0.6)
    amount = 45 + int(35 * abs(m.wander(0.3, 3)))
    noisy = grainy(grey(faulty, 0.6), amount, max(m.frame.height_px // 240, 1), _step(m, 25))
    return lined(noisy, 0.78)


def _flicker_tv(m: Moment) -> VideoFrame:
    light = 0.86 + 0.14 * m.wander(0.09, 4)
    glass = bulged(lit(grainy(m.frame, 22, 1, _step(m, 25)), light))
    return _vignetted(lined(glass, 0.7), 0.65)


def _night(m: Moment) -> VideoFrame:
    green = Grade(matrix=(0.05, 0.12, 0.03, 0.35, 0.85, 0.2, 0.06, 0.14, 0.04), brightness=0.05, contrast=1.15)
    noisy = grainy(graded_frame(m.frame, green), 26, max(m.frame.height_px // 540, 1), _step(m, 25))
    return _vignetted(lined(noisy, 0.82), 0.9)


def _tv_show(m: Moment) -> VideoFrame:
    shift = m.frame.height_px * 0.006
    split = fringed(toned(m.frame, luma_table(1.05), (1.35, 0, 0, 1.35)), shift, -shift)
    return lined(bulged(split), 0.62)


def _edge_scan(m: Moment) -> VideoFrame:
    height = m.frame.height_px
    at = m.cycle(2.0) * 1.4 - 0.2
    near = np.exp(-(((np.arange(height) / height - at) / 0.12) ** 2))[:, None]
    edges = np.minimum(_edges(m.frame, 5) * near, 255).astype(np.uint8)
    rows = max(height // 3, 1)
    line = np.exp(-((((np.arange(rows) + 0.5) / rows - at) / 0.006) ** 2))[:, None]
    bright = shaded(lit(m.frame, 0.75), 1.0, (np.repeat(0.6 * line, 2, axis=1), (0.2, 1.0, 0.7)))
    return drawn_in(bright, edges, (0.3, 1.0, 0.75))


def _neon(m: Moment) -> VideoFrame:
    hue = m.age_s * 0.35
    color = tuple(float(0.55 + 0.45 * np.cos(2 * np.pi * (hue - k / 3))) for k in range(3))
    return drawn_in(lit(m.frame, 0.28), _edges(m.frame, 5), (color[0], color[1], color[2]))


@kernel(PLANE_OUT, types.int64, types.int64, types.int64)
def _grain(plane: Plane, amount: int, cell: int, seed: int) -> None:
    """A whole-number hash of place and seed (after xorshift-multiply mixing) is the noise."""
    for row in range(plane.shape[0]):
        base = (np.uint32(row // cell) * np.uint32(668265263)) ^ (np.uint32(seed) * np.uint32(2246822519))
        for x in range(plane.shape[1]):
            h = base + np.uint32(x // cell) * np.uint32(374761393)
            h = (h ^ (h >> np.uint32(13))) * np.uint32(1274126177)
            h = (h ^ (h >> np.uint32(16))) & np.uint32(255)
            plane[row, x] = limited(np.int64(plane[row, x]) + ((np.int64(h) - 128) * amount >> 7), 16, 235)


TABLE: dict[str, Draw] = {
    "blackwhitetv": _noise_tv, "oldtv": _snow_tv, "oldtvshine": _flicker_tv, "nightvision": _night, "tvshow": _tv_show,
    "edgescan": _edge_scan, "neolighting": _neon,
}
