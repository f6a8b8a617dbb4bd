"""subtitles_ass: Advanced SubStation Alpha and SubStation Alpha: styled captions, in their own styles.

The format: the specification text ass-specs, and libass where that is silent. What has no counterpart in a Cue
(karaoke, drawings, animation, clips, a size or font changing inside a line) is told and left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from stream.timeline.program import NS, Align, Color, Cue, Line, Motion, Notice, TextBox, TextStyle
from stream.timeline.subtitles_codes import Place, read_codes

Tell = Callable[[Notice], None]
Row = Mapping[str, str]
NUMPAD: dict[int, Align] = {1: "BottomLeft", 2: "BottomCenter", 3: "BottomRight", 4: "CenterLeft", 5: "CenterCenter",
                            6: "CenterRight", 7: "TopLeft", 8: "TopCenter", 9: "TopRight"}
_LINE_EMS = {"noto sans": 1.362, "noto sans cjk": 1.448, "arial": 1.117, "helvetica": 1.117, "liberation sans": 1.117,
             "times new roman": 1.107, "courier new": 1.133, "georgia": 1.136, "verdana": 1.215, "tahoma": 1.207,
             "dejavu sans": 1.164, "simsun": 1.0, "simhei": 1.0, "kaiti": 1.0, "microsoft yahei": 1.32}
_LINE_EM = 1.2
_STYLE_V4 = ("Name Fontname Fontsize PrimaryColour SecondaryColour TertiaryColour BackColour Bold Italic BorderStyle "
             "Outline Shadow Alignment MarginL MarginR MarginV AlphaLevel Encoding").lower().split()
_STYLE = ("Name Fontname Fontsize PrimaryColour SecondaryColour OutlineColour BackColour Bold Italic Underline "
          "StrikeOut ScaleX ScaleY Spacing Angle BorderStyle Outline Shadow Alignment MarginL MarginR MarginV "
          "Encoding").lower().split()
_EVENT = "Layer Start End Style Name MarginL MarginR MarginV Effect Text".lower().split()
_TIME = re.compile(r"\s*(\d{1,6}):(\d{1,3}):(\d{1,3})(?:[.:,](\d{1,9}))?\s*$")


@dataclass(frozen=True, slots=True)
class _Script:
    """What the whole script says: the picture its px are meant for, and how long lines break."""

    width: float
    height: float
    wraps: bool
    scales_borders: bool
    size: tuple[int, int]

    @property
    def across(self) -> float:
        return self.size[0] / self.width

    @property
    def down(self) -> float:
        return self.size[1] / self.height

    @property
    def border(self) -> float:
        return self.down if self.scales_borders else 1.0


@dataclass(frozen=True, slots=True)
class _Named:
    """A style of the script: how text looks, and where it stands: numpad alignment and margins in px of the script."""

    style: TextStyle
    align: int
    margins: tuple[float, float, float]


def read_ass(lines: list[str], fallback: TextStyle, size: tuple[int, int], tell: Tell) -> list[Cue]:
    """Return the Dialogue events of a script; `fallback` is the look of what names no style of the script."""
    info, styles, events = _sections(lines, tell)
    script = _script(info, size)
    named = {name: _named(row, script, old) for name, (row, old) in styles.items()}
    plain = named.get("default", _Named(fallback, _numpad(fallback.align), (fallback.x_px, fallback.x_px, 10.0)))
    cues: list[tuple[int, Cue]] = []
    for number, row in events:
        start_ns, end_ns = time_ns(row.get("start", "")), time_ns(row.get("end", ""))
        if start_ns is None or end_ns is None:
            tell(notice(number, "The times of the event cannot be read"))
        elif end_ns <= start_ns:
            tell(notice(number, "The caption ends before it begins"))
        else:
            wanted = row.get("style", "").strip().lstrip("*").lower()
            if wanted not in named and wanted != "default":
                tell(notice(number, f"There is no style {row.get('style', '')!r}"))
            cue = _cue(row, named.get(wanted, plain), named, script, number, tell)
            if cue is not None:
                layer = int(number_of(row.get("layer", ""), 0.0))
                cues.append((layer, replace(cue, id=str(len(cues)), start_ns=start_ns, end_ns=end_ns)))
    return [cue for _, cue in sorted(cues, key=lambda pair: pair[0])]


def notice(number: int, message: str) -> Notice:
    return Notice("warning", f"line {number}", message, "The rest of the file is shown", "subtitle-line")


def _sections(lines: list[str], tell: Tell) -> tuple[dict[str, str], dict[str, tuple[Row, bool]],
                                                     list[tuple[int, Row]]]:
    """Return the script's info, its styles by name (and whether each is of the old kind), its events by line."""
    info: dict[str, str] = {}
    styles: dict[str, tuple[Row, bool]] = {}
    events: list[tuple[int, Row]] = []
    section, old, style_format, event_format = "", False, list(_STYLE), list(_EVENT)
    for number, line in enumerate(lines, 1):
        line = line.lstrip("\ufeff").strip()
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip().lower()
            old = section == "v4 styles"
            style_format = list(_STYLE_V4 if old else _STYLE)
        elif not colon or line.startswith((";", "!")):
            continue
        elif section == "script info":
            info[key] = value.strip()
        elif key == "format":
            columns = [column.strip().lower() for column in value.split(",")]
            if section == "events":
                event_format = columns
            else:
                style_format = columns
        elif section.endswith("styles") and key == "style":
            row = dict(zip(style_format, (cell.strip() for cell in value.split(",")), strict=False))
            if len(row) < min(len(style_format), 4):
                tell(notice(number, "The style has too few fields"))
            styles[row.get("name", "").lstrip("*").lower()] = row, old
        elif section == "events" and key == "dialogue":
            cells = value.split(",", max(len(event_format) - 1, 0))
            if len(cells) < len(event_format):
                tell(notice(number, "The event has too few fields"))
            events.append((number, dict(zip(event_format, cells, strict=False))))
    return info, styles, events


