import importlib.metadata
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from models import onnx, weights
from stream.errors import ModelError

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"


class LibraryError(Exception):
    """Stands for the library's own errors, which share no base but Exception."""


class Stand:
    """A stand-in for the onnxruntime module: what it lists, what sessions really get, and what was asked of it."""

    def __init__(self, listed=(CPU,), real=(CPU,), *, run_fails_on="", create_fails_on=""):
        self.listed, self.real, self.log = listed, real, []
        self.run_fails_on, self.create_fails_on = run_fails_on, create_fails_on
        self.capi = SimpleNamespace(onnxruntime_pybind11_state=SimpleNamespace(Fail=LibraryError, other=3))
        self.ExecutionMode = SimpleNamespace(ORT_SEQUENTIAL="sequential")
        self.GraphOptimizationLevel = SimpleNamespace(ORT_ENABLE_ALL="all")

    def set_default_logger_severity(self, severity):
        self.log.append(("severity", severity))

    def get_available_providers(self):
        return list(self.listed)

    def preload_dlls(self):
        print("Failed to load libsomething.so.13")
        self.log.append(("preload",))

    def SessionOptions(self):
        entries = {}
        return SimpleNamespace(entries=entries, add_session_config_entry=entries.__setitem__)

    def InferenceSession(self, model, settings, providers, enable_fallback):
        self.log.append(("session", model, settings, providers))
        assert enable_fallback == 0
        wanted = [name for name, _ in providers]
        if self.create_fails_on in wanted:
            raise LibraryError("library missing\nmore lines")
        got = [name for name in wanted if name in self.real]

        def run(_, feed):
            if got[0] == self.run_fails_on:
                raise LibraryError("no kernel image")
            self.log.append(("run", {name: array.shape for name, array in feed.items()}))
            return [np.zeros(1)]

        inputs = [SimpleNamespace(name="x", shape=[1, 4], type="tensor(float)")]
        return SimpleNamespace(get_providers=lambda: got, get_inputs=lambda: inputs, run=run)

    def sessions(self):
        return [[name for name, _ in entry[3]] for entry in self.log if entry[0] == "session"]


@pytest.fixture
def library(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def install(*arguments, **options):
        stand = Stand(*arguments, **options)
        monkeypatch.setitem(sys.modules, "onnxruntime", stand)
        return stand
    return install


def test_a_session_on_the_processor_is_sequential_one_thread_quiet_and_warm(library):
    stand = library()
    made = onnx.session("m.onnx")
    assert made.provider == "cpu" and made.inputs == ("x",)
    assert stand.log[0] == ("severity", 4)
    settings = stand.log[1][2]
    assert (settings.intra_op_num_threads, settings.inter_op_num_threads, settings.execution_mode) == (1, 1,
                                                                                                        "sequential")
    assert settings.entries["session.intra_op.allow_spinning"] == "0"
    assert stand.log[2] == ("run", {"x": (1, 4)})


def test_auto_takes_cuda_where_a_session_really_gets_it(library, capsys):
    stand = library((TENSORRT, CUDA, CPU), (CUDA, CPU))
    assert onnx.session("m.onnx").provider == "cuda"
    assert stand.sessions() == [[CUDA, CPU]] and ("preload",) in stand.log
    assert capsys.readouterr().out == ""


def test_auto_falls_to_the_processor_silently_where_cuda_is_listed_but_not_had(library, capsys):
    stand = library((TENSORRT, CUDA, CPU), (CPU,))
    assert onnx.session("m.onnx").provider == "cpu"
    assert stand.sessions() == [[CUDA, CPU], [CPU]]
    assert capsys.readouterr() == ("", "")


def test_auto_falls_to_the_processor_where_cuda_is_had_but_cannot_run(library):
    library((CUDA, CPU), (CUDA, CPU), run_fails_on=CUDA)
    assert onnx.session("m.onnx").provider == "cpu"


def test_auto_does_not_try_what_is_not_listed(library):
    stand = library((CPU,), (CPU,))
    onnx.session("m.onnx")
    assert stand.sessions() == [[CPU]] and ("preload",) not in stand.log


@pytest.mark.parametrize("options", [{}, {"run_fails_on": CUDA}, {"create_fails_on": CUDA}])
def test_cuda_by_name_that_does_not_come_is_an_error_with_the_remedy(library, options):
    library((CUDA, CPU), (CUDA, CPU) if "run_fails_on" in options else (CPU,), **options)
    with pytest.raises(ModelError, match="cuda was asked for and is not to be had: .*cuelight\\[cuda\\]") as caught:
        onnx.session("m.onnx", provider="cuda")
    assert "\n" not in str(caught.value)


def test_tensorrt_gets_half_precision_and_a_cache_folder_that_exists(library, tmp_path):
    stand = library((TENSORRT, CUDA, CPU), (TENSORRT, CUDA, CPU))
    assert onnx.session("m.onnx", provider="tensorrt").provider == "tensorrt"
    _, options = next(entry for entry in stand.log if entry[0] == "session")[3][0]
    assert options["trt_fp16_enable"] == options["trt_engine_cache_enable"] == "1"
    assert (tmp_path / "cuelight" / "tensorrt").is_dir()
    assert options["trt_engine_cache_path"] == str(tmp_path / "cuelight" / "tensorrt")


def test_tensorrt_by_name_that_turns_out_to_be_cuda_is_an_error(library):
    library((TENSORRT, CUDA, CPU), (CUDA, CPU))
    with pytest.raises(ModelError, match="tensorrt was asked for .* runs on CUDAExecutionProvider"):
        onnx.session("m.onnx", provider="tensorrt")


@pytest.mark.parametrize(("installed", "said"), [
    ({"onnxruntime-gpu": "1.31.1"}, ""), ({"onnxruntime": "1.32.0"}, ""), ({}, ""),
    ({"onnxruntime": "1.32.0", "onnxruntime-gpu": "1.31.1"},
     "onnxruntime 1.32.0 and onnxruntime-gpu 1.31.1 overwrite each other")])
def test_two_onnxruntimes_in_one_environment_are_told(monkeypatch, installed, said):
    def version(name):
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert onnx.conflict().startswith(said) and bool(onnx.conflict()) == bool(said)


def test_the_real_library_loads_a_file_or_its_bytes_and_stays_quiet(capfd):
    file = weights.path("selfie/landscape")
    one, two = onnx.session(file, provider="cpu"), onnx.session(file.read_bytes())
    picture = np.random.default_rng(0).random((1, 144, 256, 3), np.float32)
    np.testing.assert_allclose(one.run(picture)[0], two.run(picture)[0], atol=1e-3)
    assert one.provider == "cpu" and capfd.readouterr() == ("", "")


@pytest.mark.parametrize("broken", [b"garbage", "/nowhere/model.onnx"])
def test_a_model_that_cannot_be_loaded_is_one_line_with_the_remedy(broken, capfd):
    with pytest.raises(ModelError, match="cannot be loaded: .* Run: make setup") as caught:
        onnx.session(broken, provider="cpu")
    assert "\n" not in str(caught.value) and capfd.readouterr() == ("", "")
