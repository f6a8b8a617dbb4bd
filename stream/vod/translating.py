"""translating: what is said in a film in a second language: by a translator, or heard by an engine that translates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from models.asr import StreamOptions, Word
from models.mt import Translator
from stream.captions.lines import Measure
from stream.captions.page import PageOptions
from stream.captions.polish import settle
from stream.captions.translate import sentences, translated
from stream.run.loading import load_translator
from stream.timeline.program import CaptionSpec, Cue, Program
from stream.timeline.second import second_spec
from stream.vod.ear import Ear
from stream.vod.talks import Talk

PAGES = PageOptions(prefix="t")
Measured = Callable[[CaptionSpec], Measure]


@dataclass(slots=True)
class Translating:
    """Makes the second language's captions of one Program's talks; a translator is loaded once."""

    program: Program
    ear: Ear
    _translators: dict[str, Translator] = field(default_factory=dict)

    def pages(self, talk: Talk, said: Sequence[Word], measure: Measured) -> list[Cue]:
        """Return the captions of `talk`, of which `said` are the words, in its second language; none without one.

        ModelError when the translator cannot be had or does not translate between the two.
        """
        own = second_spec(talk.spec)
        lane = own.hearing.language
        words = self._words(talk, said) if lane else ()
        if not words:
            return []
        pages = settle(words, own, measure(own), self.program.width_px, PAGES)
        return [own.dressed(replace(page, id=f"{talk.id}~{page.id}", lane=lane)) for page in pages]

    def _words(self, talk: Talk, said: Sequence[Word]) -> Sequence[Word]:
        hearing = talk.spec.hearing
        if hearing.translator:
            translator = self._translators.get(hearing.translator)
            if translator is None:
                translator = self._translators[hearing.translator] = load_translator(hearing.translator)
            write = translator.translate
            return [word for sentence in sentences(said)
                    for word in translated(sentence, lambda text: write(text, hearing.language, hearing.translate))]
        engine = hearing.second or hearing.engine
        if engine.partition(":")[0] != "whisper" or hearing.translate.lower().partition("-")[0] != "en":
            self.ear.tell(f"note: {talk.id} is not captioned in {hearing.translate!r}: the engine {engine} does not "
                          "translate into it; name a translator")
            return ()
        options = StreamOptions(hearing.language, translate=True)
        return talk.spoken(self.ear.words(talk.url, talk.in_ns, talk.length_ns, engine, options))
