"""transitions: one picture becoming another: every transition name of the format."""

from stream.errors import OptionError
from stream.media import VideoFrame
from stream.render.transitions import dissolves, masks, moves, warps, wipes
from stream.render.transitions.grid import Transition

_TABLE: dict[str, Transition] = {**wipes.TABLE, **masks.TABLE, **dissolves.TABLE, **warps.TABLE, **moves.TABLE}
NAMES: tuple[str, ...] = tuple(sorted(_TABLE))
ALIASES: dict[str, str] = {}
"""Names drawn exactly as another name is: none."""


def blend(name: str, a: VideoFrame, b: VideoFrame, progress: float, seed: int) -> VideoFrame:
    """Return the picture of transition `name` from `a` to `b` at `progress`: `a` itself at 0, `b` itself at 1.

    Both are canvas frames of one size, BT.709 limited, either may have alpha; the result has alpha when one of them
    has and is of `a`'s time. Where a transition shows neither picture the result is transparent, or black when it
    has no alpha. Whatever is random in a transition depends on `seed` only. OptionError for an unknown name.
    """
    from stream.render.transitions.mixing import mixed

    if name not in _TABLE:
        raise OptionError(f"There is no transition {name!r}", f"Use one of {', '.join(NAMES)}")
    if progress <= 0 or progress >= 1:
        return (a if progress <= 0 else b).at(a.pts_ns)
    return mixed(_TABLE[name], a, b, progress, seed)


def pick(names: str, seed: int) -> str:
    """Return the transition meant by `names`: one name, a comma list (one of its known names) or "random" (any).

    The choice depends on `seed` only. OptionError when no name is known.
    """
    listed = [name.strip() for name in names.split(",")]
    known = [name for name in listed if name in _TABLE]
    if "random" in listed:
        known = list(NAMES)
    if not known:
        raise OptionError(f"There is no transition {names!r}", f"Use random or some of {', '.join(NAMES)}")
    return known[_drawn(seed, len(known))]


def _drawn(seed: int, count: int) -> int:
    """A number below `count` that depends on `seed` only, even for seeds that follow one another."""
    mixed = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & (1 << 64) - 1
    mixed = ((mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9) & (1 << 64) - 1
    return (mixed ^ mixed >> 29) * count >> 64
