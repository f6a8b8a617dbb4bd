"""render_media: what the render bench renders: a film with sound, a green screen, photographs, captions."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream.codecs.encode import Rendition, VideoEncoder
from stream.codecs.mux import Muxer
from stream.marks import scene
from stream.media import from_rgb, new_frame
from stream.vod.stills import write_jpeg

RATE = Fraction(30)
SCREEN = (58, 156, 70)
_TEXT = ("Captions burned into the picture cost what they cost; the rest is decoding and encoding. "
         "Each line of this text stays for two seconds, then the next one comes, as a speaker would have it. "
         "Numbers, names and plain words take turns: Vienna, 1921, a river, three bridges and a long way home.")


def green_screen(path: Path, size: tuple[int, int], seconds: float) -> Path:
    """Write a film of a drifting scene inside a moving oval before a noisy green screen, without sound."""
    width, height = size
    encoder = VideoEncoder(Rendition(width, height, RATE, video_bitrate=8_000_000, encoder="libx264"))
    muxer = Muxer(path, [encoder.setup])
    picture = scene.Picture(width, height)
    screen = from_rgb(np.full((height, width, 3), SCREEN, np.uint8))
    noise = np.random.default_rng(2).integers(0, 9, (height + 16, width), np.uint8)
    rows, columns = np.ogrid[:height, :width]
    try:
        for number in range(round(seconds * RATE)):
            shown = picture.draw(number, RATE, flash=False)
            centre = width * (0.5 + 0.2 * np.sin(number / 40))
            keep = ((columns - centre) / (width * 0.16)) ** 2 + ((rows - height * 0.6) / (height * 0.5)) ** 2 < 1
            out = new_frame(width, height, pts_ns=scene.time_ns(number, RATE))
            out.y[:] = np.where(keep, shown.y, screen.y + noise[number % 16:number % 16 + height] - 4)
            half = keep[::2, ::2]
            out.u[:], out.v[:] = np.where(half, shown.u, screen.u), np.where(half, shown.v, screen.v)
            for packet in encoder.encode(out):
                muxer.write(packet)
        for packet in encoder.flush():
            muxer.write(packet)
    finally:
        muxer.close()
    return path


def photographs(folder: Path, count: int) -> list[Path]:
    """Write `count` JPEG pictures in portrait and landscape, with detail like a photograph's; return their paths."""
    shapes = ((1200, 900), (900, 1200), (1080, 1080), (1600, 1200))
    paths = []
    for number in range(count):
        path = folder / f"photo{number}.jpg"
        path.write_bytes(write_jpeg(from_rgb(_photograph(*shapes[number % len(shapes)], number))))
        paths.append(path)
    return paths


def _photograph(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Noise of all sizes, coarse ones stronger, as nature has it; shape (height, width, 3)."""
    rng = np.random.default_rng(seed)
    out = np.zeros((height, width, 3), np.float32)
    for step in (300, 100, 33, 11, 4):
        small = rng.normal(size=(-(-height // step) + 1, -(-width // step) + 1, 3)).astype(np.float32)
        rows, columns = np.linspace(0, small.shape[0] - 1.001, height), np.linspace(0, small.shape[1] - 1.001, width)
        y, x = rows.astype(int), columns.astype(int)
        fy, fx = (rows - y)[:, None, None].astype(np.float32), (columns - x)[None, :, None].astype(np.float32)
        top = small[y][:, x] * (1 - fx) + small[y][:, x + 1] * fx
        low = small[y + 1][:, x] * (1 - fx) + small[y + 1][:, x + 1] * fx
        out += (top * (1 - fy) + low * fy) * np.float32(step ** 0.5)
    out *= 45 / float(out.std())
    return np.asarray(np.clip(out + 120, 0, 255), np.uint8)


def captions(seconds: float, each_s: float = 2.0) -> list[tuple[float, float, str]]:
    """Return captions of two lines, each `each_s` long, as (start, end, text with a newline)."""
    found, word, words = [], 0, _TEXT.split()
    for number in range(int(seconds / each_s)):
        taken = [words[(word + k) % len(words)] for k in range(9)]
        word += 9
        found.append((number * each_s, (number + 1) * each_s, f"{' '.join(taken[:5])}\n{' '.join(taken[5:])}"))
    return found


def ass(lines: list[tuple[float, float, str]], size: tuple[int, int], font: str) -> str:
    """Return `lines` as an ASS script: 54 px per 1080 lines, white, outlined, centred at the bottom."""
    px, outline = size[1] * 54 / 1080, size[1] * 3 / 1080
    head = (f"[Script Info]\nScriptType: v4.00+\nPlayResX: {size[0]}\nPlayResY: {size[1]}\n\n[V4+ Styles]\n"
            "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BorderStyle, Outline, Alignment, MarginV\n"
            f"Style: Default,{font},{px:g},&H00FFFFFF,&H00000000,1,{outline:g},2,{size[1] // 12}\n\n[Events]\n"
            "Format: Layer, Start, End, Style, Text\n")
    return head + "".join(f"Dialogue: 0,{_clock(a)},{_clock(b)},Default,{text.replace(chr(10), chr(92) + 'N')}\n"
                          for a, b, text in lines)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02}:{seconds % 60:05.2f}"
