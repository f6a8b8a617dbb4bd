"""Scripts of the world, shaped and filled in from packaged fonts."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_text import PLAIN, RED, WHITE, canvas, cue, solid

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import Run


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


def test_arabic_is_joined_and_runs_from_the_right(typesetter: Typesetter) -> None:
    assert typesetter.measure("مرحبا", PLAIN) < 0.9 * sum(typesetter.measure(letter, PLAIN) for letter in "مرحبا")
    drawn = canvas(typesetter, cue((Run("مرحبا", color=RED), Run(" بالعالم")), style=PLAIN))
    assert np.nonzero(solid(drawn, RED))[1].min() > np.nonzero(solid(drawn, WHITE))[1].max()


def test_a_line_that_begins_in_arabic_ends_on_the_left(typesetter: Typesetter) -> None:
    drawn = canvas(typesetter, cue((Run("مرحبا abc"), Run("!", color=RED)), style=PLAIN))
    assert np.nonzero(solid(drawn, RED))[1].max() < np.nonzero(solid(drawn, WHITE))[1].min()
    latin_first = canvas(typesetter, cue((Run("abc مرحبا"), Run("!", color=RED)), style=PLAIN))
    assert np.nonzero(solid(latin_first, RED))[1].min() > np.nonzero(solid(latin_first, WHITE))[1].max()


def test_devanagari_forms_conjuncts(typesetter: Typesetter) -> None:
    assert typesetter.measure("क्ष", PLAIN) < typesetter.measure("कष", PLAIN)


@pytest.mark.parametrize("text", ["👩‍🍳", "🏳️‍🌈", "🇨🇳", "👍🏽", "1️⃣", "❤️‍🔥", "☀️", "👨‍👩‍👧‍👦"])
def test_an_emoji_sequence_is_one_picture_in_colour(typesetter: Typesetter, text: str) -> None:
    assert typesetter.measure(text, PLAIN) == pytest.approx(typesetter.measure("😂", PLAIN), rel=0.05)
    drawn = canvas(typesetter, cue(text, style=replace(PLAIN, color=WHITE)))
    if text != "👨‍👩‍👧‍👦":  # Noto draws this family as a black and white sign
        assert (np.ptp(drawn[..., :3].astype(int), axis=2) > 60).sum() > 50


def test_no_character_of_the_scripts_we_name_is_a_box(typesetter: Typesetter) -> None:
    tofu = canvas(typesetter, cue("\U000e1234", style=PLAIN))
    for character in "Aé麻辣日あア한ابहिשไ௹€→★™":
        assert not np.array_equal(canvas(typesetter, cue(character, style=PLAIN)), tofu), character


def test_han_characters_take_the_shape_of_their_language(typesetter: Typesetter) -> None:
    alone = canvas(typesetter, cue("直", style=PLAIN))
    japanese = canvas(typesetter, cue("直あ", style=PLAIN))
    meiryo = canvas(typesetter, cue("直", style=replace(PLAIN, font="Meiryo")))
    assert not np.array_equal(alone[:, :38], japanese[:, :38])
    assert np.array_equal(meiryo[:, :38], japanese[:, :38])
