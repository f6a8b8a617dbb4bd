"""Timelines made for the user, and where keys come from."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stream.errors import OptionError
from stream.timeline.check import check
from stream.timeline.facts import Facts, MediaFacts, is_live_url, shown_url
from stream.timeline.program import Box, Color
from stream.timeline.resolve import resolve
from stream.timeline.schema import load
from stream.timeline.starters import expand_secrets, live_document, starter

FACTS = Facts({"beach.jpg": MediaFacts("image", 4000, 3000),
               "test://": MediaFacts("live", 1280, 720, rate=Fraction(30))})


@pytest.mark.parametrize("kind", ["captions", "background", "both"])
def test_a_starter_is_commented_and_passes_the_check(kind: Any) -> None:
    document = load(starter(kind))
    assert check(document) == [] and '"Comment"' in document.text
    made = resolve(document, FACTS)
    assert made.is_live and made.layers[-1].url == "rtmp-listen://0.0.0.0:1935/live/${KEY}"
    assert (made.layers[-1].captions is not None) == (kind != "background")
    assert (made.layers[-1].matte is not None) == (kind != "captions") == (len(made.layers) == 2)


def test_an_unknown_starter_names_those_there_are() -> None:
    with pytest.raises(OptionError, match="captions, background, both"):
        starter("all")  # type: ignore[arg-type]


def test_a_picture_behind_the_speaker_is_a_global_image_below() -> None:
    made = resolve(live_document("test://", background="beach.jpg"), FACTS)
    image, live = made.layers
    assert (image.kind, image.box, image.crop) == ("image", Box(0, 0, 1280, 720), Box(0, 376, 4000, 2250))
    assert live.matte and live.captions and live.box == Box(0, 0, 1280, 720) and not made.notices
    assert (made.width_px, made.height_px, made.rate) == (1280, 720, 30)


@pytest.mark.parametrize(("background", "fill"), [("blur", "blur"), ("#10ff20", Color(0x10, 0xFF, 0x20))])
def test_blur_and_colour_are_the_matted_clips_own_background(background: str, fill: Any) -> None:
    made = resolve(live_document("test://", background=background, captions=False), FACTS)
    assert len(made.layers) == 1 and made.layers[0].matte and made.layers[0].fill == fill
    assert made.layers[0].captions is None


def test_a_live_document_takes_a_look_key_words_size_and_rate() -> None:
    document = live_document("test://", highlight=["Cuelight"], style={"FontSize": 50}, size=(640, 360),
                             rate=Fraction(30000, 1001), fallback="blur", model="landscape", matte=True)
    made = resolve(document, FACTS)
    spec, matte = made.layers[0].captions, made.layers[0].matte
    assert spec and spec.key_words == ("Cuelight",) and spec.highlighting and spec.style.highlight.color
    assert matte and (matte.fallback, matte.model) == ("blur", "landscape")
    assert (made.width_px, made.height_px, made.rate) == (640, 360, Fraction(30000, 1001)) and check(document) == []
    assert resolve(live_document("test://", rate=Fraction(20_000, 701)), FACTS).rate == Fraction(20_000, 701)


def test_the_document_keeps_the_key_unexpanded() -> None:
    text = live_document("rtmp-listen://0.0.0.0/live/${KEY}").to_json()
    assert "${KEY}" in text and json.loads(text)["Cuelight"]["Mode"] == "Live"


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\nsecond line\n")
    assert expand_secrets(f"rtmp://h/${{APP}}/${{file:{tmp_path}/key}}?x=$1", {"APP": "live"}) == "rtmp://h/live/abc?x=$1"


def test_a_missing_secret_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="export KEY="):
        expand_secrets("${KEY}", {})
    (tmp_path / "empty").touch()
    for name in ("none", "empty"):
        with pytest.raises(OptionError, match="first line"):
            expand_secrets(f"${{file:{tmp_path}/{name}}}", {})


@pytest.mark.parametrize(("url", "live"), [
    ("rtmp://h/a", True), ("RTMPS-LISTEN://h", True), ("test://", True), ("srt://h:1", True), ("udp://@:5", True),
    ("whip://x", True), ("https://h/a.mp4", False), ("a.mp4", False), ("/x/test", False), ("file:///a.mp4", False),
    ("", False)])
def test_a_scheme_says_what_is_live(url: str, live: bool) -> None:
    assert is_live_url(url) is live


def test_an_address_is_shown_without_what_opens_it() -> None:
    assert shown_url("rtmp://user:pw@h:1935/live/key?t=1") == "rtmp://h:1935/live/…"
    assert shown_url("rtmp-listen://h/live/${KEY}") == "rtmp-listen://h/live/${KEY}"
    assert shown_url("https://h/a/b.mp4?Signature=x#f") == "https://h/a/b.mp4"
    assert shown_url("media/a.mp4") == "media/a.mp4"
