"""Sheets of all filters, masks and VFX as they should look, kept in tests/golden."""

import pytest
from effects_scene import SECOND_NS, look, scene, sheet
from golden_pictures import assert_golden

from stream.render.effects import apply
from stream.render.effects.names import FAMILIES, FILTERS, MASKS
from stream.timeline.program import Box

TOLERANCE = 8.0  # levels in the worst tile: a sprite may lie one px elsewhere on another processor
TIMES_NS = (SECOND_NS * 2 // 5, SECOND_NS * 11 // 5)


def test_filters() -> None:
    frame = scene()
    shown = [apply(look("filter", name, brightness=15, saturation=-30), frame, 0) for name in sorted(FILTERS)]
    assert_golden(sheet([frame, *shown], 9), "effects_filters", TOLERANCE)


def test_masks_and_regions() -> None:
    frame = scene()
    params = ({}, {"x": 0.4, "angle": 30, "antialias": 0.2, "radius": 0.1, "width": 0.3},
              {"blur_intensity": 0.7, "outer_alpha": 0.5, "size": 0.3})
    shown = [apply(look("mask", name, **some), frame, 0) for name in MASKS for some in params]
    shown += [apply(look("region", name, box=Box(24, 10, 40, 30)), frame, 0) for name in ("mosaic_rect", "blur")]
    assert_golden(sheet(shown, 7), "effects_masks", TOLERANCE)


@pytest.mark.parametrize("family", list(FAMILIES))
def test_vfx_at_two_times(family: str) -> None:
    size = (160, 90) if family == "particles" else (96, 54)
    shown = [apply(look("vfx", name), scene(*size), pts_ns) for name in FAMILIES[family] for pts_ns in TIMES_NS]
    assert_golden(sheet(shown, 8), f"effects_vfx_{family}", TOLERANCE)
