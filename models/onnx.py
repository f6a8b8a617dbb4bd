"""onnx: the one place that makes an onnxruntime session: provider, threads, warm-up.

Only the CPU path has been run on hardware; the CUDA and TensorRT paths are written from their documentation and tested
against a stand-in for the library.
"""

import contextlib
import importlib.metadata
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stream.errors import ModelError

Wish = Literal["auto", "cpu", "cuda", "tensorrt"]
Options = Mapping[str, str]
_NAMES = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider"}
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64,
          "tensor(int32)": np.int32, "tensor(int64)": np.int64, "tensor(uint8)": np.uint8, "tensor(bool)": np.bool_}
_FATAL_ONLY = 4


@dataclass(frozen=True, slots=True)
class Session:
    """A loaded model. `provider` is what it really runs on: "cpu", "cuda" or "tensorrt"."""

    provider: str
    inputs: tuple[str, ...]
    _session: Any

    def run(self, *arrays: NDArray[Any]) -> list[NDArray[Any]]:
        """Return the outputs for `arrays`, one for each of `inputs`. May be called from several threads."""
        outputs: list[NDArray[Any]] = self._session.run(None, dict(zip(self.inputs, arrays, strict=True)))
        return outputs


def session(model: Path | str | bytes, *, provider: Wish = "auto", threads: int = 1) -> Session:
    """Return a warm session for `model`, a file or its contents.

    What the library lists, or accepts, proves nothing: a provider counts once a session has it and ran. "auto" takes
    CUDA if so, else the CPU, silently; a provider asked for by name that does not come is a ModelError, and so is a
    model that cannot be loaded.
    """
    import onnxruntime

    onnxruntime.set_default_logger_severity(_FATAL_ONLY)  # without a GPU it would print an error and go on
    available = onnxruntime.get_available_providers()
    wishes = ("cuda", "cpu") if provider == "auto" else (provider,)
    reason = ""
    for wish in wishes:
        if wish != "cpu":
            if _NAMES[wish] not in available:
                reason = f"this onnxruntime has no {_NAMES[wish]}"
                continue
            _preload(onnxruntime)
        made, reason = _make(onnxruntime, model, wish, threads)
        if made is not None:
            return made
    if wishes[-1] == "cpu":
        raise ModelError(f"the model cannot be loaded: {reason}", "Run: make setup")
    raise ModelError(f"{provider} was asked for and is not to be had: {reason}", conflict() or
                     "Install cuelight[cuda] and NVIDIA's driver (and TensorRT for tensorrt), or ask for cpu or auto")


def conflict() -> str:
    """Return what is wrong with the installed onnxruntime packages, in one line; empty when nothing is.

    Plain onnxruntime and onnxruntime-gpu install the same folder: beside the plain one CUDA is gone without a word.
    """
    found = []
    for package in ("onnxruntime", "onnxruntime-gpu"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append(f"{package} {importlib.metadata.version(package)}")
    if len(found) < 2:
        return ""
    return (f"{' and '.join(found)} overwrite each other: uninstall both,"
            " then install onnxruntime-gpu alone (or run make setup)")


def _make(onnxruntime: Any, model: Path | str | bytes, wish: str, threads: int) -> tuple[Session | None, str]:
    """Return a session that runs on `wish`, or None and why not."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    settings.log_severity_level = _FATAL_ONLY
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    settings.add_session_config_entry("session.inter_op.allow_spinning", "0")
    source = str(model) if isinstance(model, Path) else model
    try:
        made = onnxruntime.InferenceSession(source, settings, providers=_providers(wish), enable_fallback=0)
        if made.get_providers()[0] != _NAMES[wish]:
            return None, f"the session runs on {made.get_providers()[0]}"
        ready = Session(wish, tuple(item.name for item in made.get_inputs()), made)
        _warm_up(ready, made.get_inputs())
    except _errors(onnxruntime) as error:
        return None, str(error).strip().split("\n")[0]
    return ready, ""


def _warm_up(made: Session, inputs: Any) -> None:
    """Run once on zeros, so that memory is taken and kernels are chosen; not possible where a size is left open."""
    shapes = [item.shape for item in inputs]
    if all(isinstance(size, int) and size > 0 for shape in shapes for size in shape):
        made.run(*(np.zeros(item.shape, _TYPES.get(item.type, np.float32)) for item in inputs))


def _providers(wish: str) -> list[tuple[str, Options]]:
    cuda: Options = {"cudnn_conv_algo_search": "HEURISTIC", "arena_extend_strategy": "kSameAsRequested",
                     "do_copy_in_default_stream": "1"}
    cpu: list[tuple[str, Options]] = [(_NAMES["cpu"], {})]
    if wish == "cpu":
        return cpu
    if wish == "cuda":
        return [(_NAMES["cuda"], cuda), *cpu]
    cache = str(_cache_folder())
    tensorrt = {"trt_fp16_enable": "1", "trt_engine_cache_enable": "1", "trt_engine_cache_path": cache,
                "trt_timing_cache_enable": "1", "trt_timing_cache_path": cache}
    return [(_NAMES["tensorrt"], tensorrt), (_NAMES["cuda"], cuda), *cpu]


def _cache_folder() -> Path:
    """Where built TensorRT engines are kept: building one takes minutes."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root) / "cuelight" / "tensorrt"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _preload(onnxruntime: Any) -> None:
    """Load CUDA and cuDNN from the nvidia-* packages, where there are any; what it prints is not for our users."""
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None:
        with contextlib.redirect_stdout(io.StringIO()):
            preload()


def _errors(onnxruntime: Any) -> tuple[type[Exception], ...]:
    """What the library raises: types of its own, which share no base but Exception."""
    state = onnxruntime.capi.onnxruntime_pybind11_state
    own = (value for value in vars(state).values() if isinstance(value, type) and issubclass(value, Exception))
    return (*own, RuntimeError, ValueError, OSError)
