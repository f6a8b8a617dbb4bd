"""test_record: what was recorded comes back as it was, to the byte and the nanosecond, also after a kill."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from made import click_and_flash, clip, setups_of, video_packets

from stream.codecs.decode import VideoDecoder
from stream.codecs.demux import Demuxer
from stream.errors import MediaError
from stream.media import NS, Packet
from stream.recording.mattes import MatteRecorder, matte_files, read_mattes
from stream.recording.record import PacketRecorder, read_segments, segments
from support import ROOT, require_program


def record(folder: Path, packets: list[Packet], name: str = "main") -> list[tuple[int, int] | None]:
    recorder = PacketRecorder(folder, name)
    places = [recorder.write(packet) for packet in packets]
    recorder.close()
    return places


def demuxed(path: Path) -> list[Packet]:
    demuxer = Demuxer(str(path))
    packets = list(demuxer.packets())
    demuxer.close()
    return packets


def same(got: list[Packet], want: list[Packet]) -> bool:
    """Equal in every field, and the same packets share a Setup object."""
    first = {id(p.setup): g.setup for g, p in zip(got, want, strict=True)}
    return got == want and all(g.setup is first[id(p.setup)] for g, p in zip(got, want, strict=True))


def milliseconds(packet: Packet) -> Packet:
    return replace(packet, pts_ns=round(packet.pts_ns / 1e6) * 10**6, dts_ns=round(packet.dts_ns / 1e6) * 10**6)


def ninety_khz(packet: Packet) -> Packet:
    return replace(packet, pts_ns=round(packet.pts_ns * 9e-5) * 100_000 // 9 + 1, dts_ns=packet.dts_ns + 7)


def hours_later(packet: Packet) -> Packet:
    return replace(packet, pts_ns=packet.pts_ns + 100_000 * NS + 1, dts_ns=packet.dts_ns + 100_000 * NS + 1)


@pytest.mark.parametrize("stamps", [replace, milliseconds, ninety_khz, hours_later])
@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_packets_come_back_exactly(stamps: Callable[[Packet], Packet], codec: str, tmp_path: Path) -> None:
    packets = [stamps(p) for p in click_and_flash(3, codec)]
    record(tmp_path, packets)
    assert same(list(read_segments(tmp_path, "main")), packets)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["main-000.mp4", "main-000.packets"]


@pytest.mark.parametrize(("suffix", "codec", "sound", "kept"), [
    ("mp4", "libx264", "aac", ".mp4"), ("mp4", "libx265", "aac", ".mp4"), ("ts", "libx264", "aac", ".mp4"),
    ("mp4", "libsvtav1", "libopus", ".mp4"), ("webm", "libvpx", "libopus", ".mkv"),
    ("mov", "mpeg4", "pcm_s16le", ".mkv"), ("flv", "libx264", "libmp3lame", ".mp4")])
def test_every_codec_comes_back_exactly_b_frames_included(suffix: str, codec: str, sound: str, kept: str,
                                                          tmp_path: Path) -> None:
    options = {"libx265": {"x265-params": "log-level=none"}, "libvpx": {"deadline": "realtime"},
               "libsvtav1": {"preset": "12"}, "libx264": {"bf": "3", "g": "15"}}.get(codec, {})
    packets = demuxed(clip(tmp_path / f"x.{suffix}", codec, 45, options=options, sound=sound))
    record(tmp_path, packets)
    assert same(list(read_segments(tmp_path, "main")), packets)
    assert (tmp_path / f"main-000{kept}").exists()


def test_annex_b_comes_back_as_annex_b(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.ts", frames=20)
    with av.open(str(path)) as file:
        setup = replace(demuxed(path)[0].setup, extradata=bytes(file.streams[0].codec_context.extradata or b""))
        packets = [Packet(setup, (p.pts or 0) * 11_111, (p.dts or 0) * 11_111, p.is_keyframe, bytes(p))
                   for p in file.demux(video=0) if p.size]
    record(tmp_path, packets)
    assert same(list(read_segments(tmp_path, "main")), packets)


def test_the_file_itself_plays_with_its_times(tmp_path: Path) -> None:
    packets = [milliseconds(p) for p in demuxed(clip(tmp_path / "x.mp4", options={"bf": "3"}, sound="aac"))]
    record(tmp_path, packets)
    check = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(tmp_path / "main-000.mp4"), "-f",
                            "null", "-"], capture_output=True, text=True, check=True)
    first_ns = min(p.dts_ns for p in packets)
    got = [(p.pts_ns, p.data) for p in demuxed(tmp_path / "main-000.mp4") if p.setup.kind == "video"]
    want = [(p.pts_ns, p.data) for p in packets if p.setup.kind == "video"]
    shift = got[0][0] - want[0][0]
    assert check.stderr == "" and [(pts - shift, data) for pts, data in got] == want
    assert abs(shift + first_ns) <= 70_000_000


def test_each_packet_is_told_where_it_lies(tmp_path: Path) -> None:
    packets = click_and_flash(1)
    places = record(tmp_path, packets)
    for kind in ("video", "audio"):
        mine = [place for place, p in zip(places, packets, strict=True) if p.setup.kind == kind]
        assert mine == [(0, n) for n in range(len(mine))]


def test_loss_and_connections_are_kept_and_each_connection_has_its_segment(tmp_path: Path) -> None:
    first = click_and_flash(1)
    again = [replace(p, connection=1) for p in click_and_flash(1)]
    again[7] = replace(again[7], lost_before=True)
    places = record(tmp_path, first + again)
    assert same(list(read_segments(tmp_path, "main")), first + again)
    assert [number for number, _ in segments(tmp_path, "main")] == [0, 1] and places[-1][0] == 1  # type: ignore[index]


def test_a_changed_setup_begins_a_segment(tmp_path: Path) -> None:
    large = demuxed(clip(tmp_path / "l.mp4", frames=20, size=(320, 192)))
    packets = demuxed(clip(tmp_path / "s.mp4", frames=20)) + [
        replace(p, pts_ns=p.pts_ns + NS, dts_ns=p.dts_ns + NS) for p in large]
    record(tmp_path, packets)
    back = list(read_segments(tmp_path, "main"))
    assert same(back, packets) and len(segments(tmp_path, "main")) == 2
    assert [s.width_px for s in setups_of(back)] == [160, 320]


def test_a_track_that_comes_later_begins_a_segment(tmp_path: Path) -> None:
    packets = click_and_flash(4)
    late = [p for p in packets if p.setup.kind == "video" or p.dts_ns > 2 * NS]
    record(tmp_path, late)
    assert same(list(read_segments(tmp_path, "main")), late) and len(segments(tmp_path, "main")) == 2


@pytest.mark.parametrize("jump_s", [-30, 3600])
def test_times_that_jump_begin_a_segment_and_stay_exact(jump_s: int, tmp_path: Path) -> None:
    packets = click_and_flash(1)
    moved = [replace(p, pts_ns=p.pts_ns + jump_s * NS, dts_ns=p.dts_ns + jump_s * NS) for p in packets]
    record(tmp_path, packets + moved)
    assert same(list(read_segments(tmp_path, "main")), packets + moved)


def test_jittering_stamps_stay_exact_even_where_the_file_cannot_hold_them(tmp_path: Path) -> None:
    chance = random.Random(3)
    packets = [replace(p, pts_ns=p.pts_ns + (j := chance.randrange(-90_000_000, 90_000_000)), dts_ns=p.dts_ns + j)
               for p in click_and_flash(2)]
    record(tmp_path, packets)
    assert same(list(read_segments(tmp_path, "main")), packets)


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_one_kind_alone_and_empty_packets_are_kept(kind: str, tmp_path: Path) -> None:
    packets = [p for p in click_and_flash(2) if p.setup.kind == kind]
    packets[3] = replace(packets[3], data=b"")
    record(tmp_path, packets)
    assert same(list(read_segments(tmp_path, "main")), packets)


def test_two_inputs_and_a_second_run_share_a_folder(tmp_path: Path) -> None:
    one, two = video_packets(10), click_and_flash(1)
    record(tmp_path, one, "cam")
    record(tmp_path, two, "cam-2")
    record(tmp_path, two, "cam")
    assert list(read_segments(tmp_path, "cam")) == one + two and list(read_segments(tmp_path, "cam-2")) == two
    assert list(read_segments(tmp_path, "nobody")) == []


def test_a_recording_decodes_to_the_same_pictures(tmp_path: Path) -> None:
    packets = demuxed(clip(tmp_path / "x.mp4", options={"bf": "3", "g": "15"}))
    record(tmp_path, packets)

    def pixels(given: list[Packet]) -> list[tuple[int, bytes]]:
        decoder = VideoDecoder(given[0].setup)
        return [(f.pts_ns, f.y.tobytes()) for n, p in enumerate(given) for f in decoder.decode(p, n)]

    assert pixels(list(read_segments(tmp_path, "main"))) == pixels(packets) != []


def test_damage_is_told(tmp_path: Path) -> None:
    record(tmp_path, click_and_flash(1))
    text = tmp_path / "main-000.packets"
    lines = text.read_text().splitlines(keepends=True)
    text.write_text("".join([lines[0], lines[1].replace("0 ", "x ", 1), *lines[2:]]))
    with pytest.raises(MediaError, match="is damaged"):
        list(read_segments(tmp_path, "main"))
    text.write_text("".join([lines[0], *lines[2:]]))
    with pytest.raises(MediaError, match="does not hold"):
        list(read_segments(tmp_path, "main"))


CHILD = """
import sys, time, resource, pathlib
sys.path[:0] = [{root!r}, {tests!r}]
from made import click_and_flash
import numpy as np
from stream.recording.mattes import MatteRecorder
from stream.recording.record import PacketRecorder
recorder = PacketRecorder(pathlib.Path({folder!r}), "main")
mattes = MatteRecorder(pathlib.Path({folder!r}), "matte")
packets = click_and_flash(5)
if {limit}:
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
rng = np.random.default_rng(4)
told = []
for number, packet in enumerate(packets):
    for part, item in (recorder, packet), (mattes, rng.integers(0, 256, (36, 64), dtype=np.uint8)):
        try:
            part.write(item)
        except Exception as error:
            told.append(f"{{type(error).__name__}} {{error}}")
