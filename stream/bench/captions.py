"""captions: how right and how late captions are, on recordings with known text played as if live.

Sound arrives in pieces of 100 ms on an audio clock; the time that reading it really takes is added,
and what arrives meanwhile is handed over together, so that lag is carried as it would be live. The
folder has manifest.tsv (columns file, language, transcript) and WAV files, 16 kHz mono.
"""

import argparse
import csv
import json
import re
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.align import Aligner, spoken
from models.asr import Hypothesis, Recognizer, StreamOptions, Word
from stream.captions.commit import Committer
from stream.captions.page import Pager
from stream.errors import MediaError
from stream.metrics import percentile
from stream.timeline.program import CaptionSpec, TextStyle

NS = 1_000_000_000
RATE_HZ = 16_000
PIECE_S, QUIET_S = 0.1, 1.0  # a piece; the silence that follows each recording
TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}
NORMALISER = "lower case, no punctuation, hyphens apart, digits as words, Mr Mrs Dr St written out"


@dataclass(frozen=True, slots=True)
class Clip:
    name: str
    samples: NDArray[np.float32]
    text: str


@dataclass(slots=True)
class Heard:
    """What came of one clip: words with the time they came, all in seconds of the clip."""

    shown: list[tuple[Word, float]] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)  # places in `shown` of each segment's first word
    finals: list[tuple[Hypothesis, float]] = field(default_factory=list)
    partials: int = 0
    changed: int = 0
    cpu_s: float = 0.0
    slowest_s: float = 0.0


def normal(text: str) -> list[str]:
    """Return the words of `text` as they are compared."""
    return [TITLES.get(word, word) for token in text.split() for word in spoken(token)]


def clips(folder: Path, language: str, without: str) -> list[Clip]:
    """Return the clips of `folder` in `language` whose name does not contain `without`."""
    listing = folder / "manifest.tsv"
    if not listing.is_file():
        raise MediaError(f"{folder} has no manifest.tsv", "Name a folder of recordings with their transcripts")
    with listing.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Clip(row["file"], _samples(folder / row["file"]), row["transcript"]) for row in rows
            if row["language"] == language and row["transcript"] and not (without and without in row["file"])]


def play(clip: Clip, recognizer: Recognizer) -> Heard:
    """Play `clip` to a new stream of `recognizer` as if live."""
    sound = np.concatenate((clip.samples, np.zeros(int(QUIET_S * RATE_HZ), np.float32)))
    pieces = np.array_split(sound, range(int(PIECE_S * RATE_HZ), len(sound), int(PIECE_S * RATE_HZ)))
    stream, committer, heard = recognizer.open(StreamOptions()), Committer(), Heard()
    pager = Pager(CaptionSpec(TextStyle()), lambda line: sum(len(run.text) for run in line), 40)
    pages: dict[str, str] = {}
    now_s, at, segment = 0.0, 0, -1
    while at <= len(pieces):
        now_s = max(now_s, min(at + 1, len(pieces)) * PIECE_S)
        arrived = max(at + 1, min(len(pieces), int(now_s / PIECE_S + 1e-6)))
        began_s, cpu_s = time.perf_counter(), time.process_time()
        hypotheses = stream.feed(np.concatenate(pieces[at:arrived])) if at < len(pieces) else stream.finish()
        spent_s = time.perf_counter() - began_s
        heard.cpu_s += time.process_time() - cpu_s
        heard.slowest_s = max(heard.slowest_s, spent_s)
        now_s += spent_s
        at = arrived
        for hypothesis in hypotheses:
            words = committer.push(hypothesis)
            if words and hypothesis.segment != segment:
                segment = hypothesis.segment
                heard.firsts.append(len(heard.shown))
            heard.shown += [(word, now_s) for word in words]
            heard.partials += not hypothesis.final
            if hypothesis.final:
                heard.finals.append((hypothesis, now_s))
            for cue in pager.say(words, round(now_s * NS)):
                before = pages.get(cue.id, "").split()
                heard.changed += sum(a != b for a, b in zip(before, cue.text.split(), strict=False))
                heard.changed += max(0, len(before) - len(cue.text.split()))
                pages[cue.id] = cue.text
    return heard


