"""doctor: what this machine can do, what is missing, and the remedy; nothing is believed that was not tried."""

import importlib.metadata
import json
import os
import platform
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from stream.errors import CuelightError, MediaError

Severity = Literal["ok", "note", "problem"]
ROOT = Path(__file__).resolve().parent.parent
RTMP_PORT = 1935
LOW_DISK_BYTES = 5 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: a `note` limits something, a `problem` stops something; both come with a remedy."""

    part: str
    severity: Severity
    message: str
    remedy: str = ""


def report() -> list[Finding]:
    """Try everything the product needs here (one to three seconds) and return what was found."""
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "python": _python, "packages": _packages, "inference": _inference, "encoders": _encoders,
        "decoders": _decoders, "models": _models, "speech": _speech, "fonts": _fonts, "kernels": _kernels,
        "port": _port, "disk": _disk}
    found: list[Finding] = []
    for part, check in checks.items():
        try:
            found.extend(check())  # what comes before an error is kept
        except CuelightError as error:
            found.append(Finding(part, "problem", error.message, error.remedy))
        except (ImportError, OSError) as error:
            found.append(Finding(part, "problem", f"cannot be tried: {error}", "Run: make setup"))
    return found


def run(*, as_json: bool = False) -> int:
    """Print the report; return the exit code: 1 when there is a problem."""
    found = report()
    problems = sum(f.severity == "problem" for f in found)
    if as_json:
        print(json.dumps({"problems": problems, "findings": [asdict(f) for f in found]}, indent=2, ensure_ascii=False))
    else:
        for f in found:
            print(f"{f.severity:<8} {f.part:<11} {f.message}")
            if f.remedy:
                print(f"{'':<8} {'':<11} -> {f.remedy}")
        print("Everything that is needed is here." if not problems else
              f"{problems} problem{'s' if problems > 1 else ''} found.")
    return 1 if problems else 0


def _python() -> Iterator[Finding]:
    here = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if (os.cpu_count() or 1) < 2:
        yield Finding("python", "note", here, "720p with captions and a matte needs two cores")
    else:
        yield Finding("python", "ok", here)


def pinned(lock: str) -> dict[str, str]:
    """Return the version of every package that the text of a lock pins for this machine."""
    from packaging.requirements import Requirement

    wanted = {}
    for line in lock.splitlines():
        if "==" in line and not line.startswith(("#", " ")):
            requirement = Requirement(line.rstrip(" \\"))
            if requirement.marker is None or requirement.marker.evaluate():
                wanted[requirement.name] = str(requirement.specifier).removeprefix("==")
    return wanted


def _packages() -> Iterator[Finding]:
    lock = ROOT / "requirements" / "core.lock"
    if not lock.exists():
        yield Finding("packages", "note", "no lock beside this installation, so versions are not compared",
                      "Work in a checkout to have exactly what was tested")
        return
    wanted = pinned(lock.read_text("utf-8"))
    here = {name: _version(name) for name in wanted}
    absent = [name for name, version in here.items() if not version]
    other = [f"{name} {version} (not {wanted[name]})" for name, version in here.items()
             if version and version != wanted[name]]
    if absent:
        yield Finding("packages", "problem", f"not installed: {', '.join(absent)}", "Run: make setup")
    if other:
        yield Finding("packages", "note", f"other versions than tested: {', '.join(other)}", "Run: make setup")
    if not absent and not other:
        yield Finding("packages", "ok", f"{len(wanted)} packages as locked")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _inference() -> Iterator[Finding]:
    from models import onnx, weights

    if clash := onnx.conflict():
        yield Finding("inference", "problem", clash, "Run: make setup")
    provider = onnx.session(weights.path("selfie/general")).provider
    if provider == "cpu" and Path("/dev/nvidia0").exists():
        yield Finding("inference", "note", "models run on the CPU although there is an NVIDIA device",
                      "Run: make setup-cuda, and check the driver with nvidia-smi")
    else:
        yield Finding("inference", "ok", f"models run on {provider}")


def _encoders() -> Iterator[Finding]:
    from stream.codecs.encode import AudioEncoder, Rendition

    working = [name for name in ("h264_nvenc", "libx264") if _encodes(name)]
    for codec in ("aac", "opus"):
        AudioEncoder(Rendition(256, 144, Fraction(30), audio_codec=codec))
    if working:
        yield Finding("encoders", "ok", f"H.264 by {' and '.join(working)}; AAC, Opus")
    else:
        yield Finding("encoders", "problem", "no H.264 encoder works", "Install the av package from its wheel")


def _encodes(name: str) -> bool:
    """Whether encoder `name` opens here and makes a packet of a picture."""
    from stream.codecs.encode import Rendition, VideoEncoder
    from stream.media import new_frame

    try:
        encoder = VideoEncoder(Rendition(256, 144, Fraction(30), encoder=name, video_bitrate=200_000))
        return bool([*encoder.encode(new_frame(256, 144)), *encoder.flush()])
    except MediaError:
        return False


def _decoders() -> Iterator[Finding]:
    import av

    wanted = {"h264": "H.264", "hevc": "HEVC", "av1": "AV1", "libdav1d": "AV1", "aac": "AAC", "opus": "Opus"}
    here = {title for name, title in wanted.items() if name in av.codecs_available}
    absent = sorted(set(wanted.values()) - here)
    severity: Severity = "problem" if {"H.264", "AAC"} & set(absent) else "note" if absent else "ok"
    if absent:
        yield Finding("decoders", severity, f"not there: {', '.join(absent)}", "Install the av package from its wheel")
    else:
        yield Finding("decoders", "ok", f"{', '.join(sorted(here))} (FFmpeg in av {av.__version__})")


def _models() -> Iterator[Finding]:
    from models import weights

    fine, optional = [], []
    for card in weights.cards():
        if card.kind == "align" and not weights.installed(card):
            continue  # `_speech` tells
        if card.optional and not weights.installed(card):
            optional.append(card.name)
            continue
        for file in card.files:
            weights.verify(f"{card.name}/{file.name}")
        fine.append(card.name)
    yield Finding("models", "ok", f"verified: {', '.join(fine)}" if fine else "none")
    if optional:
        yield Finding("models", "note", f"optional, not installed: {', '.join(optional)}",
                      f"Run: cuelight models get {optional[0]}")


def _speech() -> Iterator[Finding]:
    import sherpa_onnx

    engine = f"sherpa-onnx {sherpa_onnx.version} loads"
    if _version("pocketsphinx"):
        yield Finding("speech", "ok", f"{engine}; word times aligned by PocketSphinx")
    else:
        yield Finding("speech", "note", f"{engine}; PocketSphinx is not installed: word times are interpolated",
                      "It has ready packages for Python 3.11 and 3.13")
    yield from _engines()


def _engines() -> Iterator[Finding]:
    """Which engines could be used now; those that only wait for a model of the user's are named."""
    from stream.models_command import engines

    for kind, title in (("asr", "hears"), ("tts", "speaks")):
        found = engines()[kind]
        ready = [name for name, engine in found.items() if not engine["missing"]]
        yield Finding("speech", "ok" if ready else "problem",
                      f"{title}: {', '.join(ready) or 'nothing'}", "" if ready else "Run: make setup")
        waiting = [f"{name} ({engine['missing']})" for name, engine in found.items()
                   if engine["missing"] and ":FOLDER" not in engine["missing"]]
        if waiting:
            yield Finding("speech", "note", f"optional, not here: {'; '.join(waiting)}", "See: cuelight models")


