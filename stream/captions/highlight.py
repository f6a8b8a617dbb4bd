"""highlight: which words of a caption stand out."""

from collections.abc import Sequence

from models.asr._compare import plain


class Highlighter:
    """Marks the words and phrases of a user's list; case and punctuation do not matter."""

    def __init__(self, words: Sequence[str]) -> None:
        phrases = {tuple(p for part in entry.split() if (p := plain(part))) for entry in words}
        self._phrases = sorted((p for p in phrases if p), key=len, reverse=True)

    def flags(self, words: Sequence[str]) -> list[bool]:
        """Return for each of `words` whether it belongs to a listed word or phrase.

        A phrase counts only where all of it is in `words`: what is shown already is not recoloured.
        """
        ours = [plain(word) for word in words]
        out = [False] * len(ours)
        for phrase in self._phrases:
            for at in range(len(ours) - len(phrase) + 1):
                if tuple(ours[at:at + len(phrase)]) == phrase:
                    out[at:at + len(phrase)] = [True] * len(phrase)
        return out
