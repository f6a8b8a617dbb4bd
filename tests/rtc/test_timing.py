"""Picture and sound of a publisher lie on one clock, as its sender reports say."""

from hypothesis import given
from hypothesis import strategies as st

from stream.rtc.timing import NS, SLEW_NS, Together, ntp_ns


def stamp(ns: int) -> int:
    seconds, rest = divmod(ns, NS)
    return (seconds + 2_208_988_800) << 32 | (rest << 32) // NS


@given(st.integers(0, 1 << 61))
def test_ntp_times_are_read_to_the_nanosecond(ns: int) -> None:
    assert abs(ntp_ns(stamp(ns)) - ns) <= 1


@given(st.integers(-400, 400), st.integers(0, (1 << 32) - 1))
def test_pictures_move_to_the_sound_a_little_at_a_time(late_ms: int, first: int) -> None:
    """The first picture arrived `late_ms` later than it was taken; the reports show it."""
    together = Together()
    together.place("audio", 5, 10 * NS)
    times = [together.place("video", first, 10 * NS + late_ms * 1_000_000)]
    together.report("audio", stamp(50 * NS), 5)
    together.report("video", stamp(50 * NS), first)
    times.extend(together.place("video", (first + 3000 * n) % (1 << 32), 0) for n in range(1, 200))
    assert abs(times[-1] - (10 * NS + 199 * NS // 30)) < 1_000
    assert all(abs(after - before - NS // 30) <= SLEW_NS + 1 for before, after in zip(times, times[1:], strict=False))


def test_without_reports_the_first_arrivals_count() -> None:
    together = Together()
    together.report("video", stamp(NS), 0)
    assert together.place("video", 90_000, 7 * NS) == 7 * NS
    assert together.place("audio", 3, 8 * NS) == 8 * NS
    together.report("audio", 0, 0)
    assert together.place("video", 180_000, 0) == 8 * NS
    assert together.skew_ns() == 0
