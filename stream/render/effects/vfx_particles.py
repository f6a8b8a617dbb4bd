"""vfx_particles: VFX that strew stars, hearts, lights and sparks over the picture."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import tau

import numpy as np
from numpy.typing import NDArray

from stream.media import VideoFrame
from stream.render.effects.frames import copy
from stream.render.effects.light import Rgb, stamp
from stream.render.effects.moment import Moment
from stream.render.effects.sprites import Shape, sprite
from stream.render.effects.vfx_openings import lit

Chances = NDArray[np.float64]
Places = tuple[Chances, Chances, Chances, Chances]
"""x (share of the width), y (share of the height), size and strength of each sprite."""
WHITE, WARM, GOLD = (1.0, 1.0, 1.0), (1.0, 0.85, 0.55), (1.0, 0.82, 0.3)
PINK, RED = (1.0, 0.55, 0.75), (0.95, 0.15, 0.3)
CYAN, VIOLET, LIME = (0.45, 0.9, 1.0), (0.75, 0.5, 1.0), (0.75, 1.0, 0.4)
MANY = (RED, GOLD, LIME, CYAN, VIOLET, PINK)


@dataclass(frozen=True, slots=True)
class Swarm:
    """Many sprites: how they move, what they are, in shares of the picture's height.

    `size` from-to is a sprite's side, `period_s` the time of one life, `dim` the light left to the picture beneath.
    """

    motion: Callable[[Chances, float, float], Places]
    shapes: tuple[Shape, ...]
    colors: tuple[Rgb, ...]
    count: int
    size: tuple[float, float]
    period_s: float
    dim: float = 1.0


def _falling(u: Chances, t: float, aspect: float) -> Places:
    part = np.mod(u[1] + t * (0.7 + 0.6 * u[2]), 1)
    return u[0] + 0.03 * np.sin(tau * (2 * part + u[3])), part * 1.3 - 0.15, np.ones_like(part), _ends(part, 0.08)


def _rising(u: Chances, t: float, aspect: float) -> Places:
    x, y, size, strength = _falling(u, t, aspect)
    return x, 1 - y, size * (0.6 + 0.4 * (1 - y)), strength


def _twinkling(u: Chances, t: float, aspect: float) -> Places:
    part = np.mod(u[2] + t * (0.8 + 0.4 * u[3]), 1)
    glow = np.sin(np.pi * part) ** 2
    return u[0], u[1], 0.6 + 0.4 * glow, glow


def _flying(u: Chances, t: float, aspect: float) -> Places:
    x = u[0] + 0.10 * np.sin(tau * (t * (0.3 + u[2]) + u[3])) + 0.04 * np.sin(tau * (t * 0.9 + u[1]))
    y = u[1] + 0.09 * np.cos(tau * (t * (0.3 + u[3]) + u[2])) - 0.05 * np.mod(t * u[2], 1)
    return x, y, np.ones_like(x), 0.25 + 0.75 * np.sin(np.pi * np.mod(t * 1.7 + u[3], 1)) ** 2


def _rushing(u: Chances, t: float, aspect: float) -> Places:
    part = np.mod(u[1] + t, 1)
    away = 0.03 + 1.05 * part**2
    return (0.5 + away * np.cos(tau * u[0]) / aspect, 0.5 + away * np.sin(tau * u[0]), 0.12 + 0.9 * part**2,
            np.clip(part * 4, 0, 1))


def _bursting(u: Chances, t: float, aspect: float, heart: bool = False) -> Places:
    """Six bursts, one after another, each with its own place; `heart`: along a heart's outline."""
    group = np.floor(u[2] * 6)
    life = t + group / 6
    turn, part = np.floor(life), np.mod(life, 1)
    place_x = 0.2 + 0.6 * np.mod(0.618 * (group + 6 * turn) + 0.13, 1)
    place_y = 0.2 + 0.4 * np.mod(0.755 * (group + 6 * turn) + 0.4, 1)
    angle, spread = tau * u[0], 0.24 * (1 - (1 - part) ** 3)
    if heart:
        dx, dy = np.sin(angle) ** 3, -(13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle)
                                       - np.cos(4 * angle)) / 16
        reach = spread * (0.94 + 0.06 * u[3])
    else:
        dx, dy, reach = np.cos(angle), np.sin(angle), spread * (0.35 + 0.65 * np.sqrt(u[3]))
    return (place_x + reach * dx / aspect, place_y + reach * dy + 0.08 * part**2, 1 - 0.5 * part,
            np.clip((1 - part) * 1.6, 0, 1))


def _orbiting(u: Chances, t: float, aspect: float) -> Places:
    angle = tau * (u[4] + t)
    depth = np.sin(angle)
    return 0.5 + 0.42 * np.cos(angle) / aspect, 0.52 + 0.24 * depth, 0.8 + 0.25 * depth, 0.75 + 0.25 * depth


def _streaking(u: Chances, t: float, aspect: float) -> Places:
    part = np.mod(u[2] + t * (0.8 + 0.5 * u[3]), 1)
    turn = np.floor(u[2] + t * (0.8 + 0.5 * u[3]))
    x = 0.15 + 1.1 * np.mod(u[0] + 0.37 * turn, 1) - part * 0.9
    return x, np.mod(u[1] + 0.53 * turn, 1) * 0.5 - 0.25 + part * 0.9, np.ones_like(part), np.sin(np.pi * part)


