"""amf: AMF0, the values inside RTMP commands and FLV metadata: bytes to Python values and back."""

import struct
from collections.abc import Mapping, Sequence

from stream.errors import ProtocolError

Value = None | bool | float | str | Sequence["Value"] | Mapping[str, "Value"]
MAX_DEPTH = 16
MAX_VALUES = 4096
_NUMBER = struct.Struct(">d")
_END = b"\x00\x00\x09"


def decode(data: bytes, at: int = 0) -> list[Value]:
    """Return all values in `data` from offset `at` (Adobe, "Action Message Format -- AMF 0", 2007).

    Numbers and dates (ms) are floats, undefined and unsupported are None, objects and ECMA arrays
    dicts. Raises ProtocolError for anything else, nesting past 16 or more than 4096 values.
    """
    reader = _Reader(data, at)
    values = []
    while reader.at < len(data):
        values.append(reader.value(0))
    return values


def encode(*values: Value) -> bytes:
    """Return `values` as AMF0; mappings become objects, other sequences strict arrays."""
    return b"".join(map(_encode, values))


def encode_ecma(values: Mapping[str, Value]) -> bytes:
    """Return `values` as an ECMA array, the form onMetaData is written in."""
    return b"\x08" + struct.pack(">I", len(values)) + _pairs(values)


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at, self.count = data, at, 0

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise ProtocolError("an AMF value is cut short")
        piece = self.data[self.at:end]
        self.at = end
        return piece

    def string(self, length_bytes: int) -> str:
        return self.take(int.from_bytes(self.take(length_bytes), "big")).decode("utf-8", "replace")

    def value(self, depth: int) -> Value:
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_VALUES:
            raise ProtocolError("AMF values are nested too deeply" if depth > MAX_DEPTH else "too many AMF values")
        kind = self.take(1)[0]
        if kind in (0, 11):
            number: float = _NUMBER.unpack(self.take(8))[0]
            if kind == 11:
                self.take(2)
            return number
        if kind == 1:
            return self.take(1) != b"\x00"
        if kind == 2:
            return self.string(2)
        if kind in (12, 15):
            return self.string(4)
        if kind in (5, 6, 13):
            return None
        if kind == 10:
            size = int.from_bytes(self.take(4), "big")
            return [self.value(depth + 1) for _ in range(min(size, MAX_VALUES + 1))]
        if kind == 8:
            self.take(4)
        elif kind == 16:
            self.string(2)
        elif kind != 3:
            raise ProtocolError(f"AMF type {kind} is not AMF0")
        return self.pairs(depth + 1)

    def pairs(self, depth: int) -> dict[str, Value]:
        out: dict[str, Value] = {}
        while self.data[self.at:self.at + 3] != _END:
            name = self.string(2)
            out[name] = self.value(depth)
        self.at += 3
        return out


def _encode(value: Value) -> bytes:
    if value is None:
        return b"\x05"
    if isinstance(value, bool):
        return b"\x01" + bytes([value])
    if isinstance(value, (int, float)):
        return b"\x00" + _NUMBER.pack(value)
    if isinstance(value, str):
        text = value.encode()
        return b"\x02" + struct.pack(">H", len(text)) + text if len(text) < 65536 else (
            b"\x0c" + struct.pack(">I", len(text)) + text)
    if isinstance(value, Mapping):
        return b"\x03" + _pairs(value)
    return b"\x0a" + struct.pack(">I", len(value)) + b"".join(map(_encode, value))


def _pairs(values: Mapping[str, Value]) -> bytes:
    out = bytearray()
    for name, value in values.items():
        text = name.encode()
        out += struct.pack(">H", len(text)) + text + _encode(value)
    return bytes(out) + _END
