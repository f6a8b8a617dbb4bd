"""sound: what changes samples: limiter, ducking, fades, speed, loudness, noise; no clock, no file."""

from typing import Protocol

from stream.media import AudioFrame


class Change(Protocol):
    """Changes decoded sound on its way to the mix, frame by frame; `flush` gives the rest when there is no more."""

    def feed(self, frames: list[AudioFrame]) -> list[AudioFrame]: ...
    def flush(self) -> list[AudioFrame]: ...
