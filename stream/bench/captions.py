"""captions: how right, how late and how steady captions are, per engine, policy and kind of sound.

Recordings with known text are played as if live. The folder has manifest.tsv (columns file, language,
transcript) and WAV files, 16 kHz mono.
"""

import argparse
import csv
import json
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from models.align import Aligner, Span, spoken
from models.asr import Recognizer, StreamOptions
from stream.bench.captions_play import NS, QUIET_S, RATE_HZ, Aired, Heard, play
from stream.bench.captions_report import html, report
from stream.bench.degrade import WORLDS
from stream.captions.score import (
    WITHOUT_SPACES,
    Errors,
    Steadiness,
    errors,
    in_time,
    smallest_delay_s,
    tokens,
)
from stream.errors import MediaError, OptionError
from stream.metrics import percentile
from stream.run.loading import load_recognizer
from stream.timeline.program_captions import Policy

TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}
NORMALISER = "lower case, no punctuation, hyphens apart, digits as words, Mr Mrs Dr St written out"
POLICIES: tuple[Policy, ...] = get_args(Policy)


@dataclass(frozen=True, slots=True)
class Clip:
    name: str
    samples: NDArray[np.float32]
    text: str


def normal(text: str) -> list[str]:
    """Return the words of English `text` as they are compared."""
    return [TITLES.get(word, word) for token in text.split() for word in spoken(token)]


def plain_words(text: str) -> list[str]:
    """Return the words of `text` in any language with spaces, in lower case, without marks."""
    kept = "".join(c if c.isalnum() or c in "'’" or c.isspace() else " " for c in text.casefold())
    return [word for word in (part.strip("'’") for part in kept.split()) if word]


def clips(folder: Path, language: str, without: str) -> list[Clip]:
    """Return the clips of `folder` in `language` whose name does not contain `without`."""
    listing = folder / "manifest.tsv"
    if not listing.is_file():
        raise MediaError(f"{folder} has no manifest.tsv", "Name a folder of recordings with their transcripts")
    with listing.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Clip(row["file"], _samples(folder / row["file"]), row["transcript"]) for row in rows
            if row["language"] == language and row["transcript"] and not (without and without in row["file"])]


def run(folder: Path, recognizer: Recognizer, *, language: str = "en", without: str = "digits", world: str = "clean",
        policies: Sequence[Policy] = POLICIES) -> dict[str, Any]:
    """Play all clips in one `world`; return the figures as plain JSON values, times in seconds."""
    chosen = clips(folder, language, without)
    if not chosen:
        raise MediaError(f"{folder} has no clip in {language!r}", "Add recordings to its manifest.tsv")
    options = StreamOptions(language=language, timed=True)
    aligner = Aligner() if language == "en" else None
    sums = {policy: _Sum() for policy in policies}
    final, rows, cpu_s, played_s = Errors(), list[dict[str, Any]](), 0.0, 0.0
    reads_s, after_s, partials = list[float](), list[float](), 0
    everyone = [clip.samples for clip in chosen]
    for number, clip in enumerate(chosen):
        heard = play(WORLDS[world](clip.samples, everyone, number), recognizer, tuple(policies), options)
        spans = _spans(aligner, clip)
        wrong = errors(_tokens(clip.text, language), _tokens(heard.text, language))
        final += wrong
        played_s += len(clip.samples) / RATE_HZ + QUIET_S
        cpu_s, partials, reads_s = cpu_s + heard.cpu_s, partials + heard.partials, reads_s + heard.reads_s
        after_s += _after_speech(clip, heard, spans)
        row: dict[str, Any] = {"clip": clip.name, "said": clip.text, "final": heard.text, "error_final": wrong.rate}
        for aired in heard.aired:
            row[f"aired_{aired.policy}"] = " ".join(word.text for word, _ in aired.shown)
            sums[aired.policy].add(clip, aired, spans, language)
        rows.append(row)
    return {"world": world, "clips": len(rows), "audio_s": played_s, "tokens": final.length,
            "unit": "CER" if language.partition("-")[0] in WITHOUT_SPACES else "WER", "error_final": final.rate,
            "errors_final": _counts(final), "final_after_speech_s": _spread(after_s), "read_s": _spread(reads_s),
            "cpu_per_audio_s": cpu_s / played_s, "partials": partials,
            "policies": {policy: one.figures() for policy, one in sums.items()}, "by_clip": rows}


