"""fidelity: what of a document a render shows otherwise than it asks, each thing once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stream.timeline.program import Look, Notice, Program

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the document asks: how ("approximate", "ignored", "warning"), what, and where all."""

    how: str
    what: str
    paths: tuple[str, ...]
    remedy: str = ""

    def line(self) -> str:
        """Return it in one line."""
        more = f" and {len(self.paths) - _SHOWN} more" if len(self.paths) > _SHOWN else ""
        return f"{self.how}: {self.what} ({', '.join(self.paths[:_SHOWN])}{more})"


def differences(program: Program) -> tuple[Difference, ...]:
    """Return everything that is shown otherwise than asked: what warnings say, and effects drawn in their own way."""
    found: dict[tuple[str, str], list[str]] = {}
    remedies: dict[tuple[str, str], str] = {}
    for how, what, path, remedy in [*_noticed(program.notices), *_drawn(program)]:
        places = found.setdefault((how, what), [])
        if path not in places:
            places.append(path)
        remedies.setdefault((how, what), remedy)
    return tuple(Difference(how, what, tuple(paths), remedies[how, what]) for (how, what), paths in found.items())


_Found = tuple[str, str, str, str]


def _noticed(notices: tuple[Notice, ...]) -> Iterator[_Found]:
    for notice in notices:
        if notice.severity == "warning":
            how = "ignored" if notice.code == "not-rendered" else "warning"
            yield how, re.sub(r"\[\d+\]", "[]", notice.message), notice.path, notice.remedy


def _drawn(program: Program) -> Iterator[_Found]:
    looks: list[tuple[Look, str]] = [(look, "$") for look in program.looks]
    looks += [(look, layer.path) for layer in program.layers for look in layer.looks]
    if not looks:
        return
    from stream.render.effects import fidelity

    for look, path in looks:
        how = fidelity(look.kind, look.name)
        if how != "rendered":
            yield how, f"{look.kind} {look.name}", path, ""
