"""A language the engine does not know raises an alarm, and keeps what it makes of it off the picture."""

import asyncio
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from live_rig import Talker

from models.asr import Hypothesis, StreamOptions, Word
from models.asr._steadiness import Steadiness
from stream.captions.page import Pager
from stream.clock import LiveClock, Signal
from stream.media import NS, AudioFrame
from stream.metrics import Metrics
from stream.run.airing import Airing
from stream.run.hearing import Hearing
from stream.run.inputs import Parts
from stream.run.tongue import NEXT_LOOKS_S, Tongue
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import CaptionSpec, TextStyle
from stream.worker import InlineWorker
from support import require_weights, run_virtual, shared_media

SECOND = np.zeros(16_000, np.float32)
RATE_HZ = 16_000


def parts() -> Parts:
    clock = LiveClock()
    return Parts(clock, Metrics(), lambda name: InlineWorker(), Signal(), lambda line: None, clock.now_ns)


class Ear:
    """Tells the languages it was told to tell, one after the other, the last for ever."""

    def __init__(self, *answers: Mapping[str, float]) -> None:
        self.answers, self.looks = list(answers), list[float]()

    def __call__(self, samples: Any) -> Mapping[str, float]:
        self.looks.append(len(samples) / RATE_HZ)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def listened(tongue: Tongue, seconds: int) -> list[str]:
    """What `tongue` takes the language for after each second of speech."""
    async def go() -> list[str]:
        task = asyncio.create_task(tongue.run(), name="run")
        out = []
        for _ in range(seconds):
            tongue.hear(SECOND, True)
            tongue.look()
            await asyncio.sleep(1)
            out.append(tongue.spoken)
        tongue.close()
        await task
        return out

    return run_virtual(go())


def test_another_language_raises_the_alarm_within_three_seconds_of_speech() -> None:
    tongue = Tongue({"en"}, parts(), Ear({"ko": 0.9, "en": 0.02}))
    assert listened(tongue, 4) == ["", "", "ko", "ko"]
    assert "ko is spoken, and the engine knows en" in tongue.alarm and tongue.withholds
    assert tongue.parts.metrics.counters["language_alarms"] == 1


def test_it_is_over_when_the_engines_language_is_back() -> None:
    assert listened(Tongue({"en"}, parts(), Ear({"ko": 0.9}, {"en": 0.9})), 7)[-1] == ""


def test_doubt_is_looked_at_again_and_is_no_alarm() -> None:
    ear = Ear({"nn": 0.6, "en": 0.2})
    assert not any(listened(Tongue({"en"}, parts(), ear), 12))
    assert len(ear.looks) >= 4
    unsure = Ear({"nn": 0.3, "de": 0.3, "en": 0.05})
    assert not any(listened(Tongue({"en"}, parts(), unsure), 12))


def test_the_sound_is_looked_at_seldom_and_its_newest_seconds_only() -> None:
    ear = Ear({"en": 0.95})
    listened(Tongue({"en-GB"}, parts(), ear), 60)
    assert len(ear.looks) <= 60 / NEXT_LOOKS_S + 1 and max(ear.looks) <= 6


def test_silence_is_not_looked_at_and_a_new_connection_begins_anew() -> None:
    ear = Ear({"ko": 0.9})
    tongue = Tongue({"en"}, parts(), ear)
    for _ in range(10):
        tongue.hear(SECOND, False)
    tongue.hear(SECOND, True)
    tongue.renew()
    assert listened(tongue, 2) == ["", ""] and ear.looks == []


def test_where_the_operator_set_the_language_captions_are_shown_all_the_same() -> None:
    tongue = Tongue({"en"}, parts(), Ear({"ko": 0.9}), "en")
    listened(tongue, 4)
    assert tongue.alarm.endswith("as the language was given") and not tongue.withholds


def hypothesis(segment: int, text: str, final: bool = False) -> Hypothesis:
    return Hypothesis(segment, tuple(Word(t, 0, 0) for t in text.split()), final, 0)


FLUENT = "in the beginning of the year we went to see the old house by the river again and again"


def test_without_an_ear_readings_that_never_agree_raise_the_alarm_and_steady_ones_end_it() -> None:
    tongue = Tongue({"en"}, parts())
    stories = ("when i was a child i used to go", "the most important thing is to use",
               "or four times twenty seconds in", "we have six zones of the entire", "more of us at the same time no")
    for number in range(12):
        tongue.push(hypothesis(0, stories[number % len(stories)]))
    assert tongue.spoken == "another language" and tongue.withholds
    words = FLUENT.split()
    for count in range(4, len(words)):
        tongue.push(hypothesis(1, " ".join(words[:count])))
    assert not tongue.alarm


