"""new: `cuelight new`: a commented starter Timeline."""

import sys
from argparse import Namespace
from pathlib import Path

from stream.errors import OptionError
from stream.timeline.starters import starter


def run(args: Namespace) -> int:
    text = starter(args.kind)
    if args.out == "-":
        sys.stdout.write(text)
        return 0
    try:
        with Path(args.out).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OptionError(f"{args.out} exists already", "Choose another name: nothing is overwritten") from None
    print(f"wrote {args.out}; run it with: cuelight live {args.out} --to rtmp://…", file=sys.stderr)
    return 0
