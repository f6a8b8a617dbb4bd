"""script: a text as it will be read aloud: its sentences, what is shown of each, and what is said of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from models.tts import Part
from stream.timeline.program import NS, Notice
from stream.timeline.speech import CLAUSE_PAUSE_NS, SENTENCE_PAUSE_NS, pieces
from stream.voicing.speak_tag import PLAIN, Wishes
from stream.voicing.ssml import Bound, Pause, Run, SoundEvent, read
from stream.voicing.tongues import WIDE, base
from stream.voicing.words import parts_of

PARAGRAPH_PAUSE_NS = 7 * NS // 10
LONGEST, LONGEST_WIDE = 240, 60
"""Characters that are said in one breath; more than that is cut between words."""
EMPTY = "\u200b"
"""Stands where something is said of which nothing is shown."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What one voice says in one breath."""

    parts: tuple[Part, ...]
    language: str

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


Step = Phrase | Pause | SoundEvent


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is shown as one caption ("" for nothing) and what happens meanwhile.

    `pause_ns` is the silence between it and the next, unless the text gives a break there.
    """

    caption: str
    steps: tuple[Step, ...]
    pause_ns: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """A text ready to be said, with what it asks for itself and what is wrong with it."""

    sentences: tuple[Sentence, ...]
    wishes: Wishes = PLAIN
    notices: tuple[Notice, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that voices are needed for, in order of appearance."""
        return tuple(dict.fromkeys(step.language for sentence in self.sentences for step in sentence.steps
                                   if isinstance(step, Phrase)))


@dataclass(slots=True)
class _Line:
    """The text as it is shown, and what lies where in it."""

    text: str = ""
    runs: list[tuple[int, int, Run]] = field(default_factory=list)
    marks: list[tuple[int, Pause | SoundEvent]] = field(default_factory=list)
    bounds: dict[int, bool] = field(default_factory=dict)
    apart: bool = False

    def run(self, run: Run) -> None:
        """Add `run`, its white space as single spaces, none at the beginning."""
        shown = " ".join(run.text.split())
        lead, tail = run.text[:1].isspace(), run.text[-1:].isspace() and bool(shown)
        if (lead or (self.apart and _joins(self.text[-1:], shown[:1]))) and self.text and self.text[-1] != " ":
            self._grow(" ")
        self.apart = False
        if shown or run.value:
            shown = shown or EMPTY
            start = len(self.text)
            self.text += shown
            self.runs.append((start, len(self.text), run))
        if tail:
            self._grow(" ")

    def _grow(self, space: str) -> None:
        """A space belongs to the run before it."""
        self.text += space
        if self.runs and self.runs[-1][1] == len(self.text) - 1:
            self.runs[-1] = (self.runs[-1][0], len(self.text), self.runs[-1][2])


def _joins(before: str, after: str) -> bool:
    """Whether two neighbours would look like one word."""
    return bool(before and after) and not before.isspace() and (after.isascii() and after.isalnum())


def script_of(content: str, usual: str = "en", path: str = "$") -> Script:
    """Return `content`, plain or SSML, as it will be said by a voice whose language is `usual`.

    `path` is the JSON path of the member it stands in, for notices. DocumentError as ssml.read.
    """
    marked = read(content, path)
    line = _Line()
    for atom in marked.atoms:
        if isinstance(atom, Run):
            line.run(atom)
            continue
        line.apart = True
        if isinstance(atom, Bound):
            line.bounds[len(line.text)] = line.bounds.get(len(line.text), False) or atom.strong
        else:
            line.marks.append((len(line.text), atom))
    made = tuple(_sentence(line, first, end, usual) for first, end in _cut(line))
    return Script(tuple(s for s in made if s.steps), marked.wishes, marked.notices)


def _cut(line: _Line) -> list[tuple[int, int]]:
    """Where the sentences begin and end: by the marks, and where s and p say so; never inside a tag."""
    held = [(first, end - line.text[:end].endswith(" ")) for first, end, run in line.runs if run.kind != "text"]
    ends = {end for _, end in pieces(line.text)} | line.bounds.keys()
    ends = {end for end in ends if not any(first < end < stop for first, stop in held)}
    ordered = sorted((ends | {len(line.text)}) - {0})
    return list(zip([0, *ordered], ordered, strict=False)) or [(0, 0)]


def _sentence(line: _Line, first: int, end: int, usual: str) -> Sentence:
    last = end == len(line.text)
    inside = [(at, mark) for at, mark in line.marks if first <= at < end or (last and at == end)]
    steps: list[Step] = []
    at = first
    for stop, mark in inside:
        steps += _phrases(line, at, stop, usual)
        steps.append(mark)
        at = stop
    steps += _phrases(line, at, end, usual)
    caption = line.text[first:end].replace(EMPTY, "").strip()
    said = any(isinstance(step, Phrase) for step in steps)
    strong = caption.rstrip("\"')]”’」』）")[-1:] in set("。！？.!?…")
    pause_ns = PARAGRAPH_PAUSE_NS if line.bounds.get(end) else SENTENCE_PAUSE_NS if strong or end in line.bounds \
        else CLAUSE_PAUSE_NS
    return Sentence(caption if said else "", tuple(steps), pause_ns if said else 0)


def _phrases(line: _Line, first: int, end: int, usual: str) -> Iterator[Phrase]:
    """What is said of a stretch, cut where the language changes or breath ends."""
    parts: list[Part] = []
    language = kind = ""
    for start, stop, run in line.runs:
        inside = max(start, first), min(stop, end)
        if inside[0] >= inside[1]:
            continue
        for spoken, part in parts_of(run, line.text[inside[0]:inside[1]], line.text[first:end], usual):
            if not parts and not part.text.strip():
                continue
            if parts and "say-as" in (kind, run.kind) and _joins(parts[-1].text[-1:], part.text[:1]):
                parts.append(Part(" "))
            kind = run.kind
            if parts and (spoken != language or _long(parts, part, spoken)):
                yield from _phrase(parts, language)
                parts = []
            language = spoken
            parts.append(part)
    yield from _phrase(parts, language)


def _phrase(parts: Sequence[Part], language: str) -> Iterator[Phrase]:
    if any(c.isalnum() for part in parts for c in part.text):
        yield Phrase(tuple(part for part in parts if part.text), language)


def _long(parts: Sequence[Part], part: Part, language: str) -> bool:
    return sum(len(p.text) for p in (*parts, part)) > (LONGEST_WIDE if base(language) in WIDE else LONGEST)
