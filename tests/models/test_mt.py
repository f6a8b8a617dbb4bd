"""Translation with a user's model: what each kind of model is told, and what a wrong folder says.

No weights of a language are small enough to be kept here: models are made with random ones, which run but write
nonsense, and a stand-in shows what a model is given.
"""

import json
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.mt import _spm
from models.mt import ctranslate2 as mt
from models.mt._codes import NLLB, nllb, targets
from stream.errors import ModelError

PIECES = ["<unk>", "<s>", "</s>", "▁hello", "▁world", "▁", *"abcdefghijklmnopqrstuvwxyz", ",", "."]


def field(number: int, value: bytes | int | float) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return bytes((number << 3, value))
    if isinstance(value, float):
        return bytes((number << 3 | 5,)) + struct.pack("<f", value)
    return bytes((number << 3 | 2, len(value) & 127 | 128, len(value) >> 7)) + value


def spm(pieces: list[str], model_type: int = 1) -> bytes:
    """A SentencePiece model file."""
    kinds = {"<unk>": 2, "<s>": 3, "</s>": 3}
    made = b"".join(field(1, field(1, piece.encode()) + field(2, -1.0 if piece[:2] == "▁h" else -float(3 + number % 7))
                          + field(3, kinds.get(piece, 1))) for number, piece in enumerate(pieces))
    return made + field(2, field(3, model_type)) + field(3, field(1, b"identity"))


