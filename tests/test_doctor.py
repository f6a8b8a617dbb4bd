"""test_doctor: a sound machine gets a clean bill, and each thing that is wrong gets its remedy."""

import importlib.metadata
import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from models import onnx, weights
from stream import doctor
from stream.errors import MediaError


def only(part: str) -> list[doctor.Finding]:
    return [f for f in doctor.report() if f.part == part]


def test_this_machine_has_everything_that_set_up_installs() -> None:
    found = doctor.report()
    assert [f for f in found if f.severity == "problem"] == []
    assert {f.part for f in found} == {"python", "packages", "inference", "encoders", "decoders", "models", "speech",
                                       "fonts", "kernels", "port", "disk"}


def test_whatever_is_not_ok_comes_with_a_remedy() -> None:
    assert all(f.remedy for f in doctor.report() if f.severity != "ok")


def test_the_report_is_printed_and_problems_are_the_exit_code(capsys: pytest.CaptureFixture[str],
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "report", lambda: [doctor.Finding("fonts", "problem", "no fonts", "Run: make setup")])
    assert doctor.run() == 1
    assert capsys.readouterr().out.splitlines() == [
        "problem  fonts       no fonts", "                     -> Run: make setup", "1 problem found."]
    monkeypatch.setattr(doctor, "report", lambda: [doctor.Finding("fonts", "note", "few fonts", "Add some")])
    assert doctor.run(as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": 0, "findings": [
        {"part": "fonts", "severity": "note", "message": "few fonts", "remedy": "Add some"}]}


def test_plain_onnxruntime_beside_the_gpu_one_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "conflict", lambda: "onnxruntime 1 and onnxruntime-gpu 1 overwrite each other")
    assert only("inference")[0].severity == "problem"


def test_a_gpu_that_models_do_not_run_on_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: str(path) == "/dev/nvidia0" or exists(path))
    found, = only("inference")
    assert found.severity == "note" and "make setup-cuda" in found.remedy


def test_missing_and_other_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "vosk":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.0.1" if name == "rich" else real(name)
    monkeypatch.setattr(importlib.metadata, "version", version)
    absent, other = only("packages")
    assert (absent.severity, absent.message) == ("problem", "not installed: vosk")
    assert other.severity == "note" and "rich 0.0.1 (not " in other.message


def test_a_lock_is_read_for_this_machine_only() -> None:
    lock = ("# a comment\na-b==1.0 \\\n    --hash=sha256:00\n"
            "c==2 ; sys_platform == 'never' \\\nd==3 ; os_name != 'never' \\\n")
    assert doctor.pinned(lock) == {"a-b": "1.0", "d": "3"}


def test_without_a_lock_versions_are_not_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert only("packages")[0].severity == "note"


def test_missing_fonts_and_weights_are_problems_with_their_own_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    from stream import fonts

    def absent() -> None:
        raise MediaError("no such font package", "Run `make setup`")
    monkeypatch.setattr(fonts, "collection", absent)
    assert only("fonts") == [doctor.Finding("fonts", "problem", "no such font package", "Run `make setup`")]


def test_an_optional_model_that_is_absent_is_only_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = weights.Card("whisper", "asr", "MIT", "test", (weights.File("m", "x/m.bin", "0" * 64, 1, "no-such", "1"),),
                          optional=True)
    monkeypatch.setattr(weights, "cards", lambda: (absent,))
    monkeypatch.setattr(weights, "path", lambda name: b"")
    ok, note = only("models")
    assert ok.severity == "ok" and (note.severity, note.remedy) == ("note", "Run: cuelight models get whisper")


def test_engines_that_hear_and_speak_are_named_and_what_is_optional_and_absent_is_only_noted(
        monkeypatch: pytest.MonkeyPatch) -> None:
    from models.asr import whisper

    found = [f.message for f in only("speech")]
    assert any(m.startswith("hears: moonshine") for m in found) and any(m.startswith("speaks: ") for m in found)
    monkeypatch.setattr(whisper, "available", lambda: "the weights whisper are not installed")
    note, = [f for f in only("speech") if "whisper (the weights whisper are not installed)" in f.message]
    assert note.severity == "note" and note.remedy == "See: cuelight models"


def test_a_library_that_cannot_be_loaded_is_a_problem_and_the_report_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sherpa_onnx", None)
    found, = only("speech")
    assert found.severity == "problem" and found.remedy == "Run: make setup"


def test_no_working_encoder_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_encodes", lambda name: False)
    assert only("encoders")[0].severity == "problem"


def test_a_taken_port_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("", 0)) as taken:
        monkeypatch.setattr(doctor, "RTMP_PORT", taken.getsockname()[1])
        found, = only("port")
    assert found.severity == "note" and "another port" in found.remedy


def test_little_disk_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1 << 30))
    assert only("disk")[0].severity == "note"


def test_kernels_that_cannot_be_kept_are_noted_with_the_variable_to_set(monkeypatch: pytest.MonkeyPatch,
                                                                        tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert str(tmp_path) in only("kernels")[0].message
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found, = only("kernels")
    assert found.severity == "note" and "NUMBA_CACHE_DIR" in found.remedy
