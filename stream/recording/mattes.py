"""mattes: low-resolution mattes kept exactly, and read back."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from stream.errors import MediaError
from stream.media import Plane
from stream.recording.record import stopped

_TICK = Fraction(1, 30)


class MatteRecorder:
    """Keeps low-resolution mattes, uint8 (h, w), exactly: FFV1 gray in `{name}-{n:03d}.mkv`, one file per size.

    Synchronous; one thread at a time. A kill loses at most the last second.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name, self.failed = folder, name, False
        self._segment, self._count = len(matte_files(folder, name)) - 1, 0
        self._file: Any = None
        self._stream: Any = None

    def write(self, matte: Plane) -> tuple[int, int] | None:
        """Keep `matte`; return its file's number and its number in it. The first failure is a MediaError,
        after it None is returned."""
        import av

        if self.failed:
            return None
        height, width = matte.shape
        try:
            if self._file is None or (self._stream.width, self._stream.height) != (width, height):
                self.close()
                self._begin(width, height)
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(matte), format="gray")
            picture.pts, picture.time_base = self._count, _TICK
            self._file.mux(self._stream.encode(picture))
        except (OSError, av.FFmpegError) as error:
            self.failed, self._file = True, None
            raise stopped(self.folder, error) from error
        self._count += 1
        return self._segment, self._count - 1

    def close(self) -> None:
        """End the open file."""
        if self._file is not None and not self.failed:
            self._file.mux(self._stream.encode(None))
            self._file.close()
        self._file = None

    def _begin(self, width_px: int, height_px: int) -> None:
        import av

        self._segment, self._count = self._segment + 1, 0
        path = self.folder / f"{self.name}-{self._segment:03d}.mkv"
        path.open("xb").close()
        self._file = av.open(str(path), "w", format="matroska",
                             container_options={"flush_packets": "1", "cluster_time_limit": "500"})
        self._stream = self._file.add_stream("ffv1", rate=30, width=width_px, height=height_px)
        context = self._stream.codec_context
        context.pix_fmt, context.time_base, context.gop_size, context.thread_count = "gray", _TICK, 1, 1


def matte_files(folder: Path, name: str) -> list[Path]:
    """Return the files of mattes called `name` in `folder`, in order."""
    pattern = re.compile(re.escape(name) + r"-\d{3,}\.mkv")
    return sorted((p for p in folder.iterdir() if pattern.fullmatch(p.name)), key=lambda p: (len(p.name), p.name))


def read_mattes(path: Path) -> Iterator[Plane]:
    """Yield the mattes of one file, exactly as written. MediaError when it cannot be read."""
    import av

    try:
        with av.open(str(path), "r") as file:
            file.streams.video[0].codec_context.thread_count = 1
            for picture in file.decode(video=0):
                yield np.asarray(picture.to_ndarray(), np.uint8)
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(f"The mattes in {path} cannot be read", "Restore the file from a copy") from error
