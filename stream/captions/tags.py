"""tags: what an engine writes for sounds that are no speech, "[Music]" or "(music playing)": a note, or nothing."""

import re
from collections.abc import Sequence

from models.asr import Word
from stream.captions.units import FAR, merged

NOTE = "♪"
_NOTES = frozenset("♪♫♬♩🎵🎶")
_PAIRS = {"[": "]", "(": ")", "（": "）", "【": "】", "［": "］", "*": "*"}
_LONGEST_TAG, _LONGEST_SONG = 6, 40  # words
_MUSIC = re.compile(r"musi[ckq]|músic|музык|поет|поёт|песн|\bs[oi]ng(s|ing)?\b|\bhumm?(s|ing)\b|chant|instrumental|"
                    r"\bgesang\b|音乐|音樂|音楽|歌|曲|음악|노래", re.IGNORECASE)
_NOTHING = re.compile(r"blank[_ ]?audio|\bsilen(ce|zio|t)\b|silencio|stille|тишина|inaudible|unintelligible|"
                      r"no (audio|speech|sound)|\bnoises?\b|\bstatic\b|沉默|静音|無音|침묵", re.IGNORECASE)


def untagged(words: Sequence[Word], sure: int) -> tuple[list[Word], int]:
    """Return `words` with each tag for music, and each song between two notes, as one "♪", and tags for nothing gone.

    Of `words` the first `sure` will stay; the count returned says so of the words returned. One note is enough
    for all the songs of one hypothesis.
    """
    out: list[Word] = []
    settled: int | None = None
    sung = False
    i = 0
    while i < len(words):
        count, shown, looked = _tag(words, i)
        if settled is None and looked > sure:
            settled = len(out)
        if count and shown:
            if not sung:
                out.append(merged(words[i:i + count], shown))
            sung = True
        elif not count:
            if not (sung and words[i].text == NOTE):
                out.append(words[i])
            sung = sung or words[i].text == NOTE
        i += max(count, 1)
    return out, len(out) if settled is None else settled


def _tag(words: Sequence[Word], i: int) -> tuple[int, str, int]:
    """Return how many words from `i` on are a tag (0: none), what stands for it, and up to where was looked."""
    text = words[i].text
    if text[:1] in _NOTES:
        return _song(words, i)
    closing = _PAIRS.get(text[:1])
    if closing is None:
        return 0, "", i + 1
    for k in range(i, min(len(words), i + _LONGEST_TAG)):
        said = words[k].text.rstrip(".,!?…。，")
        if said.endswith(closing) and (k > i or len(said) > 1):
            inside = " ".join(word.text for word in words[i:k + 1])
            if _MUSIC.search(inside):
                return k + 1 - i, NOTE, k + 1
            return (k + 1 - i if _NOTHING.search(inside) else 0), "", k + 1
    return 0, "", i + _LONGEST_TAG if i + _LONGEST_TAG <= len(words) else FAR


def _song(words: Sequence[Word], i: int) -> tuple[int, str, int]:
    for k in range(i, min(len(words), i + _LONGEST_SONG)):
        text = words[k].text
        if text[-1:] in _NOTES and (k > i or len(text) > 1):
            return k + 1 - i, NOTE, k + 1
    if i + _LONGEST_SONG <= len(words):
        return 0, "", i + _LONGEST_SONG
    return 0, "", FAR
