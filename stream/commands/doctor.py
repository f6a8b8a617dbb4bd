"""doctor: `cuelight doctor`: what this machine can do, what is missing, and the remedy."""

from argparse import Namespace

from stream import doctor


def run(args: Namespace) -> int:
    return doctor.run(as_json=args.json)
