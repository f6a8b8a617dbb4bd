"""letters: motions of single letters: from its place and progress in [0, 1] to a Stance.

Those of entrances begin with every letter hidden and end at rest; those of loops are periodic.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from stream.render.motions.easing import TAU, back, clamp, elastic, hop, noise, out, smooth, turn_of, wave
from stream.render.motions.pose import HIDDEN, Stance


class Place(NamedTuple):
    """Which letter: its `number` of `letters` in all, its `column` of `columns` in its line, in order of reading."""

    number: int
    letters: int
    column: int
    columns: int


LetterMotion = Callable[[Place, float], Stance]
REST = Stance()


def _type(at: Place, p: float) -> Stance:
    return REST if typed(at.letters, p) > at.number else HIDDEN


def typed(count: int, p: float) -> int:
    """Return how many of `count` letters a typewriter has written: none before the first stroke, all at the end."""
    return count if p >= 1 else int(p * (count + 1))


def _strike(at: Place, p: float) -> Stance:
    """Each letter comes down on the paper from above it: large and faint, then itself."""
    q = turn_of(at.number, at.letters, p, 0.25)
    return Stance(scale_x=1.9 - 0.9 * out(q), scale_y=1.9 - 0.9 * out(q), opacity=smooth(q))


def _faulty(at: Place, p: float) -> Stance:
    """Typed, but some letters stand wrong, flicker and only then fall into their place."""
    if typed(at.letters, clamp(1.35 * p)) <= at.number:
        return HIDDEN
    step, left = int(p * 24), 1 - p
    if noise(at.number, 7) < 0.45 and left > 0.12:
        flicker = 0.0 if noise(at.number, step) < 0.3 else 1.0
        across, up, turn = (noise(at.number, salt) - 0.5 for salt in (step + 9, 2, 3))
        return Stance(0.3 * left * across, 0.9 * left * up, angle_deg=50 * left * turn, opacity=flicker)
    return REST


def _billow(at: Place, p: float) -> Stance:
    """Letter after letter springs up from below, past its place: a wave runs along the line."""
    q = turn_of(at.number, at.letters, p, 0.5)
    return Stance(dy_em=1.5 * (1 - back(q, 3.5)), opacity=clamp(4 * q))


def _notes(at: Place, p: float) -> Stance:
    """Letters fall in from different heights, like notes on a stave, and hop once."""
    q = turn_of(at.number, at.letters, p, 0.45)
    height = (1.0, 2.0, 1.5, 2.6)[at.number % 4]
    down = -height * (1 - (q / 0.6) ** 2) if q < 0.6 else -0.35 * hop((q - 0.6) / 0.4)
    return Stance(dy_em=down, angle_deg=(12 if at.number % 2 else -12) * (1 - q), opacity=clamp(5 * q))


def _beat_up(at: Place, p: float) -> Stance:
    """Each letter swells up where the heart has stepped on it, beats once over its size, and stays."""
    q = turn_of(at.number, at.letters, p, 0.3)
    size = elastic(q, 1.5)
    return Stance(scale_x=size, scale_y=size, opacity=clamp(6 * q), pivot=(0.5, 0.8))


def _gather(at: Place, p: float) -> Stance:
    """From a wide line to its own width: letters draw together towards the middle."""
    away = 1 - out(p)
    return Stance(dx_em=1.1 * away * (at.column - (at.columns - 1) / 2), opacity=clamp(1.6 * p))


def _grow(at: Place, p: float) -> Stance:
    """Letters grow out of the line they stand on, one after the other."""
    q = turn_of(at.number, at.letters, p, 0.6)
    return Stance(scale_x=0.4 + 0.6 * out(q), scale_y=out(q), opacity=clamp(8 * q), pivot=(0.5, 0.8))


def _spin(at: Place, p: float) -> Stance:
    """Each letter flies in from the upper right, spinning about itself."""
    q = turn_of(at.number, at.letters, p, 0.55)
    left = 1 - out(q)
    return Stance(2.5 * left, -2.0 * left, 1 + left, 1 + left, -540 * left, clamp(5 * q))


def _sway(amplitude_em: float, angle_deg: float) -> LetterMotion:
    """A wave running along the letters: each as its neighbour, a moment later."""
    def motion(at: Place, p: float) -> Stance:
        q = p - at.column / 8
        return Stance(dy_em=amplitude_em * wave(q), angle_deg=angle_deg * math.cos(TAU * q))
    return motion


def _naughty(at: Place, p: float) -> Stance:
    """Neighbours tilt and hop against one another."""
    side = 1 if at.number % 2 else -1
    return Stance(dy_em=-0.25 * hop((2 * p + at.number / 2) % 1), angle_deg=side * 14 * wave(p))


def _swell(at: Place, p: float) -> Stance:
    """One letter after the other becomes large, and small again."""
    q = (p * (at.letters + 3) - at.number) / 3
    size = 1 + 0.5 * hop(q) if 0 < q < 1 else 1.0
    return Stance(scale_x=size, scale_y=size, pivot=(0.5, 0.8))


def _shiver(at: Place, p: float) -> Stance:
    """Every letter trembles about its place."""
    step = int(p * 12) % 12
    across, up, turn = (noise(at.number, step, salt) - 0.5 for salt in (1, 2, 3))
    return Stance(0.14 * across, 0.14 * up, angle_deg=8 * turn)


LETTERS: dict[str, LetterMotion] = {
    "type": _type, "strike": _strike, "faulty": _faulty, "billow": _billow, "notes": _notes, "beat_up": _beat_up,
    "gather": _gather, "grow": _grow, "spin": _spin, "sway": _sway(0.25, 0.0), "storm": _sway(0.6, 18.0),
    "naughty": _naughty, "swell": _swell, "shiver": _shiver,
}
"""What `Pose.letters` names."""
COMING = frozenset({"type", "strike", "faulty", "billow", "notes", "beat_up", "gather", "grow", "spin"})
"""Those of entrances."""
