"""reading: JSON text to JSON value, refusing with line and column what is not a document."""

import json
import re
from dataclasses import dataclass
from typing import Any

from stream.errors import DocumentError
from stream.timeline.program import Notice

MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document and what it asks for may be.

    `max_picture_px` bounds one source picture (width times height), `max_side_px` each side of the output.
    """

    max_bytes: int = 128 << 20
    max_depth: int = 64
    max_picture_px: int = 120_000_000
    max_side_px: int = 8192


class _NumberError(ValueError):
    """A number that JSON or we cannot hold; `token` is its spelling."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(token)


def read(text: str | bytes, limits: Limits) -> tuple[dict[str, Any], str, tuple[Notice, ...]]:
    """Return the JSON object in `text`, the text as str, and warnings about keys given twice.

    Raises DocumentError for broken JSON (with line and column), NaN and Infinity, nesting deeper or
    text longer than `limits`, and a top level that is not an object.
    """
    if len(text) > limits.max_bytes:
        raise DocumentError(f"The document is larger than {limits.max_bytes >> 20} MB",
                            "Raise the limit if it is meant")
    if isinstance(text, bytes):
        text = _decoded(text)
    text = text.removeprefix("\ufeff")
    twice: list[tuple[dict[str, Any], str]] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, twice), parse_constant=_refuse,
                           parse_float=_real, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise DocumentError(f"Broken JSON at line {error.lineno}, column {error.colno}: {error.msg}",
                            "Correct the JSON there") from None
    except _NumberError as error:
        raise DocumentError(f"{_shorten(error.token)} at {_place(text, error.token)} is not a number JSON can hold",
                            "Write a finite decimal number") from None
    except RecursionError:
        raise _too_deep(limits) from None
    if not isinstance(value, dict):
        raise DocumentError("The document is not a JSON object", "Wrap it in { … } with a VideoTracks member")
    return value, text, _survey(value, twice, limits)


def shown(text: str) -> str:
    """Return `text` as it may be printed in a message: one line, short, always encodable."""
    safe = text.encode("utf-8", "backslashreplace").decode()
    return _shorten("".join(c if c.isprintable() else "·" for c in safe))


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _decoded(data: bytes) -> str:
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DocumentError(f"The document is not text in {error.encoding} (line {line}, byte {column})",
                            "Save it as UTF-8") from None


def _object(pairs: list[tuple[str, Any]], twice: list[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                twice.append((made, key))
            seen.add(key)
    return made


def _refuse(token: str) -> Any:
    raise _NumberError(token)


def _real(token: str) -> float:
    number = float(token)
    if number in (float("inf"), float("-inf")) or len(token) > MAX_DIGITS:
        raise _NumberError(token)
    return number


def _whole(token: str) -> int:
    if len(token) > MAX_DIGITS:
        raise _NumberError(token)
    return int(token)


def _place(text: str, token: str) -> str:
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|' + re.escape(token), text):
        if not match[0].startswith('"'):
            line_start = text.rfind("\n", 0, match.start()) + 1
            return f"line {text.count(chr(10), 0, match.start()) + 1}, column {match.start() - line_start + 1}"
    return "an unknown place"


def _too_deep(limits: Limits) -> DocumentError:
    return DocumentError(f"The document is nested deeper than {limits.max_depth} levels", "A Timeline needs about ten")


def _survey(value: dict[str, Any], twice: list[tuple[dict[str, Any], str]], limits: Limits) -> tuple[Notice, ...]:
    """Bound the depth and find where the keys given twice are."""
    wanted = {id(made): key for made, key in twice}
    found: list[Notice] = []
    stack: list[tuple[Any, int, str]] = [(value, 1, "$")]
    while stack:
        item, depth, path = stack.pop()
        if depth > limits.max_depth:
            raise _too_deep(limits)
        if id(item) in wanted:
            key = shown(wanted[id(item)])
            found.append(Notice("warning", path, f"{key} is given twice; the last one counts",
                                "Keep one of them", "duplicate-key"))
        children: Any = item.items() if isinstance(item, dict) else enumerate(item)
        for key, child in children:
            if isinstance(child, dict | list):
                step = (f".{shown(key)}" if isinstance(item, dict) else f"[{key}]") if wanted else ""
                stack.append((child, depth + 1, path + step))
    return tuple(sorted(found, key=lambda notice: notice.path))
