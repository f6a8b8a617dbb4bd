"""A caption becomes a Text clip of plain IMS and comes back the same, to the last bit."""

import json
from fractions import Fraction
from math import inf
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Color, Cue, Motion, Run, Scroll, TextBox, TextStyle, WordStyle
from stream.timeline.resolve import resolve
from stream.timeline.scalars import ns, seconds_value
from stream.timeline.schema import from_value, load
from stream.timeline.textclip import cue_to_clip
from stream.timeline.vocabulary import ALIGNMENTS, WRAP_MODES, catalogue

SIZE = (1280, 720)
LIVE = "test://"

colors = st.builds(Color, *[st.integers(0, 255)] * 4)
lengths = st.integers(0, 900).map(float) | st.floats(0, 900, allow_nan=False) | st.sampled_from([0.5, 1.0, 1.5, 2.0])
places = lengths | st.floats(-500, 2000, allow_nan=False)
texts = st.text(max_size=12) | st.sampled_from(["{", "}", "\\N", "a\\nb", "{\\b1}", "\\\u2060{}", "$Name:x", "مرحبا",
                                               "你好 🎉", "C:\\new\\{folder}", "\r\n", " a "])
words = st.builds(WordStyle, st.none() | colors, st.none() | colors, st.none() | lengths)
runs = st.builds(Run, texts, st.booleans(), *[st.none() | st.booleans()] * 3, st.none() | colors, st.none() | colors,
                 st.none() | lengths)
styles = st.builds(
    TextStyle, font=st.sampled_from(["SimSun", "Noto Sans", " x "]) | st.text(max_size=6),
    font_url=st.sampled_from(["", "f.ttf"]), size_px=st.integers(1, 400).map(float) | st.floats(1, 400), color=colors,
    outline_px=lengths, outline_color=colors, shadow_px=lengths, shadow_color=colors, bold=st.booleans(),
    italic=st.booleans(), underline=st.booleans(), align=st.sampled_from(ALIGNMENTS), x_px=places, y_px=places,
    wrap=st.sampled_from(["", *WRAP_MODES[:3]]), width_px=lengths, spacing_px=places, line_spacing_px=places,
    angle_deg=places, box=st.none() | st.builds(TextBox, colors, lengths, lengths, lengths), highlight=words)


spans = st.integers(1, 10**12)
edges = places | st.sampled_from([inf, -3000.0])
holds = st.integers(0, 10**11)
scrolls = st.builds(Scroll, st.sampled_from(["up", "down", "left", "right"]), lengths, edges, edges, holds, holds,
                    st.booleans())


def motions(family: str) -> st.SearchStrategy[Motion | None]:
    return st.none() | st.builds(Motion, st.sampled_from(catalogue()[family]), spans)


@st.composite
def cues(draw: st.DrawFn) -> Cue:
    start_ns = draw(st.integers(0, 10**15))
    return Cue(draw(st.text(max_size=6)), start_ns, start_ns + draw(spans),
               tuple(draw(st.lists(st.lists(runs, max_size=3).map(tuple), max_size=3))), draw(styles),
               draw(st.integers(0, 1000)), draw(motions("motions_in")), draw(motions("motions_out")),
               draw(motions("motions_loop")), draw(st.none() | scrolls), draw(st.sampled_from(["", "de", "zh-Hans"])))


def back(clip: dict[str, Any], size: tuple[int, int] = SIZE) -> Cue:
    document = from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": LIVE}]}],
                           "SubtitleTracks": [{"SubtitleTrackClips": [clip]}]})
    found = resolve(load(document.to_json()), Facts({LIVE: MediaFacts("live", *size)}), size=size).cues
    assert len(found) == 1
    return found[0]


@given(cues())
def test_a_cue_comes_back_the_same(cue: Cue) -> None:
    assert back(json.loads(json.dumps(cue_to_clip(cue, SIZE)))) == cue


