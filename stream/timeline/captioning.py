"""captioning: what a document's own notes say about how speech becomes captions."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast, get_args

from stream.plugins import names
from stream.timeline.program import Hearing, Notice, Wording
from stream.timeline.program_captions import Paging, Policy, Profanity
from stream.timeline.schema_tracks import CaptionNotes

Tell = Callable[[Notice], None]

MODES = ("Keywords", "Spoken")


def hearing_of(notes: CaptionNotes | None, path: str, tell: Tell) -> Hearing:
    """Return what `notes` (at `path`) ask for; a word that is none of the known is told, and the default taken."""
    if notes is None:
        return Hearing()

    def one_of(name: str, kind: Any, default: str) -> str:
        return choice(getattr(notes, name), get_args(kind), default, f"{path}.{name}", tell)

    wording = Wording(_words(notes.Vocabulary), tuple((notes.Replacements or {}).items()),
                      cast(Profanity, one_of("Profanity", Profanity, "off")), _words(notes.Banned))
    return Hearing(notes.Engine or "moonshine", notes.SecondEngine or "", notes.Language or "",
                   cast(Policy, one_of("Policy", Policy, "stable")), cast(Paging, one_of("Paging", Paging, "pop-on")),
                   wording, notes.Speaker or "", notes.Translate or "", notes.Translator or "")


def is_spoken(notes: CaptionNotes | None, path: str, tell: Tell) -> bool:
    """Whether highlights follow the word that is being said."""
    mode = notes.HighlightMode if notes else None
    return choice(mode, MODES, MODES[0], f"{path}.HighlightMode", tell) == "Spoken"


def review_captions(notes: CaptionNotes | None, path: str, *, heard: bool) -> Iterator[Notice]:
    """Yield what is wrong with `notes`; with the engines only where something is `heard`."""
    if notes is None:
        return
    found: list[Notice] = []
    hearing_of(notes, path, found.append)
    is_spoken(notes, path, found.append)
    yield from found
    for member in ("Engine", "SecondEngine") if heard else ():
        engine, colon, folder = (getattr(notes, member) or "moonshine").partition(":")
        if engine not in names("models.asr"):
            yield Notice("error", f"{path}.{member}", f"There is no engine {engine!r}",
                         f"There are: {', '.join(names('models.asr'))}", "unknown-engine")
        elif colon and not Path(folder).is_dir():
            yield Notice("error", f"{path}.{member}", f"There is no folder {folder!r} for {engine}",
                         f"Name the folder of a model: {engine}:FOLDER", "missing-model")


def choice(value: str | None, known: Iterable[str], default: str, path: str, tell: Tell) -> str:
    """Return the one of `known` that `value` is in any spelling of its letters; else `default`, and tell."""
    if not value:
        return default
    plain = {word.lower().replace("-", ""): word for word in known}
    found = plain.get(value.lower().replace("-", "").replace("_", ""))
    if found is None:
        tell(Notice("warning", path, f"There is no {value!r} here", f"One of {', '.join(plain.values())}; "
                    f"{default} is taken", "unknown-value"))
    return found or default


def _words(words: list[str | None] | None) -> tuple[str, ...]:
    return tuple(word for word in words or [] if word)
