"""resolve: `cuelight resolve`: the Timeline with every time, box and reference settled, as JSON."""

import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from stream.commands import media_root_of, rate_of, read_document, size_of
from stream.commands.batch import variables_of
from stream.errors import OptionError
from stream.timeline.frozen import freeze
from stream.timeline.schema import Document, dump
from stream.timeline.settled import part_of, settled
from stream.vod.prepare import Vod, prepare, settle


def run(args: Namespace) -> int:
    if args.audio_dir and not args.freeze_speech:
        raise OptionError("--audio-dir holds what --freeze-speech writes", "Add --freeze-speech")
    document = read_document(args.timeline, variables_of(args))
    vod = (prepare if args.freeze_speech else settle)(
        document, media_root_of(args, args.timeline), _say, size=size_of(args), rate=rate_of(args),
        ims_bgr=args.ims_bgr)
    value, program = settled(document, vod.facts, size=size_of(args), rate=rate_of(args), ims_bgr=args.ims_bgr,
                             speech=vod.speech)
    if args.freeze_speech:
        _freeze(value, document, vod, args)
    print(dump(value, 2))
    errors = [notice for notice in program.notices if notice.severity == "error"]
    if not args.json:
        for notice in errors:
            print(f"{notice.severity}: {notice.path}: {notice.message}", file=sys.stderr)
    return 1 if errors else 0


def _freeze(value: dict[str, Any], document: Document, vod: Vod, args: Namespace) -> None:
    size = (vod.program.width_px, vod.program.height_px)
    voices = _voices(vod, Path(args.audio_dir), Path(args.timeline).stem) if args.audio_dir else {}
    freeze(part_of(value, document), document.root, vod.spoken, size, voices, ducks=vod.program.ducking is not None)


def _voices(vod: Vod, folder: Path, stem: str) -> dict[str, str]:
    """Copy what the voices said into `folder`, a file for each clip; return their names by the clip's path."""
    folder.mkdir(parents=True, exist_ok=True)
    out: dict[str, str] = {}
    for number, (path, speech) in enumerate(sorted(vod.speech.items()), 1):
        if speech.url:
            made = folder / f"{stem}-{number}{Path(speech.url).suffix}"
            if made.exists() and made.read_bytes() != Path(speech.url).read_bytes():
                raise OptionError(f"{made} exists already", "Give another --audio-dir: nothing is overwritten")
            shutil.copyfile(speech.url, made)
            out[path] = str(made.resolve())
    return out


def _say(line: str) -> None:
    print(line, file=sys.stderr)
