"""finish: `cuelight finish`: a recording's Timelines and captions, from its journal."""

from argparse import Namespace
from pathlib import Path

from stream.recording.finish import finish


def run(args: Namespace) -> int:
    folder = Path(args.recording)
    finish(folder)
    print(f"wrote the Timelines and captions of {folder}")
    return 0
