"""scenery: draws the demo's two backgrounds, a room by day and a beach at sunset, from nothing but numbers."""

from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
WARM_SHELF = 0xFF7A5236


def _paint(color: int, blur_px: float = 0.0, **more: Any) -> Any:
    paint = skia.Paint(Color=color, AntiAlias=True, **more)
    if blur_px:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur_px))
    return paint


def _gradient(points: list[tuple[float, float]], colors: list[int], stops: list[float] | None = None) -> Any:
    shader = skia.GradientShader.MakeLinear([skia.Point(*p) for p in points], colors, stops)
    return skia.Paint(Shader=shader, AntiAlias=True)


def _pixels(surface: Any) -> Rgb:
    return np.ascontiguousarray(surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3])


def _polygon(points: list[tuple[float, float]]) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(*p) for p in points], True)
    return path


def noise(height: int, width: int, cells: tuple[int, int], octaves: int, seed: int) -> NDArray[np.float64]:
    """Return smooth random values in [0, 1], shape (height, width): `octaves` grids, each twice as fine as the last."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width))
    for octave in range(octaves):
        rows, columns = (n << octave for n in cells)
        grid = rng.random((rows + 2, columns + 2))
        y, x = np.linspace(0, rows, height), np.linspace(0, columns, width)
        yi, xi = y.astype(int), x.astype(int)
        fy, fx = (f * f * (3 - 2 * f) for f in (y - yi, x - xi))
        top = grid[yi][:, xi] * (1 - fx) + grid[yi][:, xi + 1] * fx
        low = grid[yi + 1][:, xi] * (1 - fx) + grid[yi + 1][:, xi + 1] * fx
        total += (top * (1 - fy)[:, None] + low * fy[:, None]) / (1 << octave)
    total -= total.min()
    return total / total.max()


def room(width: int, height: int) -> Rgb:
    """Return a living room by day: a window on the left, shelves on the right, a plant, slightly out of focus."""
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.scale(width / 1600, height / 900)
    _wall(canvas)
    _window(canvas)
    _picture_on_wall(canvas)
    _shelves(canvas)
    _sideboard(canvas)
    _plant(canvas)
    light = skia.GradientShader.MakeRadial(skia.Point(330, 330), 1150, [0x40FFF2D8, 0x00FFF2D8])
    canvas.drawPaint(skia.Paint(Shader=light))
    shade = skia.GradientShader.MakeRadial(skia.Point(700, 380), 1150, [0x00100804, 0x6A100804], [0.55, 1.0])
    canvas.drawPaint(skia.Paint(Shader=shade))
    soft = skia.Surface(width, height)
    focus = skia.Paint(ImageFilter=skia.ImageFilters.Blur(2.6, 2.6, skia.TileMode.kClamp))
    soft.getCanvas().drawImage(surface.makeImageSnapshot(), 0, 0, skia.SamplingOptions(), focus)
    plaster = (noise(height, width, (40, 70), 3, 5) - 0.5)[..., None] * 5
    return np.clip(_pixels(soft) + plaster, 0, 255).astype(np.uint8)


def _wall(canvas: Any) -> None:
    canvas.drawPaint(_gradient([(0, 0), (1600, 500)], [0xFFE9DFCF, 0xFFCDBFA9, 0xFF9E8E79], [0, 0.55, 1]))
    canvas.drawRect(skia.Rect(0, 800, 1600, 900), _gradient([(0, 800), (0, 900)], [0xFF8A6A4C, 0xFF6A4D35]))
    canvas.drawRect(skia.Rect(0, 778, 1600, 802), _paint(0xFFEDE6DA))
    canvas.drawRect(skia.Rect(0, 800, 1600, 808), _paint(0x60000000, 4))
    beam = _polygon([(560, 250), (900, 330), (900, 690), (560, 640)])
    canvas.drawPath(beam, _paint(0x38FFF3CF, 22))
    bar = _polygon([(560, 430), (900, 500), (900, 520), (560, 450)])
    canvas.drawPath(bar, _paint(0x20806040, 10))


def _window(canvas: Any) -> None:
    """A window with sky and trees far out of focus, its frame, sill and two curtains."""
    canvas.drawRect(skia.Rect(108, 88, 452, 592), _paint(0x70402810, 22))
    canvas.save()
    canvas.clipRect(skia.Rect(120, 100, 440, 570))
    canvas.drawPaint(_gradient([(0, 100), (0, 570)], [0xFFBFE0F7, 0xFFF3FAFB, 0xFFFDF6E3], [0, 0.6, 1]))
    rng = np.random.default_rng(3)
    for _ in range(130):
        x, y = rng.uniform(90, 470), 570 - abs(rng.normal(0, 75))
        green = int(rng.integers(0, 3))
        canvas.drawCircle(x, y, rng.uniform(16, 40), _paint((0xB07FA66A, 0xA0A4BE78, 0x90608A58)[green], 12))
    canvas.restore()
    frame = _paint(0xFFF8F4EC)
    for box in ((104, 84, 124, 588), (436, 84, 456, 588), (104, 84, 456, 104), (104, 566, 456, 590),
                (274, 100, 288, 570), (120, 322, 440, 334)):
        canvas.drawRect(skia.Rect(*box), frame)
    canvas.drawRect(skia.Rect(86, 586, 474, 606), _paint(0xFFF3ECDF))
    canvas.drawRect(skia.Rect(86, 606, 474, 616), _paint(0x50402810, 5))
    for left, right, fall in ((30, 138, 1), (424, 540, -1)):
        for fold in range(6):
            a = left + (right - left) * fold / 6
            b = left + (right - left) * (fold + 1) / 6
            tone = [0xFFDCC9AE, 0xFFF0E2CB, 0xFFCDB797]
            path = _polygon([(a, 62), (b, 62), (b + 6 * fall, 760), (a + 6 * fall, 760)])
            canvas.drawPath(path, _gradient([(a, 0), (b, 0)], tone, [0, 0.45, 1]))
    canvas.drawRoundRect(skia.Rect(14, 50, 570, 64), 7, 7, _paint(0xFF5B4434))


def _picture_on_wall(canvas: Any) -> None:
    """A framed landscape between window and shelves."""
    canvas.drawRect(skia.Rect(690, 108, 940, 292), _paint(0x60402810, 14))
    canvas.drawRect(skia.Rect(682, 98, 932, 282), _paint(0xFF3F2F25))
    canvas.drawRect(skia.Rect(692, 108, 922, 272), _paint(0xFFF4EFE4))
    canvas.save()
    canvas.clipRect(skia.Rect(716, 130, 898, 250))
    canvas.drawPaint(_gradient([(0, 130), (0, 250)], [0xFFF4C98B, 0xFFE79C76]))
    for rise, color in ((190, 0xFF7E97A5), (214, 0xFF55788A), (232, 0xFF2F5566)):
        path = skia.Path()
        path.moveTo(700, 260)
        path.lineTo(700, rise)
        path.cubicTo(760, rise - 40, 800, rise + 26, 850, rise - 10)
        path.cubicTo(880, rise - 26, 900, rise, 910, rise)
        path.lineTo(910, 260)
        canvas.drawPath(path, _paint(color))
    canvas.drawCircle(850, 162, 13, _paint(0xFFFFF0C4))
    canvas.restore()


def _shelves(canvas: Any) -> None:
    """A bookcase on the right, its boards full of books and a few other things."""
    canvas.drawRect(skia.Rect(1110, 60, 1600, 800), _paint(0x60301808, 24))
    canvas.drawRect(skia.Rect(1130, 60, 1600, 800), _gradient([(1130, 0), (1600, 0)], [0xFF64442E, 0xFF402B1D]))
    rng = np.random.default_rng(11)
    covers = (0xFF8C3B32, 0xFF2F5061, 0xFFD8B26A, 0xFF4A6B4D, 0xFFE7DDC9, 0xFF6B4A6E, 0xFFB5643C, 0xFF27343F,
              0xFFA9B7AE, 0xFFC79A8B)
    for board in range(4):
        top, bottom = 84 + board * 180, 84 + board * 180 + 160
        canvas.drawRect(skia.Rect(1146, top, 1600, bottom), _gradient([(0, top), (0, bottom)],
                                                                     [0xFF291A10, 0xFF4E3523]))
        _books(canvas, rng, covers, bottom, board)
        canvas.drawRect(skia.Rect(1130, bottom, 1600, bottom + 20), _gradient([(0, bottom), (0, bottom + 20)],
                                                                            [0xFF9A6D4A, WARM_SHELF]))
        canvas.drawRect(skia.Rect(1146, top, 1600, top + 18), _paint(0x70000000, 8))
    canvas.drawRect(skia.Rect(1130, 60, 1146, 800), _paint(0xFF8A6142))
    canvas.drawRect(skia.Rect(1120, 56, 1600, 84), _paint(0xFF8F6646))


def _books(canvas: Any, rng: np.random.Generator, covers: tuple[int, ...], bottom: float, board: int) -> None:
    x = 1154.0
    while x < 1590:
        if rng.random() < 0.06:
            _thing(canvas, x + 34, bottom, board)
            x += 76
            continue
        wide, tall = rng.uniform(13, 30), rng.uniform(88, 136)
        cover = covers[int(rng.integers(len(covers)))]
        canvas.drawRect(skia.Rect(x, bottom - tall, x + wide - 1, bottom), _paint(cover))
        canvas.drawRect(skia.Rect(x, bottom - tall, x + wide - 1, bottom),
                        _gradient([(x, 0), (x + wide, 0)], [0x50000000, 0x30FFFFFF, 0x60000000], [0, 0.4, 1]))
        for line in (0.16, 0.8):
            canvas.drawRect(skia.Rect(x + 2, bottom - tall * line - 4, x + wide - 3, bottom - tall * line),
                            _paint(0x70F4E3B5))
        x += wide


def _thing(canvas: Any, x: float, bottom: float, board: int) -> None:
    """A vase, a globe, a clock: what stands between books."""
    if board % 2:
        canvas.drawCircle(x, bottom - 40, 30, _gradient([(x - 30, 0), (x + 30, 0)], [0xFF9FC3CF, 0xFF36606F]))
        canvas.drawRect(skia.Rect(x - 14, bottom - 10, x + 14, bottom), _paint(0xFFB08A4A))
        return
    vase = skia.Path()
    vase.moveTo(x - 10, bottom - 90)
    vase.cubicTo(x - 6, bottom - 60, x - 38, bottom - 40, x - 18, bottom)
    vase.lineTo(x + 18, bottom)
    vase.cubicTo(x + 38, bottom - 40, x + 6, bottom - 60, x + 10, bottom - 90)
    canvas.drawPath(vase, _gradient([(x - 28, 0), (x + 28, 0)], [0xFFF2E6D2, 0xFFB98F6A]))


def _sideboard(canvas: Any) -> None:
    """A low sideboard under the window, with a lamp."""
    canvas.drawRect(skia.Rect(560, 640, 1040, 800), _paint(0x60301808, 18))
    canvas.drawRect(skia.Rect(560, 640, 1030, 790), _gradient([(560, 0), (1030, 0)], [0xFFC9A27A, 0xFF9A734F]))
    canvas.drawRect(skia.Rect(550, 628, 1040, 644), _paint(0xFFE0BD93))
    for x in (716, 872):
        canvas.drawRect(skia.Rect(x, 650, x + 3, 786), _paint(0x60402810))
    for x in (690, 846, 1000):
        canvas.drawCircle(x, 716, 6, _paint(0xFF5B4434))
    canvas.drawRect(skia.Rect(985, 540, 993, 630), _paint(0xFF9C8455))
    canvas.drawCircle(989, 500, 110, _paint(0x50FFE0A0, 50))
    canvas.drawPath(_polygon([(958, 440), (1020, 440), (1046, 545), (932, 545)]),
                    _gradient([(0, 440), (0, 545)], [0xFFFFEFC6, 0xFFF7D391]))


def _plant(canvas: Any) -> None:
    """A tall plant in a pot, right of the window."""
    rng = np.random.default_rng(8)
    x, y = 602.0, 620.0
    canvas.drawPath(_polygon([(x - 44, y - 82), (x + 44, y - 82), (x + 32, y + 8), (x - 32, y + 8)]),
                    _gradient([(x - 44, 0), (x + 44, 0)], [0xFFE8E1D4, 0xFFA89B88]))
    for _ in range(38):
        angle = np.deg2rad(rng.normal(-90, 42))
        reach = rng.uniform(110, 240)
        tip = x + np.cos(angle) * reach, y - 84 + np.sin(angle) * reach + rng.uniform(0, 60)
        bend = x + np.cos(angle) * reach * 0.4, y - 84 - reach * 0.62
        side = rng.uniform(12, 24)
        leaf = skia.Path()
        leaf.moveTo(x, y - 84)
        leaf.quadTo(bend[0] - side, bend[1], *tip)
        leaf.quadTo(bend[0] + side, bend[1] + side, x, y - 84)
        tone = (0xFF3F6B45, 0xFF567F4F, 0xFF2E5238, 0xFF769A5C)[int(rng.integers(4))]
        canvas.drawPath(leaf, _gradient([(x, y), tip], [0xFF254230, tone]))


def beach(width: int, height: int) -> Rgb:
    """Return a beach at sunset: clouds lit from below, the sun's path on the water, wet sand, two palms."""
    horizon = int(height * 0.56)
    shore = int(height * 0.82)
    picture = np.zeros((height, width, 3))
    sun = width * 0.70, horizon - height * 0.055
    picture[:horizon] = _sky(width, horizon, sun)
    picture[horizon:] = _sea(width, height - horizon, sun[0])
    _sand(picture, shore)
    surface = skia.Surface(np.dstack([np.clip(picture, 0, 255).astype(np.uint8),
                                      np.full((height, width), 255, np.uint8)]), skia.kRGBA_8888_ColorType)
    canvas = surface.getCanvas()
    canvas.drawCircle(*sun, height * 0.30, _paint(0x38FFD08A, height * 0.12))
    canvas.drawCircle(*sun, height * 0.075, _paint(0x90FFE3A6, height * 0.03))
    canvas.save()
    canvas.clipRect(skia.Rect(0, 0, width, horizon))
    canvas.drawCircle(*sun, height * 0.045, _paint(0xFFFFF6D8, 2))
    canvas.restore()
    canvas.scale(height / 720, height / 720)
    _palm(canvas, 96, 700, 205, 190, 1.0, 2)
    _palm(canvas, -18, 700, 60, 292, 0.8, 5)
    return _pixels(surface)


