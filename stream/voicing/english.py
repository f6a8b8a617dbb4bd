"""english: English text written out as it is spoken: no digits, units, symbols or short forms."""

import re
from collections.abc import Callable

from stream.voicing import english_numbers as say
from stream.voicing.english_names import (
    CAPITALS,
    CURRENCIES,
    LETTERS,
    MARKS,
    SCALES,
    SHORT,
    SPELLED,
    SYMBOLS,
    UNITS,
    WORDS_IN_CAPITALS,
)

Match = re.Match[str]
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONTH = "|".join(f"{m}|{m[:3]}\\.?" for m in say.MONTHS) + r"|Sept\.?"
_SCALE = r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion|bn|[kKmMbBT])\b)?"
_SIGNS = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_CODES = "|".join(code for code in CURRENCIES if code.isalpha()) + "|€|£"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))


def in_words(text: str) -> str:
    """Return `text` as it is spoken; white space at either end is kept."""
    core = text.strip()
    if not core:
        return text
    before, after = text[:len(text) - len(text.lstrip())], text[len(text.rstrip()):]
    for pattern, read in _RULES:
        core = pattern.sub(read, core)
    core = _capitals(core)
    core = "".join(SYMBOLS.get(c, c) for c in core)
    core = re.sub(r"(?<=\s)-+(?=\s)", "—", re.sub(r"(?<=\w)\(s\)", "s", core))
    core = re.sub(r"\s*[—–;:…()\[\]][\s—–;:…()\[\]]*", ", ", core)
    core = re.sub(r"[“”\"«»{}|\\^_*~`<>]+", " ", core)
    core = re.sub(r"(?:,\s*)+(?=[,.?!])|^[\s,]+", "", re.sub(r"\s+([,.?!])", r"\1", re.sub(r"\s+", " ", core)))
    return f"{before}{core.strip()}{after}"


def spelled(text: str) -> str:
    """Return every letter, digit and mark of `text` by its name, parted by commas where it is long."""
    names = []
    for character in text:
        if character.isascii() and character.isalpha():
            names.append(LETTERS.get(character.upper(), character.upper()))
        elif character.isdecimal():
            names.append(say.ONES[int(character)])
        elif character in MARKS:
            names.append(MARKS[character])
        elif not character.isspace():
            names.append(character)
    return " ".join(names)


def telephone(text: str) -> str:
    """Return a telephone number digit by digit, a breath between its groups."""
    groups = re.findall(r"\+?\d+|[A-Za-z]+", text)
    return ", ".join(f"plus {say.digits(g)}" if g[0] == "+" else say.digits(g) if g.isdecimal() else spelled(g)
                     for g in groups)


def address(text: str) -> str:
    """Return a web or mail address, or a path, as it is dictated."""
    text = re.sub(r"^(?:https?|ftp)://", "", text).removesuffix("/")
    names = {".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", ":": "colon", "?": "question mark",
             "=": "equals", "&": "and", "#": "hash", "+": "plus", "~": "tilde", "%": "percent"}
    words = []
    for piece in re.findall(r"[A-Za-z]+|\d+|.", text):
        if piece.isdecimal():
            words.append(say.cardinal(int(piece)) if len(piece) < 3 and piece[0] != "0" else say.digits(piece))
        elif piece.isalpha() and piece.isascii():
            spells = piece.lower() == "www" or (len(piece) < 4 and not re.search(r"[aeiouy]", piece, re.IGNORECASE))
            words.append(spelled(piece) if spells else piece)
        else:
            words.append(names.get(piece, piece if piece.isalnum() else " "))
    return " ".join(" ".join(words).split())


def _money(match: Match) -> str:
    unit, part = CURRENCIES[match["sign"]]
    scale = match["scale"] or ""
    return say.money(match["n"], unit, part, SCALES.get(scale, scale))


def _day(match: Match) -> str:
    day, of_year = match["d"], match["y"]
    month = next(k for k, name in enumerate(say.MONTHS, 1) if name.startswith(match["m"][:3]))
    number = int(day) if day else None
    if number is not None and not 1 <= number <= 31:
        return match[0]
    return say.date(number, month, int(of_year) if of_year else None)


def _iso(match: Match) -> str:
    of_year, month, day = int(match[1]), int(match[2]), int(match[3])
    return say.date(day, month, of_year) if 1 <= month <= 12 and 1 <= day <= 31 else _each(match)


