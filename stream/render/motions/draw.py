"""draw: a caption at one moment of its motion, as a raster to blend."""

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.render.motions import masks
from stream.render.motions.easing import clamp, hop
from stream.render.motions.letters import COMING, LETTERS, Place, typed
from stream.render.motions.pose import Pose, Stance
from stream.render.motions.sheet import Rgba, Sheet, image_of, surface_of
from stream.render.raster import Raster, from_rgba

Rect = tuple[float, float, float, float]
_REACH_EM = 4.0  # how far a letter can fly from its place, by its own motion
_HEART = (230, 45, 80)


def posed(sheet: Sheet, pose: Pose, canvas_width_px: int, canvas_height_px: int) -> Raster | None:
    """Return `sheet` placed as `pose` says, cut to the canvas; None when nothing of it is seen."""
    if pose.opacity <= 0:
        return None
    canvas = (0, 0, canvas_width_px, canvas_height_px)
    dx, dy = _moved(sheet, pose, canvas_width_px, canvas_height_px)
    if sheet.angle_deg:
        wide = (-canvas_width_px, -canvas_height_px, 2 * canvas_width_px, 2 * canvas_height_px)
        drawn = _turned(*_drawn(sheet, pose, 0.0, 0.0, wide), sheet, dx, dy, canvas)
    else:
        drawn = _drawn(sheet, pose, dx, dy, canvas)
    if not drawn[0].size:
        return None
    raster = from_rgba(*drawn)
    return raster if raster.width_px else None


def _moved(sheet: Sheet, pose: Pose, width_px: int, height_px: int) -> tuple[float, float]:
    """Return how far the caption is from its place, in px of the canvas."""
    left, top, right, bottom = _bounds(sheet.ink, lambda x, y: _rotated(sheet, x, y))
    away_x = width_px - left if pose.away_x > 0 else right
    away_y = height_px - top if pose.away_y > 0 else bottom
    return (pose.dx_px + pose.dx_own * (sheet.ink[2] - sheet.ink[0]) + pose.away_x * away_x,
            pose.dy_px + pose.dy_own * (sheet.ink[3] - sheet.ink[1]) + pose.away_y * away_y)


def _rotated(sheet: Sheet, x: float, y: float) -> tuple[float, float]:
    turn = math.radians(sheet.angle_deg)
    dx, dy = x - sheet.anchor[0], y - sheet.anchor[1]
    return (sheet.anchor[0] + dx * math.cos(turn) + dy * math.sin(turn),
            sheet.anchor[1] - dx * math.sin(turn) + dy * math.cos(turn))


