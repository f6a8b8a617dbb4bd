"""All transitions on one sheet, kept in tests/golden; and the command that draws it."""

from pathlib import Path

import numpy as np
import pytest
from golden_pictures import assert_golden
from PIL import Image

from stream.cli import main
from stream.commands.contact import GROUPS, MOMENTS, sheet
from stream.render.transitions import NAMES

TOLERANCE = 8.0  # levels in the worst tile: other processors round edges otherwise; an edge 2 px off is 30 and more


def test_every_transition_looks_as_it_should() -> None:
    assert_golden(sheet(54), "transitions", TOLERANCE)


def test_the_command_writes_the_sheet_and_never_over_another_file(tmp_path: Path,
                                                                  capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.png"
    assert main(["contact", str(out), "--width", "32"]) == 0
    with Image.open(out) as drawn:
        width, height = drawn.size
    assert width >= GROUPS * len(MOMENTS) * 32 and height >= len(NAMES) / GROUPS * (18 + 12)
    assert main(["contact", str(out)]) == 1 and "exists already" in capsys.readouterr().err


def test_the_command_takes_pictures_of_ones_own(tmp_path: Path) -> None:
    for name, color in (("a.png", (250, 10, 10)), ("b.png", (10, 10, 250))):
        Image.new("RGB", (64, 36), color).save(tmp_path / name)
    out = tmp_path / "sheet.png"
    assert main(["contact", str(out), "--width", "32", "--pictures", str(tmp_path / "a.png"),
                 str(tmp_path / "b.png")]) == 0
    with Image.open(out) as drawn:
        colors = np.asarray(drawn).reshape(-1, 3).astype(int)
    assert (np.abs(colors - (250, 10, 10)).max(axis=1) < 20).sum() > 10_000
    assert (np.abs(colors - (10, 10, 250)).max(axis=1) < 20).sum() > 10_000


def test_an_impossible_width_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contact", str(tmp_path / "sheet.png"), "--width", "5000"]) == 1
    assert "--width 5000" in capsys.readouterr().err and not list(tmp_path.iterdir())
