"""Pictures of whole captions as they should look: live and polished, English and Chinese, both ways up."""

import numpy as np
import pytest
from drawn_text import Drawn
from golden_pictures import assert_golden, laid_over

from models.asr import Word
from stream.captions.page import Pager
from stream.captions.polish import settle
from stream.captions.tail import TailPager
from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import CaptionSpec, Color, Cue, Hearing, TextBox, TextStyle
from stream.timeline.program_captions import Paging

S = 1_000_000_000
TOLERANCE = 6.0
ENGLISH = "It was the best of times, it was the worst of times. The President of the Senate will speak at 8 o'clock."
CHINESE = "广州市房地产中介协会分析，欢迎大家来体验达摩院推出的语音识别模型。"
STYLE = TextStyle(font="Noto Sans", size_px=22, align="BottomCenter", y_px=24, outline_px=1.5,
                  box=TextBox(Color(0, 0, 0, 150), 8, 4, 4))


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


def said(text: str) -> list[Word]:
    texts = text.split() if " " in text else list(text)
    return [Word(t, i * S // 4, (i + 1) * S // 4) for i, t in enumerate(texts)]


def shown(typesetter: Typesetter, text: str, width_px: int, *, live: bool, paging: Paging = "pop-on") -> list[Cue]:
    """Return the cues of `text` as each was last seen."""
    spec = CaptionSpec(STYLE, hearing=Hearing(paging=paging, language="en" if " " in text else "zh", speaker="Anna"))
    words = said(text)
    if not live:
        return list(settle(words, spec, lambda line: typesetter.measure(line, STYLE), width_px))
    pager, out = TailPager(Pager(spec, lambda line: typesetter.measure(line, STYLE), width_px)), dict[str, Cue]()
    for i, word in enumerate(words):
        out |= {cue.id: cue for cue in pager.say([word], word.end_ns, words[i + 1:i + 3]).cues}
    return list(out.values())


def picture(typesetter: Typesetter, cue: Cue, width_px: int, height_px: int) -> Drawn:
    canvas = np.full((height_px, width_px, 3), (70, 110, 90), np.uint8)
    laid_over(*typesetter.rgba(cue, width_px, height_px), canvas)
    return canvas


@pytest.mark.parametrize(("name", "width_px", "height_px"), [("wide", 640, 120), ("tall", 360, 120)])
def test_captions_of_a_talk(typesetter: Typesetter, name: str, width_px: int, height_px: int) -> None:
    rows = [[picture(typesetter, cue, width_px, height_px) for cue in shown(typesetter, text, width_px, live=live)[:2]]
            for text in (ENGLISH, CHINESE) for live in (True, False)]
    blank = np.zeros((height_px, width_px, 3), np.uint8)
    grid = np.concatenate([np.concatenate([*row, blank][:2], axis=1) for row in rows])
    assert_golden(grid, f"captions_{name}", TOLERANCE)
