"""shelf: one input's decoded frames and mattes, from which each tick takes the newest due."""

from collections import deque
from dataclasses import dataclass

from stream.clock import Signal
from stream.media import NS, Matte, VideoFrame


@dataclass(frozen=True, slots=True)
class Shot:
    """What an input has to show at one tick: a frame, and its matte or none."""

    frame: VideoFrame | None = None
    matte: Matte | None = None


class Shelf:
    """Frames in order of time and the mattes computed from them.

    With `exact`, a tick is ready only when a later frame proves that none is missing; otherwise a
    frame at most one frame interval old will do. `wants_matte` makes the frame's own matte part of
    being ready. While no picture is `expected` (a source that has sent only sound so far), a tick waits
    for none. A matte serves other frames of its scene for at most `MATTE_LIFE_NS`.
    """

    SIZE = 16
    MATTE_LIFE_NS = NS

    def __init__(self, changed: Signal, *, exact: bool, wants_matte: bool, tolerance_ns: int = 4_000_000) -> None:
        self.changed = changed
        self.exact, self.wants_matte, self.tolerance_ns = exact, wants_matte, tolerance_ns
        self.interval_ns = NS // 30
        self.ended, self.expected = False, True
        self.skipped = 0
        self._frames: deque[VideoFrame] = deque()
        self._mattes: dict[int, tuple[int, Matte]] = {}
        self._scenes: deque[int] = deque(maxlen=8)
        self._shown = -1

    @property
    def full(self) -> bool:
        return len(self._frames) >= self.SIZE

    @property
    def newest_ns(self) -> int:
        """Time of the newest frame, or -1."""
        return self._frames[-1].pts_ns if self._frames else -1

    def add(self, frame: VideoFrame) -> None:
        """Put a frame on; when full, the oldest goes."""
        if self.full:
            self._frames.popleft()
            self.skipped += 1
        self._frames.append(frame)
        self.expected = True
        self.changed.set()

    def add_matte(self, frame: VideoFrame, matte: Matte) -> None:
        """Put the matte computed from `frame` on."""
        self._mattes[frame.index] = (frame.pts_ns, matte)
        while len(self._mattes) > 2 * self.SIZE:
            del self._mattes[next(iter(self._mattes))]
        self.changed.set()

    def new_scene(self, index: int) -> None:
        """Frames from number `index` on are of another connection or set-up: earlier mattes do not fit them."""
        self._scenes.append(index)

    def scene_of(self, index: int) -> int:
        """Return the number of the first frame of the scene that frame `index` belongs to."""
        return max((first for first in self._scenes if first <= index), default=0)

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self.changed.set()

    def ready(self, pts_ns: int) -> bool:
        """Whether the tick at `pts_ns` would gain nothing by waiting."""
        frame = self._due(pts_ns)
        if frame is None:
            return self.ended or not self.expected or (self.exact and bool(self._frames))
        if self.exact and self._frames[0] is not frame:  # make room: what leads to the later frame must fit
            self._pass(frame)
        later = self._frames[-1].pts_ns > pts_ns + self.tolerance_ns or self.ended
        if not later and (self.exact or frame.pts_ns <= pts_ns + self.tolerance_ns - self.interval_ns):
            return False
        return not self.wants_matte or frame.index in self._mattes

    def take(self, pts_ns: int) -> Shot:
        """Return what to show at `pts_ns`; older frames leave the shelf."""
        frame = self._due(pts_ns)
        if frame is None:
            return Shot()
        self._pass(frame)
        self._shown = frame.index
        return Shot(frame, self._matte_for(frame) if self.wants_matte else None)

    def _pass(self, frame: VideoFrame) -> None:
        """Let the frames before `frame` go."""
        while self._frames[0] is not frame:
            passed = self._frames.popleft()
            self.skipped += passed.index != self._shown
        self.changed.set()

    def _due(self, pts_ns: int) -> VideoFrame | None:
        found = None
        for frame in self._frames:
            if frame.pts_ns > pts_ns + self.tolerance_ns:
                break
            found = frame
        return found

    def _matte_for(self, frame: VideoFrame) -> Matte | None:
        own = self._mattes.get(frame.index)
        if own is not None:
            return own[1]
        scene = self.scene_of(frame.index)
        earlier = [(pts, matte) for index, (pts, matte) in self._mattes.items()
                   if 0 <= frame.pts_ns - pts <= self.MATTE_LIFE_NS and self.scene_of(index) == scene]
        return max(earlier, key=lambda item: item[0])[1] if earlier else None
