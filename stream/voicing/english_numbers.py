"""english_numbers: numbers as English says them."""

import re
from decimal import Decimal

_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen")
ONES = _ONES.split()
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion", "septillion",
          "octillion", "nonillion", "decillion"]
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def cardinal(number: int) -> str:
    """Return 1234 as "one thousand two hundred thirty four"; beyond 10^36 digit by digit."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number >= 1000 ** len(SCALES):
        return digits(str(number))
    groups, words = [], []
    while number:
        number, rest = divmod(number, 1000)
        groups.append(rest)
    for scale, group in reversed(list(enumerate(groups))):
        if group:
            words += [*_hundreds(group), *([SCALES[scale]] if scale else [])]
    return " ".join(words) or "zero"


def _hundreds(number: int) -> list[str]:
    words = [ONES[number // 100], "hundred"] if number >= 100 else []
    rest = number % 100
    if rest >= 20:
        words.append(TENS[rest // 10])
        rest %= 10
    return [*words, ONES[rest]] if rest else words


def ordinal(number: int) -> str:
    """Return 21 as "twenty first"."""
    before, space, last = cardinal(number).rpartition(" ")
    last = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{before}{space}{last}"


def plural(words: str) -> str:
    """Return "fifty" as "fifties", "second" as "seconds"."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("x", "s")) else f"{words}s"


def digits(text: str) -> str:
    """Return every digit of `text` by itself."""
    return " ".join(ONES[int(c)] for c in text if c.isdecimal())


def year(number: int) -> str:
    """Return 1984 as "nineteen eighty four", 1905 as "nineteen oh five", 2007 as "two thousand seven"."""
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {f'oh {ONES[rest]}' if rest < 10 else cardinal(rest)}"


def decimal(text: str) -> str:
    """Return "-1,234.50" as it is read: the whole part as a number, what is behind the point digit by digit.

    A whole number that begins with 0 is read digit by digit.
    """
    sign = "minus " if text[:1] in "-−" else ""
    whole, point, rest = text.lstrip("+-−").replace(",", "").partition(".")
    words = digits(whole) if len(whole) > 1 and whole[0] == "0" else cardinal(int(whole or "0"))
    return f"{sign}{words}{f' point {digits(rest)}' if point and rest else ''}"


def fraction(top: int, bottom: int) -> str:
    """Return 3, 4 as "three quarters"."""
    if bottom in (2, 4):
        name = {2: "half", 4: "quarter"}[bottom]
        return f"{cardinal(top)} {name if top == 1 else 'halves' if bottom == 2 else 'quarters'}"
    if bottom < 2 or bottom > 100:
        return f"{cardinal(top)} over {cardinal(bottom)}"
    return f"{cardinal(top)} {ordinal(bottom) if top == 1 else plural(ordinal(bottom))}"


def clock(hour: int, minute: int, second: int | None = None, half: str = "") -> str:
    """Return 14, 5 as "fourteen oh five", 7, 0, half="pm" as "seven p m"; `half` is "am", "pm" or ""."""
    if minute:
        words = f"{cardinal(hour)} {f'oh {ONES[minute]}' if minute < 10 else cardinal(minute)}"
    elif half:
        words = cardinal(hour)
    else:
        words = f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred"
    if second:
        words += f" and {cardinal(second)} second{'' if second == 1 else 's'}"
    return f"{words} {' '.join(half.upper())}" if half else words


def date(day: int | None, month: int, of_year: int | None) -> str:
    """Return 3, 3, 2024 as "March third, twenty twenty four"; None for what is not said."""
    words = MONTHS[month - 1] + (f" {ordinal(day)}" if day else "")
    return f"{words}{',' if day else ''} {year(of_year)}" if of_year is not None else words


def money(amount: str, unit: tuple[str, str], part: tuple[str, str] | None, scale: str = "") -> str:
    """Return "1,234.50" of ("dollar", "dollars"), ("cent", "cents") in words; with a scale ("million") as a decimal."""
    clean = amount.replace(",", "")
    whole, _, rest = clean.partition(".")
    if scale or part is None or len(rest) > 2:
        one = not scale and clean in ("1", "1.0", "1.00")
        return f"{decimal(clean)}{f' {scale}' if scale else ''} {unit[0] if one else unit[1]}"
    units, parts = int(whole or "0"), int(rest.ljust(2, "0") or "0")
    words = f"{cardinal(units)} {unit[0] if units == 1 else unit[1]}" if units or not parts else ""
    if parts:
        words += f"{' and ' if words else ''}{cardinal(parts)} {part[0] if parts == 1 else part[1]}"
    return words


def roman(text: str) -> int:
    """Return the value of a Roman numeral in capitals; 0 where it is none."""
    if not re.fullmatch(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})", text):
        return 0
    values = [_ROMAN[c] for c in text]
    return sum(-v if v < n else v for v, n in zip(values, [*values[1:], 0], strict=True))


def one(text: str) -> bool:
    """Whether a number as written is exactly one."""
    return Decimal(text.replace(",", "").replace("−", "-")).copy_abs() == 1
