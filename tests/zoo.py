"""zoo: media of every kind that people have, made by tests, and what a render makes of them."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from support import ROOT, require_program

Rgb = NDArray[np.uint8]
WIDTH, HEIGHT, RATE = 320, 180, 30
CORNERS = ((200, 40, 40), (40, 180, 60), (50, 70, 190), (190, 190, 190))
MATRICES = {"bt601": 5, "bt709": 1, "bt2020": 9}


def corners(width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    """Red, green over blue, white: each a quarter of the picture."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:height // 2, :width // 2], rgb[:height // 2, width // 2:] = CORNERS[:2]
    rgb[height // 2:, :width // 2], rgb[height // 2:, width // 2:] = CORNERS[2:]
    return rgb


def grey(level: int, width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    return np.full((height, width, 3), level, np.uint8)


def write(path: Path, pictures: Iterable[Rgb], codec: str = "libx264", pixels: str = "yuv420p", *, rate: int = RATE,
          matrix: str = "bt709", full: bool = False, tagged: bool = True, times: Iterable[float] | None = None,
          options: Mapping[str, str] = {}, aspect: Fraction | None = None,
          container: Mapping[str, str] = {}) -> Path:
    """Encode RGB pictures, in the matrix and range said, at `times` in seconds (else at `rate`)."""
    lossless = {"libx264": {"qp": "0", "preset": "ultrafast"}, "libx265": {"x265-params": "lossless=1:log-level=none"}}
    with av.open(str(path), "w", container_options=dict(container)) as file:
        stream: Any = None
        when = iter(times) if times is not None else None
        for number, rgb in enumerate(pictures):
            if stream is None:
                stream = file.add_stream(codec, rate=rate, options={**lossless.get(codec, {}), **options})
                stream.width, stream.height, stream.pix_fmt = rgb.shape[1], rgb.shape[0], pixels
                stream.codec_context.time_base = Fraction(1, 1000) if when else Fraction(1, rate)
                if tagged:
                    stream.codec_context.colorspace = MATRICES[matrix]
                    stream.codec_context.color_range = 2 if full else 1
                if aspect:
                    stream.codec_context.sample_aspect_ratio = aspect
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
                format=pixels, dst_colorspace=MATRICES[matrix], dst_color_range=2 if full else 1,
                interpolation=4 | 0x40000)
            picture.pts = round(next(when) * 1000) if when else number
            picture.time_base = stream.codec_context.time_base
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    return path


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-nostdin", *map(str, arguments)], check=True)


def render(folder: Path, timeline: Mapping[str, Any], *arguments: str, name: str = "out.mp4") -> Path:
    """Render `timeline` by the command, to `name` in `folder`."""
    config = {"Width": WIDTH, "Height": HEIGHT, "Video": {"Fps": RATE, "Crf": 8}}
    document, out = folder / f"{name}.json", folder / name
    document.write_text(json.dumps({"OutputMediaConfig": config, **timeline}))
    command = [sys.executable, "-m", "stream.cli", "render", str(document), str(out), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def clips(paths: Sequence[tuple[Path, float]]) -> dict[str, Any]:
    """A main track that shows each file for so many seconds, one after another."""
    return {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": str(path), "In": 0, "Out": seconds}
                                                 for path, seconds in paths]}]}


def seen(path: Path) -> list[Rgb]:
    """Every picture of a render, BT.709 limited, as RGB by the formulas of ITU-R BT.709."""
    with av.open(str(path)) as file:
        return [to_rgb(picture) for picture in file.decode(video=0)]


def to_rgb(picture: Any) -> Rgb:
    planes = [np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:plane.height, :plane.width].astype(float)
              for plane in picture.planes]
    luma = (planes[0] - 16) / 219
    cb, cr = ((plane.repeat(2, axis=0).repeat(2, axis=1)[:luma.shape[0], :luma.shape[1]] - 128) / 224
              for plane in planes[1:])
    rgb = np.stack((luma + 1.5748 * cr, luma - 0.187324 * cb - 0.468124 * cr, luma + 1.8556 * cb), axis=2)
    return np.clip(np.rint(rgb * 255), 0, 255).astype(np.uint8)
