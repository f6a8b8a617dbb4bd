"""program_effects: the words of the Program for what changes with time: motions, moves, transitions, sounds."""

from dataclasses import dataclass
from typing import Literal

NS = 1_000_000_000
Value = float | str


@dataclass(frozen=True, slots=True)
class Motion:
    """How text comes, goes or moves while it stays: a catalogue name, and how long once through takes."""

    name: str
    duration_ns: int


@dataclass(frozen=True, slots=True)
class Scroll:
    """Text that runs through the picture: which way, and where its top (left) edge begins and ends.

    Not finite: just outside the picture. A speed of 0 takes the whole of the caption's time. It stands still for
    `hold_start_ns` first and for `hold_end_ns` at last; `loop` begins again at the end.
    """

    direction: Literal["up", "down", "left", "right"]
    speed_px_s: float
    from_px: float
    to_px: float
    hold_start_ns: int = 0
    hold_end_ns: int = 0
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """KenBurns, Zoom: the part of the source shown, (x, y, width, height) in [0, 1], goes from one to another."""

    start: tuple[float, float, float, float]
    end: tuple[float, float, float, float]
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Transition:
    """One layer turning into the next on its track, from `start_ns` until `end_ns`; both are there meanwhile."""

    name: str
    start_ns: int
    end_ns: int
    from_id: str
    to_id: str
    seed: int = 0


@dataclass(frozen=True, slots=True)
class SoundEffect:
    """One change of a sound, in order, over its span.

    Params: fade_in, fade_out: curve ("exp" or "tri"); volume: gain (linear; for a sound that is not cut where it
    changes); loudnorm: loudness (LUFS), true_peak (dBTP); denoise: mode (0 to 4); equalize: peak (0 to 1), gain.
    """

    name: Literal["fade_in", "fade_out", "volume", "loudnorm", "denoise", "equalize"]
    start_ns: int
    end_ns: int
    params: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Ducking:
    """Music goes to `amount_db` while speech is louder than `threshold_db` (RMS, full scale): time constants in ns."""

    threshold_db: float = -40.0
    amount_db: float = -12.0
    attack_ns: int = NS // 20
    release_ns: int = NS // 2
