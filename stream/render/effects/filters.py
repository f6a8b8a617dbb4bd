"""filters: the Filter effect: `color` with its parameters, and the named ones."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from stream.media import VideoFrame
from stream.render.effects.cube import through
from stream.render.effects.grades import DRAWN, GRADES
from stream.render.effects.grading import DAYLIGHT_K, Grade
from stream.render.effects.light import Map, shaded
from stream.render.effects.params import numbers
from stream.timeline.program import Look


def applied(look: Look, frame: VideoFrame) -> VideoFrame:
    """Return `frame` filtered; itself where the filter changes nothing or is not known."""
    name = look.name.lower()
    if name in DRAWN:
        from stream.render.effects import drawn

        return drawn.applied(name, frame)
    return graded_frame(frame, color_grade(numbers(look)) if name == "color" else GRADES.get(name, Grade()))


def graded_frame(frame: VideoFrame, grade: Grade) -> VideoFrame:
    """Return `frame` in the grade's colours and with its vignette; itself for a grade that changes nothing."""
    colors = replace(grade, vignette=0.0)
    out = frame if colors == Grade() else through(frame, colors)
    if grade.vignette > 0:
        out = shaded(out, vignette(frame.width_px, frame.height_px, round(grade.vignette * 1000)))
    return out


def color_grade(params: dict[str, float]) -> Grade:
    """Return the grade that `color`'s ExtParams ask for.

    brightness, contrast, saturation, tint: -100 to 100, 0 changes nothing. kelvin_temperature is the light the picture
    seems to be lit by (low is warm), temperature_ratio how much of it, 0 to 1 or in percent (all of it where not said);
    dark_corner_ratio a vignette, 0 to 100. Beyond these ranges the end of the range is taken.
    """
    def share(name: str) -> float:
        return min(max(params.get(name, 0.0), -100.0), 100.0) / 100

    ratio = params.get("temperature_ratio", 1.0)
    ratio = min(max(ratio if abs(ratio) <= 1 else ratio / 100, 0.0), 1.0)
    kelvin = min(max(params.get("kelvin_temperature", DAYLIGHT_K), 1700.0), 25000.0)
    if ratio < 1:
        kelvin = 1 / (ratio / kelvin + (1 - ratio) / DAYLIGHT_K) if ratio > 0 else DAYLIGHT_K
    return Grade(kelvin=kelvin, tint=share("tint"), brightness=share("brightness") / 2, contrast=1 + share("contrast"),
                 saturation=1 + share("saturation"), vignette=max(share("dark_corner_ratio"), 0.0))


@lru_cache(maxsize=8)
def vignette(width_px: int, height_px: int, strength_permille: int) -> Map:
    """Return the gain of a vignette: 1 in the middle, falling smoothly to 1 - strength in the corners."""
    columns, rows = -(-width_px // 8), -(-height_px // 8)
    x = (np.arange(columns) + 0.5) * 2 / columns - 1
    y = (np.arange(rows) + 0.5) * 2 / rows - 1
    distance = np.hypot(*np.meshgrid(x, y)) / np.sqrt(2)
    part = np.clip((distance - 0.35) / 0.65, 0, 1)
    return np.asarray(1 - strength_permille / 1000 * part * part * (3 - 2 * part))


