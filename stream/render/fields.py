"""fields: interlaced pictures made whole, by blending lines only where the two fields differ."""

import numpy as np

from stream.media import Plane, VideoFrame, new_frame, planes_of
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel

COMB_LEVELS = 6
"""A line that is brighter, or darker, than both its neighbours by more than this is of another moment than they."""


def deinterlaced(frame: VideoFrame) -> VideoFrame:
    """Return `frame` with lines blended (1 2 1) where they comb; what stands still keeps its detail."""
    out = new_frame(frame.width_px, frame.height_px, alpha=frame.a is not None, matrix=frame.matrix,
                    full_range=frame.full_range, pts_ns=frame.pts_ns)
    out.index = frame.index
    for plane, target in zip(planes_of(frame), planes_of(out), strict=True):
        _blend(plane, target)
    return out


@kernel(PLANE_IN, PLANE_OUT)
def _blend(plane: Plane, out: Plane) -> None:
    last = plane.shape[0] - 1
    for row in range(plane.shape[0]):
        above, line, below, target = plane[max(row - 1, 0)], plane[row], plane[min(row + 1, last)], out[row]
        for x in range(line.shape[0]):
            a, b, c = np.int32(above[x]), np.int32(line[x]), np.int32(below[x])
            beyond = max(b - max(a, c), min(a, c) - b)
            target[x] = np.uint8((a + 2 * b + c + 2) >> 2 if beyond > COMB_LEVELS else b)
