"""matting: how right and how fast keying is, ours and ffmpeg's, on a screen whose alpha is known.

A person from a clip is cut out by the segmenter, given fine strands, and laid over a green screen with uneven light,
her shadow, spill and noise; that goes through H.264 at 4:2:0. What was laid is what keying should find.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.errors import MediaError
from stream.media import Scaler, VideoFrame, from_av, from_rgb
from stream.metrics import percentile
from stream.timeline.program import Box, Color, KeySpec

SCREEN = (58, 156, 70)
SETTINGS = ((0.03, 0.05), (0.05, 0.05), (0.07, 0.05), (0.05, 0.1), (0.07, 0.1), (0.1, 0.0), (0.1, 0.05), (0.1, 0.1))
"""ffmpeg's chromakey similarity and blend that are tried; the best is what ours is held against."""
Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scene:
    """A keyed recording: its file, the true alphas (h, w) of every `every`th frame, and its size."""

    file: Path
    truths: dict[int, NDArray[np.uint8]]
    width_px: int
    height_px: int
    frames: int


def make_scene(clip: Path, folder: Path, frames: int, size: tuple[int, int], every: int = 6) -> Scene:
    """Write the recording; MediaError when `clip` cannot be read. The same arguments make the same file."""
    import av

    width, height = size
    scene = Scene(folder / "screen.mp4", {}, width, height, frames)
    rng = np.random.default_rng(7)
    with av.open(str(scene.file), "w") as out:
        video: Any = out.add_stream("libx264", rate=Fraction(30), options={"crf": "20", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.colorspace, video.codec_context.color_range = 1, 1
        for number, (person, alpha) in enumerate(people(clip, frames, size)):
            if number % every == 0:
                scene.truths[number] = np.rint(alpha * 255).astype(np.uint8)
            picture = from_rgb(on_screen(person, alpha, rng)).av
            picture.pts, picture.time_base = number, Fraction(1, 30)
            out.mux(video.encode(picture))
        out.mux(video.encode(None))
    if not scene.truths:
        raise MediaError(f"{clip} has no pictures", "Name a clip with a person")
    return scene


def people(clip: Path, frames: int, size: tuple[int, int]) -> Iterator[tuple[Picture, Picture]]:
    """Yield (RGB 0 to 255, alpha in [0, 1]) of the person in `clip`, one after another."""
    import av

    from models.matting import selfie
    from stream.render.matte import Refiner

    segmenter, scaler = selfie.load("general", "cpu"), Scaler()
    stream, refiner = segmenter.open(), Refiner(segmenter.height_px, segmenter.width_px)
    strands = _strands(size)
    with av.open(str(clip)) as file:
        for number, decoded in enumerate(file.decode(video=0)):
            if number == frames:
                return
            frame = from_av(decoded, 0)
            small = scaler.rgb(frame, segmenter.width_px, segmenter.height_px)
            matte = refiner.refine(stream.segment(small), small)
            wide = scaler.frame(from_rgb(np.repeat(matte[:, :, None], 3, axis=2)), *size).y
            field = (wide.astype(np.float32) - 16) / 219 + strands
            t = np.clip((field - 0.3) / 0.4, 0, 1)
            yield scaler.rgb(frame, *size).astype(np.float32), (t * t * (3 - 2 * t)).astype(np.float32)


def _strands(size: tuple[int, int]) -> Picture:
    """What is added to a soft matte so that its edge frays: slanted waves of two widths, clear where it is clear."""
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    waves = np.sin(x * 0.9 + y * 0.35) * 0.11 + np.sin(x * 0.23 - y * 0.41) * 0.11
    return np.asarray(waves, np.float32)


def on_screen(person: Picture, alpha: Picture, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the person before a green screen, RGB: light from the upper left, her shadow, spill at her edge, noise."""
    height, width = alpha.shape
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    light = 1.12 - 0.45 * x - 0.25 * y * y + 0.1 * np.exp(-((x - 0.3) ** 2 + (y - 0.2) ** 2) * 12)
    near = _blurred(alpha, 24)
    shadow = np.pad(near, ((10, 0), (50, 0)), mode="edge")[:height, :width]
    screen = np.asarray(SCREEN, np.float32) * (light * (1 - 0.22 * shadow))[:, :, None]
    spill = (alpha * (1 - near) * 0.35)[:, :, None]
    lit = person + spill * np.asarray((0, 110, 12), np.float32)
    mixed = lit * alpha[:, :, None] + screen * (1 - alpha[:, :, None])
    noise = rng.normal(0, 4, (height, width, 3)).astype(np.float32)
    picture: NDArray[np.uint8] = np.clip(np.rint(mixed + noise), 0, 255).astype(np.uint8)
    return picture


def _blurred(field: Picture, reach: int) -> Picture:
    """A box blur, three times, edges held."""
    for axis in (0, 1, 0, 1, 0, 1):
        padded = np.pad(field, [(reach + 1, reach) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
        sums = np.cumsum(padded, axis=axis, dtype=np.float64)
        high, low = np.split(sums, [2 * reach + 1], axis)[1], np.split(sums, [-2 * reach - 1], axis)[0]
        field = ((high - low) / (2 * reach + 1)).astype(np.float32)
    return field


def errors(found: NDArray[np.uint8], truth: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the mean absolute difference of two alphas, over all pixels and along the true edge, in [0, 1]."""
    edge = _blurred(((truth > 5) & (truth < 250)).astype(np.float32), 2) > 0.05
    off = np.abs(found.astype(np.float32) - truth.astype(np.float32)) / 255
    return float(off.mean()), float(off[edge].mean())


def ours(scene: Scene, spec: KeySpec) -> dict[str, Any]:
    """Key every frame and lay it over a picture; return errors and ms per frame (one thread, decoding left out)."""
    import av

    from stream.render.compositor import Canvas, Picture, compose, solid
    from stream.render.key import key

    canvas, whole = Canvas(scene.width_px, scene.height_px), Box(0, 0, scene.width_px, scene.height_px)
    under = Picture(solid(scene.width_px, scene.height_px, Color(40, 60, 120)), whole)
    off, key_ms, all_ms = [], [], []
    with av.open(str(scene.file)) as file:
        for number, decoded in enumerate(file.decode(video=0)):
            frame: VideoFrame = from_av(decoded, 0)
            began_s = time.perf_counter()
            cut = key(frame, spec)
            keyed_s = time.perf_counter()
            compose(canvas, [under, Picture(cut, whole)])
            all_ms.append((time.perf_counter() - began_s) * 1e3)
            key_ms.append((keyed_s - began_s) * 1e3)
            if number in scene.truths and cut.a is not None:
                off.append(errors(cut.a, scene.truths[number]))
    return {**_means(off), "key_ms": percentile(key_ms, 50), "ms": percentile(all_ms, 50), "best_ms": min(all_ms)}


def _means(off: Sequence[tuple[float, float]]) -> dict[str, float]:
    return {"mad": sum(o[0] for o in off) / len(off), "edge_mad": sum(o[1] for o in off) / len(off)}


def theirs(scene: Scene, ffmpeg: str) -> dict[str, Any]:
    """The same by ffmpeg's chromakey, despill and overlay: the settings with the least error, and ms per frame."""
    tried = {}
    for similarity, blend in SETTINGS:
        chain = f"chromakey={_hex(SCREEN)}:{similarity}:{blend}"
        wanted = "+".join(f"eq(n,{n})" for n in scene.truths)
        raw = _run([ffmpeg, "-v", "error", "-i", str(scene.file), "-vf",
                    f"select='{wanted}',{chain},format=yuva420p,alphaextract", "-vsync", "0",
                    "-pix_fmt", "gray", "-f", "rawvideo", "-"])
        alphas = np.frombuffer(raw, np.uint8).reshape(-1, scene.height_px, scene.width_px)
        tried[f"{similarity}:{blend}"] = _means([errors(a, t) for a, t in zip(alphas, scene.truths.values(),
                                                                              strict=True)])
    best = min(tried, key=lambda name: tried[name]["mad"])
    one = [ffmpeg, "-v", "error", "-threads", "1", "-filter_threads", "1", "-filter_complex_threads", "1"]
    under = ["-f", "lavfi", "-i", f"color=0x283c78:s={scene.width_px}x{scene.height_px}:d=0.04,loop=-1:1"]
    read = [*one, "-i", str(scene.file), "-f", "null", "-"]
    keyed = [*one, "-i", str(scene.file), *under, "-filter_complex",
             f"[0]chromakey={_hex(SCREEN)}:{best},despill=green[k];[1][k]overlay=shortest=1:format=yuv420",
             "-f", "null", "-"]
    plain = [part.replace(",despill=green", "") for part in keyed]
    spent = {name: min(_timed(line) for _ in range(2)) for name, line in
             (("read", read), ("keyed", keyed), ("plain", plain))}
    return {**tried[best], "settings": best, "tried": tried,
            "ms": (spent["keyed"] - spent["read"]) / scene.frames * 1e3,
            "without_despill_ms": (spent["plain"] - spent["read"]) / scene.frames * 1e3}


def _hex(rgb: tuple[int, int, int]) -> str:
    return "0x{:02x}{:02x}{:02x}".format(*rgb)


def _run(line: Sequence[str]) -> bytes:
    done = subprocess.run(line, capture_output=True, check=False)
    if done.returncode:
        raise MediaError(f"ffmpeg failed: {done.stderr.decode(errors='replace').strip()[-300:]}", "Try another ffmpeg")
    return done.stdout


def _timed(line: Sequence[str]) -> float:
    began_s = time.perf_counter()
    _run(line)
    return time.perf_counter() - began_s


def run(clip: Path, *, frames: int = 36, size: tuple[int, int] = (1920, 1080), threshold: float = 5.0,
        ffmpeg: str | None = None) -> dict[str, Any]:
    """Return the figures of both as plain JSON values; without an `ffmpeg` program only ours."""
    with tempfile.TemporaryDirectory() as folder:
        scene = make_scene(clip, Path(folder), frames, size)
        ours(scene, KeySpec(None, threshold))  # once, so that everything is compiled and touched
        found: dict[str, Any] = {"size": list(size), "frames": frames, "ours": ours(scene, KeySpec(None, threshold))}
        if ffmpeg:
            found["ffmpeg"] = theirs(scene, ffmpeg)
            found["ratio"] = found["ours"]["ms"] / found["ffmpeg"]["ms"]
    return found


def report(found: dict[str, Any]) -> str:
    """Return the figures as lines for people."""
    mine = found["ours"]
    lines = [f"green screen {found['size'][0]}x{found['size'][1]}, {found['frames']} frames, one thread",
             f"{'':9}{'MAD':>8}{'edge MAD':>10}{'ms/frame':>10}",
             (f"{'ours':9}{mine['mad']:8.4f}{mine['edge_mad']:10.4f}{mine['ms']:10.2f}  (key and despill alone "
              f"{mine['key_ms']:.2f})")]
    if "ffmpeg" in found:
        other = found["ffmpeg"]
        lines.append(f"{'ffmpeg':9}{other['mad']:8.4f}{other['edge_mad']:10.4f}{other['ms']:10.2f}  (chromakey "
                     f"{other['settings']}, despill, overlay; without despill {other['without_despill_ms']:.2f})")
        lines += [f"  chromakey {name}: MAD {e['mad']:.4f}, edge {e['edge_mad']:.4f}"
                  for name, e in other["tried"].items()]
        lines.append(f"ours takes {found['ratio']:.3f} of ffmpeg's time")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bench from the command line; print the report and write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(prog="cuelight bench matting", description="How right and how fast keying is.")
    parser.add_argument("clip", type=Path, nargs="?", default=Path("deploy/demo/clip.mp4"), help="a person talking")
    parser.add_argument("--frames", type=int, default=36)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--threshold", type=float, default=5.0)
    parser.add_argument("--ffmpeg", default=which("ffmpeg"), help="the program to compare with")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    options = parser.parse_args(argv)
    width, _, height = options.size.partition("x")
    found = run(options.clip, frames=options.frames, size=(int(width), int(height)), threshold=options.threshold,
                ffmpeg=options.ffmpeg)
    print(report(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
