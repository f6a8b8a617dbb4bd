"""moves: the pictures themselves move as pieces: pushed, dropped, turned over, carried off."""

from math import cos, pi, sin

import numpy as np

from stream.render.transitions.grid import Grid, Mix, Reals, Transition, ease, smooth, stacked

TEETH, DOORWAY_DEPTH = 45, 0.35


def directional(at: Grid, p: float) -> Mix:
    """Pushed diagonally: a leaves to the top left, b follows from all the places it leaves empty."""
    gone = np.float32(ease(p))
    x, y = at.x + gone, at.y + gone
    left = at.edge(np.minimum((1 - x) * np.float32(at.aspect), 1 - y))
    return Mix(1 - left, a=(x, y), b=(x - np.floor(x), y - np.floor(y)))


def bounce_down(at: Grid, p: float) -> Mix:
    """b falls in from above and bounces twice on the bottom, casting a shadow on a."""
    above = np.float32(_bounce(p))
    below_it = at.y - (1 - above)
    return Mix(at.edge(-below_it), b=(at.x, at.y + above), light=1 - _shadow(below_it, p))


def bounce_up(at: Grid, p: float) -> Mix:
    """b rises from below and bounces twice on the top, casting a shadow on a."""
    below = np.float32(_bounce(p))
    above_it = below - at.y
    return Mix(at.edge(-above_it), b=(at.x, at.y - below), light=1 - _shadow(above_it, p))


def _bounce(p: float) -> float:
    """How much of the way is left: a fall until 0.4, two bounces of a quarter and a fifteenth of the height."""
    if p < 0.4:
        return 1 - (p / 0.4) ** 2
    begin, end, height = (0.4, 0.75, 0.25) if p < 0.75 else (0.75, 1.0, 1 / 15)
    part = (p - begin) / (end - begin)
    return 4 * height * part * (1 - part)


def _shadow(beyond: Reals, p: float) -> Reals:
    near: Reals = np.clip(1 - beyond * np.float32(1 / 0.12), 0, 1)
    return near * near * np.float32(min(0.55, 8 * p)) * (beyond > 0)


def doom_down(at: Grid, p: float) -> Mix:
    """Upright teeth of a sink, each at its own time, and b is seen above them."""
    sunk = _sunk(at, p)
    return Mix(at.edge(sunk - at.y), a=(at.x, at.y - sunk))


def doom_up(at: Grid, p: float) -> Mix:
    """Upright teeth of a rise, each at its own time, and b is seen below them."""
    sunk = _sunk(at, p)
    return Mix(at.edge(at.y - (1 - sunk)), a=(at.x, at.y + sunk))


def _sunk(at: Grid, p: float) -> Reals:
    """How far each column has gone, in heights; neighbours differ but not by much."""
    table = at.random(1, TEETH)[0]
    wander = np.cumsum(table - table.mean())
    wander = (wander - wander.min()) / max(float(wander.max() - wander.min()), 1e-6)
    late = wander * np.float32(0.7) + table * np.float32(0.3)
    tooth = np.minimum(at.x * TEETH, TEETH - 1).astype(np.intp)
    own = np.maximum(np.float32(1.6 * p) - np.float32(0.6) * late[tooth], 0)
    sunk: Reals = np.minimum(own, 1) ** np.float32(1.7)
    return sunk


def grid_flip(at: Grid, p: float) -> Mix:
    """Tiles turn over about their upright axes, a before and b behind, from the top left to the bottom right."""
    tiles = at.tiles(4)
    diagonal = tiles.column * (0.5 / max(tiles.columns - 1, 1)) + tiles.row * (0.5 / max(tiles.rows - 1, 1))
    scatter = tiles.of(at.random(tiles.rows, tiles.columns))
    late = diagonal.astype(np.float32) * np.float32(0.8) + scatter * np.float32(0.2)
    turned = smooth((np.float32(p * 1.4) - late) * np.float32(1 / 0.4))
    facing = np.abs(np.cos(turned * np.float32(pi)))
    narrow = np.maximum(facing, np.float32(1e-3))
    x = (tiles.column + np.float32(0.5) + tiles.x / narrow) * np.float32(1 / tiles.columns)
    cover = at.edge((narrow * np.float32(0.5) - np.abs(tiles.x)) * np.float32(tiles.width) + (facing >= 1))
    point = x.astype(np.float32), at.y
    return Mix((turned > np.float32(0.5)).astype(np.float32), a=point, b=point, cover=cover,
               light=np.float32(0.45) + facing * np.float32(0.55))


def mosaic(at: Grid, p: float) -> Mix:
    """A wall of photographs: away from a, along the wall, and to b."""
    seen, gap = 1 + 2.2 * sin(pi * p) ** 1.3, np.float32(0.035 * sin(pi * p))
    along = ease(p, 0.1, 0.9)
    x = (at.x - 0.5) * np.float32(seen) + np.float32(0.5 + 2 * along)
    y = (at.y - 0.5) * np.float32(seen) + np.float32(0.5 + along)
    column, row = np.floor(x), np.floor(y)
    table = (at.random(7, 7) > 0.5).astype(np.float32)
    table[3, 3], table[4, 5] = 0, 1  # a, where the way begins, and b, where it ends
    mix = table[np.clip(row[:, 0] + 3, 0, 6).astype(np.intp)][:, np.clip(column[0] + 3, 0, 6).astype(np.intp)]
    x, y = x - column, y - row
    inner = 1 - 2 * gap
    shown_x, shown_y = (x - gap) / inner, (y - gap) / inner
    cover = at.inside(shown_x, shown_y, float(inner / seen), float(inner / seen)) if gap > 0.001 else None
    return Mix(mix, a=(shown_x, shown_y), b=(shown_x, shown_y), cover=cover, shrink=int(seen > 1.8))


