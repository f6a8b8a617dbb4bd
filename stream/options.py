"""options: a plugin's options, decoded strictly from strings into its own dataclass."""

import math
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from stream.errors import OptionError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Options = TypeVar("Options", bound="DataclassInstance")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def decode(into: type[Options], options: Mapping[str, str], name: str) -> Options:
    """Return `options` as a dataclass whose fields are bool, int, float (at least 0) or str and have defaults.

    `name` is the plugin, for messages. An unknown option is an OptionError that names the near ones.
    """
    kinds = {field.name: type(field.default) for field in fields(into)}
    values: dict[str, object] = {}
    for key, text in options.items():
        if key not in kinds:
            near = get_close_matches(key, kinds, 3) or list(kinds)
            raise OptionError(f"{name}: there is no option {key!r}", f"There are: {', '.join(near)}" if near else "")
        values[key] = _value(kinds[key], text, f"{name}: option {key}={text!r}")
    return into(**values)


def _value(kind: type, text: str, where: str) -> object:
    if kind is bool:
        if text.lower() in _TRUE:
            return True
        if text.lower() in _FALSE:
            return False
        raise OptionError(f"{where} is neither yes nor no", "Write 1 or 0")
    if kind is str:
        return text
    try:
        number = kind(text)
    except ValueError:
        number = -1
    if not math.isfinite(number) or number < 0:
        raise OptionError(f"{where} is not a number from 0 on")
    return number
