"""Cut out or masked stills; a stand-in brought to its loudness; what a live sound goes without."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from PIL import Image
from zoo import HEIGHT, RATE, WIDTH

from stream.sound.loudness import Meter
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value
from stream.vod.sound import Settled, source_frames
from support import ROOT

BLUE = (40, 40, 200)


def test_a_person_is_cut_out_of_a_photograph(tmp_path: Path) -> None:
    zoo.ffmpeg("-ss", "1", "-i", ROOT / "deploy/demo/clip.mp4", "-frames:v", "1", tmp_path / "person.png")
    Image.new("RGB", (WIDTH, HEIGHT), BLUE).save(tmp_path / "blue.png")

    def image(name: str, *effects: dict[str, Any]) -> dict[str, Any]:
        return {"VideoTrackClips": [{"Type": "Image", "MediaURL": str(tmp_path / name), "Duration": 0.2,
                                     "Effects": list(effects)}]}

    value = {"VideoTracks": [image("blue.png"), image("person.png", {"Type": "AI_RealMatting"})]}
    seen = zoo.seen(zoo.render(tmp_path, value))[3].astype(int)
    whole = zoo.seen(zoo.render(tmp_path, {"VideoTracks": [image("person.png")]}, name="whole.mp4"))[3].astype(int)
    blue = np.abs(seen - BLUE).max(axis=2) < 12
    assert blue[:HEIGHT // 2, :WIDTH // 5].mean() > 0.95 and blue[:HEIGHT // 2, -WIDTH // 5:].mean() > 0.95
    middle = (slice(HEIGHT // 2, HEIGHT * 4 // 5), slice(WIDTH * 9 // 20, WIDTH * 11 // 20))
    assert np.abs(seen - whole)[middle].mean() < 4


def test_a_still_behind_a_mask_follows_the_mask(tmp_path: Path) -> None:
    Image.new("RGB", (WIDTH, HEIGHT), (220, 220, 220)).save(tmp_path / "white.png")
    mask = []
    for number in range(12):
        mask.append(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        mask[-1][:, :WIDTH // 2 if number < 6 else WIDTH // 4] = 255
    zoo.write(tmp_path / "mask.mp4", mask)
    clip = {"Type": "Image", "MediaURL": str(tmp_path / "white.png"), "Duration": 0.4,
            "MaskVideoUrl": str(tmp_path / "mask.mp4")}
    seen = zoo.seen(zoo.render(tmp_path, {"VideoTracks": [{"VideoTrackClips": [clip]}]}))
    assert len(seen) == round(0.4 * RATE)
    for number, edge in ((2, WIDTH // 2), (9, WIDTH // 4)):
        assert seen[number][:, :edge - 4].min() > 200 and seen[number][:, edge + 4:].max() < 24


def test_a_voice_s_stand_in_is_brought_to_its_loudness() -> None:
    value = {"AudioTracks": [{"AudioTrackClips": [{"Type": "AI_TTS", "Content": "One two three four five six.",
                                                   "Effects": [{"Type": "ALoudNorm", "Loudness": -30}]}]}]}
    (sound,) = resolve(from_value(value), Facts()).sounds
    meter, gain_db = Meter(), dict(Settled().of(sound, sound.url).effects[0].params)["gain_db"]
    for frame in source_frames(sound.url, sound):
        meter.feed(frame.samples)
    assert meter.integrated_lufs() + float(gain_db) == pytest.approx(-30, abs=0.1)


def test_a_live_sound_says_which_effects_it_goes_without() -> None:
    clip = {"MediaURL": "rtmp://h/live/k", "Effects": [{"Type": "ALoudNorm"}]}
    value = {"VideoTracks": [{"VideoTrackClips": [clip]}],
             "EffectTracks": [{"EffectTrackItems": [{"Type": "AEqualize"}]}]}
    facts = Facts({"rtmp://h/live/k": MediaFacts("live", 640, 360, has_video=True, has_audio=True)})
    told = [notice.message for notice in resolve(from_value(value), facts).notices if notice.code == "not-rendered"]
    assert len(told) == 2 and {message.split()[0] for message in told} == {"ALoudNorm", "AEqualize"}


def test_a_picture_that_fades_is_not_called_ignored() -> None:
    value = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", "Effects": [
        {"Type": "Fade", "SubType": "In", "Color": "#FF0000", "Duration": 1}]}]}]}
    facts = Facts({"a.mp4": MediaFacts("video", 640, 360, duration_ns=4 * NS, has_video=True)})
    made = resolve(from_value(value), facts)
    assert made.notices == () and made.layers[0].looks[0].name == "fade_in"
