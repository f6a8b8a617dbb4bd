"""test_file: packets out of whatever FFmpeg opens, in order, at their exact times, in MP4's form."""

import asyncio
import http.server
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import pytest
from made import HEIGHT, RATE, WIDTH, clip, file_packets, first_loud, setups_of

from stream.codecs.decode import AudioDecoder, VideoDecoder
from stream.codecs.demux import shown
from stream.errors import MediaError, OptionError
from stream.media import NS, Packet, from_av
from stream.protocols import h264
from stream.sources import SourceContext, file, rtsp, udp
from stream.sources import http as http_source
from stream.worker import InlineWorker, MakeWorker, ThreadWorker
from support import free_port, require_program, run_real, run_virtual


def context(make_worker: MakeWorker = ThreadWorker) -> SourceContext:
    return SourceContext(make_worker, lambda _: None, None)  # type: ignore[arg-type]


async def taken(packets: AsyncIterator[Packet], most: int = 1 << 30) -> list[Packet]:
    out = []
    async with aclosing(packets) as packets:  # type: ignore[type-var]
        async for packet in packets:
            out.append(packet)
            if len(out) == most:
                break
    return out


def read(path: Path | str, source: ModuleType = file, **options: str) -> list[Packet]:
    return run_real(taken(source.read(str(path), options, context())))


def pictures(packets: list[Packet]) -> int:
    video = [p for p in packets if p.setup.kind == "video"]
    decoder = VideoDecoder(video[0].setup)
    frames = [f for n, p in enumerate(video) for f in decoder.decode(p, n)] + decoder.flush()
    assert (decoder.errors, decoder.suppressed) == (0, 0)
    return len(frames)


def click(packets: list[Packet]) -> float:
    audio = [p for p in packets if p.setup.kind == "audio"]
    decoder = AudioDecoder(audio[0].setup)
    frames = [f for p in audio for f in decoder.decode(p)]
    assert (decoder.errors, decoder.anchors) == (0, 1)
    return first_loud(frames)


@pytest.mark.parametrize(("suffix", "codec", "sound", "names"), [
    ("mp4", "libx264", "aac", ("h264", "aac")), ("mkv", "libx264", "libopus", ("h264", "opus")),
    ("ts", "libx264", "aac", ("h264", "aac")), ("flv", "libx264", "aac", ("h264", "aac")),
    ("mov", "mpeg4", "pcm_s16le", ("mpeg4", "pcm_s16le")), ("webm", "libvpx", "libopus", ("vp8", "opus")),
    ("ts", "libx265", "aac", ("hevc", "aac"))])
def test_every_container_gives_pictures_and_sound(suffix: str, codec: str, sound: str, names: tuple[str, str],
                                                  tmp_path: Path) -> None:
    options = {"libx265": {"x265-params": "log-level=none"}, "libvpx": {"deadline": "realtime"}}.get(codec, {})
    packets = read(clip(tmp_path / f"x.{suffix}", codec, 45, options=options, sound=sound))
    video, audio = setups_of(packets)
    assert (video.codec, audio.codec) == names
    assert (video.kind, video.width_px, video.height_px, audio.sample_rate_hz) == ("video", WIDTH, HEIGHT, 48_000)
    assert all(a.dts_ns <= b.dts_ns for a, b in pairwise(packets))
    assert pictures(packets) == 45
    start = min(p.pts_ns for p in packets if p.setup is video) / NS
    assert click(packets) - start == pytest.approx(1.0, abs=0.03)


def test_times_are_exactly_the_files(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=30, rate=29, options={"bf": "2"}, sound="aac")
    got = read(path)
    want = list(file_packets(path))
    with av.open(str(path)) as opened:
        bases = [s.time_base for s in opened.streams]
    assert len(got) == len(want) and any(p.pts_ns != p.dts_ns for p in got)
    for number in (0, 1):
        mine = [(p.pts_ns, p.dts_ns, p.data) for p in got if p.track == number]
        exact = [(round(pts * bases[i] * NS), round(dts * bases[i] * NS), data)
                 for i, pts, dts, data in want if i == number]
        assert mine == exact


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_transport_streams_packets_come_as_mp4_carries_them(codec: str, tmp_path: Path) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    packets = read(clip(tmp_path / "x.ts", codec, 10, options=options, sound="aac"))
    video, audio = setups_of(packets)
    assert video.extradata[0] == 1 and audio.extradata == bytes([0x11, 0x90])
    for packet in packets:
        if packet.setup is video:
            assert sum(len(unit) + 4 for unit in h264.split_avcc(packet.data)) == len(packet.data)
        else:
            assert packet.data[:2] != b"\xff\xf1"


