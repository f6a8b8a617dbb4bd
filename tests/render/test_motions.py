"""Captions come, stay and go as their motion's name says, and are at rest, untouched, in between."""

import functools
import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from drawn_text import Drawn
from golden_pictures import assert_golden

from stream.fonts import collection
from stream.render.compositor import Canvas, compose
from stream.render.motions import ALIASES, NAMES, Pose, named, pose, posed, sheet
from stream.render.motions.stage import Stage
from stream.render.text import Typesetter
from stream.timeline.program import NS, Color, Cue, Motion, Run, TextBox, TextStyle
from support import ROOT

W, H = 320, 160
STYLE = TextStyle(font="Noto Sans", size_px=30, align="CenterCenter", bold=True, color=Color(255, 220, 60),
                  outline_px=2, outline_color=Color(120, 0, 60))
LINES = ((Run("Hi wave!"),), (Run("motion"),))
EVERY = [(kind, name) for kind, names in NAMES.items() for name in names]
CATALOGUE = json.loads((ROOT / "stream/timeline/vocabulary.json").read_text("utf-8"))
PLAIN = Cue("c", 0, 4 * NS, LINES, STYLE)


@functools.cache
def typesetter() -> Typesetter:
    return Typesetter(collection())


def moving(kind: str, name: str, cue: Cue = PLAIN) -> Cue:
    motion = Motion(name, NS)
    return {"in": replace(cue, motion_in=motion), "out": replace(cue, motion_out=motion),
            "loop": replace(cue, motion_loop=motion)}[kind]


def luma(cue: Cue, time_ns: int) -> Drawn:
    """Return the luma of a grey canvas with `cue` as it is at `time_ns`."""
    raster = Stage(typesetter(), W, H).raster(cue, time_ns)
    return compose(Canvas(W, H), [], [raster] if raster else []).y


def at(kind: str, name: str, share: float, cue: Cue = PLAIN) -> Drawn:
    """Return the luma when `share` of the motion is over."""
    start_ns = 3 * NS if kind == "out" else 0
    return luma(moving(kind, name, cue), start_ns + round(share * NS))


def drawn(picture: Drawn) -> tuple[float, float, float]:
    """Return how much is drawn, and its centre of gravity (x, y)."""
    ink = np.abs(picture.astype(float) - 16)
    total = float(ink.sum())
    if not total:
        return 0.0, 0.0, 0.0
    return total, float((ink.sum(0) * np.arange(W)).sum() / total), float((ink.sum(1) * np.arange(H)).sum() / total)


REST = drawn(luma(PLAIN, 0))


def test_every_name_of_the_dialect_has_its_motion() -> None:
    assert [len(NAMES[kind]) for kind in ("in", "out", "loop")] == [36, 34, 21]
    for kind in ("in", "out", "loop"):
        assert set(NAMES[kind]) == set(CATALOGUE[f"motions_{kind}"])