def _script(info: Mapping[str, str], size: tuple[int, int]) -> _Script:
    width, height = number_of(info.get("playresx", ""), 0.0), number_of(info.get("playresy", ""), 0.0)
    if width <= 0 and height <= 0:
        width, height = 384.0, 288.0
    elif width <= 0:
        width = 1280.0 if height == 1024 else height * 4 / 3
    elif height <= 0:
        height = 1024.0 if width == 1280 else width * 3 / 4
    return _Script(width, height, info.get("wrapstyle", "0").strip() != "2",
                   info.get("scaledborderandshadow", "yes").strip().lower() != "no", size)


def _named(row: Row, script: _Script, old: bool) -> _Named:
    def get(name: str, default: float) -> float:
        return number_of(row.get(name, ""), default)

    primary = color_of(row.get("primarycolour", ""), Color(255, 255, 255))
    edge = color_of(row.get("tertiarycolour" if old else "outlinecolour", ""), Color(0, 0, 0))
    back = color_of(row.get("backcolour", ""), Color(0, 0, 0))
    outline_px, kind = max(get("outline", 2), 0.0) * script.border, int(get("borderstyle", 1))
    font, box = row.get("fontname", "").lstrip("@") or "Arial", None
    if kind in (3, 4):
        box = TextBox(edge if kind == 3 else back, outline_px, outline_px)
    style = TextStyle(
        font=font, size_px=_em(get("fontsize", 18), font, script), color=primary,
        outline_px=0.0 if kind == 3 else outline_px, outline_color=edge,
        shadow_px=0.0 if box else max(get("shadow", 2), 0.0) * script.border, shadow_color=back,
        bold=get("bold", 0) not in (0, 400), italic=get("italic", 0) != 0, underline=get("underline", 0) != 0,
        wrap="AutoWrap" if script.wraps else "", spacing_px=get("spacing", 0) * script.across,
        angle_deg=get("angle", 0) % 360, box=box)
    align = int(get("alignment", 2))
    if old:
        align = (align & 3) + {0: 0, 4: 6, 8: 3}.get(align & 12, 0)
    return _Named(style, align if align in NUMPAD else 2, (get("marginl", 0), get("marginr", 0), get("marginv", 0)))


