"""region: a rectangle of the picture made unreadable: mosaic or blur."""

from stream.media import VideoFrame
from stream.render.effects.soften import mosaic, softened
from stream.timeline.program import Box, Look

CELLS, SPREAD = 10, 6
"""A mosaic has about 10 squares, a blur reaches a sixth, along the region's shorter side."""


def applied(look: Look, frame: VideoFrame) -> VideoFrame:
    """Return `frame` with `look.box` (None: all of it) in mosaic or blurred; not a pixel outside it changes."""
    box = look.box or Box(0, 0, frame.width_px, frame.height_px)
    short = max(min(box.width_px, box.height_px, frame.width_px, frame.height_px), 1)
    if look.name.lower() == "mosaic_rect":
        cells = CELLS if look.box else 4 * CELLS
        return mosaic(frame, max(4, 2 * round(short / cells / 2)), look.box)
    radius = max(2.0, short / (SPREAD if look.box else 8 * SPREAD))
    return softened(frame, radius, radius, look.box)
