"""outputs: a render's output: composed pictures and mixed sound to one file, and one picture to a cover."""

from dataclasses import dataclass, field
from pathlib import Path

from stream.channel import Channel
from stream.codecs.formats import VodRendition
from stream.media import AudioFrame, VideoFrame
from stream.run.closed import ClosedCaptions
from stream.run.inputs import Parts
from stream.run.outputs import Outlet, Shown
from stream.vod.film import Film

PICTURES_AHEAD = 8


@dataclass(slots=True)
class FilmOutput:
    """What a session hands its pictures and sound to when they become a file.

    The picture of tick `cover_tick` (or the last before it) is kept as `cover`. When the session ends early, by an
    error or because it was cancelled, the film is abandoned before `run_video` returns.
    """

    path: Path
    rendition: VodRendition
    parts: Parts
    cover_tick: int = -1
    closed: ClosedCaptions | None = None
    origin_ns: int = 0
    fatal: bool = True
    outlets: list[Outlet] = field(default_factory=list)
    cover: VideoFrame | None = None
    frames: "Channel[Shown]" = field(init=False)
    sound: "Channel[AudioFrame]" = field(init=False)
    _film: Film | None = None

    def __post_init__(self) -> None:
        self.frames = Channel(PICTURES_AHEAD, "wait")
        self.sound = Channel(256, "wait")

    async def run_video(self) -> None:
        """Encode pictures until their channel closes and the sound is through; then end the file."""
        worker = self.parts.make_worker("encode")
        try:
            await worker.run(self._open)
            async for shown in self.frames:
                batch = [shown, *self.frames.take_ready(PICTURES_AHEAD)]  # to the thread together: it never waits
                for one in batch:
                    if one.tick <= self.cover_tick or self.cover is None:
                        self.cover = one.frame
                await worker.run(self._take, [one.frame for one in batch], self.sound.take_ready(256))
                self.parts.metrics.count("frames_out", len(batch))
            await worker.run(self._end, self.sound.take_ready(256))
        finally:
            await worker.run(self._abandon)
            worker.close()

    def _open(self) -> None:
        self._film = Film(self.path, self.rendition, self.closed)

    def _take(self, frames: list[VideoFrame], sound: list[AudioFrame]) -> None:
        assert self._film is not None
        for frame in frames:
            self._film.picture(frame)
        for heard in sound:
            self._film.sound(heard)

    def _end(self, sound: list[AudioFrame]) -> None:
        assert self._film is not None
        for heard in sound:
            self._film.sound(heard)
        self._film.close()
        self._film = None

    def _abandon(self) -> None:
        if self._film is not None:
            self._film.abandon()

    async def run_audio(self) -> None:
        """The sound is encoded beside the pictures, in one thread: the file takes one packet at a time."""
        return

    async def run_outlet(self, outlet: Outlet) -> bool:
        """A film has no sinks."""
        return True

    def close(self) -> None:
        """No more pictures and sound."""
        self.frames.close()
        self.sound.close()

    def finish(self) -> None:
        """The file is ended by `run_video`."""
        return