def test_repetitions_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=30, sound="aac")
    once, thrice = read(path), read(path, loop="3")
    video = [p for p in thrice if p.setup.kind == "video"]
    assert len(video) == 90 and len({id(p.setup) for p in thrice}) == 2
    steps = [b - a for a, b in pairwise(sorted(p.pts_ns for p in video))]
    assert steps[0] == pytest.approx(NS / RATE, rel=0.01) and max(steps) < NS / RATE + 25_000_000 and min(steps) > 0
    for kind in ("video", "audio"):
        dts = [p.dts_ns for p in thrice if p.setup.kind == kind]
        assert dts == sorted(set(dts))
    assert len(once) * 3 - len(thrice) <= 4


def test_loop_0_goes_on_for_ever(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=10)
    packets = run_real(taken(file.read(str(path), {"loop": "0"}, context()), most=95))
    assert len(packets) == 95


def test_start_begins_at_the_key_frame_before(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=90, options={"g": "30", "sc_threshold": "0", "bf": "0"}, sound="aac")
    packets = read(path, start="2.5")
    video = [p for p in packets if p.setup.kind == "video"]
    assert video[0].is_key and video[0].pts_ns == 2 * NS and len(video) == 30


def test_the_best_sound_is_taken_unless_another_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as out:
        streams: list[Any] = [out.add_stream("aac", rate=rate) for rate in (48_000, 24_000)]
        for stream in streams:
            silence = av.AudioFrame(format="fltp", layout="stereo", samples=24_000)
            for plane in silence.planes:
                plane.update(bytes(plane.buffer_size))
            silence.sample_rate = stream.codec_context.sample_rate
            silence.pts = 0
            out.mux(stream.encode(silence))
            out.mux(stream.encode(None))
    assert setups_of(read(path, audio_track="1"))[0].sample_rate_hz == 24_000
    assert setups_of(read(path, audio_track="0"))[0].sample_rate_hz == 48_000
    with pytest.raises(OptionError, match="It has 2, counted from 0"):
        read(path, audio_track="2")


def test_realtime_gives_packets_at_their_pace(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=60)

    async def paced() -> list[tuple[float, int]]:
        loop = asyncio.get_running_loop()
        packets = file.read(str(path), {"realtime": "1"}, context(lambda _: InlineWorker()))
        return [(loop.time(), p.dts_ns) async for p in packets]

    came = run_virtual(paced())
    assert len(came) == 60
    assert all(at == pytest.approx((dts - came[0][1]) / NS, abs=1e-6) for at, dts in came)


@pytest.mark.parametrize(("name", "words"), [("none.mp4", "is not there"), ("text.mp4", "cannot be opened"),
                                             ("empty.mkv", "cannot be opened"), ("folder", "cannot be opened")])
def test_what_cannot_be_read_is_a_media_error_with_the_remedy(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("hello " * 100)
    (tmp_path / "empty.mkv").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(MediaError, match=words) as caught:
        read(tmp_path / name)
    assert caught.value.remedy


def test_subtitles_alone_are_neither_picture_nor_sound(tmp_path: Path) -> None:
    path = tmp_path / "x.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n")
    with pytest.raises(MediaError, match="neither picture nor sound"):
        read(path)


@pytest.mark.parametrize(("options", "words"), [({"lop": "2"}, "loop"), ({"loop": "two"}, "loop"),
                                                ({"start": "-1"}, "start"), ({"realtime": "maybe"}, "realtime")])
def test_options_are_strict(options: Mapping[str, str], words: str, tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=2)
    with pytest.raises(OptionError, match=words):
        read(path, **options)


@pytest.mark.parametrize("keep", [0.4, 0.7, 0.95])
def test_a_truncated_transport_stream_gives_what_is_there(keep: float, tmp_path: Path) -> None:
    path = clip(tmp_path / "x.ts", frames=60, options={"tune": "zerolatency"})
    data = path.read_bytes()
    path.write_bytes(data[:int(len(data) * keep)])
    assert 10 < len(read(path)) < 60


