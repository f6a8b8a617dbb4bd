import hashlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from models import weights
from models.weights import Card, File
from stream.errors import ModelError

CONTENT = b"not really weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of cards, shipped weights and one installed package; gives the folder."""
    for folder in ("cards", "weights", "site/borrowed"):
        (tmp_path / folder).mkdir(parents=True)

    def distribution(name):
        if name != "borrowed-package":
            raise weights.importlib.metadata.PackageNotFoundError(name)
        return SimpleNamespace(locate_file=lambda path: tmp_path / "site" / path, version="1.0")

    monkeypatch.setattr(weights, "CARDS", tmp_path / "cards")
    monkeypatch.setattr(weights, "SHIPPED", tmp_path / "weights")
    monkeypatch.setattr(weights.importlib.metadata, "distribution", distribution)
    monkeypatch.setattr(weights.importlib.metadata, "version", lambda name: distribution(name).version)
    for cached in (weights.cards, weights._verified):
        cached.cache_clear()
    yield tmp_path
    for cached in (weights.cards, weights._verified):
        cached.cache_clear()


def write_card(shelf, name, *files, optional=False):
    rows = "".join(f'[[files]]\nname = "{f.name}"\npath = "{f.path}"\nsha256 = "{f.sha256}"\nbytes = {f.bytes}\n'
                   f'package = "{f.package}"\nversion = "{f.version}"\n' for f in files)
    (shelf / "cards" / f"{name}.toml").write_text(
        f'name = "{name}"\nkind = "asr"\nlicence = "MIT"\norigin = "here"\noptional = {str(optional).lower()}\n{rows}'
        '[facts]\nspeed = "1 ms"\n')


def good(name="a", path="a.onnx", **more):
    return File(name, path, SHA256, len(CONTENT), **more)


def test_a_shipped_file_is_found_by_card_and_file_or_by_card_alone(shelf):
    (shelf / "weights" / "a.onnx").write_bytes(CONTENT)
    write_card(shelf, "one", good())
    write_card(shelf, "two", good(), good("b"))
    assert weights.path("one") == weights.path("one/a") == weights.path("two/b") == shelf / "weights" / "a.onnx"
    with pytest.raises(ModelError, match="It has: a, b"):
        weights.path("two")


def test_a_file_of_a_package_is_found_without_importing_the_package(shelf):
    (shelf / "site" / "borrowed" / "a.onnx").write_bytes(CONTENT)
    write_card(shelf, "one", good(path="borrowed/a.onnx", package="borrowed-package", version="1.0"))
    assert weights.path("one") == shelf / "site" / "borrowed" / "a.onnx"
    assert "borrowed" not in sys.modules
    assert weights.cards()[0].packages == ("borrowed-package==1.0",) and weights.installed(weights.cards()[0])


def test_an_unknown_name_says_which_there_are(shelf):
    write_card(shelf, "one", good())
    with pytest.raises(ModelError, match="no model called 'tow'. There are: one"):
        weights.path("tow/a")


@pytest.mark.parametrize(("optional", "remedy"), [(False, "make setup"), (True, "cuelight models get one")])
def test_a_package_that_is_not_installed_is_an_error_with_the_remedy(shelf, optional, remedy):
    write_card(shelf, "one", good(package="nowhere", version="2"), optional=optional)
    assert not weights.installed(weights.cards()[0])
    with pytest.raises(ModelError, match=f"one/a are not installed. Run: {remedy}"):
        weights.path("one")


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT[:-1] + b"?"])
def test_a_file_that_is_not_what_its_card_says_is_refused(shelf, content):
    (shelf / "weights" / "a.onnx").write_bytes(content)
    write_card(shelf, "one", good())
    with pytest.raises(ModelError, match="not the expected ones. Restore models/weights"):
        weights.path("one")


def test_another_version_of_the_package_is_named(shelf):
    (shelf / "site" / "borrowed" / "a.onnx").write_bytes(b"other")
    write_card(shelf, "one", good(path="borrowed/a.onnx", package="borrowed-package", version="0.9"))
    with pytest.raises(ModelError, match="borrowed-package 1.0 is installed, 0.9 is needed"):
        weights.path("one")


def test_a_large_file_is_compared_wholly_only_when_asked(shelf, monkeypatch):
    monkeypatch.setattr(weights, "VERIFIED_AT_ONCE_BYTES", 4)
    (shelf / "weights" / "a.onnx").write_bytes(CONTENT[:-1] + b"?")
    write_card(shelf, "one", good())
    assert weights.path("one")
    with pytest.raises(ModelError, match="not the expected"):
        weights.verify("one")


def test_every_card_of_the_project_is_complete_and_what_it_ships_is_intact():
    cards = weights.cards()
    assert "selfie" in [card.name for card in cards]
    for card in cards:
        assert isinstance(card, Card) and card.licence and card.origin
        assert card.kind in ("align", "asr", "matting", "tts", "vad")
        assert len({f.name for f in card.files}) == len(card.files) > 0
        for file in card.files:
            assert len(file.sha256) == 64 and file.bytes > 0 and bool(file.package) == bool(file.version)
            if not file.package:
                weights.verify(f"{card.name}/{file.name}")


def test_what_is_shipped_carries_its_licence_and_a_notice_that_names_it():
    shipped = {p.name for p in weights.SHIPPED.glob("*.onnx")}
    notice = (weights.SHIPPED / "NOTICE").read_text()
    assert {"selfie_general.onnx", "selfie_landscape.onnx"} <= shipped
    assert all(name in notice for name in shipped) and "modified" in notice
    assert "Apache License" in Path(weights.SHIPPED / "LICENSE-APACHE-2.0").read_text()
