"""vfx_lights: VFX of light and colour over the picture: beams, projections, rainbows, lightning, flashes."""

from collections.abc import Callable
from functools import partial
from math import cos, sin, tau

import numpy as np

from stream.media import VideoFrame
from stream.render.effects.frames import luma_table, toned
from stream.render.effects.light import Map, Rgb, grid, shaded
from stream.render.effects.moment import Moment, eased, pulse
from stream.render.effects.sprites import Shape, inside
from stream.render.effects.vfx_moves import placed
from stream.render.effects.vfx_openings import lined, lit

Draw = Callable[[Moment], VideoFrame]
SUN: Rgb = (1.0, 0.72, 0.35)


def rainbow(hue: Map, strength: Map | float) -> Map:
    """Return R'G'B' maps (3, rows, columns) of hues (turns), times `strength`."""
    return np.stack([(0.5 + 0.5 * np.cos(tau * (hue - third / 3))) for third in range(3)]) * strength


def _white(m: Moment) -> VideoFrame:
    return lit(m.frame, 1.0, 0.9 * pulse(m.cycle(1.0), 0.12, 0.14))


def _negative(m: Moment) -> VideoFrame:
    if int(m.age_s / 0.15) % 4 not in (1, 3):
        return m.frame
    return toned(m.frame, (251 - np.clip(np.arange(256), 16, 235)).astype(np.uint8), (-1, 0, 0, -1))


def _flashing_screen(m: Moment) -> VideoFrame:
    step = int(m.age_s * 10)
    return lit(m.frame, (1.0, 0.35, 1.0, 0.7)[step % 4], 0.35 if step % 4 == 2 else 0.0)


def _shine(m: Moment) -> VideoFrame:
    beat = pulse(m.cycle(0.6), 0.1, 0.2)
    return lit(placed(m.frame, 1 + 0.05 * beat), 1.0, 0.4 * beat)


def _flash_lamps(m: Moment) -> VideoFrame:
    """Cameras flash here and there."""
    x, y = grid(m.frame)
    aspect = m.frame.width_px / m.frame.height_px
    light = np.zeros_like(x)
    for lamp in range(3):
        at = m.age_s / 0.5 + lamp / 3
        glow = (1 - at % 1) ** 3
        cx, cy = aspect * m.random(int(at), 2 * lamp), m.random(int(at), 2 * lamp + 1)
        light += glow * (1.1 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 0.06) + 0.18)
    return shaded(m.frame, 0.9, (light, (1.0, 1.0, 1.0)))


def _colorful(m: Moment) -> VideoFrame:
    turn = tau * m.cycle(2.0)
    c, s = 1.25 * cos(turn), 1.25 * sin(turn)
    tint = 22 * sin(turn + 1), 22 * cos(turn + 1)
    return toned(m.frame, luma_table(1.0, 0.0, 0.95), (c, -s, s, c), tint)


def _rainbow_filter(m: Moment, speed: float = 0.0) -> VideoFrame:
    x, y = grid(m.frame)
    aspect = m.frame.width_px / m.frame.height_px
    hue = (x / aspect * 0.5 + 0.5 + 0.15 * y) * 0.85 - speed * m.age_s
    return shaded(m.frame, 0.72, rainbow(hue, 0.28))


