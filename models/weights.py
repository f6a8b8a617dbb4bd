"""weights: a name to the verified local file that holds it; the cards say where every file comes from."""

import hashlib
import importlib.metadata
import os
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from stream.errors import ModelError

_HERE = Path(__file__).resolve().parent
CARDS, SHIPPED = _HERE / "cards", _HERE / "weights"
VERIFIED_AT_ONCE_BYTES = 64 << 20
"""Larger files are verified by size when used, and wholly by `verify` (half a second per gigabyte is not start-up)."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model: `path` inside the installed `package`, or below models/weights where `package` is empty.

    `part_of` names the Whole that it is a part of, if it is one.
    """

    name: str
    path: str
    sha256: str
    bytes: int
    package: str = ""
    version: str = ""
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that comes in parts: those Files that are `part_of` it, one after the other."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one model. `kind` is what it does ("matting", "asr", "align", "vad", "tts").

    `facts` are for reading only; `hashes` are the SHA-256 of the packages that an optional model may be fetched
    from, by `name==version`.
    """

    name: str
    kind: str
    licence: str
    origin: str
    files: tuple[File, ...]
    notes: str = ""
    optional: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    hashes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wholes: tuple[Whole, ...] = ()

    @property
    def packages(self) -> tuple[str, ...]:
        """What to install for it, as `name==version`."""
        return tuple(sorted({f"{f.package}=={f.version}" for f in self.files if f.package}))


@cache
def cards() -> tuple[Card, ...]:
    """Return the cards of models/cards, by name."""
    return tuple(sorted((_card(p) for p in CARDS.glob("*.toml")), key=lambda card: card.name))


def path(name: str) -> Path:
    """Return the verified file called `name`: "card/file", or "card" where the card has one file.

    ModelError where there is no such name, the file is missing, or it is not what its card says.
    """
    card, file = _find(name)
    return _verified(card, file, whole=file.bytes <= VERIFIED_AT_ONCE_BYTES)


def folder(name: str) -> Path:
    """Return a folder with all files of the card called `name`, by their names there, and parts joined.

    It lies in the user's cache ($XDG_CACHE_HOME, else ~/.cache), is made once, and every joined file is compared
    with its card before it counts. ModelError where something is missing or the cache cannot be written.
    """
    card = next((card for card in cards() if card.name == name), None)
    if card is None or not installed(card):
        raise ModelError(missing(name))
    identity = hashlib.sha256("".join(f.sha256 for f in card.files).encode()).hexdigest()[:12]
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cuelight" / "models"
    made = place / f"{name}-{identity}"
    sizes = {**{f.name: f.bytes for f in card.files if not f.part_of}, **{w.name: w.bytes for w in card.wholes}}
    if not all((made / n).is_file() and (made / n).stat().st_size == size for n, size in sizes.items()):
        try:
            _gather(card, place, made)
        except OSError as error:
            raise ModelError(f"the weights {name} cannot be put together in {place}: {error.strerror}",
                             "Free some disk space, or set XDG_CACHE_HOME to a folder that can be written") from None
    return made


def verify(name: str) -> Path:
    """Return `path(name)` after comparing every byte, whatever the size."""
    return _verified(*_find(name), whole=True)


def installed(card: Card) -> bool:
    """Whether every file of `card` is there (sizes are compared, contents are not)."""
    return all((place := _place(f)) is not None and place.is_file() and place.stat().st_size == f.bytes
               for f in card.files)


def missing(name: str) -> str:
    """Return what is missing of the card called `name`, with the remedy; "" when all of it is installed."""
    card = next((card for card in cards() if card.name == name), None)
    if card is None:
        return f"there is no model called {name!r}. There are: {', '.join(c.name for c in cards())}"
    return "" if installed(card) else f"the weights {name} are not installed. {_remedy(card)}"


def _gather(card: Card, place: Path, made: Path) -> None:
    """Put the files of `card` into `made`, all at once: whoever looks sees none or all of them."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, prefix=f".{card.name}-") as draft:
        new = Path(draft) / "new"
        new.mkdir()
        for file in card.files:
            source = _place(file)
            assert source is not None  # it is installed
            with source.open("rb") as stream, (new / (file.part_of or file.name)).open("ab") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
        wanted = {**{f.name: f.sha256 for f in card.files if not f.part_of}, **{w.name: w.sha256 for w in card.wholes}}
        for name, sha256 in wanted.items():
            if _sha256(new / name) != sha256:
                raise ModelError(f"the weights {card.name}/{name} are not the expected ones", _remedy(card))
        if made.exists():  # damaged: this one replaces it
            made.rename(Path(draft) / "old")
        try:
            new.rename(made)
        except OSError:
            if not made.is_dir():  # else another process was faster with the same files
                raise


def _find(name: str) -> tuple[Card, File]:
    title, _, part = name.partition("/")
    for card in cards():
        if card.name == title:
            for file in card.files:
                if file.name == part or (not part and len(card.files) == 1):
                    return card, file
            raise ModelError(f"model {title} has no file {part!r}", "It has: " + ", ".join(f.name for f in card.files))
    raise ModelError(f"there is no model called {title!r}", "There are: " + ", ".join(c.name for c in cards()))


@cache
def _verified(card: Card, file: File, *, whole: bool) -> Path:
    place = _place(file)
    if place is None or not place.is_file():
        raise ModelError(f"the weights {card.name}/{file.name} are not installed", _remedy(card))
    if place.stat().st_size != file.bytes or (whole and _sha256(place) != file.sha256):
        raise ModelError(f"the weights {card.name}/{file.name} are not the expected ones{_other_version(file)}",
                         _remedy(card))
    return place


def _remedy(card: Card) -> str:
    if not card.packages:
        return "Restore models/weights from the distribution"
    return f"Run: cuelight models get {card.name}" if card.optional else "Run: make setup"


def _other_version(file: File) -> str:
    found = importlib.metadata.version(file.package) if file.package else ""
    return f" ({file.package} {found} is installed, {file.version} is needed)" if found != file.version else ""


def _place(file: File) -> Path | None:
    """Where `file` should lie; None where its package is not installed. The package itself is not imported."""
    if not file.package:
        return SHIPPED / file.path
    try:
        return Path(str(importlib.metadata.distribution(file.package).locate_file(file.path)))
    except importlib.metadata.PackageNotFoundError:
        return None


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _card(file: Path) -> Card:
    data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    files = tuple(File(**f) for f in data.pop("files"))
    facts = tuple((name, str(value)) for name, value in data.pop("facts", {}).items())
    hashes = tuple((package, tuple(each)) for package, each in data.pop("hashes", {}).items())
    wholes = tuple(Whole(**whole) for whole in data.pop("wholes", ()))
    return Card(**data, files=files, facts=facts, hashes=hashes, wholes=wholes)
