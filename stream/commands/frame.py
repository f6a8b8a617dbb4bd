"""frame: `cuelight frame`: one picture of a Timeline, as a PNG."""

import asyncio
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from stream.commands import read_document
from stream.commands.batch import variables_of
from stream.commands.render import open_session, run_session
from stream.errors import OptionError
from stream.media import VideoFrame
from stream.recording.finish import AS_AIRED
from stream.vod.stills import write_png

LEAD_S = 2.0
"""So much before it is made too: a matte follows its picture over time."""


def run(args: Namespace) -> int:
    path, out = Path(args.timeline), Path(args.out)
    if path.is_dir():
        path = path / AS_AIRED
    if out.exists():
        raise OptionError(f"{out} exists already", "Choose another name: nothing is overwritten")
    args.from_s, args.to_s, args.preset = max(args.time - LEAD_S, 0.0), 0.0, ""
    session, _ = open_session(args, read_document(str(path), variables_of(args)), path, None)
    wanted = round(args.time * session.program.rate)
    if not session.first_tick <= wanted <= session.last_tick:
        raise OptionError(f"there is no picture at {args.time:g} s", "It lies outside the Timeline")
    session.last_tick = wanted
    kept: list[VideoFrame] = []
    paint = session.painter.paint

    def keep(pts_ns: int, shots: Mapping[str, object], cues: object) -> tuple[VideoFrame, int]:
        frame, digest = paint(pts_ns, shots, cues)  # type: ignore[arg-type]
        kept[:] = [frame]
        return frame, digest

    session.paint = keep
    session.mixer = None
    session.inputs = {name: one for name, one in session.inputs.items() if one.wants_video}
    asyncio.run(run_session(session))
    out.write_bytes(write_png(kept[0]))
    return 0
