"""live: what the live pipeline costs and delays, measured from outside: RTMP in, RTMP out, each part in a process.

    python -m stream.bench.live --size 720p --preset superfast --seconds 60 --mode base captions matte matte+captions

A publisher process stream-copies a prepared clip (bar code, speech, clicks) to `cuelight live`; this process
receives what comes out. Figures are of the time after the warm-up. The JSON that `--json` writes:

    {"machine": {...}, "runs": [{
        "mode", "size", "preset", "seconds", "kbps", "content",
        "ready_s": from start of the process until it listens,
        "received": stream.bench.received.Report (lost, repeated, latency_ms = glass to glass, av, ...),
        "usage": stream.bench.measure.Usage of cuelight live (cores, by_thread, rss_mb, ...),
        "publisher_cores", "fps", "other_load_cores": what else ran on the machine meanwhile,
        "asr_cores": thread "asr"; "cpu_ms_per_frame": the rest of the cores over fps,
        "session": the report of `cuelight live --json` as it is. Read from its "metrics":
            "latency_ms" {p50 p95 p99 max}: last packet a frame needs in -> its packet out of the encoder,
            "word_latency_s" {p50 p95}: end of a word -> committed, "ticks", "ticks_skipped", "held",
            "matte_older", "matte_missing", "drops.*",
    }]}
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from stream.bench.measure import Usage, busy_s, measure
from stream.bench.pipeline import HOST, IN_KEY, OUT_KEY, child, free_port, last_words, listening, read_json
from stream.bench.prepare import DEMO, Content, prepare
from stream.bench.received import Received
from stream.bench.receiver import receive_url
from stream.errors import CuelightError, MediaError

SIZES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080)}
MODES = ("base", "captions", "matte", "matte+captions")
LINGER_S = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: what is measured, and for how long after `warmup_s`."""

    mode: str
    size: tuple[int, int]
    preset: str
    seconds: float
    warmup_s: float
    kbps: int
    content: Content

    def arguments(self) -> list[str]:
        """Return what `cuelight live` is told for this mode."""
        out = ["--captions"] if "captions" in self.mode else ["--no-captions"]
        if "matte" in self.mode:
            out += ["--background", str(DEMO / "beach.jpg")]
        return [*out, "--preset", self.preset]


async def run(plan: Plan, clip: Path, folder: Path) -> dict[str, Any]:
    """Measure one plan with `clip` in an empty `folder`; return its row (see this module's first lines)."""
    port_in, port_out = free_port(), free_port()
    env = {IN_KEY: "bench-in", OUT_KEY: "bench-out"}
    log, report = folder / "live.log", folder / "report.json"
    source, target = f"rtmp-listen://{HOST}:{port_in}/live/${{{IN_KEY}}}", f"rtmp://{HOST}:{port_out}/live/${{{OUT_KEY}}}"
    received, loop = Received(), asyncio.get_running_loop()
    receiving = asyncio.create_task(receive_url(f"rtmp-listen://{HOST}:{port_out}/live/bench-out", into=received,
                                                options={"first_s": "60"}), name="receive")
    began_s = loop.time()
    live = ["-m", "stream.cli", "live", source, "--to", target, "--record", str(folder / "recording"), "--json",
            str(report), "--option", "reconnect_s=1", *plan.arguments()]
    try:
        async with child(live, env, log) as pipeline:
            await listening(pipeline, port_in, log)
            ready_s = loop.time() - began_s
            publishing = ["-m", "stream.bench.publish", str(clip),
                          f"rtmp://{HOST}:{port_in}/live/${{{IN_KEY}}}", "--wait", "5"]
            async with child(publishing, env, folder / "publish.log") as publisher:
                zero_ns = await _zero(publisher, folder / "publish.log")
                await asyncio.sleep(zero_ns / 1e9 + plan.warmup_s - loop.time())
                before_s, own_s = busy_s(), time.process_time()
                usage, publisher_usage = await asyncio.gather(measure(pipeline.pid, plan.seconds),
                                                              measure(publisher.pid, plan.seconds))
                others_s = busy_s() - before_s - (time.process_time() - own_s)
                await publisher.wait()
            async with asyncio.timeout(60):
                await pipeline.wait()
            if pipeline.returncode:
                raise MediaError(f"cuelight live ended with {pipeline.returncode}: {last_words(log)}", f"See {log}")
        async with asyncio.timeout(10):
            await receiving
    finally:
        receiving.cancel()
        await asyncio.wait([receiving])
    found = received.report(zero_ns, plan.warmup_s)
    others = others_s / plan.seconds - usage.cores - publisher_usage.cores
    return {**_row(plan, ready_s, usage, publisher_usage, found.to_json(), read_json(report)),
            "other_load_cores": round(others, 2)}


async def _zero(publisher: Any, log: Path) -> int:
    line = await publisher.stdout.readline()
    if not line:
        await publisher.wait()
        raise MediaError(f"nothing could be published: {last_words(log)}", f"See {log}")
    return int(json.loads(line)["zero_ns"])


