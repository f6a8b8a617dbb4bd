"""commands: what each command of `cuelight` does; one file per command, `run(args) -> exit code`."""

from argparse import Namespace
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from stream.errors import DocumentError, OptionError
from stream.timeline.schema import Document, from_value, load
from stream.timeline.template import fill


def read_document(path: str, variables: Mapping[str, Any] | None = None) -> Document:
    """Return the Timeline in file `path`, its `variables` filled in if there are any.

    DocumentError when it cannot be read, is none, or has variables without a value.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror}", "Give the path of a Timeline (.json)") from error
    document = load(data)
    return from_value(fill(document.value, variables)) if variables else document


def size_of(args: Namespace) -> tuple[int, int] | None:
    """Return --size as (width, height), both even; None when it was not given."""
    if not args.size:
        return None
    width, cross, height = args.size.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit() and int(width) >= 16 and int(height) >= 16):
        raise OptionError(f"--size {args.size} is no size", "Write it as 1280x720")
    return int(width) & ~1, int(height) & ~1


def rate_of(args: Namespace) -> Fraction | None:
    """Return --fps as a Fraction; None when it was not given."""
    if not args.fps:
        return None
    try:
        rate = Fraction(args.fps)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 240:
        raise OptionError(f"--fps {args.fps} is no rate from 1 to 240", "Write 30 or 30000/1001")
    return rate


def media_root_of(args: Namespace, document_path: str = "") -> Path | None:
    """Return --media-root, else the folder the document lies in."""
    if args.media_root:
        return Path(args.media_root)
    return Path(document_path).parent if document_path else None


def presets_of(names: str, platform: str, preset: str) -> tuple[str, str]:
    """Return (platform, x264 preset) out of "youtube,superfast", in any order, either left out."""
    from stream.codecs.encode import PLATFORMS, PRESETS

    for name in filter(None, names.split(",")):
        if name in PLATFORMS:
            platform = name
        elif name in PRESETS:
            preset = name
        else:
            raise OptionError(f"--preset: there is no {name!r}", f"There are: {', '.join((*PLATFORMS, *PRESETS))}")
    return platform, preset
