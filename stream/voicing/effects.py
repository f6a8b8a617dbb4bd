"""effects: what the speak element can make of a voice: echo, filters, an equaliser, a robot, a child."""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stream.media import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]
Response = Callable[[NDArray[np.float64]], NDArray[np.float64]]
LIKE = {"robot": "a comb filter makes it metallic", "lolita": "it is made a third higher"}
"""Effects that are like what their name promises, and no more."""
CHILD_PITCH = 1.26
BANDS_HZ = (63.0, 160.0, 400.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)
_ECHO_S, _ECHOES = 0.15, (1.0, 0.4, 0.16)
_COMB_S, _COMB = 0.007, (1.0, 0.8, 0.64, 0.5, 0.4)


def changed(samples: Samples, effect: str, value: str = "") -> Samples:
    """Return mono `samples` with `effect`, as long as before; "lolita" is done with the pitch, not here.

    `value` of eq is eight gains of -20 to 20 dB, of lpfilter and hpfilter a frequency in Hz.
    """
    numbers = [float(n) for n in re.findall(r"[-+]?\d{1,6}(?:\.\d{1,6})?", value)]
    if effect == "echo":
        return _copies(samples, _ECHO_S, _ECHOES)
    if effect == "robot":
        return _copies(samples, _COMB_S, _COMB) * np.float32(1 / sum(_COMB) * 1.6)
    if effect in ("lowpass", "lpfilter"):
        return _filtered(samples, lambda hz: _low(hz, numbers[0] if numbers and effect == "lpfilter" else 2500.0))
    if effect == "hpfilter":
        edge_hz = numbers[0] if numbers else 300.0
        return _filtered(samples, lambda hz: 1 - _low(hz, edge_hz) if edge_hz > 0 else np.ones_like(hz))
    if effect == "eq":
        gains_db = [min(max(n, -20.0), 20.0) for n in numbers[:8]] + [0.0] * (8 - len(numbers[:8]))
        return _filtered(samples, lambda hz: 10 ** (np.interp(np.log2(hz + 1), np.log2(BANDS_HZ), gains_db) / 20))
    return samples


def _copies(samples: Samples, apart_s: float, gains: tuple[float, ...]) -> Samples:
    out = np.zeros_like(samples)
    step = round(apart_s * SAMPLE_RATE_HZ)
    for number, gain in enumerate(gains):
        late = samples[:max(len(samples) - number * step, 0)]
        out[len(out) - len(late):] += late * np.float32(gain)
    return out


def _low(hz: NDArray[np.float64], edge_hz: float) -> NDArray[np.float64]:
    """A Butterworth slope of 24 dB an octave."""
    response: NDArray[np.float64] = 1 / np.sqrt(1 + (hz / max(edge_hz, 1.0)) ** 8)
    return response


def _filtered(samples: Samples, response: Response) -> Samples:
    if not len(samples):
        return samples
    size = len(samples) + SAMPLE_RATE_HZ // 10
    spectrum = np.fft.rfft(samples, size)
    spectrum *= response(np.arange(len(spectrum), dtype=np.float64) * (SAMPLE_RATE_HZ / size))
    out: Samples = np.fft.irfft(spectrum, size)[:len(samples)].astype(np.float32)
    return out
