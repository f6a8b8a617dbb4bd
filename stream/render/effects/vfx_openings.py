"""vfx_openings: VFX that open, close, dim or colour the picture once, or see it through a circle."""

from collections.abc import Callable
from math import pi

import numpy as np

from stream.media import VideoFrame
from stream.render.effects.filters import graded_frame
from stream.render.effects.frames import BLACK, GREY, WHITE, copy, like, luma_table, mixed, toned
from stream.render.effects.grading import Grade
from stream.render.effects.light import grid, shaded
from stream.render.effects.moment import Moment, eased, pulse
from stream.render.effects.soften import softened
from stream.render.effects.vfx_moves import placed

Draw = Callable[[Moment], VideoFrame]
COMING_S = 1.2


def within(frame: VideoFrame, left: float, top: float, right: float, bottom: float, luma: int = BLACK) -> VideoFrame:
    """Return `frame` inside a rectangle (shares of its size) and one grey outside it."""
    out = like(frame)
    for target, source, shift, value in ((out.y, frame.y, 0, luma), (out.u, frame.u, 1, GREY),
                                         (out.v, frame.v, 1, GREY)):
        x0, x1 = (2 * round(frame.width_px * side / 2) >> shift for side in (left, right))
        y0, y1 = (2 * round(frame.height_px * side / 2) >> shift for side in (top, bottom))
        target[:] = value
        target[y0:y1, x0:x1] = source[y0:y1, x0:x1]
    return out


def lit(frame: VideoFrame, gain: float, white: float = 0.0) -> VideoFrame:
    """Return `frame` times `gain` (to black), then `white` of the way to white."""
    keep = gain * (1 - white)
    return toned(frame, luma_table(keep, white), (keep, 0, 0, keep))


def grey(frame: VideoFrame, color: float) -> VideoFrame:
    """Return `frame` with `color` (0 to 1) of its colour."""
    return toned(frame, luma_table(), (color, 0, 0, color))


