"""cache: sounds that voices have made, kept by what made them, so that the same text is never said twice."""

import atexit
import hashlib
import json
import os
import shutil
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ
from stream.timeline.facts import Speech

FORM = 1
MOST_BYTES = 1 << 30
"""What is kept at most: three hours of speech; the longest unused goes first."""


def folder() -> Path:
    """Return where sounds are kept: $XDG_CACHE_HOME/cuelight/speech, else ~/.cache/cuelight/speech."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "cuelight" / "speech"


def key_of(parts: object, engines: tuple[str, ...]) -> str:
    """Return the name under which what `parts` (JSON) says is kept.

    It changes with the text, the voices and the manner (all in `parts`), the weights and the code of `engines`, and
    the code of this room.
    """
    said = json.dumps([FORM, _code(), [_engine(name) for name in engines], parts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _code() -> str:
    """What is read how, and how it is put together: the files of this room and of what splits sentences."""
    rooms = [files("stream") / "voicing", files("stream") / "timeline" / "speech.py"]
    return _digest(rooms)


@cache
def _engine(name: str) -> str:
    """What `name` says how: its code and its card, which names its weights by their hashes; or its program's age."""
    program = shutil.which(f"{name}-ng")
    seen = os.stat(program) if program else None
    age = f"{seen.st_size} {seen.st_mtime_ns}" if seen else ""
    cards = [part for part in (files("models") / "cards").iterdir() if part.name.startswith(name)]
    return _digest([files("models") / "tts", *cards]) + age


def _digest(places: list[Any]) -> str:
    seen = hashlib.sha256()
    for place in places:
        inside = place.iterdir() if place.is_dir() else [place]
        for file in sorted((f for f in inside if f.name.endswith((".py", ".toml"))), key=lambda f: str(f.name)):
            seen.update(file.name.encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()


@dataclass(slots=True)
class Kept:
    """Sounds by key in one folder: a WAV (16 bit, mono) and its sentences beside it."""

    place: Path
    tell: Callable[[str], None]
    most_bytes: int = MOST_BYTES

    def get(self, key: str) -> Speech | None:
        """Return what was kept under `key`; None when there is nothing, or it is damaged."""
        sound, notes = self._paths(key)
        try:
            said = json.loads(notes.read_text("utf-8"))
            if hashlib.sha256(sound.read_bytes()).hexdigest() != said["sha256"]:
                return None
            sentences = tuple((str(text), int(start), int(end)) for text, start, end in said["sentences"])
            speech = Speech(int(said["duration_ns"]), sentences, str(sound))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        for path in (sound, notes):
            try:
                path.touch()
            except OSError:
                return speech  # a folder that can only be read; its age does not matter
        return speech

    def put(self, key: str, samples: NDArray[np.float32], sentences: tuple[tuple[str, int, int], ...]) -> Speech:
        """Keep a sound (mono, 48 kHz) under `key`; return it as it can be played.

        Where the folder cannot be written it goes to a temporary one, which is told once.
        """
        data = wav_bytes(samples)
        notes = {"sha256": hashlib.sha256(data).hexdigest(), "sentences": sentences,
                 "duration_ns": len(samples) * NS // SAMPLE_RATE_HZ}
        text = json.dumps(notes, ensure_ascii=False).encode("utf-8", "replace")
        try:
            self._write(key, data, text)
        except OSError as error:
            self.place = Path(tempfile.mkdtemp(prefix="cuelight-speech-"))
            atexit.register(shutil.rmtree, self.place, ignore_errors=True)
            self.tell(f"Speech cannot be kept: {error}; it goes to {self.place} for this run")
            self._write(key, data, text)
        return Speech(len(samples) * NS // SAMPLE_RATE_HZ, sentences, str(self._paths(key)[0]))

    def _paths(self, key: str) -> tuple[Path, Path]:
        return self.place / f"{key}.wav", self.place / f"{key}.json"

    def _write(self, key: str, sound: bytes, notes: bytes) -> None:
        """Both files, each whole or not there; the notes last, since they say that the sound is complete."""
        self.place.mkdir(parents=True, exist_ok=True)
        for path, data in zip(self._paths(key), (sound, notes), strict=True):
            handle, draft = tempfile.mkstemp(prefix=f".{key[:8]}-", suffix=".part", dir=self.place)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(draft).replace(path)
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise
        self._prune(key)

    def _prune(self, key: str) -> None:
        """Let go of what has not been used for longest, never of what was just made."""
        sounds = []
        for path in self.place.glob("*.wav"):
            try:
                sounds.append((path.stat().st_mtime_ns, path.stat().st_size, path))
            except OSError:
                continue  # another run has let go of it
        total = sum(size for _, size, _ in sounds)
        for _, size, path in sorted(sounds):
            if total <= self.most_bytes:
                return
            if path.stem != key:
                total -= size
                path.with_suffix(".json").unlink(missing_ok=True)
                path.unlink(missing_ok=True)


def wav_bytes(samples: NDArray[np.float32]) -> bytes:
    """Return mono samples at 48 kHz as a WAV of 16 bits."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
