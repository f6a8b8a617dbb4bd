"""translate: what was said, sentence by sentence, in another language, with times of its own."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise

from models.asr import Word
from stream.captions.lines import spaced
from stream.captions.phrasing import ends_sentence

LONGEST = 40
"""Words of one sentence: where nobody ends one, it is translated so far."""
_CLOSING = frozenset(",.!?;:…)]}»”’、。，！？；：）】》」』")
_OPENING = frozenset("([{«“‘（【《「『")


def sentences(words: Iterable[Word]) -> list[tuple[Word, ...]]:
    """Return `words` in sentences; one that is not ended is the last."""
    out: list[list[Word]] = [[]]
    for word in words:
        out[-1].append(word)
        if ends_sentence(word.text) or len(out[-1]) >= LONGEST:
            out.append([])
    return [tuple(sentence) for sentence in out if sentence]


def text_of(words: Sequence[Word]) -> str:
    """Return `words` as a text, with spaces where their script has them."""
    out = ""
    for word in words:
        out += (" " if spaced(out[-1:], word.text[:1]) else "") + word.text
    return out


def translated(words: Sequence[Word], translate: Callable[[str], str]) -> tuple[Word, ...]:
    """Return the words of a sentence as `translate` writes them, said in its time, each as long as it is written."""
    return spread(words_of(translate(text_of(words))), words[0].start_ns, words[-1].end_ns) if words else ()


def spread(words: Sequence[str], start_ns: int, end_ns: int) -> tuple[Word, ...]:
    """Return `words` said from `start_ns` to `end_ns`."""
    ends = list(accumulate((len(word) + 1 for word in words), initial=0))
    times = [start_ns + (end_ns - start_ns) * end // max(ends[-1], 1) for end in ends]
    return tuple(Word(word, first, last) for word, (first, last) in zip(words, pairwise(times), strict=True))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text`; of scripts without spaces each character, punctuation with the one it belongs to."""
    out: list[str] = []
    for chunk in text.split():
        begins = True
        for letter in chunk:
            last = "" if begins else out[-1]
            joined = last and (spaced(last[-1], letter) or letter in _CLOSING or last[-1] in _OPENING)
            if joined:
                out[-1] += letter
            else:
                out.append(letter)
            begins = False
    return tuple(out)
