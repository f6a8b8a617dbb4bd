"""batch: values for a Timeline's variables: --set Name=value, and a CSV file with one output for each row."""

import csv
import json
import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stream.errors import OptionError

_COLUMN = re.compile(r"\{([^{}]+)\}")


def variables_of(args: Namespace) -> dict[str, Any]:
    """Return the variables that --set gives. A value that begins with [ or { is JSON; any other is text."""
    found: dict[str, Any] = {}
    for text in getattr(args, "set", None) or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise OptionError(f"--set {text!r} gives no variable", "Write --set Name=value")
        found[name.strip()] = _value(name, value)
    return found


def _value(name: str, value: str) -> Any:
    if value[:1] not in ("[", "{"):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise OptionError(f"--set {name}: the value is no JSON ({error.msg} at character {error.colno})",
                          "A value that begins with [ or { is read as JSON") from error


def each_row(args: Namespace, used: tuple[str, ...]) -> Iterator[Namespace]:
    """Yield the arguments of one render for each row of --csv: {column} in OUT is replaced, the columns are variables.

    `used` are the names of the document's variables. Raises OptionError for a file that cannot be read, a column that
    neither document nor OUT uses, an OUT that is the same for two rows, and an empty table.
    """
    rows = _rows(args.csv)
    wanted = set(_COLUMN.findall(args.out))
    columns = set(rows[0])
    for name in sorted(wanted - columns):
        raise OptionError(f"--csv: OUT names {{{name}}}, which is no column", f"There are: {', '.join(rows[0])}")
    for name in sorted(columns - wanted - set(used)):
        raise OptionError(f"--csv: nothing uses the column {name!r}", f"The document has: {', '.join(used) or 'none'}")
    outs = [_named(args.out, row) for row in rows]
    twice = next((out for out in outs if outs.count(out) > 1), None)
    if twice is not None:
        raise OptionError(f"--csv: two rows are written to {twice}", "Name a column in OUT, as in show-{Name}.mp4")
    for row, out in zip(rows, outs, strict=True):
        given = [f"{name}={value}" for name, value in row.items() if name in used]
        yield Namespace(**{**vars(args), "csv": "", "out": out, "set": [*(args.set or []), *given]})


def _rows(path: str) -> list[dict[str, str]]:
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            rows = [{(name or "").strip(): value or "" for name, value in row.items() if name} for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise OptionError(f"--csv: cannot read {path}: {why}", "Give a table in UTF-8 whose first row names the columns"
                          ) from error
    if not rows or not rows[0]:
        raise OptionError(f"--csv: {path} has no rows", "The first row names the columns, each other one is an output")
    return rows


def _named(out: str, row: dict[str, str]) -> str:
    return _COLUMN.sub(lambda found: _in_a_name(row[found[1]]), out)


def _in_a_name(value: str) -> str:
    """`value` as part of a file's name: it leads into no other folder."""
    return re.sub(r"[/\\\0:]+", "-", value).strip(". ") or "-"
