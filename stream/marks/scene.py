"""scene: the test source's moving picture and sound, the same for everyone who asks for the same moment."""

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.marks import barcode, click
from stream.marks.barcode import Code, Place
from stream.media import NS, SAMPLE_RATE_HZ, Plane, VideoFrame, new_frame

_ASSETS = files("stream.marks") / "assets"
_NOISE = 14


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of the test speech and when it is spoken, in ns from the scene's start."""

    text: str
    start_ns: int
    end_ns: int


def time_ns(frame: int, rate: Fraction) -> int:
    """Return the time of picture `frame`: frame / rate, rounded down to ns."""
    return frame * NS * rate.denominator // rate.numerator


def flashes(frame: int, rate: Fraction) -> bool:
    """Whether picture `frame` is the first at or after a whole second: it flashes, and a click starts with it."""
    return frame * rate.denominator // rate.numerator != (frame - 1) * rate.denominator // rate.numerator


def mark(picture: VideoFrame, frame: int, rate: Fraction, place: Place = barcode.TOP, *, zero_ns: int = 0,
         flash: bool = True) -> None:
    """Write the bar code of picture `frame` into `picture`; its time is `zero_ns` + frame / rate."""
    code = Code((zero_ns + time_ns(frame, rate)) // 1000, frame & 0x7FFFFFFF, flash and flashes(frame, rate))
    barcode.draw(picture.y, code, place)


class Picture:
    """Draws the moving picture of one size: a drifting scene of gradients and shapes under fresh noise."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._y, self._u, self._v = _panorama(width_px, height_px)
        noise = np.random.default_rng(1).integers(0, _NOISE, (height_px + 64, width_px + 64), np.uint8)
        self._noise: Plane = noise

    def draw(self, frame: int, rate: Fraction, *, flash: bool) -> VideoFrame:
        """Return picture `frame`, without a bar code; `flash` whitens a patch in the lower right corner."""
        out = new_frame(self.width_px, self.height_px, pts_ns=time_ns(frame, rate))
        phase = (frame * 240 * rate.denominator // rate.numerator) // 2 * 2 % self.width_px
        drift = np.random.default_rng(frame).integers(0, 64, 2)
        height, width = self.height_px, self.width_px
        np.add(self._y[:, phase:phase + width], self._noise[drift[0]:drift[0] + height, drift[1]:drift[1] + width],
               out=out.y)
        half = phase // 2
        out.u[:], out.v[:] = self._u[:, half:half + out.u.shape[1]], self._v[:, half:half + out.v.shape[1]]
        self._ball(out, frame, rate)
        size = height // 8
        out.y[-size:, -size:] = 235 if flash else 16
        out.u[-(size // 2):, -(size // 2):] = out.v[-(size // 2):, -(size // 2):] = 128
        return out

    def _ball(self, out: VideoFrame, frame: int, rate: Fraction) -> None:
        """Draw a ball that bounces once a second."""
        size = self.height_px // 6 // 2 * 2
        beat = frame * rate.denominator % rate.numerator / rate.numerator
        rise = 4 * beat * (1 - beat)
        x = (frame * 90 * rate.denominator // rate.numerator) % max(2, self.width_px - size) // 2 * 2
        y = int(self.height_px * (0.78 - 0.5 * rise)) // 2 * 2
        disc = _disc(size)
        out.y[y:y + size, x:x + size][disc] = 170
        small = disc[::2, ::2]
        out.u[y // 2:(y + size) // 2, x // 2:(x + size) // 2][small] = 90
        out.v[y // 2:(y + size) // 2, x // 2:(x + size) // 2][small] = 200


@cache
def _disc(size: int) -> NDArray[np.bool_]:
    line = np.arange(size) - (size - 1) / 2
    return np.asarray(line[:, None] ** 2 + line ** 2 <= (size / 2) ** 2)


def _panorama(width_px: int, height_px: int) -> tuple[Plane, Plane, Plane]:
    """Return planes two pictures wide whose second half repeats the first, so that any crop of it is a picture."""
    x = np.arange(width_px) * (2 * np.pi / width_px)
    y = np.linspace(0, 1, height_px)[:, None]
    luma = 95 + 45 * np.sin(3 * x)[None] * (1 - y) + 60 * (y - 0.5)
    for count, top, shade in ((5, 0.35, -40), (9, 0.55, 30), (14, 0.72, -30)):
        hills = top + 0.08 * np.sin(count * x) + 0.03 * np.sin((2 * count + 1) * x + 1)
        luma = np.where(y > hills[None], luma + shade, luma)
    luma += 10 * np.sign(np.sin(40 * x))[None] * (y > 0.85)
    u = 128 + 30 * np.sin(2 * x)[None] * (1 - y)
    v = 128 + 30 * np.cos(x)[None] * y
    planes = [np.clip(p, 16, 235 - _NOISE).astype(np.uint8) for p in (luma, u[::2, ::2], v[::2, ::2])]
    wide = [np.ascontiguousarray(np.hstack([p, p])) for p in planes]
    return wide[0], wide[1], wide[2]


class Sound:
    """Makes the scene's sound: looped speech, and a click whenever the picture flashes."""

    def __init__(self, rate: Fraction, *, speech: bool, clicks: bool) -> None:
        self._rate, self._clicks = rate, clicks
        self._speech = speech_samples() if speech else None

    def samples(self, start: int, count: int) -> NDArray[np.float32]:
        """Return samples [start, start + count), 48 kHz, shape (2, count), the same on both channels."""
        out = np.zeros(count, np.float32)
        if self._speech is not None:
            out += self._speech[(start + np.arange(count)) % self._speech.size]
        if self._clicks:
            for second in range(max(0, start // SAMPLE_RATE_HZ - 1), (start + count) // SAMPLE_RATE_HZ + 1):
                self._click(out, self._click_sample(second) - start)
        return np.stack([out, out])

    def _click_sample(self, second: int) -> int:
        frame = -(-second * self._rate.numerator // self._rate.denominator)
        return frame * SAMPLE_RATE_HZ * self._rate.denominator // self._rate.numerator

    @staticmethod
    def _click(out: NDArray[np.float32], at: int) -> None:
        wave = click.chirp()
        first, last = max(at, 0), min(at + wave.size, out.size)
        if first < last:
            out[first:last] += wave[first - at:last - at]


@cache
def speech_samples() -> NDArray[np.float32]:
    """Return the test speech, mono, 48 kHz; it lasts a whole number of seconds, to be looped."""
    import av

    with (_ASSETS / "speech.opus").open("rb") as file, av.open(file, "r") as container:
        parts: list[Any] = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    sound = np.concatenate(parts)
    sound.setflags(write=False)
    return np.asarray(sound, np.float32)


@cache
def spoken_words() -> tuple[SpokenWord, ...]:
    """Return the words of one round of the test speech, in order (it repeats every `speech_ns()`)."""
    document = json.loads((_ASSETS / "speech.json").read_text())
    return tuple(SpokenWord(w["text"], round(w["start_s"] * NS), round(w["end_s"] * NS)) for w in document["words"])


def speech_ns() -> int:
    """Return how long one round of the test speech lasts."""
    return speech_samples().size * NS // SAMPLE_RATE_HZ
