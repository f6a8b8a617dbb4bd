"""recall: what has been heard before, kept on disk, so that no sound is recognised twice."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from models.asr import StreamOptions, Word

MOST = 1000
"""So many stretches of sound are kept; the oldest go."""
FORM = 2


def cache_folder() -> Path:
    """Return the user's cache folder of this program: $XDG_CACHE_HOME/cuelight, else ~/.cache/cuelight."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "cuelight"


def key_of(address: str, in_ns: int, length_ns: int, engine: str, options: StreamOptions) -> str | None:
    """Return the name under which the words of a stretch of a file are kept; None for what is no file here.

    It depends on the file (path, size, time of change), the stretch, the engine with its weights, and what the engine
    was told.
    """
    try:
        there = Path(address).stat()
    except (OSError, ValueError):
        return None
    said = [FORM, str(Path(address).resolve()), there.st_size, there.st_mtime_ns, in_ns, length_ns, *_weights(engine),
            options.language, list(options.vocabulary), options.translate]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _weights(engine: str) -> list[Any]:
    """What tells one engine's weights from another's: its card, and the files of a folder of the user's."""
    name, _, folder = engine.partition(":")
    card = files("models") / "cards" / f"{re.sub(r'[^a-z0-9_]', '', name)}.toml"
    kept: list[Any] = [engine, hashlib.sha256(card.read_bytes()).hexdigest() if card.is_file() else ""]
    if folder:
        kept += sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns)
                       for path in Path(folder).rglob("*") if path.is_file())
    return kept


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of a stretch of sound, and what is to be told of them ("": nothing)."""

    words: tuple[Word, ...]
    told: str = ""


class Recall:
    """What was heard by key, in memory and, where `folder` can be written, on disk."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = cache_folder() / "heard" if folder is None else folder
        self._heard: dict[str, Heard] = {}

    def get(self, key: str) -> Heard | None:
        """Return what was put under `key`; None when there is nothing, or nothing that can be read."""
        if key not in self._heard:
            try:
                kept = json.loads((self._folder / f"{key}.json").read_text("utf-8"))
                self._heard[key] = Heard(tuple(Word(*row) for row in kept["words"]), str(kept["told"]))
            except (OSError, ValueError, TypeError, KeyError):
                return None
        return self._heard[key]

    def put(self, key: str, heard: Heard) -> None:
        """Keep `heard` under `key`; a disk that does not take it is no error."""
        self._heard[key] = heard
        rows = [[w.text, w.start_ns, w.end_ns, w.timing, w.confidence] for w in heard.words]
        made = self._folder / f"{key}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            made.write_text(json.dumps({"told": heard.told, "words": rows}, ensure_ascii=False), "utf-8")
            made.replace(self._folder / f"{key}.json")
            self._prune()
        except OSError:
            return  # it is heard again next time

    def _prune(self) -> None:
        kept = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-MOST]:
            path.unlink(missing_ok=True)
