"""text: captions as pictures: a cue set in type, with outline, shadow and box, at its place on the canvas."""

import itertools
import math
import string
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream.render import text_underline
from stream.render.raster import Raster, from_rgba
from stream.render.text_fonts import Fonts, OpenFonts
from stream.render.text_layout import Block, Shaped, advance, arrange, letter_edges, settle
from stream.timeline.program import Color, Cue, Line, Run, TextBox, TextStyle, WordStyle

Window = tuple[int, int, int, int]
_KEPT = 24  # pictures kept: a page of captions with its revisions, titles, and one to come
_LETTERS = " ".join(string.ascii_letters + string.digits + string.punctuation)
_WARM = ("Warm up, 0123456789!", "麻辣火锅 日本語かな 한국어", "مرحبا हिन्दी 😂❤️")


class Spot(NamedTuple):
    """Where a block of text lies: its top left corner and the point it hangs by (about which it turns)."""

    left_px: float
    top_px: float
    anchor_x_px: float
    anchor_y_px: float


class Letter(NamedTuple):
    """Where a letter stands on the canvas before the block is turned: its advance, and its line from top to bottom."""

    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    line: int


def place(width_px: float, height_px: float, style: TextStyle, canvas_width_px: int, canvas_height_px: int) -> Spot:
    """Return where a block of text of this size goes.

    Nine-point alignments: `x_px`, `y_px` are margins: Top from the top edge down, Bottom from the bottom edge up, Left
    from the left edge, Right from the right edge inwards; in the middle they shift from the centre, right and down.
    Left, Center, Right: (`x_px`, `y_px`) is the block's top left, top middle or top right on the canvas.
    Lines follow the same side. A block grows away from its named edge: under Top* and the three plain ones the first
    line stays where it is when a second comes; under Bottom* the last line stays and those above make room.
    """
    exact = style.align in ("Left", "Center", "Right")
    side = style.align.removeprefix("Top").removeprefix("Bottom")
    if not exact and side.startswith("Center") and side != "Center":
        side = side.removeprefix("Center")
    across, down = {"Left": 0.0, "Center": 0.5, "Right": 1.0}[side], 0.0
    if exact:
        anchor_x = style.x_px
    else:
        anchor_x = canvas_width_px - style.x_px if side == "Right" else across * canvas_width_px + style.x_px
    anchor_y = style.y_px
    if style.align.startswith("Bottom"):
        down, anchor_y = 1.0, canvas_height_px - style.y_px
    elif style.align.startswith("Center") and not exact:
        down, anchor_y = 0.5, canvas_height_px / 2 + style.y_px
    left_px, top_px = round(anchor_x - across * width_px), round(anchor_y - down * height_px)
    return Spot(float(left_px), float(top_px), anchor_x, anchor_y)


