"""tone: pictures of high dynamic range and wide colour as SDR ones, their hues kept."""

from functools import lru_cache
from typing import Literal

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame, new_frame
from stream.render.jit import PLANE_OUT, kernel

Curve = NDArray[np.float32]
Deep = NDArray[np.uint16]
_DEEP = types.Array(types.uint16, 2, "A", readonly=True)
_CURVE = types.Array(types.float32, 1, "C", readonly=True)
WHITE_NITS = 203.0
"""HDR reference white, which becomes SDR white (ITU-R BT.2408)."""
HLG_PEAK_NITS = 1000.0
STEPS = 4096


def to_sdr(y: Deep, u: Deep, v: Deep, transfer: Literal["pq", "hlg"], full_range: bool, pts_ns: int,
           index: int) -> VideoFrame:
    """Return a 10-bit 4:2:0 BT.2020 picture as a BT.709 limited frame.

    Light at display (BT.2100: PQ as it is, HLG on a screen of 1000 cd/m2) is divided by reference white, brought to
    BT.709's primaries and drawn for a BT.1886 screen (2.4). What lies outside its colours is moved towards its own
    luminance, what is brighter than white is dimmed in all three colours alike: hues stay.
    """
    out = new_frame(y.shape[1], y.shape[0], pts_ns=pts_ns)
    out.index = index
    low, span, chroma = (0.0, 1023.0, 1023.0) if full_range else (64.0, 876.0, 896.0)
    _map(y, u, v, low, 1 / span, 1 / chroma, _light(transfer), _system_gain(transfer), _drawn(), out.y, out.u, out.v)
    return out


@lru_cache(maxsize=2)
def _light(transfer: str) -> Curve:
    """What each signal level means, as shares of reference white (PQ) or of HLG's scene light. ITU-R BT.2100."""
    signal = np.arange(STEPS) / (STEPS - 1)
    if transfer == "pq":
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        root = signal ** (1 / m2)
        light = (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) * 10_000 / WHITE_NITS
    else:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal ** 2 / 3, (np.exp((signal - c) / a) + b) / 12)
    return light.astype(np.float32)


@lru_cache(maxsize=2)
def _system_gain(transfer: str) -> Curve:
    """What light is multiplied by, at each luminance: 1 for PQ, HLG's system gamma of 1.2 at 1000 cd/m2."""
    if transfer == "pq":
        return np.ones(STEPS, np.float32)
    luminance = np.arange(STEPS) / (STEPS - 1)
    return (HLG_PEAK_NITS / WHITE_NITS * np.maximum(luminance, 1e-6) ** 0.2).astype(np.float32)


@lru_cache(maxsize=1)
def _drawn() -> Curve:
    """The signal for each square root of light. ITU-R BT.1886."""
    return ((np.arange(STEPS) / (STEPS - 1)) ** (2 / 2.4)).astype(np.float32)


@numba.njit(nogil=True)
def _at(curve: Curve, place: np.float32) -> np.float32:
    """Return the value of `curve` at `place` in [0, 1]; outside, its ends."""
    one = min(max(place, np.float32(0)), np.float32(1))
    # an unsigned index is never counted from the end, and faster for it
    value: np.float32 = curve[np.uint32(np.int32(one * np.float32(STEPS - 1) + np.float32(0.5)))]
    return value


@numba.njit(nogil=True, error_model="numpy")
def _map_row(y: Deep, blue: Curve, red: Curve, low: float, per_level: float, light: Curve, gain: Curve, drawn: Curve,
             out_y: Plane, out_blue: Curve, out_red: Curve) -> None:
    """One row: luma, and the chroma of every pixel. `blue` and `red` are Cb and Cr of its chroma samples."""
    zero, one = np.float32(0), np.float32(1)
    for x in range(y.shape[0]):
        luma, cb, cr = (np.float32(y[x]) - low) * per_level, blue[x >> 1], red[x >> 1]
        r = _at(light, luma + np.float32(1.4746) * cr)
        g = _at(light, luma - np.float32(0.164553) * cb - np.float32(0.571353) * cr)
        b = _at(light, luma + np.float32(1.8814) * cb)
        k = _at(gain, np.float32(0.2627) * r + np.float32(0.678) * g + np.float32(0.0593) * b)
        to_r = k * (np.float32(1.660491) * r - np.float32(0.587641) * g - np.float32(0.07285) * b)
        to_g = k * (np.float32(1.1329) * g - np.float32(0.12455) * r - np.float32(0.008349) * b)
        to_b = k * (np.float32(1.118730) * b - np.float32(0.018151) * r - np.float32(0.100579) * g)
        grey = np.float32(0.2126) * to_r + np.float32(0.7152) * to_g + np.float32(0.0722) * to_b
        least = min(to_r, to_g, to_b, zero)
        share = grey / max(grey - least, np.float32(1e-6))
        to_r, to_g, to_b = grey + share * (to_r - grey), grey + share * (to_g - grey), grey + share * (to_b - grey)
        scale = one / max(to_r, to_g, to_b, one)
        r = _at(drawn, np.sqrt(max(to_r * scale, zero)))
        g = _at(drawn, np.sqrt(max(to_g * scale, zero)))
        b = _at(drawn, np.sqrt(max(to_b * scale, zero)))
        luma = np.float32(0.2126) * r + np.float32(0.7152) * g + np.float32(0.0722) * b
        out_y[x] = np.uint8(np.int32(np.float32(16.5) + np.float32(219) * luma))
        out_blue[x] += b - luma
        out_red[x] += r - luma


@kernel(_DEEP, _DEEP, _DEEP, types.float32, types.float32, types.float32, _CURVE, _CURVE, _CURVE, PLANE_OUT, PLANE_OUT,
        PLANE_OUT)
def _map(y: Deep, u: Deep, v: Deep, low: float, per_level: float, per_chroma: float, light: Curve, gain: Curve,
         drawn: Curve, out_y: Plane, out_u: Plane, out_v: Plane) -> None:
    height, width = y.shape
    columns = u.shape[1]
    blue, red = np.empty(columns, np.float32), np.empty(columns, np.float32)
    new_blue, new_red = np.empty(width, np.float32), np.empty(width, np.float32)
    for row in range(u.shape[0]):
        for x in range(columns):
            blue[x] = (np.float32(u[row, x]) - np.float32(512)) * per_chroma
            red[x] = (np.float32(v[row, x]) - np.float32(512)) * per_chroma
        new_blue[:], new_red[:] = 0, 0
        rows = min(2 * row + 2, height) - 2 * row
        for at in range(2 * row, 2 * row + rows):
            _map_row(y[at], blue, red, low, per_level, light, gain, drawn, out_y[at], new_blue, new_red)
        for x in range(columns):
            first, second = 2 * x, min(2 * x + 1, width - 1)
            share = np.float32(1) / np.float32(2 * rows)
            out_u[row, x] = np.uint8(np.int32(np.float32(128.5) + np.float32(224 / 1.8556) * share
                                              * (new_blue[first] + new_blue[second])))
            out_v[row, x] = np.uint8(np.int32(np.float32(128.5) + np.float32(224 / 1.5748) * share
                                              * (new_red[first] + new_red[second])))
