"""ssml: the marks in a text that is read aloud, as a flat list of what is said and what happens between."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Literal
from xml.parsers import expat

from stream.errors import DocumentError
from stream.timeline.program import NS, Notice
from stream.voicing.speak_tag import OUTER, PLAIN, Wishes, wishes_of

MAX_CHARACTERS, USUAL_CHARACTERS, MAX_DEPTH, MAX_ELEMENTS = 100_000, 10_000, 32, 10_000
MAX_BREAK_NS = 10 * NS
STRENGTHS_NS = {"none": 0, "x-weak": NS // 10, "weak": NS // 5, "medium": NS * 2 // 5, "strong": NS * 7 // 10,
                "x-strong": NS}
SAY_AS = ("cardinal", "ordinal", "digits", "telephone", "name", "address", "id", "characters", "punctuation", "date",
          "time", "currency", "measure")
TAGS = ("speak", "break", "s", "p", "w", "sub", "phoneme", "say-as", "emotion", "soundevent")
_ATTRIBUTES = {"break": {"time", "strength"}, "sub": {"alias"}, "phoneme": {"alphabet", "ph"},
               "say-as": {"interpret-as", "format", "detail"}, "emotion": {"category", "intensity"},
               "soundevent": {"src"}, "speak": OUTER}
_KNOWN = re.compile(rf"</?(?:{'|'.join(TAGS)})(?:\s[^<>]*)?/?>|<speak\b|^\s*<(?:\?xml|!)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_DECLARED = re.compile(r"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_PROLOG = re.compile(r"^\s*<\?xml[^<>]*\?>")
_TIME = re.compile(r"\s*(\d{0,6}\.?\d{0,6})\s*(ms|s)\s*", re.IGNORECASE)
_ROOT = "<ssml>"


@dataclass(frozen=True, slots=True)
class Run:
    """Text, and how it is said: as it is, as `value` (sub), by its sounds (phoneme), or as what it is (say-as).

    `value` is the alias, the phonemes or the kind; `form` the alphabet, or the order of a date.
    """

    text: str
    kind: Literal["text", "sub", "phoneme", "say-as", "word"] = "text"
    value: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of this length, exactly."""

    length_ns: int


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """A sound played between the words."""

    url: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A sentence ends here, whatever its marks say; a paragraph too where `strong`."""

    strong: bool = False


Atom = Run | Pause | SoundEvent | Bound


@dataclass(frozen=True, slots=True)
class Marked:
    """A text taken apart. `wishes` is what its speak element says for the whole of it."""

    atoms: tuple[Atom, ...]
    wishes: Wishes = PLAIN
    notices: tuple[Notice, ...] = ()


def read(content: str, path: str = "$") -> Marked:
    """Return `content` taken apart; notices carry `path` (of the member it stands in).

    It is SSML where it has one of its tags, or is well-formed XML with any; else every character of it is text,
    "<" and "&" too. DocumentError for SSML that is not well formed, declares entities, or is beyond the limits: 32
    levels, 10,000 elements, 100,000 characters.
    """
    content = content.replace("\x00", " ")
    notices: list[Notice] = []
    if len(content) > USUAL_CHARACTERS:
        notices.append(Notice("warning", path, f"The text is {len(content)} characters long; others take at most "
                              f"{USUAL_CHARACTERS}", "Cut it into several clips", "long-text"))
    if _KNOWN.search(content):
        if _DECLARED.search(content):
            raise DocumentError(f"{path}: the text declares a document type or entities, which are not read",
                                "Leave out <!DOCTYPE …> and <!ENTITY …>; write the text itself")
        return _parsed(content, path, notices)
    if "<" in content:
        try:
            return _parsed(content, path, notices)
        except DocumentError:
            return Marked(tuple(_plain(content, path, notices)), notices=tuple(notices))
    return Marked(tuple(_plain(_ENTITY.sub(lambda m: unescape(m[0]), content), path, notices)), notices=tuple(notices))


def _plain(text: str, path: str, notices: list[Notice]) -> list[Atom]:
    if len(text) > MAX_CHARACTERS:
        notices.append(Notice("warning", path, f"Only the first {MAX_CHARACTERS} characters are said",
                              "Cut the text into several clips", "long-text"))
    atoms: list[Atom] = []
    for line in text[:MAX_CHARACTERS].splitlines():
        atoms += [Run(line), Bound()]
    return atoms[:-1]


def _parsed(content: str, path: str, notices: list[Notice]) -> Marked:
    if len(content) > MAX_CHARACTERS:
        raise DocumentError(f"{path}: SSML of {len(content)} characters; at most {MAX_CHARACTERS} are read",
                            "Cut it into several clips")
    prolog = _PROLOG.match(content)
    if prolog:
        content = re.sub(r"[^\n]", " ", prolog[0]) + content[prolog.end():]
    reader = _Reader(path, notices)
    try:
        reader.parser.Parse(f"{_ROOT}{content}</{_ROOT[1:]}".encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        column = error.offset + 1 - (len(_ROOT) if error.lineno == 1 else 0)
        what = expat.ErrorString(error.code)
        raise DocumentError(f"{path}: SSML that is not well formed at line {error.lineno}, column {column}: {what}",
                            "Close every tag, quote every attribute, and write &amp; for & and &lt; for <") from None
    reader.flush()
    return Marked(tuple(reader.atoms), reader.wishes, tuple(notices))


@dataclass(slots=True)
class _Reader:
    """Follows the XML parser; each element that says its text otherwise collects it until it ends."""

    path: str
    notices: list[Notice]
    atoms: list[Atom] = field(default_factory=list)
    wishes: Wishes = PLAIN
    open: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    said: tuple[int, str, dict[str, str]] | None = None
    elements: int = 0
    told: set[str] = field(default_factory=set)
    parser: Any = None

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text.append
        self.parser.buffer_text = True

    def tell(self, message: str, remedy: str, code: str) -> None:
        """Tell of something at the parser's place, once for each `message`."""
        if message not in self.told and len(self.told) < 100:
            self.told.add(message)
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            column -= len(_ROOT) if line == 1 else 0
            self.notices.append(Notice("warning", self.path, f"{message} (line {line}, column {column})", remedy, code))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2].lower()
        self.elements += 1
        if len(self.open) > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise DocumentError(f"{self.path}: SSML with more than {MAX_DEPTH} levels or {MAX_ELEMENTS} elements",
                                "Write fewer tags, or cut the text into several clips")
        self.open.append(tag)
        if len(self.open) == 1:
            return
        given = {key.lower(): value for key, value in attributes.items()}
        if tag not in TAGS:
            self.tell(f"Nobody knows the tag <{name[:40]}>; its text is said",
                      f"Known: {', '.join(TAGS)}", "unknown-tag")
        else:
            self.review(tag, given)
        if self.said:
            if tag not in ("w", "s", "p"):
                self.tell(f"<{name[:40]}> inside <{self.said[1]}> has no effect", "Put it outside", "unknown-tag")
        elif tag in ("sub", "phoneme", "say-as", "w"):
            self.flush()
            self.said = (len(self.open), tag, given)
        else:
            self.flush()
            self.between(tag, given)

    def review(self, tag: str, given: dict[str, str]) -> None:
        """Tell of attributes that have no effect."""
        for key in given.keys() - _ATTRIBUTES.get(tag, set()):
            if not key.startswith(("xml", "xsi:")) and key not in ("version", "__xsi"):
                self.tell(f"<{tag}> has no attribute {key[:40]!r}; it is ignored", "Leave it out", "unknown-attribute")

    def between(self, tag: str, given: dict[str, str]) -> None:
        """What an element does that does not change how its text is said."""
        if tag == "break":
            self.atoms.append(Pause(self.pause_ns(given)))
        elif tag in ("s", "p"):
            self.atoms.append(Bound(tag == "p"))
        elif tag == "soundevent":
            if given.get("src"):
                self.atoms.append(SoundEvent(given["src"]))
            else:
                self.tell("<soundEvent> has no src; nothing is played", "Give src", "unknown-attribute")
        elif tag == "emotion":
            self.tell(f"No voice here speaks with emotion ({given.get('category', 'none given')[:40]}); the text is "
                      "said as it is", "Remove <emotion>", "no-emotion")
        elif tag == "speak":
            self.wishes = wishes_of(given, self.wishes, self.tell)

    def end(self, name: str) -> None:
        tag = self.open.pop()
        if self.said and len(self.open) < self.said[0]:
            self.emit(*self.said[1:])
            self.said = None
        elif not self.said and tag in ("s", "p"):
            self.flush()
            self.atoms.append(Bound(tag == "p"))

    def flush(self) -> None:
        if self.text:
            self.atoms.append(Run("".join(self.text)))
            self.text.clear()

    def emit(self, tag: str, given: dict[str, str]) -> None:
        """The text of the element that ends, as it is to be said."""
        text, run = "".join(self.text), None
        self.text.clear()
        if tag == "sub" and "alias" in given:
            run = Run(text, "sub", given["alias"])
        elif tag == "phoneme" and given.get("ph", "").strip():
            alphabet = given.get("alphabet", "ipa").lower()
            if alphabet in ("py", "pinyin", "ipa"):
                run = Run(text, "phoneme", given["ph"], "ipa" if alphabet == "ipa" else "py")
            else:
                self.tell(f"Nobody knows the alphabet {alphabet[:40]!r} of <phoneme>; the text is said as it is",
                          "Known: py, ipa", "unknown-attribute")
        elif tag == "say-as" and given.get("interpret-as", "").lower() in SAY_AS:
            run = Run(text, "say-as", given["interpret-as"].lower(), given.get("format", "").lower())
        elif tag == "say-as":
            self.tell(f"Nobody can say a text as {given.get('interpret-as', 'nothing')[:40]!r}; it is said as it is",
                      f"Known: {', '.join(SAY_AS)}", "unknown-attribute")
        elif tag != "w":
            self.tell(f"<{tag}> does not tell how its text is said; it is said as it is",
                      f"Give {'alias' if tag == 'sub' else 'ph'}", "unknown-attribute")
        self.atoms.append(run or Run(text, "word" if tag == "w" else "text"))

    def pause_ns(self, given: dict[str, str]) -> int:
        """How long a break is: its time, else by its strength."""
        if "time" not in given:
            strength = given.get("strength", "medium").lower()
            if strength not in STRENGTHS_NS:
                self.tell(f"Nobody knows the break strength {strength[:40]!r}; medium is used",
                          f"Known: {', '.join(STRENGTHS_NS)}", "unknown-attribute")
            return STRENGTHS_NS.get(strength, STRENGTHS_NS["medium"])
        match = _TIME.fullmatch(given["time"])
        if not match or not match[1].strip("."):
            usual_ms = STRENGTHS_NS["medium"] // (NS // 1000)
            self.tell(f"A break cannot last {given['time'][:40]!r}; {usual_ms} ms are used",
                      'Write time="500ms" or time="2s"', "unknown-attribute")
            return STRENGTHS_NS["medium"]
        length_ns = round(float(match[1]) * (NS // 1000 if match[2].lower() == "ms" else NS))
        if length_ns > MAX_BREAK_NS:
            self.tell(f"A break lasts at most {MAX_BREAK_NS // NS} s", "Write several breaks", "out-of-range")
        return min(length_ns, MAX_BREAK_NS)
