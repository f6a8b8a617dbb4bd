"""warps: both pictures are bent, turned, enlarged or broken up while one turns into the other."""

from math import cos, pi, sin

import numpy as np

from stream.render.transitions.grid import TURN, Grid, Mix, Paint, Reals, Transition, ease, fraction, smooth, sweep

WHITE = (1.0, 0.0, 0.0)
Point = tuple[Reals, Reals]


def simple_zoom(at: Grid, p: float) -> Mix:
    """Into the middle of a, until it vanishes in b."""
    return Mix(ease(p, 0.3, 0.95), a=_zoomed(at, 1 - 0.88 * ease(p)))


def dreamy_zoom(at: Grid, p: float) -> Mix:
    """Dizzy: a grows and tilts in a glow, b comes back from the same."""
    glow = np.exp(at.radius() ** 2 * np.float32(-4)) * np.float32(0.5 * sin(pi * p) ** 2)
    return Mix(ease(p, 0.25, 0.75), a=_tilted(at, 1 - 0.6 * ease(p), 0.5 * p * p),
               b=_tilted(at, 1 - 0.6 * ease(1 - p), -0.5 * (1 - p) ** 2), paint=Paint(WHITE, glow))


def swirl(at: Grid, p: float) -> Mix:
    """A disc about the centre winds up with a and unwinds with b."""
    near = np.maximum(1 - at.radius() * np.float32(1 / 0.62), 0)
    twist = near * near * np.float32(9 * ease(min(2 * p, 2 - 2 * p)))
    return Mix(ease(p, 0.3, 0.7), a=_spun(at, twist), b=_spun(at, -twist))


def displacement(at: Grid, p: float) -> Mix:
    """A vortex: a is drawn into spiral arms by which b grows from the centre."""
    radius = at.radius()
    pull = smooth((np.float32(p * 2.2) - radius * np.float32(1 / at.corner)) * np.float32(0.8))
    arm = np.abs(fraction(at.turn() * 3 + radius * np.float32(2.2) - np.float32(1.2 * p)) - 0.5)
    when = radius * np.float32(0.62 / at.corner) + arm * np.float32(0.7)
    return Mix(sweep(np.minimum(when, 1), p, 0.1), a=_spun(at, pull * 3), b=_spun(at, (pull - 1) * 2))


def water_drop(at: Grid, p: float) -> Mix:
    """A drop falls in the middle: rings run outwards and leave b behind them."""
    radius = at.radius()
    front = np.float32(p * (at.corner + 0.35)) - radius
    ring = smooth(front * 8) * smooth(1 - front * np.float32(1 / 0.45))
    push = 1 + ring * np.sin(front * 48) * np.float32(0.1) / (radius + np.float32(0.12))
    point = at.at(at.across * push, at.down * push)
    return Mix(smooth(front * np.float32(1 / 0.3)), a=point, b=point)


def ripple(at: Grid, p: float) -> Mix:
    """The whole picture in concentric waves, strongest at half time."""
    radius = at.radius()
    push = 1 + np.sin(radius * 46 - np.float32(26 * p)) * np.float32(0.035 * sin(pi * p)) / (radius + np.float32(0.05))
    point = at.at(at.across * push, at.down * push)
    return Mix(ease(p, 0.1, 0.9), a=point, b=point)


def crazy_parametric_fun(at: Grid, p: float) -> Mix:
    """Space ripple: every point swings along an epicycloid, the farther out the later."""
    phase = at.radius() * 11 - np.float32(9 * p)
    size = np.float32(0.085 * sin(pi * p))
    x = at.across + size * (np.cos(phase) - np.float32(0.55) * np.cos(phase * np.float32(3.4)))
    y = at.down + size * (np.sin(phase) - np.float32(0.55) * np.sin(phase * np.float32(3.4)))
    point = at.at(x, y)
    return Mix(ease(p, 0.15, 0.85), a=point, b=point)


def dreamy(at: Grid, p: float) -> Mix:
    """Swaying like weed in water, a little."""
    sway = np.float32(0.035 * sin(pi * p)) * np.sin(at.y * 9 + np.float32(8 * p))
    lift = np.float32(0.02 * sin(pi * p)) * np.sin(at.x * 7 - np.float32(6 * p))
    return Mix(p, a=(at.x + sway, at.y + lift), b=(at.x - sway, at.y - lift))


