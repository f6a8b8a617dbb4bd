"""check: `cuelight check`: every problem of a Timeline, with its place and remedy."""

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from stream.commands import media_root_of, read_document
from stream.commands.batch import variables_of
from stream.errors import DocumentError
from stream.run.gather import gather
from stream.timeline.check import check
from stream.timeline.program import Notice


def run(args: Namespace) -> int:
    try:
        document = read_document(args.timeline, variables_of(args))
        facts = gather(document, media_root_of(args), {}) if args.media_root else None
        notices = check(document, facts, ims_bgr=args.ims_bgr)
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
