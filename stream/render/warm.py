"""warm: everything the renderer needs compiled, loaded and run once, before the first tick."""

import numpy as np

from stream.media import Matte, new_frame
from stream.render.blur import background
from stream.render.compositor import Canvas, Picture, compose
from stream.render.matte import Refiner
from stream.render.raster import from_rgba
from stream.timeline.program import Box


def warm(canvas: Canvas) -> None:
    """Run every pixel kernel once. Importing this module compiles them: seconds on the first start, then cached.

    One compilation serves all sizes and kinds of array; what is left to do is to load and to touch the memory.
    """
    whole = Box(0, 0, canvas.width_px, canvas.height_px)
    frame = new_frame(canvas.width_px, canvas.height_px)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    cut_out = new_frame(canvas.width_px, canvas.height_px, alpha=True)
    for plane in (cut_out.y, cut_out.u, cut_out.v, cut_out.a):
        if plane is not None:
            plane[:] = 128
    rgb = np.zeros((256, 256, 3), np.uint8)
    ramp = np.linspace(0, 1, 256, dtype=np.float32)
    refiner = Refiner(256, 256)
    for _ in range(2):
        alpha = refiner.refine(np.broadcast_to(ramp, (256, 256)), rgb)
    raster = from_rgba(np.full((32, 64, 4), 128, np.uint8), 0, 0)
    compose(canvas, [Picture(background(frame, canvas, 0.1), whole), Picture(frame, whole, Matte(alpha, 0)),
                     Picture(cut_out, whole, opacity=0.5)], [raster])
