"""CEA-608 byte pairs: every letter has one, control codes go twice, and the pace is that of line 21 at any rate."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.protocols import cea608
from stream.protocols.cea608_letters import BASIC, EXTENDED, SPECIAL, pairs, readable, shown


def test_parity_is_odd() -> None:
    pairs = ((0, 0), (0x14, 0x2C), (0x41, 0x42))
    assert all(byte.bit_count() % 2 for pair in pairs for byte in cea608.with_parity(pair))
    assert cea608.with_parity(cea608.NULL) == b"\x80\x80"


def test_the_sets_hold_what_the_standard_lists() -> None:
    assert len(SPECIAL) == 15 and len(EXTENDED) == 62
    assert (SPECIAL["♪"], EXTENDED["É"], EXTENDED["ß"], BASIC["ñ"]) == ((0x11, 0x37), (0x12, 0x21), (0x13, 0x34), 0x7E)


def test_letters_go_two_to_a_pair_and_an_extended_one_stands_on_a_plain_one() -> None:
    assert pairs("abc") == [(0x61, 0x62), (0x63, 0)]
    assert pairs("aÉb") == [(0x61, 0x45), (0x12, 0x21), (0x62, 0)]
    assert pairs("♪ la") == [(0x11, 0x37), (0x20, 0x6C), (0x61, 0)]


@pytest.mark.parametrize(("text", "expected"), [
    ("Œuvre, 10 €", "OEuvre, 10 EUR"), ("Łódź", "Lódz"), ("Привет, мир", "Privet, mir"), ("Ωmega", "Omega"),
    ("wait…", "wait..."), ("ｆｕｌｌ", "full"), ("你好 world", "_ world"), ("ok 👍!", "ok !"), ("a\u00a0b", "a b"),
    ("Đorđe", "Dorde"), ("♫ la ♫", "♪ la ♪"), ("♪♪", "♪ ♪"), ("èè", "èe"), ("ñandú", "ñandú")])
def test_what_it_cannot_show_is_spelt_or_marked(text: str, expected: str) -> None:
    assert shown(text) == expected


@given(st.text(max_size=80))
def test_any_text_becomes_pairs_of_seven_bits(text: str) -> None:
    rows = cea608.wrap(text)
    assert all(0 < len(row) <= cea608.COLUMNS for row in rows)
    for pair in cea608.load(rows[:4]):
        assert all(0 <= code < 0x80 for code in pair) and (pair[0] >= 0x10)


def test_a_caption_that_would_be_marks_alone_is_not_readable() -> None:
    assert all(map(readable, ("Hello 你好", "♪", "!?", "Привет")))
    assert not readable("今天我们谈天气") and not readable("안녕하세요")


def test_rows_are_filled_or_even() -> None:
    text = "the quick brown fox jumps over the lazy dog"
    assert cea608.wrap(text) == ["the quick brown fox jumps over", "the lazy dog"]
    assert cea608.wrap(text, even=True) == ["the quick brown fox", "jumps over the lazy dog"]
    assert cea608.wrap("x" * 70) == ["x" * 32, "x" * 32, "x" * 6] and cea608.wrap(" ") == []


def test_a_row_is_found_by_its_code_an_indent_and_tabs() -> None:
    assert cea608.place(15, 0) == [(0x14, 0x70)] * 2
    assert cea608.place(1, 6) == [(0x11, 0x52)] * 2 + [(0x17, 0x22)] * 2
    assert cea608.place(11, 31) == [(0x10, 0x5E)] * 2 + [(0x17, 0x23)] * 2


def test_control_codes_go_twice_and_cc3_has_its_own() -> None:
    assert cea608.flip() == [(0x14, 0x2F)] * 2 and cea608.flip(True) == [(0x15, 0x2F)] * 2
    assert cea608.load(["Hi"])[:4] == [(0x14, 0x20)] * 2 + [(0x14, 0x2E)] * 2


@pytest.mark.parametrize("rate", [*map(Fraction, (1, 24, 25, 30, 50, 60, 120)), Fraction(24_000, 1001),
                                  Fraction(30_000, 1001), Fraction(60_000, 1001)])
def test_each_field_has_thirty_pairs_a_second_at_any_rate(rate: Fraction) -> None:
    per_s = Fraction(60) if rate.denominator == 1 else Fraction(60_000, 1001)
    sent = [list(cea608.fields(rate, picture)) for picture in range(int(1001 * rate))]
    first = sum(fields.count(0) for fields in sent)
    second = sum(fields.count(1) for fields in sent)
    exact = min(per_s / rate, Fraction(30)) * len(sent) / 2
    assert abs(first - exact) <= 1 and abs(second - exact) <= 1
    assert max(map(len, sent)) <= 31
    if rate >= 30:
        assert max(map(len, sent)) <= 2


def test_fields_take_turns() -> None:
    assert [list(cea608.fields(Fraction(30), n)) for n in range(3)] == [[0, 1]] * 3
    assert [list(cea608.fields(Fraction(60), n)) for n in range(4)] == [[0], [1], [0], [1]]
    assert [len(list(cea608.fields(Fraction(24), n))) for n in range(4)] == [2, 3, 2, 3]


def test_cc_data_is_what_atsc_a_53_says() -> None:
    assert cea608.cc_data([(0, (0x14, 0x2C)), (1, (0, 0))]) == bytes.fromhex("c2fffc942cfd8080ff")
