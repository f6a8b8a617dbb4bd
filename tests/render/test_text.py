"""Captions as pictures: odd input, the same bytes every time, fonts given and missing."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_text import BOXED, EVERY_SCRIPT, LINE_PX, PLAIN, RED, H, W, canvas, cue, ink

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import Color, TextBox


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


def test_nothing_to_show_is_no_raster(typesetter: Typesetter) -> None:
    for shown in (cue(), cue(""), cue("  ", " "), cue("x", style=replace(PLAIN, size_px=0)),
                  cue("x", style=replace(PLAIN, x_px=5000)), cue("x", style=replace(PLAIN, color=Color(1, 2, 3, 0)))):
        assert typesetter.raster(shown, W, H) is None


def test_newlines_inside_a_run_break_and_controls_are_spaces(typesetter: Typesetter) -> None:
    broken, lines = cue("one\ntwo\tand\x00\ud800", style=BOXED), cue("one", "two and", style=BOXED)
    assert np.array_equal(canvas(typesetter, broken), canvas(typesetter, lines))


def test_an_empty_line_keeps_its_place(typesetter: Typesetter) -> None:
    assert ink(canvas(typesetter, cue("one", "", "two", style=BOXED)))[3] == 3 * LINE_PX


def test_huge_text_is_cut_at_the_canvas(typesetter: Typesetter) -> None:
    rgba, _, _ = typesetter.rgba(cue("Huge", style=replace(PLAIN, size_px=5000, outline_px=50)), W, H)
    assert rgba.shape[0] <= H and rgba.shape[1] <= W


def test_the_same_cue_is_the_same_bytes_every_time_and_from_every_typesetter(typesetter: Typesetter) -> None:
    style = replace(PLAIN, outline_px=3, box=TextBox(RED, 4, 4, 4), shadow_px=3, align="CenterCenter")
    shown = cue(EVERY_SCRIPT, style=style)
    first = typesetter.rgba(shown, W, H)
    typesetter.rgba(cue("something else 😂 麻", style=replace(style, bold=True)), W, H)
    again, other = typesetter.rgba(shown, W, H), Typesetter(collection()).rgba(shown, W, H)
    assert first[0].tobytes() == again[0].tobytes() == other[0].tobytes() and first[1:] == again[1:] == other[1:]


def test_a_revision_that_looks_the_same_is_not_drawn_again(typesetter: Typesetter) -> None:
    shown = cue("kept", style=PLAIN)
    assert typesetter.raster(shown, W, H) is typesetter.raster(replace(shown, revision=3, end_ns=9), W, H)


def test_a_raster_is_even_and_holds_the_picture(typesetter: Typesetter) -> None:
    raster = typesetter.raster(cue("x", style=replace(BOXED, align="Left", x_px=101, y_px=33)), W, H)
    assert raster is not None
    assert (raster.x_px, raster.y_px) == (100, 32) and raster.width_px % 2 == raster.height_px % 2 == 0
    assert raster.ia[0, 0] == 255 and raster.ia[2, 2] == 0


def test_old_pictures_are_forgotten(typesetter: Typesetter) -> None:
    first = typesetter.raster(cue("first"), W, H)
    for number in range(40):
        typesetter.raster(cue(f"n{number}"), W, H)
    assert typesetter.raster(cue("first"), W, H) is not first


def test_no_font_of_the_machine_is_needed_or_used(typesetter: Typesetter) -> None:
    shown = cue(EVERY_SCRIPT, style=replace(PLAIN, outline_px=2))
    code = ("import hashlib; from stream.fonts import collection; from stream.render.text import Typesetter;"
            "from stream.timeline.program import *;"
            f"drawn = Typesetter(collection()).rgba({shown!r}, {W}, {H}); "
            "print(hashlib.sha256(drawn[0].tobytes()).hexdigest())")
    bare = {"PATH": os.environ["PATH"], "FONTCONFIG_FILE": "/dev/null", "HOME": "/nonexistent", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(typesetter.rgba(shown, W, H)[0].tobytes()).hexdigest()


def test_an_absent_font_is_told_once() -> None:
    told: list[str] = []
    typesetter = Typesetter(collection(), told.append)
    for font in ("AlibabaPuHuiTi", "AlibabaPuHuiTi", "Noto Sans"):
        typesetter.rgba(cue("字 text", style=replace(PLAIN, font=font)), W, H)
        typesetter.measure("more", replace(PLAIN, font=font))
    assert len(told) == 1 and "AlibabaPuHuiTi" in told[0] and "Noto Sans CJK SC" in told[0]


def test_a_font_given_as_bytes_is_used_and_the_rest_filled_in() -> None:
    hebrew = next(face.source for face in collection().faces if face.family == "Noto Sans Hebrew")
    url = "http://fonts.test/hebrew.ttf"
    told: list[str] = []
    assert isinstance(hebrew, Path)
    typesetter = Typesetter(collection().with_font(url, hebrew.read_bytes()), told.append)
    custom, named = replace(PLAIN, font="SimSun", font_url=url), replace(PLAIN, font="Noto Sans Hebrew")
    given, packaged = (canvas(typesetter, cue("שלום 麻", style=style)) for style in (custom, named))
    assert np.array_equal(given, packaged)
    assert told == []


def test_a_broken_font_file_is_told_and_replaced() -> None:
    told: list[str] = []
    typesetter = Typesetter(collection().with_font("u", b"\x00\x01\x00\x00 no font"), told.append)
    shown = cue("text", style=replace(PLAIN, font_url="u"))
    assert np.array_equal(canvas(typesetter, shown), canvas(typesetter, cue("text", style=PLAIN)))
    assert len(told) == 1 and "TTF" in told[0]


def test_warming_up_changes_no_picture() -> None:
    warmed, cold = Typesetter(collection()), Typesetter(collection())
    warmed.warm(replace(PLAIN, outline_px=2))
    assert np.array_equal(canvas(warmed, cue(EVERY_SCRIPT)), canvas(cold, cue(EVERY_SCRIPT)))
