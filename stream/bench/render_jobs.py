"""render_jobs: the render bench's jobs: one Timeline each, and the same film as its peers' users would make it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

from stream.bench import render_media as media
from stream.bench.prepare import prepare
from stream.bench.render_peers import MOVIEPY_SLIDES, xfade
from stream.media import read_image

SIZE = (1920, 1080)
PRESET, CRF = "veryfast", 20
TURN_S, SLIDE_S = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class Job:
    """One film to make: what makes it (the first is ours), and how long each peer's time may be taken (ratio)."""

    name: str
    folder: Path
    commands: dict[str, list[str]]
    targets: dict[str, float] = field(default_factory=dict)
    pictures: int = 0
    absent: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    def film(self, contender: str) -> Path:
        """Where `contender` writes its film."""
        return film(self.folder, self.name, contender)


def film(folder: Path, job: str, contender: str) -> Path:
    """Return where `contender` writes the film of `job`."""
    return folder / f"{job}-{contender.replace(' ', '-')}.mp4"


def cuelight(document: Path, out: Path, threads: int, *more: str) -> list[str]:
    """Return the command that renders `document` to `out`."""
    return [sys.executable, "-m", "stream.cli", "render", str(document), str(out), "--preset", PRESET, "--threads",
            str(threads), *more]


def write(path: Path, value: dict[str, Any]) -> Path:
    """Write a Timeline; return its path."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def ffmpeg(inputs: Sequence[str], out: Path, threads: int) -> list[str]:
    """Return ffmpeg's command with our encoder settings. Its decoders and filters take what threads they like."""
    return ["ffmpeg", "-v", "error", "-nostdin", "-y", *inputs, "-c:v", "libx264", "-preset", PRESET, "-crf", str(CRF),
            "-g", "150", "-threads", str(threads), "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-movflags",
            "+faststart", str(out)]