def _ramp(at: NDArray[np.float64], stops: list[tuple[float, tuple[int, int, int]]]) -> NDArray[np.float64]:
    where = [s[0] for s in stops]
    return np.stack([np.interp(at, where, [s[1][c] for s in stops]) for c in range(3)], axis=-1)


def _sky(width: int, height: int, sun: tuple[float, float]) -> NDArray[np.float64]:
    y, x = np.mgrid[0:height, 0:width]
    up = 1 - y / height
    out = _ramp(up, [(0.0, (255, 190, 112)), (0.16, (252, 150, 98)), (0.4, (214, 110, 122)), (0.7, (112, 84, 142)),
                     (1.0, (46, 56, 112))])
    away = np.hypot((x - sun[0]) / width, (y - sun[1]) / height * 0.6)
    out += np.exp(-away * 5)[..., None] * (60, 44, 10)
    for seed, cells, low, shade in ((21, (7, 3), 0.52, (92, 66, 104)), (34, (14, 5), 0.55, (255, 176, 122))):
        cloud = noise(height, width, cells, 5, seed)
        band = np.exp(-((up - 0.48) / 0.30) ** 2)
        cover = np.clip((cloud - low) * 3.2, 0, 1) * band * 0.8
        lit = np.asarray(shade) + np.exp(-away * 3)[..., None] * (70, 40, 8)
        out = out * (1 - cover[..., None]) + lit * cover[..., None]
    return np.asarray(out)


