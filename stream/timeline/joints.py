"""joints: where one clip turns into the next on its track: how they overlap, and as what transition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from stream.timeline.program import NS, Notice, Transition
from stream.timeline.scalars import ns
from stream.timeline.schema_effects import LengthKeepingTransition, TransitionEffect
from stream.timeline.schema_tracks import Trimmed
from stream.timeline.spans import Span, Tell, clip_effects, seed_of
from stream.timeline.vocabulary import canonical, catalogue

GAP_NS = NS // 25
PLAIN = "fade"


@dataclass(frozen=True, slots=True)
class Joint:
    """A transition effect that stands between two clips, and its JSON path."""

    effect: TransitionEffect
    path: str

    @property
    def wanted_ns(self) -> int:
        return NS if self.effect.Duration is None else max(ns(self.effect.Duration), 0)

    @property
    def keeps_length(self) -> bool:
        return isinstance(self.effect, LengthKeepingTransition)


def joint_of(last: Span[Any] | None, clip: Trimmed, path: str = "") -> Joint | None:
    """Return the transition from `last` to `clip`, the next on its track.

    The editor writes it on the later clip, with `From`; the service on the earlier one, without.
    """
    if last is None:
        return None
    for index, effect in clip_effects(clip):
        if isinstance(effect, TransitionEffect) and effect.From and last.clip.Id in (None, effect.From):
            return Joint(effect, f"{path}.Effects[{index}]")
    for index, effect in clip_effects(last.clip):
        if isinstance(effect, TransitionEffect) and not effect.From:
            return Joint(effect, f"{last.path}.Effects[{index}]")
    return None


def overlap_ns(last: Span[Any] | None, clip: Trimmed, length_ns: int, free_ns: int = 0) -> int:
    """Return by how much `clip`, `length_ns` long, begins before `last` ends: by its Transition, if that fits.

    `free_ns` is when the transition before it is over.
    """
    joint = joint_of(last, clip)
    if joint is None or last is None or joint.keeps_length:
        return 0
    return max(min(joint.wanted_ns, last.end_ns - max(last.start_ns, free_ns), length_ns), 0)


def transitions(spans: Sequence[Span[Any]], last_ns: int, tell: Tell) -> Iterator[Transition]:
    """Yield the transitions of one track; they are over at `last_ns`, the end of the programme.

    Where two clips overlap they turn into each other meanwhile, at most for the Duration; where they only meet
    (DLTransition, or times written out) the earlier one goes on, or its last picture is held, below the later.
    """
    clips = [span for span in spans if span.kind != "global"]
    free_ns = 0
    for last, span in pairwise(clips):
        joint = joint_of(last, span.clip, span.path)
        if joint is None:
            continue
        start_ns, overlap = max(span.start_ns, free_ns), last.end_ns - span.start_ns
        if span.start_ns < last.start_ns or overlap < -GAP_NS:
            tell(Notice("warning", joint.path, "The clips it stands between do not meet", "It does nothing",
                        "nothing-to-join"))
            continue
        most_ns = span.end_ns if overlap <= 0 else min(last.end_ns, span.end_ns)
        end_ns = min(start_ns + joint.wanted_ns, most_ns, last_ns)
        if end_ns > start_ns:
            free_ns = end_ns
            yield Transition(_name(joint), start_ns, end_ns, last.path, span.path, seed_of(joint.path))


def _name(joint: Joint) -> str:
    """The catalogue name: of a list or `random` the one drawn for this place; a plain fade for what nobody knows."""
    return pick(joint.effect.SubType, catalogue()["transitions"], joint.path) or PLAIN


def pick(words: str | None, names: tuple[str, ...], path: str) -> str | None:
    """Return the one name that a SubType (a name, a list with commas, "random") means at `path`; None if unknown."""
    given = [word.strip() for word in (words or "").split(",") if word.strip()]
    if any(word.lower() == "random" for word in given):
        return Random(seed_of(path, "random")).choice(names)
    known = [name for word in given if (name := canonical(word, names))]
    if len(known) <= 1:
        return known[0] if known else None
    return Random(seed_of(path, "list")).choice(known)
