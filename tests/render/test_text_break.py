"""Where lines may break, against Skia's own line breaker, and what counts as colour emoji."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.fonts import collection
from stream.render import text_break
from stream.render.text_fonts import OpenFonts
from stream.render.text_layout import arrange
from stream.timeline.program import Run, TextStyle


def pieces(text: str, breaks: list[int]) -> list[str]:
    ends = [0, *breaks, len(text)]
    return [text[a:b] for a, b in itertools.pairwise(ends)]


def shown(text: str) -> str:
    return "|".join(pieces(text, text_break.line_breaks(text)))


@pytest.mark.parametrize(("text", "expected"), [
    ("So today we cook", "So |today |we |cook"),
    ("two  spaces", "two  |spaces"),
    ("麻辣火锅，好吃！", "麻|辣|火|锅，|好|吃！"),
    ("（麻辣）火锅", "（麻|辣）|火|锅"),
    ("「ちょっと」ー", "「ちょっ|と」ー"),
    ("well-known 3-2", "well-|known |3-2"),
    ("no\u00a0break", "no\u00a0break"),
    ("吃 hot 火锅", "吃 |hot |火|锅"),
    ("a👩‍🍳b👍🏽", "a|👩‍🍳|b|👍🏽"),
    ("हिन्दी भाषा", "हिन्दी |भाषा"),
    ("", ""),
])
def test_lines_break_where_unicode_says(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.fixture(scope="module")
def fonts() -> OpenFonts:
    return OpenFonts(collection())


def paragraph(text: str, fonts: OpenFonts, width_px: float) -> Any:
    import skia

    layout = skia.textlayout
    builder = layout.ParagraphBuilder.make(layout.ParagraphStyle(), fonts.collection, fonts.unicode)
    style = layout.TextStyle()
    style.setFontSize(40)
    style.setFontFamilies(list(fonts.family("Noto Sans", "", text, emoji=False).names))
    builder.pushStyle(style)
    builder.addText(text)
    built = builder.Build()
    built.layout(width_px)
    return built


@pytest.mark.parametrize("text", [
    "So today we cook really spicy noodles", "well-known state-of-the-art", "吃 hot 火锅 at home",
    "مرحبا بالعالم اليوم", "हिन्दी में क्षत्रिय भाषा", "100% of $5 only (yes)", "no\u00a0break here"])
def test_our_breaks_and_those_of_icu_give_the_same_longest_piece(text: str, fonts: OpenFonts) -> None:
    cut = pieces(text, text_break.line_breaks(text))
    ours = max(paragraph(part.rstrip(), fonts, 1e6).LongestLine for part in cut)
    assert ours == pytest.approx(paragraph(text, fonts, 1e6).MinIntrinsicWidth, abs=1.5)


@pytest.mark.parametrize("text", [
    "麻辣火锅，今天我们做真的很好吃的菜！", "（麻辣）火锅「日本語」のテスト。",
    "안녕하세요 여러분 반갑습니다", "“你好”，他说。再见", "价格是100元，打5折"])
@pytest.mark.parametrize("width_px", [130, 170, 210, 250, 330])
def test_east_asian_text_takes_as_many_lines_as_with_icu(text: str, width_px: int, fonts: OpenFonts) -> None:
    style = TextStyle(font="Noto Sans", size_px=40, wrap="AutoWrap", width_px=width_px)
    block = arrange(((Run(text),),), style, fonts, 1920)
    theirs = paragraph(text, fonts, width_px)
    one_line = paragraph(text, fonts, 1e6)
    assert block is not None
    assert len(block.lines) == round(theirs.Height / one_line.Height)


def test_breaking_at_spaces_leaves_chinese_whole() -> None:
    text = "麻辣火锅 好吃　吗 yes"
    assert pieces(text, text_break.space_breaks(text)) == ["麻辣火锅 ", "好吃　", "吗 ", "yes"]


@given(st.text(alphabet=st.sampled_from("ab -，。（麻辣)1️⃣👩🍳\u200d🏽🇨🇳हि\u0301مر!\u00a0"), max_size=20))
def test_breaks_lie_between_graphemes_and_lose_nothing(text: str) -> None:
    breaks, starts = text_break.line_breaks(text), text_break.grapheme_starts(text)
    assert set(breaks) <= set(starts) and breaks == sorted(set(breaks))
    assert all(0 < at < len(text) for at in starts)
    assert "".join(part for part, _ in text_break.emoji_parts(text)) == text


@pytest.mark.parametrize(("text", "expected"), [
    ("ok 👩‍🍳!", [("ok ", False), ("👩‍🍳", True), ("!", False)]),
    ("☀ ☀️", [("☀ ", False), ("☀️", True)]),
    ("1️⃣2", [("1️⃣", True), ("2", False)]),
    ("🇨🇳🇯🇵", [("🇨🇳", True), ("🇯🇵", True)]),
    ("© ✅", [("© ", False), ("✅", True)]),
    ("麻辣", [("麻辣", False)]),
    ("❤️‍🔥", [("❤️‍🔥", True)]),
])
def test_emoji_are_told_from_text(text: str, expected: list[tuple[str, bool]]) -> None:
    assert list(text_break.emoji_parts(text)) == expected


def test_the_first_letter_gives_the_direction() -> None:
    assert text_break.is_right_to_left("123 «مرحبا» abc") and not text_break.is_right_to_left("abc مرحبا")
    assert not text_break.is_right_to_left("123 !") and text_break.is_right_to_left("שלום")