def burned(folder: Path, seconds: float, threads: int) -> Job:
    """Captions burned into a film with sound, against ffmpeg's ass filter (libass)."""
    clip = prepare(folder / "film.mp4", "scene", SIZE, seconds, kbps=8000)
    lines = media.captions(seconds)
    (folder / "film.ass").write_text(media.ass(lines, SIZE, "Noto Sans"), encoding="utf-8")
    shown = [{"Type": "Text", "Content": text, "TimelineIn": start, "TimelineOut": end, "Font": "Noto Sans",
              "FontSize": 54, "FontColor": "#ffffff", "Outline": 3, "OutlineColour": "#000000",
              "Alignment": "BottomCenter", "Y": SIZE[1] // 12} for start, end, text in lines]
    document = write(folder / "burned.json", {
        "VideoTracks": [{"VideoTrackClips": [{"Type": "Video", "MediaURL": "film.mp4"}]}],
        "SubtitleTracks": [{"SubtitleTrackClips": shown}]})
    return Job("captions", folder, {
        "cuelight": cuelight(document, film(folder, "captions", "cuelight"), threads),
        "ffmpeg": ffmpeg(["-i", str(clip), "-vf", f"ass={folder / 'film.ass'}"], film(folder, "captions", "ffmpeg"),
                         threads),
    }, {"ffmpeg": 0.95}, round(seconds * media.RATE))


def keyed(folder: Path, seconds: float, threads: int) -> Job:
    """A green screen over a picture, against ffmpeg's chromakey and overlay."""
    clip = media.green_screen(folder / "green.mp4", SIZE, seconds)
    picture = media.photographs(folder, 4)[3]
    document = write(folder / "keyed.json", {"VideoTracks": [
        {"VideoTrackClips": [{"Type": "GlobalImage", "MediaURL": picture.name, "Width": 1, "Height": 1,
                              "AdaptMode": "Cover"}]},
        {"VideoTrackClips": [{"Type": "Video", "MediaURL": "green.mp4", "Effects": [
            {"Type": "AI_Matting", "Color": "green"}]}]}]})
    wide, high = SIZE
    graph = (f"[0:v]scale={wide}:{high}:force_original_aspect_ratio=increase,crop={wide}:{high},"
             "format=yuv420p[b];[1:v]chromakey=0x3A9C46:0.05:0.02[k];[b][k]overlay=shortest=1")
    return Job("keyed", folder, {
        "cuelight": cuelight(document, film(folder, "keyed", "cuelight"), threads),
        "ffmpeg": ffmpeg(["-loop", "1", "-framerate", "30", "-i", str(picture), "-i", str(clip), "-filter_complex",
                          graph], film(folder, "keyed", "ffmpeg"), threads),
    }, {"ffmpeg": 0.3}, round(seconds * media.RATE))


def slides(folder: Path, count: int, threads: int, moviepy: str) -> Job:
    """Photographs before their own blur, turning into each other, against ffmpeg, melt and moviepy.

    "ffmpeg tuned" blurs every photograph once and repeats the result; "ffmpeg" blurs each picture, as a plain
    graph of `-loop 1` inputs does.
    """
    photos = media.photographs(folder, count)
    wide, high = SIZE
    document = write(folder / "slides.json", {
        "VideoTracks": [{"VideoTrackClips": [
            {"Type": "Image", "MediaURL": path.name, "Duration": SLIDE_S, "Effects": [
                {"Type": "Background", "SubType": "Blur", "Radius": 0.1},
                *([{"Type": "Transition", "SubType": "windowslice", "Duration": TURN_S}] if path != photos[-1]
                  else [])]} for path in photos]}],
        "OutputMediaConfig": {"Width": wide, "Height": high, "Video": {"Fps": 30}}})
    commands = {"cuelight": cuelight(document, film(folder, "slides", "cuelight"), threads)}
    for name, once in (("ffmpeg", False), ("ffmpeg tuned", True)):
        commands[name] = ffmpeg(xfade(photos, SIZE, SLIDE_S, TURN_S, once=once),
                                film(folder, "slides", name), threads)
    absent = {}
    if which("melt"):
        each = [str(argument) for path in photos for argument in _melt_slide(path, path is photos[0])]
        commands["melt"] = ["melt", *each, "-profile", "atsc_1080p_30", "-consumer",
                            f"avformat:{film(folder, 'slides', 'melt')}", "vcodec=libx264", f"preset={PRESET}",
                            f"crf={CRF}", f"threads={threads}", "g=150", "an=1", "real_time=-1", "movflags=+faststart"]
    else:
        absent["melt"] = "not installed (Debian package melt)"
    if moviepy:
        (folder / "slides.py").write_text(MOVIEPY_SLIDES, encoding="utf-8")
        commands["moviepy"] = [moviepy, str(folder / "slides.py"), str(film(folder, "slides", "moviepy")), str(wide),
                               str(high), str(SLIDE_S), str(TURN_S), PRESET, str(CRF), str(threads), *map(str, photos)]
    else:
        absent["moviepy"] = "name a Python that has it: --moviepy VENV/bin/python"
    frames = round((count * SLIDE_S - (count - 1) * TURN_S) * media.RATE)
    return Job("slides", folder, commands, {"ffmpeg": 0.8, "melt": 0.6, "moviepy": 0.15}, frames, absent,
               {"QT_QPA_PLATFORM": "offscreen", "IMAGEIO_FFMPEG_EXE": which("ffmpeg") or ""})


def _melt_slide(path: Path, first: bool) -> list[object]:
    """One photograph for melt, its sides filled with its own blur; all but the first are mixed into the one before."""
    frames = round(SLIDE_S * 30)
    photo = read_image(path.read_bytes())
    fits = min(SIZE[0] / photo.width_px, SIZE[1] / photo.height_px)
    wide, high = 100 * fits * photo.width_px / SIZE[0], 100 * fits * photo.height_px / SIZE[1]
    place = f"rect={50 - wide / 2:g}% {50 - high / 2:g}% {wide:g}% {high:g}%"
    slide: list[object] = [path, "in=0", f"out={frames - 1}", "-attach", "pillar_echo", "blur=4", place]
    return slide if first else [*slide, "-mix", round(TURN_S * 30), "-mixer", "luma"]


def long_film(folder: Path, seconds: int, threads: int) -> list[str]:
    """A small captioned film of `seconds` s of one medium (made by repeating ten)."""
    source = folder / "ten.mp4"
    if not source.exists():
        prepare(source, "scene", (640, 360), 10, kbps=1000)
    name = f"long{seconds}"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-stream_loop", str(seconds // 10 - 1), "-i",
                    str(source), "-c", "copy", str(folder / f"{name}.mp4")], check=True)
    shown = [{"Type": "Text", "Content": text, "TimelineIn": start, "TimelineOut": end, "FontSize": 24, "X": 0.1,
              "Y": 0.8} for start, end, text in media.captions(seconds)]
    document = write(folder / f"{name}.json", {
        "VideoTracks": [{"VideoTrackClips": [{"Type": "Video", "MediaURL": f"{name}.mp4"}]}],
        "SubtitleTracks": [{"SubtitleTrackClips": shown}]})
    return cuelight(document, film(folder, name, "cuelight"), threads, "--preset", "ultrafast")


def stacked(folder: Path, tracks: int, seconds: float, threads: int) -> list[str]:
    """A Timeline of `tracks` video tracks, each a small picture of its own film, over `seconds` s."""
    source = folder / "ten.mp4"
    if not source.exists():
        prepare(source, "scene", (640, 360), 10, kbps=1000)
    rows = [{"VideoTrackClips": [
        {"Type": "Video", "MediaURL": "ten.mp4", "Out": 10, "X": 0.1 * (track % 8), "Y": 0.1 * (track % 7),
         "Width": 0.3, "Height": 0.3} for _ in range(round(seconds / 10))]} for track in range(tracks)]
    document = write(folder / f"stack-{tracks}-{seconds:g}.json", {
        "VideoTracks": rows, "OutputMediaConfig": {"Width": 640, "Height": 360}})
    return cuelight(document, film(folder, document.stem, "cuelight"), threads, "--preset", "ultrafast")


def environment(job: Job) -> dict[str, str]:
    """Return the environment for the job's commands."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **job.env, "PYTHONPATH": os.pathsep.join(paths)}  # as a user's: compiled once, not at each start
