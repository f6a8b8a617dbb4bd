"""cea608_letters: which letters CEA-608 captions have, and what stands in for those they have not."""

import unicodedata

Pair = tuple[int, int]

# 47 CFR 15.119 and CTA-608-E: the basic set is ASCII but for these; special and extended letters are pairs of their
# own. An extended letter takes the place of the one before it, which is there for decoders that know no extended set.
_NOT_ASCII = {0x27: "’", 0x2A: "á", 0x5C: "é", 0x5E: "í", 0x5F: "ó", 0x60: "ú", 0x7B: "ç", 0x7C: "÷", 0x7D: "Ñ",
              0x7E: "ñ", 0x7F: "█"}
BASIC = {_NOT_ASCII.get(code, chr(code)): code for code in range(0x20, 0x80)} | {"'": 0x27}
_SPECIALS = "®°½¿™¢£♪à\u2003èâêîôû"
SPECIAL: dict[str, Pair] = {letter: (0x11, 0x30 + at) for at, letter in enumerate(_SPECIALS) if letter != "\u2003"}
_EXTENDED = {0x12: "ÁÉÓÚÜü‘¡*\x00—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»", 0x13: "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤\x00ÅåØø┌┐└┘"}
EXTENDED: dict[str, Pair] = {letter: (first, 0x20 + at) for first, letters in _EXTENDED.items()
                             for at, letter in enumerate(letters) if letter != "\x00"}
_PLAIN = {"ß": "s", "Ø": "O", "ø": "o", "“": '"', "”": '"', "«": '"', "»": '"', "—": "-", "‘": "'", "©": "c", "•": ".",
          "¡": "!", "*": ".", "{": "(", "}": ")", "\\": "/", "^": " ", "_": "-", "|": "/", "~": "-", "¥": "Y",
          "¤": "o", "℠": " ", "┌": "+", "┐": "+", "└": "+", "┘": "+"}

_INSTEAD = {
    "…": "...", "–": "-", "‐": "-", "‑": "-", "‒": "-", "―": "—", "−": "-", "‚": ",", "„": '"', "‟": '"', "‛": "'",
    "′": "'", "″": '"', "‹": "<", "›": ">", "`": "'", "´": "'", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ł": "l",
    "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "ng",
    "€": "EUR", "₩": "KRW", "₽": "RUB", "₹": "INR", "№": "No.", "♫": "♪", "♬": "♪", "♩": "♪", "·": "•", "×": "x",
    "、": ",", "。": ".", "「": "“", "」": "”", "『": "“", "』": "”", "《": "«", "》": "»", "・": "•", "￥": "¥",
    "→": ">", "←": "<"}
_CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэєіґў", "abvgdezijklmnoprstufyeeigu", strict=True)) | {
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu",
    "я": "ya", "ї": "yi", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz"}
_GREEK = dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)) | {"θ": "th", "χ": "ch", "ψ": "ps"}
_LATIN = _CYRILLIC | _GREEK
UNKNOWN = "_"


def shown(text: str) -> str:
    """Return `text` in letters that CEA-608 has: others by their nearest spelling, a run of unknown ones as one "_".

    What is neither letter nor digit (emoji, control characters) is left out where nothing is like it.
    """
    out: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        spelt = _spelt(letter)
        if spelt in SPECIAL and out and out[-1] == spelt:  # a pair that comes twice counts once
            spelt = plain(spelt) if spelt.isalpha() else f" {spelt}"
        if spelt != UNKNOWN or letter == UNKNOWN or not out or out[-1] != UNKNOWN:
            out.append(spelt)
    return "".join(out)


def readable(text: str) -> bool:
    """Whether most of `text` can be read when it is `shown`."""
    letters = [letter for letter in unicodedata.normalize("NFC", text) if letter.isalnum()]
    lost = sum(_spelt(letter) == UNKNOWN for letter in letters)
    return 2 * lost < len(letters) or not letters


def pairs(text: str) -> list[Pair]:
    """Return the byte pairs (without parity) that write `text`, which is `shown` already.

    Basic letters go two to a pair, the last one beside a 0.
    """
    out: list[Pair] = []
    half = 0

    def full() -> None:
        nonlocal half
        if half:
            out.append((half, 0))
        half = 0

    def put(code: int) -> None:
        nonlocal half
        if half:
            out.append((half, code))
        half = 0 if half else code

    for letter in text:
        if letter in BASIC:
            put(BASIC[letter])
            continue
        if letter in EXTENDED:
            put(BASIC[plain(letter)])
        full()
        out.append(EXTENDED.get(letter) or SPECIAL[letter])
    full()
    return out


def plain(letter: str) -> str:
    """Return the basic letter that stands before an extended one."""
    found = _PLAIN.get(letter) or unicodedata.normalize("NFD", letter)[0]
    return found if found in BASIC else " "


def _spelt(letter: str) -> str:
    if letter in BASIC or letter in SPECIAL or letter in EXTENDED:
        return letter
    if letter in _INSTEAD:
        return _INSTEAD[letter]
    if letter.isspace():
        return " "
    low = letter.lower()
    if low in _LATIN:
        return _LATIN[low] if letter == low else _LATIN[low].capitalize()
    parts = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
    if parts and parts != [letter]:
        spelt = [_spelt(part) for part in parts]
        return UNKNOWN if UNKNOWN in spelt else "".join(spelt)
    return UNKNOWN if unicodedata.category(letter)[0] in "LN" else ""
