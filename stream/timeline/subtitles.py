"""subtitles: caption files made elsewhere (SubRip, WebVTT, Advanced SubStation) as cues."""

import codecs
import re
from collections.abc import Callable
from dataclasses import replace

from stream.errors import DocumentError
from stream.timeline.program import NS, Align, Cue, Line, Notice, TextStyle
from stream.timeline.subtitles_ass import NUMPAD, read_ass
from stream.timeline.subtitles_markup import marked_up

Tell = Callable[[Notice], None]
_LIMIT_BYTES = 32 << 20
_TIME = r"(?:(\d{1,6}):)?(\d{1,3}):(\d{1,2})[.,:](\d{1,9})"
_SPAN = re.compile(rf"\s*{_TIME}\s*-+>\s*{_TIME}(?:\s+(.*))?\s*$")
_AN = re.compile(r"\{[^{}]*\\an([1-9])[^{}]*\}")
_LINE_EM = 1.36  # a line of Noto Sans


def read_cues(data: bytes, suffix: str, style: TextStyle, size: tuple[int, int], span_ns: tuple[int, int],
              tell: Tell = lambda notice: None) -> tuple[Cue, ...]:
    """Return the captions of a file with that `suffix` (srt, vtt, ass, ssa), in order of time, cut to `span_ns`.

    Those of SRT and WebVTT are in `style`, changed by their own markup (bold, italic, underline, colour, place); those
    of ASS in their own styles, scaled to a picture of `size` px. `tell` hears, with the line's number as the path
    ("line 12"), what is passed over. Raises DocumentError when the file holds no caption that can be read, is larger
    than 32 MB or of another kind.
    """
    kind = suffix.lower().lstrip(".")
    if kind not in ("srt", "vtt", "webvtt", "ass", "ssa"):
        raise DocumentError(f"a subtitle file of kind {suffix!r} cannot be read", "Give .srt, .vtt, .ass or .ssa")
    if len(data) > _LIMIT_BYTES:
        raise DocumentError(f"the subtitle file has {len(data) >> 20} MB", "At most 32 MB are read")
    text = decoded(data)
    if re.match(r"\s*\[Script Info\]", text, re.IGNORECASE):
        kind = "ass"
    elif re.match(r"WEBVTT\b", text):
        kind = "vtt"
    lines = re.split(r"\r\n|\r|\n", text)
    cues = read_ass(lines, style, size, tell) if kind in ("ass", "ssa") else _read_timed(lines, kind, style, size, tell)
    if not cues and text.strip():
        number = next(number for number, line in enumerate(lines, 1) if line.strip())
        raise DocumentError(f"line {number}: no caption is found in the {kind} file", "Give a subtitle file in UTF-8")
    kept = [replace(cue, start_ns=max(cue.start_ns, span_ns[0]), end_ns=min(cue.end_ns, span_ns[1]))
            for cue in sorted(cues, key=lambda cue: (cue.start_ns, cue.end_ns))]
    return tuple(cue for cue in kept if cue.start_ns < cue.end_ns)


def decoded(data: bytes) -> str:
    """Return `data` as text: by its byte order mark, else UTF-8, UTF-16, GB 18030, else Windows Latin 1."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace")
    head = data[:4096]
    if head.count(0) > len(head) // 4:
        return data.decode("utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # GB 2312 pairs two high bytes; an accent of a Western text stands alone
    high = len(re.findall(rb"[\x80-\xff]", data))
    if 2 * len(re.findall(rb"[\xa1-\xf7][\xa1-\xfe]", data)) > 0.6 * high:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return data.decode("cp1252", "replace")


def _read_timed(lines: list[str], kind: str, style: TextStyle, size: tuple[int, int], tell: Tell) -> list[Cue]:
    """Read what both SubRip and WebVTT are: lines "from --> to", each with the text up to the next blank line."""
    cues: list[Cue] = []
    at = 0
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        if kind != "srt" and re.match(r"(NOTE|STYLE|REGION)\b", line):
            if not line.startswith("NOTE"):
                tell(_notice(number, f"A {line.split()[0]} block has no effect"))
            while at < len(lines) and lines[at].strip():
                at += 1
            continue
        if "->" not in line:
            continue
        found = _SPAN.match(line)
        if not found:
            tell(_notice(number, f"The times {line.strip()[:60]!r} cannot be read"))
            continue
        start = at
        while at < len(lines) and lines[at].strip() and not _SPAN.match(lines[at]):
            at += 1
        body = lines[start:at]
        if at < len(lines) and lines[at].strip() and body and body[-1].strip().isdigit():
            body.pop()  # the next caption's number, without the blank line before it
        start_ns, end_ns = _ns(found.groups()[:4]), _ns(found.groups()[4:8])
        if end_ns <= start_ns:
            tell(_notice(number, "The caption ends before it begins"))
            continue
        text = "\n".join(body)
        if not text.strip():
            continue
        place = _placed(style, found[9] or "", size) if kind != "srt" else style
        if said := _AN.search(text):
            place, text = replace(place, align=NUMPAD[int(said[1])]), _AN.sub("", text)
        shown: tuple[Line, ...] = marked_up(text, entities=kind != "srt")
        if any(run.text.strip() for line_ in shown for run in line_):
            cues.append(Cue(str(len(cues)), start_ns, end_ns, shown, place))
    return cues


def _notice(number: int, message: str) -> Notice:
    return Notice("warning", f"line {number}", message, "The rest of the file is shown", "subtitle-line")


def _ns(groups: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = groups
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * NS + int((fraction or "0").ljust(9, "0"))


def _placed(style: TextStyle, settings: str, size: tuple[int, int]) -> TextStyle:
    """Return `style` where the settings of a WebVTT cue put it: line, position and align (W3C WebVTT, 6.3)."""
    said = dict(word.split(":", 1) for word in settings.split() if ":" in word)
    line, position = _number(said.get("line", "")), _number(said.get("position", ""))
    side = {"start": "Left", "left": "Left", "end": "Right", "right": "Right"}.get(said.get("align", ""), "Center")
    if line is None and position is None and "align" not in said:
        return style
    if position is None:
        position = {"Left": 0.0, "Center": 50.0, "Right": 100.0}[side]
    x_px = min(max(position, 0.0), 100.0) / 100 * size[0]
    if "%" in said.get("line", "") and line is not None:
        sides: dict[str, Align] = {"Left": "Left", "Center": "Center", "Right": "Right"}
        return replace(style, align=sides[side], x_px=x_px, y_px=min(max(line, 0.0), 100.0) / 100 * size[1])
    step_px = _LINE_EM * style.size_px
    y_px = style.y_px if line is None else step_px * min(max(line, 0) if line >= 0 else max(-line - 1, 0), 1000)
    edges: dict[tuple[bool, str], Align] = {
        (True, "Left"): "TopLeft", (True, "Center"): "TopCenter", (True, "Right"): "TopRight",
        (False, "Left"): "BottomLeft", (False, "Center"): "BottomCenter", (False, "Right"): "BottomRight"}
    align = edges[line is not None and line >= 0, side]
    x_px = {"Left": x_px, "Center": x_px - size[0] / 2, "Right": size[0] - x_px}[side]
    return replace(style, align=align, x_px=x_px, y_px=y_px)


def _number(text: str) -> float | None:
    found = re.match(r"(-?\d{1,6}(?:\.\d{1,6})?)", text)
    return float(found[1]) if found else None
