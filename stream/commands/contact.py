"""contact: `cuelight contact`: all transitions on one sheet, as a PNG."""

from argparse import Namespace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream.errors import OptionError
from stream.fonts import collection
from stream.media import Scaler, VideoFrame, from_rgb, read_image
from stream.render.text import Typesetter
from stream.render.transitions import NAMES, blend
from stream.timeline.program import Color, Cue, Run, TextStyle
from stream.vod.stills import write_png

MOMENTS = (0.15, 0.5, 0.85)
GROUPS, GAP_PX, FINER, SEED = 3, 4, 2, 1
Rgb = NDArray[np.uint8]
PAPER, INK = 24, Color(230, 230, 230)


def run(args: Namespace) -> int:
    out = Path(args.out)
    if out.exists():
        raise OptionError(f"{out} exists already", "Choose another name: nothing is overwritten")
    width = args.width // 2 * 2
    if not 32 <= width <= 640:
        raise OptionError(f"--width {args.width} is not from 32 to 640", "Leave it out for 160")
    pictures = [read_image(Path(name).read_bytes()) for name in args.pictures] if args.pictures else None
    drawn = sheet(width, pictures)
    drawn = np.pad(drawn, ((0, drawn.shape[0] % 2), (0, drawn.shape[1] % 2), (0, 0)), mode="edge")
    out.write_bytes(write_png(from_rgb(drawn)))
    return 0


def sheet(width_px: int, pictures: list[VideoFrame] | None = None) -> Rgb:
    """Return every transition at MOMENTS between two pictures (16:9, drawn here when not given), RGB (h, w, 3).

    Each picture on the sheet is `width_px` wide, blended FINER times larger; names stand above, in columns.
    """
    height_px = width_px * 9 // 16
    typesetter = Typesetter(collection())
    scaler = Scaler()
    wide, high = width_px * FINER, height_px * FINER // 2 * 2
    a, b = [scaler.frame(one, wide, high) for one in pictures or examples(typesetter, wide, high)]
    label_px = max(12, height_px // 5)
    per_group = -(-len(NAMES) // GROUPS)
    group_px, row_px = len(MOMENTS) * (width_px + GAP_PX) + 3 * GAP_PX, label_px + height_px + 2 * GAP_PX
    drawn = np.full((per_group * row_px + GAP_PX, GROUPS * group_px + GAP_PX, 3), PAPER, np.uint8)
    for place, name in enumerate(NAMES):
        group, row = divmod(place, per_group)
        x, y = GAP_PX + group * group_px, GAP_PX + row * row_px
        style = TextStyle(font="Noto Sans", size_px=label_px * 0.72, color=INK)
        _write(drawn[y:y + label_px, x:x + group_px - GAP_PX], typesetter, name, style)
        for column, moment in enumerate(MOMENTS):
            left, top = x + column * (width_px + GAP_PX), y + label_px
            drawn[top:top + height_px, left:left + width_px] = scaler.rgb(
                blend(name, a, b, moment, SEED), width_px, height_px)
    return drawn


def examples(typesetter: Typesetter, width_px: int, height_px: int) -> list[VideoFrame]:
    """Two pictures that nobody confuses: an evening with a sun and an A, a blue morning in squares with a B."""
    y, x = np.mgrid[0:height_px, 0:width_px].astype(np.float32) / np.float32(height_px)
    aspect = width_px / height_px
    sky = np.stack([235 - 60 * y, 150 - 110 * y, 60 + 60 * y], axis=2)
    sky[(x - 0.3 * aspect) ** 2 + (y - 0.42) ** 2 < 0.03] = (255, 236, 150)
    sky[y > 0.78 + 0.08 * np.sin(x * 5)] = (62, 26, 40)
    squares = (np.floor(x * 6) + np.floor(y * 6)) % 2
    sea = np.stack([20 + 40 * squares, 110 + 60 * y + 30 * squares, 190 - 60 * y + 30 * squares], axis=2)
    sea[np.abs(y - 0.25 - 0.3 * x / aspect) < 0.035] = (225, 250, 245)
    made = []
    for picture, letter, align in ((sky, "A", 0.62), (sea, "B", 0.2)):
        rgb = np.ascontiguousarray(picture.astype(np.uint8))
        style = TextStyle(font="Noto Sans", size_px=height_px * 0.6, bold=True, x_px=width_px * align,
                          y_px=height_px * 0.12)
        _write(rgb, typesetter, letter, style)
        made.append(from_rgb(rgb))
    return made


def _write(canvas: Rgb, typesetter: Typesetter, text: str, style: TextStyle) -> None:
    """Draw `text` into `canvas`, in place."""
    height, width = canvas.shape[:2]
    rgba, x, y = typesetter.rgba(Cue("", 0, 1, ((Run(text),),), style), width, height)
    left, top = max(x, 0), max(y, 0)
    part = canvas[top:y + rgba.shape[0], left:x + rgba.shape[1]]
    ink = rgba[top - y:top - y + part.shape[0], left - x:left - x + part.shape[1]].astype(np.int32)
    part[...] = np.minimum(255, ink[..., :3] + part * (255 - ink[..., 3:]) // 255).astype(np.uint8)
