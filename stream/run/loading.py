"""loading: what must be warm before the first tick: engines, kernels, fonts; each loaded in a thread, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.asr import Recognizer
from models.matting import Segmenter
from models.mt import Translator
from stream.fonts import collection
from stream.plugins import load, names
from stream.render.compositor import Canvas
from stream.render.text import Typesetter
from stream.render.warm import warm
from stream.timeline.program import Program


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines a run uses; None for those it does not."""

    recognizer: Recognizer | None = None
    segmenter: Segmenter | None = None
    translator: Translator | None = None


def load_recognizer(name: str = "moonshine") -> Recognizer:
    """Return engine `name`, loaded; ModelError when its weights are missing."""
    engine, _, folder = name.partition(":")
    module: Any = load("models.asr", engine)
    recognizer: Recognizer = module.load(folder)
    return recognizer


def load_translator(name: str) -> Translator:
    """Return the translator in a model's folder ("ctranslate2:FOLDER", or FOLDER alone); ModelError when it is none."""
    engine, colon, folder = name.partition(":")
    if not colon or engine not in names("models.mt"):
        engine, folder = "ctranslate2", name
    module: Any = load("models.mt", engine)
    translator: Translator = module.load(folder)
    return translator


def load_segmenter(name: str = "selfie", provider: str = "auto") -> Segmenter:
    """Return the segmenter that a document calls `name`: an engine, or an engine and its variant (selfie-landscape)."""
    engine, _, variant = name.partition("-")
    module: Any = load("models.matting", engine)
    segmenter: Segmenter = module.load(variant or "general", provider)
    return segmenter


def load_engines(captions: bool, matte: bool, *, matte_model: str = "selfie", provider: str = "auto",
                 asr: str = "moonshine", translator: str = "") -> Engines:
    """Load what is asked for, one after the other (loading holds the interpreter anyway)."""
    return Engines(load_recognizer(asr) if captions else None,
                   load_segmenter(matte_model, provider) if matte else None,
                   load_translator(translator) if captions and translator else None)


def open_typesetter(tell: Callable[[str], None]) -> Typesetter:
    """Return a Typesetter over the packaged fonts, warm."""
    typesetter = Typesetter(collection(), tell)
    typesetter.warm()
    return typesetter


def warm_up(program: Program, typesetter: Typesetter) -> None:
    """Load (on the very first run: compile) the pixel kernels, and the letters of `program`'s captions."""
    warm(Canvas(program.width_px, program.height_px))
    specs = [layer.captions for layer in program.layers] + [sound.captions for sound in program.sounds]
    typesetter.warm(*(spec.style for spec in specs if spec is not None))
