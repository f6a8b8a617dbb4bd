"""_pitch: speech higher or lower, faster or slower, with the same mouth: its periods laid elsewhere.

This is TD-PSOLA (Moulines and Charpentier, Speech Communication 9, 1990): a grain two periods long is cut around each
beat of the voice and laid down where the new pitch has its beats, so the formants stay where they are.
"""

import numpy as np
from numpy.typing import NDArray

from models.tts._sound import Samples

_HOP_S, _WINDOW_S = 0.005, 0.04
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 500.0
_VOICED, _QUIET_DB = 0.5, -45.0
_TRACK_HZ = 6000
"""The rate, about, at which periods are looked for: the voice's own beat is well below it."""
_UNVOICED_S = 0.005


def bent(samples: Samples, rate_hz: int, *, pitch: float, speed: float) -> Samples:
    """Return one voice's `samples` at `pitch` times (0.25 to 4) their pitch and `speed` times their pace, as loud.

    They are as long as before divided by `speed`, to the sample. A hiss that is laid down twice is turned around the
    second time: it would hum.
    """
    if (pitch == 1.0 and speed == 1.0) or not len(samples):
        return samples
    marks, voiced = beats(samples, rate_hz)
    out = np.zeros(max(1, round(len(samples) / speed)), np.float64)
    at, nearest, last = marks[1] / speed, 1, 0
    while nearest < len(marks) - 1:
        before, mark, after = int(marks[nearest - 1]), int(marks[nearest]), int(marks[nearest + 1])
        grain = np.concatenate((_rise(mark - before), _rise(after - mark)[::-1])) * samples[before:after]
        again = nearest == last and not voiced[nearest]
        _add(out, grain[::-1] if again else grain, round(at) - (after - mark if again else mark - before))
        period, last = (after - before) / 2, 0 if again else nearest
        at += period / pitch if voiced[nearest] else period
        while nearest < len(marks) - 1 and marks[nearest] + marks[nearest + 1] < 2 * at * speed:
            nearest += 1
    was, now = np.square(samples, dtype=np.float64).mean(), np.square(out).mean()
    louder = float(np.sqrt(was / now)) if now > 0 else 0.0
    return np.asarray(out * louder, np.float32)


def limited(ratio: float) -> float:
    """Return `ratio`, of pace or pitch, or the nearest that is asked of a voice."""
    return min(2.0, max(0.5, ratio))


def beats(samples: Samples, rate_hz: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return where grains are cut, in samples, first 0 and last the end, and which of them are beats of the voice."""
    periods = _periods(samples, rate_hz)
    hop, size = rate_hz * _HOP_S, len(samples)
    step = round(rate_hz * _UNVOICED_S)
    smooth = np.convolve(samples, np.hanning(round(rate_hz * 0.0015)), "same")
    marks, voiced = [0], [False]
    while True:
        last = marks[-1]
        period = periods[min(len(periods) - 1, int(last / hop))]
        ahead = periods[min(len(periods) - 1, int((last + step) / hop))]
        if period and voiced[-1]:
            low, high = last + int(0.8 * period), last + int(1.2 * period) + 1
        elif ahead:  # the voice sets in: its first beat is the strongest within a period
            low, high = last + step // 2, last + step // 2 + ahead
        else:
            low, high = last + step, last + step + 1
        if high >= size:
            break
        marks.append(low + int(np.argmax(smooth[low:high])))
        voiced.append(bool(ahead if not voiced[-1] else period))
    if size - marks[-1] > 1:
        marks.append(size - 1)
        voiced.append(False)
    return np.array(marks, np.int64), np.array(voiced, np.bool_)


def _periods(samples: Samples, rate_hz: int) -> NDArray[np.int64]:
    """The voice's period in samples every 5 ms, 0 where there is none: by autocorrelation (Boersma 1993)."""
    every = max(1, rate_hz // _TRACK_HZ)
    low = np.convolve(samples, np.hanning(2 * every + 1) / every, "same")[::every]
    rate = rate_hz / every
    hop, size = rate * _HOP_S, round(rate * _WINDOW_S)
    count = max(1, int(len(low) / hop))
    padded = np.pad(low, size)
    starts = (np.arange(count) * hop + size / 2).astype(int)
    window = np.hanning(size)
    frames = padded[starts[:, None] + np.arange(size)]
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    alike = _autocorrelation(frames) / np.maximum(_autocorrelation(window[None]), 1e-3)
    power = alike[:, 0]
    shortest, longest = int(rate / _HIGHEST_HZ), min(int(rate / _LOWEST_HZ), size * 2 // 3)
    lags = np.arange(shortest, longest)
    score = alike[:, shortest:longest] / np.maximum(power, 1e-12)[:, None]
    best = np.argmax(score - 0.0005 * (lags - shortest), axis=1)  # of equals the shortest: not an octave below
    strong = score[np.arange(count), best] > _VOICED
    loud = power > power.max(initial=1e-12) * 10 ** (_QUIET_DB / 10)
    lag = np.where(strong & loud, lags[best], 0)
    around = np.pad(lag, 2, mode="edge")
    middle = np.median(np.stack([around[i:i + count] for i in range(5)]), axis=0)
    return np.asarray(np.where(lag > 0, middle, 0) * every, np.int64)


def _autocorrelation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(frames, 2 * frames.shape[1], axis=1)
    return np.asarray(np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :frames.shape[1]], np.float64)


def _rise(size: int) -> NDArray[np.float64]:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.arange(size) / max(1, size)), np.float64)


def _add(out: NDArray[np.float64], grain: NDArray[np.float64], at: int) -> None:
    """Add `grain` into `out` from `at` on, as far as it lies inside."""
    first, last = max(0, at), min(len(out), at + len(grain))
    if first < last:
        out[first:last] += grain[first - at:last - at]
