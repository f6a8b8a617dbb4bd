"""seeds: six documents built as the format's own examples are, the media they name, and what a render made of them."""

import copy
import json
import os
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any

import av
import numpy as np
import zoo
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.tts import Part, Saying
from stream.cli import main
from stream.timeline.program import NS, Program
from stream.timeline.schema import from_value
from stream.vod.prepare import Vod, captioned, settle
from support import ROOT, require_program

Json = dict[str, Any]
Rgb = NDArray[np.uint8]
Samples = NDArray[np.float32]
RATE_HZ, FPS, TONE_HZ = 48_000, 25, 1000
GREY, GREEN, SKIN = 120, (0, 177, 64), (205, 120, 90)
CARDS = ((200, 60, 50), (60, 170, 80), (70, 90, 200))
BACKDROP = (60, 60, 190)
SPOKEN = "The garden gate stays open until seven in the evening."
FILM = (640, 360)
FACE = {"Bold": True, "Italic": False, "Underline": False}
LOOK = {"Font": "AlibabaPuHuiTi", "Alignment": "TopCenter", "FontFace": FACE}


def _speech(voice: str, content: str, **look: Any) -> Json:
    return {"Type": "AI_TTS", "Voice": voice, "Content": content, "Effects": [
        {"Type": "AI_ASR", **LOOK, **look}, {"Type": "Volume", "Gain": look.pop("Gain", 1)}]}


def _image(name: str, duration: float) -> Json:
    return {"Type": "Image", "MediaURL": f"https://pictures.example/{name}", "Duration": duration, "Effects": [
        {"Type": "Background", "SubType": "Blur", "Radius": 0.2},
        {"Type": "Transition", "SubType": "windowslice", "Duration": 0.4}]}


def _title(content: str, **more: Any) -> Json:
    return {"Type": "Text", "X": 0, "Y": 150, "Content": content, "FontSize": 80, "FontColorOpacity": 1, "Outline": 1,
            "OutlineColour": "#ffffff", "AdaptMode": "AutoWrap", **LOOK, **more}


def _split(x: float, effects: list[Json]) -> Json:
    crop = {"Type": "Crop", "X": 0.25, "Height": 1, "Width": 0.5}
    return {"VideoTrackClips": [{"MediaURL": "https://films.example/visitor.mov", "In": 0, "Out": 1.2, "Width": 0.5,
                                 "Height": 1, "AdaptMode": "Cover", **({"X": x} if x else {}), "Effects": [
                                     *effects[:1], crop, *effects[1:]]}]}


HIGHLIGHT = {"NeedHighlighting": True, "HighlightingStyle": {"FontColor": "F0C810", "OutlineColour": "703000",
                                                             "Outline": 6}}
