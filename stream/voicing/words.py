"""words: text written out as it is spoken, in the parts that voices take."""

import re
from collections.abc import Iterator

from models.tts import Part
from stream.voicing import chinese, english
from stream.voicing.english_names import NAMED_LETTERS
from stream.voicing.say_as import said_as
from stream.voicing.ssml import Run
from stream.voicing.tongues import base, stretches

_BREATH = {"zh": 50, "ja": 50, "yue": 50}


def parts_of(run: Run, text: str, around: str, usual: str) -> Iterator[tuple[str, Part]]:
    """Yield (language, part) for `text`, which is `run` or a stretch of it, within the sentence `around`."""
    home = next((language for language, _ in stretches(around, usual)), base(usual))
    if run.kind in ("text", "word"):
        yield from _written(text, home)
        return
    core = text.strip()
    if run.kind == "sub":
        yield from _written(_letters(run.value), home)
    elif run.kind == "phoneme":
        language = "zh" if run.form == "py" else _first(core, home)
        words = in_words(core, language)
        yield language, Part(words, run.value, "") if run.form == "ipa" else Part(words, "", run.value)
    else:
        language = _first(core, home)
        for part in said_as(run.value, core, language, run.form):
            yield language, part
    if text != text.rstrip():
        yield home, Part(" ")


def _letters(alias: str) -> str:
    """An alias that names letters ("Pee You") as those letters: voices say them more clearly than the words."""
    names = alias.split()
    if len(names) > 1 and all(name[:1].isupper() and name.lower() in NAMED_LETTERS for name in names):
        return " ".join(NAMED_LETTERS[name.lower()] for name in names)
    return alias


def _first(text: str, usual: str) -> str:
    return next((language for language, _ in stretches(text, usual)), usual)


def _written(text: str, usual: str) -> Iterator[tuple[str, Part]]:
    for language, stretch in stretches(text, usual):
        words = in_words(stretch, language)
        for piece in _breaths(words, _BREATH.get(language, 200)):
            yield language, Part(piece)


def in_words(text: str, language: str) -> str:
    """Return `text` without digits, units and symbols, as `language` says them: English and Chinese; else as it is.

    White space at either end is kept.
    """
    if base(language) == "en":
        return english.in_words(text)
    return chinese.in_words(text) if base(language) in ("zh", "yue") else text


def _breaths(words: str, most: int) -> Iterator[str]:
    """Yield `words` in pieces of at most `most` characters, cut at spaces where there are any."""
    while len(words) > most:
        found = list(re.finditer(r"[\s，、]", words[:most]))
        cut = found[-1].end() if found else most
        yield words[:cut]
        words = words[cut:]
    yield words
