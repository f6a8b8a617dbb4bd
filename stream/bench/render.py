"""render: what a render costs beside ffmpeg, melt and moviepy; its memory over length; its cost by tracks and length.

    python -m stream.bench.render [--jobs captions keyed slides memory linear] [--quick] [--json FILE]

Contenders of a job take turns, round after round, with the same codec, preset, CRF and encoder threads; ratios are
of wall times within a round. The JSON that `--json` writes:

    {"machine": {...}, "preset", "crf", "threads", "jobs": [{
        "name", "pictures": how many each file holds,
        "runs": {contender: [{"wall_s", "cpu_s", "rss_mb": most resident memory, "bytes"}]},
        "ratios": {peer: {"median", "lowest", "highest": of wall time, "cpu": median, "target"}},
        "absent": {peer: why}}],
     "memory": {"short_s", "long_s", "short_mb", "long_mb", "ratio", "target"},
     "linear": {"tracks"|"length": {"points": [[x, cpu_s]], "slope", "start", "r2"}}}
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.bench import render_jobs as jobs
from stream.bench.live import machine
from stream.bench.render_jobs import Job
from stream.errors import CuelightError, MediaError

ALIKE = 24
"""How far contenders' pictures may differ, in mean levels of 16x9 squares: other fonts and blurs are one film."""
NAMES = ("captions", "keyed", "slides", "memory", "linear")


@dataclass(frozen=True, slots=True)
class Run:
    """What one command cost: wall and processor time, the most memory it held (10^6 bytes), how large its file is."""

    wall_s: float
    cpu_s: float
    rss_mb: float
    bytes: int = 0