def test_other_spellings_find_their_motion_and_unknown_names_rest() -> None:
    assert named(" Fade_In ") == "fade_in" and named("dissolve_in") == "dissovle_in" and named("nothing_in") == ""
    assert all(named(right) == right and named(wrong) == right for wrong, right in ALIASES.items())
    assert pose(moving("in", "nothing_in"), NS // 2) is None and pose(moving("in", "fade_out"), NS // 2) is None


@pytest.mark.parametrize("name", NAMES["in"])
def test_what_comes_begins_out_of_sight_and_ends_at_rest(name: str) -> None:
    cue = moving("in", name)
    assert drawn(luma(cue, 0))[0] == 0
    assert np.any(luma(cue, NS // 2) != luma(PLAIN, 0)) and drawn(luma(cue, NS // 2))[0] > 0.05 * REST[0]
    assert pose(cue, NS - NS // 50) is not None and pose(cue, NS) is None
    assert Stage(typesetter(), W, H).raster(cue, NS) is typesetter().raster(cue, W, H)
    near = np.abs(luma(cue, NS - NS // 1000).astype(int) - luma(PLAIN, 0))
    assert near.mean() < 1.5, "it jumps at the end"


@pytest.mark.parametrize("name", NAMES["out"])
def test_what_goes_begins_at_rest_and_ends_out_of_sight(name: str) -> None:
    cue = moving("out", name)
    assert pose(cue, 3 * NS) is None and pose(cue, 3 * NS + NS // 50) is not None
    assert np.abs(luma(cue, 3 * NS + NS // 1000).astype(int) - luma(PLAIN, 0)).mean() < 1.5, "it jumps at the start"
    assert drawn(luma(cue, 4 * NS - NS // 1000))[0] < 0.02 * REST[0]


@pytest.mark.parametrize("name", NAMES["loop"])
def test_a_loop_is_periodic_and_seamless(name: str) -> None:
    cue = moving("loop", name)
    for share in (0.0, 0.25, 0.6):
        assert pose(cue, round(share * NS)) == pose(cue, round((share + 2) * NS))
    seam = np.abs(luma(cue, 2 * NS - 1).astype(int) - luma(cue, 2 * NS)).mean()
    step = max(np.abs(luma(cue, k * NS // 20).astype(int) - luma(cue, (k + 1) * NS // 20)).mean() for k in range(20))
    assert seam <= max(step, 0.5)


@pytest.mark.parametrize("kind", ["in", "out", "loop"])
def test_no_two_names_look_the_same(kind: str) -> None:
    seen = {name: np.stack([at(kind, name, share) for share in (0.25, 0.5)]).astype(int) for name in NAMES[kind]}
    same = [(one, other) for one, other in combinations(seen, 2) if np.abs(seen[one] - seen[other]).mean() < 0.25]
    assert not same


@pytest.mark.parametrize(("name", "axis", "sign"), [
    ("slide_left_in", 1, 1), ("slide_right_in", 1, -1), ("slide_up_in", 2, 1), ("slide_down_in", 2, -1),
    ("wipe_left_in", 1, 1), ("wipe_right_in", 1, -1), ("wipe_up_in", 2, 1), ("wipe_down_in", 2, -1),
    ("scroll_left_in", 1, 1), ("scroll_right_in", 1, -1), ("sunrise_in", 2, 1), ("slingshot_in", 1, -1),
    ("rotateup_in", 2, 1), ("typewriter1_in", 2, -1)])
def test_what_comes_in_a_direction_comes_from_the_other_side(name: str, axis: int, sign: int) -> None:
    assert sign * (drawn(at("in", name, 0.2))[axis] - REST[axis]) > 4


@pytest.mark.parametrize(("name", "axis", "sign"), [
    ("slide_left_out", 1, -1), ("slide_right_out", 1, 1), ("slide_up_out", 2, -1), ("slide_down_out", 2, 1),
    ("wipe_left_out", 1, -1), ("wipe_right_out", 1, 1), ("wipe_up_out", 2, -1), ("wipe_down_out", 2, 1),
    ("scroll_left_out", 1, -1), ("scroll_right_out", 1, 1), ("sunset_out", 2, 1), ("slingshot_out", 1, 1),
    ("rotatedown_out", 2, 1)])
def test_what_goes_in_a_direction_is_left_on_that_side(name: str, axis: int, sign: int) -> None:
    assert sign * (drawn(at("out", name, 0.75))[axis] - REST[axis]) > 4


def test_what_is_wiped_stays_in_its_place_and_what_slides_does_not() -> None:
    rest = luma(PLAIN, 0)
    wiped, slid = at("in", "wipe_right_in", 0.5), at("in", "slide_right_in", 0.5)
    assert np.all((wiped == rest) | (wiped == 16) | (np.abs(np.arange(W) - W / 2) < 80)[None, :])
    assert np.array_equal(wiped[:, :W // 2 - 5], rest[:, :W // 2 - 5]) and not wiped[:, W // 2 + 5:].std()
    assert not np.array_equal(slid[:, :W // 2 - 5], rest[:, :W // 2 - 5])


@pytest.mark.parametrize(("name", "grows"), [("zoomout_in", True), ("zoom_in", True), ("zoomin_in", False),
                                             ("zoomslightout_in", True)])
def test_a_zoom_goes_the_way_its_name_says(name: str, grows: bool) -> None:
    placed = pose(moving("in", name), NS // 5)
    assert placed is not None and (placed.scale_x < 1) is grows and placed.scale_x == placed.scale_y


def test_a_typewriter_writes_letter_after_letter_and_nothing_moves() -> None:
    rest, cue = luma(PLAIN, 0), moving("in", "typewriter1_in")
    written = []
    for k in range(16):
        now = luma(cue, k * NS // 15)
        assert np.all((now == rest) | (now == 16))
        written.append(int((now != 16).sum()))
    assert written == sorted(written) and len(set(written)) > 10 and written[0] == 0


def test_letters_put_together_again_are_the_caption_itself() -> None:
    for style in (STYLE, replace(STYLE, box=TextBox(Color(0, 0, 200, 255), 9, 5, 4))):
        cue = replace(PLAIN, style=style, lines=(*LINES, (Run("مرحبا بكم"),), (Run("日本語 fi ẵ"),)))
        found = sheet(typesetter(), cue, W, H)
        assert found is not None and len(found.letters) == 8 + 6 + 9 + 8
        letters = posed(found, Pose(letters="sway", progress=0.0, dx_px=0.0), W, H)
        assert letters is not None
        still = posed(found, Pose(letters="strike", progress=1.0), W, H)
        plain = typesetter().raster(cue, W, H)
        assert still is not None and plain is not None
        assert np.abs(still.y.astype(int) - plain.y).max() <= (0 if style.box is None else 1)


def test_a_pose_that_changes_nothing_is_bit_exact() -> None:
    found, plain = sheet(typesetter(), PLAIN, W, H), typesetter().raster(PLAIN, W, H)
    assert found is not None and plain is not None
    still = posed(found, Pose(), W, H)
    assert still is not None and (still.x_px, still.y_px) == (plain.x_px, plain.y_px)
    assert all(np.array_equal(getattr(still, plane), getattr(plain, plane)) for plane in ("y", "u", "v", "ia", "ia2"))


def test_text_that_is_turned_moves_as_a_whole_and_comes_to_rest_where_it_lies() -> None:
    turned = replace(PLAIN, style=replace(STYLE, angle_deg=20))
    rest = luma(turned, 0)
    cue = moving("in", "slide_left_in", turned)
    assert drawn(luma(cue, 0))[0] == 0
    assert np.abs(luma(cue, NS - NS // 1000).astype(int) - rest).mean() < 1.5
    x, y = drawn(luma(cue, NS // 2))[1:]
    assert x > drawn(rest)[1] + 2 and abs(y - drawn(rest)[2]) < 1


def test_in_and_out_longer_than_the_caption_are_shortened_alike() -> None:
    cue = replace(PLAIN, end_ns=NS, motion_in=Motion("fade_in", 3 * NS), motion_out=Motion("fade_out", NS),
                  motion_loop=Motion("rotate_display", NS))
    opacities = [found.opacity if (found := pose(cue, k * NS // 8)) else 1.0 for k in range(9)]
    assert opacities == pytest.approx([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1, 0.5, 1])


def test_a_loop_runs_between_coming_and_going() -> None:
    cue = replace(PLAIN, motion_in=Motion("fade_in", NS), motion_out=Motion("fade_out", NS),
                  motion_loop=Motion("rotate_display", 2 * NS))
    middle = pose(cue, 2 * NS)
    assert middle is not None and middle.angle_deg == -180 and middle.opacity == 1
    assert pose(cue, NS // 2) == Pose(opacity=0.5) and pose(cue, NS) is None


def test_no_motion_and_no_text_cost_nothing() -> None:
    assert pose(PLAIN, NS) is None
    empty = replace(PLAIN, lines=((Run(" "),),))
    assert sheet(typesetter(), empty, W, H) is None
    assert Stage(typesetter(), W, H).raster(moving("in", "fade_in", empty), NS // 2) is None


def contact_sheet(kind: str) -> Drawn:
    """Return every motion of `kind` at five moments, its name as its text, in two columns."""
    width, height = 136, 56
    style = replace(STYLE, size_px=15, outline_px=1.2)
    rows, stage = [], Stage(typesetter(), width, height)
    for name in NAMES[kind]:
        cue = Cue(name, 0, 4 * NS, ((Run("Ag wave"),), (Run(name.rpartition("_")[0]),)), style)
        row = []
        for share in (0.08, 0.25, 0.5, 0.75, 0.92):
            cue_moving = moving(kind, name, cue)
            raster = stage.raster(cue_moving, (3 * NS if kind == "out" else 0) + round(share * NS))
            frame = compose(Canvas(width, height), [], [raster] if raster else [])
            row.append(rgb(frame.y, frame.u, frame.v))
        rows.append(np.hstack(row))
    if len(rows) % 2:
        rows.append(np.zeros_like(rows[0]))
    half = len(rows) // 2
    return np.hstack([np.vstack(rows[:half]), np.vstack(rows[half:])])


def rgb(y: Drawn, u: Drawn, v: Drawn) -> Drawn:
    """Return 4:2:0 planes as RGB (BT.709 limited), coarse enough for a small file."""
    bright = (y.astype(float) - 16) * 255 / 219
    blue, red = ((plane.repeat(2, 0).repeat(2, 1).astype(float) - 128) * 255 / 224 for plane in (u, v))
    channels = bright + 1.5748 * red, bright - 0.1873 * blue - 0.4681 * red, bright + 1.8556 * blue
    return np.clip(np.stack(channels, axis=2).round(), 0, 255).astype(np.uint8) & 0xF8


@pytest.mark.parametrize("kind", ["in", "out", "loop"])
def test_contact_sheet(kind: str) -> None:
    assert_golden(contact_sheet(kind), f"motions_{kind}", 8.0)
