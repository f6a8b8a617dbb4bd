"""say_as: one kind of thing (a number, an address, a date), said as what it is."""

import datetime as dt
import re

from models.tts import Part
from stream.voicing import chinese, english
from stream.voicing import english_numbers as numbers
from stream.voicing.english_names import MARKS, ROAD_WORDS
from stream.voicing.tongues import base

SURNAMES = {"单": "shan4", "仇": "qiu2", "解": "xie4", "区": "ou1", "查": "zha1", "曾": "zeng1", "任": "ren2",
            "朴": "piao2", "盖": "ge3", "华": "hua4", "种": "chong2", "繁": "po2", "秘": "bi4", "员": "yun4",
            "乐": "yue4", "翟": "zhai2", "尉迟": "yu4 chi2", "万俟": "mo4 qi2", "长孙": "zhang3 sun1", "宁": "ning4",
            "葛": "ge3", "燕": "yan1", "晟": "cheng2", "洗": "xian3", "冼": "xian3", "逄": "pang2", "尹": "yin3",
            "覃": "qin2", "缪": "miao4"}
"""Family names that sound otherwise than the same character as a word."""
_ROAD_NAMES = "|".join(re.escape(word) for word in sorted(ROAD_WORDS, key=len, reverse=True))
_ROAD = re.compile(rf"(?<![\w.])(?:{_ROAD_NAMES})(?![\w.])")
_DATE = re.compile(r"(\d{1,4})\D+(\d{1,4})(?:\D+(\d{1,4}))?\D*")


def said_as(kind: str, text: str, language: str, form: str = "") -> tuple[Part, ...]:
    """Return how `text` is said as what `kind` (one of ssml.SAY_AS) calls it; `form` is the order of a date ("dmy").

    Where the text is not of its kind it is said as it is. Of languages but English and Chinese only the
    characters are taken apart.
    """
    spoken = base(language)
    text = text.strip()
    if spoken in ("zh", "yue"):
        if kind == "name":
            return _named(text)
        words = _chinese(kind, text, form)
    elif spoken == "en":
        words = _english(kind, text, form)
    else:
        spelled = kind in ("digits", "telephone", "id", "characters")
        words = " ".join(c for c in text if not c.isspace()) if spelled else text
    return (Part(words),)


def _english(kind: str, text: str, form: str) -> str:
    number = re.fullmatch(r"[-+−]?[\d,]+(?:\.\d+)?", text)
    words = ""
    if kind == "cardinal" and number:
        words = numbers.decimal(text.lstrip("0").rjust(1, "0") if text.isdecimal() else text)
    elif kind == "ordinal" and re.fullmatch(r"\d[\d,]*(?:st|nd|rd|th)?", text):
        words = numbers.ordinal(int(re.sub(r"\D", "", text)))
    elif kind in ("digits", "telephone"):
        words = english.telephone(text) if kind == "telephone" else _spelled_digits(text)
    elif kind in ("id", "characters"):
        words = english.spelled(text)
    elif kind == "punctuation":
        words = english.in_words("".join(f" {MARKS[c]} " if c in MARKS else c for c in text))
    elif kind == "address":
        words = _place(text)
    elif kind == "date":
        words = _english_date(text, form)
    elif kind == "time":
        words = _english_time(text)
    elif kind == "currency" and number:
        words = english.in_words(f"${text}")
    return words or english.in_words(text)


def _spelled_digits(text: str) -> str:
    return " ".join(numbers.ONES[int(c)] if c.isdecimal() else "point" if c == "." else c
                    for c in text if not c.isspace() and c not in ",-")


def _place(text: str) -> str:
    """A postal address: short forms of roads in full, house numbers in pairs, post codes by digits."""
    if "@" in text or re.search(r"://|\w\.\w{2,}(/|$)", text):
        return english.address(text)
    text = _ROAD.sub(lambda m: ROAD_WORDS[m[0]], text)
    text = re.sub(r"\b\d{5}(?:-\d{4})?\b", lambda m: english.telephone(m[0]), text)
    text = re.sub(r"\b(\d{3,4})([A-Za-z]?)\b", lambda m: f"{_house(m[1])} {m[2].upper()}".strip(), text)
    return english.in_words(text)


