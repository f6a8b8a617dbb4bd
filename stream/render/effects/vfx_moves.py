"""vfx_moves: VFX that move or bend the picture: shakes, zooms, rolls, ripples, lenses."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np

from stream.media import VideoFrame
from stream.render.effects.frames import fill, like, mixed
from stream.render.effects.moment import Moment, eased, pulse
from stream.render.effects.sample import Places, bent, fringed, stretched
from stream.render.effects.soften import softened


def placed(frame: VideoFrame, zoom: float, x: float = 0.0, y: float = 0.0, turn: float = 0.0) -> VideoFrame:
    """Return `frame` enlarged `zoom` times about its middle, moved by (x, y) shares of its height, turned (radians)."""
    if turn:
        c, s = cos(turn) / zoom, sin(turn) / zoom
        x, y = 2 * x, 2 * y
        return bent(frame, lambda a, b: ((a - x) * c + (b - y) * s, (b - y) * c - (a - x) * s), fold=True)
    height, width = frame.height_px, frame.width_px
    across = (np.arange(width, dtype=np.float64) - (width - 1) / 2 - x * height) / zoom + (width - 1) / 2
    down = (np.arange(height, dtype=np.float64) - (height - 1) / 2 - y * height) / zoom + (height - 1) / 2
    return stretched(frame, across, down)


def _slightshake(m: Moment) -> VideoFrame:
    return placed(m.frame, 1.04, 0.009 * m.wander(0.12, 0), 0.009 * m.wander(0.12, 1), 0.006 * m.wander(0.15, 2))


def _jitter(m: Moment) -> VideoFrame:
    beat = pulse(m.cycle(0.5), 0.0, 0.35)
    out = placed(m.frame, 1.0 + 0.07 * beat, 0.02 * beat * m.wander(0.05, 0), 0.02 * beat * m.wander(0.05, 1))
    shift = round(m.frame.height_px * 0.012 * beat)
    return fringed(out, shift, -shift) if shift >= 1 else out


def _zoominout(m: Moment) -> VideoFrame:
    return placed(m.frame, 1.125 - 0.125 * cos(2 * pi * m.cycle(2.0)))


def _zoomslight(m: Moment) -> VideoFrame:
    return placed(m.frame, 1 + 0.1 * eased(m.age_s / min(m.span_s, 3.0)))


def _zoom(m: Moment) -> VideoFrame:
    return placed(m.frame, 1 + 0.3 * eased(min(m.cycle(1.5) * 1.8, 1.0)))


def _heartbeat(m: Moment) -> VideoFrame:
    part = m.cycle(1.0)
    return placed(m.frame, 1 + 0.10 * pulse(part, 0.15, 0.13) + 0.06 * pulse(part, 0.42, 0.13))


def _shock(m: Moment) -> VideoFrame:
    hit = (1 - min(m.cycle(1.0) * 2.2, 1.0)) ** 2
    out = placed(m.frame, 1.02 + 0.22 * hit, 0.03 * hit * m.wander(0.04, 0), 0.03 * hit * m.wander(0.04, 1))
    return softened(out, hit * m.frame.height_px / 90, hit * m.frame.height_px / 90) if hit > 0.05 else out


def _soulout(m: Moment) -> VideoFrame:
    part = m.cycle(1.0)
    return m.frame if part > 0.7 else mixed(m.frame, placed(m.frame, 1 + 0.6 * part), 0.45 * (1 - part / 0.7))


def _swing(m: Moment) -> VideoFrame:
    return placed(m.frame, 1.12, 0, 0, 0.07 * m.swing(1.6))


def _curl(m: Moment) -> VideoFrame:
    height = m.frame.height_px
    part = m.cycle(1.4)
    roll = eased(part / 0.75) * height
    down = (np.arange(height) - 2 * round(roll / 2)) % height
    out = stretched(m.frame, np.arange(m.frame.width_px, dtype=np.float64), down.astype(np.float64))
    speed = pulse(part, 0.375, 0.35)
    return softened(out, 0, speed * height / 30) if speed > 0.05 else out


def _illusion(m: Moment) -> VideoFrame:
    ghost = placed(m.frame, 1.08, 0.03 * m.swing(2.0), 0.02 * m.swing(1.3, 0.2))
    shift = m.frame.height_px * 0.012 * (1.2 + m.swing(2.0, 0.25))
    return fringed(mixed(m.frame, ghost, 0.45), shift, -shift)


def _color_difference(m: Moment) -> VideoFrame:
    shift = max(m.frame.height_px * (0.008 + 0.004 * m.swing(1.0)), 2)
    return fringed(m.frame, shift, -shift)


def _smalljitter(m: Moment) -> VideoFrame:
    return torn(m, 0.035, 0.55)


def torn(m: Moment, most: float, share: float) -> VideoFrame:
    """The picture with `share` of the time some bands of rows pulled sideways by up to `most` of its height."""
    step = int(m.age_s * 12)
    height = m.frame.height_px
    if m.random(step, 9) > 2 * share - 1:
        return m.frame
    shift = np.zeros(height)
    for band in range(5):
        top = round((m.random(step, 10 + band) + 1) / 2 * height)
        shift[top:top + max(height // 40, 2) * (1 + band % 3)] = most * height * m.random(step, 20 + band)
    out = stretched(m.frame, np.arange(m.frame.width_px, dtype=np.float64), np.arange(height, dtype=np.float64), shift)
    return fringed(out, height * 0.006, -height * 0.006)


def _segmentation(m: Moment) -> VideoFrame:
    height, bands = m.frame.height_px, 4
    rows = np.arange(height) * bands // height
    part = pulse(m.cycle(1.6), 0.5, 0.35)
    shift = np.where(rows % 2 == 0, 1.0, -1.0) * part * m.frame.width_px * 0.06
    middle = (m.frame.width_px - 1) / 2
    x = (np.arange(m.frame.width_px, dtype=np.float64) - middle) / (1 + 0.14 * part) + middle
    return stretched(m.frame, x, np.arange(height, dtype=np.float64), shift)


def _fisheye(m: Moment) -> VideoFrame:
    aspect = m.frame.width_px / m.frame.height_px

    def lens(x: Places, y: Places) -> tuple[Places, Places]:
        r = np.hypot(x, y) / np.hypot(aspect, 1.0)
        factor = np.tan(1.2 * r) / (np.tan(1.2) * np.maximum(r, 1e-6))
        return x * factor, y * factor

    return bent(m.frame, lens)


def _planet(m: Moment) -> VideoFrame:
    aspect = m.frame.width_px / m.frame.height_px
    turn = m.age_s * 0.25

    def world(x: Places, y: Places) -> tuple[Places, Places]:
        angle = np.arctan2(x, -y) + turn
        fold = np.abs(np.mod(angle / pi, 2.0) - 1.0)  # to the back and forth again: no seam
        return (2 * fold - 1) * aspect, 1.0 - np.maximum((np.hypot(x, y) - 0.25) / 0.9, 0) * 1.9

    return bent(m.frame, world, fold=True)


def _kaleidoscope(m: Moment) -> VideoFrame:
    turn = 0.4 * m.age_s

    def mirrors(x: Places, y: Places) -> tuple[Places, Places]:
        r, angle = np.hypot(x, y), np.arctan2(y, x) + turn
        wedge = np.abs(np.mod(angle, pi / 3) - pi / 6) + 0.3 * np.sin(m.age_s * 0.5)
        return r * np.cos(wedge) - 0.2, r * np.sin(wedge) + 0.1

    return bent(m.frame, mirrors, fold=True)


def _ripple(strength: float, waves: float, speed: float) -> Callable[[Moment], VideoFrame]:
    def rippled(m: Moment) -> VideoFrame:
        def rings(x: Places, y: Places) -> tuple[Places, Places]:
            r = np.hypot(x, y)
            push = strength * np.sin(r * waves - m.age_s * speed) * np.exp(-r) / np.maximum(r, 0.05)
            return x * (1 + push), y * (1 + push)

        return bent(m.frame, rings, fold=True)
    return rippled


def _simpleripple(m: Moment) -> VideoFrame:
    def water(x: Places, y: Places) -> tuple[Places, Places]:
        t = m.age_s
        return (x + 0.016 * np.sin(7 * y + 2.3 * t) + 0.008 * np.sin(11 * x - 1.7 * t),
                y + 0.016 * np.sin(6 * x + 1.9 * t) + 0.008 * np.cos(9 * y + 2.6 * t))

    return bent(m.frame, water, fold=True)


def _disappear(m: Moment) -> VideoFrame:
    away = 1 - m.going(1.2)
    if away == 0:
        return m.frame
    out = like(m.frame)
    fill(out)
    shift = 2 * round(away * m.frame.width_px / 2)
    kept = m.frame.width_px - shift
    if kept > 0:
        out.y[:, :kept], out.u[:, :kept // 2], out.v[:, :kept // 2] = (m.frame.y[:, shift:], m.frame.u[:, shift // 2:],
                                                                       m.frame.v[:, shift // 2:])
    return out


TABLE: dict[str, Callable[[Moment], VideoFrame]] = {
    "slightshake": _slightshake, "jitter": _jitter, "zoominout": _zoominout, "zoomslight": _zoomslight, "zoom": _zoom,
    "heartbeat": _heartbeat, "shock": _shock, "soulout": _soulout, "swing": _swing, "curl": _curl,
    "illusion": _illusion, "color_difference": _color_difference, "smalljitter": _smalljitter,
    "segmentation": _segmentation, "fisheye": _fisheye, "planet": _planet, "kaleidoscope": _kaleidoscope,
    "waterripple": _ripple(0.06, 18.0, 7.0), "simpleripple": _simpleripple, "disappear": _disappear,
}
