"""ctranslate2: a user's translation model in CTranslate2's format: OPUS-MT, Argos, NLLB or M2M100, converted."""

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from models.mt import _spm
from models.mt._codes import nllb, targets
from stream.errors import ModelError

LONGEST = 256
"""Tokens of one sentence, in and out: no model here was made for longer ones."""
_EOS = "</s>"
_REMEDY = ("Convert one with ct2-transformers-converter --copy_files source.spm target.spm (OPUS-MT) or tokenizer.json "
           "(NLLB, M2M100), or take the folder out of an Argos package")


@dataclass(frozen=True, slots=True)
class Folder:
    """What a model's folder holds: its tokenizer, the tokens it knows, and how a sentence is put to it.

    `ends`: the end of the sentence is to be written. `begins`: its language, too. `pair` are the languages of a model
    of two, where they are said.
    """

    tokenizer: Any
    tokens: frozenset[str]
    ends: bool
    begins: bool = False
    pair: tuple[str, str] = ("", "")


class CTranslate2:
    """A model and its tokenizer."""

    def __init__(self, model: Any, folder: Folder) -> None:
        self._model, self._folder = model, folder

    def translate(self, text: str, source: str, target: str) -> str:
        """Return `text` in the language `target`; ModelError when the model is of other languages."""
        self._check(source, target)
        if not text.strip():
            return ""
        told = next((token for token in targets(target) if token in self._folder.tokens), "")
        sentence = self._folder.tokenizer.encode(" ".join(text.split()), add_special_tokens=False).tokens[:LONGEST]
        if told.startswith(">>"):
            sentence.insert(0, told)  # OPUS-MT reads the language it is to write
        elif told and self._folder.begins:
            sentence.insert(0, self._source(source))
        if self._folder.ends:
            sentence.append(_EOS)
        prefix = [] if told.startswith(">>") or not told else [told]
        found = self._model.translate_batch([sentence], target_prefix=[prefix] if prefix else None, beam_size=2,
                                            max_decoding_length=LONGEST, no_repeat_ngram_size=4, return_scores=False)
        written = [token for token in found[0].hypotheses[0][len(prefix):] if token not in (_EOS, "<s>", "<unk>")]
        return "".join(written).replace(_spm.SPACE, " ").strip()

    def _source(self, source: str) -> str:
        """The token of the language that is read."""
        if not source:
            raise ModelError("this translation model must be told which language is spoken", "Add --language")
        known = (nllb(source), f"__{source.lower().partition('-')[0]}__")
        found = next((token for token in known if token in self._folder.tokens), "")
        if not found:
            raise ModelError(f"this translation model does not read {source!r}", "Choose another model")
        return found

    def _check(self, source: str, target: str) -> None:
        for wanted, has in zip((source, target), self._folder.pair, strict=True):
            if wanted and has and wanted.lower().partition("-")[0] != has.lower().partition("-")[0]:
                raise ModelError(f"this model translates {self._folder.pair[0]} to {self._folder.pair[1]}, not "
                                 f"{source or 'any language'} to {target}", "Choose another model")
        if self._folder.begins and not any(token in self._folder.tokens for token in targets(target)):
            raise ModelError(f"this translation model does not write {target!r}", "Choose another model")


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is: models are the user's own."""
    absent = [name for name in ("ctranslate2", "tokenizers") if find_spec(name) is None]
    if absent:
        return f"the Python package {absent[0]} is not installed: make setup"
    return ""


def load(model: str = "") -> CTranslate2:
    """Return the translator in the folder `model`; ModelError when there is none, or something is missing in it."""
    import ctranslate2

    folder = Path(model)
    if not model or not folder.is_dir():
        raise ModelError(f"there is no translation model folder {model!r}" if model else "translation needs a model",
                         f"Name a folder: ctranslate2:FOLDER. {_REMEDY}")
    inside = folder / "model" if (folder / "model" / "model.bin").exists() else folder
    if not (inside / "model.bin").exists():
        raise ModelError(f"{folder} holds no CTranslate2 model (model.bin)", _REMEDY)
    found = _read(folder, inside)
    try:
        made = ctranslate2.Translator(str(inside), device="cpu", inter_threads=1, intra_threads=1, compute_type="auto")
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{folder} is no translation model that can be used: {error}", _REMEDY) from error
    return CTranslate2(made, found)


def _read(folder: Path, inside: Path) -> Folder:
    """Return what the folder holds beside the weights. An Argos package has them in a folder of their own."""
    from tokenizers import Tokenizer

    tokens = _tokens(inside)
    adds_end = bool(_json(inside / "config.json").get("add_source_eos"))
    if (folder / "sentencepiece.model").exists():
        about = _json(folder / "metadata.json")
        pair = (str(about.get("from_code", "")), str(about.get("to_code", "")))
        return Folder(_spm.read(folder / "sentencepiece.model"), tokens, ends=False, pair=pair)
    if (folder / "source.spm").exists():
        return Folder(_spm.read(folder / "source.spm"), tokens, ends=not adds_end)
    if (folder / "tokenizer.json").exists():
        try:
            made = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the library's own errors have no other base
            raise ModelError(f"{folder / 'tokenizer.json'} cannot be read: {error}", _REMEDY) from error
        return Folder(made, tokens, ends=not adds_end, begins=not _is_opus(tokens))
    raise ModelError(f"{folder} holds no tokenizer (source.spm, sentencepiece.model or tokenizer.json)", _REMEDY)


def _is_opus(tokens: frozenset[str]) -> bool:
    """Whether a model of this vocabulary is told nothing of the language it reads: no language is among its tokens."""
    return "__en__" not in tokens and "eng_Latn" not in tokens


def _tokens(folder: Path) -> frozenset[str]:
    found: set[str] = set()
    for name in ("shared_vocabulary", "source_vocabulary", "target_vocabulary"):
        if (folder / f"{name}.json").exists():
            found |= {token for token in cast(Any, _json(folder / f"{name}.json")) if isinstance(token, str)}
        elif (folder / f"{name}.txt").exists():
            found |= set((folder / f"{name}.txt").read_text("utf-8", errors="replace").splitlines())
    return frozenset(found)


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}", _REMEDY) from error
    return cast(dict[str, Any], value)