OWN: dict[int, Json] = {
    1: {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "https://films.example/talk-1.mp4", "Effects": [
        {"Type": "AI_ASR", **LOOK, "Y": 870, "Outline": 9, "OutlineColour": "#ffffff", "FontSize": 66,
         "FontColor": "#000080"}]}]}]},
    2: {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "https://films.example/loud.mp4", "Effects": [
        {"Type": "Volume", "Gain": 0}]}]}],
        "AudioTracks": [{"AudioTrackClips": [_speech(
            "sicheng", "Have you heard the wind tonight? It came over the hill and it rattled every window.", Y=840,
            FontSize=72, FontColor="#ffffff", Gain=2)]}]},
    3: {"VideoTracks": [{"VideoTrackClips": [_image(f"card-{n}.jpg", 1.2) for n in (1, 2, 3)]}],
        "AudioTracks": [{"MainTrack": True, "AudioTrackClips": [
            _speech("zhichu", "The AR glasses are made of plastic.", Y=930, FontSize=54, FontColor="#ffffff",
                    AdaptMode="AutoWrap"),
            _speech("zhichu", "<speak>The <sub alias=\"augmented reality\">AR</sub> glasses are made of plastic."
                    "</speak>", Y=930,
                    FontSize=54, FontColor="#ffffff", AdaptMode="AutoWrap")]}],
        "SubtitleTracks": [{"SubtitleTrackClips": [
            _title("As it is written", FontColor="#990000", AaiMotionLoopEffect1="slingshot_in", TimelineIn=0,
                   TimelineOut=2),
            _title("As it is said", FontColor="#006633", TimelineIn=2)]}]},
    4: {"VideoTracks": [
        {"VideoTrackClips": [{"MediaURL": "https://pictures.example/hills.jpg", "Type": "GlobalImage", "Width": 1,
                              "Height": 1, "AdaptMode": "Cover"}]},
        {"VideoTrackClips": [{"MediaURL": "https://films.example/screen.mp4", "Effects": [
            {"Type": "AI_Matting", "Color": "green", "Auto": 1, "Thres": 10}]}]}]},
    5: {"VideoTracks": [
        {"VideoTrackClips": [{"MediaURL": "https://pictures.example/sea.jpg", "Type": "GlobalImage", "Width": 0.5,
                              "Height": 1, "X": 0.5, "Y": 0, "AdaptMode": "Cover"}]},
        _split(0.5, [{"Type": "AI_RealMatting", "Thres": 8}, {"Type": "Text"}]),
        {"VideoTrackClips": [{**_split(0, [])["VideoTrackClips"][0], "Effects": [
            {"Type": "Crop", "X": 0.25, "Height": 1, "Width": 0.5}, {"Type": "Volume", "Gain": 0}]}]}]},
    6: {"VideoTracks": [{"VideoTrackClips": [
        {"MediaURL": "https://films.example/talk-6.mp4", "Effects": [
            {"Type": "AI_ASR", **LOOK, "Y": 780, "FontSize": 66, "FontColor": "#FFFFFF", **HIGHLIGHT,
             "SubtitleEffects": [{"Type": "Box", "Color": "000000", "Opacity": "0.9", "XBord": 30, "YBord": 18}]}]},
        {"MediaURL": "https://pictures.example/card-9.png", "Type": "Image", "Duration": 3.7, "ClipId": "card",
         "Effects": [{"Type": "Volume", "Gain": 0}]}]}],
        "AudioTracks": [{"AudioTrackClips": [{**_speech(
            "sicheng", "A lighthouse keeper writes down every ship that passes the northern harbour.", Y=780,
            FontSize=72, FontColor="#ffffff", TextWidth="0.8", AdaptMode="AutoWrap", Gain=2, **HIGHLIGHT),
            "ReferenceClipId": "card"}]}]},
}
SAYINGS = ("Seven boats left the harbour before the storm arrived.", "Please water the roses on Sunday, not earlier.",
           "Our teacher keeps a yellow umbrella behind the door.", "The last train to the mountains leaves at noon.")


def changed(number: int, seed: int) -> Json:
    """Document `number` with other texts, addresses, durations and places, drawn by `seed`."""
    draw, text = Random(seed * 10 + number), json.dumps(OWN[number])
    for name in ("films.example", "pictures.example"):
        text = text.replace(name, f"{draw.choice(('a', 'b', 'c'))}.{name}/{draw.randrange(1000)}")
    value: Json = json.loads(text)
    for track in value.get("AudioTracks", []):
        for clip in track["AudioTrackClips"]:
            if not clip["Content"].startswith("<"):
                clip["Content"] = draw.choice(SAYINGS)
    for clip in _clips(value, "Video"):
        if clip.get("Type") == "Image":
            clip["Duration"] = round(draw.uniform(1.0, 1.6), 2)
        if "Out" in clip:
            clip["Out"] = 0.8
        for effect in clip.get("Effects", []):
            if effect["Type"] == "AI_ASR":
                effect["Y"] = draw.randrange(500, 900)
    return value


