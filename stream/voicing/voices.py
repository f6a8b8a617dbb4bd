"""voices: which voice says a text: the one named, else the nearest there is by language and by whose it sounds like."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from models.tts import Voice, VoiceInfo
from stream.errors import CuelightError, ModelError
from stream.plugins import load
from stream.timeline.program import Notice
from stream.voicing.tongues import base
from stream.voicing.voice_names import CLOUD_VOICES, Gender

ENGINES = ("hibari", "kokoro", "espeak")
_COST = {"hibari": 0, "kokoro": 1, "espeak": 10}
"""hibari is many times faster than kokoro; espeak speaks where nobody else can."""
_OTHER_GENDER = 3
_POLYGLOT = {"kokoro": frozenset({"zh", "en"})}
"""Engines whose every voice reads several languages."""
EXAMPLES = "Name a voice of this machine, such as hibari, kokoro:zf_xiaoxiao or espeak:fr"
_NEAR = {"yue": ("yue", "zh"), "fil": ("fil", "tl", "id"), "no": ("no", "nb"), "tl": ("tl", "fil", "id"),
         "ms": ("ms", "id"), "uk": ("uk", "ru"), "be": ("be", "ru"), "kk": ("kk", "ru")}


class Engine(Protocol):
    """What a module of models.tts has."""

    VOICES: tuple[VoiceInfo, ...]

    def available(self) -> str: ...
    def load(self, voice: str = "") -> Voice: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One voice of one engine."""

    engine: str
    voice: str
    language: str
    gender: Gender = ""

    def __str__(self) -> str:
        return f"{self.engine}:{self.voice}"


@dataclass(slots=True)
class Voices:
    """The voices of this machine; each is loaded once, when it is first needed."""

    engine: Callable[[str], Engine] = lambda name: load("models.tts", name)
    engines: tuple[str, ...] = ENGINES
    _missing: dict[str, str] = field(default_factory=dict)
    _loaded: dict[Choice, Voice] = field(default_factory=dict)

    def missing(self, engine: str) -> str:
        """Return what `engine` lacks, with the remedy; "" when it can be used."""
        if engine not in self._missing:
            self._missing[engine] = self.engine(engine).available()
        return self._missing[engine]

    def choices(self, engine: str) -> Iterator[Choice]:
        """Yield every voice of `engine`, whether it can be used or not."""
        for info in self.engine(engine).VOICES:
            yield Choice(engine, info.name, base(info.language), info.gender)

    def voice(self, choice: Choice) -> Voice:
        """Return `choice`, loaded; ModelError when it cannot be had."""
        if choice not in self._loaded:
            self._loaded[choice] = self.engine(choice.engine).load(choice.voice)
        return self._loaded[choice]

    def nearest(self, language: str, gender: Gender) -> Choice | None:
        """Return the best voice that can be used for `language`; None where there is none."""
        for wanted in _NEAR.get(base(language), (base(language),)):
            found = [choice for engine in self.engines if not self.missing(engine) for choice in self.choices(engine)
                     if choice.language == wanted]
            if found:
                return min(found, key=lambda choice: _cost(choice, gender))
        return None


def _cost(choice: Choice, gender: Gender) -> int:
    return _COST.get(choice.engine, 5) + (_OTHER_GENDER if gender and choice.gender != gender else 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a name asks for: a voice (`engine`, `choice`), or somebody of that language."""

    language: str = ""
    gender: Gender = ""
    engine: str = ""
    choice: Choice | None = None
    trouble: tuple[str, str, str] | None = None


def wanted(name: str, voices: Voices) -> Wanted:
    """Return what `name` asks for; "" asks for nothing. `trouble` is (message, remedy, code) of a warning."""
    engine, _, voice = name.strip().partition(":")
    if not engine:
        return Wanted()
    if engine.lower() in voices.engines:
        return _named(engine.lower(), voice.strip(), name, voices)
    cloud = CLOUD_VOICES.get(name.strip().lower())
    if cloud:
        return Wanted(*cloud)
    near = get_close_matches(name.lower(), [*CLOUD_VOICES, *voices.engines], 3)
    remedy = f"Did you mean {' or '.join(near)}?" if near else EXAMPLES
    return Wanted(trouble=(f"Nobody knows the voice {name[:60]!r}", remedy, "unknown-voice"))


def _named(engine: str, voice: str, name: str, voices: Voices) -> Wanted:
    known = list(voices.choices(engine))
    found = next((c for c in known if c.voice.lower() == voice.lower()), None) if voice else None
    found = found or (next((c for c in known if c.language == base(voice)), None) if voice else None)
    if voice and not found:
        near = get_close_matches(voice, [c.voice for c in known], 3) or [c.voice for c in known[:8]]
        return Wanted(trouble=(f"{engine} has no voice {voice[:60]!r}", f"It has: {', '.join(near)}", "unknown-voice"))
    missing = voices.missing(engine)
    language, gender = (found.language, found.gender) if found else ("", "")
    if missing:
        return Wanted(language, gender, trouble=(f"The voice {name} cannot be used: {missing}", "", "nearest-voice"))
    return Wanted(language, gender, engine, found)


def cast(want: Wanted, languages: tuple[str, ...], voices: Voices) -> Mapping[str, Choice]:
    """Return the voice for each of `languages`; those are left out that nobody speaks."""
    if want.choice and want.choice.engine in _POLYGLOT and set(languages) <= _POLYGLOT[want.choice.engine]:
        return dict.fromkeys(languages, want.choice)
    found: dict[str, Choice] = {}
    for language in languages:
        own = [want.choice] if want.choice and want.choice.language == base(language) else []
        if not own and want.engine and not want.choice:
            own = [c for c in voices.choices(want.engine) if c.language == base(language)]
        choice = own[0] if own else voices.nearest(language, want.gender)
        if choice:
            found[language] = choice
    chinese = found.get("zh")
    if chinese and chinese.engine in _POLYGLOT and "en" in found:  # one voice reads a text of both
        found["en"] = chinese
    return found


def troubles(name: str, want: Wanted, found: Mapping[str, Choice], languages: tuple[str, ...],
             voices: Voices, path: str) -> Iterator[Notice]:
    """Yield what is to be told of the voices found for `name`: that another stands in for it, that none is there."""
    used = list(dict.fromkeys(str(choice) for choice in found.values()))
    if want.trouble:
        message, remedy, code = want.trouble
        yield Notice("warning", path, f"{message}; {' and '.join(used) or 'nobody'} reads the text", remedy, code)
    elif want.gender and not want.choice and used:
        yield Notice("warning", path, f"The voice {name} is not here; {' and '.join(used)} stands in for it",
                     EXAMPLES, "nearest-voice")
    elif want.choice and found and want.choice not in found.values():
        yield Notice("warning", path, f"{name} does not speak the text's language; {' and '.join(used)} reads it",
                     "Name a voice of that language", "nearest-voice")
    silent = [language for language in languages if language not in found]
    if silent:
        lacking = [m for engine in voices.engines if (m := voices.missing(engine))]
        yield Notice("error", path, f"No voice here speaks {', '.join(silent)}", ". ".join(lacking) or
                     "Write the text in a language that a voice here speaks", "no-voice")


def loaded(found: Mapping[str, Choice], voices: Voices) -> Mapping[Choice, Voice]:
    """Return the voices themselves; ModelError, with the voice's name, when one cannot be loaded."""
    made = {}
    for choice in dict.fromkeys(found.values()):
        try:
            made[choice] = voices.voice(choice)
        except CuelightError as error:
            raise ModelError(f"The voice {choice} cannot be loaded: {error.message}", error.remedy) from error
    return made
