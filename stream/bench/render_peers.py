"""render_peers: the slideshow as users of ffmpeg and moviepy write it."""

from collections.abc import Sequence
from pathlib import Path

MOVIEPY_SLIDES = '''
import sys

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, concatenate_videoclips, vfx
from PIL import Image, ImageFilter

out, wide, high, each, turn, preset, crf, threads, *photos = sys.argv[1:]
wide, high, each, turn = int(wide), int(high), float(each), float(turn)
clips = []
for number, path in enumerate(photos):
    photo = Image.open(path)
    fill, fit = (choose(wide / photo.width, high / photo.height) for choose in (max, min))
    back = photo.resize((round(photo.width * fill), round(photo.height * fill)))
    left, top = (back.width - wide) // 2, (back.height - high) // 2
    back = back.crop((left, top, left + wide, top + high)).filter(ImageFilter.GaussianBlur(high * 0.1 / 2))
    front = photo.resize((round(photo.width * fit), round(photo.height * fit)))
    clip = CompositeVideoClip([ImageClip(np.array(back)), ImageClip(np.array(front)).with_position("center")],
                              size=(wide, high)).with_duration(each)
    clips.append(clip.with_effects([vfx.CrossFadeIn(turn)]) if number else clip)
film = concatenate_videoclips(clips, padding=-turn, method="compose")
film.write_videofile(out, fps=30, codec="libx264", preset=preset, threads=int(threads), audio=False, logger=None,
                     ffmpeg_params=["-crf", crf, "-g", "150", "-pix_fmt", "yuv420p", "-movflags", "+faststart"])
'''


def xfade(photos: Sequence[Path], size: tuple[int, int], each_s: float, turn_s: float, *, once: bool) -> list[str]:
    """Return ffmpeg's inputs and graph for the slideshow; `once` blurs each photograph once and repeats the result."""
    wide, high = size
    inputs: list[str] = []
    graph: list[str] = []
    frames = round(each_s * 30)
    for number, path in enumerate(photos):
        held = [] if once else ["-loop", "1", "-framerate", "30", "-t", f"{each_s:g}"]
        inputs += [*held, "-i", str(path)]
        repeat = f",loop=loop={frames - 1}:size=1,setpts=N/30/TB,fps=30" if once else ""
        graph.append(f"[{number}:v]format=yuv420p,split[a{number}][b{number}];"
                     f"[a{number}]scale={wide}:{high}:force_original_aspect_ratio=increase,crop={wide}:{high},"
                     f"gblur=sigma={high * 0.1 / 2:g}[c{number}];"
                     f"[b{number}]scale={wide}:{high}:force_original_aspect_ratio=decrease[d{number}];"
                     f"[c{number}][d{number}]overlay=(W-w)/2:(H-h)/2,setsar=1{repeat},settb=1/30[s{number}]")
    last = "s0"
    for number in range(1, len(photos)):
        at_s = number * (each_s - turn_s)
        graph.append(f"[{last}][s{number}]xfade=transition=hlslice:duration={turn_s:g}:offset={at_s:g}[x{number}]")
        last = f"x{number}"
    return [*inputs, "-filter_complex", ";".join(graph), "-map", f"[{last}]", "-r", "30"]