def shared() -> dict[int, Json]:
    """The format's own examples by number, from the folder beside this repository; none where that is not."""
    given = os.environ.get("CUELIGHT_SPEC")
    folders = [Path(given)] if given else sorted(ROOT.parent.glob("*/spec"))
    found = {int(path.name.split("_")[0]): path for folder in folders
             for path in sorted((folder / "seed").glob("[1-6]_*.json"))}
    return {number: json.loads(path.read_text("utf-8")) for number, path in sorted(found.items())}


def _clips(value: Json, family: str) -> Iterator[Json]:
    for track in value.get(f"{family}Tracks", []):
        yield from track[f"{family}TrackClips"]


def effects(clip: Json) -> list[str]:
    return [effect["Type"] for effect in clip.get("Effects", [])]


def lay_out(value: Json, folder: Path, studio: Path, *, film_s: float) -> None:
    """Put media for the clips of `value` into `folder`, under the names it gives them; they are made in `studio`."""
    pictures = 0
    for clip in _clips(value, "Video"):
        path = folder / Path(clip["MediaURL"]).name
        kind = effects(clip)
        if path.exists():
            continue
        if clip.get("Type") in ("Image", "GlobalImage"):
            still = clip["Type"] == "Image"
            card(path, CARDS[pictures % 3] if still else BACKDROP, still and pictures % 2 == 0, ring=still)
            pictures += 1
        elif "AI_Matting" in kind:
            os.link(green(studio), path)
        elif path.suffix == ".mov":
            os.link(visitor(studio), path)
        elif "AI_ASR" in kind:
            os.link(film(studio / "talk.mkv", say(SPOKEN), 0), path)
        else:
            at = np.arange(round(film_s * RATE_HZ)) / RATE_HZ
            os.link(film(studio / f"tone-{film_s}.mkv", (0.3 * np.sin(2 * np.pi * TONE_HZ * at)).astype(np.float32),
                         0), path)