def _house(number: str) -> str:
    """1600 is sixteen hundred, 221 two twenty one, 1805 eighteen oh five."""
    first, rest = int(number[:-2]), int(number[-2:])
    if not rest:
        return f"{numbers.cardinal(first)} hundred"
    return f"{numbers.cardinal(first)} {'oh ' if rest < 10 else ''}{numbers.cardinal(rest)}"


def _ordered(text: str, form: str, usual: str) -> tuple[int, int, int | None] | None:
    """(year, month, day) of a date of three numbers, or (year, month, None) of two; None where it is none."""
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    match = compact or _DATE.fullmatch(text)
    groups = [g for g in match.groups() if g] if match else []
    if len(groups) == 2:
        of_year, month = sorted(groups, key=len, reverse=True)
        if len(of_year) == 4 and 1 <= int(month) <= 12:
            return int(of_year), int(month), None
    if len(groups) != 3:
        return None
    order = "ymd" if compact or len(groups[0]) == 4 else form if sorted(form) == ["d", "m", "y"] else usual
    found = dict(zip(order, map(int, groups), strict=True))
    if order == "mdy" and found["m"] > 12:
        found["m"], found["d"] = found["d"], found["m"]
    of_year = found["y"] + (2000 if found["y"] < 50 else 1900 if found["y"] < 100 else 0)
    try:
        dt.date(of_year, found["m"], found["d"])
    except ValueError:
        return None
    return of_year, found["m"], found["d"]


def _english_date(text: str, form: str) -> str:
    found = _ordered(text, form, "mdy")
    return numbers.date(found[2], found[1], found[0]) if found else ""


def _english_time(text: str) -> str:
    match = re.fullmatch(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\s*([AaPp]\.?[Mm]\.?)?", text)
    if not match or int(match[1]) > 24 or int(match[2]) > 59:
        return ""
    half = re.sub(r"\W", "", match[4] or "").lower()
    return numbers.clock(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, half)


def _chinese(kind: str, text: str, form: str) -> str:
    number = re.fullmatch(r"[-+−]?[\d,]+(?:\.\d+)?", text)
    words = ""
    if kind == "cardinal" and number:
        words = chinese.cardinal(text.lstrip("0").rjust(1, "0") if text.isdecimal() else text)
    elif kind == "ordinal" and text.isdecimal():
        words = f"第{chinese.cardinal(text)}"
    elif kind == "digits":
        words = "".join(chinese.DIGITS[int(c)] if c.isdecimal() else "点" if c == "." else c
                        for c in text if c not in ", -")
    elif kind in ("telephone", "id"):
        words = chinese.telephone(text) if kind == "telephone" and text.strip("+0123456789-() ") == "" else _id(text)
    elif kind == "characters":
        words = chinese.spelled(text)
    elif kind == "punctuation":
        words = chinese.in_words(chinese.marks(text))
    elif kind == "address":
        words = chinese.in_words(re.sub(r"\d{3,}", lambda m: chinese.digits(m[0], telephone=True), text))
    elif kind == "date":
        found = _ordered(text, form, "ymd")
        words = chinese.date(*("" if part is None else str(part) for part in found)) if found else ""
    elif kind == "time":
        match = re.fullmatch(r"(\d{1,2})[:：.](\d{2})(?:[:：.](\d{2}))?", text)
        words = chinese.clock(match[1], match[2], match[3] or "") if match else ""
    elif kind == "currency" and number:
        words = chinese.money(text)
    return words or chinese.in_words(text)


def _id(text: str) -> str:
    return " ".join(chinese.digits(piece, telephone=True) if piece.isdecimal() else piece
                    for piece in re.findall(r"\d+|[A-Za-z]|[^\w\s]|\w", text))


def _named(text: str) -> tuple[Part, ...]:
    """A person's name: the family name with its own sound."""
    for length in (2, 1):
        if text[:length] in SURNAMES:
            rest = chinese.in_words(text[length:])
            return (Part(text[:length], "", SURNAMES[text[:length]]), *((Part(rest),) if rest else ()))
    return (Part(chinese.in_words(text)),)