def slashed(match: Match) -> str:
    """3/14/2024 is the American order, unless only the other can be meant."""
    first, second, of_year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 >= second:
        first, second = second, first
    if not (1 <= first <= 12 and 1 <= second <= 31):
        return _each(match)
    return say.date(second, first, of_year + (0 if len(match[3]) == 4 else 2000 if of_year < 50 else 1900))


def _each(match: Match) -> str:
    return ", ".join(say.digits(group) for group in re.findall(r"\d+", match[0]))


def _clock(match: Match) -> str:
    hour, minute = int(match["h"]), int(match["min"] or 0)
    if hour > 24 or minute > 59:
        return match[0].replace(":", " ")
    half = re.sub(r"\W", "", match["half"] or "").lower()
    return say.clock(hour, minute, int(match["s"]) if match["s"] else None, half)


def _measure(match: Match) -> str:
    single, many = UNITS[match["u"]]
    number = match["n"]
    return f"{say.decimal((match['sign'] or '') + number)} {single if say.one(number) else many}"


def _range(match: Match) -> str:
    both = [say.year(int(g)) if len(g) == 4 and 1100 <= int(g) <= 2099 else say.decimal(g) for g in match.groups()]
    return " to ".join(both)


def _plain(match: Match) -> str:
    """A number by itself; four digits without a comma that can be a year are read as one."""
    text = match[0]
    if re.fullmatch(r"1[1-9]\d\d|20[1-9]\d|200[1-9]", text):
        return say.year(int(text))
    if len(text) > 15 and text.isdecimal():
        return say.digits(text)
    return say.decimal(text)


def _mixed(match: Match) -> str:
    """Letters and digits in one word: H264, MP4, 4K, COVID-19, B2B."""
    words = []
    for piece in re.findall(r"[A-Za-z]+|\d+", match[0]):
        if piece.isdecimal():
            words.append(say.digits(piece) if len(piece) > 2 or piece[0] == "0" else say.cardinal(int(piece)))
        else:
            words.append(_acronym(piece) if piece.isupper() else piece if len(piece) > 2 else spelled(piece))
    return " ".join(words)


def _roman(match: Match) -> str:
    number = say.roman(match[2])
    if not number:
        return match[0]
    return f"{match[1]} {'the ' + say.ordinal(number) if match[1] in KINGS else say.cardinal(number)}"