def lined(frame: VideoFrame, dark: float) -> VideoFrame:
    """Return `frame` with the lines of a tube: stripes of about 1/180 of its height, every other one darker."""
    gap = max(frame.height_px // 360 * 2, 2)
    out, dim = copy(frame), lit(frame, dark)
    for target, source, size in ((out.y, dim.y, gap), (out.u, dim.u, gap // 2), (out.v, dim.v, gap // 2)):
        rows = np.flatnonzero(np.arange(target.shape[0]) // size % 2)
        target[rows] = source[rows]
    return out


def through_circle(frame: VideoFrame, x: float, y: float, radius: float, edge: float, outside: float = 0.0
                   ) -> VideoFrame:
    """Return `frame` inside a circle (middle and radius as in `light.grid`), `outside` of its light beyond."""
    across, down = grid(frame, 4)
    gain = np.clip((radius - np.hypot(across - x, down - y)) / edge + 0.5, 0, 1)
    return shaded(frame, outside + (1 - outside) * gain * gain * (3 - 2 * gain))


def _reach(frame: VideoFrame) -> float:
    return float(np.hypot(frame.width_px / frame.height_px, 1.0)) + 0.1


def _bars(part: float, m: Moment) -> VideoFrame:
    return m.frame if part >= 1 else within(m.frame, 0, 0.5 - part / 2, 1, 0.5 + part / 2)


def _open(m: Moment) -> VideoFrame:
    return _bars(m.coming(COMING_S), m)


def _close(m: Moment) -> VideoFrame:
    return _bars(m.going(COMING_S), m)


def _circle_open(m: Moment) -> VideoFrame:
    part = m.coming(COMING_S)
    return m.frame if part >= 1 else through_circle(m.frame, 0, 0, part * _reach(m.frame), 0.06)


def _circle_close(m: Moment) -> VideoFrame:
    part = m.going(COMING_S)
    return m.frame if part >= 1 else through_circle(m.frame, 0, 0, part * _reach(m.frame), 0.06)


def _circle_shake(m: Moment) -> VideoFrame:
    return through_circle(m.frame, 0.12 * m.wander(0.25, 0), 0.12 * m.wander(0.25, 1), 0.68, 0.06)


def _torch(m: Moment) -> VideoFrame:
    aspect = m.frame.width_px / m.frame.height_px
    return through_circle(m.frame, 0.6 * aspect * m.swing(4.0), 0.45 * m.swing(2.7, 0.1), 0.42, 0.30, 0.06)


def _rect_open(m: Moment) -> VideoFrame:
    part = m.coming(COMING_S) / 2
    return m.frame if part >= 0.5 else within(m.frame, 0.5 - part, 0.5 - part, 0.5 + part, 0.5 + part)


def _cross_open(m: Moment) -> VideoFrame:
    part = m.coming(COMING_S) / 2
    if part >= 0.5:
        return m.frame
    out = within(m.frame, 0.5 - part, 0, 0.5 + part, 1)
    rows = slice(2 * round(m.frame.height_px * (0.5 - part) / 2), 2 * round(m.frame.height_px * (0.5 + part) / 2))
    half = slice(rows.start // 2, rows.stop // 2)
    out.y[rows], out.u[half], out.v[half] = m.frame.y[rows], m.frame.u[half], m.frame.v[half]
    return out


def _blurred(frame: VideoFrame, part: float) -> VideoFrame:
    radius = part * frame.height_px / 14
    return softened(frame, radius, radius) if radius >= 1 else frame


def _blur_open(m: Moment) -> VideoFrame:
    return _blurred(m.frame, 1 - m.coming(1.5))


def _blur_close(m: Moment) -> VideoFrame:
    return _blurred(m.frame, 1 - m.going(1.5))


def _slow_open(m: Moment) -> VideoFrame:
    part = m.coming(2.0)
    return m.frame if part >= 1 else lit(_blurred(m.frame, (1 - part) / 2), part)


def _white_open(m: Moment) -> VideoFrame:
    part = m.coming(COMING_S)
    return m.frame if part >= 1 else lit(m.frame, 1.0, 1 - part)


def _dim(m: Moment) -> VideoFrame:
    return lit(m.frame, 1 - 0.75 * m.coming(2.0))


def _to_grey(m: Moment) -> VideoFrame:
    return grey(m.frame, 1 - m.coming(3.0))


def _to_color(m: Moment) -> VideoFrame:
    part = m.coming(3.0)
    return m.frame if part >= 1 else grey(m.frame, part)


def _movie(m: Moment) -> VideoFrame:
    bar = 0.12 * m.coming(0.8)
    graded = graded_frame(m.frame, Grade(contrast=1.08, saturation=0.88, shadows=(0.0, 0.02, 0.04)))
    return within(graded, 0, bar, 1, 1 - bar)


def _photograph(m: Moment) -> VideoFrame:
    part = m.cycle(2.0)
    if part < 0.08:
        return _bars(1 - eased(part / 0.08), m)
    if part < 0.16:
        return _bars(eased((part - 0.08) / 0.08), m)
    if part > 0.75:
        return m.frame
    border = 0.045
    out = within(m.frame, border, border * 1.6, 1 - border, 1 - border * 1.6, WHITE)
    flash = pulse(part, 0.16, 0.12)
    return lit(out, 1.0, 0.85 * flash) if flash > 0 else out


def _blurring(m: Moment) -> VideoFrame:
    part = m.coming(2.0)
    height, width = m.frame.y.shape
    x, y = (np.arange(width) - width / 2) / (height / 2), (np.arange(height) - height / 2)[:, None] / (height / 2)
    edge = np.clip((np.hypot(x * 0.75, y) - 0.45) / 0.5, 0, 1) * part
    aged = graded_frame(m.frame, Grade(kelvin=5600, saturation=0.7, fade=0.03))
    toned_down = mixed(m.frame, aged, part)
    return mixed(toned_down, softened(toned_down, height / 36, height / 36), np.rint(255 * edge).astype(np.uint8))


def _black_fade(m: Moment) -> VideoFrame:
    """The colour is eaten from the edges: a circle of colour shrinks, the rest is grey, and grows again."""
    height, width = m.frame.y.shape
    radius = _reach(m.frame) * (0.5 + 0.5 * np.cos(2 * pi * m.cycle(4.0)))
    x, y = (np.arange(width) - width / 2) / (height / 2), (np.arange(height) - height / 2)[:, None] / (height / 2)
    weight = np.rint(255 * np.clip((np.hypot(x, y) - radius) / 0.15 + 0.5, 0, 1)).astype(np.uint8)
    return mixed(m.frame, lit(grey(m.frame, 0), 0.75), weight)


def _image_in_image(m: Moment) -> VideoFrame:
    under = lit(softened(placed(m.frame, 1.3), m.frame.height_px / 36, m.frame.height_px / 36), 0.75)
    small, out = placed(m.frame, 0.66), like(m.frame)
    for target, source in ((out.y, under.y), (out.u, under.u), (out.v, under.v)):
        target[:] = source
    for target, source in ((out.y, small.y), (out.u, small.u), (out.v, small.v)):
        rows, columns = target.shape
        top, left = round(rows * 0.17), round(columns * 0.17)
        target[top:rows - top, left:columns - left] = source[top:rows - top, left:columns - left]
    return out


TABLE: dict[str, Draw] = {
    "open": _open, "close": _close, "withcircleopen": _circle_open, "withcircleclose": _circle_close,
    "withcircleshake": _circle_shake, "withcircleflashlight": _torch, "slightrectshow": _rect_open,
    "wipecross": _cross_open, "bluropen": _blur_open, "blurclose": _blur_close, "slightshow": _slow_open,
    "whiteshow": _white_open, "black": _dim, "color_to_grey": _to_grey, "grey_to_color": _to_color, "movie": _movie,
    "photograph": _photograph, "blurring": _blurring, "blackfade": _black_fade, "image_in_image": _image_in_image,
}
