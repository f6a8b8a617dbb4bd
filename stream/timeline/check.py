"""check: every problem of a document in one run."""

from collections.abc import Iterable

from stream.timeline.facts import Facts
from stream.timeline.program import Notice
from stream.timeline.resolve import resolve
from stream.timeline.review import review
from stream.timeline.schema import Document


def check(document: Document, facts: Facts | None = None, *, ims_bgr: bool = False) -> list[Notice]:
    """Return what is wrong or worth knowing, errors first, each with JSON path, remedy and a stable `code`.

    With `facts` also what shows only with the media: files that are missing, trims past the end, and so on.
    """
    notices = review(document) if facts is None else list(resolve(document, facts, ims_bgr=ims_bgr).notices)
    return in_order(notices)


def in_order(notices: Iterable[Notice]) -> list[Notice]:
    """Return `notices`, each once, errors first."""
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(dict.fromkeys(notices), key=lambda notice: order[notice.severity])
