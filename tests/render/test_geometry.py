"""test_geometry: pictures turn, mirror and move without jitter, and a mask's brightness becomes alpha."""

import numpy as np
import pytest

from stream.media import Scaler, VideoFrame, from_rgb, new_frame, planes_of
from stream.render.geometry import turn, window, with_alpha


def noise(width: int, height: int, *, alpha: bool = False, seed: int = 1) -> VideoFrame:
    frame = new_frame(width, height, alpha=alpha)
    rng = np.random.default_rng(seed)
    for plane in planes_of(frame):
        plane[:] = rng.integers(16, 236, plane.shape)
    return frame


def ramp(width: int, height: int) -> VideoFrame:
    frame = new_frame(width, height)
    frame.y[:] = np.linspace(20, 230, width)[None, :]
    frame.u[:] = np.linspace(60, 200, frame.u.shape[1])[None, :]
    frame.v[:] = 128
    return frame


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 360, -90, 450])
def test_quarter_turns_are_exact_and_clockwise(degrees: int, alpha: bool) -> None:
    frame = noise(62, 34, alpha=alpha)
    turned = turn(frame, degrees, False, False)
    for got, plane in zip(planes_of(turned), planes_of(frame), strict=True):
        assert (got == np.rot90(plane, -degrees // 90)).all()


def test_mirroring_comes_after_turning() -> None:
    frame = noise(62, 34)
    assert (turn(frame, 0, True, False).y == frame.y[:, ::-1]).all()
    assert (turn(frame, 0, False, True).y == frame.y[::-1]).all()
    assert (turn(frame, 0, True, True).y == frame.y[::-1, ::-1]).all()
    assert (turn(frame, 90, True, False).y == np.rot90(frame.y, -1)[:, ::-1]).all()
    assert (turn(frame, 90, False, True).u == np.rot90(frame.u, -1)[::-1]).all()


def test_a_turn_of_nothing_is_the_frame_itself() -> None:
    frame = noise(62, 34)
    assert turn(frame, 0, False, False) is frame


def test_a_slanted_turn_shows_the_whole_picture_and_clear_corners() -> None:
    frame = new_frame(80, 40)
    frame.y[:], frame.u[:], frame.v[:] = 200, 90, 160
    frame.y[:, :10] = 50
    turned = turn(frame, 30, False, False)
    assert turned.a is not None and (turned.width_px, turned.height_px) == (90, 74)
    assert turned.a[0, 0] == turned.a[-1, -1] == 0 and turned.a[37, 45] == 255
    assert turned.a.mean() / 255 * turned.a.size == pytest.approx(80 * 40, rel=0.03)
    dark = (turned.y < 100) & (turned.a > 128)
    rows, columns = np.nonzero(dark)  # the left end has gone up, as clockwise has it
    assert columns.mean() < 20 and rows.mean() < 30


def test_the_whole_window_at_the_same_size_is_the_picture() -> None:
    for size in ((64, 48), (63, 47)):
        frame = noise(*size, alpha=True)
        seen = window(frame, (0, 0, 1, 1), *size)
        assert all((a == b).all() for a, b in zip(planes_of(seen), planes_of(frame), strict=True))


def test_a_window_on_whole_pixels_is_a_crop() -> None:
    frame = noise(80, 60)
    seen = window(frame, (0.25, 0.5, 0.5, 0.5), 40, 30)
    assert (seen.y == frame.y[30:, 20:60]).all() and (seen.v == frame.v[15:, 10:30]).all()


@pytest.mark.parametrize(("size", "out"), [((400, 240), (160, 96)), ((400, 240), (640, 360)),
                                           ((1600, 960), (160, 96))])
def test_a_window_moving_over_a_ramp_moves_evenly_and_never_back(size: tuple[int, int], out: tuple[int, int]) -> None:
    frame = ramp(*size)
    seen = [window(frame, (0.1 + k * 0.0007, 0.1 + k * 0.0003, 0.6, 0.6), *out) for k in range(120)]
    for plane in (0, 1):
        middle = np.array([planes_of(f)[plane][10:30, 10:50].mean() for f in seen])
        line = np.polyval(np.polyfit(np.arange(120), middle, 1), np.arange(120))
        assert (np.diff(middle) >= 0).all() and middle[-1] - middle[0] > 8
        assert np.abs(middle - line).max() < 0.4  # less than one level: rounding, not jitter
    assert np.ptp([f.v.astype(int) - 128 for f in seen]) == 0


def test_a_zoom_keeps_the_middle_where_it_is() -> None:
    frame = new_frame(801, 601)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    rows, columns = np.indices(frame.y.shape)
    frame.y[:] = 16 + 210 * np.exp(-((rows - 300) ** 2 + (columns - 400) ** 2) / 300)
    for zoom in np.linspace(1, 0.2, 25):
        seen = window(frame, ((1 - zoom) / 2, (1 - zoom) / 2, zoom, zoom), 321, 241).y.astype(float) - 16
        rows, columns = np.indices(seen.shape)
        assert (seen * columns).sum() / seen.sum() == pytest.approx(160, abs=0.05)
        assert (seen * rows).sum() / seen.sum() == pytest.approx(120, abs=0.05)


def test_fine_detail_becomes_grey_and_not_moire_when_it_is_made_small() -> None:
    frame = new_frame(1280, 720)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    frame.y[:, ::2] = 216
    for width in (400, 500, 600, 320, 160):
        seen = window(frame, (0.05, 0.05, 0.9, 0.9), width, width * 9 // 16).y[8:-8, 8:-8]
        assert seen.mean() == pytest.approx(116, abs=2) and seen.std() < 30


def test_zooming_changes_detail_without_a_jump() -> None:
    rng = np.random.default_rng(5)
    frame = Scaler().frame(from_rgb(rng.integers(40, 210, (225, 400, 3), dtype=np.uint8)), 1600, 900)
    sharp = [window(frame, (0.011, 0.013, z, z), 320, 180).y.std() for z in np.linspace(0.97, 0.2, 60)]
    assert min(sharp) > 15 and np.abs(np.diff(sharp)).max() < 1.5


def test_a_window_that_sticks_out_shows_the_edge() -> None:
    frame = ramp(64, 48)
    seen = window(frame, (-0.5, -0.5, 1, 1), 64, 48)
    assert (seen.y[:, :30] == frame.y[0, 0]).all() and seen.y[0, -1] > 100
    far = window(frame, (2, 2, 0.5, 0.5), 64, 48)
    assert (far.y == frame.y[0, -1]).all()


def test_a_masks_brightness_is_the_alpha() -> None:
    mask = new_frame(160, 120)
    mask.y[:], mask.u[:], mask.v[:] = 16, 128, 128
    mask.y[:, 80:] = 235
    frame = noise(64, 48)
    cut = with_alpha(frame, mask)
    assert cut.a is not None and (cut.a[:, :30] == 0).all() and (cut.a[:, 34:] == 255).all()
    assert (cut.y == frame.y).all() and (cut.u == frame.u).all()


def test_a_full_range_mask_and_alphas_that_were_there_count() -> None:
    mask = new_frame(64, 48, full_range=True, alpha=True)
    mask.y[:], mask.u[:], mask.v[:] = 128, 128, 128
    frame = noise(64, 48, alpha=True)
    assert mask.a is not None and frame.a is not None
    mask.a[:], frame.a[:] = 255, 100
    cut = with_alpha(frame, mask)
    assert cut.a is not None and np.abs(cut.a.astype(int) - 50).max() <= 1
    mask.a[:24] = 0
    cleared = with_alpha(frame, mask)
    assert cleared.a is not None and (cleared.a[:22] == 0).all()
