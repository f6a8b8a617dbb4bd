"""cea608: captions of CEA-608 (CTA-608-E, 47 CFR 15.119) as byte pairs: rows, control codes, and their pace in a film.

A pair is two bytes without parity; a channel sends at most one in each of its fields. Control codes go twice.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from stream.protocols.cea608_letters import Pair, pairs, shown

COLUMNS, ROWS, MOST_ROWS = 32, 15, 4
NULL: Pair = (0, 0)
_RCL, _DER, _RU2, _RDC, _EDM, _CR, _ENM, _EOC = 0x20, 0x24, 0x25, 0x29, 0x2C, 0x2D, 0x2E, 0x2F
_ROW_CODES = ((0x11, 0x40), (0x11, 0x60), (0x12, 0x40), (0x12, 0x60), (0x15, 0x40), (0x15, 0x60), (0x16, 0x40),
              (0x16, 0x60), (0x17, 0x40), (0x17, 0x60), (0x10, 0x40), (0x13, 0x40), (0x13, 0x60), (0x14, 0x40),
              (0x14, 0x60))
_MOST_A_PICTURE = 30  # cc_count has five bits


def code(command: int, second: bool) -> list[Pair]:
    """Return a miscellaneous control code, twice, for CC1 or (`second`) CC3, which is field 2's own channel."""
    return [(0x15 if second else 0x14, command)] * 2


def load(rows: Sequence[str], second: bool = False, *, first: int = 0, centred: bool = True) -> list[Pair]:
    """Return the pairs that write `rows` (of at most COLUMNS letters) into the hidden memory: RCL, ENM and text.

    They stand from row `first` on, or (0) on the lowest rows.
    """
    out = code(_RCL, second) + code(_ENM, second)
    for number, row in enumerate(rows, first or ROWS - len(rows) + 1):
        out += write(row, number, centred=centred)
    return out


def direct(second: bool = False) -> list[Pair]:
    """Return RDC: what is written from now on is seen at once."""
    return code(_RDC, second)


def write(row: str, number: int, *, centred: bool = False) -> list[Pair]:
    """Return the pairs that write `row` as row `number` (1 to ROWS) of the memory that is being written."""
    return place(number, (COLUMNS - len(row)) // 2 if centred else 0) + pairs(row)


def anew(row: str, number: int, second: bool = False) -> list[Pair]:
    """Return the pairs that write `row` in the place of what row `number` holds."""
    return place(number, 0) + code(_DER, second) + pairs(row)


def flip(second: bool = False) -> list[Pair]:
    """Return EOC: what was loaded is shown, and what was shown is hidden."""
    return code(_EOC, second)


def erase(second: bool = False) -> list[Pair]:
    """Return EDM: nothing is shown."""
    return code(_EDM, second)


def roll(row: str, second: bool = False) -> list[Pair]:
    """Return the pairs that roll two rows up by one and begin the lowest with `row`."""
    return code(_RU2, second) + code(_CR, second) + write(row, ROWS)


def rewrite(row: str, second: bool = False) -> list[Pair]:
    """Return the pairs that write the lowest row of a rolling caption anew."""
    return code(_RU2, second) + anew(row, ROWS, second)


def place(row: int, column: int) -> list[Pair]:
    """Return the codes that put the cursor at `row` (1 to ROWS), `column` (from 0): an indent of fours, then tabs."""
    first, base = _ROW_CODES[row - 1]
    out: list[Pair] = [(first, base + 0x10 + 2 * (column // 4))] * 2
    if column % 4:
        out += [(0x17, 0x20 + column % 4)] * 2
    return out


def with_parity(pair: Pair) -> bytes:
    """Return the two bytes, each with odd parity."""
    return bytes(byte | (0 if byte.bit_count() & 1 else 0x80) for byte in pair)


def wrap(text: str, *, even: bool = False) -> list[str]:
    """Return `text` as `shown`, in rows of at most COLUMNS letters, broken at spaces where there are some.

    Rows are filled one after the other, or (`even`) are about as long as each other: text that still grows would then
    move.
    """
    words = shown(text).split()
    rows = _filled(words, COLUMNS)
    if even and len(rows) > 1:
        length = sum(map(len, words)) + len(words) - 1
        width = -(-length // len(rows))
        while len(_filled(words, width)) > len(rows) or any(len(row) > width for row in _filled(words, width)):
            width += 1
        rows = _filled(words, width)
    return rows


def _filled(words: Sequence[str], width: int) -> list[str]:
    rows: list[str] = []
    for word in words:
        if rows and len(rows[-1]) + 1 + len(word) <= width:
            rows[-1] += f" {word}"
            continue
        rows += [word[at:at + COLUMNS] for at in range(0, len(word), COLUMNS)]
    return rows


def fields(rate: Fraction, picture: int) -> Iterator[int]:
    """Yield the fields (0: field 1, 1: field 2) whose pairs picture number `picture` carries at `rate` a second.

    There are 60 fields a second (59.94 beside rates such as 29.97) whatever the rate is, one pair in each, the two in
    turn (ATSC A/53 Part 4, 6.2.3): 2 at 30 pictures a second, 1 at 60, 2 or 3 at 24.
    """
    per_picture = (Fraction(60_000, 1001) if rate.denominator % 1001 == 0 else Fraction(60)) / rate
    first, end = int(picture * per_picture), int((picture + 1) * per_picture)
    for number in range(max(first, end - _MOST_A_PICTURE), end):
        yield number % 2


def cc_data(pairs_by_field: Sequence[tuple[int, Pair]]) -> bytes:
    """Return `cc_data()` of ATSC A/53 Part 4 (6.2.3): each pair with its field, marked valid."""
    rows = b"".join(bytes((0xFC | field,)) + with_parity(pair) for field, pair in pairs_by_field)
    return bytes((0xC0 | len(pairs_by_field), 0xFF)) + rows + b"\xFF"
