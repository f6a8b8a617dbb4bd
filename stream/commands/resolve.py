"""resolve: `cuelight resolve`: the Timeline with every time, box and reference settled, as JSON."""

import sys
from argparse import Namespace

from stream.commands import media_root_of, rate_of, read_document, size_of
from stream.commands.batch import variables_of
from stream.run.gather import gather
from stream.timeline.schema import dump
from stream.timeline.settled import settled


def run(args: Namespace) -> int:
    document = read_document(args.timeline, variables_of(args))
    value, program = settled(document, gather(document, media_root_of(args, args.timeline), {}), size=size_of(args),
                             rate=rate_of(args), ims_bgr=args.ims_bgr)
    print(dump(value, 2))
    errors = [notice for notice in program.notices if notice.severity == "error"]
    if not args.json:
        for notice in errors:
            print(f"{notice.severity}: {notice.path}: {notice.message}", file=sys.stderr)
    return 1 if errors else 0
