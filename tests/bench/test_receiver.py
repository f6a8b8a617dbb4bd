"""The receiver: what was done to a stream on purpose comes out as it was done."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stream.bench import receiver
from stream.bench.publish import publish
from stream.bench.received import Received, Report
from stream.codecs.encode import AudioEncoder, Rendition, VideoEncoder
from stream.codecs.mux import Muxer
from stream.door import Door
from stream.errors import MediaError
from stream.marks import scene
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, new_frame
from stream.worker import InlineWorker
from support import free_port, run_real, run_virtual

RATE = Fraction(30)
MS = 1_000_000
RENDITION = Rendition(320, 180, RATE, preset="ultrafast", video_bitrate=1_000_000, encoder="libx264")


def stream(numbers: Iterable[int], sound_shift_ns: int = 0) -> list[Packet]:
    """Return packets of a stream that shows pictures `numbers` one after another, its sound moved by a shift."""
    shown = list(numbers)
    video, audio = VideoEncoder(RENDITION), AudioEncoder(RENDITION)
    packets = []
    for place, number in enumerate(shown):
        picture = new_frame(320, 180, pts_ns=scene.time_ns(place, RATE))
        picture.y[:], picture.u[:], picture.v[:] = 90 + number % 7, 128, 128
        scene.mark(picture, number, RATE)
        packets += video.encode(picture)
    length = len(shown) * SAMPLE_RATE_HZ // 30
    sound = AudioFrame(scene.Sound(RATE, speech=True, clicks=True).samples(0, length), sound_shift_ns)
    tracks = [*(packets + video.flush()), *(replace(p, track=1) for p in [*audio.encode(sound), *audio.flush()])]
    return sorted(tracks, key=lambda p: p.dts_ns)


async def paced(packets: list[Packet], zero_s: float, delay_ns: int, every: int = 0) -> AsyncIterator[Packet]:
    """Give each packet `delay_ns` after its time; every `every`-th picture another 250 ms later, those after it too."""
    loop = asyncio.get_running_loop()
    for packet in packets:
        number = round(packet.pts_ns * 30 / NS)
        late_ns = 250 * MS if every and packet.setup.kind == "video" and number % every == every - 1 else 0
        await asyncio.sleep(max(0.0, zero_s + (packet.dts_ns + delay_ns + late_ns) / NS - loop.time()))
        yield packet


def report(packets: list[Packet], delay_ns: int = 0, skip_s: float = 0.0, every: int = 0) -> Report:
    async def run() -> Report:
        await asyncio.sleep(77)
        zero_s = asyncio.get_running_loop().time()
        received = await receiver.receive(paced(packets, zero_s, delay_ns, every), lambda name: InlineWorker())
        return received.report(round(zero_s * NS), skip_s)

    return run_virtual(run())


@pytest.mark.parametrize("delay_ms", [0, 137, 1250])
def test_a_known_delay_comes_out_within_a_millisecond(delay_ms: int) -> None:
    found = report(stream(range(60)), delay_ms * MS)
    assert found.latency_ms is not None and found.latency_ms.n == 60
    assert found.latency_ms.p50 == pytest.approx(delay_ms, abs=1)
    assert found.latency_ms.max == pytest.approx(delay_ms, abs=1)


def test_a_late_twentieth_shows_in_p99_and_jitter_but_not_in_p50() -> None:
    found = report(stream(range(80)), 40 * MS, every=20)
    assert found.latency_ms is not None and found.jitter_ms is not None
    assert found.latency_ms.p50 == pytest.approx(40, abs=1) and found.latency_ms.max == pytest.approx(290, abs=1)
    assert found.jitter_ms.p50 < 1 and found.jitter_ms.max == pytest.approx(250, abs=1)


def test_a_clean_stream_has_nothing_wrong() -> None:
    found = report(stream(range(90)))
    assert (found.received, found.unread, found.lost, found.repeated, found.reordered) == (90, 0, 0, 0, 0)
    assert (found.flashes, found.clicks, found.decode_errors) == (3, 3, 0)
    assert found.av is not None and found.av.max_abs_ms < 0.1


@pytest.mark.parametrize(("numbers", "lost", "repeated", "reordered"), [
    ([n for n in range(40) if n not in (7, 8, 21)], 3, 0, 0),
    ([0, 1, 1, 1, 2, 3, 4, 4, 5], 0, 3, 0),
    ([0, 1, 3, 2, 4, 6, 5, 7], 0, 0, 2),
    ([0, 1, 1, 4, 3, 6], 2, 1, 1),
])
def test_lost_repeated_and_reordered_pictures_are_counted_apart(numbers: list[int], lost: int, repeated: int,
                                                               reordered: int) -> None:
    found = report(stream(numbers))
    assert (found.received, found.lost, found.repeated, found.reordered) == (len(numbers), lost, repeated, reordered)


def test_the_last_picture_held_when_its_publisher_has_gone_is_no_repetition() -> None:
    found = report(stream([0, 1, 1, 2, 3, 3, 3, 3]))
    assert (found.received, found.repeated, found.held_at_end) == (8, 1, 3)


@pytest.mark.parametrize("shift_ms", [-83, -5, 5, 40, 250])
def test_a_known_shift_of_the_sound_comes_out_within_a_millisecond(shift_ms: int) -> None:
    found = report(stream(range(120), shift_ms * MS))
    assert found.av is not None and found.av.n >= 3
    assert found.av.median_ms == pytest.approx(shift_ms, abs=1)
    assert found.av.max_abs_ms == pytest.approx(abs(shift_ms), abs=1)


def test_what_is_skipped_does_not_count() -> None:
    found = report(stream([0, 5, 6, *range(30, 90)]), skip_s=1.0)
    assert (found.received, found.lost, found.flashes) == (60, 0, 2)


def test_pictures_without_a_code_are_counted_as_unread() -> None:
    packets = stream(range(30))
    received = Received()
    encoder = VideoEncoder(RENDITION)
    blank = new_frame(320, 180, pts_ns=2 * NS)
    blank.y[:], blank.u[:], blank.v[:] = 16, 128, 128
    for packet in [*packets, *encoder.encode(blank)]:
        received.take(packet, 0)
    received.finish()
    found = received.report()
    assert (found.received, found.unread, found.latency_ms) == (30, 1, None)


def test_a_stream_without_any_code_is_an_error_and_not_a_table_of_zeros() -> None:
    with pytest.raises(MediaError, match="in none of 0 pictures"):
        Received().report()


def test_a_source_that_breaks_leaves_what_came_until_then() -> None:
    async def breaking() -> AsyncIterator[Packet]:
        for packet in stream(range(20)):
            yield packet
        raise MediaError("the far end died", "Start it again")

    received = Received()
    with pytest.raises(MediaError, match="far end died"):
        run_virtual(receiver.receive(breaking(), lambda name: InlineWorker(), received))
    assert received.report().received == 20


def write(path: Path, packets: list[Packet]) -> Path:
    muxer = Muxer(path, list({id(p.setup): p.setup for p in sorted(packets, key=lambda p: p.track)}.values()))
    for packet in packets:
        muxer.write(packet)
    muxer.close()
    return path


def test_the_command_reads_a_file_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = write(tmp_path / "clip.mp4", stream(range(60)))
    assert receiver.main([str(clip), "--json", str(tmp_path / "out.json")]) == 0
    found: dict[str, Any] = json.loads((tmp_path / "out.json").read_text())
    assert (found["received"], found["lost"], found["latency_ms"]) == (60, 0, None)
    assert found["av"]["max_abs_ms"] < 0.5
    assert "frames received 60" in capsys.readouterr().out


def test_the_command_names_a_file_without_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    encoder = VideoEncoder(RENDITION)
    picture = new_frame(320, 180)
    picture.y[:], picture.u[:], picture.v[:] = 16, 128, 128
    clip = write(tmp_path / "plain.mp4", encoder.encode(picture))
    with pytest.raises(SystemExit) as ended:
        receiver.main([str(clip)])
    assert ended.value.code == 1 and "bar code" in capsys.readouterr().err


def test_a_file_published_over_rtmp_arrives_whole_with_its_latency_known(tmp_path: Path) -> None:
    clip = write(tmp_path / "clip.mp4", stream(range(75)))
    port = free_port()

    async def run() -> tuple[Report, int]:
        zeros: list[int] = []
        listening = asyncio.create_task(receiver.receive_url(f"rtmp-listen://127.0.0.1:{port}/live/key", door=Door()))
        await asyncio.sleep(0.2)
        sent = await publish(clip, f"rtmp://127.0.0.1:{port}/live/key", zeros.append)
        return (await listening).report(zeros[0]), sent

    found, sent = run_real(run())
    assert sent == len(stream(range(75)))
    assert (found.received, found.lost, found.repeated, found.decode_errors) == (75, 0, 0, 0)
    assert found.latency_ms is not None and found.latency_ms.p50 > 0
    assert found.av is not None and found.av.max_abs_ms <= 1.1
