"""Packaged fonts, what stands in for others, and fonts that a document brings along."""

import importlib.metadata
from pathlib import Path

import pytest

from stream import fonts
from stream.errors import MediaError
from stream.render.text_fonts import EMOJI, LATIN, Face, OpenFonts, plain


def test_every_packaged_face_lies_where_the_collection_says() -> None:
    faces = fonts.collection().faces
    assert {LATIN, EMOJI, "Noto Sans CJK SC", "Noto Sans Arabic", "Noto Sans Devanagari"} <= {f.family for f in faces}
    for face in faces:
        assert isinstance(face.source, Path) and face.source.stat().st_size > 10_000


def test_every_packaged_face_opens_under_its_own_name() -> None:
    opened = OpenFonts(fonts.collection())
    for family in {face.family for face in fonts.collection().faces}:
        ascent_px, descent_px = opened.metrics(family, 100.0, bold=False, italic=False)
        assert 80 < ascent_px < 160 and 10 < descent_px < 90
    assert opened.problems == {}


@pytest.mark.parametrize("name", [
    "AlibabaPuHuiTi", "Alibaba PuHuiTi", "Alibaba PuHuiTi 2.0 65 Medium", "SimSun", "KaiTi", "Microsoft YaHei",
    "WenQuanYi Zen Hei", "Yuanti SC Light", "HappyZcool-2016", "宋体"])
def test_a_chinese_font_that_is_absent_gets_a_named_substitute(name: str) -> None:
    family, notice = fonts.substitution(name)
    assert family == LATIN
    assert name in notice and "Noto Sans CJK SC" in notice and "FontURL" in notice


def test_a_packaged_font_is_itself_however_its_name_is_spelt() -> None:
    assert fonts.substitution("Noto Sans") == (LATIN, "")
    assert fonts.substitution("notosans-arabic") == ("Noto Sans Arabic", "")


def test_regions_and_weights_are_read_off_the_name() -> None:
    named = fonts.collection().named
    names = ("PingFang SC", "PingFang TC", "Meiryo", "Malgun Gothic", "Arial", "Nonesuch")
    assert [named(name).region for name in names] == ["SC", "TC", "JP", "KR", "", ""]
    assert named("Alibaba PuHuiTi 2.0 95 ExtraBold").bold and named("Yuanti SC Bold").bold
    assert not named("Yuanti SC Regular").bold


def test_names_are_compared_without_case_space_or_dash() -> None:
    assert plain("Alibaba PuHuiTi-2_0") == "alibabapuhuiti20"


def test_an_absent_font_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", nothing)
    fonts.collection.cache_clear()
    try:
        with pytest.raises(MediaError, match="manimgx-fonts is not installed"):
            fonts.collection()
    finally:
        fonts.collection.cache_clear()


def test_a_font_package_without_its_files_says_which_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_files", lambda package: [])
    fonts.collection.cache_clear()
    try:
        with pytest.raises(MediaError, match=r"NotoSans\[wght\]\.ttf is missing"):
            fonts.collection()
    finally:
        fonts.collection.cache_clear()


def test_bytes_that_are_no_font_are_told_and_the_substitute_is_used() -> None:
    opened = OpenFonts(fonts.collection().with_font("http://fonts.test/a.ttf", b"not a font"))
    assert "not a font that can be read" in opened.problems["http://fonts.test/a.ttf"]
    assert opened.family("Noto Sans", "http://fonts.test/a.ttf", "x", emoji=False).names[0] == LATIN


def test_a_packaged_face_that_is_broken_is_an_error() -> None:
    with pytest.raises(MediaError, match="TTF"):
        OpenFonts(fonts.Fonts((Face(LATIN, b"garbage"),)))