def model(folder: Path, tokens: list[str], **config: Any) -> Path:
    """A translation model of random weights in CTranslate2's format."""
    from ctranslate2.specs import transformer_spec

    spec: Any = transformer_spec.TransformerSpec.from_config((1, 1), 2)
    random, width = np.random.default_rng(1), 8

    def linear(layer: Any, out: int, inside: int) -> None:
        layer.weight = random.standard_normal((out, inside)).astype(np.float32)
        layer.bias = np.zeros(out, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    table = random.standard_normal((len(tokens), width)).astype(np.float32)
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = spec.decoder.projection.weight = table
    spec.decoder.projection.bias = np.zeros(len(tokens), np.float32)
    for part in (spec.encoder, spec.decoder):
        norm(part.layer_norm)
        for layer in part.layer:
            for part_norm in (layer.self_attention.layer_norm, layer.ffn.layer_norm):
                norm(part_norm)
            linear(layer.self_attention.linear[0], 3 * width, width)
            linear(layer.self_attention.linear[1], width, width)
            linear(layer.ffn.linear_0, 2 * width, width)
            linear(layer.ffn.linear_1, width, 2 * width)
            if part is spec.decoder:
                norm(layer.attention.layer_norm)
                for number, times in enumerate((1, 2, 1)):
                    linear(layer.attention.linear[number], times * width, width)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    for name, value in config.items():
        setattr(spec.config, name, value)
    spec.validate()
    folder.mkdir(parents=True)
    spec.save(str(folder))
    return folder


def opus(folder: Path, *more: str) -> Path:
    model(folder, [*PIECES, *more])
    (folder / "source.spm").write_bytes(spm(PIECES))
    (folder / "target.spm").write_bytes(spm(PIECES))
    return folder


def told(translator: mt.CTranslate2, text: str, source: str, target: str, answer: str) -> tuple[str, Any, Any]:
    """What the translator returns where its model answers `answer`; what the model was given."""
    given: dict[str, Any] = {}

    def translate_batch(sentences: Any, **options: Any) -> Any:
        given.update(options, sentence=sentences[0])
        return [SimpleNamespace(hypotheses=[answer.split()])]

    found = mt.CTranslate2(SimpleNamespace(translate_batch=translate_batch),
                           translator._folder).translate(text, source, target)
    return found, given["sentence"], given["target_prefix"]


def test_a_model_of_two_languages_reads_a_sentence_and_its_end(tmp_path: Path) -> None:
    made = mt.load(str(opus(tmp_path / "opus")))
    assert isinstance(made.translate("hello world", "en", "de"), str) and made.translate("  ", "en", "de") == ""
    assert told(made, "hello, world", "en", "de", "▁hallo , ▁Welt </s>") == (
        "hallo, Welt", ["▁hello", ",", "▁world", "</s>"], None)


def test_a_model_of_many_targets_is_told_which_before_the_sentence(tmp_path: Path) -> None:
    made = mt.load(str(opus(tmp_path / "opus", ">>deu<<", ">>cmn_Hans<<")))
    assert told(made, "hello", "en", "de-AT", "▁x")[1] == [">>deu<<", "▁hello", "</s>"]
    assert told(made, "hello", "en", "zh", "▁x")[1] == [">>cmn_Hans<<", "▁hello", "</s>"]


def test_an_argos_package_is_of_the_two_languages_it_says(tmp_path: Path) -> None:
    model(tmp_path / "en_de" / "model", PIECES)
    (tmp_path / "en_de" / "sentencepiece.model").write_bytes(spm(PIECES))
    (tmp_path / "en_de" / "metadata.json").write_text(json.dumps({"from_code": "en", "to_code": "de"}))
    made = mt.load(str(tmp_path / "en_de"))
    assert told(made, "hello", "en-GB", "de", "▁hallo")[1] == ["▁hello"]
    for source, target in (("fr", "de"), ("en", "fr")):
        with pytest.raises(ModelError, match="translates en to de"):
            made.translate("hello", source, target)
    assert told(made, "hello", "", "de", "▁hallo")[0] == "hallo"


def nllb_folder(folder: Path) -> Path:
    model(folder, [*PIECES, "eng_Latn", "deu_Latn"])
    (folder / "source.spm").write_bytes(spm(PIECES))
    _spm.read(folder / "source.spm").save(str(folder / "tokenizer.json"))
    (folder / "source.spm").unlink()
    return folder


def test_nllb_is_told_both_languages_and_begins_with_the_second(tmp_path: Path) -> None:
    made = mt.load(str(nllb_folder(tmp_path / "nllb")))
    assert told(made, "hello world", "en", "de", "deu_Latn ▁hallo ▁Welt") == (
        "hallo Welt", ["eng_Latn", "▁hello", "▁world", "</s>"], [["deu_Latn"]])
    assert isinstance(made.translate("hello", "en", "de"), str)
    for source, target in (("", "de"), ("fr", "de"), ("en", "fr")):
        with pytest.raises(ModelError):
            made.translate("hello", source, target)


def test_a_model_that_adds_the_end_itself_is_not_given_it_twice(tmp_path: Path) -> None:
    folder = model(tmp_path / "m", PIECES, add_source_eos=True)
    (folder / "source.spm").write_bytes(spm(PIECES))
    assert told(mt.load(str(folder)), "hello", "en", "de", "▁x")[1] == ["▁hello"]


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="needs a model"):
        mt.load()
    with pytest.raises(ModelError, match="no translation model folder"):
        mt.load(str(tmp_path / "absent"))
    with pytest.raises(ModelError, match=r"model\.bin"):
        mt.load(str(tmp_path))
    (tmp_path / "model.bin").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="no tokenizer"):
        mt.load(str(tmp_path))
    (tmp_path / "source.spm").write_bytes(spm(PIECES))
    with pytest.raises(ModelError, match="no translation model that can be used"):
        mt.load(str(tmp_path))
    (tmp_path / "source.spm").write_bytes(spm(PIECES, model_type=2))
    with pytest.raises(ModelError, match="of a kind that is not read here"):
        mt.load(str(tmp_path))
    (tmp_path / "source.spm").unlink()
    for broken in (b"{", b"\xff", b'{"model": 1}'):
        (tmp_path / "tokenizer.json").write_bytes(broken)
        with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read"):
            mt.load(str(tmp_path))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tokenizer_or_an_error_with_a_remedy(tmp_path_factory: pytest.TempPathFactory,
                                                             data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.spm"
    path.write_bytes(data)
    with pytest.raises(ModelError):
        _spm.read(path)
        raise ModelError("it was read")


def test_text_is_cut_as_the_likeliest_pieces(tmp_path: Path) -> None:
    (tmp_path / "source.spm").write_bytes(spm(PIECES))
    made = _spm.read(tmp_path / "source.spm")
    assert made.encode("hello hell.").tokens == ["▁hello", "▁", "h", "e", "l", "l", "."]


def test_languages_have_the_codes_that_models_know() -> None:
    assert (nllb("de-AT"), nllb("zh-Hant"), nllb("zh-CN"), nllb("xx")) == ("deu_Latn", "zho_Hant", "zho_Hans", "")
    assert all(len(code) == 8 and code[3] == "_" for code in NLLB.values())
    assert targets("fr")[:3] == ("fra_Latn", "__fr__", ">>fra<<") and ">>fr<<" in targets("fr")


def test_it_is_there() -> None:
    assert mt.available() == ""
