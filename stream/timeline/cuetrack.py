"""cuetrack: cues as they come to be known; what has been shown never changes."""

from dataclasses import replace

from stream.timeline.program import Cue


class CueTrack:
    """Cues as they come to be known. What has been shown never changes.

    `show` adds a cue or revises the one of the same id: the revision takes effect at its
    start, or just after the last time already shown, whichever is later.
    """

    def __init__(self, cues: tuple[Cue, ...] = ()) -> None:
        self.cues: list[Cue] = list(cues)
        self.shown_ns = -1

    def show(self, cue: Cue) -> Cue:
        """Take `cue` in; return it as it will be shown."""
        start_ns = max(cue.start_ns, self.shown_ns + 1)
        taken = replace(cue, start_ns=start_ns, end_ns=max(cue.end_ns, start_ns))
        kept = []
        for old in self.cues:
            if old.id == cue.id and old.end_ns > start_ns:
                if old.start_ns >= start_ns:
                    continue
                old = replace(old, end_ns=start_ns)
            kept.append(old)
        self.cues = [*kept, taken]
        return taken

    def at(self, pts_ns: int) -> tuple[Cue, ...]:
        """Return the cues visible at `pts_ns`, in a stable order."""
        return tuple(sorted((c for c in self.cues if c.start_ns <= pts_ns < c.end_ns),
                            key=lambda c: (c.start_ns, c.id)))

    def forget(self, before_ns: int) -> None:
        """Drop cues that ended before `before_ns` (live runs keep only what may still show)."""
        self.cues = [c for c in self.cues if c.end_ns > before_ns]
