"""verify: `cuelight verify`: proof that a recording replays to the pictures that were shown."""

import asyncio
import json
import sys
from argparse import Namespace
from pathlib import Path

from stream.commands.render import quietly, run_session
from stream.recording.finish import aired_cues, read_run
from stream.recording.replay import Verdict, replay_session


def run(args: Namespace) -> int:
    replayed, verdict = read_run(Path(args.recording)), Verdict()
    session = replay_session(replayed, aired_cues(replayed), lambda _: [], quietly, verdict, sound=False)
    asyncio.run(run_session(session, show=not args.json))
    same = verdict.ticks > 0 and verdict.equal == verdict.ticks
    cut_off = len(replayed.journal.ticks) - verdict.ticks
    if args.json:
        json.dump({"ticks": verdict.ticks, "equal": verdict.equal, "first_difference": verdict.first_difference,
                   "torn": replayed.journal.torn, "cut_off": cut_off, "same": same}, sys.stdout)
        sys.stdout.write("\n")
    else:
        print(f"{verdict.equal} of {verdict.ticks} pictures are equal to those shown"
              + ("" if same else f"; the first that differs is tick {verdict.first_difference}")
              + (f"; the run was cut off before its last {cut_off} pictures were written" if cut_off else ""))
    return 0 if same else 1
