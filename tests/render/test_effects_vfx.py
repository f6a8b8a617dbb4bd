"""VFX do what their names say, at the time they say it."""

import numpy as np
import pytest
from effects_scene import SECOND_NS, SPAN_NS, difference, look, same, scene

from stream.media import VideoFrame
from stream.render.compositor import solid
from stream.render.effects import apply
from stream.timeline.program import Color


def at(name: str, seconds: float, frame: VideoFrame | None = None, seed: int = 7) -> VideoFrame:
    return apply(look("vfx", name, seed=seed), frame or scene(), round(seconds * SECOND_NS))


def dark_share(frame: VideoFrame) -> float:
    return float((frame.y <= 17).mean())


OPENINGS = ["open", "withcircleopen", "slightrectshow", "wipecross", "slightshow"]


@pytest.mark.parametrize("name", OPENINGS)
def test_an_opening_begins_black_grows_and_ends_with_the_whole_picture(name: str) -> None:
    shares = [dark_share(at(name, t)) for t in (0.0, 0.3, 0.6, 1.0, 2.5)]
    assert shares[0] > 0.9
    assert shares == sorted(shares, reverse=True)
    assert same(at(name, 2.5), scene())


@pytest.mark.parametrize("name", ["close", "withcircleclose", "disappear"])
def test_a_closing_begins_with_the_whole_picture_and_ends_black(name: str) -> None:
    assert same(at(name, 0.0), scene()) and same(at(name, 2.5), scene())
    late = [dark_share(at(name, t)) for t in (3.0, 3.4, 3.8, 3.999)]
    assert late == sorted(late) and late[-1] > 0.9


def test_a_closing_with_no_known_end_never_comes() -> None:
    live = look("vfx", "close")
    frame = scene()
    assert same(apply(type(live)("vfx", "close", 0, 1 << 62), frame, SPAN_NS), frame)


def test_the_blurs_go_the_way_they_are_named() -> None:
    frame = scene(192, 108)
    frame.y[:] = 16
    frame.y[54, 96] = frame.y[53, 96] = frame.y[54, 95] = 235

    def spread(name: str) -> tuple[float, float]:
        ys, xs = np.nonzero(at(name, 0, frame).y > 16)
        return float(np.ptp(xs)), float(np.ptp(ys))

    across, down = spread("h_blur")
    assert across > 5 and down <= 2
    across, down = spread("v_blur")
    assert down > 5 and across <= 2


def test_colour_goes_and_comes() -> None:
    def strength(frame: VideoFrame) -> float:
        return float(np.abs(frame.u.astype(int) - 128).mean() + np.abs(frame.v.astype(int) - 128).mean())

    gone = [strength(at("color_to_grey", t)) for t in (0, 0.8, 1.5, 3.9)]
    assert gone == sorted(gone, reverse=True) and gone[-1] == 0
    come = [strength(at("grey_to_color", t)) for t in (0, 0.8, 1.5, 3.9)]
    assert come == sorted(come) and come[0] == 0 and same(at("grey_to_color", 3.9), scene())


@pytest.mark.parametrize(("name", "columns", "rows"), [("splitstill2", 2, 1), ("splitstill3", 3, 1),
                                                       ("splitstill4", 2, 2), ("splitstill6", 3, 2),
                                                       ("splitstill9", 3, 3)])
def test_a_split_shows_the_same_picture_in_every_pane(name: str, columns: int, rows: int) -> None:
    out = at(name, 1.0, scene(96, 72))
    width, height = 96 // columns, 72 // rows
    panes = [out.y[j * height:(j + 1) * height, i * width:(i + 1) * width] for j in range(rows) for i in range(columns)]
    assert len(panes) == columns * rows
    assert all(np.array_equal(pane, panes[0]) for pane in panes)
    assert panes[0].std() > 10


def test_four_panes_are_the_picture_at_half_size() -> None:
    frame = scene(192, 108)
    pane = at("splitstill4", 0, frame).y[:54, :96].astype(float)
    small = frame.y.reshape(54, 2, 96, 2).mean(axis=(1, 3))
    assert np.abs(pane - small).mean() < 2


@pytest.mark.parametrize(("name", "period_s"), [("heartbeat", 1.0), ("zoominout", 2.0), ("white", 1.0), ("swing", 1.6),
                                                ("soulout", 1.0), ("segmentation", 1.6), ("minus_glitter", 0.6)])
