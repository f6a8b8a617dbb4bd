"""_sherpa_folder: which kind of streaming model a folder holds, told by the names of its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stream.errors import ModelError

Kind = Literal["transducer", "paraformer", "zipformer2_ctc", "nemo_ctc", "wenet_ctc", "t_one_ctc"]
_REMEDY = "Name the folder of a streaming model for sherpa-onnx: sherpa:FOLDER"
_SINGLE: tuple[tuple[str, Kind], ...] = (
    (r"zipformer|(^|/)ctc-", "zipformer2_ctc"), (r"nemo|conformer|parakeet", "nemo_ctc"),
    (r"wenet|model-streaming", "wenet_ctc"), (r"t-?one", "t_one_ctc"))


@dataclass(frozen=True, slots=True)
class Model:
    """A model's files by the names sherpa-onnx gives them. `unit` is what hot words are split into ("": none taken).

    `upper` is whether the model knows capital letters only.
    """

    kind: Kind
    files: Mapping[str, str]
    unit: str = ""
    bpe_vocab: str = ""
    upper: bool = False

    @property
    def hotwords(self) -> bool:
        return bool(self.unit)


def find(folder: Path) -> Model:
    """Return what is in `folder`; ModelError names what is missing.

    An encoder with a joiner is a transducer, one with a decoder alone a paraformer; a model in one file is told by
    its name or the folder's. Where a file is there with and without "int8", that is taken, which is the faster.
    """
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}", _REMEDY)
    tokens = folder / "tokens.txt"
    if not tokens.is_file():
        raise ModelError(f"{folder} is no model for sherpa-onnx: tokens.txt missing", _REMEDY)
    text = tokens.read_text("utf-8", errors="replace")
    letters = re.findall(r"[A-Za-z]", re.sub(r"<[^>]*>|#\d+", "", text))
    upper = bool(letters) and not any(c.islower() for c in letters)
    encoder = _one(folder, "encoder")
    if encoder is not None:
        ending = encoder.name.removeprefix("encoder").replace(".int8", "")
        parts = {"encoder": str(encoder), "decoder": _part(folder, "decoder", ending)}
        if not [*folder.glob("joiner*.onnx")]:
            return Model("paraformer", {"tokens": str(tokens), **parts})
        parts["joiner"] = _part(folder, "joiner", ending)
        unit, vocabulary = _unit(folder, text)
        return Model("transducer", {"tokens": str(tokens), **parts}, unit, vocabulary, upper)
    single = _one(folder, "model") or _one(folder, "ctc") or _one(folder, "")
    if single is None:
        raise ModelError(f"{folder} is no model for sherpa-onnx: encoder*.onnx or model*.onnx missing", _REMEDY)
    name = f"{folder.resolve().name.lower()}/{single.name.lower()}"
    for pattern, kind in _SINGLE:
        if re.search(pattern, name):
            return Model(kind, {"tokens": str(tokens), "model": str(single)}, upper=upper)
    raise ModelError(f"what kind of model {single} is cannot be told from its name",
                     "Keep the name the folder came with: it has zipformer, nemo, wenet or t-one in it")


def _one(folder: Path, start: str) -> Path | None:
    found = sorted(folder.glob(f"{start}*.onnx"), key=lambda p: (".int8" not in p.name, p.name))
    return found[0] if found else None


def _part(folder: Path, start: str, ending: str) -> str:
    """Return the file of one part that belongs to the encoder with `ending`, or else the only kind there is."""
    stem = ending.removesuffix(".onnx")
    for name in (f"{start}{stem}.int8.onnx", f"{start}{ending}"):
        if (folder / name).is_file():
            return str(folder / name)
    other = _one(folder, start)
    if other is None:
        raise ModelError(f"{folder} is no whole model for sherpa-onnx: {start}*.onnx missing", _REMEDY)
    return str(other)


def _unit(folder: Path, tokens: str) -> tuple[str, str]:
    """Return the unit of hot words, and the file that says how words split: with pieces of words one is needed."""
    chinese = bool(re.search(r"^[\u3400-\u9fff] ", tokens, re.MULTILINE))
    pieces = "▁" in tokens
    vocabulary = folder / "bpe.vocab"
    if pieces and vocabulary.is_file():
        return ("cjkchar+bpe" if chinese else "bpe"), str(vocabulary)
    return ("cjkchar", "") if chinese and not pieces else ("", "")
