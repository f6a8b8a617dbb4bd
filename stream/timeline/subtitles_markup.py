"""subtitles_markup: the markup inside a caption of SubRip or WebVTT: bold, italic, underlined, coloured."""

import html
import re
from typing import NamedTuple

from stream.timeline.program import Color, Line, Run

# https://www.w3.org/TR/webvtt1/#default-text-color and the names HTML's font element is seen with
COLORS = {"white": Color(255, 255, 255), "lime": Color(0, 255, 0), "cyan": Color(0, 255, 255), "red": Color(255, 0, 0),
          "yellow": Color(255, 255, 0), "magenta": Color(255, 0, 255), "blue": Color(0, 0, 255),
          "black": Color(0, 0, 0), "green": Color(0, 128, 0), "orange": Color(255, 165, 0),
          "gray": Color(128, 128, 128), "grey": Color(128, 128, 128), "silver": Color(192, 192, 192),
          "pink": Color(255, 192, 203)}
_PIECE = re.compile(r"<(/?)([A-Za-z][\w.-]*|\d\d:[\d:.]+)((?:\s[^<>]*)?)/?>|\n|\{\\[^{}]*\}|[^<\n{]+|.")
_FACE = re.compile(r"color\s*=\s*[\"']?\s*(#?[0-9A-Za-z]+)", re.IGNORECASE)


class _Look(NamedTuple):
    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    color: Color | None = None


def marked_up(text: str, entities: bool) -> tuple[Line, ...]:
    """Return `text` as lines of runs. Tags without a meaning here are left out; `entities`: &amp; stands for &."""
    lines: list[list[Run]] = [[]]
    open_tags: list[tuple[str, _Look]] = []
    look, pending = _Look(), ""

    def flush() -> None:
        nonlocal pending
        if pending:
            said = html.unescape(pending) if entities else pending
            lines[-1].append(Run(said, False, *look))
            pending = ""

    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece == "\n":
            flush()
            lines.append([])
        elif piece.startswith("{\\") and len(piece) > 2:
            continue
        elif not found[2]:
            pending += piece
        elif found[1]:
            name = found[2].split(".")[0].lower()
            if any(tag == name for tag, _ in open_tags):
                flush()
                while open_tags:
                    tag, look = open_tags.pop()
                    if tag == name:
                        break
        else:
            name, *classes = found[2].lower().split(".")
            changed = _changed(look, name, classes, found[3])
            if changed != look:
                flush()
            open_tags.append((name, look))
            look = changed
    flush()
    while lines and not lines[-1]:
        lines.pop()
    return tuple(tuple(line) for line in lines)


def _changed(look: _Look, name: str, classes: list[str], attributes: str) -> _Look:
    if name in ("b", "strong"):
        look = look._replace(bold=True)
    elif name in ("i", "em"):
        look = look._replace(italic=True)
    elif name == "u":
        look = look._replace(underline=True)
    elif name == "font" and (said := _FACE.search(attributes)):
        look = look._replace(color=_color(said[1]) or look.color)
    for word in classes:
        if word in COLORS:
            look = look._replace(color=COLORS[word])
    return look


def _color(word: str) -> Color | None:
    if re.fullmatch(r"#?[0-9A-Fa-f]{6}", word):
        number = int(word[-6:], 16)
        return Color(number >> 16, number >> 8 & 255, number & 255)
    return COLORS.get(word.lower())
