"""fidelity: what of a document a render shows otherwise than it asks, each thing once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stream.timeline.program import Notice, Program

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
    """Return everything shown or heard otherwise than asked: what warnings say, and what is done in our own way."""
    found: dict[tuple[str, str], list[str]] = {}
    remedies: dict[tuple[str, str], str] = {}
    for how, what, path, remedy in _noticed(program.notices):
        places = found.setdefault((how, what), [])
        if path not in places:
            places.append(path)
        remedies.setdefault((how, what), remedy)
    return tuple(Difference(how, what, tuple(paths), remedies[how, what]) for (how, what), paths in found.items())


_Found = tuple[str, str, str, str]


def _noticed(notices: tuple[Notice, ...]) -> Iterator[_Found]:
    for notice in notices:
        if notice.severity == "warning" or notice.code == "approximate":
            how = {"not-rendered": "ignored", "approximate": "approximate"}.get(notice.code, "warning")
            yield how, re.sub(r"\[\d+\]", "[]", notice.message), notice.path, notice.remedy
