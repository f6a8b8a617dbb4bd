"""highlight: which words of a caption stand out: those of a user's list, and the key words of what is said."""

from collections.abc import Collection, Sequence
from copy import copy

from models.asr._compare import plain
from stream.captions.choose import Chooser
from stream.captions.lines import unspaced
from stream.captions.salience import base_language
from stream.timeline.program import CaptionSpec

NEAR = (0, -1, 1, -2, 2)
"""Where a word is looked for that was shown already: a word before it may have come or gone since."""
KEPT = 64


class Highlighter:
    """Marks the words and phrases of a list and, if `automatic`, about one in six of the others: those that say most.

    For the list, case and punctuation do not matter. `language` is a BCP 47 tag, "" if it is not known. One per
    stream of words: it goes by what it was given before. What a language needs is loaded here: 0.1 s and 14 MB;
    Chinese 2 s and 0.2 GB, but where no language is given only when it is first seen.
    """

    def __init__(self, words: Sequence[str], language: str = "", *, automatic: bool = False) -> None:
        phrases = {tuple(p for part in entry.split() if (p := plain(part))) for entry in words}
        self._phrases = sorted((p for p in phrases if p and not _unspaced(p)), key=len, reverse=True)
        self._strings = ["".join(p) for p in phrases if p and _unspaced(p)]
        self._reach = max([len(p) for p in self._phrases] + [len(s) for s in self._strings], default=1) - 1
        self._chooser = Chooser(base_language(language)) if automatic else None
        self._past: list[tuple[str, bool]] = []  # the last words shown, as they are compared
        self._count = 0
        self._tried: dict[int, dict[str, bool]] = {}  # what was shown, by place; shared with copies

    def copy(self) -> "Highlighter":
        """Return another that stands where this one stands, for words that may still be taken back.

        A word that a copy has shown keeps its look when it comes again in about the same place.
        """
        other = copy(self)
        other._chooser = self._chooser and self._chooser.copy()
        other._past = list(self._past)
        return other

    def flags(self, words: Sequence[str], ahead: Sequence[str] = ()) -> list[bool]:
        """Return for each of `words`, shown from now on, whether it stands out; `ahead` seem to follow them.

        A phrase counts only where all of it is there: what has been shown without standing out stays so.
        """
        ours = [plain(word) for word in words]
        listed = self._listed(ours, [plain(word) for word in ahead])
        given = [self._before(i, word, one) for i, (word, one) in enumerate(zip(ours, listed, strict=True))]
        out = [one is True for one in given]
        if self._chooser is not None and words:
            out = self._chooser.marks(words, ahead, given, listed)
        for place, (word, flag) in enumerate(zip(ours, out, strict=True), self._count):
            self._tried.setdefault(place, {})[word] = flag
        self._count += len(words)
        self._past = [*self._past, *zip(ours, out, strict=True)][-max(self._reach, 2):]
        for place in [p for p in self._tried if p < self._count - KEPT] if len(self._tried) > 2 * KEPT else []:
            del self._tried[place]
        return out

    def _before(self, i: int, word: str, listed: bool) -> bool | None:
        """Return how the word that is now `i`th was shown already, by this one or another copy, in about this place.

        Where it was not: True for one of the list, None for others.
        """
        for step in NEAR:
            back = -i - step  # how far before these words it stood; there, this one's own words are others
            own = 0 < back <= len(self._past) and self._past[-back][0] == word
            shown = None if own else self._tried.get(self._count + i + step, {}).get(word)
            if shown is not None:
                return shown
        return listed or None

    def _listed(self, ours: Sequence[str], ahead: Sequence[str]) -> list[bool]:
        """Return which of `ours` belong to the list, with what was shown before and what follows."""
        past = self._past[-self._reach:] if self._reach else []
        every = [*(word for word, _ in past), *ours, *ahead]
        found: list[tuple[int, int]] = []
        for phrase in self._phrases:
            found += [(at, at + len(phrase)) for at in range(len(every) - len(phrase) + 1)
                      if tuple(every[at:at + len(phrase)]) == phrase]
        if self._strings:
            found += self._in_strings(every)
        out = [False] * len(every)
        for first, last in found:
            if all(shown for _, shown in past[first:last]):
                out[first:last] = [True] * (last - first)
        return out[len(past):len(past) + len(ours)]

    def _in_strings(self, every: Sequence[str]) -> list[tuple[int, int]]:
        """Return where the list's words of a script without spaces are: the pieces that lie mostly in one."""
        text = "".join(every)
        starts = [0]
        for piece in every:
            starts.append(starts[-1] + len(piece))
        out = []
        for string in self._strings:
            at = text.find(string)
            while at >= 0:
                end = at + len(string)
                inside = [i for i, piece in enumerate(every)
                          if 2 * (min(starts[i + 1], end) - max(starts[i], at)) > len(piece)]
                if inside:
                    out.append((inside[0], inside[-1] + 1))
                at = text.find(string, at + 1)
        return out


def highlighter_for(spec: CaptionSpec, languages: Collection[str] = ()) -> Highlighter | None:
    """Return what marks the words of captions as `spec` asks; None where nothing, or the spoken word, stands out.

    `languages` are those that the engine speaks: the only one counts where the document names none.
    """
    if not spec.highlighting or spec.spoken:
        return None
    only = next(iter(languages)) if len(languages) == 1 else ""
    return Highlighter(spec.key_words, spec.hearing.language or only, automatic=True)


def _unspaced(phrase: tuple[str, ...]) -> bool:
    return any(unspaced(c) for part in phrase for c in part)
