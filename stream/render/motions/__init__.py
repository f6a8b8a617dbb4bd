"""motions: how captions come, stay and go: `pose` says where a caption is at a moment, `posed` draws it there."""

from collections.abc import Mapping

from stream.render.motions.draw import posed
from stream.render.motions.entrances import BACKWARDS, IN
from stream.render.motions.loops import LOOP
from stream.render.motions.pose import Pose
from stream.render.motions.sheet import Sheet, sheet
from stream.timeline.program import Cue

__all__ = ["ALIASES", "NAMES", "Pose", "Sheet", "named", "pose", "posed", "sheet"]

NAMES: Mapping[str, tuple[str, ...]] = {"in": tuple(IN), "out": tuple(BACKWARDS), "loop": tuple(LOOP)}
"""The names of each kind of motion, as the dialect spells them."""
ALIASES: Mapping[str, str] = {"dissolve_in": "dissovle_in", "zoomin_i": "zoomin_in", "dissovle_out": "dissolve_out"}
"""Other spellings that documents use."""
_REST = Pose()


def named(name: str) -> str:
    """Return the catalogue's spelling of the motion `name`, "" when there is no such motion."""
    plain = name.strip().lower()
    plain = ALIASES.get(plain, plain)
    return plain if plain in IN or plain in BACKWARDS or plain in LOOP else ""


def pose(cue: Cue, pts_ns: int) -> Pose | None:
    """Return how `cue` is placed at `pts_ns`; None: at rest, as drawn.

    It comes for `motion_in`'s duration from its start and goes for `motion_out`'s until its end; when the two are
    longer than the caption, both are shortened alike. In between `motion_loop` runs, beginning anew each duration.
    Unknown names leave it at rest.
    """
    come = cue.motion_in and IN.get(named(cue.motion_in.name))
    go = cue.motion_out and BACKWARDS.get(named(cue.motion_out.name))
    length_ns = max(cue.end_ns - cue.start_ns, 1)
    come_ns = max(cue.motion_in.duration_ns, 0) if cue.motion_in and come else 0
    go_ns = max(cue.motion_out.duration_ns, 0) if cue.motion_out and go else 0
    if come_ns + go_ns > length_ns:
        come_ns, go_ns = come_ns * length_ns // (come_ns + go_ns), go_ns * length_ns // (come_ns + go_ns)
    since_ns, left_ns, em_px = pts_ns - cue.start_ns, cue.end_ns - pts_ns, cue.style.size_px
    found = _REST
    if come and 0 <= since_ns < come_ns:
        found = come(since_ns / come_ns, em_px)
    elif go and 0 < left_ns < go_ns:
        found = go(left_ns / go_ns, em_px)
    elif cue.motion_loop and cue.motion_loop.duration_ns > 0 and (loop := LOOP.get(named(cue.motion_loop.name))):
        period_ns = cue.motion_loop.duration_ns
        found = loop((since_ns - come_ns) % period_ns / period_ns, em_px)
    return None if found == _REST else found