def _fonts() -> Iterator[Finding]:
    from stream import fonts

    faces = len(fonts.collection().faces)
    yield Finding("fonts", "ok", f"{faces} packaged faces: Latin, CJK, Arabic, Devanagari, emoji and more")


def _kernels() -> Iterator[Finding]:
    places = [Path(p) for p in [os.environ.get("NUMBA_CACHE_DIR", "")] if p]
    places += [Path(__file__).parent / "render" / "__pycache__",
               Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "numba"]
    for place in places:
        if _writable(place):
            yield Finding("kernels", "ok", f"compiled pixel kernels are kept in {place}")
            return
    yield Finding("kernels", "note", "no folder for compiled pixel kernels: every start compiles for some seconds",
                  "Set NUMBA_CACHE_DIR to a folder that can be written")


def _writable(place: Path) -> bool:
    """Whether `place` is, or can be made, a folder that can be written."""
    nearest = next(p for p in (place, *place.parents) if p.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _port() -> Iterator[Finding]:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", RTMP_PORT))
        except OSError:
            yield Finding("port", "note", f"port {RTMP_PORT} (RTMP) is taken, perhaps by a Cuelight that runs",
                          "Stop the other program, or listen on another port: rtmp-listen://0.0.0.0:1936/live/KEY")
            return
    yield Finding("port", "ok", f"port {RTMP_PORT} (RTMP) is free")


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(Path.cwd()).free
    message = f"{free / 1e9:.0f} GB free in {Path.cwd()}"
    if free < LOW_DISK_BYTES:
        yield Finding("disk", "note", message, "A recording takes about 2 GB an hour at 4 Mb/s; see --record")
    else:
        yield Finding("disk", "ok", message)
