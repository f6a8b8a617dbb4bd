"""masks: b is uncovered in place by shapes that grow: discs, petals, hearts, dots, squares, lines."""

import numpy as np

from stream.render.transitions.grid import TURN, Grid, Mix, Paint, Reals, Transition, ease, smooth, sweep

CHARCOAL, SOOT = (0.1, 0.0, 0.0), (0.04, 0.01, 0.02)


def circle_open(at: Grid, p: float) -> Mix:
    """A soft ellipse of the picture's shape, growing from the centre."""
    return Mix(sweep(_ellipse(at), p, 0.3))


def circle(at: Grid, p: float) -> Mix:
    """An ellipse closes over a, on dark grey, and opens over b; it never closes quite."""
    return Mix(ease(p, 0.42, 0.58), paint=Paint(CHARCOAL, at.edge((_ellipse(at) - _iris(p)) * np.float32(0.7))))


def circle_crop(at: Grid, p: float) -> Mix:
    """A round hole closes over a, on nothing, and opens over b; it never closes quite."""
    return Mix(ease(p, 0.42, 0.58), cover=at.edge(np.float32(_iris(p) * at.corner) - at.radius()))


def _ellipse(at: Grid) -> Reals:
    """Distance from the centre, 1 in the corners, on ellipses of the picture's shape."""
    x, y = at.x - 0.5, at.y - 0.5
    distance: Reals = np.sqrt((x * x + y * y) * 2)
    return distance


def _iris(p: float) -> float:
    return float(max(abs(1 - 2 * p) ** 1.4 * 1.02, 0.14))


def heart(at: Grid, p: float) -> Mix:
    """A heart growing from the centre: x^2 + (y - 0.75 sqrt(size |x|))^2 < size^2, y upwards."""
    size = np.float32((0.45 * p + 0.55 * p**4) * (0.35 + 0.7 * max(at.aspect, 1.0)))
    across = np.abs(at.across)
    up = -at.down + size * np.float32(0.2) - np.float32(0.75) * np.sqrt(across * size)
    return Mix(at.edge(size - np.sqrt(across * across + up * up)))


def polar_function(at: Grid, p: float) -> Mix:
    """A flower of six petals, growing and slowly turning."""
    petals = 1 + np.float32(0.4) * np.cos(np.float32(6 * TURN) * (at.turn() - np.float32(0.1 * p)))
    reach = np.float32(p**1.4 * at.corner * 1.02 / 0.6)
    return Mix(at.edge(reach * petals - at.radius()))


def undulating_burn_out(at: Grid, p: float) -> Mix:
    """A wavy hole growing from the centre, its rim scorched."""
    angle = at.turn() * np.float32(TURN)
    wave = np.sin(angle * 9 + np.float32(11 * p)) * np.float32(0.6) + np.sin(angle * 5 - np.float32(7 * p)) * \
        np.float32(0.4)
    reach = np.float32(p * at.corner * 1.25) * (1 + np.float32(0.14) * wave)
    beyond = at.radius() - reach
    scorched = smooth(1 - np.abs(beyond - np.float32(0.012)) * np.float32(1 / 0.05)) * np.float32(min(1.0, 12 * p))
    return Mix(at.edge(-beyond), paint=Paint(SOOT, scorched))


def polka(at: Grid, p: float) -> Mix:
    """Dots in rows, each second row shifted by half, all growing until they have closed."""
    size = np.float32(1 / 9)
    row = np.floor(at.down / size)
    place = at.across / size + (row - 2 * np.floor(row / 2)) * np.float32(0.5)
    x, y = place - np.floor(place) - np.float32(0.5), at.down / size - row - np.float32(0.5)
    return Mix(at.edge((np.float32(p * 0.72) - np.sqrt(x * x + y * y)) * size))


def random_squares(at: Grid, p: float) -> Mix:
    """Squares in no order, each turning quickly."""
    tiles = at.tiles(9)
    return Mix(sweep(tiles.of(at.random(tiles.rows, tiles.columns)), p, 0.15))


def squares_wire(at: Grid, p: float) -> Mix:
    """Squares growing in their cells, later towards the bottom right; what is left of a is a wire mesh."""
    tiles = at.tiles(8)
    later = (tiles.column * np.float32(0.5 / max(tiles.columns - 1, 1)) + tiles.row *
             np.float32(0.5 / max(tiles.rows - 1, 1))).astype(np.float32)
    grown = np.clip(np.float32(2 * p) - later, 0, 1) * np.float32(0.5 + at.pixel / tiles.height)
    gap = np.maximum(np.abs(tiles.x), np.abs(tiles.y))
    return Mix(at.edge(np.where(grown > 0, grown - gap, np.float32(-1)) * np.float32(tiles.height)))


def crosshatch(at: Grid, p: float) -> Mix:
    """Thin level and upright lines, in no order but earlier near the centre."""
    columns = max(1, round(100 * at.aspect))
    upright = at.random(columns, 1, 1)[np.minimum(at.x[0] * columns, columns - 1).astype(np.intp)].T
    when = at.radius() * np.float32(0.55 / at.corner) + np.float32(0.45) * np.minimum(at.bands(100), upright)
    return Mix(sweep(when, p, 0.08))


TABLE: dict[str, Transition] = {
    "circle": circle, "circleopen": circle_open, "circlecrop": circle_crop, "heart": heart,
    "polarfunction": polar_function, "undulatingburnout": undulating_burn_out, "polka": polka,
    "randomsquares": random_squares, "squareswire": squares_wire, "crosshatch": crosshatch,
}
