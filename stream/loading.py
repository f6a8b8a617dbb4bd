"""loading: what must be warm before the first tick: engines, kernels, fonts; each loaded in a thread, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.asr import Recognizer
from models.matting import Segmenter
from stream.fonts import collection
from stream.plugins import load
from stream.render.blur import background
from stream.render.compositor import Canvas, Picture, compose, solid
from stream.render.matte import Matte, Refiner
from stream.render.text import Typesetter
from stream.timeline.program import Box, Color, Program


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines a run uses; None for those it does not."""

    recognizer: Recognizer | None = None
    segmenter: Segmenter | None = None


def load_recognizer(name: str = "moonshine") -> Recognizer:
    """Return engine `name`, loaded; ModelError when its weights are missing."""
    module: Any = load("models.asr", name)
    recognizer: Recognizer = module.load()
    return recognizer


def load_segmenter(name: str = "selfie", provider: str = "auto") -> Segmenter:
    """Return the segmenter that a document calls `name`: an engine, or an engine and its variant (selfie-landscape)."""
    engine, _, variant = name.partition("-")
    module: Any = load("models.matting", engine)
    segmenter: Segmenter = module.load(variant or "general", provider)
    return segmenter


def load_engines(captions: bool, matte: bool, *, matte_model: str = "selfie", provider: str = "auto",
                 asr: str = "moonshine") -> Engines:
    """Load what is asked for, one after the other (loading holds the interpreter anyway)."""
    return Engines(load_recognizer(asr) if captions else None,
                   load_segmenter(matte_model, provider) if matte else None)


def open_typesetter(tell: Callable[[str], None]) -> Typesetter:
    """Return a Typesetter over the packaged fonts, warm."""
    typesetter = Typesetter(collection(), tell)
    typesetter.warm()
    return typesetter


def warm_pixels(program: Program) -> None:
    """Load (on the very first run: compile) every pixel kernel, and use each once at `program`'s size."""
    canvas = Canvas(program.width_px, program.height_px)
    frame, whole = solid(canvas.width_px, canvas.height_px, Color(0, 0, 0)), Box(0, 0, canvas.width_px, canvas.height_px)
    alpha = Refiner(144, 256).refine(np.zeros((144, 256), np.float32), np.zeros((144, 256, 3), np.uint8))
    pictures = [Picture(frame, whole), Picture(background(frame, canvas, 0.1), whole, Matte(alpha, 0))]
    compose(canvas, pictures)
