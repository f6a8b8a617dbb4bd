"""captions_report: the figures of the captions bench for people: tables on the terminal, a page with plots."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from stream.bench import plots

HEADER = ("engine, sound", "policy", "aired", "final", "word p50/p95/p99 s", "first word p50/p95", "erased", "unstable",
          "characters/s p50/p95", "delay s", "within 150 ms", "final after speech p50/p95", "reading p95", "cores")
NOTES = ("aired and final: word (or character) errors of what was shown, and of the final text. word, first word: "
         "from the end of the spoken word, by forced alignment, to its caption. erased: tokens taken back "
         "over tokens that stayed. "
         "delay: the least that has 95 % of words there when they begin to be spoken; within 150 ms: the share "
         "of words that then appear so near to it.")


def report(found: Mapping[str, dict[str, Any]]) -> str:
    """Return the figures as a table for a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*HEADER, title="captions: " + ", ".join(dict.fromkeys(_what(one) for one in found.values())))
    for row in _rows(found):
        table.add_row(*row)
    out = StringIO()
    Console(file=out, width=200).print(table)
    return out.getvalue() + NOTES


def html(found: Mapping[str, dict[str, Any]]) -> str:
    """Return the figures as an HTML page with plots."""
    late = {f"{name}, {policy}": one["policies"][policy]["word_lateness_s"]
            for name, one in found.items() for policy in one["policies"]}
    wrong = [(f"{name}, {policy}", 100 * one["policies"][policy]["error_aired"])
             for name, one in found.items() for policy in one["policies"]]
    wrong += [(f"{name}, final", 100 * one["error_final"]) for name, one in found.items()]
    return plots.page("Captions", [
        plots.paragraph("; ".join(dict.fromkeys(_what(one) for one in found.values())) + "."),
        plots.table(HEADER, _rows(found)), plots.paragraph(NOTES),
        plots.shares("Share of words captioned within", "s after they were spoken", late),
        plots.bars("Errors", "%", wrong),
        *(plots.table(("clip", "said", "final text"), [(row["clip"], row["said"], row["final"])
                                                       for row in one["by_clip"]])
          for one in list(found.values())[:1])])


def _what(one: dict[str, Any]) -> str:
    return f"{one['clips']} clips, {one['audio_s']:.0f} s, {one['tokens']} tokens ({one['unit']})"


def _rows(found: Mapping[str, dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(name, policy, f"{p['error_aired']:.1%}", f"{one['error_final']:.1%}", _numbers(p["word_s"], 50, 95, 99),
             _numbers(p["first_word_s"], 50, 95), _share(p["normalized_erasure"]), _share(p["unstable"]),
             _numbers(p["characters_per_s"], 50, 95, digits=0), f"{p['delay_s']:.2f}", _share(p["in_time"]),
             _numbers(one["final_after_speech_s"], 50, 95), _numbers(one["read_s"], 95),
             f"{one['cpu_per_audio_s']:.2f}")
            for name, one in found.items() for policy, p in one["policies"].items()]


def _numbers(spread: Mapping[str, Any], *which: int, digits: int = 2) -> str:
    values = [spread[f"p{p}"] for p in which]
    return " / ".join("–" if v is None else f"{v:.{digits}f}" for v in values)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