@cache
def say(text: str) -> Samples:
    """A real voice, half a second of silence before and after, at 48 kHz."""
    from models.tts import hibari
    from stream.voicing.speak import resampled

    voice = hibari.load()
    said = resampled(voice.say(Saying((Part(text),))), RATE_HZ / voice.sample_rate_hz)
    quiet = np.zeros(RATE_HZ // 2, np.float32)
    return np.concatenate((quiet, said * np.float32(0.5 / np.abs(said).max()), quiet)).astype(np.float32)


def film(path: Path, samples: Samples, extra_s: float) -> Path:
    """A grey film as long as its sound."""
    if not path.exists():
        count = int(len(samples) * FPS / RATE_HZ + extra_s * FPS)
        _with_sound(path, [np.full((FILM[1], FILM[0], 3), GREY, np.uint8)] * count, samples)
    return path


def _with_sound(path: Path, pictures: list[Rgb], samples: Samples) -> None:
    plain, sound = path.with_suffix(".plain.mkv"), path.with_suffix(".wav")
    zoo.write(plain, pictures, rate=FPS)
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    zoo.ffmpeg("-i", plain, "-i", sound, "-c:v", "copy", "-c:a", "pcm_s16le", "-shortest", path)


def card(path: Path, color: tuple[int, int, int], upright: bool, *, ring: bool) -> Path:
    """A picture of one colour, with a white `ring` or none; upright, it does not fill a lying frame."""
    size = (240, 360) if upright else FILM
    image = Image.new("RGB", size, color)
    if ring:
        ImageDraw.Draw(image).ellipse((size[0] // 2 - 60, 120, size[0] // 2 + 60, 240), outline=(255, 255, 255),
                                      width=12)
    image.save(path, **({"quality": 95} if path.suffix == ".jpg" else {}))
    return path


def silhouette(width: int, height: int) -> NDArray[np.bool_]:
    """Whether each pixel of a green-screen film `width` x `height` px large is of the figure."""
    y, x = np.mgrid[:height, :width]
    x, y = (x + 0.5) / width * FILM[0], (y + 0.5) / height * FILM[1]
    head = (x - 320) ** 2 + (y - 120) ** 2 < 60 ** 2
    body = (np.abs(x - 320) < 110) & (y > 190)
    return np.asarray(head | body)


def green(studio: Path) -> Path:
    """A figure before a green screen, a second of it."""
    path = studio / "green.mkv"
    if not path.exists():
        rgb = np.empty((FILM[1], FILM[0], 3), np.uint8)
        rgb[:] = GREEN
        rgb[silhouette(*FILM)] = SKIN
        _with_sound(path, [rgb] * FPS, np.zeros(RATE_HZ, np.float32))
    return path


def visitor(studio: Path) -> Path:
    """The film of a person that is part of the demonstration, small, with a tone for a voice."""
    path = studio / "visitor.mov"
    if not path.exists():
        zoo.ffmpeg("-t", "2.4", "-i", ROOT / "deploy/demo/clip.mp4", "-f", "lavfi", "-i",
                   f"sine=frequency={TONE_HZ}:duration=2.4:sample_rate={RATE_HZ}", "-map", "0:v", "-map", "1:a", "-vf",
                   f"scale={FILM[0]}:{FILM[1]},fps={FPS}", "-c:v", "libx264", "-qp", "4", "-c:a", "pcm_s16le", path)
    return path


@dataclass
class Made:
    """A document, the settled show that it is, and the film that it became."""

    value: Json
    folder: Path
    path: Path
    vod: Vod

    @property
    def program(self) -> Program:
        return self.vod.program

    @cached_property
    def pictures(self) -> list[Rgb]:
        return zoo.seen(self.path)

    @cached_property
    def sound(self) -> Samples:
        with av.open(str(self.path)) as file:
            parts = [frame.to_ndarray() for frame in file.decode(audio=0)] if file.streams.audio else []
        return np.concatenate([np.zeros((2, 0), np.float32), *parts], axis=1)[0]

    @cached_property
    def probed(self) -> Json:
        found = subprocess.run([require_program("ffprobe"), "-v", "error", "-show_streams", "-show_format", "-of",
                                "json", str(self.path)], capture_output=True, check=True).stdout
        return dict(json.loads(found))

    def at(self, seconds: float) -> Rgb:
        return self.pictures[min(round(seconds * FPS), len(self.pictures) - 1)]

    def heard(self, first_s: float, last_s: float) -> Samples:
        return self.sound[round(first_s * RATE_HZ):round(last_s * RATE_HZ)]

    def level_db(self, first_s: float, last_s: float) -> float:
        return float(20 * np.log10(np.sqrt(np.mean(np.square(self.heard(first_s, last_s), dtype=np.float64))) + 1e-9))

    def tone_db(self, first_s: float, last_s: float) -> float:
        """The level of the tone that films have for sound."""
        part = self.heard(first_s, last_s).astype(np.float64)
        turn = np.exp(-2j * np.pi * TONE_HZ * np.arange(len(part)) / RATE_HZ)
        return float(20 * np.log10(np.sqrt(2) * abs(np.mean(part * turn)) + 1e-9))


def make(value: Json, folder: Path, studio: Path, size: tuple[int, int], *, film_s: float = 6.0) -> Made:
    """Render `value` at `size` with media under the names it gives, and settle it once more to know what it is."""
    folder.mkdir(parents=True)
    value = copy.deepcopy(value)
    lay_out(value, folder, studio, film_s=film_s)
    document, out = folder / "document.json", folder / "out.mp4"
    document.write_text(json.dumps(value), "utf-8")
    given = ["--media-root", str(folder), "--size", f"{size[0]}x{size[1]}", "--fps", str(FPS)]
    assert main(["render", str(document), str(out), "--preset", "ultrafast", *given]) == 0
    vod = captioned(settle(from_value(value), folder, lambda _: None, size=size, rate=Fraction(FPS)))
    return Made(value, folder, out, vod)


def seconds(time_ns: int) -> float:
    return time_ns / NS
