"""_phonemes: the alphabet that Hibari's and Kokoro's networks read: to it from the IPA, and cut to what fits at once.

It is the one of the G2P library misaki: the IPA with one capital for each English diphthong, stress marks right before
the vowel, and arrows for the tones of Mandarin.
"""

import json
import re
import unicodedata
from functools import cache

from models import weights

MOST = 400
"""The longest string said at once; Kokoro takes 510 symbols, and both are best well below that."""
VOWELS = frozenset("AIOQWYaeiouyæøœɐɑɒɔəɚɛɜɤɨɪɯʊʌᵊᵻ")
_ENGLISH = {
    "eɪ": "A", "ei": "A", "aɪ": "I", "ai": "I", "aʊ": "W", "au": "W", "ɔɪ": "Y", "ɔi": "Y", "oʊ": "O", "ou": "O",
    "əʊ": "Q", "dʒ": "ʤ", "tʃ": "ʧ", "e": "ɛ", "a": "æ", "o": "O", "oː": "ɔː", "r": "ɹ", "ɻ": "ɹ", "ʁ": "ɹ", "g": "ɡ",
    "ɝ": "ɜɹ", "ɚ": "əɹ", "ɞ": "ɜ", "ø": "ɜ", "œ": "ɜ", "ɐ": "ə", "ɘ": "ə", "ɵ": "ə", "ʉ": "u", "y": "u", "ɫ": "l",
    "ʍ": "w", "ɱ": "m", "ɲ": "nj", "ɦ": "h", "ç": "h", "x": "k", "ɸ": "f", "β": "v", "ɾ": "T", "ʔ": "t", "ʰ": "",
    "\u0303": "", "'": "ˈ", "’": "ˈ", "l\u0329": "ᵊl", "m\u0329": "ᵊm", "n\u0329": "ᵊn"}
_AMERICAN = {"əʊ": "O", "ɒ": "ɑ", "oː": "ɔ", "ɜː": "ɜɹ", "ɜːr": "ɜɹ", "ɜːɹ": "ɜɹ", "ː": ""}
_BRITISH = {"oʊ": "Q", "ou": "Q", "o": "Q", "eə": "ɛː", "ɛə": "ɛː"}
_TONES = {"˧˩˧": "↓", "˨˩˦": "↓", "˧˥": "↗", "˥˩": "↘", "˥": "→"}


@cache
def vocabulary() -> dict[str, int]:
    """Return the number of every symbol there is."""
    numbers: dict[str, int] = json.loads(weights.path("hibari/vocab").read_text(encoding="utf-8"))
    return numbers


def english_from_ipa(ipa: str, *, british: bool = False) -> str:
    """Return a word or phrase in the IPA in this alphabet; "" where nothing in it is a sound of English.

    Without a stress mark the first vowel gets it.
    """
    text = _replaced(_bare(ipa), _ENGLISH | (_BRITISH if british else _AMERICAN))
    text = _stress_before_vowels("".join(c for c in text if c in vocabulary())).strip()
    if not set(text) & set("ˈˌ"):
        text = re.sub(f"([{''.join(sorted(VOWELS))}])", r"ˈ\1", text, count=1)
    return text if sounds(text) else ""


def mandarin_from_ipa(ipa: str) -> str:
    """Return syllables of Mandarin in the IPA, with tone letters, in this alphabet."""
    text = _replaced(_bare(ipa), {"ts": "ʦ", "ʈʂ": "ꭧ", "tʂ": "ꭧ", "tɕ": "ʨ", "ɻ\u0329": "ɨ", "ɹ\u0329": "ɨ",
                                  "g": "ɡ"} | _TONES)
    return "".join(c for c in text if c in vocabulary()).strip()


def pieces(phonemes: str, most: int = MOST) -> list[str]:
    """Return `phonemes` cut into pieces of at most `most` symbols: after sentences, else clauses, words, anywhere."""
    out, rest = [], phonemes.strip()
    while len(rest) > most:
        for marks in (".!?…", ",;:—", " "):
            cut = max(rest.rfind(mark, most // 3, most) for mark in marks) + 1
            if cut > 0:
                break
        else:
            cut = most
        out.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [piece for piece in (*out, rest) if sounds(piece)]


def sounds(phonemes: str) -> bool:
    """Whether there is anything to say in `phonemes`, beyond marks and spaces."""
    return any(c.isalpha() for c in phonemes)


def _bare(ipa: str) -> str:
    """`ipa` without brackets, ties and the dots between syllables."""
    return re.sub("[/\\[\\].\u0361\u035c\u032f|‖()]", "", unicodedata.normalize("NFC", ipa)).strip()


def _replaced(text: str, table: dict[str, str]) -> str:
    longest_first = sorted(table, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: table[found[0]], text)


def _stress_before_vowels(text: str) -> str:
    """Move each stress mark from before its syllable to before the vowel of it; drop one that no vowel follows."""
    out, held = [], ""
    for c in text:
        if c in "ˈˌ":
            held = c
        else:
            if c in VOWELS or c == " ":
                out.append(held if c != " " else "")
                held = ""
            out.append(c)
    return "".join(out)