def crosswarp(at: Grid, p: float) -> Mix:
    """A tunnel that passes to the right: a is drawn into it, b comes out of it."""
    turned = smooth(np.float32(2.3 * p) - at.x - at.down * at.down * np.float32(0.9))
    return Mix(turned, a=at.at(at.across * (1 - turned), at.down * (1 - turned)),
               b=at.at(at.across * turned, at.down * turned))


def directional_warp(at: Grid, p: float) -> Mix:
    """A twist that passes along the falling diagonal, turning each picture about the centre."""
    turned = sweep((at.x + at.y) * np.float32(0.5), p, 0.7)
    left, seen = 1 - turned, 1 - turned * np.float32(0.5)
    return Mix(smooth(turned * 2 - np.float32(0.5)), a=_spun(at, turned * np.float32(-2.2), seen),
               b=_spun(at, left * np.float32(2.2), np.float32(1.5) - seen))


def kaleidoscope(at: Grid, p: float) -> Mix:
    """Mirrors close on a until six sectors repeat, and open on b."""
    closed = ease(1 - abs(1 - 2 * p), 0, 0.8)
    sector = np.float32(pi ** (1 - closed) * (pi / 6) ** closed)  # half of one; half a turn: no mirror
    radius = at.radius()
    angle = np.arctan2(at.down, at.across) + np.float32(TURN * 0.2 * closed)
    place = fraction(angle / (sector * 4) + np.float32(0.25))
    folded = (np.abs(place - np.float32(0.5)) * 4 - 1) * -sector - np.float32(TURN * 0.2 * closed)
    point = at.at(np.cos(folded) * radius, np.sin(folded) * radius)
    return Mix(ease(p, 0.35, 0.65), a=point, b=point)


def zoom_in_circles(at: Grid, p: float) -> Mix:
    """Rings that enlarge their part of the picture, one after another from the centre."""
    ring = np.floor(at.radius() * np.float32(7 / at.corner))
    own = np.clip(np.float32(2 * p) - ring * np.float32(1 / 7), 0, 1)
    a, b = 1 - own * np.float32(0.6), np.float32(1.6) - own * np.float32(0.6)
    return Mix(smooth(own * 2 - np.float32(0.5)), a=at.at(at.across * a, at.down * a), b=at.at(
        at.across * b, at.down * b))


def fly_eye(at: Grid, p: float) -> Mix:
    """A memory: facets, each showing a wide view of its own, their colours a little apart."""
    tiles = at.tiles(7)
    bent = np.float32(sin(pi * p) ** 0.8)
    near = smooth(1 - (tiles.x * tiles.x + tiles.y * tiles.y) * np.float32(3.2))
    reach = bent * near * np.float32(2.6 / 7)
    apart = np.float32(0.006 * bent) if at.is_chroma else np.float32(0)
    point = at.x + tiles.x * reach * np.float32(1 / at.aspect) + apart, at.y + tiles.y * reach
    return Mix(ease(p, 0.2, 0.8), a=point, b=point, light=1 - bent * np.float32(0.35) * (1 - near))


def pixelize(at: Grid, p: float) -> Mix:
    """Into ever larger squares, and out of them with b."""
    size = max(0.085 * (1 - abs(1 - 2 * p)), at.finest)
    x = (np.floor(at.across / np.float32(size)) + np.float32(0.5)) * np.float32(size)
    y = (np.floor(at.down / np.float32(size)) + np.float32(0.5)) * np.float32(size)
    point = at.at(x, y)
    return Mix(ease(p, 0.3, 0.7), a=point, b=point, shrink=_levels(at, size))


