"""check: `cuelight check`: every problem of a Timeline, with its place and remedy."""

import json
import sys
from argparse import Namespace
from dataclasses import asdict, replace

from stream.commands import media_root_of, read_document
from stream.commands.batch import variables_of
from stream.errors import DocumentError
from stream.run.gather import gather
from stream.timeline.check import check, in_order
from stream.timeline.program import Notice
from stream.vod.aloud import studio
from stream.voicing.cast import checked


def run(args: Namespace) -> int:
    try:
        document = read_document(args.timeline, variables_of(args))
        facts = gather(document, media_root_of(args), {}) if args.media_root else None
        voices: list[Notice] = []
        checked(document, voices.append, studio(media_root_of(args)))
        found = check(document, facts, ims_bgr=args.ims_bgr)  # without a voice: how long a text lasts is a guess
        notices = in_order([*voices, *(replace(notice, severity="info") if notice.code == "stand-in-speech" else notice
                                       for notice in found)])
    except DocumentError as error:
        notices = [Notice("error", "$", error.message, error.remedy, "unreadable")]
    errors = sum(notice.severity == "error" for notice in notices)
    if args.json:
        json.dump([asdict(notice) for notice in notices], sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        for notice in notices:
            remedy = f" {notice.remedy}." if notice.remedy else ""
            print(f"{notice.severity}: {notice.path}: {notice.message}.{remedy} [{notice.code}]")
        warnings = sum(notice.severity == "warning" for notice in notices)
        print(f"{errors} errors, {warnings} warnings, {len(notices) - errors - warnings} notes")
    return 1 if errors else 0
