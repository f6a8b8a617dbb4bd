"""What holds for every effect: all names are known, nothing is written to, everything repeats."""

import subprocess
import sys

import numpy as np
import pytest
from effects_scene import SECOND_NS, SPAN_NS, difference, look, same, scene
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.media import planes_of
from stream.render.effects import apply, fidelity
from stream.render.effects.names import FADES, FAMILIES, FILTERS, MASKS, REGIONS, VFX
from stream.timeline import rendered
from stream.timeline.program import Box, Look
from stream.timeline.vocabulary import catalogue

EVERY = [(kind, name) for kind, names in (("filter", FILTERS), ("vfx", VFX), ("vfx", FADES), ("mask", MASKS),
                                          ("region", REGIONS)) for name in names]
TIMES_NS = tuple(round(t * SECOND_NS) for t in (0.0, 0.13, 0.4, 0.75, 1.21, 2.03, 3.3, 3.97))


def test_every_catalogue_name_is_drawn() -> None:
    names = catalogue()
    assert {name for name in names["filters"] if fidelity("filter", name) == "ignored"} == set()
    assert {name for name in names["vfx"] if fidelity("vfx", name) == "ignored"} == set()
    assert set(FILTERS) == set(names["filters"])
    assert set(VFX) | set(MASKS) == set(names["vfx"])


def test_a_look_that_only_its_maker_knows_is_called_approximate() -> None:
    assert fidelity("filter", "m7") == fidelity("vfx", "heartfireworks") == "approximate"
    assert fidelity("filter", "color") == fidelity("mask", "mask_circle") == fidelity("region", "blur") == "rendered"


def test_check_says_what_the_renderer_does() -> None:
    names = catalogue()
    for family, kind in (("filters", "filter"), ("vfx", "vfx")):
        assert {n: rendered.fidelity(family, n) for n in names[family]} == {n: fidelity(kind, n) for n in names[family]}


def test_names_are_found_in_any_letter_case_and_only_in_their_kind() -> None:
    assert fidelity("filter", "WARM") == "approximate"
    assert fidelity("region", "Delogo_Blur") == "rendered"
    assert fidelity("vfx", "warm") == fidelity("filter", "open") == fidelity("nothing", "blur") == "ignored"


def test_an_unknown_name_leaves_the_picture_as_it_is() -> None:
    frame = scene()
    assert apply(look("vfx", "OV0001-something"), frame, 0) is frame


def test_outside_its_span_a_look_does_nothing() -> None:
    frame, short = scene(), Look("filter", "warm", 10, 20)
    assert apply(short, frame, 9) is frame
    assert apply(short, frame, 10) is not frame
    assert apply(short, frame, 20) is frame


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_an_effect_repeats_keeps_size_time_and_the_frame_it_was_given(kind: str, name: str) -> None:
    frame = scene(66, 50, alpha=True)
    was = [plane.copy() for plane in planes_of(frame)]
    for plane in planes_of(frame):
        plane.flags.writeable = False
    some = look(kind, name, box=Box(8, 8, 30, 22) if kind == "region" else None)
    for pts_ns in TIMES_NS[1::3]:
        one, two = (apply(some, frame.at(pts_ns), pts_ns) for _ in range(2))
        assert same(one, two)
        assert (one.width_px, one.height_px, one.pts_ns) == (66, 50, pts_ns)
        assert one.a is not None
        assert one.y.min() >= 16 and one.y.max() <= 235
    assert all(np.array_equal(a, b) for a, b in zip(was, planes_of(frame), strict=True))


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, n in EVERY if k in ("filter", "vfx") and n != "color"])
def test_an_effect_is_seen(kind: str, name: str) -> None:
    frame = scene()
    most = max(difference(frame, apply(look(kind, name), frame, pts_ns)) for pts_ns in TIMES_NS)
    assert most > 0.3


@pytest.mark.parametrize("name", [name for family, names in FAMILIES.items() for name in names
                                  if family in ("openings", "splits", "particles", "lights", "retro")])
def test_light_colour_and_sprites_leave_alpha_alone(name: str) -> None:
    frame = scene(alpha=True)
    out = apply(look("vfx", name), frame, SECOND_NS // 3)
    assert out.a is not None and frame.a is not None
    if name not in ("tvshow", "oldtvshine", "oldtv", "shine", "livesplit", *FAMILIES["splits"]):  # these move it
        assert np.array_equal(out.a, frame.a)


@pytest.mark.parametrize("name", ["zoom", "fisheye", "splitstill4"])
def test_what_moves_the_picture_moves_its_alpha(name: str) -> None:
    frame = scene(alpha=True)
    assert frame.a is not None
    frame.a[:], frame.a[27:, 48:] = 0, 255
    out = apply(look("vfx", name), frame, SECOND_NS)
    assert out.a is not None
    assert not np.array_equal(out.a, frame.a)


def test_a_frame_without_alpha_gets_none() -> None:
    assert apply(look("vfx", "fallingheart"), scene(), SECOND_NS).a is None
    assert apply(look("filter", "m1"), scene(), SECOND_NS).a is None


def test_the_seed_alone_decides_what_looks_random() -> None:
    frame = scene()
    for name in ("starry", "slightshake", "oldtv", "heartfireworks"):
        one, again, other = (apply(look("vfx", name, seed=seed), frame, 350_000_000) for seed in (1, 1, 2))
        assert same(one, again)
        assert not same(one, other)


@pytest.mark.parametrize("name", [n for names in FAMILIES.values() for n in names])
def test_a_live_look_without_an_end_and_a_look_of_one_tick_are_drawn(name: str) -> None:
    frame = scene(32, 18)
    apply(Look("vfx", name, 0, 1 << 62), frame, 90_061 * SECOND_NS)
    apply(Look("vfx", name, 5, 6), frame, 5)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([e for e in EVERY if e[0] != "vfx"]),
       st.sampled_from([(2, 2), (4, 2), (2, 30), (34, 18), (1, 1), (33, 17)]),
       st.dictionaries(st.sampled_from(["x", "y", "width", "height", "radius", "size", "angle", "antialias", "contrast",
                                        "blur_intensity", "outer_alpha", "brightness", "kelvin_temperature", "tint"]),
                       st.floats() | st.text(max_size=6) | st.integers(-10**12, 10**12).map(str)),
       st.builds(Box, *[st.integers(-40, 60)] * 4))
def test_no_parameter_and_no_size_breaks_an_effect(effect: tuple[str, str], size: tuple[int, int],
                                                   params: dict[str, float | str], box: Box) -> None:
    kind, name = effect
    frame = scene(*size)
    out = apply(Look(kind, name, 0, SPAN_NS, tuple(params.items()), box if kind == "region" else None), frame, 1)  # type: ignore[arg-type]
    assert (out.width_px, out.height_px) == size


@pytest.mark.parametrize("name", list(VFX))
def test_a_vfx_is_drawn_at_the_smallest_sizes_and_upright(name: str) -> None:
    for size in ((2, 2), (18, 32), (35, 21)):
        out = apply(look("vfx", name), scene(*size), SECOND_NS)
        assert (out.width_px, out.height_px) == size


def test_a_family_is_loaded_when_it_is_used() -> None:
    code = ("import sys; import stream.render.effects as e; "
            "print([m for m in sys.modules if m == 'numba' or m.startswith('stream.render.effects.vfx')])")
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