def test_too_few_words_tell_nothing() -> None:
    steadiness = Steadiness()
    for text in ("so it is", "no he was", "the end of"):
        steadiness.push(hypothesis(0, text))
    assert steadiness.taken_back is None
    steadiness.push(hypothesis(0, "", final=True))
    steadiness.forget()
    assert steadiness.taken_back is None


def test_what_is_said_in_another_language_is_neither_shown_nor_noted_but_marked() -> None:
    shared, track, noted, marked = parts(), CueTrack(), list[Word](), list[tuple[int, int]]()
    pager = Pager(CaptionSpec(TextStyle(font="Noto Sans", size_px=20)),
                  lambda line: 10.0 * sum(len(run.text) for run in line), 640)

    def show(cue: Any) -> None:
        track.show(cue)

    clock = shared.clock
    assert isinstance(clock, LiveClock)
    airing = Airing(pager, shared, shared.clock.session_ns, lambda cue: None, show)
    ear = Ear({"en": 0.9}, {"ko": 0.95}, {"ko": 0.95}, {"en": 0.9})
    hearing = Hearing(Talker(), StreamOptions(), airing, shared, noted.extend,
                      skipped=lambda a, b: marked.append((a, b)), tongue=Tongue({"en"}, shared, ear))

    async def go() -> list[bool]:
        clock.arrived(0)
        tasks = [asyncio.create_task(hearing.run(), name="hear")]
        tasks += [asyncio.create_task(run(), name=name) for name, run in hearing.beside()]
        shown = []
        for second in range(24):
            for piece in range(20):
                at = second * NS + piece * NS // 20
                hearing.hear(AudioFrame(np.full((2, 2400), 0.1, np.float32), at))
                await asyncio.sleep(0.05)
            if second == 9:
                hearing.renew()
            shown.append(bool([c for c in track.at(shared.clock.session_ns()) if c.text]))
        hearing.frames.close()
        await tasks[0]
        hearing.end_beside()
        await asyncio.gather(*tasks)
        hearing.close()
        return shown

    shown = run_virtual(go())
    assert shown[3] and not shown[10] and shown[-1]
    quiet = [n for n, seen in enumerate(shown) if not seen and n > 1]
    assert 3 <= len(quiet) <= 12
    (start_ns, end_ns), = marked
    assert end_ns > start_ns and not any(start_ns <= w.start_ns <= end_ns for w in noted) and noted
    assert shared.metrics.counters["language_alarms"] == 1


@pytest.mark.parametrize("with_ear", [True, False])
def test_no_alarm_for_english_and_one_within_ten_seconds_for_korean_and_mandarin(with_ear: bool) -> None:
    from models.asr import moonshine, whisper
    from stream.bench.captions import clips

    folder = shared_media() / "speech"
    recognizer, ear = moonshine.load(), None
    if with_ear:
        require_weights("whisper")
        ear = whisper.load().languages_in
    english = [c for c in clips(folder, "en", "") if len(c.samples) < 12 * RATE_HZ][:None if with_ear else 3]
    for clip in [*english, *clips(folder, "ko", ""), *clips(folder, "zh", "")]:
        tongue = Tongue({"en"}, parts(), ear)
        at_s = alarmed_at_s(tongue, recognizer, clip.samples)
        if clip.name.startswith("en"):
            assert at_s is None, clip.name
        else:
            assert at_s is not None and at_s <= 5.0, clip.name


def alarmed_at_s(tongue: Tongue, recognizer: Any, samples: Any) -> float | None:
    """When the alarm was raised, in seconds of the sound."""
    async def go() -> float | None:
        task = asyncio.create_task(tongue.run(), name="run")
        stream, found = recognizer.open(StreamOptions()), None
        sound = np.concatenate((samples, np.zeros(RATE_HZ, np.float32)))
        for at in range(0, len(sound), 1600):
            tongue.hear(sound[at:at + 1600], stream.speaking)
            for hypothesis in stream.feed(sound[at:at + 1600]) if tongue.detect is None else listen(stream, sound, at):
                tongue.push(hypothesis)
            tongue.look()
            await asyncio.sleep(0.1)
            if tongue.spoken and found is None:
                found = (at + 1600) / RATE_HZ
        tongue.close()
        await task
        return found

    return run_virtual(go())


def listen(stream: Any, sound: Any, at: int) -> list[Hypothesis]:
    """Follow the voice only: what the engine reads is of no interest."""
    stream._step_s = float("inf")
    stream._read = lambda samples, last: []
    found: list[Hypothesis] = stream.feed(sound[at:at + 1600])
    return found
