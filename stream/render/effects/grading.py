"""grading: what a colour grade is, and what it does to R'G'B' values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]
Colors = NDArray[np.floating[Any]]
UNITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
DAYLIGHT_K = 6500.0
MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Grade:
    """A colour grade; the values of a new one change nothing.

    In the order they work: `kelvin` is the light the picture seems to be lit by (6500: none), `tint` green (-1) to
    magenta (1); `matrix` 3 x 3 on R'G'B', row by row; `brightness` is added, `contrast` multiplies about mid grey;
    per channel `lift` raises black, `gamma` the middle, `gain` white; `saturation` multiplies; `shadows` and `lights`
    are added where it is dark and where it is bright; `fade` lifts black and lowers white. `vignette` in [0, 1].
    """

    kelvin: float = DAYLIGHT_K
    tint: float = 0.0
    matrix: tuple[float, ...] = UNITY
    brightness: float = 0.0
    contrast: float = 1.0
    lift: Rgb = (0.0, 0.0, 0.0)
    gamma: Rgb = (1.0, 1.0, 1.0)
    gain: Rgb = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    shadows: Rgb = (0.0, 0.0, 0.0)
    lights: Rgb = (0.0, 0.0, 0.0)
    fade: float = 0.0
    vignette: float = 0.0


def graded(rgb: Colors, grade: Grade) -> Colors:
    """Return R'G'B' of shape (3, …), nominally in [0, 1], graded and kept within MARGIN of it; same type.

    The margin keeps a table of grades linear across the edge of what can be shown, where it is interpolated.
    """
    def each(values: Rgb) -> Colors:
        return np.asarray(values, rgb.dtype).reshape(3, *[1] * (rgb.ndim - 1))

    out = np.clip(rgb, -MARGIN, 1 + MARGIN)
    if grade.kelvin != DAYLIGHT_K or grade.tint:
        red, green, blue = light_of(grade.kelvin)
        out = out * each((red * (1 + 0.15 * grade.tint), green * (1 - 0.15 * grade.tint),
                          blue * (1 + 0.15 * grade.tint)))
    if grade.matrix != UNITY:
        out = np.tensordot(np.asarray(grade.matrix, rgb.dtype).reshape(3, 3), out, 1)
    out = (out - 0.5) * grade.contrast + 0.5 + grade.brightness
    out = each(grade.lift) * (1 - out) + out
    out = np.clip(out, -MARGIN, 1 + MARGIN)
    if grade.gamma != (1.0, 1.0, 1.0):
        out = np.sign(out) * np.abs(out) ** (1 / each(grade.gamma))
    out = out * each(grade.gain)
    luma = _luma(out)
    out = luma + (out - luma) * grade.saturation
    luma = np.clip(luma, 0, 1)
    out = out + each(grade.shadows) * (1 - luma) ** 2 + each(grade.lights) * luma ** 2
    out = np.clip(out, -MARGIN, 1 + MARGIN) * (1 - 1.5 * grade.fade) + grade.fade
    return np.clip(out, -MARGIN, 1 + MARGIN).astype(rgb.dtype)


def _luma(rgb: Colors) -> Colors:
    return np.asarray(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2], rgb.dtype)


def light_of(kelvin: float) -> Rgb:
    """Return the R'G'B' gains of a black body's light against one of 6500 K, green kept.

    The chromaticity of the Planckian locus is Kim et al.'s cubic spline (US patent 7024034), valid for 1667 to 25000 K;
    from XYZ to linear RGB by IEC 61966-2-1, then to gamma 2.2.
    """
    red, green, blue = _linear(min(max(kelvin, 1700.0), 25000.0))
    red0, green0, blue0 = _linear(DAYLIGHT_K)
    values = (red / red0, green / green0, blue / blue0)
    return (float((values[0] / values[1]) ** (1 / 2.2)), 1.0, float((values[2] / values[1]) ** (1 / 2.2)))


def _linear(kelvin: float) -> Rgb:
    if kelvin <= 4000:
        x = -0.2661239e9 / kelvin**3 - 0.2343589e6 / kelvin**2 + 0.8776956e3 / kelvin + 0.179910
    else:
        x = -3.0258469e9 / kelvin**3 + 2.1070379e6 / kelvin**2 + 0.2226347e3 / kelvin + 0.240390
    if kelvin <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif kelvin <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    big_x, big_z = x / y, (1 - x - y) / y
    return (max(3.2406 * big_x - 1.5372 - 0.4986 * big_z, 0.01), max(-0.9689 * big_x + 1.8758 + 0.0415 * big_z, 0.01),
            max(0.0557 * big_x - 0.2040 + 1.0570 * big_z, 0.01))
