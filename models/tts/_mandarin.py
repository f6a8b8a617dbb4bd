"""_mandarin: Chinese text, and Latin words within it, to phonemes, by pypinyin's readings of jieba's words."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from models import cutter
from models.tts import Part
from models.tts._phonemes import mandarin_from_ipa

Read = Callable[[Sequence[Part]], str]
_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_RUN = re.compile(rf"(?P<han>{_HAN.pattern})|(?P<latin>[A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ'’ -]*[A-Za-zÀ-ɏ])?)|(?P<mark>.)",
                  re.DOTALL)
_MARKS = {"。": ". ", "、": ", ", ",": ", ", "!": "! ", "?": "? ", ":": ": ", ";": "; ", ".": ". ", "—": "—",
          "…": "… ", "《": " “", "》": "” ", "「": " “", "」": "” ", "『": " “", "』": "” ", "【": " (", "】": ") ",
          "(": " (", ")": ") ", "“": " “", "”": "” "}
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
"""Of digits that were not written out."""


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in `text`."""
    return _HAN.search(text) is not None


def phonemes(parts: Sequence[Part], english: Read) -> str:
    """Return how `parts` are said: their pinyin or IPA where given, else by their text; `english` reads Latin words."""
    said = " ".join(_said(part, english) for part in parts)
    return re.sub(r"\s+(?=[,.!?;:…”)])", "", re.sub(r"\s+", " ", said)).strip()


def _said(part: Part, english: Read) -> str:
    if part.pinyin and (syllables := pinyin_phonemes(part.pinyin)):
        return syllables + _trailing(part.text)
    if part.ipa and (said := mandarin_from_ipa(part.ipa)):
        return said + _trailing(part.text)
    text = unicodedata.normalize("NFKC", part.text).translate(_DIGITS)
    out = []
    for run in _RUN.finditer(text):
        if run["han"]:
            out.append(" ".join(_word(word) for word in cutter.dictionary().lcut(run["han"])))
        elif run["latin"]:
            out.append(f" {english((Part(run['latin']),))} ")
        else:
            out.append(_MARKS.get(run["mark"], " "))
    return "".join(out)


def pinyin_phonemes(pinyin: str) -> str:
    """Return `pinyin`, syllables with tone numbers or marks and spaces between, as phonemes; "" where one is none.

    A final r ("dianr3") is said after its syllable.
    """
    out = []
    for syllable in pinyin.lower().replace("u:", "ü").split():
        said = _syllable(syllable)
        if not said and (bent := re.fullmatch(r"([a-zü]+)r([0-5]?)", syllable)):
            said = _syllable(bent[1] + bent[2])
            said += "ɻ" if said else ""
        if not said:
            return ""
        out.append(said)
    return "".join(out)


def _word(word: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(_syllable(p) for p in lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True))


def _syllable(pinyin: str) -> str:
    """Phonemes of one syllable of pinyin; "" where it is none."""
    from misaki.zh import ZHG2P

    pinyin = re.sub("0$", "5", pinyin)
    try:
        return str(ZHG2P.py2ipa(pinyin)).replace("\u032f", "")
    except ValueError:  # the library's word for "not pinyin"
        return ""


def _trailing(text: str) -> str:
    """The marks that `text` ends with, for the breath after what is said in its place."""
    end = re.search(r"[,.!?;:，。！？；：、…—\s]*$", text)
    return "".join(_MARKS.get(unicodedata.normalize("NFKC", c)[0], " ") for c in (end[0] if end else ""))
