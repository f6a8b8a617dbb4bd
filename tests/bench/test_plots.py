"""Plots: what is drawn is what was given."""

import re
from xml.etree import ElementTree as ET

from stream.bench import plots


def drawing(figure: str) -> ET.Element:
    found = re.search(r"<svg.*</svg>", figure, re.DOTALL)
    assert found is not None
    return ET.fromstring(found[0])


def test_a_share_reaches_the_top_at_the_largest_value() -> None:
    svg = drawing(plots.shares("late", "s", {"one": [0.1, 0.2, 0.3, 0.4], "two <b>": [0.4]}, most=0.4))
    lines = svg.findall("polyline")
    last = [line.attrib["points"].split()[-1].split(",") for line in lines]
    top = plots.HEIGHT - plots.BOTTOM - (plots.HEIGHT - plots.BOTTOM - 12)
    assert len(lines) == 2 and [float(y) for _, y in last] == [top, top]
    assert "two <b>" in [text.text for text in svg.findall("text")]


def test_bars_are_as_long_as_their_values() -> None:
    bars = drawing(plots.bars("size", "kB", [("a", 1), ("b", 4)])).findall("rect")
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert widths[1] == 4 * widths[0] > 0


def test_a_course_runs_from_left_to_right() -> None:
    line = drawing(plots.course("memory", "MB", {"rss": [(0, 100), (30, 110), (60, 100)]})).find("polyline")
    assert line is not None
    xs = [float(point.split(",")[0]) for point in line.attrib["points"].split()]
    assert xs == sorted(xs) and xs[0] == plots.LEFT


def test_nothing_measured_is_said_not_drawn() -> None:
    assert "nothing was measured" in plots.shares("late", "s", {"none": []})
    assert "nothing was measured" in plots.course("x", "y", {})


def test_a_page_stands_alone_and_marks_up_no_text() -> None:
    page = plots.page("<Latency>", [plots.table(("name", "s"), [("<script>", "1")]), plots.paragraph("a & b")])
    assert "<script" not in page and "&lt;script&gt;" in page and "a &amp; b" in page and "src=" not in page