def _em(size: float, font: str, script: _Script) -> float:
    return min(max(size, 0.0), 10000.0) * script.down / line_em(font)


def _cue(row: Row, named: _Named, styles: Mapping[str, _Named], script: _Script, number: int,
         tell: Tell) -> Cue | None:
    """Return the caption an event is, without its id and times; None when nothing of it is shown."""
    looks = {name: other.style for name, other in styles.items()}
    runs, place, ignored = read_codes(row.get("text", ""), named.style, looks, script.border)
    if ignored:
        tell(Notice("info", f"line {number}", f"The codes {', '.join(sorted(ignored))} have no effect",
                    "The text is shown without them", "subtitle-codes"))
    lines: tuple[Line, ...] = tuple(runs)
    if not any(run.text.strip() for line in lines for run in line):
        return None
    margins = tuple(number_of(row.get(name, ""), 0.0) or of_style for name, of_style in
                    zip(("marginl", "marginr", "marginv"), named.margins, strict=True))
    style = named.style
    if place.font:
        style = replace(style, font=place.font, size_px=style.size_px * line_em(style.font) / line_em(place.font))
    if place.size is not None:
        style = replace(style, size_px=_em(place.size, style.font, script))
    if place.angle_deg is not None:
        style = replace(style, angle_deg=place.angle_deg % 360)
    if place.wrap is not None:
        style = replace(style, wrap="AutoWrap" if place.wrap else "")
    style = _set(style, place.align or named.align, place, (margins[0], margins[1], margins[2]), script)
    motions = [Motion(name, round(ms * 1e6)) if ms > 0 else None
               for name, ms in zip(("fade_in", "fade_out"), place.fade_ms, strict=True)]
    return Cue("", 0, 0, lines, style, motion_in=motions[0], motion_out=motions[1])


def _set(style: TextStyle, align: int, place: Place, margins: tuple[float, float, float],
         script: _Script) -> TextStyle:
    """Return `style` at its place: where \\pos says, else inside the margins."""
    (width, height), (left, right, vertical) = script.size, margins
    across, down = (align - 1) % 3, (align - 1) // 3  # 0 left, 1 middle, 2 right; 0 bottom, 1 middle, 2 top
    inner_px = max(width - (left + right) * script.across, 1.0)
    if place.at is not None:
        x, y = place.at[0] * script.across, place.at[1] * script.down
        return replace(style, align=NUMPAD[align], width_px=inner_px,
                       x_px=(x, x - width / 2, width - x)[across], y_px=(height - y, y - height / 2, y)[down])
    x_px = (left, (left - right) / 2, right)[across] * script.across
    return replace(style, align=NUMPAD[align], width_px=inner_px, x_px=x_px,
                   y_px=0.0 if down == 1 else vertical * script.down)


def _numpad(align: Align) -> int:
    return next((number for number, name in NUMPAD.items() if name == align), 2)


def line_em(font: str) -> float:
    """Return how many em high a line of `font` is, from its ascent to its descent: what a font size here means."""
    return _LINE_EMS.get(font.strip().lower(), _LINE_EM)


def number_of(text: str, default: float) -> float:
    """Return the number that `text` begins with, -1e6 to 1e6."""
    found = re.match(r"\s*([+-]?\d{1,12}(?:\.\d{0,9})?|[+-]?\.\d{1,9})", text)
    return min(max(float(found[1]), -1e6), 1e6) if found else default


def time_ns(text: str) -> int | None:
    """Return H:MM:SS.cc in ns."""
    found = _TIME.match(text)
    if not found:
        return None
    hours, minutes, seconds = (int(part) for part in found.groups()[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * NS + int((found[4] or "0").ljust(9, "0"))


def color_of(text: str, default: Color) -> Color:
    """Return &HAABBGGRR (or the same as a decimal number); 00 is opaque."""
    found = re.match(r"\s*(?:&?[hH]([0-9a-fA-F]{1,8})&?|(-?\d{1,10}))\s*$", text)
    if not found:
        return default
    value = (int(found[1], 16) if found[1] else int(found[2])) & 0xFFFFFFFF
    return Color(value & 255, value >> 8 & 255, value >> 16 & 255, 255 - (value >> 24))
