"""demo_summary: what the demo checks of the files it leaves, and how it shows that."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from stream.bench.captions import normal
from stream.bench.pipeline import read_json
from stream.bench.prepare import DEMO
from stream.codecs.decode import VideoDecoder
from stream.codecs.demux import Demuxer

CLIP, SCRIPT = DEMO / "clip.mp4", DEMO / "script.txt"
MOST_WER, LEAST_SHOWN = 0.25, 0.75  # a machine at its limit drops pictures: told, and no fault up to here


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the summary: what, what came, and whether that is as it should be (None: only told)."""

    name: str
    found: str
    good: bool | None = None


def pictures_in(path: Path) -> tuple[int, float, str]:
    """Decode the file at `path`: how many pictures, how many seconds of sound, and what it holds."""
    demuxer = Demuxer(str(path))
    try:
        decoder: VideoDecoder | None = None
        pictures = sound_ns = packets = 0
        for packet in demuxer.packets():
            if packet.setup.kind == "audio":
                sound_ns += packet.duration_ns
                continue
            decoder = decoder or VideoDecoder(packet.setup)
            pictures += len(decoder.decode(packet, packets))
            packets += 1
        if decoder is not None:
            pictures += len(decoder.flush())
        return pictures, sound_ns / 1e9, " + ".join(s.describe() for s in demuxer.setups)
    finally:
        demuxer.close()


def spoken_in(captions: Path) -> str:
    """Return the words of an SRT file, without numbers, times and tags."""
    words = []
    for block in captions.read_text("utf-8").strip().split("\n\n"):
        words += block.split("\n")[2:]
    text = " ".join(words)
    while (start := text.find("<")) >= 0 and (end := text.find(">", start)) >= 0:
        text = text[:start] + text[end + 1:]
    return text


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Return how many words must be changed, left out or put in to make `reference` of `heard` (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def check_live(folder: Path, pictures: int, sounds: int) -> list[Check]:
    """Look at what the live part left behind; `pictures` and `sounds` are what the second receiver got."""
    report = read_json(folder / "report.json")
    metrics: dict[str, Any] = report["metrics"]
    sent = pictures_in(CLIP)[0]
    out = metrics.get("frames_out", 0)
    dropped = sum(n for name, n in metrics.items() if name.startswith("drops.") or name == "ticks_skipped")
    file_pictures, file_sound_s, holds = pictures_in(folder / "out.mp4")
    latency = metrics.get("latency_ms") or {}
    words = metrics.get("word_latency_s") or {}
    return [
        Check("frames published / shown / dropped", f"{sent} / {out} / {dropped}", out >= LEAST_SHOWN * sent),
        Check("second receiver (RTMP)", f"{pictures} pictures, {sounds} sound packets",
              pictures >= LEAST_SHOWN * sent and sounds > 0),
        Check("out.mp4", f"{file_pictures} pictures, {file_sound_s:.1f} s of sound, {holds}",
              file_pictures >= LEAST_SHOWN * sent and file_sound_s > 0.9 * sent / 30),
        Check("latency, packet in to packet out",
              f"p50 {latency.get('p50', 0):.0f} ms, p95 {latency.get('p95', 0):.0f} ms", bool(latency)),
        Check("word shown after it was spoken",
              f"p50 {words.get('p50', 0):.2f} s, p95 {words.get('p95', 0):.2f} s", bool(words)),
    ]


def check_captions(recording: Path) -> tuple[Check, list[str], list[str]]:
    """Compare the recording's final captions with the script; return the check and both as words."""
    script, heard = SCRIPT.read_text("utf-8").split(), spoken_in(recording / "captions.srt").split()
    reference = normal(" ".join(script))
    wrong = word_errors(reference, normal(" ".join(heard)))
    rate = wrong / len(reference)
    check = Check("word error rate of the captions", f"{rate:.1%} ({wrong} of {len(reference)} words)",
                  rate <= MOST_WER)
    return check, script, heard


def show(checks: Sequence[Check], script: Sequence[str], heard: Sequence[str], folder: Path, recording: Path) -> None:
    """Print the transcript beside the script, the checks, and where the files lie."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    beside = Table("script", "captions", title="What was read, and what was captioned", title_justify="left",
                   width=min(110, console.width))
    beside.add_row(*_differences(script, heard))
    console.print(beside)
    summary = Table("", "", "", show_header=False, title="Summary", title_justify="left")
    for check in checks:
        mark = "" if check.good is None else "[green]ok[/]" if check.good else "[red]FAILED[/]"
        summary.add_row(check.name, check.found, mark)
    console.print(summary)
    console.print(f"Files in {folder}:", highlight=False)
    for name, what in (("out.mp4", "the programme as sent"), ("replay.mp4", "the as-aired Timeline, rendered again"),
                       (recording.name + "/", "recording: as-aired.json, polished.json, captions.srt, captions.vtt"),
                       ("report.json", "all figures"), ("live.log", "what cuelight live said")):
        console.print(f"  {name:<24} {what}", highlight=False)


def _differences(script: Sequence[str], heard: Sequence[str]) -> tuple[Any, Any]:
    """Return both texts, what differs between them in colour."""
    from rich.text import Text

    left, right = Text(), Text()
    said, caption = (["".join(normal(word)) for word in side] for side in (script, heard))
    for kind, a, b, c, d in SequenceMatcher(None, said, caption, autojunk=False).get_opcodes():
        style = "" if kind == "equal" else "bold yellow"
        left.append(" ".join([*script[a:b], ""]), style)
        right.append(" ".join([*heard[c:d], ""]), style)
    return left, right
