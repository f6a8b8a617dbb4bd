"""Captions exported as TTML are IMSC 1.1 text by its structure: references, lengths, colours and times in its forms."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from stream.timeline.export import ttml
from stream.timeline.program import NS, Align, Color, Cue, Run, TextBox, TextStyle, WordStyle

TT, TTP, TTS = (f"{{http://www.w3.org/ns/ttml{part}}}" for part in ("", "#parameter", "#styling"))
ID, LANG = ("{http://www.w3.org/XML/1998/namespace}" + name for name in ("id", "lang"))
STYLE = TextStyle(font='Noto "Sans"', size_px=54, outline_px=2.7, align="BottomCenter", y_px=108, wrap="AutoWrap",
                  highlight=WordStyle(Color(255, 0, 0), Color(0, 0, 9), 0))
SHARE, COLOR = r"\d+(\.\d+)?%", r"#[0-9a-f]{8}"
FORMS = {"origin": f"{SHARE} {SHARE}", "extent": f"{SHARE} {SHARE}", "color": COLOR, "backgroundColor": COLOR,
         "fontSize": SHARE, "lineHeight": f"normal|{SHARE}", "textOutline": f"none|{COLOR} {SHARE}",
         "displayAlign": "before|center|after", "textAlign": "left|center|right", "overflow": "visible",
         "wrapOption": "wrap|noWrap", "fontWeight": "normal|bold", "fontStyle": "normal|italic",
         "textDecoration": "underline|noUnderline", "fontFamily": r"'[\w -]+', proportionalSansSerif"}


def cue(style: TextStyle, *lines: tuple[Run, ...], name: str = "c", start_ns: int = 0, end_ns: int = NS) -> Cue:
    return Cue(name, start_ns, end_ns, lines, style)


def parsed(cues: list[Cue]) -> ET.Element:
    """Return the document, after checking what the profile demands of every one."""
    text = ttml.write(cues, (1920, 1080))
    root = ET.fromstring(text.encode())
    assert root.tag == TT + "tt" and root.get(LANG) == "" and root.get(TTP + "contentProfiles") == ttml.PROFILE
    ids = {e.get(ID): e.tag for e in root.iter() if e.get(ID)}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.startswith(TTS):
                assert re.fullmatch(FORMS[name.removeprefix(TTS)], value), (name, value)
        if element.tag == TT + "p":
            assert ids[element.get("region")] == TT + "region" and ids[element.get("style")] == TT + "style"
            begin, end = (element.get(name) or "" for name in ("begin", "end"))
            assert re.fullmatch(r"\d\d+:\d\d:\d\d\.\d{3}", begin) and begin < end
        if element.tag == TT + "region":
            x, y, wide, high = (float(n) for n in re.findall(r"[\d.]+", f"{element.get(TTS + 'origin')} "
                                                              f"{element.get(TTS + 'extent')}"))
            assert x + wide <= 100.001 and y + high <= 100.001
    return root


def test_times_looks_and_places() -> None:
    root = parsed([cue(STYLE, (Run("Hello"),), (Run("world"),)),
                   cue(replace(STYLE, bold=True), (Run("x"),), name="d", start_ns=61 * NS, end_ns=3600 * NS)])
    one, two = root.iter(TT + "p")
    assert one.get("region") == two.get("region") and one.get("style") != two.get("style")
    assert (two.get("begin"), two.get("end")) == ("00:01:01.000", "01:00:00.000")
    assert "".join(one.itertext()) == "Helloworld" and len(list(one.iter(TT + "br"))) == 1
    style = next(root.iter(TT + "style"))
    assert style.get(TTS + "fontSize") == "75%" and style.get(TTS + "textOutline") == "#000000ff 5%"
    region = next(root.iter(TT + "region"))
    assert (region.get(TTS + "origin"), region.get(TTS + "extent")) == ("0% 0%", "100% 90%")
    assert (region.get(TTS + "displayAlign"), region.get(TTS + "textAlign")) == ("after", "center")


def test_words_keep_their_own_looks_and_markup_is_text() -> None:
    root = parsed([cue(replace(STYLE, box=TextBox(Color(1, 2, 3, 128))),
                       (Run("a <b> & "), Run("key", highlighted=True), Run("c\nd", italic=True, bold=False)))])
    spans = list(root.iter(TT + "span"))
    assert spans[0].get(TTS + "backgroundColor") == "#01020380" and spans[0].text == "a <b> & "
    assert spans[1].text == "key"
    assert (spans[1].get(TTS + "color"), spans[1].get(TTS + "textOutline")) == ("#ff0000ff", "none")
    assert spans[2].get(TTS + "fontStyle") == "italic" and spans[2].get(TTS + "fontWeight") == "normal"
    assert "".join(spans[2].itertext()) == "cd" and len(list(spans[2].iter(TT + "br"))) == 1


@pytest.mark.parametrize(("align", "x_px", "y_px", "origin", "extent"), [
    ("TopLeft", 192, 108, "10% 10%", "90% 90%"), ("TopRight", 192, 0, "0% 0%", "90% 100%"),
    ("CenterCenter", 0, 108, "0% 20%", "100% 80%"), ("Center", 480, 540, "0% 50%", "50% 50%"),
    ("Right", 960, 108, "0% 10%", "50% 90%"), ("BottomLeft", 0, 270, "0% 0%", "100% 75%"),
    ("TopLeft", 5000, 0, "0% 0%", "100% 100%")])
def test_a_region_reaches_from_where_the_text_hangs(align: Align, x_px: float, y_px: float, origin: str,
                                                    extent: str) -> None:
    region = next(parsed([cue(replace(STYLE, align=align, x_px=x_px, y_px=y_px), (Run("x"),))]).iter(TT + "region"))
    assert (region.get(TTS + "origin"), region.get(TTS + "extent")) == (origin, extent)


def test_strange_texts_and_none_at_all_stay_xml() -> None:
    assert not list(parsed([]).iter(TT + "p"))
    root = parsed([cue(replace(STYLE, font="<&'\">", size_px=0), (Run("\x00\x0b]]>\ufffe <\u200d"),))])
    assert "]]>" in "".join(root.itertext())