def _bounds(rect: Rect, at: Any) -> Rect:
    points = [at(x, y) for x in (rect[0], rect[2]) for y in (rect[1], rect[3])]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _region(rect: Rect, grow: float, limit: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return (max(limit[0], math.floor(rect[0] - grow)), max(limit[1], math.floor(rect[1] - grow)),
            min(limit[2], math.ceil(rect[2] + grow)), min(limit[3], math.ceil(rect[3] + grow)))


def _drawn(sheet: Sheet, pose: Pose, dx: float, dy: float,
           limit: tuple[int, int, int, int]) -> tuple[Rgba, int, int]:
    """Draw the unturned caption, moved by (`dx`, `dy`), as far as `limit`."""
    import skia

    width, height = sheet.ink[2] - sheet.ink[0], sheet.ink[3] - sheet.ink[1]
    pivot = sheet.ink[0] + pose.pivot[0] * width, sheet.ink[1] + pose.pivot[1] * height
    turn = math.radians(pose.angle_deg)

    def at(x: float, y: float) -> tuple[float, float]:
        x, y = (x - pivot[0]) * pose.scale_x, (y - pivot[1]) * pose.scale_y
        x += pose.slant * y
        return (pivot[0] + dx + x * math.cos(turn) + y * math.sin(turn),
                pivot[1] + dy - x * math.sin(turn) + y * math.cos(turn))

    grow = 2 + 3 * pose.blur_px + pose.split_px + pose.tear_px + (_REACH_EM * sheet.em_px if pose.letters else 0)
    whole = sheet.left, sheet.top, sheet.left + sheet.whole.shape[1], sheet.top + sheet.whole.shape[0]
    left, top, right, bottom = _region(_bounds(whole, at), grow, limit)
    if right <= left or bottom <= top:
        return np.zeros((0, 0, 4), np.uint8), 0, 0
    picture = np.zeros((bottom - top, right - left, 4), np.uint8)
    surface = surface_of(picture)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    if pose.opacity < 1 or pose.blur_px > 0:
        blur = skia.ImageFilters.Blur(pose.blur_px, pose.blur_px) if pose.blur_px > 0.05 else None
        canvas.saveLayer(None, skia.Paint(Alphaf=pose.opacity, ImageFilter=blur))
    canvas.translate(pivot[0] + dx, pivot[1] + dy)
    canvas.rotate(-pose.angle_deg)
    canvas.skew(pose.slant, 0)
    canvas.scale(pose.scale_x, pose.scale_y)
    canvas.translate(-pivot[0], -pivot[1])
    small = min(abs(pose.scale_x), abs(pose.scale_y)) < 0.6
    if pose.letters in LETTERS:
        _draw_letters(canvas, sheet, pose)
    else:
        canvas.drawImage(image_of(sheet.whole), sheet.left, sheet.top, _sampling(small))
    canvas.restoreToCount(1)
    surface.flushAndSubmit()
    return masks.applied(picture, left, top, sheet, pose), left, top


def _draw_letters(canvas: Any, sheet: Sheet, pose: Pose) -> None:
    import skia

    motion, count = LETTERS[pose.letters], len(sheet.letters)
    lines = Counter(letter.line for letter in sheet.letters)
    columns = [column for line in lines.values() for column in range(line)]
    if sheet.under is not None:
        shown = clamp(5 * pose.progress) if pose.letters in COMING else 1.0
        canvas.drawImage(image_of(sheet.under), sheet.left, sheet.top, _sampling(False), skia.Paint(Alphaf=shown))
    image = image_of(sheet.over)
    for number, (letter, cell) in enumerate(zip(sheet.letters, sheet.cells, strict=True)):
        stance = motion(Place(number, count, columns[number], lines[letter.line]), pose.progress)
        if stance.opacity <= 0 or cell[2] <= cell[0] or cell[3] <= cell[1]:
            continue
        canvas.save()
        _stand(canvas, stance, letter.left_px + stance.pivot[0] * (letter.right_px - letter.left_px),
               letter.top_px + stance.pivot[1] * (letter.bottom_px - letter.top_px), sheet.em_px)
        canvas.drawImageRect(
            image, skia.Rect.MakeLTRB(*cell),
            skia.Rect.MakeXYWH(sheet.left + cell[0], sheet.top + cell[1], cell[2] - cell[0], cell[3] - cell[1]),
            _sampling(min(abs(stance.scale_x), abs(stance.scale_y)) < 0.6), skia.Paint(Alphaf=stance.opacity))
        canvas.restore()
    if pose.sprite and sheet.letters:
        _draw_sprite(canvas, sheet, pose)


def _stand(canvas: Any, stance: Stance, x: float, y: float, em_px: float) -> None:
    canvas.translate(x + stance.dx_em * em_px, y + stance.dy_em * em_px)
    canvas.rotate(-stance.angle_deg)
    canvas.scale(stance.scale_x, stance.scale_y)
    canvas.translate(-x, -y)


def _draw_sprite(canvas: Any, sheet: Sheet, pose: Pose) -> None:
    """Draw what hops from letter to letter, or stands behind the last one written."""
    import skia

    em, count, p = sheet.em_px, len(sheet.letters), pose.progress
    red, green, blue = (sheet.color.red, sheet.color.green, sheet.color.blue) if pose.sprite != "heart" else _HEART
    fading = clamp((1 - p) / 0.12) * clamp(p / 0.03)
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(blue, green, red, round(255 * fading)))
    if pose.sprite == "caret":
        done = typed(count, p)
        letter = sheet.letters[max(done - 1, 0)]
        x = letter.right_px if done else letter.left_px
        if int(p * 20) % 2 == 0 or p < 0.9:
            canvas.drawRect(skia.Rect.MakeXYWH(x + 0.05 * em, letter.bottom_px - 1.05 * em, 0.1 * em, 0.95 * em), paint)
        return
    place = min(p / 0.9, 1.0) * (count - 1)
    first, share = sheet.letters[int(place)], place % 1
    then = sheet.letters[min(int(place) + 1, count - 1)]
    x = (1 - share) * (first.left_px + first.right_px) / 2 + share * (then.left_px + then.right_px) / 2
    y = (1 - share) * first.top_px + share * then.top_px - 0.5 * em * hop(share)
    canvas.translate(x, y)
    canvas.scale(0.36 * em, 0.36 * em)
    canvas.drawPath(_heart() if pose.sprite == "heart" else _note(), paint)


def _heart() -> Any:
    import skia

    path = skia.Path()
    path.moveTo(0, 0.5)
    path.cubicTo(-1.1, -0.3, -0.5, -0.95, 0, -0.4)
    path.cubicTo(0.5, -0.95, 1.1, -0.3, 0, 0.5)
    return path


def _note() -> Any:
    import skia

    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(-0.55, 0.1, 0.15, 0.6))
    path.addRect(skia.Rect.MakeLTRB(0.02, -1.0, 0.15, 0.35))
    path.moveTo(0.15, -1.0)
    path.cubicTo(0.2, -0.6, 0.75, -0.6, 0.5, -0.1)
    path.cubicTo(0.6, -0.45, 0.2, -0.5, 0.15, -0.6)
    return path


def _turned(picture: Rgba, left: int, top: int, sheet: Sheet, dx: float, dy: float,
            limit: tuple[int, int, int, int]) -> tuple[Rgba, int, int]:
    """Turn a picture as the caption's style is turned, then move it."""
    height, width = picture.shape[:2]
    around = _bounds((left, top, left + width, top + height), lambda x, y: _rotated(sheet, x, y))
    around = around[0] + dx, around[1] + dy, around[2] + dx, around[3] + dy
    x0, y0, x1, y1 = _region(around, 2, limit)
    if not picture.size or x1 <= x0 or y1 <= y0:
        return np.zeros((0, 0, 4), np.uint8), 0, 0
    result: NDArray[np.uint8] = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
    surface = surface_of(result)
    canvas = surface.getCanvas()
    canvas.translate(dx - x0, dy - y0)
    canvas.rotate(-sheet.angle_deg, *sheet.anchor)
    canvas.drawImage(image_of(picture), left, top, _sampling(False))
    surface.flushAndSubmit()
    return result, x0, y0


def _sampling(small: bool) -> Any:
    import skia

    return skia.SamplingOptions(skia.FilterMode.kLinear,
                                skia.MipmapMode.kLinear if small else skia.MipmapMode.kNone)
