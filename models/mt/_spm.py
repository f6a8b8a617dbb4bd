"""_spm: a SentencePiece model file read for the tokenizers library, which cannot read it itself."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stream.errors import ModelError

# sentencepiece_model.proto: ModelProto has pieces (1), trainer_spec (2), normalizer_spec (3); a piece its text (1),
# score (2) and type (3: 2 is the unknown one, 3 a control symbol, 6 a byte); trainer_spec.model_type (3) is 1 for
# unigram, 2 for BPE; normalizer_spec has precompiled_charsmap (2), add_dummy_prefix (3), remove_extra_whitespaces (4).
_UNIGRAM, _UNKNOWN, _BYTE = 1, 2, 6
SPACE = "▁"


def read(path: Path) -> Any:
    """Return a tokenizers.Tokenizer that cuts text as the unigram model in `path` does.

    ModelError when the file is none, or a BPE model (then the folder should hold a tokenizer.json).
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    try:
        fields = list(_fields(path.read_bytes()))
        pieces = [_piece(value) for number, value in fields if number == 1]
        kinds = [kind for number, value in fields if number == 2 for field, kind in _fields(value) if field == 3]
        charsmap = b"".join(value for number, spec in fields if number == 3
                            for field, value in _fields(spec) if field == 2)
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        raise ModelError(f"{path} is no SentencePiece model", "Copy the model's folder again") from error
    if not pieces or kinds not in ([], [_UNIGRAM]):
        raise ModelError(f"{path} is a SentencePiece model of a kind that is not read here",
                         "Put the model's tokenizer.json beside it")
    unknown = next((number for number, piece in enumerate(pieces) if piece[2] == _UNKNOWN), 0)
    made = Tokenizer(models.Unigram([(text, score) for text, score, _ in pieces], unknown,
                                    any(kind == _BYTE for _, _, kind in pieces)))
    cleaned: list[Any] = [normalizers.Precompiled(charsmap)] if charsmap else []
    made.normalizer = normalizers.Sequence([*cleaned, normalizers.Replace(" ", SPACE)])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=False)
    made.decoder = decoders.Metaspace(replacement=SPACE, prepend_scheme="always")
    return made


def _piece(data: bytes) -> tuple[str, float, int]:
    text, score, kind = "", 0.0, 1
    for number, value in _fields(data):
        if number == 1:
            text = bytes(value).decode("utf-8")
        elif number == 2:
            score = struct.unpack("<f", value)[0]
        elif number == 3:
            kind = value
    return text, score, kind


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the number and value of each field of a protocol buffer message: an int, or bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        size = {1: 8, 5: 4}.get(kind)
        if size is None:
            if kind != 2:
                raise ValueError("no such wire type")
            size, at = _varint(data, at)
        if at + size > len(data):
            raise ValueError("cut short")
        yield tag >> 3, data[at:at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("too long a number")
