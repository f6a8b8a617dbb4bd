"""closed_captions: what another decoder, FFmpeg's own, finds beside the pictures of a film."""

import re
import subprocess
from pathlib import Path

from support import require_program

Shown = list[tuple[float, float, str]]


def decoded(film: Path, field: str = "first") -> Shown:
    """What FFmpeg's own decoder finds in one field: (start_s, end_s, text)."""
    srt = subprocess.run([require_program("ffmpeg"), "-v", "error", "-data_field", field, "-f", "lavfi", "-i",
                          f"movie={film}[out0+subcc]", "-map", "s", "-f", "srt", "-"], check=True,
                         capture_output=True, text=True).stdout
    out = []
    for block in filter(None, re.split(r"\n\n(?=\d+\n)", srt.strip())):
        _, times, *lines = block.split("\n")
        start, end = (sum(float(part.replace(",", ".")) * 60 ** (2 - at) for at, part in enumerate(one.split(":")))
                      for one in times.split(" --> "))
        plain = re.sub(r"<[^>]+>|\{[^}]*\}|\\h", "", "\n".join(lines))
        out.append((start, end, "\n".join(line.strip() for line in plain.split("\n"))))
    return out