def _sea(width: int, height: int, sun_x: float) -> NDArray[np.float64]:
    y, x = np.mgrid[0:height, 0:width]
    near = y / height
    out = _ramp(near, [(0.0, (214, 128, 104)), (0.12, (150, 96, 118)), (0.5, (64, 70, 112)), (1.0, (44, 66, 98))])
    waves = np.zeros((height, width))
    for seed, rows, columns in ((1, 46, 6), (2, 90, 14), (3, 150, 30)):
        flat = noise(height, width, (rows, columns), 2, seed)
        bent = (np.sqrt(near[:, 0]) * (height - 1)).astype(int)
        waves += flat[bent] - 0.5
    out += waves[..., None] * np.asarray((60, 50, 46)) * (0.35 + near[..., None])
    spread = 0.028 + 0.11 * near
    path = np.exp(-(((x - sun_x) / width) / spread) ** 2) * (1 - 0.55 * near)
    glitter = np.clip(waves * 2.2 + 0.35, 0, 1) * path
    return np.asarray(out + glitter[..., None] * (235, 176, 96))


def _sand(picture: NDArray[np.float64], shore: int) -> None:
    """Lay sand over the lower edge of `picture`: foam where the water ends, wet sand, then dry."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    edge = shore + 16 * np.sin(x / width * 7.0 + 0.6) + 9 * np.sin(x / width * 17.0) + 30 * (0.5 - x / width)
    depth = y - edge
    dry = np.clip((depth - 34) / 70, 0, 1)[..., None]
    grain = (np.random.default_rng(4).random((height, width, 1)) - 0.5) * 10 * dry
    ripple = (noise(height, width, (60, 14), 3, 9) - 0.5)[..., None] * 30
    wet = np.asarray((134, 92, 88)) + 0.25 * (picture[2 * shore - height:shore].mean(axis=(0, 1)) - 128)
    sand = wet * (1 - dry) + np.asarray((176, 128, 98)) * dry + ripple * (0.3 + 0.7 * dry) + grain
    sheen = np.exp(-(((x - width * 0.70) / width) / 0.14) ** 2)[..., None] * (1 - dry) * (96, 60, 26)
    cover = np.clip(depth / 3, 0, 1)[..., None]
    picture[:] = picture * (1 - cover) + (sand + sheen) * cover
    lace = noise(height, width, (90, 120), 3, 12)
    for offset, thick, strength in ((0, 7, 0.95), (-26, 5, 0.5), (-52, 4, 0.32)):
        line = np.exp(-((depth - offset + 8 * (lace - 0.5)) / thick) ** 2) * np.clip(lace * 1.9 - 0.2, 0, 1) * strength
        picture[:] = picture * (1 - line[..., None]) + np.asarray((255, 232, 216)) * line[..., None]


def _palm(canvas: Any, x: float, y: float, top_x: float, top_y: float, size: float, seed: int) -> None:
    """A palm in silhouette from its foot (x, y) to its crown."""
    rng = np.random.default_rng(seed)
    dark = _paint(0xFF1E1626)
    trunk = skia.Path()
    trunk.moveTo(x - 15 * size, y + 60)
    trunk.quadTo(x + 10, (y + top_y) / 2, top_x - 5 * size, top_y)
    trunk.lineTo(top_x + 6 * size, top_y + 4)
    trunk.quadTo(x + 34 * size, (y + top_y) / 2, x + 18 * size, y + 60)
    canvas.drawPath(trunk, dark)
    for angle in np.linspace(-200, 22, 11) + rng.uniform(-8, 8, 11):
        _frond(canvas, top_x, top_y, float(np.deg2rad(angle)), size * rng.uniform(150, 190), dark)
    for _ in range(4):
        canvas.drawCircle(top_x + rng.uniform(-10, 12) * size, top_y + rng.uniform(4, 14) * size, 7 * size, dark)


def _frond(canvas: Any, x: float, y: float, angle: float, reach: float, paint: Any) -> None:
    """One leaf: a bent rib with blades hanging from both sides."""
    steps = np.linspace(0, 1, 30)
    ribs_x = x + np.cos(angle) * reach * steps
    ribs_y = y + np.sin(angle) * reach * steps * 0.75 + 0.42 * reach * steps ** 2.2
    for i in range(1, len(steps)):
        blade = reach * 0.26 * np.sin(np.pi * min(1.0, steps[i] * 0.9 + 0.1)) ** 0.7
        dx, dy = ribs_x[i] - ribs_x[i - 1], ribs_y[i] - ribs_y[i - 1]
        along = np.hypot(dx, dy)
        dx, dy = dx / along, dy / along
        for side in (-1, 1):
            tip = (ribs_x[i] + blade * (0.62 * dx - side * 0.5 * dy),
                   ribs_y[i] + blade * (0.62 * dy + side * 0.5 * dx + 0.34))
            canvas.drawPath(_polygon([(ribs_x[i - 1], ribs_y[i - 1] - 1), (ribs_x[i], ribs_y[i] + 2), tip]), paint)
