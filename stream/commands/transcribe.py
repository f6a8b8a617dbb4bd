"""transcribe: `cuelight transcribe`: what a film, a sound or a recording says: words with times, or captions."""

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from stream.errors import MediaError, OptionError
from stream.plugins import load, names
from stream.timeline.export import settle
from stream.vod.transcript import as_json, of_media, of_recording

FORMATS = "stream.timeline.export"


def run(args: Namespace) -> int:
    path, out = Path(args.media), Path(args.out)
    suffix = out.suffix.lower().lstrip(".")
    known = [name for name in names(FORMATS) if name != "otio"]
    if suffix not in ("json", *known):
        raise OptionError(f"a transcript is not written to .{suffix}", f"There are: .json, .{', .'.join(known)}")
    if out.exists():
        raise OptionError(f"{out} exists already", "Choose another name: nothing is overwritten")
    vocabulary = [word.strip() for word in _text(args.vocabulary, "--vocabulary").replace("\n", ",").split(",")]
    asked = {"Engine": args.engine, "Language": args.language, "Vocabulary": [word for word in vocabulary if word]}
    notes: dict[str, Any] = {name: value for name, value in asked.items() if value}
    text = _text(f"@{args.text}", "--text") if args.text else ""
    found = (of_recording if path.is_dir() else of_media)(path, notes, text, _say)
    if suffix == "json":
        about = {"media": str(path), "engine": args.engine, "language": args.language}
        written = json.dumps({**{k: v for k, v in about.items() if v}, **as_json(found.words)}, ensure_ascii=False,
                             indent=2) + "\n"
    elif not settle(found.cues):
        raise MediaError(f"nothing is said in {path}, as far as can be heard", "--engine chooses another ear")
    else:
        module: Any = load(FORMATS, suffix)
        written = module.write(found.cues)
    out.write_text(written, encoding="utf-8")
    print(f"wrote {out}: {len(found.words)} words, {len(settle(found.cues))} captions")
    return 0


def _text(given: str, option: str) -> str:
    """What an option says, or the file it names after @ holds."""
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise OptionError(f"{option}: cannot read {given[1:]}: {why}", "Give a text file") from error


def _say(line: str) -> None:
    print(line, file=sys.stderr)
