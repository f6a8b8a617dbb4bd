"""template: a document with variables filled in: `$Name`, `$Name:default`, `$Name:NULL`, and lists made from templates.

A list entry, or a member, that is an object with Sys_Type (ArrayItems or Array), Sys_ArrayObject ("$Name") and
Sys_Template becomes one filled template for each item of that variable: in a list its entries, else a list.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from stream.errors import DocumentError
from stream.timeline.reading import shown
from stream.timeline.scalars import TEMPLATE
from stream.timeline.schema import member
from stream.timeline.vocabulary import nearest

ITEM = "Item"
MAX_ITEMS = 10_000
_GONE = object()
_SHOWN = 5


class _Filling:
    """One document being filled: which variables were used, and what is missing where."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.missing: list[str] = []


def fill(value: Any, variables: Mapping[str, Any]) -> Any:
    """Return `value` (a JSON value) with every variable marker replaced; `value` itself is not changed.

    A marker is a whole string. `$Name` takes the variable, `$Name:text` the text where there is no such variable,
    `$Name:NULL` drops the member. In Sys_Template the members of each item are variables too; an item that is no
    object is `$Item`. Raises DocumentError, with JSON paths, for a marker without variable or default, for a variable
    that the document does not use, and for a Sys_ArrayObject that is no list.
    """
    now = _Filling()
    made = _filled(value, dict(variables), "$", now)
    if now.missing:
        more = f" and {len(now.missing) - _SHOWN} more" if len(now.missing) > _SHOWN else ""
        raise DocumentError(f"Variables without a value: {', '.join(now.missing[:_SHOWN])}{more}",
                            "Give each with --set Name=value, or a default as $Name:default")
    unused = sorted(set(variables) - now.used)
    if unused:
        near = nearest(unused[0], tuple(sorted({*names(value)} - set(variables))))
        raise DocumentError(f"The document has no variable {', '.join(shown(name) for name in unused)}",
                            f"Did you mean {near[0]}?" if near else "It has: " + (", ".join(names(value)) or "none"))
    return None if made is _GONE else made


def names(value: Any) -> tuple[str, ...]:
    """Return the names of the variables in `value`, each once, in document order."""
    return tuple(dict.fromkeys(_names(value)))


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("$") and TEMPLATE.match(value):
            yield value[1:].partition(":")[0]
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _names(child)


def _filled(value: Any, variables: Mapping[str, Any], path: str, now: _Filling) -> Any:
    if isinstance(value, str):
        return _replaced(value, variables, path, now)
    if isinstance(value, list):
        made: list[Any] = []
        for index, child in enumerate(value):
            items = _expanded(child, variables, f"{path}[{index}]", now)
            made += [_filled(child, variables, f"{path}[{index}]", now)] if items is None else items
        return [item for item in made if item is not _GONE]
    if isinstance(value, dict):
        items = _expanded(value, variables, path, now)
        if items is not None:
            return items
        filled = {key: _filled(child, variables, f"{path}.{shown(key)}", now) for key, child in value.items()}
        return {key: child for key, child in filled.items() if child is not _GONE}
    return value


def _replaced(text: str, variables: Mapping[str, Any], path: str, now: _Filling) -> Any:
    marker = TEMPLATE.match(text) if text.startswith("$") else None
    if marker is None:
        return text
    name, colon, default = text[1:].partition(":")
    if name in variables:
        now.used.add(name)
        return variables[name]
    if not colon:
        now.missing.append(f"{path} (${name})")
        return text
    return _GONE if default == "NULL" else default


def _expanded(value: Any, variables: Mapping[str, Any], path: str, now: _Filling) -> list[Any] | None:
    """The entries that a template object stands for; None for anything else."""
    if not isinstance(value, dict):
        return None
    source, template = member(value, "Sys_ArrayObject"), member(value, "Sys_Template")
    if source is None or template is None:
        return None
    items = _filled(value[source], variables, f"{path}.{source}", now)
    if isinstance(value[source], str) and items == value[source]:
        return []  # a marker without variable: told already
    if items is _GONE or items is None:
        return []
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise DocumentError(f"{path}.{source} is not a list of at most {MAX_ITEMS} items",
                            'Give a JSON list, as in --set \'Clips=[{"MediaURL": "a.mp4"}]\'')
    made = []
    for item in items:
        own = item if isinstance(item, dict) else {ITEM: item}
        made.append(_filled(value[template], {**variables, **own}, f"{path}.{template}", now))
    return [item for item in made if item is not _GONE]
