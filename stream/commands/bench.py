"""bench: `cuelight bench`: the measuring programs by name, their own options behind it."""

import importlib
from argparse import Namespace

from stream.errors import OptionError

PROGRAMS = {"latency": "stream.bench.live", "captions": "stream.bench.captions", "receive": "stream.bench.receiver",
            "publish": "stream.bench.publish", "matting": "stream.bench.matting", "render": "stream.bench.render"}


def run(args: Namespace) -> int:
    if args.what not in PROGRAMS:
        raise OptionError(f"there is no bench {args.what!r}", f"There are: {', '.join(PROGRAMS)}")
    try:
        program = importlib.import_module(PROGRAMS[args.what])
    except ModuleNotFoundError as error:
        raise OptionError(f"bench {args.what} needs {error.name}", "Run make setup-dev") from error
    code = program.main(args.rest)
    return int(code or 0)
