"""polish: final words to cues at the times they were spoken."""

from collections.abc import Sequence

from models.asr import Word
from stream.captions.highlight import Highlighter
from stream.captions.lines import Measure
from stream.captions.page import Pager
from stream.timeline.program import CaptionSpec, Cue, CueTrack


def settle(words: Sequence[Word], spec: CaptionSpec, measure: Measure, canvas_width_px: int) -> tuple[Cue, ...]:
    """Return `words` (session times) as cues, each word shown from when it was spoken."""
    pager, track = Pager(spec, measure, canvas_width_px, Highlighter(spec.vocabulary)), CueTrack()
    for word in words:
        for cue in pager.say([word], word.start_ns):
            track.show(cue)
    return tuple(cue for cue in track.cues if cue.end_ns > cue.start_ns)
