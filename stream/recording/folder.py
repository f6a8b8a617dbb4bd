"""folder: a run's folder: input packets, mattes and journal as they happen; Timelines and captions at its end."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from models.asr import Word
from stream.channel import Channel
from stream.errors import MediaError
from stream.media import Matte, Packet
from stream.recording.mattes import MatteRecorder
from stream.recording.record import PacketRecorder
from stream.run.inputs import Parts
from stream.run.shelf import Shot
from stream.run.supervise import attempt, words_of
from stream.timeline.journal import VERSION, JournalWriter, ShownTick
from stream.timeline.program import Cue, Program
from stream.timeline.textclip import cue_to_clip

DEPTH = 3000
JOURNAL = "journal.jsonl"


def mattes_name(layer_id: str) -> str:
    """Return what the files of a layer's mattes are called."""
    return "mattes-" + re.sub(r"[^A-Za-z0-9]+", "-", layer_id).strip("-")


def new_folder(root: Path, show: str, when: datetime) -> Path:
    """Make and return `root`/{show}-{date}-{n}, the first n that is free."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        for number in range(1, 100_000):
            folder = root / f"{show}-{when:%Y-%m-%d}-{number}"
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise MediaError(f"cannot record into {root}: {error.strerror}",
                         "Choose another folder with --record, or leave it out with --no-record") from error
    raise MediaError(f"{root} holds too many recordings of {show!r}", "Choose another folder with --record")


def free_path(path: Path) -> Path:
    """Return `path`, or the first of `stem-2`, `stem-3`, … that does not exist: nothing is overwritten."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


@dataclass(slots=True)
class _Item:
    """One thing to write: a packet with its number, or a matte."""

    name: str
    packet: Packet | None = None
    index: int = -1
    matte: Matte | None = None


