"""easing: how a motion spends its time: functions from [0, 1] to a share of the way, 0 at 0 and 1 at 1."""

import math

TAU = 2 * math.pi


def clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def out(p: float) -> float:
    """Fast, then gently to rest (cubic)."""
    return 1 - (1 - p) ** 3


def smooth(p: float) -> float:
    """Gently away and gently to rest."""
    return p * p * (3 - 2 * p)


def back(p: float, over: float = 1.7) -> float:
    """Past the end, and back to it; 1.7 passes it by a tenth."""
    q = p - 1
    return 1 + q * q * ((over + 1) * q + over)


def elastic(p: float, swings: float = 2.5) -> float:
    """To the end and about it, ever less, like something on a rubber band."""
    return 1 - 2 ** (-9 * p) * (1 - p) * math.cos(swings * TAU * p)


def hop(p: float) -> float:
    """Up to 1 in the middle and down again, as a thing thrown."""
    return 4 * p * (1 - p)


def wave(p: float) -> float:
    """One swing to either side: 0, 1, 0, -1, 0."""
    return math.sin(TAU * p)


def turn_of(number: int, count: int, p: float, share: float = 0.4) -> float:
    """Return how far letter `number` of `count` is when its turn lasts `share` of the time and the last ends at 1."""
    start = (1 - share) * number / max(1, count - 1)
    return clamp((p - start) / share)


def noise(*of: int) -> float:
    """Return a number in [0, 1) that depends on `of` alone (a 32-bit integer hash, lowbias32 by C. Wellons)."""
    x = 0x9E3779B9
    for value in of:
        x = (x ^ (value & 0xFFFFFFFF)) & 0xFFFFFFFF
        x = ((x ^ x >> 16) * 0x7FEB352D) & 0xFFFFFFFF
        x = ((x ^ x >> 15) * 0x846CA68B) & 0xFFFFFFFF
        x ^= x >> 16
    return x / 4294967296
