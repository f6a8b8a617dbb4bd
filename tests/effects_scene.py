"""effects_scene: a picture with something of everything for effects to change, and sheets of many."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream.media import Scaler, VideoFrame, from_rgb, new_frame, planes_of
from stream.timeline.program import Box, Look, Value

SECOND_NS = 1_000_000_000
SPAN_NS = 4 * SECOND_NS


def scene(width_px: int = 96, height_px: int = 54, *, alpha: bool = False) -> VideoFrame:
    """A sky over grass, a sun, a person's outline with skin and coat, colour patches, fine lines; not symmetric."""
    y, x = np.mgrid[0:height_px, 0:width_px] / np.array([height_px, width_px]).reshape(2, 1, 1)
    rgb = np.empty((height_px, width_px, 3))
    rgb[...] = np.stack([90 + 60 * y, 140 + 60 * y, 225 - 40 * y], axis=2)
    rgb[y > 0.65] = np.stack([70 + 60 * x, 120 + 30 * x, 50 + 0 * x], axis=2)[y > 0.65]
    aspect = width_px / height_px
    rgb[np.hypot((x - 0.8) * aspect, y - 0.22) < 0.14] = (250, 240, 180)
    rgb[np.hypot((x - 0.45) * aspect / 0.24, (y - 0.95) / 0.5) < 1] = (60, 50, 90)
    rgb[np.hypot((x - 0.45) * aspect, (y - 0.36) / 1.25) < 0.13] = (215, 160, 130)
    for k, color in enumerate(((200, 30, 40), (40, 170, 60), (40, 60, 200), (240, 220, 40), (20, 20, 20))):
        rgb[(y > 0.82) & (x > 0.6 + 0.08 * k) & (x < 0.67 + 0.08 * k)] = color
    rgb[(x < 0.18) & (y > 0.3) & (y < 0.6) & ((np.mgrid[0:height_px, 0:width_px][1] // 2) % 2 == 0)] = (235, 235, 235)
    shown = from_rgb(np.clip(rgb, 0, 255).astype(np.uint8))
    frame = new_frame(width_px, height_px, alpha=alpha)
    for target, plane in zip(planes_of(frame), planes_of(shown), strict=False):
        target[:] = plane
    if frame.a is not None:
        frame.a[:] = np.rint(255 * x).astype(np.uint8)
    return frame


def look(kind: str, name: str, box: Box | None = None, seed: int = 7, **params: Value) -> Look:
    """A look over the whole span."""
    return Look(kind, name, 0, SPAN_NS, tuple(params.items()), box, seed)  # type: ignore[arg-type]


def same(one: VideoFrame, other: VideoFrame) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(planes_of(one), planes_of(other), strict=True))


def difference(one: VideoFrame, other: VideoFrame) -> float:
    """The mean absolute difference of two pictures' planes, in levels."""
    return float(np.mean([np.abs(a.astype(int) - b).mean() for a, b in
                          zip(planes_of(one)[:3], planes_of(other)[:3], strict=True)]))


def sheet(frames: Sequence[VideoFrame], columns: int) -> NDArray[np.uint8]:
    """The frames side by side as RGB, those with alpha over mid grey."""
    scaler, cells = Scaler(), []
    for frame in frames:
        rgb = scaler.rgb(frame, frame.width_px, frame.height_px)
        if frame.a is not None:
            part = frame.a[..., None] / 255
            rgb = np.rint(rgb * part + 128 * (1 - part)).astype(np.uint8)
        cells.append(rgb)
    cells += [np.zeros_like(cells[0])] * (-len(cells) % columns)
    return np.concatenate([np.concatenate(cells[k:k + columns], axis=1) for k in range(0, len(cells), columns)])
