"""vfx_splits: VFX that show the picture several times, in panes and strips."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from stream.media import VideoFrame
from stream.render.effects.frames import copy, like
from stream.render.effects.moment import Moment, eased, pulse
from stream.render.effects.sample import stretched
from stream.render.effects.soften import softened
from stream.render.effects.vfx_moves import placed
from stream.render.effects.vfx_openings import grey, lit

Draw = Callable[[Moment], VideoFrame]


def panes(frame: VideoFrame, columns: int, rows: int) -> VideoFrame:
    """Return the picture `columns` x `rows` times, each pane filled from its middle part of the pane's shape."""
    zoom = max(1 / columns, 1 / rows)
    x = _tiled(frame.width_px, columns, zoom)
    y = _tiled(frame.height_px, rows, zoom)
    return stretched(frame, x, y)


def _tiled(size_px: int, count: int, zoom: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For each px of a side cut into `count` even-sided panes the px of the picture at `zoom` shown there."""
    edges = [2 * round(size_px * k / count / 2) for k in range(count + 1)]
    places = [(np.arange(b - a) - (b - a - 1) / 2) / zoom + (size_px - 1) / 2
              for a, b in pairwise(edges)]
    return np.concatenate(places)


def _still(columns: int, rows: int, m: Moment) -> VideoFrame:
    return panes(m.frame, columns, rows)


def _two(m: Moment) -> VideoFrame:
    wide = m.frame.width_px > m.frame.height_px
    return panes(m.frame, 2 if wide else 1, 1 if wide else 2)


def _three(frame: VideoFrame) -> VideoFrame:
    wide = frame.width_px > frame.height_px
    return panes(frame, 3 if wide else 1, 1 if wide else 3)


def _still_three(m: Moment) -> VideoFrame:
    return _three(m.frame)


def _six(m: Moment) -> VideoFrame:
    wide = m.frame.width_px > m.frame.height_px
    return panes(m.frame, 3 if wide else 2, 2 if wide else 3)


def _live(m: Moment) -> VideoFrame:
    """One pane, two by two, three by three, one after another, each coming with a small zoom."""
    part = m.cycle(3.0) * 3
    count = 1 + int(part)
    out = panes(m.frame, count, count)
    return placed(out, 1 + 0.15 * (1 - eased((part % 1) / 0.4)))


def _outer(frame: VideoFrame, change: Callable[[VideoFrame], VideoFrame]) -> VideoFrame:
    """Three strips, the two outer ones changed."""
    wide = frame.width_px > frame.height_px
    out = copy(_three(frame))
    changed = change(out)
    for target, source in ((out.y, changed.y), (out.u, changed.u), (out.v, changed.v)):
        size = target.shape[1 if wide else 0]
        for part in (slice(0, round(size / 3)), slice(round(2 * size / 3), size)):
            if wide:
                target[:, part] = source[:, part]
            else:
                target[part] = source[part]
    return out


def _black_white(m: Moment) -> VideoFrame:
    return _outer(m.frame, lambda frame: grey(frame, 0))


def _blur_three(m: Moment) -> VideoFrame:
    """The whole picture in the middle third, enlarged and blurred in the outer ones."""
    frame = m.frame
    wide = frame.width_px > frame.height_px
    soft, out = softened(placed(frame, 1.4), frame.height_px / 40, frame.height_px / 40), like(frame)
    for target, source in ((out.y, soft.y), (out.u, soft.u), (out.v, soft.v)):
        target[:] = source
    for target, source in ((out.y, frame.y), (out.u, frame.u), (out.v, frame.v)):
        size = target.shape[1 if wide else 0]
        middle = slice(round(size / 3), round(2 * size / 3))
        if wide:
            target[:, middle] = source[:, middle]
        else:
            target[middle] = source[middle]
    return out


def _marquee(m: Moment) -> VideoFrame:
    """Three rows of pictures running left and right past each other."""
    frame = m.frame
    width, height = frame.width_px, frame.height_px
    rows = _tiled(height, 3, 1 / 3)
    x = np.arange(width, dtype=np.float64)
    out = like(frame)
    run = m.age_s * 0.35 * width
    for row in range(3):
        top, bottom = (2 * round(height * k / 3 / 2) for k in (row, row + 1))
        places = np.mod(x * 3 + (run if row % 2 else -run) * 3, width)
        strip = stretched(frame, places, rows)
        out.y[top:bottom], out.u[top // 2:bottom // 2], out.v[top // 2:bottom // 2] = (
            strip.y[top:bottom], strip.u[top // 2:bottom // 2], strip.v[top // 2:bottom // 2])
    return out


def _window(m: Moment) -> VideoFrame:
    """A clear window wanders over the blurred picture."""
    frame = m.frame
    out = copy(lit(softened(frame, frame.height_px / 30, frame.height_px / 30), 0.8))
    left = 0.275 + 0.25 * m.swing(4.0)
    top = 0.25 + 0.18 * m.swing(3.0, 0.2)
    for target, source in ((out.y, frame.y), (out.u, frame.u), (out.v, frame.v)):
        rows, columns = target.shape
        down, across = slice(round(rows * top), round(rows * (top + 0.5))), slice(round(columns * left),
                                                                                 round(columns * (left + 0.45)))
        target[down, across] = source[down, across]
    return out


def _lattice(m: Moment) -> VideoFrame:
    """Seen through a window with bars, its panes alternately blurred, in turn."""
    frame = m.frame
    out, soft = copy(frame), softened(frame, frame.height_px / 45, frame.height_px / 45)
    turn = int(m.age_s / 0.8)
    for row in range(3):
        for column in range(4):
            if (row + column + turn) % 2:
                for target, source in ((out.y, soft.y), (out.u, soft.u), (out.v, soft.v)):
                    down = slice(target.shape[0] * row // 3, target.shape[0] * (row + 1) // 3)
                    across = slice(target.shape[1] * column // 4, target.shape[1] * (column + 1) // 4)
                    target[down, across] = source[down, across]
    bar = max(2 * round(frame.height_px / 240), 2)
    for row in range(1, 3):
        at = 2 * round(frame.height_px * row / 6)
        out.y[at - bar:at + bar], out.u[(at - bar) // 2:(at + bar) // 2], out.v[(at - bar) // 2:(at + bar) // 2] = (
            225, 128, 128)
    for column in range(1, 4):
        at = 2 * round(frame.width_px * column / 8)
        half = slice((at - bar) // 2, (at + bar) // 2)
        out.y[:, at - bar:at + bar], out.u[:, half], out.v[:, half] = 225, 128, 128
    return lit(out, 1.0, 0.25 * pulse(m.cycle(0.8), 0.0, 0.15))


TABLE: dict[str, Draw] = {
    "splitstill2": _two, "splitstill3": _still_three, "splitstill4": partial(_still, 2, 2), "splitstill6": _six,
    "splitstill9": partial(_still, 3, 3), "livesplit": _live, "blackwhitesplit": _black_white,
    "blurthreesplit": _blur_three, "marquee": _marquee, "windowblur": _window, "windowblur2": _lattice,
}
