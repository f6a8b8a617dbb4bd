"""wipes: b is uncovered in place by edges that travel.

A name's direction is the one its edge moves in: wipeleft begins at the right border and moves left, as in FFmpeg's
xfade; so do wipeup (from the bottom), wiperight and wipedown.
"""

import numpy as np

from stream.render.transitions.grid import Grid, Mix, Reals, Transition, fraction, sweep

STRIPS, SLATS, BLADES, LINES = 10, 9, 8, 110


def wipe_left(at: Grid, p: float) -> Mix:
    return Mix(at.edge((at.x - (1 - p)) * at.aspect))


def wipe_right(at: Grid, p: float) -> Mix:
    return Mix(at.edge((p - at.x) * at.aspect))


def wipe_up(at: Grid, p: float) -> Mix:
    return Mix(at.edge(at.y - (1 - p)))


def wipe_down(at: Grid, p: float) -> Mix:
    return Mix(at.edge(p - at.y))


def directional_wipe(at: Grid, p: float) -> Mix:
    """A broad soft edge from the top left corner to the bottom right one."""
    return Mix(sweep((at.x + at.y) * np.float32(0.5), p, 0.35))


def wind(at: Grid, p: float) -> Mix:
    """Blown to the right: every line of the picture runs ahead or behind by its own gust."""
    return Mix(sweep(at.x * np.float32(0.65) + at.bands(LINES) * np.float32(0.35), p, 0.22))


def window_slice(at: Grid, p: float) -> Mix:
    """Upright strips, each opened by an edge moving right; the strips begin one after another from the left."""
    place = at.x * np.float32(STRIPS)
    strip = np.floor(place)
    opened = np.clip(np.float32(2 * p) - strip * np.float32(1 / (STRIPS - 1)), 0, 1)
    ajar = np.where(opened > 0, opened - (place - strip), np.float32(-1))
    return Mix(at.edge(ajar * np.float32(at.aspect / STRIPS)))


def window_blinds(at: Grid, p: float) -> Mix:
    """Level slats of a that turn edge-on, darkening, and let b be seen between them."""
    place = at.y * np.float32(SLATS)
    slat = np.floor(place)
    gap = np.float32(p)
    y = (slat + (place - slat - gap) / (1 - gap)) / SLATS
    mix = at.edge((gap - (place - slat)) * np.float32(1 / SLATS))
    return Mix(mix, a=(at.x, y), light=1 - np.float32(0.6 * p) * (1 - mix))


def bow_tie_vertical(at: Grid, p: float) -> Mix:
    """Two triangles from the top and the bottom, meeting in the middle at half time and opening sideways."""
    return Mix(_bow_tie(at, p, np.abs(at.x - 0.5) - np.abs(at.y - 0.5)))


def bow_tie_horizontal(at: Grid, p: float) -> Mix:
    """Two triangles from the left and the right, meeting in the middle at half time and opening up and down."""
    return Mix(_bow_tie(at, p, np.abs(at.y - 0.5) - np.abs(at.x - 0.5)))


def _bow_tie(at: Grid, p: float, lead: Reals) -> Reals:
    steep = float(np.hypot(1, 1 / at.aspect))  # of `lead` per height: an edge must be one pixel wide across itself
    return at.edge((np.float32(p - 0.5) - lead) * np.float32(1 / steep))


def angular(at: Grid, p: float) -> Mix:
    """A clock's hand, clockwise from twelve, its shadow before it."""
    turn = at.turn(0.75)
    ahead = turn - np.float32(p)
    shadow = np.clip(1 - ahead * np.float32(1 / 0.07), 0, 1) * np.float32(min(0.5, 5 * p)) * (ahead > 0)
    return Mix(at.edge(np.minimum(turn, -ahead) * np.float32(2 * np.pi) * at.radius()), light=1 - shadow)


def radial(at: Grid, p: float) -> Mix:
    """A radar's beam with a long soft trail, clockwise from nine o'clock."""
    return Mix(sweep(at.turn(0.5), p, 0.22))


def pinwheel(at: Grid, p: float) -> Mix:
    """Blades that open clockwise, all at once, while the wheel itself turns."""
    blade = fraction((at.turn() - np.float32(0.12 * p)) * BLADES)
    length = at.radius() * np.float32(2 * np.pi / BLADES)
    return Mix(at.edge(np.minimum(blade, p - blade) * length))


def luma(at: Grid, p: float) -> Mix:
    """Opened along the rising diagonal towards both other corners, a little earlier where b is bright."""
    bright = np.clip(at.colors(1)[0], 0, 1)
    return Mix(sweep(np.abs(at.x + at.y - 1) * np.float32(0.8) + (1 - bright) * np.float32(0.2), p, 0.12))


def squeeze(at: Grid, p: float) -> Mix:
    """a is pressed from above and below into a line; b stands behind it."""
    y = at.down / np.float32(1 - p) + 0.5
    shown = at.edge(np.minimum(y, 1 - y) * np.float32(1 - p))
    return Mix(1 - shown, a=(at.x, y))


TABLE: dict[str, Transition] = {
    "wipeleft": wipe_left, "wiperight": wipe_right, "wipeup": wipe_up, "wipedown": wipe_down,
    "directionalwipe": directional_wipe, "wind": wind, "windowslice": window_slice, "windowblinds": window_blinds,
    "bowTieVertical": bow_tie_vertical, "bowTieHorizontal": bow_tie_horizontal, "angular": angular, "radial": radial,
    "pinwheel": pinwheel, "luma": luma, "squeeze": squeeze,
}
