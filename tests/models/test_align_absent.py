"""test_align_absent: without PocketSphinx, words are recognised all the same and their times interpolated."""

import importlib.util

import numpy as np
import pytest

from models.align import Aligner
from stream import doctor


@pytest.fixture
def _no_pocketsphinx(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name, package=None: None if name == "pocketsphinx" else real(name, package))


@pytest.mark.usefixtures("_no_pocketsphinx")
def test_no_word_is_aligned_and_nothing_fails() -> None:
    assert Aligner().align(np.zeros(16_000, np.float32), ["two", "words"]) == [None, None]


def test_doctor_calls_it_a_limit_and_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from models import weights

    real_installed, real_version = weights.installed, doctor._version
    monkeypatch.setattr(weights, "installed", lambda card: card.name != "pocketsphinx" and real_installed(card))
    monkeypatch.setattr(doctor, "_version", lambda name: "" if name == "pocketsphinx" else real_version(name))
    speech, = [f for f in doctor.report() if f.part == "speech" and "interpolated" in f.message]
    models, = [f for f in doctor.report() if f.part == "models"]
    assert speech.severity == "note"
    assert models.severity == "ok" and "pocketsphinx" not in models.message
