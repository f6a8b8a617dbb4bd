"""mt: text from one language to another. One file per engine; this one holds what an engine is."""

from typing import Protocol


class Translator(Protocol):
    """A translation model, loaded once. Synchronous; one thread at a time.

    An engine's module has `load(model: str = "") -> Translator` (`model`: a folder of the user's; ModelError says what
    is wrong with it) and `available() -> str` ("" or what is missing, with the remedy).
    """

    def translate(self, text: str, source: str, target: str) -> str:
        """Return `text` (a sentence) in the language `target`; both are BCP 47 tags, `source` "" is not known.

        ModelError when the model does not translate between the two.
        """
        ...