def _capitals(text: str) -> str:
    """Words in capitals: a shouted text in small letters, an initialism by its letters, an acronym as a word."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    if len(words) > 3 and all(word.isupper() for word in words):
        return re.sub(r"[A-Z]{2,}", lambda m: m[0].lower() if m[0] not in SPELLED else m[0], text)
    return CAPITALS.sub(lambda m: _acronym(m[1]) + ("s" if m[2] else ""), text)


def _acronym(word: str) -> str:
    """NASA and PU are said as words; HTML, AI and IMS by their letters."""
    if word in WORDS_IN_CAPITALS:
        return WORDS_IN_CAPITALS[word]
    syllables = re.fullmatch(r"(?:(?:[BCDFGHJKLMNPRSTVWYZ]|[BCDFGPST]R|[BCFGPS]L|S[CKMNPTW]|CH|SH|TH|QU)[AEIOU]{1,2})+"
                             r"(?:[BDFGKLMNPRSTVXZ]|N[DGKT]|S[KPT]|R[DKMNT]|L[DKMPT]|CK|CH|SH|TH)?", word)
    if word in SPELLED or not syllables:
        return spelled(word)
    return word.lower()


KINGS = ("Henry", "Louis", "Charles", "George", "Edward", "Elizabeth", "William", "James", "Richard", "Philip",
         "Francis", "Napoleon", "Pope", "John Paul", "Benedict", "Pius", "Leo", "Frederick", "Alexander", "Nicholas",
         "Peter", "Catherine", "Ramses", "Ivan")
_COUNTED = "Chapter|Part|Book|Volume|Vol|Act|Scene|Section|Phase|Type|Class|Level|Stage|Article|Title|Appendix|War|Bowl"

_RULES: list[tuple[re.Pattern[str], Callable[[Match], str]]] = [
    (re.compile(r"\b(?:https?://|www\.)[^\s<>\"']*[\w/]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|"
                r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|ai|dev|edu|gov|cn|co\.uk|de|app)\b(?:/[^\s<>\"']*[\w/])?"),
     lambda m: address(m[0])),
    (re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b(?![-/.]\d)"), _iso),
    (re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b"), slashed),
    (re.compile(rf"\b(?P<m>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<y>\d{{4}})\b)?"), _day),
    (re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{_MONTH})(?![a-z])(?:,? (?P<y>\d{{4}})\b)?"), _day),
    (re.compile(r"\b(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?(?:\s?(?P<half>[AaPp]\.?[Mm]\b\.?))?(?!\d)"),
     _clock),
    (re.compile(r"\b(?P<h>\d{1,2})(?P<min>)(?P<s>)\s?(?P<half>[AaPp](?:\.[Mm]\.|[Mm]\b))"), _clock),
    (re.compile(r"(?<![\w.])(?:\+\d{1,3}[ -]?)?(?:\(\d{2,4}\)[ -]?|\d{3,4}[ -])\d{3,4}[ -]\d{3,4}(?![\w.]*\d)|"
                r"(?<![\w.-])\+\d[\d -]{6,16}\d|(?<![\w.-])\d{3}-\d{4}(?![\w-])"), lambda m: telephone(m[0])),
    (re.compile(rf"(?P<sign>{_SIGNS})\s?(?P<n>{_NUMBER}){_SCALE}"), _money),
    (re.compile(rf"\b(?P<n>{_NUMBER}){_SCALE}\s?(?P<sign>{_CODES})(?!\w)"),
     _money),
    (re.compile(rf"({_NUMBER})\s?%"), lambda m: f"{say.decimal(m[1])} percent"),
    (re.compile(r"\b[vV]?(\d+(?:\.\d+){2,})\b"), lambda m: " point ".join(say.decimal(g) for g in m[1].split("."))),
    (re.compile(r"\b(24/7)\b"), lambda m: "twenty four seven"),
    (re.compile(r"(?<![\w./])(?:(\d+) )?(\d{1,3})/(\d{1,3})(?![\w/])"),
     lambda m: (f"{say.decimal(m[1])} and " if m[1] else "") + say.fraction(int(m[2]), int(m[3]))),
    (re.compile(r"\b([12]\d\d0)'?s\b|(?:['’]|(?<=the ))(\d0)'?s\b"),
     lambda m: say.plural(say.year(int(m[1] or m[2])))),
    (re.compile(rf"(?<![\w.])(?P<sign>[-−])?(?P<n>{_NUMBER})\s?(?P<u>{_UNIT})(?![A-Za-z°²³])"), _measure),
    (re.compile(rf"(?<![\w.-])({_NUMBER})\s?[-–—~]\s?({_NUMBER})(?![\w-])"), _range),
    (re.compile(r"\b(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b"), lambda m: say.ordinal(int(m[1].replace(",", "")))),
    (re.compile(rf"\b({_COUNTED}) ((?=[IVXL])[IVXLC]+)\b(?!['’.]\w)"), _roman),
    (re.compile(rf"\b({'|'.join(KINGS)}) ((?=[IVX])[IVX]+)\b(?!['’]\w)"), _roman),
    (re.compile(r"(?:\bNo\.\s?|#)(?=\d)"), lambda m: "number "),
    (re.compile(r"\b(\d+)([xX])\b"), lambda m: f"{say.decimal(m[1])} times"),
    (re.compile(r"\b(\d{3,4})([pi])\b"), lambda m: f"{_resolution(m[1])} {m[2].upper()}"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9]+(?:-\d+)?\b|\b[A-Za-z]+-\d+\b"), _mixed),
    (re.compile(rf"(?<![\w.])[-−](?:{_NUMBER})(?![\w])"), lambda m: say.decimal(m[0])),
    (re.compile(rf"\.\d+|{_NUMBER}"), _plain),
    (re.compile(r"(?<![\w.])(" + "|".join(re.escape(s) for s in sorted(SHORT, key=len, reverse=True)) + r")(?!\w)"),
     lambda m: SHORT[m[0]]),
]


def _resolution(number: str) -> str:
    """1080 is ten eighty, 720 is seven twenty."""
    return f"{say.cardinal(int(number[:-2]))} {say.cardinal(int(number[-2:])) if number[-2:] != '00' else 'hundred'}"
