"""Captions exported as ASS keep their looks and places: read back by us, and drawn by ffmpeg's libass like ours."""

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_text import Drawn, canvas, ink

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.export import ass
from stream.timeline.program import NS, Color, Cue, Motion, Run, TextBox, TextStyle, WordStyle
from stream.timeline.subtitles import read_cues
from support import require_program

W, H = 640, 360
STYLE = TextStyle(font="Noto Sans", size_px=30, color=Color(255, 220, 60), outline_px=2, outline_color=Color(90, 0, 40),
                  align="BottomCenter", y_px=24)
STYLES = {
    "bottom": STYLE,
    "top left": replace(STYLE, align="TopLeft", x_px=20, y_px=10, bold=True),
    "right": replace(STYLE, align="CenterRight", x_px=30, outline_px=0, shadow_px=3),
    "exact": replace(STYLE, align="Center", x_px=200.5, y_px=120, italic=True),
    "shifted": replace(STYLE, align="BottomCenter", x_px=-80, y_px=50),
    "box": replace(STYLE, box=TextBox(Color(0, 40, 160), 12, 6), outline_px=0, align="TopCenter", y_px=40),
    "box and outline": replace(STYLE, box=TextBox(Color(0, 40, 160), 8, 8), align="BottomRight", x_px=20),
    "turned": replace(STYLE, align="TopLeft", x_px=60, y_px=200, angle_deg=15),
}


def cue(style: TextStyle, *lines: str | tuple[Run, ...], start_ns: int = 0, end_ns: int = 2 * NS) -> Cue:
    return Cue("c", start_ns, end_ns, tuple((Run(line),) if isinstance(line, str) else line for line in lines), style)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


def burnt(text: str, folder: Path) -> Drawn:
    """Return the letters of an ASS text drawn by ffmpeg over black: RGB, (h, w, 3)."""
    path = folder / "captions.ass"
    path.write_text(text, "utf-8")
    fonts = Path(str(collection().faces[0].source)).parent
    made = subprocess.run(
        [require_program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", f"color=black:s={W}x{H}:d=1", "-vf",
         f"format=gbrp,ass=f={path}:fontsdir={fonts}", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True, check=True)
    return np.frombuffer(made.stdout, np.uint8).reshape(H, W, 3)


def test_every_look_becomes_one_style_and_is_read_back() -> None:
    cues = [replace(cue(style, name), id=name, start_ns=number * NS, end_ns=(number + 1) * NS)
            for number, (name, style) in enumerate(STYLES.items())]
    text = ass.write([*cues, replace(cues[0], id="again", start_ns=99 * NS, end_ns=100 * NS)], (W, H))
    assert text.count("\nStyle: ") == len(STYLES) + 1 and text.count("\nDialogue: ") == len(STYLES) + 2
    back = {c.text: c for c in read_cues(text.encode(), "ass", TextStyle(), (W, H), (0, 10**15))}
    for one in cues:
        style, was = back[one.text].style, one.style
        assert (back[one.text].start_ns, back[one.text].end_ns) in ((one.start_ns, one.end_ns), (99 * NS, 100 * NS))
        assert style.size_px == pytest.approx(was.size_px, abs=0.01) and style.font == was.font
        assert (style.color, style.bold, style.italic) == (was.color, was.bold, was.italic)
        assert style.angle_deg == was.angle_deg and style.outline_px == was.outline_px
        if was.align != "Center":
            assert (style.align, style.x_px, style.y_px) == (was.align, was.x_px, was.y_px)
    assert back["box"].style.box == TextBox(Color(0, 40, 160), 12, 12)


def test_words_keep_their_own_looks() -> None:
    style = replace(STYLE, highlight=WordStyle(Color(255, 0, 0), Color(1, 2, 3), 4))
    runs = (Run("a "), Run("key", highlighted=True), Run(" b{\\i1} \\N c "), Run("d", bold=True, italic=False,
            color=Color(0, 0, 255, 128), outline_px=5))
    text = ass.write([cue(style, runs)], (W, H))
    (back,) = read_cues(text.encode(), "ass", TextStyle(), (W, H), (0, 10**15))
    assert back.text == "a key b{\\i1} \\N c d"
    key, last = back.lines[0][1], back.lines[0][-1]
    assert (key.text, key.color, key.outline_color, key.outline_px) == ("key", Color(255, 0, 0), Color(1, 2, 3), 4)
    assert last == Run("d", bold=True, italic=False, color=Color(0, 0, 255, 128), outline_px=5)


def test_fades_and_times_go_over() -> None:
    moving = replace(cue(STYLE, "x", start_ns=61 * NS + 234_000_000, end_ns=3600 * NS),
                     motion_in=Motion("fade_in", NS // 2), motion_out=Motion("slide_up_out", NS))
    text = ass.write([moving], (W, H))
    assert "0:01:01.23,1:00:00.00" in text and "\\fad(500,0)" in text
    (back,) = read_cues(text.encode(), "ass", TextStyle(), (W, H), (0, 10**15))
    assert back.motion_in == Motion("fade_in", NS // 2) and back.motion_out is None


def test_nothing_in_a_text_can_end_its_event() -> None:
    text = ass.write([cue(STYLE, "a\r\nDialogue: 0,b\x0b\u2028c", (Run("one\ntwo"),))], (W, H))
    assert text.count("\nDialogue: ") == 1
    (back,) = read_cues(text.encode(), "ass", TextStyle(), (W, H), (0, 10**15))
    assert back.text == "a \nDialogue: 0,b  c\none\ntwo"


@pytest.mark.parametrize("name", list(STYLES))
def test_ffmpeg_draws_the_caption_where_we_do(name: str, typesetter: Typesetter, tmp_path: Path) -> None:
    shown = cue(STYLES[name], "Hxg caption", "second")
    theirs, ours = burnt(ass.write([shown], (W, H)), tmp_path), canvas(typesetter, shown, W, H)[..., :3]
    mine, other = (ink(np.dstack([picture, picture.max(axis=2)])) for picture in (
        np.where(ours > 60, ours, 0), np.where(theirs > 60, theirs, 0)))
    align = STYLES[name].align
    anchor = 0 if align.endswith("Left") else 2 if align.endswith("Right") else None
    across = [(box[0] + box[2]) / 2 if anchor is None else box[anchor] for box in (mine, other)]
    assert abs(across[0] - across[1]) <= 3 and max(abs(mine[1] - other[1]), abs(mine[3] - other[3])) <= 5
    wide, high = ((box[2] - box[0], box[3] - box[1]) for box in (mine, other))
    assert 0.83 < high[0] / wide[0] < 1.05 and 0.9 < high[1] / wide[1] < 1.1, "a font's own idea of its size"
    for color in ((255, 220, 60), (0, 40, 160)):
        counts = [int((np.abs(picture.astype(int) - color).max(axis=2) < 40).sum()) for picture in (ours, theirs)]
        assert counts[1] == pytest.approx(counts[0], rel=0.5, abs=150)


def test_ffprobe_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "x.ass"
    path.write_text(ass.write([cue(STYLE, "x"), replace(cue(STYLE, "y"), id="d")], (W, H)), "utf-8")
    found = subprocess.run([require_program("ffprobe"), "-v", "error", "-show_entries",
                            "stream=codec_name:packet=pts_time", "-of", "csv=p=0", path], check=True,
                           capture_output=True, text=True).stdout.split()
    assert found.count("0.000000") == 2 and "ass" in found