def _row(plan: Plan, ready_s: float, usage: Usage, publisher: Usage, received: dict[str, Any],
         session: dict[str, Any]) -> dict[str, Any]:
    fps = received["received"] / max(received["seconds"], 1e-9)
    asr = sum(cores for name, cores in usage.by_thread.items() if name == "asr")
    return {"mode": plan.mode, "size": list(plan.size), "preset": plan.preset, "seconds": plan.seconds,
            "kbps": plan.kbps, "content": plan.content, "ready_s": round(ready_s, 2), "received": received,
            "usage": usage.to_json(), "publisher_cores": round(publisher.cores, 3), "fps": round(fps, 3),
            "asr_cores": round(asr, 3), "cpu_ms_per_frame": round((usage.cores - asr) / fps * 1000, 2),
            "session": session}


def table(rows: Sequence[dict[str, Any]]) -> Any:
    """Return the rows as a table: one column for each run."""
    from rich.table import Table

    out = Table(title="live: RTMP in, RTMP out", title_justify="left")
    out.add_column("")
    for row in rows:
        out.add_column(f"{row['mode']}\n{row['size'][0]}x{row['size'][1]} {row['preset']}", justify="right")
    for name, cell in _CELLS:
        out.add_row(name, *(cell(row) for row in rows))
    return out


def _spread(value: dict[str, Any] | None, digits: int = 0) -> str:
    if not value:
        return "–"
    return " / ".join(f"{value[k]:.{digits}f}" for k in ("p50", "p95", "p99", "max"))


def _metric(row: dict[str, Any], name: str) -> Any:
    return cast(dict[str, Any], row["session"].get("metrics", {})).get(name)


def _drops(row: dict[str, Any]) -> str:
    metrics = row["session"].get("metrics", {})
    counts = {k: v for k, v in metrics.items() if v and (k.startswith("drops.") or k == "ticks_skipped")}
    return ", ".join(f"{k.removeprefix('drops.')} {v}" for k, v in counts.items()) or "0"


def _av(row: dict[str, Any]) -> str:
    av = row["received"]["av"]
    return f"{av['median_ms']:+.1f} (max {av['max_abs_ms']:.1f})" if av else "–"


def _threads(row: dict[str, Any]) -> str:
    return "\n".join(f"{name} {cores:.2f}" for name, cores in list(row["usage"]["by_thread"].items())[:9])


_CELLS = (
    ("frames received", lambda r: str(r["received"]["received"])),
    ("lost / repeated / unread", lambda r: " / ".join(str(r["received"][k]) for k in ("lost", "repeated", "unread"))),
    ("dropped inside, whole run", _drops),
    ("glass to glass ms p50/95/99/max", lambda r: _spread(r["received"]["latency_ms"])),
    ("packet in to packet out ms, whole run", lambda r: _spread(_metric(r, "latency_ms"))),
    ("sound after picture ms", _av),
    ("cores", lambda r: f"{r['usage']['cores']:.2f}"),
    ("by thread", _threads),
    ("VAD and ASR cores", lambda r: f"{r['asr_cores']:.2f}"),
    ("CPU ms/frame without ASR", lambda r: f"{r['cpu_ms_per_frame']:.1f}"),
    ("committed word s p50/95/99/max", lambda r: _spread(_metric(r, "word_latency_s"), 2)),
    ("memory MB now (peak)", lambda r: f"{r['usage']['rss_mb']:.0f} ({r['usage']['rss_peak_mb']:.0f})"),
    ("ready after s", lambda r: f"{r['ready_s']:.1f}"),
    ("cores of publisher, of all else", lambda r: f"{r['publisher_cores']:.2f}, {r['other_load_cores']:.2f}"),
)


def _size(text: str) -> tuple[int, int]:
    if text in SIZES:
        return SIZES[text]
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"a size is {', '.join(SIZES)} or WIDTHxHEIGHT")
    return int(width), int(height)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.processor()) if Path("/proc/cpuinfo").exists() else ""
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "load_1min": os.getloadavg()[0]}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure from the command line; print the table, write JSON where asked."""
    from rich.console import Console

    parser = argparse.ArgumentParser(prog="python -m stream.bench.live", description="Measure the live pipeline.")
    parser.add_argument("--size", type=_size, default=SIZES["720p"])
    parser.add_argument("--preset", default="superfast")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warmup", type=float, default=5.0, metavar="S")
    parser.add_argument("--mode", nargs="+", choices=MODES, default=["matte+captions"])
    parser.add_argument("--content", choices=("person", "scene"), default="person")
    parser.add_argument("--kbps", type=int, default=0, help="of the publisher (default: 4000, at 1080p 6000)")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep logs and recordings here")
    asked = parser.parse_args(argv)
    kbps = asked.kbps or (6000 if asked.size[1] > 720 else 4000)
    rows, console, failed = [], Console(), False
    with tempfile.TemporaryDirectory(prefix="cuelight-bench-") as scratch:
        place = asked.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        clip = prepare(Path(scratch) / "clip.mp4", asked.content, asked.size, asked.seconds + asked.warmup + LINGER_S,
                       kbps=kbps)
        for mode in asked.mode:
            folder = Path(tempfile.mkdtemp(prefix=f"{mode}-", dir=place))
            plan = Plan(mode, asked.size, asked.preset, asked.seconds, asked.warmup, kbps, asked.content)
            try:
                rows.append(asyncio.run(run(plan, clip, folder)))
            except (CuelightError, TimeoutError) as error:
                console.print(f"{mode}: {error or 'it did not end in time'}", style="red")
                failed = True
    if rows:
        console.print(table(rows))
    if asked.json:
        asked.json.write_text(json.dumps({"machine": machine(), "runs": rows}, indent=1) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
