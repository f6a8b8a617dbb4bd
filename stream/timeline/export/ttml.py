"""ttml: captions as TTML, the text profile of IMSC 1.1 (W3C), for broadcast and streaming players."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from stream.timeline.export import printable, settle, stamp
from stream.timeline.program import Color, Cue, Program, Run, TextStyle
from stream.timeline.schema import Document

PROFILE = "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
_HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" '
         'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
         f'ttp:contentProfiles="{PROFILE}" ttp:timeBase="media" xml:lang=')
_ROWS = 15  # of ttp:cellResolution where it is not given: 1c, the size of text, is the picture's height by this


def write_program(program: Program, document: Document) -> str:
    """Return the captions of `program` as IMSC 1.1 for a picture of its size."""
    notes = document.notes.Captions
    return write(program.cues, (program.width_px, program.height_px), (notes.Language if notes else "") or "")


def write(cues: Sequence[Cue], size: tuple[int, int] = (1920, 1080), language: str = "") -> str:
    """Return `cues`, settled, as IMSC 1.1 text; their px are those of a picture of `size`, all lengths shares of it.

    Each look becomes a style, each place a region; words that differ are spans. Captions in `language` (BCP 47; "" is
    not known) are one division, those in a second language another. Lost: shadows, turned text, spacing, round corners,
    motions and the times of words.
    """
    styles: dict[str, str] = {}
    regions: dict[str, str] = {}
    rows: dict[str, list[str]] = {}
    for cue in settle(cues):
        style = styles.setdefault(_style(cue.style, size), f"s{len(styles) + 1}")
        region = regions.setdefault(_region(cue.style, size), f"r{len(regions) + 1}")
        begin, end = stamp(cue.start_ns, "."), stamp(max(cue.end_ns, cue.start_ns + 1_000_000), ".")
        around = f" tts:backgroundColor={quoteattr(_color(cue.style.box.color))}" if cue.style.box else ""
        text = "<br/>".join("".join(_run(run, cue.style) for run in line) for line in cue.lines)
        rows.setdefault(cue.lane, []).append(
            f'      <p begin="{begin}" end="{end}" region="{region}" style="{style}">'
                    f"<span{around}>{text}</span></p>")
    divisions = [line for lane in sorted(rows) or [""] for line in (
        f"    <div xml:lang={quoteattr(lane)}>" if lane else "    <div>", *rows.get(lane, ()), "    </div>")]
    return "\n".join([
        f"{_HEAD}{quoteattr(language)}>", "  <head>", "    <styling>",
        *(f'      <style xml:id="{name}" {row}/>' for row, name in styles.items()),
        "    </styling>", "    <layout>", *(f'      <region xml:id="{name}" {row}/>' for row, name in regions.items()),
        "    </layout>", "  </head>", "  <body>", *divisions, "  </body>", "</tt>", ""])


def _style(style: TextStyle, size: tuple[int, int]) -> str:
    family = "".join(c for c in style.font if c.isalnum() or c in " -_") or "default"
    members = {"fontFamily": f"'{family}', proportionalSansSerif", "fontSize": _share(style.size_px * _ROWS / size[1]),
               "lineHeight": _share(1.36 + style.line_spacing_px / style.size_px) if style.size_px else "normal",
               "color": _color(style.color)}
    if style.bold:
        members["fontWeight"] = "bold"
    if style.italic:
        members["fontStyle"] = "italic"
    if style.underline:
        members["textDecoration"] = "underline"
    if style.outline_px > 0 and style.size_px:
        members["textOutline"] = f"{_color(style.outline_color)} {_share(style.outline_px / style.size_px)}"
    return _attributes(members)


def _region(style: TextStyle, size: tuple[int, int]) -> str:
    """Return where text hangs: a region that reaches from its anchor to the edges of the picture."""
    side = style.align.removeprefix("Top").removeprefix("Bottom")
    exact = style.align in ("Left", "Center", "Right")
    if not exact and side != "Center":
        side = side.removeprefix("Center")
    down = "before" if exact or style.align.startswith("Top") else "after"
    if style.align.startswith("Center") and not exact:
        down = "center"
    x, y = min(max(style.x_px / size[0], -1.0), 1.0), min(max(style.y_px / size[1], -1.0), 1.0)
    middle = x if exact else 0.5 + x
    left, right = {"Left": (x, 1.0), "Right": (0.0, x if exact else 1.0 - x),
                   "Center": (middle - min(middle, 1 - middle), middle + min(middle, 1 - middle))}[side]
    reach = min(0.5 + y, 0.5 - y)
    top, bottom = {"before": (y, 1.0), "after": (0.0, 1.0 - y), "center": (0.5 + y - reach, 0.5 + y + reach)}[down]
    left, right, top, bottom = (min(max(value, 0.0), 1.0) for value in (left, right, top, bottom))
    if right - left < 0.02 or bottom - top < 0.02:  # outside the picture: all of it, rather than nothing
        left, right, top, bottom = 0.0, 1.0, 0.0, 1.0
    return _attributes({"origin": f"{_share(left)} {_share(top)}",
                        "extent": f"{_share(right - left)} {_share(bottom - top)}", "displayAlign": down,
                        "textAlign": side.lower(), "wrapOption": "wrap" if style.wrap else "noWrap",
                        "overflow": "visible"})


def _run(run: Run, style: TextStyle) -> str:
    word = style.highlight if run.highlighted else None
    color = run.color or (word and word.color)
    edge = run.outline_color or (word and word.outline_color)
    outline = run.outline_px if run.outline_px is not None or word is None else word.outline_px
    members = {"color": _color(color)} if color else {}
    if (edge or outline is not None) and style.size_px:
        width = style.outline_px if outline is None else outline
        members["textOutline"] = (f"{_color(edge or style.outline_color)} {_share(width / style.size_px)}"
                                  if width > 0 else "none")
    for name, on, values in (("fontWeight", run.bold, ("normal", "bold")),
                             ("fontStyle", run.italic, ("normal", "italic")),
                             ("textDecoration", run.underline, ("noUnderline", "underline"))):
        if on is not None:
            members[name] = values[on]
    text = escape(printable(run.text)).replace("\n", "<br/>")
    return f"<span {_attributes(members)}>{text}</span>" if members and text else text


def _attributes(members: dict[str, str]) -> str:
    return " ".join(f"tts:{name}={quoteattr(value)}" for name, value in members.items())


def _share(ratio: float) -> str:
    return f"{min(max(100 * ratio, 0.0), 1e6):.3f}".rstrip("0").rstrip(".") + "%"


def _color(color: Color) -> str:
    return f"#{color.red:02x}{color.green:02x}{color.blue:02x}{color.alpha:02x}"
