"""loading: what must be warm before the first tick: engines, kernels, fonts; each loaded in a thread, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.asr import Recognizer
from models.asr._language import MANY, hears
from models.matting import Segmenter
from models.mt import Translator
from stream.errors import ModelError
from stream.fonts import collection
from stream.plugins import load, names
from stream.render.compositor import Canvas
from stream.render.text import Typesetter
from stream.render.warm import warm
from stream.run.tongue import Detect
from stream.timeline.program import Program


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines a run uses; None for those it does not."""

    recognizer: Recognizer | None = None
    segmenter: Segmenter | None = None
    translator: Translator | None = None
    second: Recognizer | None = None
    detect: Detect | None = None


def load_recognizer(name: str = "moonshine", language: str = "") -> Recognizer:
    """Return engine `name` ("vosk:FOLDER" with a model of the user's), loaded.

    ModelError when its weights are missing or wrong, or it is known not to hear `language`, a BCP 47 tag.
    """
    engine, _, folder = name.partition(":")
    module: Any = load("models.asr", engine)
    recognizer: Recognizer = module.load(folder)
    if not hears(recognizer.languages, language):
        raise ModelError(f"the engine {name} does not know the language {language!r}: it knows "
                         + ", ".join(sorted(recognizer.languages)[:8]),
                         "whisper knows 99 languages (cuelight models get whisper), and vosk takes a model of any")
    return recognizer


def load_detector(recognizer: Recognizer, second: Recognizer | None = None) -> Detect | None:
    """Return what tells the language of speech, for an engine that knows only some; None where nothing can."""
    from models.asr import whisper

    if not 0 < len(recognizer.languages) < MANY:
        return None
    if isinstance(second, whisper.Whisper):
        return second.languages_in
    return None if whisper.available() else whisper.load().languages_in


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
                 asr: str = "moonshine", second: str = "", language: str = "", translator: str = "") -> Engines:
    """Load what is asked for, one after the other (loading holds the interpreter anyway)."""
    first = load_recognizer(asr, language) if captions else None
    other = load_recognizer(second, language) if captions and second else None
    return Engines(first, load_segmenter(matte_model, provider) if matte else None,
                   load_translator(translator) if captions and translator else None, other,
                   load_detector(first, other) if first is not None else None)


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