def cube(at: Grid, p: float) -> Mix:
    """A cube turning to the left: a on its front, b on its right side.

    Seen from above it is a square of half width 1, looked at from `eye` before its centre: 3 before the front, and
    farther while the edge turns by. A ray through the screen is (screen, -3) t.
    """
    angle = ease(p) * pi / 2
    eye = 4.0 + 0.9 * sin(2 * angle)
    screen = (at.x - 0.5) * 2
    faces = []
    for own in (angle, angle - pi / 2):
        c, s = cos(own), sin(own)  # the face: points P with P · (-s, c) = 1, its x grows along (c, s)
        ray = (screen * np.float32(s) + np.float32(3 * c)) if eye * c > 1 else np.full_like(screen, -1)
        t = np.float32(eye * c - 1) / np.where(ray > 0, ray, np.float32(1e-3))
        place = screen * t * np.float32(c) + (np.float32(eye) - t * 3) * np.float32(s)
        x, y = (place + 1) * np.float32(0.5), at.down * t + np.float32(0.5)
        faces.append(((x, y), at.inside(x, y, max(c, 0.05)) * (ray > 0), 0.35 + 0.65 * c))
    (a, shown_a, light_a), (b, shown_b, light_b) = faces
    cover = np.minimum(shown_a + shown_b, 1)
    mix = shown_b / np.maximum(shown_a + shown_b, np.float32(1e-6))
    return Mix(mix, a=a, b=b, cover=cover, light=np.float32(light_a) + mix * np.float32(light_b - light_a))


def doorway(at: Grid, p: float) -> Mix:
    """a is two doors that open towards us; b comes forward behind them out of the dark."""
    angle = ease(p) * pi / 2
    c, s = np.float32(max(cos(angle), 1e-3)), np.float32(sin(angle))
    from_hinge = 0.5 - np.abs(at.x - 0.5)  # 0 at either border
    # a point w (0 to 0.5) of the door stands at w c, nearer by w s: seen magnified by 1 / (1 - depth w s)
    w = from_hinge / (c + np.float32(DOORWAY_DEPTH) * s * from_hinge)
    larger = 1 / (1 - np.float32(DOORWAY_DEPTH) * s * w)
    ax = np.where(at.x < 0.5, w, 1 - w).astype(np.float32)
    ay = 0.5 + at.down / larger
    free_edge = 0.5 * c / (1 - np.float32(0.5 * DOORWAY_DEPTH) * s)
    a_shown = at.edge(np.minimum((free_edge - from_hinge) * np.float32(at.aspect), np.minimum(ay, 1 - ay)))
    near = np.float32(1 / (0.6 + 0.4 * ease(p)))
    bx, by = at.at(at.across * near, at.down * near)
    b_shown = at.inside(bx, by)
    doors, cover = stacked(b_shown, a_shown)
    dark, turned = np.float32(0.25 + 0.75 * ease(p)), 1 - np.float32(0.5) * s
    return Mix(1 - doors, a=(ax, ay), b=(bx, by), cover=cover, light=dark + doors * (turned - dark))


def swap(at: Grid, p: float) -> Mix:
    """Both pictures step back and aside; b, from the right, cuts in before a and comes forward."""
    back_a, back_b = ease(p, 0.0, 0.8), ease(1 - p, 0.0, 0.8)
    aside = 0.25 * sin(pi * p) ** 1.2
    a, shown_a = _placed(at, 1 - 0.75 * back_a, -aside)
    b, shown_b = _placed(at, 1 - 0.75 * back_b, aside)
    if p < 0.5:
        mix, cover = stacked(shown_b, shown_a)
        mix = 1 - mix
    else:
        mix, cover = stacked(shown_a, shown_b)
    light = (1 - mix) * np.float32(1 - 0.6 * back_a) + mix * np.float32(1 - 0.6 * back_b)
    return Mix(mix, a=a, b=b, cover=cover, light=light)


def _placed(at: Grid, size: float, aside: float) -> tuple[tuple[Reals, Reals], Reals]:
    """A picture drawn `size` as large, `aside` widths from the centre: where it is looked at and where it is."""
    x = (at.x - np.float32(0.5 + aside)) / np.float32(size) + np.float32(0.5)
    y = at.down / np.float32(size) + np.float32(0.5)
    return (x, y), at.inside(x, y, size, size)


def rotate_scale_fade(at: Grid, p: float) -> Mix:
    """One whole turn, smaller until half time, and a fades into b."""
    size = 1 - 0.5 * sin(pi * p)
    angle = 2 * pi * ease(p)
    c, s = np.float32(cos(angle) / size), np.float32(sin(angle) / size)
    x, y = at.at(at.across * c + at.down * s, at.down * c - at.across * s)
    return Mix(ease(p, 0.3, 0.7), a=(x, y), b=(x, y), cover=at.inside(x, y, size, size), shrink=int(size < 0.6))


TABLE: dict[str, Transition] = {
    "directional": directional, "bounce_down": bounce_down, "bounce_up": bounce_up,
    "doomscreentransition_down": doom_down, "doomscreentransition_up": doom_up, "gridflip": grid_flip,
    "mosaic": mosaic, "cube": cube, "doorway": doorway, "swap": swap, "rotatescalefade": rotate_scale_fade,
}
