"""dissolves: a becomes b in place, everywhere or grain by grain, by noise or by the colours themselves."""

import numpy as np

from stream.render.transitions.grid import TURN, Grid, Mix, Paint, Transition, ease, fraction, smooth, sweep

SNOW, EMBER = (1.0, 0.0, 0.0), (0.66, -0.36, 0.24)
ALIKE = 0.75
"""A distance of colours that counts as the largest: rare beyond."""


def fade(at: Grid, p: float) -> Mix:
    return Mix(p)


def fade_color(at: Grid, p: float) -> Mix:
    """Through black: a is gone at half time, b begins there."""
    return Mix(float(p >= 0.5), light=abs(1 - 2 * p))


def fade_grayscale(at: Grid, p: float) -> Mix:
    """a loses its colour, turns into b without colour, and b gains its own."""
    return Mix(ease(p, 0.25, 0.75), saturation=ease(abs(1 - 2 * p), 0.15, 0.9))


def perlin(at: Grid, p: float) -> Mix:
    """Clouds of b spread and run together."""
    return Mix(sweep(at.cloud(4.0), p, 0.12))


def burn(at: Grid, p: float) -> Mix:
    """a burns away from below like paper: it chars, glows and leaves b."""
    when = at.cloud(5.0, octaves=4) * np.float32(0.6) + (1 - at.y) * np.float32(0.4)
    ahead = when - np.float32(p * 1.26 - 0.13)  # of the fire: it comes from beyond the picture and leaves it
    char = smooth(1 - ahead * np.float32(1 / 0.13))
    mix = smooth(0.5 - ahead * np.float32(1 / 0.02))
    glow = smooth(1 - np.abs(ahead - np.float32(0.004)) * np.float32(1 / 0.022))
    return Mix(mix, light=1 - np.float32(0.85) * char * (1 - mix), paint=Paint(EMBER, glow))


def morph(at: Grid, p: float) -> Mix:
    """Snow: fine grains, each white for a moment before it turns."""
    tiles = at.tiles(150)
    drift = at.cloud(3.0, 7, 2)
    when = tiles.of(at.random(tiles.rows, tiles.columns)) * np.float32(0.7) + drift * np.float32(0.3)
    past = np.float32(p * 1.1 - 0.05) - when
    flake = np.clip(1 - np.abs(past) * np.float32(1 / 0.05), 0, 1) * np.float32(0.9)
    return Mix(at.edge(past), paint=Paint(SNOW, flake))


def color_distance(at: Grid, p: float) -> Mix:
    """Where the two pictures are alike b appears first, where they differ most last."""
    one, other = at.colors(0), at.colors(1)
    parts = [x - y for x, y in zip(one, other, strict=True)]
    distance = np.sqrt(sum((d * d for d in parts[1:]), parts[0] * parts[0] * np.float32(0.5)))
    return Mix(sweep(np.minimum(distance * np.float32(1 / ALIKE), 1), p, 0.5))


def color_phase(at: Grid, p: float) -> Mix:
    """Hue by hue around the colour wheel of a, from red; greys at half time."""
    _, blue, red = at.colors(0)
    hue = fraction(np.arctan2(blue, red) * np.float32(1 / TURN) + np.float32(0.08))
    colorful = smooth(np.sqrt(blue * blue + red * red) * 10)
    return Mix(sweep(0.5 + (hue - np.float32(0.5)) * colorful, p, 0.35))


def multiply_blend(at: Grid, p: float) -> Mix:
    """a, then both pictures multiplied like two slides in one projector, then b."""
    a, b = at.colors(0), at.colors(1)
    product = (a[0] * b[0], a[0] * b[1] + a[1] * b[0], a[0] * b[2] + a[2] * b[0])
    both = np.full((1, 1), ease(1 - abs(1 - 2 * p)), np.float32)
    return Mix(float(p >= 0.5), paint=Paint(product, both))


def linear_blur(at: Grid, p: float) -> Mix:
    """Both pictures smeared sideways, most at half time, while one turns into the other."""
    return Mix(ease(p, 0.15, 0.85), smear=0.16 * (1 - abs(1 - 2 * p)) ** 1.5)


TABLE: dict[str, Transition] = {
    "fade": fade, "fadecolor": fade_color, "fadegrayscale": fade_grayscale, "perlin": perlin, "burn": burn,
    "morph": morph, "colordistance": color_distance, "colorphase": color_phase, "multiplyblend": multiply_blend,
    "linearblur": linear_blur,
}
