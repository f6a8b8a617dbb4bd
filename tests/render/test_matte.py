import numpy as np
import pytest

from stream.render.matte import Refiner

SIZE = (72, 128)


def scene(edge, seed=0, noise=0):
    """A picture with a dark person left of column `edge` on a bright wall, and the person's true alpha."""
    x = np.arange(SIZE[1])[None, :].repeat(SIZE[0], 0)
    rgb = np.where(x < edge, 40, 200)[:, :, None].repeat(3, 2)
    rgb = rgb + np.random.default_rng(seed).integers(-noise, noise + 1, rgb.shape)
    return np.clip(rgb, 0, 255).astype(np.uint8), (x < edge).astype(np.float32)


def soft(alpha, reach=6):
    """An alpha as soft as a small network makes it."""
    kernel = np.ones(2 * reach + 1) / (2 * reach + 1)
    padded = np.pad(alpha, ((0, 0), (reach, reach)), mode="edge")
    return np.stack([np.convolve(row, kernel, "valid") for row in padded]).astype(np.float32)


def test_the_inside_is_solid_and_the_outside_clear():
    rgb, truth = scene(60)
    alpha = Refiner(*SIZE).refine(soft(truth), rgb)
    assert alpha.dtype == np.uint8 and (alpha[:, :50] == 255).all() and (alpha[:, 70:] == 0).all()


def test_a_soft_edge_is_drawn_to_the_edge_of_the_picture():
    rgb, truth = scene(60)
    raw = soft(scene(63)[1])
    alpha = Refiner(*SIZE).refine(raw, rgb) / 255
    assert np.abs(alpha - truth).mean() < 0.6 * np.abs(raw - truth).mean()


def test_a_flickering_alpha_on_a_still_picture_is_steadied():
    rgb, truth = scene(60)
    refiner, random, raws, alphas = Refiner(*SIZE), np.random.default_rng(3), [], []
    for _ in range(12):
        raws.append(np.clip(soft(truth) + random.normal(0, 0.1, SIZE), 0, 1).astype(np.float32))
        alphas.append(refiner.refine(raws[-1], rgb) / 255)
    flicker = np.abs(np.diff(alphas[4:], axis=0)).mean()
    assert flicker < 0.25 * np.abs(np.diff(raws[4:], axis=0)).mean()


def test_where_the_picture_moves_the_matte_follows_at_once():
    refiner = Refiner(*SIZE)
    for _ in range(5):
        rgb, truth = scene(60)
        refiner.refine(soft(truth), rgb)
    rgb, truth = scene(76)
    alpha = refiner.refine(soft(truth), rgb)
    fresh = Refiner(*SIZE).refine(soft(truth), rgb)
    assert np.abs(alpha.astype(int) - fresh).mean() < 3


def test_reset_forgets_the_past():
    refiner = Refiner(*SIZE)
    rgb, truth = scene(30)
    refiner.refine(truth, rgb)
    refiner.reset()
    rgb, truth = scene(90)
    np.testing.assert_array_equal(refiner.refine(soft(truth), rgb), Refiner(*SIZE).refine(soft(truth), rgb))


def test_the_same_pictures_give_the_same_mattes():
    one, two = Refiner(*SIZE), Refiner(*SIZE)
    for seed in range(4):
        rgb, truth = scene(60 + seed, seed, noise=20)
        np.testing.assert_array_equal(one.refine(soft(truth), rgb), two.refine(soft(truth), rgb))


def test_mattes_handed_out_are_not_changed_later():
    refiner = Refiner(*SIZE)
    rgb, truth = scene(60)
    first = refiner.refine(truth, rgb)
    copy = first.copy()
    refiner.refine(1 - truth, rgb)
    np.testing.assert_array_equal(first, copy)


def test_read_only_and_strided_input_is_taken_as_it_is():
    rgb, truth = scene(60)
    wide = np.zeros((SIZE[0], SIZE[1] + 7, 3), np.uint8)
    wide[:, :SIZE[1]] = rgb
    frozen = soft(truth)
    frozen.flags.writeable = False
    np.testing.assert_array_equal(Refiner(*SIZE).refine(frozen, wide[:, :SIZE[1]]),
                                  Refiner(*SIZE).refine(soft(truth), rgb))


def test_a_matte_of_another_size_is_refused():
    with pytest.raises(ValueError, match="was agreed"):
        Refiner(*SIZE).refine(np.zeros((9, 9), np.float32), np.zeros((9, 9, 3), np.uint8))
