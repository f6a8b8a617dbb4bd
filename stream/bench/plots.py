"""plots: figures as a page of its own: tables and drawings in one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 220, 56, 28
COLOURS = ("#2f6fde", "#d9480f", "#2b8a3e", "#9c36b5", "#c2255c", "#0b7285", "#5f3dc4", "#846200")
STYLE = """:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:70rem;
margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #8884}
td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}svg text{fill:currentColor;font-size:12px}
.grid{stroke:#8886;stroke-width:1}figure{margin:1.5rem 0}figcaption{font-weight:600}"""


def page(title: str, parts: Sequence[str]) -> str:
    """Return a whole HTML page of `parts` (tables and figures)."""
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{STYLE}</style><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n")


def paragraph(text: str) -> str:
    """Return `text` as a paragraph."""
    return f"<p>{escape(text)}</p>"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the first column names the row."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in header)
    body = "".join(f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(c)}</td>" for c in row[1:])
                   + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def shares(title: str, unit: str, series: Mapping[str, Sequence[float]], most: float | None = None) -> str:
    """Return a figure: for each of `series`, which share of its values is at most so large (a cumulative curve)."""
    kept = {name: sorted(values) for name, values in series.items() if values}
    if not kept:
        return paragraph(f"{title}: nothing was measured.")
    high = most or max(values[min(len(values) - 1, int(0.99 * len(values)))] for values in kept.values()) or 1.0
    low = min(0.0, *(values[0] for values in kept.values()))
    lines = []
    for name, values in kept.items():
        points = [(low, 0.0)]
        for number, value in enumerate(values, 1):
            points += [(value, (number - 1) / len(values)), (value, number / len(values))]
        lines.append((name, [(x, y) for x, y in points if x <= high]))
    return _figure(title, unit, lines, (low, high), (0.0, 1.0), percent=True)


def course(title: str, unit: str, series: Mapping[str, Sequence[tuple[float, float]]], across: str = "s") -> str:
    """Return a figure: values over time, a line for each of `series` of (x, y)."""
    kept = [(name, list(points)) for name, points in series.items() if points]
    if not kept:
        return paragraph(f"{title}: nothing was measured.")
    xs = [x for _, points in kept for x, _ in points]
    ys = [y for _, points in kept for _, y in points]
    return _figure(f"{title} ({unit})", across, kept, (min(xs), max(xs)), (min(0.0, *ys), max(ys)))


def bars(title: str, unit: str, rows: Sequence[tuple[str, float]]) -> str:
    """Return a figure of one bar for each of `rows`."""
    most = max((value for _, value in rows), default=0.0) or 1.0
    drawn = "".join(
        f'<text x="{LEFT * 3 - 6}" y="{18 + 24 * i}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LEFT * 3}" y="{6 + 24 * i}" height="16" width="{value / most * (WIDTH - LEFT * 4.5):.1f}" '
        f'fill="{COLOURS[0]}"/><text x="{LEFT * 3 + 6 + value / most * (WIDTH - LEFT * 4.5):.1f}" y="{18 + 24 * i}">'
        f"{value:.3g} {escape(unit)}</text>" for i, (name, value) in enumerate(rows))
    return _framed(title, f'<svg viewBox="0 0 {WIDTH} {24 * len(rows) + 10}" role="img" '
                          f'aria-label="{escape(title)}">{drawn}</svg>')


def _figure(title: str, unit: str, lines: Sequence[tuple[str, Sequence[tuple[float, float]]]],
            x_range: tuple[float, float], y_range: tuple[float, float], *, percent: bool = False) -> str:
    def at(x: float, y: float) -> tuple[float, float]:
        right, top = WIDTH - 12, HEIGHT - BOTTOM - 12
        return (LEFT + (x - x_range[0]) / ((x_range[1] - x_range[0]) or 1) * (right - LEFT),
                HEIGHT - BOTTOM - (y - y_range[0]) / ((y_range[1] - y_range[0]) or 1) * top)

    out = []
    for step in range(5):
        x, y = (low + (high - low) * step / 4 for low, high in (x_range, y_range))
        (px, _), (_, py) = at(x, y_range[0]), at(x_range[0], y)
        label = f"{y:.0%}" if percent else f"{y:.3g}"
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 12}" y1="{py:.1f}" y2="{py:.1f}"/>'
                   f'<text x="{LEFT - 6}" y="{py + 4:.1f}" text-anchor="end">{label}</text>'
                   f'<text x="{px:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{x:.3g}</text>')
    for number, (name, points) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in (at(*point) for point in points))
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>'
                   f'<rect x="{LEFT + 8}" y="{HEIGHT + 4 + 18 * number}" width="12" height="12" fill="{colour}"/>'
                   f'<text x="{LEFT + 26}" y="{HEIGHT + 14 + 18 * number}">{escape(name)}</text>')
    height = HEIGHT + 10 + 18 * len(lines)
    return _framed(f"{title} – {unit}", f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
                                        f'{"".join(out)}</svg>')


def _framed(title: str, drawing: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{drawing}</figure>"
