"""entrances: how captions come: one function for each name, from progress in [0, 1] and the em in px to a Pose.

At 0 nothing of the caption is in the picture, at 1 it is at rest. How captions go is the same run backwards: what
moves to the left while it goes is what moves to the right while it comes.
"""

import math
from collections.abc import Callable

from stream.render.motions.easing import back, clamp, elastic, out, smooth
from stream.render.motions.pose import Pose, Sprite

Entrance = Callable[[float, float], Pose]


def _shown(p: float, by: float = 0.3) -> float:
    """Opacity: nothing at 0, all from `by` on."""
    return clamp(p / by)


def _wiped(left: int, up: int, feather: float = 0.0) -> Entrance:
    """What uncovers the caption with an edge that runs left (1), right (-1), up (1) or down (-1)."""
    def entrance(p: float, em: float) -> Pose:
        q = smooth(p) if feather else p
        return Pose(reveal=(1 - q if left > 0 else 0.0, 1 - q if up > 0 else 0.0, q if left < 0 else 1.0,
                            q if up < 0 else 1.0), feather=feather)
    return entrance


def _slid(away_x: int, away_y: int) -> Entrance:
    return lambda p, em: Pose(away_x=away_x * (1 - out(p)), away_y=away_y * (1 - out(p)))


def _by_letters(name: str, sprite: Sprite = "") -> Entrance:
    """What the letters do one by one (see letters.py), from nothing at all."""
    return lambda p, em: Pose(letters=name, progress=p, opacity=1.0 if p > 0 else 0.0, sprite=sprite)


def _blur(p: float, em: float) -> Pose:
    return Pose(blur_px=0.45 * em * (1 - p) ** 1.5, opacity=smooth(p))


def _spiral(p: float, em: float) -> Pose:
    """Up from below on a winding path, turning once and growing."""
    q = out(p)
    swing = math.sin(3 * math.pi * (1 - q)) * (1 - q)
    return Pose(dx_px=1.6 * em * swing, dy_px=3 * em * (1 - q), angle_deg=-360 * (1 - q), scale_x=0.3 + 0.7 * q,
                scale_y=0.3 + 0.7 * q, opacity=_shown(p))


def _slingshot(p: float, em: float) -> Pose:
    """Shot in from the left, stretched by its speed, past its place and drawn back."""
    q = back(p, 2.6)
    return Pose(away_x=1.03 * (q - 1) if q < 1 else 0.0, dx_px=4 * em * (q - 1) if q > 1 else 0.0,
                scale_x=1 + 0.5 * (1 - p) ** 2, scale_y=1 - 0.3 * (1 - p) ** 2, pivot=(1.0, 0.5))


def _somersault(p: float, em: float) -> Pose:
    """A full turn forwards, thrown up over its place."""
    q = smooth(p)
    return Pose(dx_px=-2.5 * em * (1 - q), dy_px=em * (2 * (1 - q) - 2.2 * math.sin(math.pi * q)),
                angle_deg=360 * (1 - q), opacity=_shown(p, 0.2))


def _stretch(p: float, em: float) -> Pose:
    """From a standing line, wide and narrow by turns."""
    q = elastic(p, 2)
    return Pose(scale_x=q, scale_y=max(0.6, 2 - q), opacity=_shown(p, 0.15))


def _spring(p: float, em: float) -> Pose:
    """Dropped on a spring: below its place, above it, and at rest, flat where it lies low."""
    q = elastic(p, 3)
    low = q - 1
    return Pose(dy_px=2.2 * em * low, scale_x=1 + 0.3 * clamp(low) - 0.1 * clamp(-low),
                scale_y=1 - 0.5 * clamp(low) + 0.2 * clamp(-low), pivot=(0.5, 1.0), opacity=_shown(p, 0.15))


def _sized(start: float, easing: Callable[[float], float], shown_by: float) -> Entrance:
    def entrance(p: float, em: float) -> Pose:
        size = start + (1 - start) * easing(p)
        return Pose(scale_x=size, scale_y=size, opacity=_shown(p, shown_by))
    return entrance


def _curtain(p: float, em: float) -> Pose:
    return Pose(reveal=(0.5 - smooth(p) / 2, 0.0, 0.5 + smooth(p) / 2, 1.0))


def _turned(p: float, em: float) -> Pose:
    q = out(p)
    return Pose(scale_x=q, scale_y=q, angle_deg=180 * (1 - q), opacity=_shown(p))


def _sunrise(p: float, em: float) -> Pose:
    """Up from behind a horizon at its own lower edge."""
    return Pose(dy_own=1 - out(p), reveal=(-9.0, -9.0, 10.0, 1.0), opacity=0.4 + 0.6 * p if p > 0 else 0.0)


