"""feed: captions as they are shown, for whoever listens to a running programme: plain values, newest first to stay.

Each event is a JSON object:

    version   1
    sequence  counts the feed's events; a gap is what a slow listener lost
    kind      "cue"
    state     "partial" while it may still grow or change, "committed" when it has been left
    id        of the caption, the same over its revisions; unique in a run
    revision  grows with each change; an event holds the whole caption, so that the newest is enough
    lane      language of a second lane (BCP 47), "" of the first
    start     s, of the programme: when this revision is shown
    end       s: when it goes, as far as is known
    lines     the text of each line
    words     text, start (s; where it is known when the word was said or shown), highlighted
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stream.channel import Channel
from stream.timeline.program import NS, Cue, Line
from stream.timeline.wordtimes import Times, grown

VERSION = 1
WAITING = 64
Json = dict[str, Any]


@dataclass(slots=True)
class _Open:
    """A caption that may still change: its newest revision, and what it was before."""

    cue: Cue
    texts: list[tuple[str, int]] = field(default_factory=list)


class CueFeed:
    """Hands each caption on to its listeners. Never waits: a listener that falls behind loses its oldest events."""

    def __init__(self) -> None:
        self._listeners: list[Channel[Json]] = []
        self._open: dict[tuple[str, str], _Open] = {}
        self._sequence = 0
        self._closed = False

    def show(self, cue: Cue) -> None:
        """Take a cue, or a revision of one, as it will be shown. The lane's one before is left with it."""
        key = (cue.lane, cue.id)
        for other in [other for other in self._open if other[0] == cue.lane and other != key]:
            self._leave(other, cue.start_ns)
        found = self._open.setdefault(key, _Open(cue))
        found.cue = cue
        found.texts.append((cue.text, cue.start_ns))
        self._tell(found, "partial")

    def passed(self, now_ns: int) -> None:
        """The programme is at `now_ns`: what has ended by then is left."""
        for key in [key for key, one in self._open.items() if one.cue.end_ns <= now_ns]:
            self._leave(key, now_ns)

    def listen(self, size: int = WAITING) -> "Channel[Json]":
        """Return a channel of events, those of the captions on the picture first; `size` of them wait at most."""
        channel: Channel[Json] = Channel(size, "drop_oldest")
        for one in self._open.values():
            channel.offer(event(one.cue, "partial", self._sequence, _times(one)))
        if self._closed:
            channel.close()
        else:
            self._listeners.append(channel)
        return channel

    def leave(self, channel: "Channel[Json]") -> None:
        """`channel` is not listened to any more."""
        channel.close()
        self._listeners = [one for one in self._listeners if one is not channel]

    def close(self) -> None:
        """The run is over: everything is committed, listeners end when they have heard it."""
        for key in list(self._open):
            self._leave(key, self._open[key].cue.end_ns)
        self._closed = True
        for channel in self._listeners:
            channel.close()

    def _leave(self, key: tuple[str, str], at_ns: int) -> None:
        one = self._open.pop(key)
        self._tell(one, "committed", max(min(one.cue.end_ns, at_ns), one.cue.start_ns))

    def _tell(self, one: _Open, state: str, end_ns: int | None = None) -> None:
        self._sequence += 1
        if not self._listeners:
            return
        told = event(one.cue, state, self._sequence, _times(one), end_ns)
        for channel in self._listeners:
            channel.offer(told)


def event(cue: Cue, state: str, sequence: int, times: Times = (), end_ns: int | None = None) -> Json:
    """Return `cue` as an event; `times` are when its parts were said or shown."""
    return {"version": VERSION, "sequence": sequence, "kind": "cue", "state": state, "id": cue.id,
            "revision": cue.revision, "lane": cue.lane, "start": cue.start_ns / NS,
            "end": (cue.end_ns if end_ns is None else end_ns) / NS,
            "lines": ["".join(run.text for run in line) for line in cue.lines], "words": _words(cue, times)}


def _times(one: _Open) -> Times:
    return one.cue.times or grown(one.texts)


def _words(cue: Cue, times: Times) -> list[Json]:
    text, lit = cue.text, _highlighted(cue.lines)
    places = {at for at, _ in cue.times} | {at for at in range(len(text)) if not text[at].isspace()
                                           and (at == 0 or text[at - 1].isspace())}
    starts = sorted(places)
    out: list[Json] = []
    for first, last in zip(starts, [*starts[1:], len(text)], strict=True):
        word: Json = {"text": text[first:last].strip(), "highlighted": any(first <= at < last for at in lit)}
        known = [time_ns for at, time_ns in times if at <= first]
        if known:
            word["start"] = known[-1] / NS
        out.append(word)
    return out


def _highlighted(lines: Sequence[Line]) -> set[int]:
    """Where highlighted letters stand in the text."""
    found, at = set[int](), 0
    for line in lines:
        for run in line:
            if run.highlighted:
                found.update(at + n for n, letter in enumerate(run.text) if not letter.isspace())
            at += len(run.text)
        at += 1
    return found
