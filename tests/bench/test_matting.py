"""test_matting: the keying bench knows the truth it measures against, and says what it found."""

from pathlib import Path

import numpy as np
import pytest

from stream.bench import matting
from support import ROOT

CLIP = ROOT / "deploy" / "demo" / "clip.mp4"


def test_errors_are_counted_over_all_and_along_the_edge() -> None:
    truth = np.zeros((40, 60), np.uint8)
    truth[:, 30:], truth[:, 29] = 255, 128
    assert matting.errors(truth, truth) == (0, 0)
    moved = np.roll(truth, 1, axis=1)
    moved[:, 0] = 0
    everywhere, edge = matting.errors(moved, truth)
    assert everywhere == pytest.approx(1 / 60, rel=0.05) and edge > 5 * everywhere


def test_the_bench_keys_its_own_scene_and_reports_it() -> None:
    found = matting.run(CLIP, frames=2, size=(640, 360))
    assert 0 < found["ours"]["mad"] < 0.02 and found["ours"]["mad"] < found["ours"]["edge_mad"] < 0.3
    assert "ffmpeg" not in found and "ours" in matting.report(found)


def test_the_scene_has_a_person_and_a_screen(tmp_path: Path) -> None:
    scene = matting.make_scene(CLIP, tmp_path, 1, (320, 180))
    truth = scene.truths[0]
    assert scene.file.stat().st_size > 0 and 0.1 < (truth == 255).mean() < 0.6 and (truth == 0).mean() > 0.3
