"""Documents such as the format's own examples render whole: times, places, pictures and levels are as they say."""

import itertools
import re
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import seeds
from golden_pictures import assert_golden
from numpy.typing import NDArray
from seeds import FPS, GREY, Made, effects

from models.asr import StreamOptions
from stream.timeline.program import NS, Cue
from stream.timeline.schema import from_value
from stream.timeline.speech import plain_text
from stream.vod.aloud import read_aloud
from stream.vod.ear import Ear

SMALL, UPRIGHT, LARGE = (320, 180), (180, 320), (1920, 1080)
Claims = Callable[[Made], None]
Mask = NDArray[np.bool_]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def alike(heard: str, text: str) -> float:
    return SequenceMatcher(None, words(heard), words(text), autojunk=False).ratio()


def said(made: Made, first_s: float, last_s: float, engine: str = "moonshine") -> str:
    """What a recogniser hears in the film."""
    ear = Ear(None, print)
    found = ear.words(str(made.path), round(first_s * NS), round((last_s - first_s) * NS), engine, StreamOptions("en"))
    return " ".join(word.text for word in found)


def near(rgb: Any, color: tuple[int, int, int], within: int = 40) -> Mask:
    return np.asarray((np.abs(rgb.astype(int) - color) <= within).all(axis=2))


def text_of(cue: Cue) -> str:
    return cue.text.replace("\n", " ")


def spoken(made: Made) -> list[Cue]:
    return list(made.vod.spoken)


def film(made: Made, *, audio: bool = True) -> None:
    """The facts of the file."""
    streams = {one["codec_type"]: one for one in made.probed["streams"]}
    video, program = streams["video"], made.program
    assert (video["codec_name"], video["pix_fmt"]) == ("h264", "yuv420p")
    assert (video["width"], video["height"]) == (program.width_px, program.height_px)
    assert video["avg_frame_rate"] == f"{FPS}/1" and len(made.pictures) == program.tick_count()
    assert float(made.probed["format"]["duration"]) == pytest.approx(program.end_ns / NS, abs=0.06)
    assert ("audio" in streams) == audio
    if audio:
        sound = streams["audio"]
        assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == ("aac", "48000", 2)
    data = made.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def captioned(made: Made, cue: Cue, color: tuple[int, int, int], still: NDArray[np.uint8]) -> None:
    """`cue` is seen at its place while it is shown, and not before."""
    mid_s = (cue.start_ns + min(cue.end_ns, cue.start_ns + NS)) / 2 / NS
    seen = np.abs(made.at(mid_s).astype(int) - still).max(axis=2) > 30
    assert near(made.at(mid_s), color, 60).sum() > 12
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    high = cue.style.size_px * 1.37
    grown = cue.style.outline_px + (cue.style.box.y_border_px if cue.style.box else 0) + 2
    assert cue.style.y_px - grown <= rows[0] <= cue.style.y_px + high
    assert rows[-1] <= cue.style.y_px + len(cue.lines) * high + grown
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(made.program.width_px / 2, abs=3)


def relative_y(made: Made, look: dict[str, Any], cue: Cue) -> None:
    """Y keeps its place relative to the picture it was written for, unless two lines would not fit below."""
    high = made.program.height_px
    lowest = high - 2 * cue.style.size_px * 1.37 - (cue.style.box.y_border_px if cue.style.box else 0)
    upright = made.program.height_px > made.program.width_px
    whole = 1920 if upright else 1080
    assert cue.style.y_px == pytest.approx(min(look["Y"] / whole * high, lowest), abs=2)


def one_of(value: Any, kind: str, family: str = "Video", clip: int = 0) -> dict[str, Any]:
    found = value[f"{family}Tracks"][0][f"{family}TrackClips"][clip]["Effects"]
    return dict(next(effect for effect in found if effect["Type"] == kind))


