"""A text read aloud before any voice has read it: sentences, times, captions, and a voice's own times instead."""

import json
from typing import Any

import pytest

from stream.timeline.facts import Facts, MediaFacts, Speech
from stream.timeline.program import NS, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import load
from stream.timeline.speech import plain_text, rate_factor, sentences, spoken

CLIP = "$.AudioTracks[0].AudioTrackClips[0]"
FACTS = Facts({"a.mp4": MediaFacts("video", 1280, 720, duration_ns=30 * NS, has_video=True)})


def program(content: str, speech: Any = None, **members: Any) -> Program:
    clip = {"Type": "AI_TTS", "Content": content, "Effects": [{"Type": "AI_ASR", "Y": 600}], **members}
    value = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}],
             "AudioTracks": [{"AudioTrackClips": [clip]}]}
    return resolve(load(json.dumps(value)), FACTS, speech=speech)


@pytest.mark.parametrize(("text", "parts"), [
    ("One, two. Three?", ("One,", "two.", "Three?")), ("It costs 4.5 or 1,000.", ("It costs 4.5 or 1,000.",)),
    ("君不见，黄河之水天上来。奔流到海不复回！", ("君不见，", "黄河之水天上来。", "奔流到海不复回！")),
    ("Dr. Lee met J. R. Poe at 3 p.m. today. Fine", ("Dr. Lee met J. R. Poe at 3 p.m. today.", "Fine")),
    ("On May 5, 2024 it rained, e.g. a lot", ("On May 5, 2024 it rained,", "e.g. a lot")),
    ("Plan B. No. 5 is No. Then", ("Plan B. No. 5 is No.", "Then")), ("At 3 p.m. Then", ("At 3 p.m.", "Then")),
    ("He said: “Go!” Then he went", ("He said:", "“Go!”", "Then he went")), ("", ()), ("…", ())])
def test_sentences_end_at_chinese_and_latin_punctuation(text: str, parts: tuple[str, ...]) -> None:
    assert sentences(text) == parts


def test_ssml_is_not_shown_and_its_pauses_last() -> None:
    text = '<speak><sub alias="Pee You">PU</sub> line &amp; more.<break time="1500ms"/></speak>'
    assert plain_text(text) == "PU line & more."
    assert spoken(text).duration_ns == spoken("PU line & more.").duration_ns + NS * 3 // 2


def test_a_speech_rate_is_what_the_service_says() -> None:
    assert [rate_factor(rate) for rate in (-500, 0, 500, None, 9000)] == [0.5, 1, 2, 1, 2]
    assert spoken("Ten words.", 500).duration_ns * 2 == pytest.approx(spoken("Ten words.").duration_ns, abs=2)


def test_a_stand_in_is_heard_captioned_and_told() -> None:
    made = program("Do you see the river? It comes from the sky, rushing.")
    (sound,) = made.sounds
    assert sound.url == f"tone://{sound.end_ns}" and sound.role == "speech" and sound.captions is not None
    said = sound.captions.said
    assert [text for text, _, _ in said] == ["Do you see the river?", "It comes from the sky,", "rushing."]
    assert said[0][1] == 0 and said[-1][2] == sound.end_ns == 5_000_000_000 and made.cues == ()
    assert all(end <= start for (_, _, end), (_, start, _) in zip(said, said[1:], strict=False))
    assert [(n.code, n.path) for n in made.notices] == [("stand-in-speech", CLIP)]


def test_a_voice_brings_its_own_sound_and_times() -> None:
    said = Speech(7 * NS, (("First.", NS, 2 * NS), ("Second.", 3 * NS, 6 * NS)), "voice.wav")
    made = program("First. Second.", {CLIP: said}, TimelineIn=2)
    assert [(s.url, s.start_ns / NS, s.end_ns / NS) for s in made.sounds] == [("voice.wav", 2, 9)]
    spec = made.sounds[0].captions
    assert spec is not None and spec.said == said.sentences and made.notices == ()


def test_a_text_without_words_is_an_error() -> None:
    assert "no-media" in [n.code for n in program("").notices]