def hexagonalize(at: Grid, p: float) -> Mix:
    """A honeycomb whose cells grow and shrink again."""
    size = max(0.1 * (1 - abs(1 - 2 * p)), at.finest)
    width, height = np.float32(size), np.float32(size * 3**0.5)
    x, y = at.across / width, at.down / height
    even, odd = (np.round(x), np.round(y)), (np.floor(x) + np.float32(0.5), np.floor(y) + np.float32(0.5))
    nearer_odd = _apart(x - odd[0], y - odd[1]) < _apart(x - even[0], y - even[1])
    there = np.float32(min(1.0, size / (8 * at.finest)))  # cells of a few pixels come gently
    middle_x, middle_y = even[0] + (odd[0] - even[0]) * nearer_odd, even[1] + (odd[1] - even[1]) * nearer_odd
    point = at.at((x + (middle_x - x) * there) * width, (y + (middle_y - y) * there) * height)
    return Mix(ease(p, 0.3, 0.7), a=point, b=point, shrink=_levels(at, size))


def glitch_memories(at: Grid, p: float) -> Mix:
    """A fault: blocks jump aside, colours leave their places, b breaks through."""
    moment, strength = int(p * 14), np.float32(sin(pi * p) ** 0.7)
    coarse, fine = at.tiles(5), at.tiles(18)
    jump = coarse.of(at.random(coarse.rows, coarse.columns, moment * 3)) - np.float32(0.5)
    line = fine.of(at.random(fine.rows, fine.columns, moment * 3 + 1))
    shift = strength * (jump * np.float32(0.16) * (line > np.float32(0.45)) + (line - np.float32(0.5)) *
                        np.float32(0.03))
    apart = strength * np.float32(0.03) if at.is_chroma else np.float32(0)
    point = at.x + shift + apart, at.y + shift * np.float32(0.4)
    early = (jump + np.float32(0.5)) * np.float32(0.55) + line * np.float32(0.45)
    return Mix(sweep(early, p, 0.02), a=point, b=point)


def glitch_displace(at: Grid, p: float) -> Mix:
    """A fault in lines: bands of a and b swap in jerks, torn sideways."""
    moment, strength = int(p * 20), np.float32(sin(pi * p))
    wide, thin = at.bands(13, moment * 2), at.bands(90, moment * 2 + 1)
    shift = strength * ((wide - np.float32(0.5)) * np.float32(0.5) * (thin > np.float32(0.3)) +
                        (thin - np.float32(0.5)) * np.float32(0.08))
    swapped = (wide * np.float32(0.75) + thin * np.float32(0.25) < np.float32(ease(p))).astype(np.float32)
    apart = strength * np.float32(0.02) if at.is_chroma else np.float32(0)
    return Mix(swapped, a=(at.x + shift + apart, at.y), b=(at.x - shift - apart, at.y))


def _apart(x: Reals, y: Reals) -> Reals:
    distance: Reals = x * x + y * y * 3
    return distance


def _levels(at: Grid, size: float) -> int:
    """How often a picture is halved so that one pixel is the mean of a good part of `size` heights."""
    return min(max(int(size / at.pixel).bit_length() - 2, 0), 6)


def _zoomed(at: Grid, seen: float) -> Point:
    return at.at(at.across * np.float32(seen), at.down * np.float32(seen))


def _tilted(at: Grid, seen: float, angle: float) -> Point:
    across, along = np.float32(cos(angle) * seen), np.float32(sin(angle) * seen)
    return at.at(at.across * across - at.down * along, at.across * along + at.down * across)


def _spun(at: Grid, angle: Reals, seen: Reals | float = 1.0) -> Point:
    across, along = np.cos(angle) * seen, np.sin(angle) * seen
    return at.at(at.across * across - at.down * along, at.across * along + at.down * across)


TABLE: dict[str, Transition] = {
    "simplezoom": simple_zoom, "dreamyzoom": dreamy_zoom, "swirl": swirl, "displacement": displacement,
    "waterdrop": water_drop, "ripple": ripple, "crazyparametricfun": crazy_parametric_fun, "dreamy": dreamy,
    "crosswarp": crosswarp, "directionalwarp": directional_warp, "kaleidoscope": kaleidoscope,
    "zoomincircles": zoom_in_circles, "flyeye": fly_eye, "pixelize": pixelize, "hexagonalize": hexagonalize,
    "glitchmemories": glitch_memories, "glitchdisplace": glitch_displace,
}
