"""export: `cuelight export`: the captions, or the edit, of a Timeline or recording in another program's format."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from stream.commands import media_root_of, rate_of, read_document, size_of
from stream.commands.batch import variables_of
from stream.errors import DocumentError, OptionError
from stream.plugins import load, names
from stream.recording.finish import POLISHED, finish
from stream.timeline.export import by_lane, lane_name, settle
from stream.vod.prepare import captioned
from stream.vod.prepare import settle as settled

FORMATS = "stream.timeline.export"


def run(args: Namespace) -> int:
    path, out = Path(args.timeline), Path(args.out)
    suffix = out.suffix.lower().lstrip(".")
    if suffix not in names(FORMATS):
        raise OptionError(f"there is no export to .{suffix}", f"There are: .{', .'.join(names(FORMATS))}")
    if out.exists():
        raise OptionError(f"{out} exists already", "Choose another name: nothing is overwritten")
    if path.is_dir():  # what was said when, with its final words
        if not (path / POLISHED).exists():
            finish(path)
        path = path / POLISHED
    document = read_document(str(path), variables_of(args))
    program = captioned(settled(document, media_root_of(args, str(path)), _say, size=size_of(args), rate=rate_of(args),
                                ims_bgr=args.ims_bgr)).program
    module: Any = load(FORMATS, suffix)
    whole = getattr(module, "write_program", None)
    captions = settle(program.cues)
    for notice in program.notices:
        if notice.severity == "error" or "Cuelight.Captions" in notice.path:
            _say(f"{notice.severity}: {notice.path}: {notice.message}. {notice.remedy}")
    if not captions and (whole is None or not program.layers):
        raise DocumentError("there is nothing in this Timeline to export", "--media-root finds media that is missing")
    parts = by_lane(program.cues) if getattr(module, "ONE_LANE", False) else {}
    for lane, cues in (parts if len(parts) > 1 else {"": program.cues}).items():
        path = out.with_name(lane_name(out.name, lane))
        if path.exists():
            raise OptionError(f"{path} exists already", "Choose another name: nothing is overwritten")
        told = program.with_cues(cues)
        more = {"by_word": True} if args.by_word and suffix == "srt" else {}
        path.write_text(whole(told, document) if whole else module.write(cues, **more), encoding="utf-8")
        print(f"wrote {path}: {len(settle(cues))} captions"
              + ("" if suffix != "otio" else f", {len(program.layers)} clips"))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr)