def _faulty(p: float, em: float) -> Pose:
    torn = 0.5 * em * (1 - p) if int(p * 24) % 3 == 0 else 0.0
    return Pose(letters="faulty", progress=p, opacity=1.0 if p > 0 else 0.0, tear_px=torn, split_px=torn / 3,
                seed=int(p * 24))


def _fade(p: float, em: float) -> Pose:
    return Pose(opacity=p)


def _dissolve(p: float, em: float) -> Pose:
    return Pose(dissolve=p)


def _clock(p: float, em: float) -> Pose:
    return Pose(sweep=p)


IN: dict[str, Entrance] = {
    "blur_in": _blur,
    "wave_in": _by_letters("billow"),
    "scroll_right_in": _wiped(-1, 0, 0.35),
    "scroll_left_in": _wiped(1, 0, 0.35),
    "heartjump_in": _by_letters("beat_up", "heart"),
    "musicjump_in": _by_letters("notes", "note"),
    "rotateup_in": _spiral,
    "close_in": _by_letters("gather"),
    "slingshot_in": _slingshot,
    "rotateflip_in": _somersault,
    "elasticzoom_in": _stretch,
    "zoom_in": _sized(0.0, back, 0.2),
    "spring_in": _spring,
    "fade_in": _fade,
    "growth_in": _by_letters("grow"),
    "open_in": _curtain,
    "dissovle_in": _dissolve,
    "zoomslightout_in": _sized(0.8, smooth, 0.8),
    "zoomin_in": _sized(2.6, out, 0.7),
    "zoomout_in": _sized(0.0, smooth, 0.3),
    "angular_in": _clock,
    "rotate1_in": _turned,
    "rotate2_in": _by_letters("spin"),
    "brokentypewriter_in": _faulty,
    "typewriter1_in": _by_letters("type"),
    "typewriter2_in": _by_letters("type", "caret"),
    "typewriter3_in": _by_letters("strike"),
    "slide_left_in": _slid(1, 0),
    "slide_right_in": _slid(-1, 0),
    "slide_down_in": _slid(0, -1),
    "slide_up_in": _slid(0, 1),
    "sunrise_in": _sunrise,
    "wipe_left_in": _wiped(1, 0),
    "wipe_right_in": _wiped(-1, 0),
    "wipe_down_in": _wiped(0, -1),
    "wipe_up_in": _wiped(0, 1),
}
"""What each name of an entrance does."""


def _slingshot_off(p: float, em: float) -> Pose:
    """Run backwards it is drawn back to the left, then shot out to the right."""
    pose = _slingshot(p, em)
    return Pose(away_x=-pose.away_x, dx_px=-pose.dx_px, scale_x=pose.scale_x, scale_y=pose.scale_y,
                pivot=(0.0, 0.5))


BACKWARDS: dict[str, Entrance] = {
    "blur_out": IN["blur_in"],
    "wave_out": IN["wave_in"],
    "scroll_right_out": IN["scroll_left_in"],
    "scroll_left_out": IN["scroll_right_in"],
    "rotatedown_out": IN["rotateup_in"],
    "slingshot_out": _slingshot_off,
    "open_out": IN["close_in"],
    "rotateflip_out": IN["rotateflip_in"],
    "elasticzoom_out": IN["elasticzoom_in"],
    "spring_out": IN["spring_in"],
    "zoom_out": IN["zoom_in"],
    "fade_out": IN["fade_in"],
    "growth_out": IN["growth_in"],
    "close_out": IN["open_in"],
    "dissolve_out": IN["dissovle_in"],
    "zoomslightout_out": _sized(1.25, smooth, 0.8),
    "zoomin_out": IN["zoomout_in"],
    "zoomout_out": IN["zoomin_in"],
    "angular_out": IN["angular_in"],
    "rotate1_out": IN["rotate1_in"],
    "rotate2_out": IN["rotate2_in"],
    "brokentypewriter_out": IN["brokentypewriter_in"],
    "typewriter1_out": IN["typewriter1_in"],
    "typewriter2_out": IN["typewriter2_in"],
    "typewriter3_out": IN["typewriter3_in"],
    "slide_left_out": IN["slide_right_in"],
    "slide_right_out": IN["slide_left_in"],
    "slide_up_out": IN["slide_down_in"],
    "slide_down_out": IN["slide_up_in"],
    "sunset_out": IN["sunrise_in"],
    "wipe_left_out": IN["wipe_right_in"],
    "wipe_right_out": IN["wipe_left_in"],
    "wipe_up_out": IN["wipe_down_in"],
    "wipe_down_out": IN["wipe_up_in"],
}
"""What each name of an exit does when it is run backwards."""
