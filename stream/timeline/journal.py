"""journal: a live run's append-only record: what each tick showed, every cue, every event.

One JSON object a line, each with a `kind`:

    run      version, name, size, rate, document, facts, first_tick: how the run began
    segment  input, segment, first_index, offset_ns: a recorded file begins at this packet
    ticks    from, count, hashes, and per layer the runs of frame and matte numbers shown
    cue      cue: one revision, as a subtitle clip of the Timeline format
    words    words: final text with the times it was spoken; lane: the second language it is in, if it is
    gap      start_ns, end_ns: speech in this range was not heard live
    event    tick, text: what an operator should know of the run afterwards
    end      tick: the first tick that was not shown

Numbers shown are run-length coded as [start, step, count]. -1 stands for nothing.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from stream.errors import DocumentError

VERSION = 1
BATCH = 30
NOTHING = -1


@dataclass(frozen=True, slots=True)
class ShownTick:
    """What one tick showed: per layer id (frame number, matte number), and the picture's hash."""

    tick: int
    shown: dict[str, tuple[int, int]]
    picture_hash: int


def pack(numbers: Sequence[int]) -> list[list[int]]:
    """Run-length code `numbers` as [start, step, count] with constant steps."""
    out: list[list[int]] = []
    for number in numbers:
        if out:
            start, step, count = out[-1]
            if count == 1:
                out[-1] = [start, number - start, 2]
                continue
            if number == start + step * count:
                out[-1][2] += 1
                continue
        out.append([number, 0, 1])
    return out


def unpack(runs: Iterable[Sequence[int]]) -> list[int]:
    """Undo `pack`."""
    return [start + step * i for start, step, count in runs for i in range(count)]


class JournalWriter:
    """Appends to an open text file; what is written is flushed at once, ticks once a second."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._ticks: list[ShownTick] = []

    def write(self, kind: str, **fields: Any) -> None:
        """Append one record. Ticks shown before it are written before it."""
        self._flush_ticks()
        self._line({"kind": kind, **fields})

    def tick(self, shown: ShownTick) -> None:
        """Take in what one tick showed; ticks that were skipped are simply absent."""
        if self._ticks and shown.tick != self._ticks[-1].tick + 1:
            self._flush_ticks()
        self._ticks.append(shown)
        if len(self._ticks) >= BATCH:
            self._flush_ticks()

    def flush(self) -> None:
        self._flush_ticks()

    def _flush_ticks(self) -> None:
        if not self._ticks:
            return
        layers = sorted({name for tick in self._ticks for name in tick.shown})
        empty = (NOTHING, NOTHING)
        shown = {name: {"frames": pack([t.shown.get(name, empty)[0] for t in self._ticks]),
                        "mattes": pack([t.shown.get(name, empty)[1] for t in self._ticks])} for name in layers}
        first, self_ticks = self._ticks[0].tick, self._ticks
        self._ticks = []
        self._line({"kind": "ticks", "from": first, "count": len(self_ticks), "shown": shown,
                    "hashes": " ".join(f"{t.picture_hash:08x}" for t in self_ticks)})

    def _line(self, record: dict[str, Any]) -> None:
        self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._file.flush()


@dataclass(slots=True)
class Journal:
    """A journal read back whole. `torn`: a line was cut off (a kill); `ended`: its last line is there."""

    run: dict[str, Any]
    segments: list[dict[str, Any]] = field(default_factory=list)
    ticks: list[ShownTick] = field(default_factory=list)
    cues: list[dict[str, Any]] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    second: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    end_tick: int = 0
    torn: bool = False
    ended: bool = False


def read(lines: Iterable[str], *, with_ticks: bool = True) -> Journal:
    """Read a journal; DocumentError when it is none, or a later version's.

    Without `with_ticks` what each tick showed is left out (hours of it are large); `end_tick` is there.
    """
    journal: Journal | None = None
    for number, record in _records(lines):
        kind = record.get("kind")
        if journal is None:
            if kind != "run":
                raise DocumentError("this is not a Cuelight journal", "Its first line must be of kind 'run'")
            if record.get("version") != VERSION:
                raise DocumentError(f"journal version {record.get('version')!r} is not {VERSION}",
                                    "Use the Cuelight that wrote it")
            journal = Journal(record)
        elif kind is None:
            journal.torn = True
        else:
            _take(journal, kind, record, number, with_ticks)
    if journal is None:
        raise DocumentError("the journal is empty", "The run ended before its first tick")
    return journal


def _records(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            record = {}
        yield number, record if isinstance(record, dict) else {}


def _take(journal: Journal, kind: str, record: dict[str, Any], number: int, with_ticks: bool) -> None:
    try:
        if kind == "ticks":
            if with_ticks:
                journal.ticks.extend(_ticks(record))
            journal.end_tick = int(record["from"]) + int(record["count"])
        elif kind == "segment":
            journal.segments.append(record)
        elif kind == "cue":
            journal.cues.append(record["cue"])
        elif kind == "words":
            _take_words(journal.second if record.get("lane") else journal.words, record)
        elif kind == "gap":
            journal.gaps.append((int(record["start_ns"]), int(record["end_ns"])))
        elif kind == "unread":
            journal.unread.append((int(record["start_ns"]), int(record["end_ns"])))
        elif kind == "event":
            journal.events.append(record)
        elif kind == "end":
            journal.end_tick, journal.ended = int(record["tick"]), True
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"journal line {number} is damaged ({error})", "Restore the file from a copy") from error


def _take_words(words: list[dict[str, Any]], record: dict[str, Any]) -> None:
    """Add a record's words, in the place of those that it replaces, if any."""
    if "instead_ns" not in record:
        words.extend(record["words"])
        return
    start_ns, end_ns = record["instead_ns"]
    at = next((i for i, w in enumerate(words) if w["start_ns"] >= start_ns), len(words))
    upto = next((i for i in range(at, len(words)) if words[i]["start_ns"] > end_ns), len(words))
    words[at:upto] = record["words"]


def _ticks(record: dict[str, Any]) -> list[ShownTick]:
    count, first = int(record["count"]), int(record["from"])
    hashes = [int(h, 16) for h in record["hashes"].split()]
    columns = {name: (unpack(c["frames"]), unpack(c["mattes"])) for name, c in record["shown"].items()}
    if any(len(c) != count for frames, mattes in columns.values() for c in (frames, mattes)) or len(hashes) != count:
        raise ValueError("its columns differ in length")
    return [ShownTick(first + i, {name: (frames[i], mattes[i]) for name, (frames, mattes) in columns.items()},
                      hashes[i]) for i in range(count)]