def _ends(part: Chances, share: float) -> Chances:
    return np.asarray(np.clip(part / share, 0, 1) * np.clip((1 - part) / share, 0, 1))


@lru_cache(maxsize=16)
def _chances(count: int, seed: int) -> Chances:
    """Five rows of `count` numbers in [0, 1); the last is evenly spread."""
    return np.vstack([np.random.default_rng((seed & 0xFFFFFFFF, count)).random((4, count)), np.arange(count) / count])


def strewn(m: Moment, swarms: tuple[Swarm, ...]) -> VideoFrame:
    """Return the picture with the swarms laid over it. Its alpha stays."""
    dim = min(swarm.dim for swarm in swarms)
    out = lit(m.frame, dim) if dim < 1 else copy(m.frame)
    width, height = out.width_px, out.height_px
    for k, swarm in enumerate(swarms):
        u = _chances(swarm.count, m.seed + k)
        x, y, size, strength = swarm.motion(u, m.age_s / swarm.period_s, width / height)
        sides = size * height * (swarm.size[0] + (swarm.size[1] - swarm.size[0]) * u[3])
        for i in range(swarm.count):
            side = max(2 * round(float(sides[i]) / 2), 4)
            stamp(out, sprite(swarm.shapes[i % len(swarm.shapes)], side), float(x[i]) * width, float(y[i]) * height,
                  swarm.colors[int(u[0][i] * 997) % len(swarm.colors)], float(strength[i]))
    return out


_hearts = partial(_bursting, heart=True)
_S = Swarm
SWARMS: dict[str, tuple[Swarm, ...]] = {
    "heartfireworks": (_S(_hearts, ("glow",), (PINK, RED, GOLD), 330, (0.03, 0.05), 2.4),
                       _S(_bursting, ("heart",), (PINK, RED), 36, (0.03, 0.05), 2.4)),
    "fireworks": (_S(_bursting, ("glow",), MANY, 360, (0.03, 0.06), 2.4, 0.85),),
    "starexplosion": (_S(_bursting, ("cross", "star"), (WHITE, WARM, GOLD), 130, (0.03, 0.09), 2.0),),
    "starsparkle": (_S(_bursting, ("star", "glow"), (GOLD, WARM, PINK), 200, (0.02, 0.045), 1.8),),
    "meteorshower": (_S(_streaking, ("streak",), (WHITE, CYAN), 16, (0.25, 0.55), 1.6, 0.8),
                     _S(_twinkling, ("cross",), (WHITE,), 25, (0.02, 0.05), 1.5)),
    "starry": (_S(_twinkling, ("cross", "glow"), (WHITE, WARM), 80, (0.04, 0.12), 1.6),),
    "colorfulstarry": (_S(_twinkling, ("cross", "star", "glow"), (*MANY, WHITE), 110, (0.04, 0.11), 1.4),),
    "moons_and_stars": (_S(_falling, ("moon", "star", "star"), (GOLD, WARM), 26, (0.05, 0.11), 5.0),
                        _S(_twinkling, ("cross",), (WHITE,), 25, (0.03, 0.06), 1.5)),
    "flyfire": (_S(_flying, ("glow",), (LIME, (1.0, 0.95, 0.4)), 45, (0.05, 0.13), 4.0, 0.75),),
    "spotfall": (_S(_falling, ("disc", "glow"), (WARM, GOLD, WHITE), 40, (0.04, 0.13), 4.0),),
    "sparklestarfield": (_S(_rushing, ("star", "cross"), (GOLD, WHITE, CYAN), 60, (0.10, 0.2), 1.6),),
    "starfield": (_S(_rushing, ("glow",), (WHITE, CYAN, VIOLET), 150, (0.05, 0.13), 1.8, 0.75),),
    "fallingheart": (_S(_falling, ("heart",), (RED, PINK), 36, (0.04, 0.11), 3.5),),
    "risingheartbubble": (_S(_rising, ("heart", "ring"), (PINK, RED, WHITE), 34, (0.05, 0.12), 4.0),),
    "heartsurround": (_S(_orbiting, ("heart",), (RED, PINK), 16, (0.06, 0.11), 3.0),),
    "heartbubbleshinee": (_S(_twinkling, ("heart",), (PINK, RED), 40, (0.05, 0.13), 1.4),),
    "starfieldshinee": (_S(_twinkling, ("star",), (GOLD, WHITE), 45, (0.03, 0.09), 1.6),),
    "starfieldshinee2": (_S(_twinkling, ("star", "cross"), (GOLD, WHITE, PINK), 110, (0.03, 0.10), 0.5),),
    "shinningstar_light": (_S(_twinkling, ("cross",), (WHITE, WARM), 14, (0.18, 0.45), 1.6),),
    "fallingcircle": (_S(_twinkling, ("disc",), (WARM, PINK, CYAN), 26, (0.10, 0.28), 2.6),),
}
TABLE: dict[str, Callable[[Moment], VideoFrame]] = {name: partial(strewn, swarms=swarms)
                                                    for name, swarms in SWARMS.items()}
