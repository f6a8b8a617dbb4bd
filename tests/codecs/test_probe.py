"""test_probe: what a medium is, and one line why it is not."""

import io
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import pytest
from made import HEIGHT, WIDTH, clip
from PIL import Image

from stream.codecs.probe import probe
from stream.media import NS
from stream.timeline.facts import MediaFacts
from support import require_program


def test_a_video_with_sound(tmp_path: Path) -> None:
    facts = probe(str(clip(tmp_path / "x.mp4", frames=45, sound="aac")))
    assert (facts.kind, facts.width_px, facts.height_px, facts.rate) == ("video", WIDTH, HEIGHT, Fraction(30))
    assert facts.has_video and facts.has_audio and facts.duration_ns == pytest.approx(1.5 * NS, abs=0.03 * NS)


def test_a_silent_video_and_its_file_url(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mkv", frames=30)
    assert probe(str(path)) == probe(f"file://{path}")
    assert probe(str(path)).has_video and not probe(str(path)).has_audio


def test_a_sound_file(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "x.wav"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=16_000)
        sound = av.AudioFrame(format="s16", layout="stereo", samples=8_000)
        sound.planes[0].update(bytes(sound.planes[0].buffer_size))
        sound.sample_rate = 16_000
        out.mux(stream.encode(sound))
        out.mux(stream.encode(None))
    assert probe(str(tmp_path / "x.wav")) == MediaFacts("audio", duration_ns=NS // 2, has_audio=True)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_picture_has_its_upright_size(kind: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x112] = 6
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, kind, **({} if kind == "BMP" else {"exif": exif}))
    (tmp_path / "x").write_bytes(out.getvalue())
    facts = probe(str(tmp_path / "x"))
    size = (60, 40) if kind == "BMP" else (40, 60)
    assert (facts.kind, facts.width_px, facts.height_px, facts.rotation_deg) == ("image", *size, 0)


def test_a_phones_video_tells_its_rotation(tmp_path: Path) -> None:
    plain, turned = clip(tmp_path / "x.mp4", frames=3), tmp_path / "turned.mp4"
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(plain), "-c", "copy", "-metadata:s:v",
                    "rotate=90", str(turned)], check=True)
    facts = probe(str(turned))
    assert facts.rotation_deg in (90, 270) and facts.shown_px == (HEIGHT, WIDTH)


@pytest.mark.parametrize(("name", "words"), [("none.mp4", "is not there"), ("text.mp4", "cannot be opened"),
                                             ("", "is not there")])
def test_what_is_missing_says_why_in_one_line(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    facts = probe(str(tmp_path / name))
    assert facts.kind == "missing" and words in facts.error and "\n" not in facts.error


def test_a_web_address_that_does_not_answer_is_missing_without_its_token() -> None:
    facts = probe("http://127.0.0.1:9/x.mp4?token=secret")
    assert facts.kind == "missing" and "secret" not in facts.error and "127.0.0.1" in facts.error
