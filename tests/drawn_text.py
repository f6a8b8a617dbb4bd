"""drawn_text: cues for tests and what can be read off the pictures they give."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.render.text import Typesetter
from stream.timeline.program import Color, Cue, Run, TextBox, TextStyle

W, H = 640, 360
WHITE, RED, YELLOW, BLUE = Color(255, 255, 255), Color(255, 0, 0), Color(246, 221, 20), Color(0, 0, 255)
PLAIN = TextStyle(font="Noto Sans", size_px=40)
BOXED = TextStyle(font="Noto Sans", size_px=40, box=TextBox(BLUE), color=BLUE)
LINE_PX, TWO_LINES_PX = 55, 110  # Noto Sans at 40 px: 43 above the baseline, 12 below
EVERY_SCRIPT = "Ágy 麻辣 日本 한국 مرحبا हिन्दी עברית ไทย 👩‍🍳"
Drawn = NDArray[np.uint8]


def cue(*lines: str | tuple[Run, ...], style: TextStyle = PLAIN) -> Cue:
    return Cue("c", 0, 1, tuple((Run(line),) if isinstance(line, str) else line for line in lines), style)


def canvas(typesetter: Typesetter, shown: Cue, width_px: int = W, height_px: int = H) -> Drawn:
    """Return the whole canvas, premultiplied RGBA, with `shown` on it."""
    rgba, x_px, y_px = typesetter.rgba(shown, width_px, height_px)
    whole = np.zeros((height_px, width_px, 4), np.uint8)
    whole[y_px:y_px + rgba.shape[0], x_px:x_px + rgba.shape[1]] = rgba
    return whole


def ink(drawn: Drawn) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of what is drawn."""
    rows, columns = np.flatnonzero(drawn[..., 3].any(axis=1)), np.flatnonzero(drawn[..., 3].any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def solid(drawn: Drawn, color: Color) -> Any:
    """Return where `drawn` is opaque and of `color`."""
    return (drawn == (color.red, color.green, color.blue, 255)).all(axis=2)
