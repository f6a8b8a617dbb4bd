"""cast: every text of a document that is to be read aloud, read aloud."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from stream.errors import CuelightError
from stream.timeline.facts import Speech
from stream.timeline.program import Notice
from stream.timeline.schema import Document
from stream.timeline.schema_tracks import AudioTrackClip, Spoken, VideoTrackClip
from stream.timeline.vocabulary import AUDIO_CLIP_TYPES, canonical
from stream.voicing import cache
from stream.voicing.effects import LIKE
from stream.voicing.manner import Manner, manner_of
from stream.voicing.script import Script, script_of
from stream.voicing.speak import Hear, Samples, speak
from stream.voicing.ssml import SoundEvent
from stream.voicing.voices import Choice, Voices, loaded, troubles, wanted
from stream.voicing.voices import cast as cast_of

Tell = Callable[[Notice], None]
FORMATS = ("pcm", "wav", "mp3")


@dataclass(slots=True)
class Studio:
    """The voices and the cache that texts are read with; `hear` gives the sounds that texts name (48 kHz, mono)."""

    voices: Voices = field(default_factory=Voices)
    kept: cache.Kept | None = None
    hear: Hear = lambda _: None
    made: int = 0
    """How many texts had to be said, rather than found in the cache."""
    _sounds: dict[str, Samples | None] = field(default_factory=dict)

    def sound(self, url: str) -> Samples | None:
        """Return the sound of `url`, had once; None where it cannot be had."""
        if url not in self._sounds:
            self._sounds[url] = self.hear(url)
        return self._sounds[url]


@dataclass(frozen=True, slots=True)
class Plan:
    """One text ready to be said, by whom and how."""

    script: Script
    manner: Manner
    cast: Mapping[str, Choice]

    @property
    def urls(self) -> tuple[str, ...]:
        """The sounds that the text names."""
        return tuple(dict.fromkeys([*(step.url for sentence in self.script.sentences for step in sentence.steps
                                      if isinstance(step, SoundEvent)), *filter(None, [self.manner.music])]))

    def parts(self, sound: Hear) -> object:
        """What decides how it sounds, as JSON."""
        return [[asdict(sentence) for sentence in self.script.sentences], asdict(self.manner),
                {language: str(choice) for language, choice in self.cast.items()},
                [None if (had := sound(url)) is None else sha256(had.tobytes()).hexdigest() for url in self.urls]]


def texts(document: Document) -> Iterator[tuple[str, Spoken]]:
    """Yield (JSON path, clip) of every AI_TTS clip that has a Content, on video and audio tracks."""
    for family in ("Video", "Audio"):
        for t, track in enumerate(getattr(document.timeline, f"{family}Tracks") or []):
            for c, clip in enumerate(getattr(track, f"{family}TrackClips", None) or []):
                if (isinstance(clip, AudioTrackClip | VideoTrackClip) and clip.Content
                        and canonical(clip.Type, AUDIO_CLIP_TYPES) == "AI_TTS"):
                    yield f"{document.root}.{family}Tracks[{t}].{family}TrackClips[{c}]", clip


def voiced(document: Document, tell: Tell, studio: Studio | None = None) -> Mapping[str, Speech]:
    """Return what each AI_TTS clip says, by its JSON path, with the sound's file and each sentence's times.

    What cannot be said is told and left out, so that its stand-in stays. Synchronous; takes as long as saying it.
    """
    studio = studio or Studio()
    once = _Once(tell)
    found = {}
    for path, clip in texts(document):
        try:
            plan = planned(path, clip, studio, once)
            speech = _said(plan, studio, once, path) if plan else None
        except CuelightError as error:
            once(_bad(path, error))
            continue
        if speech:
            found[path] = speech
    return found


def checked(document: Document, tell: Tell, studio: Studio | None = None) -> None:
    """Tell what is wrong with the texts that are to be read aloud, and with their voices; nothing is said."""
    studio = studio or Studio()
    once = _Once(tell)
    for path, clip in texts(document):
        try:
            planned(path, clip, studio, once)
        except CuelightError as error:
            once(_bad(path, error))


def planned(path: str, clip: Spoken, studio: Studio, tell: Tell) -> Plan | None:
    """Return how `clip`'s text is to be said; None when nobody here can. DocumentError for SSML that cannot be read."""
    first = script_of(clip.Content or "", "en", f"{path}.Content")
    name = first.wishes.voice or clip.CustomizedVoice or clip.Voice or ""
    member = ("Content" if first.wishes.voice else "CustomizedVoice" if clip.CustomizedVoice else "Voice" if clip.Voice
              else "Content")
    want = wanted(name, studio.voices)
    script = script_of(clip.Content or "", want.language, f"{path}.Content") if want.language else first
    for notice in script.notices:
        tell(notice)
    if not script.languages:
        tell(Notice("error", f"{path}.Content", "There is nothing in the text that a voice could say", "Write words",
                    "bad-speech"))
        return None
    cast = cast_of(want, script.languages, studio.voices)
    for notice in troubles(name, want, cast, script.languages, studio.voices, f"{path}.{member}"):
        tell(notice)
    plan = Plan(script, manner_of(clip.SpeechRate, clip.PitchRate, clip.Volume, script.wishes), cast)
    for notice in _shortcomings(plan, clip, path, studio):
        tell(notice)
    return plan if cast else None


def _shortcomings(plan: Plan, clip: Spoken, path: str, studio: Studio) -> Iterator[Notice]:
    """What is asked for and cannot be done, or only nearly."""
    effect = plan.manner.effect
    if effect in LIKE:
        yield Notice("warning", f"{path}.Content", f"The effect {effect} is only like the original: {LIKE[effect]}",
                     "", "approximate")
    if clip.Format and clip.Format.lower() not in FORMATS:
        yield Notice("warning", f"{path}.Format", f"Nobody knows the format {clip.Format[:40]!r}; it is ignored",
                     f"Known: {', '.join(FORMATS)}; each sounds the same in the film", "unknown-format")
    for url in plan.urls:
        if studio.sound(url) is None:
            yield Notice("warning", f"{path}.Content", f"The sound {url[:80]!r} cannot be had; it is left out",
                         "Name a file that can be read here", "missing-media")


def _said(plan: Plan, studio: Studio, tell: Tell, path: str) -> Speech | None:
    kept = studio.kept
    if kept is None:
        kept = cache.Kept(cache.folder(), lambda text: tell(Notice("info", path, text, "", "speech-cache")))
        studio.kept = kept
    key = cache.key_of(plan.parts(studio.sound), tuple(sorted({choice.engine for choice in plan.cast.values()})))
    speech = kept.get(key)
    if speech is None:
        said = speak(plan.script, plan.cast, loaded(plan.cast, studio.voices), plan.manner, studio.sound)
        studio.made += 1
        if said.left_out:
            tell(Notice("warning", f"{path}.Content", f"The voice has no sound for {said.left_out[0][:60]!r}",
                        "Write it as it is spoken, with <sub alias>", "left-out"))
        speech = kept.put(key, said.samples, said.sentences)
    return speech


def _bad(path: str, error: CuelightError) -> Notice:
    where = f"{path}.Content"
    return Notice("error", where, error.message.removeprefix(f"{where}: "), error.remedy, "bad-speech")


@dataclass(slots=True)
class _Once:
    """Tells each notice once; of a voice that is not here, once for the whole document."""

    tell: Tell
    told: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, notice: Notice) -> None:
        key = ("" if notice.code == "nearest-voice" else notice.path, notice.message)
        if key not in self.told:
            self.told.add(key)
            self.tell(notice)