class Typesetter:
    """Draws cues. One for each session, used by one thread; `tell` gets each font warning once.

    `style.size_px` is the em. A picture depends on lines, style, canvas and fonts alone, byte for byte.
    """

    def __init__(self, fonts: Fonts, tell: Callable[[str], None] | None = None) -> None:
        self._fonts = fonts
        self._tell = tell
        self._told: set[str] = set()
        self._opened: OpenFonts | None = None
        self._rasters: OrderedDict[tuple[object, ...], Raster | None] = OrderedDict()
        self._last: tuple[tuple[object, ...], Block | None, Spot] | None = None

    def warm(self, *styles: TextStyle) -> None:
        """Open every font and draw a little of each script, and the Latin letters in `styles`, before it is urgent."""
        style = TextStyle(font="Noto Sans", size_px=60, outline_px=4, shadow_px=2, underline=True,
                          box=TextBox(Color(0, 0, 0)), highlight=WordStyle(Color(255, 255, 0)))
        for bold in (False, True):
            lines = tuple((Run(text, bold=bold), Run("x", True)) for text in _WARM)
            from_rgba(*self.rgba(Cue("", 0, 1, lines, style), 1920, 1080))
        for style in styles:
            letters = replace(style, align="TopLeft", x_px=0, y_px=0, wrap="AutoWrap", width_px=1800)
            self.rgba(Cue("", 0, 1, ((Run(_LETTERS),), (Run(_LETTERS, True),)), letters), 1920, 1080)

    def measure(self, text: str | Line, style: TextStyle) -> float:
        """Return the advance of one line as drawn, in px: without white space at its end, before any AutoScale."""
        line = (Run(text),) if isinstance(text, str) else text
        width_px = advance(line, style, self._open())
        self._report()
        return width_px

    def raster(self, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> Raster | None:
        """Return `cue` as planes to blend, None when it shows nothing on the canvas. Seen lately: no work."""
        key = (cue.lines, cue.style, canvas_width_px, canvas_height_px)
        if key in self._rasters:
            self._rasters.move_to_end(key)
            return self._rasters[key]
        drawn = from_rgba(*self.rgba(cue, canvas_width_px, canvas_height_px))
        self._rasters[key] = drawn if drawn.width_px else None
        if len(self._rasters) > _KEPT:
            self._rasters.popitem(last=False)
        return self._rasters[key]

    def rgba(self, cue: Cue, canvas_width_px: int, canvas_height_px: int,
             window: Window | None = None) -> tuple[NDArray[np.uint8], int, int]:
        """Return `cue` drawn: premultiplied sRGB (h, w, 4), and where its top left pixel lies on the canvas.

        What lies outside `window`, (left, top, right, bottom) in px of the canvas (default: the canvas itself), is cut
        off; nothing to draw gives an array of height and width 0.
        """
        left, top, right, bottom = self.bounds(cue, canvas_width_px, canvas_height_px)
        window = window or (0, 0, canvas_width_px, canvas_height_px)
        left, top, right, bottom = (max(left, window[0]), max(top, window[1]), min(right, window[2]),
                                    min(bottom, window[3]))
        if right <= left or bottom <= top:
            return np.zeros((0, 0, 4), np.uint8), 0, 0
        picture = np.zeros((bottom - top, right - left, 4), np.uint8)
        block, spot = self._set(cue, canvas_width_px, canvas_height_px)
        if block is not None:
            _draw(picture, left, top, block, spot, cue.style)
        return picture, left, top

    def bounds(self, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> Window:
        """Return (left, top, right, bottom) of all that `cue` can touch, on and off the canvas; zeros for nothing."""
        block, spot = self._set(cue, canvas_width_px, canvas_height_px)
        return (0, 0, 0, 0) if block is None else _bounds(block, spot, cue.style)

    def spot(self, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> tuple[Spot, float, float]:
        """Return where the block of `cue` lies, its width and its height in px."""
        block, spot = self._set(cue, canvas_width_px, canvas_height_px)
        return spot, 0.0 if block is None else block.width_px, 0.0 if block is None else block.height_px

    def letters(self, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> tuple[Letter, ...]:
        """Return where the letters of `cue` stand, in order of reading; white space counts as letters."""
        block, spot = self._set(cue, canvas_width_px, canvas_height_px)
        settled = settle(cue.lines, cue.style, self._open(), canvas_width_px)
        if block is None or settled is None:
            return ()
        found = []
        for number, (line, (_, x, _)) in enumerate(zip(settled[0], _places(block, spot, cue.style), strict=True)):
            edges = letter_edges(line, settled[1], self._open())
            top_px = spot.top_px + number * block.pitch_px
            found += [Letter(x + min(pair), top_px, x + max(pair), top_px + block.pitch_px, number)
                      for pair in itertools.pairwise(edges)]
        return tuple(found)

    def _set(self, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> tuple[Block | None, Spot]:
        """Return the lines of `cue` set in type and where they go; the cue set last is remembered."""
        key = (cue.lines, cue.style, canvas_width_px, canvas_height_px)
        if self._last is None or self._last[0] != key:
            block = arrange(cue.lines, cue.style, self._open(), canvas_width_px)
            self._report()
            spot = Spot(0, 0, 0, 0)
            if block is not None:
                spot = place(block.width_px, block.height_px, cue.style, canvas_width_px, canvas_height_px)
            self._last = key, block, spot
        return self._last[1:]

    def _open(self) -> OpenFonts:
        if self._opened is None:
            self._opened = OpenFonts(self._fonts)
        return self._opened

    def _report(self) -> None:
        for name, problem in self._open().problems.items():
            if name not in self._told:
                self._told.add(name)
                if self._tell:
                    self._tell(problem)


def _bounds(block: Block, spot: Spot, style: TextStyle) -> Window:
    """Return the box (left, top, right, bottom) that the block, however it is turned, can touch."""
    reach = block.outline_px + max(0.0, style.shadow_px) + 2.0
    grow_x = grow_y = reach + 0.6 * block.size_px  # ink beyond the advance: slant, marks, tall scripts
    if style.box:
        grow_x, grow_y = max(grow_x, style.box.x_border_px + 2), max(grow_y, style.box.y_border_px + 2)
    turn = math.radians(style.angle_deg)
    xs, ys = [], []
    for x in (spot.left_px - grow_x, spot.left_px + block.width_px + grow_x):
        for y in (spot.top_px - grow_y, spot.top_px + block.height_px + grow_y):
            dx, dy = x - spot.anchor_x_px, y - spot.anchor_y_px
            xs.append(spot.anchor_x_px + dx * math.cos(turn) + dy * math.sin(turn))
            ys.append(spot.anchor_y_px - dx * math.sin(turn) + dy * math.cos(turn))
    return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def _draw(picture: NDArray[np.uint8], left: int, top: int, block: Block, spot: Spot, style: TextStyle) -> None:
    """Draw into `picture`, whose top left is (`left`, `top`): box, then shadow, then outlines, then letters."""
    import skia

    surface = skia.Surface(picture, skia.ColorType.kRGBA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    if style.angle_deg:
        canvas.rotate(-style.angle_deg, spot.anchor_x_px, spot.anchor_y_px)
    if style.box:
        _draw_box(canvas, style.box, block, spot)
    places = _places(block, spot, style)
    if style.shadow_px > 0:
        tint = skia.ColorFilters.Blend(_argb(style.shadow_color), skia.BlendMode.kSrcIn)
        canvas.saveLayer(None, skia.Paint(ColorFilter=tint))
        canvas.translate(style.shadow_px, style.shadow_px)
        for line, x, baseline in places:
            _paint(canvas, line, x, baseline, block.size_px, stroke=True)
            _paint(canvas, line, x, baseline, block.size_px, stroke=False)
        canvas.restore()
    _draw_letters(canvas, places, block)
    surface.flushAndSubmit()


def _draw_letters(canvas: Any, places: list[tuple[Shaped, float, float]], block: Block) -> None:
    """Draw outlines, then letters. Letters that let the ground through show it and not their outline's inside."""
    import skia

    glassy = block.fill_alpha not in (None, 255)
    if any(line.stroke for line, _, _ in places):
        layered = glassy or block.stroke_alpha not in (None, 255)
        if layered:
            canvas.saveLayerAlpha(None, 255 if block.stroke_alpha is None else block.stroke_alpha)
        for line, x, baseline in places:
            _paint(canvas, line, x, baseline, block.size_px, stroke=True)
        if glassy:
            canvas.saveLayer(None, skia.Paint(BlendMode=skia.BlendMode.kDstOut))
            for line, x, baseline in places:
                _paint(canvas, line, x, baseline, block.size_px, stroke=False)
            canvas.restore()
        if layered:
            canvas.restore()
    if glassy:
        canvas.saveLayerAlpha(None, block.fill_alpha)
    for line, x, baseline in places:
        _paint(canvas, line, x, baseline, block.size_px, stroke=False)
    if glassy:
        canvas.restore()


def _places(block: Block, spot: Spot, style: TextStyle) -> list[tuple[Shaped, float, float]]:
    """Return each line with the whole px its left end and its baseline lie on."""
    across = 0.0 if style.align.endswith("Left") else 1.0 if style.align.endswith("Right") else 0.5
    places = []
    for number, line in enumerate(block.lines):
        x = spot.left_px + across * (block.width_px - line.width_px)
        baseline = spot.top_px + block.ascent_px + number * block.pitch_px
        places.append((line, float(round(x)), float(round(baseline))))
    return places


def _paint(canvas: Any, line: Shaped, x: float, baseline: float, size_px: float, stroke: bool) -> None:
    paragraph = line.stroke if stroke else line.fill
    if paragraph is not None:
        paragraph.paint(canvas, x, baseline - line.baseline_px)
    for under in line.underlines:
        text_underline.draw(canvas, under, x, baseline, size_px, stroke)


def _draw_box(canvas: Any, box: TextBox, block: Block, spot: Spot) -> None:
    import skia

    around = skia.Rect.MakeLTRB(spot.left_px - box.x_border_px, spot.top_px - box.y_border_px,
                                spot.left_px + block.width_px + box.x_border_px,
                                spot.top_px + block.height_px + box.y_border_px)
    canvas.drawRoundRect(around, box.radius_px, box.radius_px, skia.Paint(AntiAlias=True, Color=_argb(box.color)))


def _argb(color: Color) -> int:
    return color.alpha << 24 | color.red << 16 | color.green << 8 | color.blue