def _rays(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    r, angle = np.hypot(x, y), np.arctan2(y, x)
    beams = np.clip(np.sin(angle * 14 + 2.2 * m.age_s) + 0.35 * np.sin(angle * 31 - 3.1 * m.age_s), 0, 1) ** 2
    return shaded(m.frame, 0.9, rainbow(angle / tau * 2 + 0.1 * m.age_s, 0.6 * beams * np.clip(r - 0.35, 0, 1)))


def _center(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    r, angle = np.hypot(x, y), np.arctan2(y, x)
    beams = 0.75 + 0.25 * np.sin(angle * 9 + m.age_s) * np.sin(angle * 5 - 1.6 * m.age_s)
    return shaded(m.frame, 0.85, (np.exp(-r * 2.2) * beams * (0.75 + 0.2 * m.swing(2.0)), (1.0, 0.93, 0.75)))


def _sweep(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    aspect = m.frame.width_px / m.frame.height_px
    at = (m.cycle(3.0) * 2.6 - 1.3) * (aspect + 0.6)
    return shaded(m.frame, 0.92, (0.6 * np.exp(-(((x + 0.5 * y - at) / 0.35) ** 2)), (1.0, 0.86, 0.6)))


def _angel(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    aspect = m.frame.width_px / m.frame.height_px
    angle, r = np.arctan2(y + 1.35, x + aspect * 0.9), np.hypot(y + 1.35, x + aspect * 0.9)
    t = m.age_s
    beams = np.clip(0.5 + 0.35 * np.sin(angle * 21 + 0.6 * t) + 0.3 * np.sin(angle * 37 - 0.9 * t), 0, 1) ** 1.5
    return shaded(m.frame, 0.85, (0.75 * beams * np.clip(1.25 - 0.4 * r, 0, 1), (1.0, 0.95, 0.8)))


def _projection(m: Moment, shape: Shape, color: Rgb, size: float = 0.55) -> VideoFrame:
    x, y = grid(m.frame, 4)
    x, y = x - 0.25 * m.swing(6.0), y - 0.05 * m.swing(4.0, 0.3)
    form = inside(shape, x / size, y / size, 0.12)
    return shaded(m.frame, 0.45 + 0.55 * form, (0.16 * form, color))


def _sunset(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    r = np.hypot(x - 0.35 - 0.05 * m.swing(5.0), y + 0.05)
    disc = np.clip((0.62 - r) / 0.18 + 0.5, 0, 1)
    rim = np.exp(-(((r - 0.66) / 0.12) ** 2))
    light = np.stack([0.42 * disc + 0.30 * rim, 0.20 * disc + 0.05 * rim, 0.02 * disc + 0.12 * rim])
    return shaded(m.frame, 0.5 + 0.4 * disc, light)


def _car_window(m: Moment) -> VideoFrame:
    x, y = grid(m.frame, 4)
    place = np.mod(x + 0.45 * y + 0.9 * m.age_s, 1.9) / 1.9
    pane = np.clip((0.27 - np.abs(place - 0.5)) / 0.03, 0, 1) * np.clip((0.75 - np.abs(y)) / 0.08, 0, 1)
    bar = np.clip((np.abs(place - 0.44) - 0.012) / 0.01, 0, 1)
    return shaded(m.frame, 0.5 + 0.5 * pane * bar, (0.2 * pane * bar, SUN))


def _eclipse(m: Moment) -> VideoFrame:
    """A bright disc over the dark picture; a second, black one passes before it."""
    x, y = grid(m.frame, 4)
    r = np.hypot(x, y)
    cover = np.hypot(x - 1.6 + 3.2 * m.cycle(5.0), y)
    disc = np.clip((0.55 - r) / 0.03, 0, 1) * np.clip((cover - 0.54) / 0.03, 0, 1)
    halo = 0.35 * np.exp(-np.clip(r - 0.55, 0, 9) * 5) * (r > 0.5)
    return shaded(m.frame, 0.25 + 0.75 * disc + halo, (0.10 * disc + 0.25 * halo, (0.85, 0.9, 1.0)))


def _rotating_spots(m: Moment) -> VideoFrame:
    """Beams from the upper corners swing over the picture."""
    x, y = grid(m.frame)
    aspect = m.frame.width_px / m.frame.height_px
    light = np.zeros((3, *x.shape))
    for k, (cx, color) in enumerate(((-aspect, (1.0, 0.8, 0.5)), (aspect, (0.5, 0.75, 1.0)), (0.0, (1.0, 0.55, 0.8)))):
        angle = np.arctan2(x - cx, y + 1.15)
        aim = 0.65 * sin(tau * (m.age_s / 3 + k / 3)) - 0.35 * cx / aspect
        beam = np.exp(-(((angle - aim) / 0.13) ** 2))
        light += np.stack([0.55 * value * beam for value in color])
    return shaded(m.frame, 0.6 + 0.5 * light.max(axis=0), light * 0.8)


def _night_rainbow(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    r = np.hypot(x, y - 1.1)
    band = np.exp(-(((r - 1.25) / 0.22) ** 2)) * (0.75 + 0.25 * m.swing(3.0))
    return shaded(m.frame, 0.42, rainbow((r - 1.0) * 1.6 + 0.05 * m.age_s, 0.55 * band))


def _disco(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    light, t = np.zeros((3, *x.shape)), m.age_s
    aspect = m.frame.width_px / m.frame.height_px
    for k in range(7):
        cx = aspect * sin(tau * (t * (0.11 + 0.03 * k) + k * 0.37))
        cy = sin(tau * (t * (0.16 + 0.02 * k) + k * 0.61))
        spot = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 0.09)
        light += rainbow(np.full_like(x, k / 7 + 0.25 * int(t * 2)), 0.6 * spot)
    return shaded(m.frame, 0.65 + 0.3 * pulse(m.cycle(0.5), 0.0, 0.3), light)


def _color_ripples(m: Moment) -> VideoFrame:
    x, y = grid(m.frame)
    r = np.hypot(x, y)
    rings = np.clip(np.sin(r * 16 - m.age_s * 6), 0, 1) ** 3
    return shaded(m.frame, 0.9, rainbow(r * 0.6 - 0.3 * m.age_s, 0.45 * rings))


def _scan(m: Moment) -> VideoFrame:
    """Fine dark stripes, and a bright bar that runs down."""
    at = m.cycle(1.8) * 1.3 - 0.15
    bar = np.exp(-((((np.arange(90) + 0.5) / 90 - at) / 0.06) ** 2))[:, None]
    return shaded(lined(m.frame, 0.7), 1.0, (np.repeat(0.35 * bar, 2, axis=1), (0.6, 0.95, 1.0)))


def _storm(m: Moment) -> VideoFrame:
    """Lightning: now and then a jagged bolt and a flash of the whole sky."""
    step = int(m.age_s / 0.9)
    part = m.age_s / 0.9 % 1
    flash = max(0.0, 1 - part * 3) * (0.6 + 0.4 * cos(part * 40))
    x, y = grid(m.frame, 4)
    aspect = m.frame.width_px / m.frame.height_px
    base = 0.6 * aspect * m.random(step, 0)
    knots = np.linspace(-1, 1, 13)
    path = np.interp(y[:, 0], knots, [base + 0.16 * m.random(step, 1 + k) + 0.15 * k / 13 for k in range(13)])[:, None]
    bolt = np.exp(-((x - path) / 0.012) ** 2) + 0.35 * np.exp(-np.abs(x - path) / 0.09)
    reach = np.clip((2.4 * eased(part * 8 + 0.3) - 1 - y) * 8, 0, 1)
    return shaded(m.frame, 0.55 + 0.35 * flash, (flash * (bolt * reach + 0.12), (0.8, 0.88, 1.0)))


TABLE: dict[str, Draw] = {
    "white": _white, "minus_glitter": _negative, "flashingscreen": _flashing_screen, "shine": _shine,
    "flashinglight": _flash_lamps, "colorful": _colorful, "rainbowfilter": _rainbow_filter,
    "movingrainbow": partial(_rainbow_filter, speed=0.45), "colorfulradial": _rays, "lightcenter": _center,
    "lightsweep": _sweep, "anglelight": _angel,
    "moon_projection": partial(_projection, shape="moon", color=(0.8, 0.9, 1.0)),
    "star_projection": partial(_projection, shape="star", color=(1.0, 0.9, 0.5), size=0.7),
    "heart_projection": partial(_projection, shape="heart", color=(1.0, 0.55, 0.6)),
    "sunset_projection": _sunset, "carwindow_projection": _car_window, "moon": _eclipse,
    "rotationspotlight": _rotating_spots, "darknight_rainbow": _night_rainbow, "discolights": _disco,
    "colorfulripples": _color_ripples, "scanlight": _scan, "stormlaser": _storm,
}