class _Sum:
    """One policy's figures over all clips."""

    def __init__(self) -> None:
        self.wrong = Errors()
        self.word_s, self.first_s, self.late_s = list[float](), list[float](), list[float]()
        self.timed: list[tuple[float, float, float]] = []
        self.speed: list[float] = []
        self.erased = self.shown = self.changed = 0
        self.unstable = 0.0

    def add(self, clip: Clip, aired: Aired, spans: Sequence[Span | None], language: str) -> None:
        text = " ".join(word.text for word, _ in aired.shown)
        self.wrong += errors(_tokens(clip.text, language), _tokens(text, language))
        steady: Steadiness = aired.steadiness
        self.erased, self.shown, self.changed = (self.erased + steady.erased, self.shown + steady.shown,
                                                 self.changed + aired.changed)
        self.unstable += steady.unstable * steady.shown if steady.shown else 0.0
        self.speed += aired.characters_per_s()
        for place, reference in _matched(normal(clip.text), [word.text for word, _ in aired.shown]).items():
            span = spans[reference] if reference < len(spans) else None
            if span is None or not span.known:
                continue
            word, at_s = aired.shown[place]
            self.word_s.append(at_s - span.end_ns / NS)
            if place in aired.firsts:
                self.first_s.append(self.word_s[-1])
            self.late_s.append(at_s - word.start_ns / NS)
            self.timed.append((at_s, word.start_ns / NS, span.start_ns / NS))

    def figures(self) -> dict[str, Any]:
        delay_s = smallest_delay_s(self.late_s)
        residual_s = [max(at_s - delay_s, start_s) - true_s for at_s, start_s, true_s in self.timed]
        return {"error_aired": self.wrong.rate, "errors_aired": _counts(self.wrong), "word_s": _spread(self.word_s),
                "first_word_s": _spread(self.first_s), "erased": self.erased, "shown": self.shown,
                "normalized_erasure": self.erased / self.shown if self.shown else None,
                "unstable": self.unstable / self.shown if self.shown else None,
                "settled_words_changed": self.changed, "characters_per_s": _spread(self.speed),
                "delay_s": delay_s, "residual_s": _spread(residual_s),
                "in_time": in_time(residual_s) if residual_s else None, "word_lateness_s": sorted(self.word_s)}


def _spans(aligner: Aligner | None, clip: Clip) -> Sequence[Span | None]:
    return aligner.align(clip.samples, normal(clip.text)) if aligner is not None else []


def _tokens(text: str, language: str) -> list[str]:
    return tokens(text, language, normal if language == "en" else plain_words)


def _after_speech(clip: Clip, heard: Heard, spans: Sequence[Span | None]) -> list[float]:
    """How long after its last word each final came, where that word is right."""
    said = [word.text for h, _ in heard.finals for word in h.words]
    right, place, out = _matched(normal(clip.text), said), -1, []
    for hypothesis, at_s in heard.finals:
        place += len(hypothesis.words)
        span = spans[right[place]] if place in right and right[place] < len(spans) else None
        if hypothesis.words and not hypothesis.continues and span is not None and span.known:
            out.append(at_s - span.end_ns / NS)
    return out


def _matched(reference: list[str], words: Sequence[str]) -> dict[int, int]:
    """Return, for each place in `words` that is right, the place in `reference` of the last thing it says."""
    said, places = [], []
    for place, word in enumerate(words):
        for part in normal(word):
            said.append(part)
            places.append(place)
    blocks = SequenceMatcher(None, said, reference, autojunk=False).get_matching_blocks()
    return {places[b.a + i]: b.b + i for b in blocks for i in range(b.size)}


def _spread(values: list[float]) -> dict[str, float | int | None]:
    return {"n": len(values), **{f"p{p}": percentile(values, p) if values else None for p in (50, 95, 99)}}


def _counts(wrong: Errors) -> dict[str, int]:
    return {"substituted": wrong.substituted, "inserted": wrong.inserted, "deleted": wrong.deleted}


def _samples(file: Path) -> NDArray[np.float32]:
    with wave.open(str(file)) as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE_HZ, 1, 2):
            raise MediaError(f"{file.name} is not 16 kHz mono with 16 bits", "Convert it first")
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / np.float32(32768)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bench from the command line; print the tables and write the figures where asked."""
    parser = argparse.ArgumentParser(prog="cuelight bench captions",
                                     description="How right, late and steady captions are.")
    parser.add_argument("folder", type=Path, help="recordings with manifest.tsv")
    parser.add_argument("--engines", nargs="+", default=["moonshine"], metavar="NAME[:FOLDER]")
    parser.add_argument("--policies", nargs="+", default=list(POLICIES), choices=POLICIES)
    parser.add_argument("--worlds", nargs="+", default=["clean"], choices=(*WORLDS, "all"),
                        help="clean; over music or before a crowd (10 dB below); in a room that rings for 0.8 s")
    parser.add_argument("--language", default="en")
    parser.add_argument("--without", default="digits", help="leave out clips with this in their name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write tables and plots here")
    parser.add_argument("--words", action="store_true", help="print what was heard of each clip")
    options = parser.parse_args(argv)
    worlds = list(WORLDS) if "all" in options.worlds else options.worlds
    found: dict[str, dict[str, Any]] = {}
    for engine in dict.fromkeys(options.engines):
        recognizer = load_recognizer(engine)
        if recognizer.languages and options.language not in recognizer.languages:
            raise OptionError(f"{engine} does not hear {options.language!r}",
                              f"It hears {', '.join(sorted(recognizer.languages))}")
        for world in worlds:
            found[f"{engine}, {world}"] = run(options.folder, recognizer, language=options.language,
                                              without=options.without, world=world,
                                              policies=cast("list[Policy]", options.policies))
    _show(found, options)
    return 0


def _show(found: Mapping[str, dict[str, Any]], options: argparse.Namespace) -> None:
    print(report(found))
    if options.words:
        for name, one in found.items():
            for row in one["by_clip"]:
                print(f"{name}, {row['clip']}: {row['error_final']:.0%}")
                print(f"  said:  {row['said']}\n  final: {row['final']}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if options.html:
        options.html.write_text(html(found), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