@dataclass(slots=True)
class Recording:
    """Writes one run into `folder`. Nothing here makes the programme wait; a failure is told once.

    Packets and mattes go through a deep channel to a thread; the journal is small and written at once.
    """

    folder: Path
    parts: Parts
    failure: str = ""
    _items: "Channel[_Item]" = field(init=False)
    _journal: JournalWriter = field(init=False)
    _file: TextIO = field(init=False)
    _packets: dict[str, PacketRecorder] = field(default_factory=dict)
    _mattes: dict[str, MatteRecorder] = field(default_factory=dict)
    _matte_index: dict[str, int] = field(default_factory=dict)
    _last_tick: int = -1
    begun: bool = False
    _early: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._items = Channel(DEPTH, "drop_oldest")
        try:
            self._file = (self.folder / JOURNAL).open("x", encoding="utf-8")
        except OSError as error:
            raise MediaError(f"cannot write into {self.folder}: {error.strerror}",
                             "Choose another folder with --record") from error
        self._journal = JournalWriter(self._file)

    def begin(self, program: Program, document: object, facts: Mapping[str, object], name: str) -> None:
        """Write how the run began: all that resolves to the same Program again."""
        self._guard(lambda: self._journal.write(
            "run", version=VERSION, name=name, size=[program.width_px, program.height_px], rate=str(program.rate),
            document=document, facts=facts))
        self.begun = not self.failure
        early, self._early = self._early, []
        for text in early:
            self.event(text)

    def admit(self, name: str, packet: Packet, index: int) -> None:
        """Take a packet of input `name`, placed in session time; `index` numbers its video packets."""
        self._put(_Item(name, packet, index))

    def tick(self, shown: ShownTick, shots: Mapping[str, Shot]) -> None:
        """Take what a tick showed; a matte is kept whenever it is another than the tick before used."""
        self._last_tick = shown.tick
        for name, shot in shots.items():
            if shot.matte is not None and shot.matte.index != self._matte_index.get(name, -1):
                self._matte_index[name] = shot.matte.index
                self._put(_Item(name, matte=shot.matte))
        self._guard(lambda: self._journal.tick(shown))

    def cue(self, cue: Cue, size: tuple[int, int]) -> None:
        """Take a cue as it will be shown."""
        self._guard(lambda: self._journal.write("cue", cue=cue_to_clip(cue, size)))

    def heard(self, words: tuple[Word, ...], lane: str = "", instead_ns: tuple[int, int] | None = None) -> None:
        """Take a segment's final words, or (`lane`) a sentence's in the second language.

        `instead_ns`: they replace those noted before that begin in this range of session time.
        """
        where: dict[str, object] = {"lane": lane} if lane else {}
        if instead_ns is not None:
            where["instead_ns"] = list(instead_ns)
        self._guard(lambda: self._journal.write("words", words=[asdict(w) for w in words], **where))

    def skipped(self, start_ns: int, end_ns: int) -> None:
        """Take a range of session time whose speech was not heard."""
        self._guard(lambda: self._journal.write("gap", start_ns=start_ns, end_ns=end_ns))

    def unread(self, start_ns: int, end_ns: int) -> None:
        """Take a range of session time whose speech the second engine has not read."""
        self._guard(lambda: self._journal.write("unread", start_ns=start_ns, end_ns=end_ns))

    def event(self, text: str) -> None:
        """Take a line that matters afterwards."""
        if not self.begun:
            self._early.append(text)
            return
        self._guard(lambda: self._journal.write("event", tick=self._last_tick, text=text))

    async def run(self) -> None:
        """Write packets and mattes until `close`; stops at the first failure, which it tells."""
        worker = self.parts.make_worker("record")
        try:
            async for item in self._items:
                batch = [item]
                while len(batch) < 64 and (more := self._items.take_nowait()) is not None:
                    batch.append(more)
                error = await attempt(partial(worker.run, self._write, batch))
                if error is not None:
                    self.fail(error)
                    return
        finally:
            error = await attempt(partial(worker.run, self._close_files))
            if error is not None:
                self.fail(error)
            worker.close()

    def close(self) -> None:
        """No more packets: `run` ends when what waits is written."""
        self._items.close()

    def end(self) -> None:
        """Write the journal's last line and close it."""
        if self.begun:
            self._guard(lambda: self._journal.write("end", tick=self._last_tick + 1))
        try:
            self._file.close()
        except OSError as error:
            self.fail(error)

    def _put(self, item: _Item) -> None:
        if self.failure or self._items.closed:
            return
        dropped = self._items.dropped
        self._items.offer(item)
        if self._items.dropped > dropped:
            self.fail(MediaError("the disk is too slow to record", "Record to a faster disk"))
            self._items.close()

    def _write(self, batch: list[_Item]) -> None:
        for item in batch:
            if item.packet is not None:
                self._packet(item.name, item.packet, item.index)
            elif item.matte is not None:
                if item.name not in self._mattes:
                    self._mattes[item.name] = MatteRecorder(self.folder, mattes_name(item.name))
                self._mattes[item.name].write(item.matte.alpha)

    def _packet(self, name: str, packet: Packet, index: int) -> None:
        recorder = self._packets.get(name)
        if recorder is None:
            recorder = self._packets[name] = PacketRecorder(self.folder, name)
        recorder.write(packet)

    def _close_files(self) -> None:
        for packets in self._packets.values():
            packets.close()
        for mattes in self._mattes.values():
            mattes.close()

    def _guard(self, write: Callable[[], None]) -> None:
        if self.failure:
            return
        try:
            write()
        except (OSError, ValueError) as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Nothing more is recorded; the first failure is told."""
        if not self.failure:
            self.failure = words_of(error)
            self.parts.metrics.count("recording_failures")
            self.parts.tell(f"ALARM recording has stopped: {self.failure}; the stream goes on")


def keep_copy(folder: Path, path: Path) -> str:
    """Copy a still used by the show into the recording; return the name to refer to it by."""
    kept = free_path(folder / path.name)
    shutil.copyfile(path, kept)
    return kept.name


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, all at once: never half a file under the final name."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    part.replace(path)