print("ready", told, flush=True)
if not {limit}:
    time.sleep(60)
recorder.close()
"""


def child(folder: Path, limit: int = 0) -> "subprocess.Popen[str]":
    code = CHILD.format(root=str(ROOT), tests=str(ROOT / "tests"), folder=str(folder), limit=limit)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_a_kill_loses_at_most_the_last_gop_and_the_last_second_of_mattes(tmp_path: Path) -> None:
    with child(tmp_path) as process:
        assert process.stdout is not None and process.stdout.readline().startswith("ready")
        time.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)
    packets = click_and_flash(5)
    back = list(read_segments(tmp_path, "main"))
    assert back == packets[:len(back)] and back[-1].dts_ns > 2.9 * NS
    rng = np.random.default_rng(4)
    mattes = list(read_mattes(tmp_path / "matte-000.mkv"))
    assert len(mattes) > len(packets) - 31
    assert all((m == rng.integers(0, 256, (36, 64), dtype=np.uint8)).all() for m in mattes)


def test_a_full_disk_is_told_once_and_the_rest_is_refused(tmp_path: Path) -> None:
    with child(tmp_path, limit=9000) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert said.count("MediaError Recording into") == 2 and "has stopped" in said and "Free some space" in said
    list(read_segments(tmp_path, "main"))


def test_after_a_failure_nothing_is_kept_and_closing_is_harmless(tmp_path: Path) -> None:
    recorder = PacketRecorder(tmp_path, "main")
    packets = click_and_flash(1)
    (tmp_path / "main-000.mp4").touch()
    with pytest.raises(MediaError, match="has stopped"):
        for packet in packets:
            recorder.write(packet)
    assert recorder.write(packets[-1]) is None and recorder.refused == 1 and recorder.failed
    recorder.close()


def noise(count: int, height: int, width: int) -> list[np.ndarray]:
    rng = np.random.default_rng(height)
    return [rng.integers(0, 256, (height, width), dtype=np.uint8) for _ in range(count)]


def test_mattes_come_back_exactly_one_file_per_size(tmp_path: Path) -> None:
    recorder = MatteRecorder(tmp_path, "matte")
    mattes = noise(40, 144, 256) + noise(3, 131, 77) + noise(2, 144, 256)
    places = [recorder.write(m) for m in mattes]
    recorder.close()
    assert places == [*((0, n) for n in range(40)), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]
    back = [m for path in matte_files(tmp_path, "matte") for m in read_mattes(path)]
    assert len(back) == 45 and all((a == b).all() and b.dtype == np.uint8 for a, b in zip(mattes, back, strict=True))


def test_a_second_run_of_mattes_begins_a_new_file(tmp_path: Path) -> None:
    for _ in range(2):
        recorder = MatteRecorder(tmp_path, "matte")
        recorder.write(noise(1, 16, 16)[0])
        recorder.close()
    assert [p.name for p in matte_files(tmp_path, "matte")] == ["matte-000.mkv", "matte-001.mkv"]


def test_mattes_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.mkv").write_text("no")
    with pytest.raises(MediaError, match="cannot be read"):
        list(read_mattes(tmp_path / "x.mkv"))