def rgb_of(text: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(text.lstrip("#"))
    return red, green, blue


def claims_1(made: Made) -> None:
    film(made)
    look, cues = one_of(made.value, "AI_ASR"), spoken(made)
    assert alike(" ".join(map(text_of, cues)), seeds.SPOKEN) > 0.85
    grey = np.full_like(made.at(0), GREY)
    assert np.abs(made.at(0.1).astype(int) - made.at(0)).max() < 20  # nothing is shown before anything is said
    assert cues[0].start_ns / NS == pytest.approx(0.5, abs=0.15)
    if made.program.width_px > made.program.height_px:
        captioned(made, cues[0], rgb_of(look["FontColor"]), grey)
    relative_y(made, look, cues[0])
    own = seeds.say(seeds.SPOKEN)
    assert made.level_db(0.6, 2.4) == pytest.approx(20 * np.log10(np.sqrt(np.mean(own[28_800:115_200] ** 2))), abs=1)


def voice(made: Made, path: str, gain: float) -> None:
    """A voice is heard where its sentences are, as loud as asked, and captioned with its text within 80 ms."""
    speech, clip = made.vod.speech[path], next(s for s in made.program.sounds if s.path == path)
    ear = Ear(None, print)
    own = ear.samples(speech.url, 0, speech.duration_ns)
    starts = [clip.start_ns + round(start / clip.speed) for _, start, _ in speech.sentences]
    shown = [cue for cue in spoken(made) if cue.id.startswith(f"{path}~")]
    for (text, first, last), start in zip(speech.sentences, starts, strict=True):
        if start >= made.program.end_ns:
            continue
        cue = min(shown, key=lambda one: abs(one.start_ns - start))
        assert abs(cue.start_ns - start) <= 80_000_000 and text_of(cue).startswith(text[:12])
        end = min(start + last - first, clip.end_ns)
        if end - start > NS // 4:
            level = 20 * np.log10(gain * np.sqrt(np.mean(own[first * 16 // 1_000_000:last * 16 // 1_000_000] ** 2)))
            assert made.level_db(start / NS, end / NS) == pytest.approx(level, abs=3 if gain > 1 else 1.5)
            before = made.level_db(max(start / NS - 0.02, 0), start / NS) if start else -90
            assert before < made.level_db(start / NS, end / NS) - 6


def claims_2(made: Made) -> None:
    film(made)
    look = one_of(made.value, "AI_ASR", "Audio")
    end_s, path = made.program.end_ns / NS, "$.AudioTracks[0].AudioTrackClips[0]"
    assert made.tone_db(0, end_s) < -55, "the film's own sound is heard"
    voice(made, path, 2)
    content = made.value["AudioTracks"][0]["AudioTrackClips"][0]["Content"]
    assert alike(said(made, 0, min(made.vod.speech[path].duration_ns / NS, end_s)), content) > 0.75
    assert " ".join(map(text_of, spoken(made))) == content
    relative_y(made, look, spoken(made)[0])
    if made.program.width_px > made.program.height_px:
        captioned(made, spoken(made)[0], rgb_of(look["FontColor"]), np.full_like(made.at(0), GREY))


def claims_3(made: Made) -> None:
    film(made)
    texts = [clip["Content"] for clip in made.value["AudioTracks"][0]["AudioTrackClips"]]
    paths = [f"$.AudioTracks[0].AudioTrackClips[{n}]" for n in range(2)]
    whole_s = sum(made.vod.speech[path].duration_ns for path in paths) / NS
    assert made.program.end_ns / NS == pytest.approx(whole_s, abs=1e-6)  # the main track's
    for path in paths:
        voice(made, path, 1)
    shown = [" ".join(text_of(cue) for cue in spoken(made) if cue.id.startswith(f"{path}~")) for path in paths]
    assert shown == [plain_text(text) for text in texts]
    alias = re.findall(r'alias="([^"]+)"', texts[1])[0]
    assert alias not in " ".join(shown)
    _images(made)
    _titles(made)


def _images(made: Made) -> None:
    """Each image in its time, both in the slices of a transition, black after the last."""
    clips = made.value["VideoTracks"][0]["VideoTrackClips"]
    overlap = clips[0]["Effects"][1]["Duration"]
    starts = [0.0, *itertools.accumulate(clip["Duration"] - overlap for clip in clips)]
    high, wide = made.at(0).shape[:2]
    strip = slice(high * 2 // 5, high * 3 // 5)
    for number, (clip, start) in enumerate(zip(clips, starts, strict=False)):
        alone_s = start + (overlap if number else 0) + 0.1
        here = near(made.at(alone_s)[strip], seeds.CARDS[number])
        assert here[:, wide * 2 // 5].mean() > 0.5, number
        if number + 1 < len(clips):
            turning = made.at(start + clip["Duration"] - overlap / 2)[strip]
            assert near(turning, seeds.CARDS[number]).mean() > 0.1 < near(turning, seeds.CARDS[number + 1]).mean()
    end_s = starts[-1] + overlap
    if end_s + 0.2 < made.program.end_ns / NS:
        edge = slice(0, max(wide // 12, 8))  # where no text stands
        assert made.at(end_s + 0.1)[strip, edge].max() < 30 < made.at(end_s - 0.1)[strip, edge].max()


def _titles(made: Made) -> None:
    for clip in made.value["SubtitleTracks"][0]["SubtitleTrackClips"]:
        start, end = clip.get("TimelineIn", 0), clip.get("TimelineOut", made.program.end_ns / NS)
        color = rgb_of(clip["FontColor"])
        if start + 1.2 < made.program.end_ns / NS:
            assert near(made.at(min(start + 1.2, (start + end) / 2)), color, 70).sum() > 15
        others = [at for at in (start - 0.3, end + 0.3) if 0 <= at < made.program.end_ns / NS]
        assert all(near(made.at(at), color, 30).sum() < 8 for at in others)


def claims_4(made: Made) -> None:
    film(made)
    wide, high = made.program.width_px, made.program.height_px
    (layer,) = [one for one in made.program.layers if one.key is not None]
    box = layer.box
    assert box.width_px / box.height_px == pytest.approx(16 / 9, abs=0.03)
    assert abs(2 * box.x_px + box.width_px - wide) <= 2 and abs(2 * box.y_px + box.height_px - high) <= 2
    truth = np.zeros((high, wide), bool)
    truth[box.y_px:box.y_px + box.height_px, box.x_px:box.x_px + box.width_px] = seeds.silhouette(
        box.width_px, box.height_px)
    seen = made.at(0.5)
    figure, ground = near(seen, seeds.SKIN, 30), near(seen, seeds.BACKDROP, 30) | near(seen, (255, 255, 255), 60)
    edge = _grown(truth, 3) & ~_shrunk(truth, 3)
    assert figure[truth & ~edge].mean() > 0.99 and figure[~truth & ~edge].mean() < 0.01
    assert ground[~truth & ~edge].mean() > 0.97
    toward = np.array(seeds.SKIN) - seeds.BACKDROP
    share = np.clip(((seen.astype(int) - seeds.BACKDROP) @ toward) / (toward @ toward), 0, 1)

    def at(x: float, y: float) -> tuple[int, int]:  # of the film's picture, in px of the output
        return round(box.x_px + x / 640 * box.width_px), round(box.y_px + y / 360 * box.height_px)

    (left, first), (right, last), (_, top) = at(210, 270), at(430, 340), at(0, 190)
    within = max(1, round(box.width_px / 640))  # a px, of the film where that is the larger
    row = share[first:last].mean(axis=0)
    column = share[:, at(220, 0)[0]:at(250, 0)[0]].mean(axis=1)
    inside = np.flatnonzero(row > 0.5)
    assert abs(inside[0] - left) <= within and abs(inside[-1] + 1 - right) <= within
    assert abs(np.flatnonzero(column > 0.5)[0] - top) <= within


def _grown(mask: Mask, by: int) -> Mask:
    out = mask.copy()
    for _ in range(by):
        out[1:] |= out[:-1].copy()
        out[:-1] |= out[1:].copy()
        out[:, 1:] |= out[:, :-1].copy()
        out[:, :-1] |= out[:, 1:].copy()
    return out


def _shrunk(mask: Mask, by: int) -> Mask:
    return ~_grown(~mask, by)


def claims_5(made: Made) -> None:
    film(made)
    half, clip = made.program.width_px // 2, made.value["VideoTracks"][1]["VideoTrackClips"][0]
    assert made.program.end_ns / NS == pytest.approx(min(clip["Out"], 2.4) - clip["In"], abs=0.02)
    seen = made.at(0.5).astype(int)
    left, right = seen[:, :half], seen[:, half:2 * half]
    new = near(right, seeds.BACKDROP, 40) | near(right, (255, 255, 255), 40)
    old = near(left, seeds.BACKDROP, 40)
    assert new.mean() > 0.2 > 0.05 > old.mean()  # the new background is on the right alone
    person = _shrunk(~new, 4)
    assert 0.15 < person.mean() < 0.8
    fits = {(dx, dy): np.abs(right - np.roll(left, (dy, dx), axis=(0, 1)))[person].mean()
            for dx in range(-2, 3) for dy in range(-2, 3)}
    best = min(fits, key=lambda shift: fits[shift])
    assert max(map(abs, best)) <= 1 and fits[best] < 12, fits
    assert made.tone_db(0.1, 0.7) == pytest.approx(20 * np.log10(0.125 / np.sqrt(2)), abs=1)  # once, not twice


def claims_6(made: Made) -> None:
    film(made)
    clip, path = made.value["VideoTracks"][0]["VideoTrackClips"][1], "$.AudioTracks[0].AudioTrackClips[0]"
    talk_s = len(seeds.say(seeds.SPOKEN)) // (48_000 // FPS) / FPS
    speech = made.vod.speech[path]
    assert clip["ClipId"] and made.program.end_ns / NS == pytest.approx(talk_s + speech.duration_ns / NS, abs=0.05)
    own, read = ([cue for cue in spoken(made) if cue.id.startswith(at)] for at in ("$.Video", "$.Audio"))
    assert alike(" ".join(map(text_of, own)), seeds.SPOKEN) > 0.85
    content = made.value["AudioTracks"][0]["AudioTrackClips"][0]["Content"]
    assert " ".join(map(text_of, read)) == content
    voice(made, path, 2)
    begin_s = made.program.end_ns / NS - speech.duration_ns / NS
    assert alike(said(made, begin_s, made.program.end_ns / NS), content) > 0.7
    high, wide = made.at(0).shape[:2]
    corner = near(made.at(begin_s - 0.1), (GREY,) * 3, 12)[high // 2, wide // 2 - 4:wide // 2 + 4]
    assert corner.all() and near(made.at(begin_s + 0.1), seeds.CARDS[0])[high // 2, wide // 2 - 4:wide // 2 + 4].all()
    key = rgb_of(one_of(made.value, "AI_ASR")["HighlightingStyle"]["FontColor"])
    for cues, until in ((own, begin_s), (read, made.program.end_ns / NS)):
        lit = [cue for cue in cues if any(run.highlighted for line in cue.lines for run in line)]
        assert lit, "no key word"
        mid_s = min((lit[0].start_ns + min(lit[0].end_ns, lit[0].start_ns + NS)) / 2 / NS, until - 0.05)
        assert near(made.at(mid_s), key, 70).sum() > 3
    if made.program.width_px > made.program.height_px:
        boxed = made.at(own[0].start_ns / NS + 0.2)
        assert near(boxed, (12, 12, 12), 14).sum() > 200


CLAIMS: dict[int, Claims] = {1: claims_1, 2: claims_2, 3: claims_3, 4: claims_4, 5: claims_5, 6: claims_6}
SHOWN_S = {1: (0.2, 1.5, 3.0), 2: (1.0, 3.0), 3: (0.12, 1.0, 1.4, 3.5), 4: (0.5,), 5: (0.6,), 6: (2.0, 6.0)}


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studio")


@pytest.mark.parametrize("number", CLAIMS)
def test_a_document_such_as_the_examples_renders_as_it_says(number: int, tmp_path: Path, studio: Path) -> None:
    made = seeds.make(seeds.OWN[number], tmp_path / "it", studio, SMALL)
    CLAIMS[number](made)
    assert_golden(np.concatenate([made.at(at) for at in SHOWN_S[number]], axis=1), f"seed_{number}", 8)


def test_the_format_s_own_examples_that_are_here_render_as_they_say(tmp_path: Path, studio: Path) -> None:
    """Those of the folder `spec` beside this repository, or of CUELIGHT_SPEC; without one, ours stand for them."""
    examples = seeds.shared()
    for number, value in (examples or {3: seeds.OWN[3]}).items():
        CLAIMS[number](seeds.make(value, tmp_path / str(number), studio, SMALL, film_s=12.0))
    assert not examples or set(examples) == set(CLAIMS)


@pytest.mark.parametrize(("number", "seed", "size"), [
    (1, 1, UPRIGHT), (2, 2, UPRIGHT), (3, 3, UPRIGHT), (4, 4, UPRIGHT), (5, 5, SMALL), (6, 6, UPRIGHT), (4, 7, LARGE)])
def test_another_text_length_or_shape_changes_what_it_should(number: int, seed: int, size: tuple[int, int],
                                                             tmp_path: Path, studio: Path) -> None:
    CLAIMS[number](seeds.make(seeds.changed(number, seed), tmp_path / "it", studio, size))


@pytest.mark.parametrize(("value", "marker"), [(seeds.OWN[3], "augmented"), *(
    (value, "pu") for number, value in seeds.shared().items() if number == 3)])
def test_how_a_term_is_to_be_said_is_heard_only_where_it_is_written(value: Any, marker: str, tmp_path: Path) -> None:
    speech = read_aloud(from_value(value), tmp_path, print).values()
    ear = Ear(None, print)
    heard = [ear.words(one.url, 0, one.duration_ns, "moonshine", StreamOptions("en")) for one in speech]
    assert [marker in words(" ".join(word.text for word in clip)) for clip in heard] == [False, True]


def test_nothing_in_the_claims_is_about_one_text(tmp_path: Path) -> None:
    """A document that is changed differs from the one that it was, so that what is claimed of it is claimed anew."""
    assert all(seeds.changed(n, 1) != seeds.OWN[n] != seeds.changed(n, 2) for n in seeds.OWN)
    assert effects(seeds.OWN[5]["VideoTracks"][1]["VideoTrackClips"][0]) == ["AI_RealMatting", "Crop", "Text"]