def test_what_pulses_is_periodic_from_the_start_of_the_look(name: str, period_s: float) -> None:
    for t in (0.11, 0.31, 0.47):
        assert difference(at(name, t), at(name, t + period_s)) < 0.2
    frame, start_ns = scene(), 5 * SECOND_NS
    later = type(look("vfx", name))("vfx", name, start_ns, start_ns + SPAN_NS, seed=7)
    assert same(apply(later, frame.at(0), start_ns + 310_000_000), at(name, 0.31))


def test_zooming_enlarges_about_the_middle() -> None:
    frame = scene(192, 108)
    frame.y[:], frame.y[34:74, 66:126] = 16, 235
    wide = [int((at("zoominout", t, frame).y[54] > 125).sum()) for t in (0, 0.5, 1.0)]
    assert wide[0] == 60 and wide[0] < wide[1] < wide[2] == pytest.approx(75, abs=2)
    row = at("zoominout", 1.0, frame).y[54].astype(float)
    assert (row * np.arange(192)).sum() / row.sum() == pytest.approx(95.5, abs=0.6)


def test_colour_fringes_move_red_and_blue_apart() -> None:
    frame = scene(320, 180)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    frame.y[:, 160:] = 235
    out = at("color_difference", 0.1, frame)
    edge_u, edge_v = out.u[45, 76:84].astype(int), out.v[45, 76:84].astype(int)
    assert edge_u.max() > 140 and edge_v.min() < 116
    assert np.array_equal(out.y[:, :140], frame.y[:, :140]) and np.array_equal(out.y[:, 180:], frame.y[:, 180:])


def test_night_vision_is_green_and_the_negative_is_negative() -> None:
    night = at("nightvision", 1.0)
    assert night.u.mean() < 118 and night.v.mean() < 112
    frame = scene()
    assert np.array_equal(at("minus_glitter", 0.2).y, 251 - np.clip(frame.y, 16, 235))


@pytest.mark.parametrize("name", ["starry", "fallingheart", "heartfireworks", "flyfire", "spotfall", "meteorshower"])
def test_particles_move_and_cover_only_a_part(name: str) -> None:
    frame = scene(320, 180)
    one, two = at(name, 1.0, frame), at(name, 1.2, frame)
    assert not same(one, two)
    share = float((np.abs(one.y.astype(int) - two.y) > 8).mean())
    assert 0.0005 < share < 0.35


def test_hearts_are_red_and_fireflies_green() -> None:
    grey = scene(320, 180)
    grey.y[:], grey.u[:], grey.v[:] = 90, 128, 128
    assert at("fallingheart", 1.0, grey).v.mean() > 130
    flies = at("flyfire", 1.0, grey)
    assert flies.u.min() < 100 and flies.v.max() < 150


def test_a_ripple_bends_and_does_not_colour() -> None:
    frame = scene(192, 108)
    frame.u[:], frame.v[:] = 100, 150
    out = at("waterripple", 1.0, frame)
    assert difference(out, frame) > 0.3
    assert (out.u == 100).all() and (out.v == 150).all()


def test_a_fade_goes_evenly_from_its_colour_and_to_it() -> None:
    frame = scene(alpha=True)
    red = solid(96, 54, Color(255, 0, 0))
    coming = look("vfx", "fade_in", color="#ff0000")
    start, middle, end = (apply(coming, frame, t) for t in (0, SPAN_NS // 2, SPAN_NS - 1))
    assert difference(start, red) == 0 and difference(end, frame) <= 1
    for plane, one, other in ((middle.y, frame.y, red.y), (middle.u, frame.u, red.u), (middle.v, frame.v, red.v)):
        assert np.abs(plane.astype(float) - (one.astype(float) + other) / 2).max() <= 1
    out = apply(look("vfx", "fade_out", color="#ff0000"), frame, SPAN_NS // 4)
    assert difference(out, frame) < difference(out, red)
    assert out.a is not None and frame.a is not None and np.array_equal(out.a, frame.a)
    assert same(apply(look("vfx", "fade_out"), frame, 0), frame)
    assert apply(look("vfx", "fade_in"), frame, 0).y.max() == 16


def test_odd_sizes_lose_nothing() -> None:
    frame = scene(97, 55, alpha=True)
    out = apply(look("filter", "warm"), frame, 0)
    even = apply(look("filter", "warm"), scene(98, 56), 0)
    assert out.y.shape == (55, 97) and out.u.shape == (28, 49)
    assert out.a is not None and frame.a is not None and np.array_equal(out.a, frame.a)
    assert abs(float(out.y.mean()) - float(even.y.mean())) < 2
