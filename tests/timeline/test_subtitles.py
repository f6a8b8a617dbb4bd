"""Caption files made elsewhere become cues; what is broken in them is told by its line and never stops the rest."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stream.errors import DocumentError
from stream.timeline.export import srt, vtt
from stream.timeline.program import NS, Color, Cue, Motion, Notice, Run, TextBox, TextStyle
from stream.timeline.subtitles import decoded, read_cues
from stream.timeline.subtitles_ass import line_em

STYLE = TextStyle(font="Noto Sans", size_px=40, align="BottomCenter", y_px=30)
SIZE, EVER = (1280, 720), (0, 10**15)
MS = 1_000_000
SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello <b>bold</b>\nworld\n\n2\n00:01:00,5 --> 01:00:00,000\nLast\n"
ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,2,0,2,10,10,12,1
Style: Box,Noto Sans,30,&H0000FFFF,&H000000FF,&H60203040,&H00000000,-1,-1,0,0,100,100,1,0,3,4,0,7,20,30,40,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def told(data: str, suffix: str = "srt") -> tuple[tuple[Cue, ...], list[Notice]]:
    notices: list[Notice] = []
    return read_cues(data.encode(), suffix, STYLE, SIZE, EVER, notices.append), notices


def event(text: str, style: str = "Default", margins: str = "0,0,0") -> Cue:
    (cue,), _ = told(f"{ASS}Dialogue: 0,0:00:01.00,0:00:02.50,{style},,{margins},,{text}\n", "ass")
    return cue


def test_srt_has_times_lines_and_marks() -> None:
    (one, two), notices = told(SRT)
    assert (one.start_ns, one.end_ns, one.style) == (NS, 2500 * MS, STYLE) and not notices
    assert one.lines == ((Run("Hello "), Run("bold", bold=True)), (Run("world"),))
    assert (two.start_ns, two.end_ns, two.text) == (60 * NS + 500 * MS, 3600 * NS, "Last")


def test_srt_that_is_sloppy_is_read_all_the_same() -> None:
    sloppy = ("\ufeff\r\n00:00:01.000-->00:00:02.000  X1:5\r\nno number\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\n"
              "{\\an8}<i>up</i> & <3 <font color='#FF8000'>orange</font><br>\r\n")
    (one, two), _ = told(sloppy)
    assert one.text == "no number" and two.style.align == "TopCenter"
    assert two.lines[0][:2] == (Run("up", italic=True), Run(" & <3 "))
    assert two.lines[0][2] == Run("orange", color=Color(255, 128, 0))


def test_what_is_broken_in_srt_is_told_by_its_line_and_the_rest_is_shown() -> None:
    cues, notices = told("1\n00:00:xx --> 00:00:02,000\nlost\n\n2\n00:00:05,000 --> 00:00:04,000\nback\n\n" + SRT)
    assert [cue.text for cue in cues] == ["Hello bold\nworld", "Last"]
    assert [(n.path, n.severity) for n in notices] == [("line 2", "warning"), ("line 6", "warning")]


@pytest.mark.parametrize("suffix", ["srt", "vtt", "ass"])
def test_a_file_without_any_caption_is_an_error_with_a_line(suffix: str) -> None:
    with pytest.raises(DocumentError, match="line 2: no caption"):
        read_cues(b"\nnothing here\n", suffix, STYLE, SIZE, EVER)
    assert read_cues(b" \n", suffix, STYLE, SIZE, EVER) == ()


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(DocumentError, match="kind 'txt'"):
        read_cues(b"x", "txt", STYLE, SIZE, EVER)


def test_vtt_has_settings_classes_voices_and_entities() -> None:
    (one, two, three), notices = told(
        "WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nNOTE a --> remark\nmore\n\nname\n00:01.000 --> 00:02.000 "
        "align:start position:10% line:20%\n<v Tom><c.yellow>Tom &amp; Jerry</c></v> <00:01.500>&lt;3\n\n"
        "01:00:00.000 --> 01:00:01.000 line:0\ntop\n\n01:00:02.000 --> 01:00:03.000\nplain\n", "vtt")
    assert one.lines == ((Run("Tom & Jerry", color=Color(255, 255, 0)), Run(" <3")),)
    assert (one.style.align, one.style.x_px, one.style.y_px) == ("Left", 128, 144)
    assert two.style.align == "TopCenter" and two.style.y_px == 0 and three.style == STYLE
    assert [n.path for n in notices] == ["line 3"]


def test_what_we_write_we_read() -> None:
    (one, two), _ = told(SRT)
    for kind, write in (("srt", srt.write), ("vtt", vtt.write)):
        again, notices = told(write([one, two]), kind)
        assert [(c.start_ns, c.end_ns, c.text) for c in again] == [(c.start_ns, c.end_ns, c.text) for c in (one, two)]
        assert not notices


def test_ass_keeps_its_own_styles_scaled_to_the_picture() -> None:
    cue = event("Hello")
    assert (cue.start_ns, cue.end_ns, cue.text) == (NS, 2500 * MS, "Hello")
    style = cue.style
    assert (style.font, style.align, style.y_px, style.x_px) == ("Arial", "BottomCenter", 24, 0)
    assert style.size_px == pytest.approx(40 / line_em("Arial")) and style.outline_px == 4 and style.wrap == "AutoWrap"
    assert style.width_px == 1280 - 40 and not style.bold and style.box is None
    boxed = event("Hello", "Box").style
    assert boxed.box == TextBox(Color(0x40, 0x30, 0x20, 255 - 0x60), 8, 8) and boxed.outline_px == 0
    assert (boxed.color, boxed.bold, boxed.italic, boxed.spacing_px) == (Color(255, 255, 0), True, True, 2)
    assert (boxed.align, boxed.x_px, boxed.y_px) == ("TopLeft", 40, 80)
    assert event("Hello", "Box", "50,0,0").style.x_px == 100


def test_ass_codes_change_runs() -> None:
    line, = event(r"a{\b1\1c&H0000FF&}b{\b0\i1\c}c{\3c&HFF0000&\bord3\u1}d{\r}e{\alpha&H80&}f").lines
    assert [run.text for run in line] == list("abcdef")
    assert line[1] == Run("b", bold=True, color=Color(255, 0, 0)) and line[2] == Run("c", bold=False, italic=True)
    assert line[3].outline_color == Color(0, 0, 255) and line[3].outline_px == 6 and line[3].underline
    assert line[4] == Run("e") and line[5].color == Color(255, 255, 255, 127)
    assert event(r"x\N{\i1}y\hz\nw").lines == ((Run("x"),), (Run("y\u00a0z w", italic=True),))


@pytest.mark.parametrize(("code", "align", "x_px", "y_px"), [
    (r"\pos(100,50)\an7", "TopLeft", 200, 100), (r"\pos(320,300)", "BottomCenter", 0, 120),
    (r"\an9\pos(600,50)", "TopRight", 80, 100), (r"\an5\pos(320,180)", "CenterCenter", 0, 0),
    (r"\an8", "TopCenter", 0, 24), (r"\a6", "TopCenter", 0, 24), (r"\an3", "BottomRight", 20, 24)])
def test_ass_codes_say_where_a_caption_stands(code: str, align: str, x_px: float, y_px: float) -> None:
    style = event(f"{{{code}}}Hello").style
    assert (style.align, style.x_px, style.y_px) == (align, x_px, y_px)


def test_ass_codes_for_the_whole_event() -> None:
    cue = event(r"{\fs40\fnSimSun\frz15\fad(200,300)\q2}Hello")
    assert cue.style.size_px == pytest.approx(80 / line_em("SimSun")) and cue.style.font == "SimSun"
    assert cue.style.angle_deg == 15 and cue.style.wrap == ""
    assert (cue.motion_in, cue.motion_out) == (Motion("fade_in", 200 * MS), Motion("fade_out", 300 * MS))


def test_karaoke_drawings_and_animation_are_left_out_and_told() -> None:
    cues, notices = told(ASS + "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\k50}La{\\kf20}la {\\t(\\fs9)}\\N"
                         "x{\\fs50}y\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}\n"
                         "Dialogue: 0,0:00:09.00,0:00:02.00,Nope,,0,0,0,,x\nDialogue: bad\nComment: 0,,\n", "ass")
    assert [cue.text for cue in cues] == ["Lala \nxy"]
    assert [(n.path, n.severity) for n in notices] == [("line 17", "warning"), ("line 14", "info"), ("line 15", "info"),
                                                       ("line 16", "warning"), ("line 17", "warning")]
    assert "\\fs, \\k, \\kf, \\t" in notices[1].message and "\\p" in notices[2].message


def test_old_ssa_scripts_are_read() -> None:
    script = ("[Script Info]\nPlayResY: 600\n[V4 Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, "
              "SecondaryColour, TertiaryColour, BackColour, Bold, Italic, BorderStyle, Outline, Shadow, Alignment, "
              "MarginL, MarginR, MarginV, AlphaLevel, Encoding\n"
              "Style: Default,Tahoma,24,65535,0,255,0,-1,0,1,2,1,6,1,1,15,0,0\n"
              "[Events]\nFormat: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
              "Dialogue: Marked=0,0:00:01.00,0:00:02.00,Default,,0000,0000,0000,,Old, but good\n")
    (cue,), notices = told(script, "ssa")
    assert cue.text == "Old, but good" and cue.style.align == "TopCenter" and cue.style.bold and not notices
    assert cue.style.color == Color(255, 255, 0) and cue.style.outline_color == Color(255, 0, 0)


def test_cues_are_cut_to_the_span() -> None:
    cues = read_cues(SRT.encode(), "srt", STYLE, SIZE, (2 * NS, 70 * NS))
    assert [(c.start_ns, c.end_ns) for c in cues] == [(2 * NS, 2500 * MS), (60 * NS + 500 * MS, 70 * NS)]


@pytest.mark.parametrize(("encoding", "text"), [
    ("utf-8", "naïve 字幕"), ("utf-8-sig", "naïve 字幕"), ("utf-16", "naïve 字幕"), ("utf-16-le", "plain text here"),
    ("utf-16-be", "plain text here"), ("gb18030", "这是中文字幕，测试一下"),
    ("cp1252", "Ça va très bien, merci à tous")])
def test_encodings_are_found_out(encoding: str, text: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_the_head_of_a_file_says_more_than_its_name() -> None:
    assert told(ASS + "Dialogue: 0,0:00:01.00,0:00:02.00,Box,,0,0,0,,Hi\n", "srt")[0][0].style.box is not None


PIECES = st.sampled_from([
    "00:00:01,000 --> 00:00:02,000\n", "WEBVTT\n", "<b>", "</i>", "<font color=", "{\\", "\\pos(", "}", "&amp",
    "[Events]\n", "[V4+ Styles]\n", "Format: a, Text\n", "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,", "Style: ,,-9,&H,",
    "-->", "\n\n",
    "PlayResX: 0\n", "PlayResY: -1\n", "{\\fs1e9\\bord99999999\\an0\\c&H\\alpha}", "line:-1 position:x% align:end"])


@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30), st.sampled_from(["srt", "vtt", "ass", "ssa"]))
@example(["[Events]\n", "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,", "{\\fad(,)\\pos()\\r}x"], "ass")
def test_no_file_breaks_the_reader(pieces: list[str], suffix: str) -> None:
    _read(("".join(pieces)).encode("utf-8", "surrogatepass"), suffix)


@given(st.binary(max_size=400), st.sampled_from(["srt", "vtt", "ass"]))
def test_no_bytes_break_the_reader(data: bytes, suffix: str) -> None:
    _read(data, suffix)


def _read(data: bytes, suffix: str) -> None:
    try:
        cues = read_cues(data, suffix, STYLE, SIZE, EVER)
    except DocumentError as error:
        assert error.remedy
        return
    assert all(0 <= cue.start_ns < cue.end_ns <= EVER[1] and cue.text.strip() for cue in cues)
