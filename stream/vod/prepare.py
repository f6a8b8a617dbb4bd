"""prepare: a document on its way to a film: voices read its texts, its speech is heard, all of it is settled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from stream.errors import OptionError
from stream.run.gather import gather
from stream.timeline.facts import Facts, Speech
from stream.timeline.program import Cue, Notice, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document
from stream.vod.aloud import read_aloud
from stream.vod.talks import talks

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Vod:
    """A document on its way to files: where its media lie, what is shown of it, what its voices said.

    `spoken` are those of the Program's cues that were made of what is said.
    """

    document: Document
    program: Program
    media_root: Path | None
    tell: Tell
    facts: Facts = field(default_factory=Facts)
    speech: Mapping[str, Speech] = field(default_factory=dict)
    spoken: tuple[Cue, ...] = ()


def settle(document: Document, media_root: Path | None, tell: Tell, *, size: tuple[int, int] | None = None,
           rate: Fraction | None = None, ims_bgr: bool = False) -> Vod:
    """Return `document` resolved, its texts read aloud; what is wrong with it is in the Program's notices."""
    notices: list[Notice] = []
    facts, speech = gather(document, media_root, {}), read_aloud(document, media_root, notices.append)
    program = resolve(document, facts, size=size, rate=rate, ims_bgr=ims_bgr, speech=speech)
    program = replace(program, notices=tuple(dict.fromkeys((*notices, *program.notices))))
    return Vod(document, program, media_root, tell, facts, speech)


def captioned(vod: Vod) -> Vod:
    """Return `vod` with the captions of all that is said in it."""
    if not talks(vod.program):
        return vod
    from stream.vod.captioned import speech_cues
    from stream.vod.ear import Ear

    cues = speech_cues(vod.program, Ear(vod.media_root, vod.tell))
    return replace(vod, program=vod.program.with_cues((*vod.program.cues, *cues)), spoken=cues)


def prepare(document: Document, media_root: Path | None, tell: Tell, *, size: tuple[int, int] | None = None,
            rate: Fraction | None = None, ims_bgr: bool = False) -> Vod:
    """Return `document` ready to be rendered; errors in it are raised, warnings told."""
    vod = settle(document, media_root, tell, size=size, rate=rate, ims_bgr=ims_bgr)
    for notice in vod.program.notices:
        if notice.severity == "error":
            raise OptionError(f"{notice.path}: {notice.message}", notice.remedy)
        if notice.severity == "warning":
            tell(f"note: {notice.path}: {notice.message}")
    if vod.program.is_live:
        raise OptionError("this Timeline has a live input", "Run it with `cuelight live`; render what it recorded")
    return captioned(vod)
