"""AMF0 values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import ProtocolError
from stream.protocols import amf

SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20)
NAMES = st.text(min_size=1, max_size=10)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
                      max_leaves=20)


@given(st.lists(VALUES, max_size=4))
def test_what_is_encoded_decodes_to_the_same(values: list[amf.Value]) -> None:
    assert amf.decode(amf.encode(*values)) == values


@given(st.dictionaries(NAMES, SCALARS, max_size=5))
def test_an_ecma_array_decodes_to_the_same_table(table: dict[str, amf.Value]) -> None:
    assert amf.decode(amf.encode_ecma(table)) == [table]


def test_a_text_past_64_kib_is_a_long_string() -> None:
    assert amf.decode(amf.encode("x" * 70_000)) == ["x" * 70_000]


@given(st.binary(max_size=200))
def test_foreign_bytes_give_values_or_a_protocol_error(data: bytes) -> None:
    try:
        amf.decode(data)
    except ProtocolError as error:
        assert "\n" not in str(error)


@given(st.lists(VALUES, min_size=1, max_size=3), st.data())
def test_cut_values_are_protocol_errors_or_fewer_values(values: list[amf.Value], data: st.DataObject) -> None:
    whole = amf.encode(*values)
    cut = data.draw(st.integers(0, len(whole) - 1))
    try:
        assert len(amf.decode(whole[:cut])) < len(values)
    except ProtocolError:
        pass


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ProtocolError, match="deeply"):
        amf.decode(b"\x03\x00\x01a" * 5000)


def test_a_small_message_cannot_claim_a_big_array() -> None:
    with pytest.raises(ProtocolError):
        amf.decode(b"\x0a\xff\xff\xff\xff" + b"\x05" * 9000)


def test_dates_typed_objects_and_undefined_are_understood() -> None:
    date = b"\x0b" + amf.encode(5.0)[1:] + b"\x00\x00"
    typed = b"\x10\x00\x01C" + b"\x00\x01k" + amf.encode("v") + b"\x00\x00\x09"
    assert amf.decode(date + typed + b"\x06\x0d") == [5.0, {"k": "v"}, None, None]
