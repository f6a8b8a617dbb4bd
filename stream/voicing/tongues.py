"""tongues: which language each stretch of a text is in, as far as its letters tell."""

import re
from collections.abc import Iterator

LATIN = frozenset({"en", "es", "fr", "de", "it", "pt", "nl", "pl", "cs", "sk", "sv", "da", "nb", "no", "fi", "hu", "ro",
                   "tr", "vi", "id", "ms", "fil", "tl", "sw", "ca", "hr", "sl", "lt", "lv", "et", "is", "ga", "cy",
                   "eu", "gl", "af", "sq", "az", "bs", "eo", "mt", "la"})
WIDE = frozenset({"zh", "ja", "yue"})
_ALPHABETS = (
    ("han", re.compile(r"[\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")),
    ("ja", re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")),
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("latin", re.compile(r"[A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a]")),
    ("ru", re.compile(r"[\u0400-\u052f]")), ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")), ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")), ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")), ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("te", re.compile(r"[\u0c00-\u0c7f]")), ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
)
_SHARED = {"ru": {"ru", "uk", "bg", "sr", "mk", "be", "kk", "mn"}, "ar": {"ar", "fa", "ur"}, "hi": {"hi", "mr", "ne"}}
_UNIT = re.compile(r"(?<=[\d.])\s?(?:k[mg]?|[cmd]?m|mg|g|ml|mL|l|L|[KMGT]B|[kMG]?Hz|k?W|V|°?[CF])(?![A-Za-z])")
_GREEK = re.compile(r"[μΩπ]")


def base(language: str) -> str:
    """Return the first part of a BCP 47 tag, in small letters; "zh" for cmn and the other names of Mandarin."""
    first = re.split(r"[-_]", language.strip().lower())[0]
    return "zh" if first in ("cmn", "zho", "chi") else first


def stretches(text: str, usual: str) -> Iterator[tuple[str, str]]:
    """Yield (language, text) of each stretch; together they are `text`.

    `usual` is the voice's language: it decides where letters serve several languages. Digits and marks belong to
    what stands before them, at the beginning to what follows; those that touch a Chinese character to that.
    """
    usual = base(usual) or "en"
    languages = _languages(text, usual)
    first = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or languages[index] != languages[first]:
            yield languages[first], text[first:index]
            first = index


def _languages(text: str, usual: str) -> list[str]:
    found: list[str] = [""] * len(text)
    japanese = usual == "ja" or any(_ALPHABETS[1][1].match(c) for c in text)
    for index, character in enumerate(text):
        if character.isalpha() or character in "々〇":
            found[index] = _language(character, usual, japanese)
    if WIDE & set(found):  # "5kg" among Chinese characters is Chinese
        for match in _UNIT.finditer(text):
            found[match.start():match.end()] = [""] * (match.end() - match.start())
    before = next((language for language in found if language), usual)
    index = 0
    while index < len(found):
        if found[index]:
            before, index = found[index], index + 1
            continue
        stop = next((k for k in range(index, len(found)) if found[k]), len(found))
        touching = stop < len(found) and found[stop] in WIDE and text[stop - 1].isalnum()
        split = index
        if touching and before != found[stop]:
            while split < stop and not text[split].isdigit():
                split += 1
        for k in range(index, stop):
            found[k] = found[stop] if touching and k >= split else before
        index = stop
    return found


def _language(character: str, usual: str, japanese: bool) -> str:
    if _GREEK.match(character) and usual != "el":
        return ""
    for name, letters in _ALPHABETS:
        if letters.match(character):
            if name == "han":
                return "ja" if japanese else "yue" if usual == "yue" else "zh"
            if name == "latin":
                return usual if usual in LATIN else "en"
            return usual if usual in _SHARED.get(name, ()) else name
    return ""