@given(st.integers(0, 1 << 62))
def test_times_read_back_to_the_same_nanosecond(time_ns: int) -> None:
    value = json.loads(json.dumps(seconds_value(time_ns)))
    document = from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": LIVE, "TimelineIn": value}]}]})
    tracks = document.timeline.VideoTracks
    assert tracks and tracks[0] and tracks[0].VideoTrackClips and tracks[0].VideoTrackClips[0]
    read = tracks[0].VideoTrackClips[0].TimelineIn
    assert read is not None and ns(read) == time_ns


STYLE = TextStyle(font="Noto Sans", size_px=32.0, outline_px=3.0, align="BottomCenter", y_px=43.0, wrap="AutoWrap",
                  width_px=870.0, highlight=WordStyle(color=Color(0xF6, 0xDD, 0x14)))


def test_a_usual_caption_is_plain_ims_with_codes_and_short_notes() -> None:
    lines = ((Run("Meet "), Run("Cuelight", highlighted=True), Run(" now")), (Run("and {then}"),))
    clip = cue_to_clip(Cue("c7", 1_234_567_891, 3 * NS, lines, STYLE, 4), SIZE)
    assert clip["Content"] == "Meet {\\1c&14DDF6&}Cuelight{\\1c} now\nand \\{then\\}"
    assert (clip["Type"], clip["TimelineIn"], clip["TimelineOut"]) == ("Text", 1.234567891, 3)
    assert (clip["FontSize"], clip["Y"], clip["TextWidth"]) == (32, 43, 870)
    assert clip["Cuelight"] == {"Id": "c7", "Revision": 4, "Width": 1280, "Height": 720,
                                "HighlightingStyle": {"FontColor": "#F6DD14"}}


def test_text_edited_by_hand_wins_over_the_exact_runs_kept_beside_it() -> None:
    clip = cue_to_clip(Cue("c", 0, NS, ((Run("a"), Run("b")),), STYLE), SIZE)
    assert "Runs" in clip["Cuelight"]
    clip["Content"] = "corrected"
    assert back(clip).lines == ((Run("corrected"),),)


def test_a_caption_keeps_its_proportions_at_another_size() -> None:
    cue = back(cue_to_clip(Cue("c", 0, NS, ((Run("a", outline_px=2.0),),), STYLE), SIZE), (640, 360))
    assert (cue.style.size_px, cue.style.y_px, cue.style.width_px, cue.style.outline_px) == (16.0, 21.5, 435.0, 1.5)
    assert cue.lines[0][0].outline_px == 1.0


def test_what_another_program_wrote_into_our_notes_does_no_harm() -> None:
    clip = cue_to_clip(Cue("c", 0, NS, ((Run("a"),),), STYLE), SIZE)
    clip["Cuelight"] |= {"Style": {"size_px": "big", "box": 3, "align": "Up", "color": "#12", "highlight": []},
                         "Runs": [[{"text": 1}]], "Width": -4}
    assert back(clip).text == "a" and back(clip).style.size_px == 32.0


def test_the_rate_is_kept_exactly_beside_it() -> None:
    document = from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": LIVE}]}],
                           "Cuelight": {"Rate": "30000/1001"}})
    assert resolve(document, Facts()).rate == Fraction(30000, 1001)


def test_when_words_are_said_goes_into_the_clip_and_comes_back() -> None:
    said = Cue("c1", NS, 3 * NS, ((Run("one two"),), (Run("three"),)), TextStyle(),
               times=((0, NS), (4, 1_500_000_001), (8, 2 * NS)))
    clip = cue_to_clip(said, SIZE)
    assert clip["Cuelight"]["Times"] == [[0, 1], [4, 1.500000001], [8, 2]]
    assert back(clip).times == said.times


def test_times_that_make_no_sense_are_left_out() -> None:
    clip = cue_to_clip(Cue("c1", NS, 3 * NS, ((Run("one"),),), TextStyle(), times=((0, NS),)), SIZE)
    for times in ([[9, 1]], [[-1, 1]], [["x", 1]], "abc", [[0]], [[0, None]], 7, [[0, "1e999"]], [[0, "nan"]],
                  {"0": 1}):
        clip["Cuelight"]["Times"] = times
        assert back(clip).times == ()
    clip["Cuelight"]["Times"] = [[0, 1]]
    clip["Content"] = ""
    assert back(clip).times == ()
