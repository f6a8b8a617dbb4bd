"""Whatever a document says, it is settled: nothing crashes, times never cross, and it is as long as is said."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from timeline_documents import DOCUMENTS, FACTS

from stream.timeline.check import check
from stream.timeline.program import FOREVER_NS
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_times_never_cross_and_nothing_goes_on_after_the_end(value: dict[str, Any]) -> None:
    document = from_value(value)
    made = resolve(document, FACTS)
    assert 0 <= made.end_ns < FOREVER_NS and made.width_px % 2 == made.height_px % 2 == 0
    for part in (*made.layers, *made.sounds, *made.cues):
        assert 0 <= part.start_ns < part.end_ns <= made.end_ns
    for layer in made.layers:
        assert 0.1 <= layer.speed <= 100 and layer.in_ns >= 0 and layer.out_ns >= layer.in_ns
        assert all(layer.start_ns <= look.start_ns < look.end_ns <= layer.end_ns for look in layer.looks)
        if layer.move:
            assert all(edge >= -1e-9 and size > 0 and edge + size <= 1 + 1e-9 for rect in (
                layer.move.start, layer.move.end) for edge, size in ((rect[0], rect[2]), (rect[1], rect[3])))
    ids = {layer.id: layer for layer in made.layers}
    assert len(ids) == len(made.layers)
    for one in made.transitions:
        assert ids[one.from_id].start_ns <= one.start_ns < one.end_ns <= ids[one.from_id].end_ns
        assert one.start_ns == ids[one.to_id].start_ns or one.start_ns > ids[one.to_id].start_ns
    assert all(notice.path.startswith("$") and notice.code for notice in made.notices)
    assert set(check(document)) <= {*made.notices}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=80, deadline=None)
@given(DOCUMENTS)
def test_the_output_is_as_long_as_its_longest_video_track_unless_something_else_decides(value: dict[str, Any]) -> None:
    made = resolve(from_value(value), FACTS)
    tracks = [*value.get("VideoTracks", []), *value.get("AudioTracks", [])]
    if value.get("MaxDuration"):
        assert made.end_ns <= value["MaxDuration"] * 10**9
    elif not any(track.get("MainTrack") for track in tracks):
        ends = [layer.end_ns for layer in made.layers if layer.id.startswith("$.VideoTracks")]
        if ends:
            assert made.end_ns >= max(ends)
