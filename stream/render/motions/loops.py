"""loops: how captions move while they stay: one function for each name, from phase in [0, 1) and the em to a Pose.

Phase 1 is phase 0 again: every loop is seamless.
"""

import math
from collections.abc import Callable

from stream.render.motions.easing import TAU, hop, noise, wave
from stream.render.motions.pose import Pose

Loop = Callable[[float, float], Pose]


def _letters(name: str) -> Loop:
    return lambda p, em: Pose(letters=name, progress=p)


def _rest(p: float, em: float) -> Pose:
    return Pose()


def _split(p: float, em: float) -> Pose:
    """Larger and smaller, red and blue parting as it grows."""
    grown = (1 - math.cos(TAU * p)) / 2
    return Pose(scale_x=1 + 0.18 * grown, scale_y=1 + 0.18 * grown, split_px=0.12 * em * grown)


def _beat(p: float, em: float) -> Pose:
    """Two beats close together, then a pause."""
    size = 1 + sum(high * math.exp(-((p - at) / 0.06) ** 2) for at, high in ((0.2, 0.22), (0.45, 0.14)))
    return Pose(scale_x=size, scale_y=size)


def _rock(p: float, em: float) -> Pose:
    """As a boat: tilting and rolling to the side it tilts to, about a keel below."""
    return Pose(angle_deg=-7 * wave(p), dx_px=0.5 * em * wave(p), dy_px=0.12 * em * math.cos(2 * TAU * p) - 0.12 * em,
                pivot=(0.5, 1.0))


def _glitch(p: float, em: float) -> Pose:
    """Most of the time whole; in two bursts torn, split and flickering."""
    step = int(p * 20) % 20
    if not (4 <= step < 8 or 10 <= step < 13):
        return Pose()
    return Pose(tear_px=0.8 * em, split_px=0.12 * em, seed=step, dx_px=0.2 * em * (noise(step) - 0.5),
                opacity=0.55 if step % 2 else 1.0)


def _sway(p: float, em: float) -> Pose:
    """From side to side, leaning back as it goes."""
    return Pose(dx_px=0.7 * em * wave(p), slant=0.22 * math.cos(TAU * p))


def _jump(height_em: float, squash: float) -> Loop:
    """Up and down as thrown, pressed flat as it lands."""
    def loop(p: float, em: float) -> Pose:
        if p < 0.7:
            return Pose(dy_px=-height_em * em * hop(p / 0.7))
        low = hop((p - 0.7) / 0.3)
        return Pose(scale_x=1 + squash * low, scale_y=1 - squash * low, pivot=(0.5, 1.0))
    return loop


def _swing(p: float, em: float) -> Pose:
    """Tilting left and right about its own middle."""
    return Pose(angle_deg=10 * wave(p))


def _shine(p: float, em: float) -> Pose:
    return Pose(opacity=0.6 + 0.4 * math.cos(TAU * p))


def _rotate(p: float, em: float) -> Pose:
    return Pose(angle_deg=-360 * p)


def _pendulum(p: float, em: float) -> Pose:
    """Hanging from a point above it."""
    return Pose(angle_deg=16 * wave(p), pivot=(0.5, -1.5))


def _wiper(p: float, em: float) -> Pose:
    """Sweeping about its lower left end, as a windscreen wiper."""
    return Pose(angle_deg=20 - 20 * math.cos(TAU * p), pivot=(0.0, 1.0))


def _through(p: float, em: float) -> Pose:
    """Right to left through the picture, and in again on the right."""
    return Pose(away_x=1 - 2 * p)


def _upwards(p: float, em: float) -> Pose:
    """Bottom to top through the picture, and in again from below."""
    return Pose(away_y=1 - 2 * p)


def _flip(p: float, em: float) -> Pose:
    """Turned about its upright axis, its back seen half of the time."""
    return Pose(scale_x=math.cos(TAU * p))


LOOP: dict[str, Loop] = {
    "normal_display": _rest,
    "naughty_display": _letters("naughty"),
    "zoomout_display": _letters("swell"),
    "colordiff_display": _split,
    "heartbeat_display": _beat,
    "rock_display": _rock,
    "broken_display": _glitch,
    "shake_display": _letters("shiver"),
    "wave_display": _letters("sway"),
    "strongwave_display": _letters("storm"),
    "swag_display": _sway,
    "jump_display": _jump(1.2, 0.3),
    "slightjump_display": _jump(0.35, 0.08),
    "swing_display": _swing,
    "shine_display": _shine,
    "rotate_display": _rotate,
    "clockswing_display": _pendulum,
    "rainbrush_display": _wiper,
    "rollleft_display": _through,
    "roll_display": _upwards,
    "flip_display": _flip,
}
"""What each name of a loop does."""
