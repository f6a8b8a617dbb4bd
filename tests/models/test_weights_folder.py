"""Files of a model that come in parts: joined once, compared with the card, all there or none."""

import hashlib
from pathlib import Path

import pytest

from models import weights
from models.weights import Card, File, Whole
from stream.errors import ModelError

PARTS = (b"first half, ", b"second half")
WHOLE = b"".join(PARTS)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Shipped parts in one folder, a cache in another; gives the folder that holds both."""
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(weights, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number, part in enumerate(PARTS, 1):
        (tmp_path / "shipped" / f"model.part{number}").write_bytes(part)
    (tmp_path / "shipped" / "config.json").write_bytes(b"{}")
    put_card(monkeypatch)
    return tmp_path


def put_card(monkeypatch: pytest.MonkeyPatch, whole_sha256: str = sha256(WHOLE)) -> None:
    files = tuple(File(f"part{n}", f"model.part{n}", sha256(part), len(part), part_of="model.bin")
                  for n, part in enumerate(PARTS, 1))
    card = Card("tiny", "asr", "MIT", "a test", (*files, File("config.json", "config.json", sha256(b"{}"), 2)),
                wholes=(Whole("model.bin", whole_sha256, len(WHOLE)),))
    monkeypatch.setattr(weights, "cards", lambda: (card,))


def test_parts_are_joined_in_order_beside_the_other_files(shelf: Path) -> None:
    made = weights.folder("tiny")
    assert {p.name: p.read_bytes() for p in made.iterdir()} == {"model.bin": WHOLE, "config.json": b"{}"}
    assert made.parent == shelf / "cache" / "cuelight" / "models"


def test_they_are_joined_once(shelf: Path) -> None:
    before = (weights.folder("tiny") / "model.bin").stat()
    after = (weights.folder("tiny") / "model.bin").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_damaged_copy_is_made_anew_and_nothing_else_is_left_lying(shelf: Path) -> None:
    made = weights.folder("tiny")
    (made / "model.bin").write_bytes(b"cut off")
    assert (weights.folder("tiny") / "model.bin").read_bytes() == WHOLE
    assert [p.name for p in made.parent.iterdir()] == [made.name]


def test_a_whole_that_is_not_what_its_card_says_never_appears(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_card(monkeypatch, "0" * 64)
    with pytest.raises(ModelError, match="tiny/model.bin are not the expected ones"):
        weights.folder("tiny")
    assert list((shelf / "cache" / "cuelight" / "models").iterdir()) == []


def test_a_missing_part_and_an_unknown_name_are_errors(shelf: Path) -> None:
    (shelf / "shipped" / "model.part2").unlink()
    with pytest.raises(ModelError, match="the weights tiny are not installed"):
        weights.folder("tiny")
    with pytest.raises(ModelError, match="no model called 'huge'"):
        weights.folder("huge")


def test_a_cache_that_cannot_be_written_is_an_error_with_the_remedy(shelf: Path) -> None:
    (shelf / "cache").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="XDG_CACHE_HOME"):
        weights.folder("tiny")


def test_another_process_that_was_faster_is_fine(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def beaten(self: Path, target: Path) -> Path:
        if self.name == "new":
            target.mkdir()
            (target / "theirs").write_text("")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", beaten)
    assert (weights.folder("tiny") / "theirs").exists()