def run(folder: Path, recognizer: Recognizer | None = None, *, language: str = "en",
        without: str = "digits") -> dict[str, Any]:
    """Play all clips; return the figures as plain JSON values, times in seconds."""
    import jiwer

    if recognizer is None:
        from models.asr import moonshine

        recognizer = moonshine.load()
    aligner = Aligner()
    rows: list[dict[str, Any]] = []
    late: dict[str, list[float]] = {"first_word": [], "word": [], "final_after_speech": []}
    references, finals, aired = [], [], []
    total = Heard()
    played_s = 0.0
    for clip in clips(folder, language, without):
        heard = play(clip, recognizer)
        final = " ".join(w.text for h, _ in heard.finals for w in h.words)
        shown = " ".join(w.text for w, _ in heard.shown)
        references.append(" ".join(normal(clip.text)))
        finals.append(" ".join(normal(final)))
        aired.append(" ".join(normal(shown)))
        _add(late, clip, heard, aligner)
        played_s += len(clip.samples) / RATE_HZ + QUIET_S
        total.partials += heard.partials
        total.changed += heard.changed
        total.cpu_s += heard.cpu_s
        total.slowest_s = max(total.slowest_s, heard.slowest_s)
        rows.append({"clip": clip.name, "wer_final": jiwer.wer(references[-1], finals[-1]),
                     "wer_aired": jiwer.wer(references[-1], aired[-1]), "final": final, "aired": shown})
    if not rows:
        raise MediaError(f"{folder} has no clip in {language!r}", "Add recordings to its manifest.tsv")
    return {"clips": len(rows), "audio_s": played_s, "words": sum(len(r.split()) for r in references),
            "wer_final": jiwer.wer(references, finals), "wer_aired": jiwer.wer(references, aired),
            "latency_s": {name: {"n": len(v), **{f"p{p}": percentile(v, p) for p in (50, 95, 99)}}
                          for name, v in late.items()},
            "changed_words": total.changed, "partials": total.partials, "slowest_read_s": total.slowest_s,
            "cpu_per_audio_s": total.cpu_s / played_s, "normaliser": NORMALISER, "by_clip": rows}


def _add(late: dict[str, list[float]], clip: Clip, heard: Heard, aligner: Aligner) -> None:
    """Add the lateness of each shown and final word that is right, from the word's end by forced alignment."""
    spans = aligner.align(clip.samples, normal(clip.text))
    ends = [span.end_ns / NS if span and span.known else None for span in spans]
    shown = _matched(normal(clip.text), [word.text for word, _ in heard.shown])
    for place, reference in shown.items():
        end_s = ends[reference]
        if end_s is not None:
            lag_s = heard.shown[place][1] - end_s
            late["word"].append(lag_s)
            if place in heard.firsts:
                late["first_word"].append(lag_s)
    said = [word.text for h, _ in heard.finals for word in h.words]
    final, place = _matched(normal(clip.text), said), -1
    for hypothesis, at_s in heard.finals:
        place += len(hypothesis.words)
        end_s = ends[final[place]] if place in final else None
        if hypothesis.words and not hypothesis.continues and end_s is not None:
            late["final_after_speech"].append(at_s - end_s)


def _matched(reference: list[str], words: Sequence[str]) -> dict[int, int]:
    """Return, for each place in `words` that is right, the place in `reference` of the last thing it says."""
    said, places = [], []
    for place, word in enumerate(words):
        for part in normal(word):
            said.append(part)
            places.append(place)
    blocks = SequenceMatcher(None, said, reference, autojunk=False).get_matching_blocks()
    return {places[b.a + i]: b.b + i for b in blocks for i in range(b.size)}


def _samples(file: Path) -> NDArray[np.float32]:
    with wave.open(str(file)) as sound:
        if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE_HZ, 1, 2):
            raise MediaError(f"{file.name} is not 16 kHz mono with 16 bits", "Convert it first")
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / np.float32(32768)


def report(found: dict[str, Any]) -> str:
    """Return the figures as lines for people."""
    lines = [f"{found['clips']} clips, {found['audio_s']:.0f} s, {found['words']} words",
             f"WER final {found['wer_final']:.1%}, as aired {found['wer_aired']:.1%} ({found['normaliser']})"]
    for name, v in found["latency_s"].items():
        title = re.sub("_", " ", name)
        lines.append(f"{title}: p50 {v['p50']:.2f} s, p95 {v['p95']:.2f} s, p99 {v['p99']:.2f} s (n {v['n']})")
    return "\n".join([*lines, f"committed words changed: {found['changed_words']}",
                      (f"CPU {found['cpu_per_audio_s']:.2f} s per second of sound, slowest reading "
                       f"{found['slowest_read_s']:.2f} s, {found['partials']} partial hypotheses")])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bench from the command line; print the report and write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(prog="cuelight bench captions", description="How right and how late captions are.")
    parser.add_argument("folder", type=Path, help="recordings with manifest.tsv")
    parser.add_argument("--language", default="en")
    parser.add_argument("--without", default="digits", help="leave out clips with this in their name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    parser.add_argument("--words", action="store_true", help="print what was heard of each clip")
    options = parser.parse_args(argv)
    found = run(options.folder, language=options.language, without=options.without)
    print(report(found))
    if options.words:
        for row in found["by_clip"]:
            print(f"{row['clip']}: {row['wer_final']:.0%} final: {row['final']}\n  {row['wer_aired']:.0%} aired: "
                  f"{row['aired']}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