def test_file_urls_with_escapes_are_paths(tmp_path: Path) -> None:
    path = clip(tmp_path / "with space ü.mp4", frames=3)
    assert len(read(path.as_uri())) == 3


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_phones_rotation_is_in_the_setup_and_the_decoder_undoes_it(degrees: int, tmp_path: Path) -> None:
    plain, turned = clip(tmp_path / "x.mp4", frames=3, options={"crf": "10"}), tmp_path / "turned.mp4"
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(plain), "-c", "copy", "-metadata:s:v",
                    f"rotate={degrees}", str(turned)], check=True)
    seen = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(turned), "-frames:v", "1", "-f", "nut",
                           "-c:v", "rawvideo", str(tmp_path / "seen.nut")], check=True)
    assert seen.returncode == 0
    packets = read(turned)
    setup = packets[0].setup
    assert setup.rotation_deg in (90, 180, 270) and (setup.width_px, setup.height_px) == (WIDTH, HEIGHT)
    decoder = VideoDecoder(setup)
    frame = [f for n, p in enumerate(packets) for f in decoder.decode(p, n)] + decoder.flush()
    got = frame[0]
    with av.open(str(tmp_path / "seen.nut")) as file_:
        want = from_av(next(file_.decode(video=0)), 0)
    assert got.y.shape == want.y.shape and (got.y == want.y).all()


def test_closing_early_leaves_no_thread(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", frames=30)
    before = {t.name for t in threading.enumerate()}
    assert len(run_real(taken(file.read(str(path), {}, context()), most=3))) == 3
    for thread in threading.enumerate():
        if thread.name.startswith("read") and thread.name not in before:
            thread.join(2)
            assert not thread.is_alive()


def test_a_web_servers_file_is_read(tmp_path: Path) -> None:
    clip(tmp_path / "x.mp4", frames=20)
    quiet = partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            packets = read(f"{address}/x.mp4", http_source)
            with pytest.raises(MediaError, match="cannot be opened") as caught:
                read(f"{address}/y.mp4?token=secret", http_source)
        finally:
            server.shutdown()
            thread.join()
    assert pictures(packets) == 20 and "secret" not in str(caught.value)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def test_a_transport_stream_over_udp_is_read_as_it_comes(tmp_path: Path) -> None:
    path = clip(tmp_path / "x.ts", frames=120, options={"g": "15", "tune": "zerolatency"}, sound="aac")
    port = free_port(socket.SOCK_DGRAM)
    send = [require_program("ffmpeg"), "-v", "error", "-re", "-stream_loop", "-1", "-i", str(path), "-c", "copy", "-f",
            "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316"]
    with subprocess.Popen(send) as sender:
        try:
            packets = run_real(taken(udp.read(f"udp://127.0.0.1:{port}", {}, context()), most=60))
        finally:
            sender.terminate()
    assert {s.codec for s in setups_of(packets)} == {"h264", "aac"}


def test_nothing_on_udp_is_an_error_after_the_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = udp.play
    monkeypatch.setattr(udp, "play", lambda *a, **k: real(*a, **{**k, "timeout_s": 0.3}))
    with pytest.raises(MediaError, match="cannot be opened"):
        read(f"udp://127.0.0.1:{free_port()}", udp)


def test_a_camera_that_is_not_there_is_an_error_without_its_password() -> None:
    with pytest.raises(MediaError, match="cannot be opened") as caught:
        read(f"rtsp://admin:hunter2@127.0.0.1:{free_port()}/cam?key=abc", rtsp)
    assert "hunter2" not in str(caught.value) and "abc" not in str(caught.value)


@pytest.mark.parametrize(("source", "options"), [(rtsp, {"transport": "pigeon"}), (rtsp, {"loop": "1"}),
                                                 (udp, {"loop": "1"})])
def test_live_sources_take_no_options_of_files(source: ModuleType, options: Mapping[str, str]) -> None:
    with pytest.raises(OptionError):
        read("x://127.0.0.1:1", source, **options)


def test_addresses_are_shown_without_secrets() -> None:
    assert shown("rtsp://a:b@host:1/x?k=1") == "rtsp://host:1/x" and shown("/a/b.mp4") == "/a/b.mp4"
