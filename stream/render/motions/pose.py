"""pose: how a drawn caption is placed at one moment of a motion."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Sprite = Literal["", "heart", "note", "caret"]


@dataclass(frozen=True, slots=True)
class Pose:
    """What differs from the caption at rest; the default is the rest.

    The caption, scaled, slanted and turned by `angle_deg` (counter-clockwise) about `pivot` (a share of its own
    width and height), is moved by (`dx_px`, `dy_px`), by `dx_own`, `dy_own` times its own size, and `away_x`, `away_y`
    of the way to where it is just outside the picture (-1: left or above, 1: right or below). `reveal` is the part
    of its box at rest that is seen, (left, top, right, bottom) as shares, with soft edges `feather` wide; `sweep` the
    share of a turn, clockwise from noon, that is seen; `dissolve` the share of its grains. `blur_px` is a Gaussian's
    sigma, `split_px` how far red and blue lie apart, `tear_px` how far rows are displaced at random, by `seed`.
    `letters` names a motion of single letters at `progress`; `sprite` is what hops over them.
    """

    dx_px: float = 0.0
    dy_px: float = 0.0
    dx_own: float = 0.0
    dy_own: float = 0.0
    away_x: float = 0.0
    away_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    slant: float = 0.0
    angle_deg: float = 0.0
    pivot: tuple[float, float] = (0.5, 0.5)
    opacity: float = 1.0
    reveal: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    feather: float = 0.0
    sweep: float = 1.0
    dissolve: float = 1.0
    blur_px: float = 0.0
    split_px: float = 0.0
    tear_px: float = 0.0
    seed: int = 0
    letters: str = ""
    progress: float = 0.0
    sprite: Sprite = ""


class Stance(NamedTuple):
    """How one letter stands: moved by (`dx_em`, `dy_em`), then as a Pose about `pivot` of its own cell."""

    dx_em: float = 0.0
    dy_em: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    angle_deg: float = 0.0
    opacity: float = 1.0
    pivot: tuple[float, float] = (0.5, 0.5)


HIDDEN = Stance(opacity=0.0)