def timed(command: Sequence[str], env: Mapping[str, str], log: Path) -> Run:
    """Run `command` to its end; MediaError with its last words when it fails. Memory is of the process itself."""
    with log.open("wb") as messages:
        began_s = time.monotonic()
        process = subprocess.Popen(command, env=dict(env), stdin=subprocess.DEVNULL, stdout=messages,
                                   stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - began_s
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        words = log.read_text(errors="replace").strip().splitlines()
        raise MediaError(f"{Path(command[0]).name} failed: {words[-1] if words else process.returncode}", f"See {log}")
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def compare(job: Job, rounds: int, folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Run all contenders of `job` in turn, `rounds` times; return its row (see this module's first lines)."""
    runs: dict[str, list[Run]] = {name: [] for name in job.commands}
    seen: dict[str, NDArray[np.float32]] = {}
    env = jobs.environment(job)
    for number in range(rounds):
        names = list(job.commands)
        for name in names[number % len(names):] + names[:number % len(names)]:
            out = job.film(name)
            out.unlink(missing_ok=True)
            run = timed(job.commands[name], env, folder / f"{name}.log")
            check_pictures(out, job.pictures)
            seen.setdefault(name, sampled(out))
            if np.abs(seen[name] - next(iter(seen.values()))).mean() > ALIKE:
                raise MediaError(f"{out.name} shows something else than the others", "The contenders' films differ")
            runs[name].append(Run(run.wall_s, run.cpu_s, run.rss_mb, out.stat().st_size))
            tell(f"{job.name} {number + 1}/{rounds}: {name} {run.wall_s:.1f} s")
    return {"name": job.name, "pictures": job.pictures, "absent": job.absent,
            "runs": {name: [asdict(run) for run in done] for name, done in runs.items()},
            "ratios": {name: ratio(runs["cuelight"], runs[name], job.targets.get(name))
                       for name in job.commands if name != "cuelight"}}


def ratio(ours: Sequence[Run], theirs: Sequence[Run], target: float | None = None) -> dict[str, Any]:
    """Return our wall time as a share of theirs, round by round: median and spread; and the median for CPU time."""
    shares = sorted(a.wall_s / b.wall_s for a, b in zip(ours, theirs, strict=True))
    cpu = median(a.cpu_s / max(b.cpu_s, 1e-9) for a, b in zip(ours, theirs, strict=True))
    return {"median": round(median(shares), 3), "lowest": round(shares[0], 3), "highest": round(shares[-1], 3),
            "cpu": round(cpu, 3), "target": target}


def sampled(path: Path) -> NDArray[np.float32]:
    """Return the picture at 0.43 of the film at `path` (no slideshow here turns then) as 16x9 levels of grey."""
    import av

    with av.open(str(path)) as file:
        at_s = 0.43 * (file.duration or 0) / 1e6
        file.seek(round(at_s * 1e6))
        frame = next(frame for frame in file.decode(video=0) if (frame.time or 0.0) >= at_s - 0.1)
    return np.asarray(frame.to_ndarray(format="gray", width=16, height=9), np.float32)


def check_pictures(path: Path, wanted: int) -> None:
    """MediaError unless the film at `path` holds about `wanted` pictures (1 % or 3 more or less)."""
    import av

    with av.open(str(path)) as file:
        found = sum(1 for packet in file.demux(video=0) if packet.size)
    if abs(found - wanted) > max(3, wanted * 0.01):
        raise MediaError(f"{path.name} holds {found} pictures, not {wanted}", "The contenders' films differ")


def memory(folder: Path, short_s: int, long_s: int, threads: int) -> dict[str, Any]:
    """Return the most memory that a short and a long film of the same kind take."""
    env = jobs.environment(Job("memory", folder, {}))
    found = []
    for seconds in (short_s, long_s):
        command = jobs.long_film(folder, seconds, threads)
        found.append(timed(command, env, folder / "memory.log").rss_mb)
    return {"short_s": short_s, "long_s": long_s, "short_mb": round(found[0], 1), "long_mb": round(found[1], 1),
            "ratio": round(found[1] / found[0], 3), "target": 1.1}


def linear(folder: Path, threads: int, quick: bool) -> dict[str, Any]:
    """Return how processor time grows with tracks (10 s each) and with length (two tracks): a line fitted to each."""
    env = jobs.environment(Job("linear", folder, {}))

    def cost(tracks: int, seconds: float) -> float:
        command = jobs.stacked(folder, tracks, seconds, threads)
        Path(command[5]).unlink(missing_ok=True)  # of the run before
        return timed(command, env, folder / "linear.log").cpu_s

    tracks = (1, 2, 4, 8) if quick else (1, 2, 4, 8, 16)
    lengths = (10, 20, 40) if quick else (10, 20, 40, 80)
    return {"tracks": fit([(n, cost(n, 10)) for n in tracks]), "length": fit([(s, cost(2, s)) for s in lengths])}


def fit(points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Return the least-squares line through `points`: slope, value at 0, and r2, the share of variance it explains."""
    x, y = np.array(points, float).T
    slope, start = np.polyfit(x, y, 1)
    rest = float(((y - slope * x - start) ** 2).sum())
    whole = float(((y - y.mean()) ** 2).sum())
    return {"points": [[float(a), round(float(b), 3)] for a, b in points], "slope": round(float(slope), 4),
            "start": round(float(start), 3), "r2": round(1 - rest / whole, 4) if whole else 1.0}


def table(found: Mapping[str, Any]) -> Any:
    """Return everything measured as a table."""
    from rich.table import Table

    out = Table(title=f"render: x264 {found['preset']}, CRF {found['crf']}, {found['threads']} encoder threads",
                title_justify="left")
    for name in ("job", "contender", "wall s", "CPU s", "MB", "kB", "ours / theirs", "CPU", "target"):
        out.add_column(name, justify="left" if name in ("job", "contender") else "right")
    for job in found["jobs"]:
        for name, runs in job["runs"].items():
            share = job["ratios"].get(name)
            aim = f"{share['target']:g}" if share and share["target"] else ""
            middle = [f"{median(run[key] for run in runs):.{digits}f}" for key, digits in
                      (("wall_s", 1), ("cpu_s", 1), ("rss_mb", 0))]
            out.add_row(job["name"], name, *middle, f"{runs[-1]['bytes'] / 1000:.0f}",
                        f"{share['median']:.2f} ({share['lowest']:.2f}–{share['highest']:.2f})" if share else "",
                        f"{share['cpu']:.2f}" if share else "", aim)
        for name, why in job["absent"].items():
            out.add_row(job["name"], name, why)
    if kept := found.get("memory"):
        out.add_row("memory", f"{kept['short_s']} s, {kept['long_s']} s", "", "",
                    f"{kept['short_mb']:.0f}, {kept['long_mb']:.0f}", "", f"{kept['ratio']:.2f}", "",
                    f"{kept['target']:g}")
    for name, line in found.get("linear", {}).items():
        out.add_row("linear", name, "", f"{line['start']:.2f} + {line['slope']:.3f}x", "", "", f"r2 {line['r2']:.3f}")
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Measure from the command line; print the table, write JSON where asked."""
    from rich.console import Console

    parser = argparse.ArgumentParser(prog="cuelight bench render", description="Measure renders beside their peers.")
    parser.add_argument("--jobs", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--quick", action="store_true", help="short films: a look, not a measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2, help="of every encoder")
    parser.add_argument("--moviepy", default="", metavar="PYTHON", help="a Python that has moviepy")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep media, films and logs here")
    asked = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else 120)
    if not which("ffmpeg"):
        console.print("ffmpeg is what this compares with, and it is not installed", style="red")
        return 1
    found: dict[str, Any] = {"machine": machine(), "preset": jobs.PRESET, "crf": jobs.CRF, "threads": asked.threads,
                             "jobs": []}
    with tempfile.TemporaryDirectory(prefix="cuelight-bench-") as scratch:
        folder = Path(scratch)
        if asked.keep:
            asked.keep.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="render-", dir=asked.keep))
        try:
            _measure(asked, folder, found, lambda line: console.print(line, style="dim"))
        except CuelightError as error:
            console.print(str(error), style="red")
            return 1
        finally:
            if asked.json:
                asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            console.print(table(found))
    return 0


def _measure(asked: argparse.Namespace, folder: Path, found: dict[str, Any], tell: Callable[[str], None]) -> None:
    quick, threads = asked.quick, asked.threads
    makers: dict[str, Callable[[], Job]] = {
        "captions": lambda: jobs.burned(folder, 6 if quick else 60, threads),
        "keyed": lambda: jobs.keyed(folder, 3 if quick else 40, threads),
        "slides": lambda: jobs.slides(folder, 3 if quick else 8, threads, asked.moviepy)}
    for name, make in makers.items():
        if name in asked.jobs:
            found["jobs"].append(compare(make(), asked.rounds, folder, tell))
    if "memory" in asked.jobs:
        found["memory"] = memory(folder, *((10, 60) if quick else (60, 600)), threads)
    if "linear" in asked.jobs:
        found["linear"] = linear(folder, threads, quick)


if __name__ == "__main__":
    raise SystemExit(main())
