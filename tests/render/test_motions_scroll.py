"""Credits and tickers run smoothly, stop where they should, and may be far larger than the picture."""

import functools
import math
from dataclasses import replace

import numpy as np
import pytest
from drawn_text import Drawn
from hypothesis import given
from hypothesis import strategies as st

from stream.fonts import collection
from stream.render.compositor import Canvas, compose
from stream.render.motions.scroll import TILE_PX, Strip, position_px
from stream.render.motions.stage import Stage
from stream.render.text import Typesetter
from stream.timeline.program import NS, Cue, Run, Scroll, TextStyle

W, H = 320, 180
STYLE = TextStyle(font="Noto Sans", size_px=24, align="TopCenter")
TICKER = replace(STYLE, align="TopLeft", y_px=100)
OUT = math.inf


@functools.cache
def typesetter() -> Typesetter:
    return Typesetter(collection())


def credits_of(count: int, scroll: Scroll, seconds: int = 1000) -> Cue:
    return Cue("c", 0, seconds * NS, tuple((Run(f"Line {number}"),) for number in range(count)), STYLE, scroll=scroll)


def picture(cue: Cue, pts_ns: int) -> Drawn:
    raster = Stage(typesetter(), W, H).raster(cue, pts_ns)
    return compose(Canvas(W, H), [], [raster] if raster else []).y


def whole(cue: Cue) -> Drawn:
    """Return the luma of all the text of `cue` at rest, at its place on a canvas as large as needed."""
    still = replace(cue, scroll=None)
    left, _, right, bottom = typesetter().bounds(still, W, H)
    rgba, x, y = typesetter().rgba(still, W, H, (left, 0, right, bottom))
    result = np.zeros((bottom + H, max(W, right), 4), np.uint8)
    result[y:y + rgba.shape[0], max(x, 0):x + rgba.shape[1]] = rgba[:, max(-x, 0):]
    return result[..., 3]


def test_credits_at_whole_pixels_are_the_text_itself() -> None:
    cue = credits_of(80, Scroll("up", 100, H, -OUT))
    text = whole(cue)
    assert text.shape[0] > 4 * TILE_PX
    for second in (1, 3, 12, 25):
        top = H - 100 * second
        seen = picture(cue, second * NS) != 16
        lines = text[-top:-top + H, :W] if top < 0 else np.pad(text, ((top, 0), (0, 0)))[:H, :W]
        assert np.array_equal(seen, lines > 0) or np.mean(seen != (lines > 0)) < 0.002
        assert second == 1 or seen.any()


def test_half_a_pixel_is_seen_as_half_a_pixel() -> None:
    cue = credits_of(3, Scroll("up", 10, 100, -OUT))
    here, half, then = (picture(cue, NS * k // 20).astype(int) for k in (0, 1, 2))
    assert np.array_equal(here[1:], then[:-1])
    assert np.abs(half - (here + then) / 2).max() <= 2 and np.abs(half - here).max() > 20


def test_a_ticker_wider_than_any_picture_comes_in_from_the_right_and_leaves_on_the_left() -> None:
    text = " ".join(f"story {number}" for number in range(80))
    cue = Cue("t", 0, 100 * NS, ((Run(text),),), TICKER, scroll=Scroll("left", 400, OUT, -OUT))
    assert typesetter().bounds(cue, W, H)[2] > 10 * W
    columns = [np.flatnonzero((picture(cue, k * NS // 10) != 16).any(axis=0)) for k in (0, 1, 3, 50, 99)]
    assert not columns[0].size and columns[1].min() > W - 45 and columns[2].min() > W - 125
    assert columns[3].min() < 20 and columns[3].max() > W - 20
    assert not (picture(cue, 99 * NS) != 16).any()


def test_it_runs_the_other_way_too() -> None:
    down = credits_of(2, Scroll("down", 50, -OUT, OUT))
    rows = [np.flatnonzero((picture(down, k * NS) != 16).any(axis=1)) for k in (0, 1, 2)]
    assert not rows[0].size and rows[1].max() < rows[2].max() - 40
    right = Cue("r", 0, 9 * NS, ((Run("news"),),), TICKER, scroll=Scroll("right", 60, -OUT, OUT))
    columns = [np.flatnonzero((picture(right, k * NS) != 16).any(axis=0)) for k in (0, 1, 2)]
    assert not columns[0].size and columns[1].max() < columns[2].max() - 50


def test_text_stops_where_it_is_told_to() -> None:
    cue = credits_of(2, Scroll("up", 100, H, 40))
    assert np.array_equal(picture(cue, 5 * NS), picture(cue, 9 * NS)) and (picture(cue, 9 * NS) != 16).any()


def test_without_a_speed_the_way_takes_the_whole_time() -> None:
    scroll = Scroll("up", 0, 100, 0)
    assert [position_px(scroll, 50, H, k * NS, 10 * NS) for k in (0, 5, 10)] == [100, 50, 0]


def test_text_stands_still_before_and_after_and_begins_again_when_asked() -> None:
    scroll = Scroll("up", 50, 100, 0, NS, 2 * NS)
    assert [position_px(scroll, 50, H, k * NS, 99 * NS) for k in (0, 1, 2, 3, 5, 6)] == [100, 100, 50, 0, 0, 0]
    again = replace(scroll, loop=True)
    assert [position_px(again, 50, H, k * NS, 99 * NS) for k in (0, 2, 3, 5, 6, 7)] == [100, 50, 0, 100, 100, 50]
    whole = replace(scroll, speed_px_s=0)
    assert [position_px(whole, 50, H, k * NS, 7 * NS) for k in (0, 1, 3, 5, 7)] == [100, 100, 50, 0, 0]


@given(st.sampled_from(["up", "down", "left", "right"]), st.floats(-1e4, 1e4), st.floats(allow_nan=False),
       st.floats(allow_nan=False), st.floats(0, 1e4), st.integers(0, 10**13))
def test_a_position_lies_between_start_and_end_and_never_goes_back(
        direction: str, speed: float, start: float, end: float, length_px: float, since_ns: int) -> None:
    scroll = Scroll(direction, speed, start, end)  # type: ignore[arg-type]
    now, then = (position_px(scroll, length_px, H, at, 10**12) for at in (since_ns, since_ns + NS))
    assert math.isfinite(now)
    assert now <= then if direction in ("down", "right") else now >= then


def test_tiles_are_kept_few_and_made_as_they_come() -> None:
    cue = credits_of(400, Scroll("up", 100, H, -OUT))
    strip = Strip(typesetter(), cue, W, H)
    for second in range(0, 120, 4):
        strip.raster(cue, second * NS)
        assert len(strip._tiles) <= 8
    assert max(strip._tiles) > 15


def test_a_strip_needs_a_scroll() -> None:
    with pytest.raises(ValueError, match="scroll"):
        Strip(typesetter(), Cue("c", 0, 1, (), STYLE), W, H)
