"""closed: captions beside the picture (CEA-608): cues in, the caption data of each picture out."""

from collections import deque
from collections.abc import Callable, Sequence
from fractions import Fraction

from stream.media import NS
from stream.protocols import cea608
from stream.protocols.cea608_letters import readable
from stream.run.closed_channels import Paint, PopOn, Roll, Written
from stream.run.closed_screens import Screen, screens
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import Cue, Program

KEPT_NS = 5 * NS
"""So long what has ended may still wait to be written."""


class ClosedCaptions:
    """One film's closed captions: cues in, the caption data of each picture out, in the order they are shown.

    Cues in no language (`Cue.lane`), the first, are CC1's; those of any other are CC3's. Each is loaded unseen, which
    takes about a second, and shown whole, in time: pop-on. `live` cues become known as they are shown and may still
    grow: pages are painted on, word by word. `rolling` captions are written word by word into two rows: roll-up.
    `show` may be called from another thread; `tell` is told once of letters that CEA-608 does not have.
    """

    def __init__(self, rate: Fraction, cues: Sequence[Cue] = (), *, rolling: bool = False, live: bool = False,
                 tell: Callable[[str], None] = lambda line: None) -> None:
        self._rate, self._live, self._rolling, self._tell = rate, live, rolling, tell
        self._told = False
        self._come: deque[Cue] = deque()
        self._tracks = (CueTrack(), CueTrack())
        lanes = ([cue for cue in cues if not cue.lane], [cue for cue in cues if cue.lane])
        self._channels = tuple(self._channel(second, self._screens(lanes[second])) for second in (False, True))

    def _channel(self, second: bool, known: list[Screen]) -> PopOn | Written:
        if self._rolling:
            return Written(second, known, Roll())
        if self._live and not second:
            return Written(second, known, Paint())
        return PopOn(second, known, self._live)  # what is translated comes a page at a time

    def show(self, cue: Cue) -> None:
        """Take in a cue, or a revision of one."""
        self._come.append(cue)

    def data(self, pts_ns: int) -> bytes:
        """Return `cc_data` for the picture of `pts_ns`, b"" where it carries none. Times must grow."""
        self._take(pts_ns)
        picture = (pts_ns * self._rate.numerator + NS * self._rate.denominator // 2) // (NS * self._rate.denominator)
        pairs = [(field, self._channels[field].next(pts_ns)) for field in cea608.fields(self._rate, picture)]
        return cea608.cc_data(pairs) if pairs else b""

    def _take(self, now_ns: int) -> None:
        changed = set()
        while self._come:
            cue = self._come.popleft()
            track = self._tracks[bool(cue.lane)]
            track.show(cue)
            track.forget(now_ns - KEPT_NS)
            changed.add(bool(cue.lane))
        for second in changed:
            self._channels[second].screens = self._screens(self._tracks[second].cues)

    def _screens(self, cues: Sequence[Cue]) -> list[Screen]:
        if not self._told and not all(readable(cue.text) for cue in cues):
            self._told = True
            self._tell("note: closed captions (CEA-608) have Western European letters alone: captions in others are "
                       "in the picture and in the files, not beside it")
        return screens(cues, live=self._live, rolling=self._rolling)


def rolls(program: Program) -> bool:
    """Whether the captions of `program` are asked to roll up."""
    specs = [layer.captions for layer in program.layers] + [sound.captions for sound in program.sounds]
    return next((spec.hearing.paging == "roll-up" for spec in specs if spec is not None), False)
