"""program_captions: how what is said becomes captions: engine, wording, paging, highlights, a second language."""

from dataclasses import dataclass, field
from typing import Literal

Policy = Literal["stable", "eager", "final"]
Paging = Literal["pop-on", "roll-up"]
Profanity = Literal["off", "letter", "remove"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What is changed in the words of an engine before any is shown.

    `vocabulary` are names and terms spelled as they should be: what sounds much like one becomes it. `replacements`
    are (said, shown) pairs, a phrase each. `profanity` says what happens to the words of the lists and of `banned`:
    "off" leaves them, "letter" keeps the first letter, "remove" drops them.
    """

    vocabulary: tuple[str, ...] = ()
    replacements: tuple[tuple[str, str], ...] = ()
    profanity: Profanity = "off"
    banned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hearing:
    """Which engine hears, and what is made of its words.

    `engine` and `second` are an engine's name, or a name and its model's folder ("vosk:/models/de"). `second`
    reads each finished segment again for the polished words. `language` is a BCP 47 tag ("": the engine's own,
    or recognised). `translate` is the language of a second lane of captions ("": none), `translator` what
    makes it ("" : the engine itself, or a model's folder).
    """

    engine: str = "moonshine"
    second: str = ""
    language: str = ""
    policy: Policy = "stable"
    paging: Paging = "pop-on"
    wording: Wording = field(default_factory=Wording)
    speaker: str = ""
    translate: str = ""
    translator: str = ""
