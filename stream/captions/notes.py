"""notes: a note on the picture while there is music and nobody speaks."""

import numpy as np
from numpy.typing import NDArray

from models.asr import Word
from models.asr._music import RATE_HZ, Music
from models.vad import VoiceDetector
from stream.captions.tags import NOTE
from stream.timeline.program import NS

EVERY_S = 10
"""How long after a note the next one comes, while the music goes on."""
LENGTH_NS = NS
PIECE = RATE_HZ // 10

Samples = NDArray[np.float32]


class Notes:
    """Gives a word "♪" when music has played for 3 s without speech, and every ten seconds while it does.

    Say it as a settled word: it has not been recognised, so it passes no Committer and no Rewording. Synchronous; one
    thread at a time hears.
    """

    def __init__(self, detector: VoiceDetector) -> None:
        self._music = Music(detector)
        self._next_ns = 0
        self._due: Word | None = None

    def hear(self, samples: Samples, start_ns: int) -> None:
        """Take sound in (mono, 16 kHz, in [-1, 1]) that begins at `start_ns`."""
        playing = self._music.hear(samples)
        now_ns = start_ns + len(samples) * NS // RATE_HZ
        if not playing:
            self._next_ns, self._due = 0, None
        elif now_ns >= self._next_ns:
            self._next_ns = now_ns + EVERY_S * NS
            self._due = Word(NOTE, now_ns, now_ns + LENGTH_NS)

    def take(self) -> Word | None:
        """Return the note that is due, once."""
        due, self._due = self._due, None
        return due


def notes_in(samples: Samples, detector: VoiceDetector) -> list[Word]:
    """Return the notes of a whole sound (mono, 16 kHz, in [-1, 1]), from its beginning."""
    notes, out = Notes(detector), list[Word]()
    for first in range(0, len(samples), PIECE):
        notes.hear(samples[first:first + PIECE], first * NS // RATE_HZ)
        note = notes.take()
        out += [note] if note else []
    return out
