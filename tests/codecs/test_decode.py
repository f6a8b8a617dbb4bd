"""test_decode: the same packets give the same pixels and samples, and after loss nothing doubtful is shown."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import RATE, click_and_flash, clip, first_loud, pixels_of, video_packets

from stream.codecs.decode import AudioDecoder, Resampler16k, VideoDecoder
from stream.codecs.demux import Demuxer
from stream.codecs.encode import AudioEncoder, Rendition
from stream.errors import MediaError
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, Setup, VideoFrame

Numbered = list[tuple[int, Packet]]


@pytest.fixture(scope="module")
def reordered(tmp_path_factory: pytest.TempPathFactory) -> Numbered:
    """90 pictures in closed GOPs of 15, with B-frames that are themselves referred to."""
    path = clip(tmp_path_factory.mktemp("decode") / "b.mp4", frames=90,
                options={"bf": "3", "g": "15", "x264-params": "b-pyramid=normal:scenecut=0"})
    demuxer = Demuxer(str(path))
    packets = list(enumerate(demuxer.packets()))
    demuxer.close()
    assert any(p.pts_ns != p.dts_ns for _, p in packets) and sum(p.is_key for _, p in packets) == 6
    return packets


def decoded(numbered: Numbered) -> tuple[list[VideoFrame], VideoDecoder]:
    decoder = VideoDecoder(numbered[0][1].setup)
    frames = [f for index, packet in numbered for f in decoder.decode(packet, index)]
    return frames + decoder.flush(), decoder


def test_every_picture_carries_its_own_packets_number_and_time(reordered: Numbered) -> None:
    frames, decoder = decoded(reordered)
    times = {index: packet.pts_ns for index, packet in reordered}
    assert len(frames) == 90 and (decoder.suppressed, decoder.errors) == (0, 0)
    assert all(times[f.index] == f.pts_ns for f in frames)
    assert [f.pts_ns for f in frames] == sorted(times.values())


def test_pictures_from_a_key_frame_on_do_not_depend_on_what_came_before(reordered: Numbered) -> None:
    whole = pixels_of(decoded(reordered)[0])
    for start in [index for index, packet in reordered if packet.is_key]:
        part = pixels_of(decoded(reordered[start:])[0])
        assert len(part) == 90 - start and all(whole[index] == pixels for index, pixels in part.items())


def test_starting_inside_a_gop_shows_nothing_before_the_next_key_frame(reordered: Numbered) -> None:
    frames, decoder = decoded(reordered[4:])
    assert min(f.index for f in frames) == 15 and decoder.suppressed == 11


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("told", [True, False])
def test_after_loss_every_picture_shown_is_the_right_one(reordered: Numbered, seed: int, told: bool) -> None:
    whole = pixels_of(decoded(reordered)[0])
    chance = random.Random(seed)
    left = [item for item in reordered if item[0] == 0 or chance.random() > 0.05]
    assert len(left) < 90
    if told:
        before = [-1, *(index for index, _ in left)]
        left = [(index, replace(packet, lost_before=index != last + 1))
                for (index, packet), last in zip(left, before, strict=False)]
    frames, decoder = decoded(left)
    shown = pixels_of(frames)
    assert all(whole[index] == pixels for index, pixels in shown.items())
    assert [f.pts_ns for f in frames] == sorted(f.pts_ns for f in frames)
    assert decoder.suppressed > 0 and len(shown) + decoder.suppressed == len(left)


def test_pictures_complete_before_a_loss_are_still_shown() -> None:
    packets = video_packets(45)
    kept = [(n, p) for n, p in enumerate(packets) if n != 20]
    frames, _ = decoded(kept)
    assert [f.index for f in frames] == [*range(20), *range(30, 45)]


def test_a_damaged_packet_does_not_raise_and_hides_the_rest_of_its_gop() -> None:
    packets = video_packets(60)
    whole = pixels_of(decoded(list(enumerate(packets)))[0])
    chance = random.Random(5)
    broken = bytearray(packets[10].data)
    for place in range(8, len(broken)):
        broken[place] = chance.randrange(256)
    packets[10] = replace(packets[10], data=bytes(broken))
    frames, decoder = decoded(list(enumerate(packets)))
    shown = pixels_of(frames)
    assert decoder.suppressed > 0 and set(range(30, 60)) <= set(shown)
    assert not set(range(11, 30)) & set(shown) and all(shown[n] == whole[n] for n in shown if n != 10)


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=60), max_size=6))
def test_foreign_bytes_never_raise_out_of_the_decoder(bodies: list[bytes]) -> None:
    first = video_packets(1)[0]
    decoder = VideoDecoder(first.setup)
    decoder.decode(first, 0)
    for number, body in enumerate(bodies):
        decoder.decode(replace(first, data=body, is_key=number % 2 == 0), number + 1)
    decoder.flush()


def test_it_decodes_again_after_flush_from_a_key_frame() -> None:
    packets = video_packets(40)
    decoder = VideoDecoder(packets[0].setup)
    decoder.decode(packets[0], 0)
    decoder.flush()
    assert decoder.decode(packets[1], 1) == []
    assert [f.index for f in decoder.decode(packets[30], 30)] == [30]


@pytest.mark.parametrize("codec", ["nonsense", "libx264"])
def test_a_codec_nobody_knows_is_a_media_error_with_a_remedy(codec: str) -> None:
    with pytest.raises(MediaError, match="cannot be decoded here") as caught:
        VideoDecoder(Setup("video", codec, width_px=64, height_px=64))
    assert "H.264" in caught.value.remedy


@pytest.mark.parametrize(("codec", "suffix"), [("libvpx", "mkv"), ("libx265", "mp4"), ("libsvtav1", "mp4"),
                                               ("mpeg4", "mp4")])
def test_other_codecs_decode_from_their_setup_alone(codec: str, suffix: str, tmp_path: Path) -> None:
    options = {"libx265": {"x265-params": "log-level=none"}, "libsvtav1": {"preset": "12"},
               "libvpx": {"deadline": "realtime"}}.get(codec, {})
    path = clip(tmp_path / f"x.{suffix}", codec, 12, options=options)
    demuxer = Demuxer(str(path))
    frames, decoder = decoded(list(enumerate(demuxer.packets())))
    demuxer.close()
    assert len(frames) == 12 and sorted(f.index for f in frames) == list(range(12)) and decoder.errors == 0


def sound(packets: list[Packet]) -> tuple[list[AudioFrame], AudioDecoder]:
    packets = [p for p in packets if p.setup.kind == "audio"]
    decoder = AudioDecoder(packets[0].setup)
    return [f for p in packets for f in decoder.decode(p)] + decoder.flush(), decoder


def continuous(frames: list[AudioFrame]) -> bool:
    return all(abs(a.end_ns - b.pts_ns) <= 1 for a, b in itertools.pairwise(frames))


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_a_click_comes_out_at_its_time(codec: str) -> None:
    frames, decoder = sound(click_and_flash(2, codec))
    assert first_loud(frames) == pytest.approx(1.0, abs=0.001)
    assert continuous(frames) and decoder.anchors == 1
    assert all(f.samples.dtype == np.float32 and f.samples.shape[0] == 2 and f.rate_hz == 48_000 for f in frames)


def test_stamps_rounded_to_milliseconds_leave_no_gaps() -> None:
    packets = [replace(p, pts_ns=round(p.pts_ns / 1e6) * 1_000_000) for p in click_and_flash(3)]
    frames, decoder = sound(packets)
    assert continuous(frames) and decoder.anchors == 1 and first_loud(frames) == pytest.approx(1.0, abs=0.001)


def test_jittering_stamps_leave_no_gaps() -> None:
    chance = random.Random(1)
    packets = [replace(p, pts_ns=p.pts_ns + chance.randrange(-15_000_000, 15_000_000)) for p in click_and_flash(3)]
    frames, decoder = sound([replace(packets[0], pts_ns=click_and_flash(1)[0].pts_ns), *packets[1:]])
    assert continuous(frames) and decoder.anchors == 1


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_sound_after_a_lost_second_is_at_its_own_time(codec: str) -> None:
    packets = [p for p in click_and_flash(4, codec, at_s=3) if not NS <= p.pts_ns < 2 * NS]
    frames, decoder = sound(packets)
    assert decoder.anchors == 2 and first_loud(frames) == pytest.approx(3.0, abs=0.001)


@pytest.mark.parametrize("told", [True, False])
def test_one_lost_packet_does_not_move_the_sound_for_long(told: bool) -> None:
    packets = [p for p in click_and_flash(4, at_s=3) if p.setup.kind == "audio"]
    del packets[20]
    packets[20] = replace(packets[20], lost_before=told)
    frames, decoder = sound(packets)
    assert decoder.anchors == 2 and first_loud(frames) == pytest.approx(3.0, abs=0.001)


def test_stamps_that_jump_back_anchor_the_clock_anew() -> None:
    packets = [p for p in click_and_flash(2) if p.setup.kind == "audio"]
    again = [replace(p, pts_ns=p.pts_ns - 5 * NS) for p in packets]
    frames, decoder = sound(packets + again)
    assert decoder.anchors == 2 and frames[-1].end_ns < 0


def test_broken_sound_is_counted_and_what_follows_is_at_its_time() -> None:
    packets = [p for p in click_and_flash(3, at_s=2) if p.setup.kind == "audio"]
    packets[30] = replace(packets[30], data=b"\xff" * 40)
    packets[31] = replace(packets[31], data=b"")
    frames, decoder = sound(packets)
    assert decoder.errors >= 1 and first_loud(frames) == pytest.approx(2.0, abs=0.001)


def encoded(codec: str, layout: str, rate_hz: int, samples: np.ndarray) -> list[Packet]:
    context = av.CodecContext.create(codec, "w")
    context.sample_rate, context.layout, context.format = rate_hz, layout, "fltp"
    context.time_base, context.bit_rate = Fraction(1, rate_hz), 256_000
    context.flags |= 1 << 22
    context.open()
    block = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
    block.sample_rate, block.pts, block.time_base = rate_hz, 0, Fraction(1, rate_hz)
    setup = Setup("audio", codec, context.extradata or b"", sample_rate_hz=rate_hz, channels=samples.shape[0])
    return [Packet(setup, (p.pts or 0) * NS // rate_hz, (p.pts or 0) * NS // rate_hz, True, bytes(p))
            for p in [*context.encode(block), *context.encode(None)]]


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2), ("5.1", 6)])
@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 16_000])
def test_any_layout_and_rate_becomes_stereo_at_48_khz_on_time(layout: str, channels: int, rate_hz: int) -> None:
    samples = np.zeros((channels, 2 * rate_hz), np.float32)
    samples[:, rate_hz:rate_hz + rate_hz // 200] = 0.7
    frames, decoder = sound(encoded("aac", layout, rate_hz, samples))
    assert continuous(frames) and decoder.anchors == 1
    assert first_loud(frames, 0.3) == pytest.approx(1.0, abs=0.002)
    whole = np.concatenate([f.samples for f in frames], axis=1)
    assert whole.shape[1] == pytest.approx(2 * SAMPLE_RATE_HZ, abs=0.13 * SAMPLE_RATE_HZ)
    assert np.abs(whole[0] - whole[1]).max() < 0.05 and 0.6 < np.abs(whole).max() < 1.0


def test_16_khz_mono_is_the_same_tone_without_breaks() -> None:
    seconds = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tone = (0.5 * np.sin(2 * np.pi * 440 * seconds)).astype(np.float32)
    resampler, blocks = Resampler16k(), []
    for first in range(0, len(tone), 1024):
        block = tone[first:first + 1024]
        blocks.append(resampler.feed(AudioFrame(np.stack([block, block]), first * NS // SAMPLE_RATE_HZ)))
    got = np.concatenate([*blocks, resampler.flush()])
    want = 0.5 * np.sin(2 * np.pi * 440 * np.arange(len(got)) / 16_000)
    assert got.dtype == np.float32 and len(got) == 32_000
    assert np.abs(got[200:-200] - want[200:-200]).max() < 0.01


def test_stereo_halves_are_averaged_to_mono() -> None:
    left = np.stack([np.full(4800, 0.6, np.float32), np.zeros(4800, np.float32)])
    got = Resampler16k().feed(AudioFrame(left, 0))
    assert got[100:1400] == pytest.approx(0.3, abs=0.01)


def test_opus_decodes_where_the_setup_has_no_header() -> None:
    encoder = AudioEncoder(Rendition(64, 64, Fraction(RATE), audio_codec="opus"))
    packets = encoder.encode(AudioFrame(np.zeros((2, 48_000), np.float32), 0))
    bare = replace(encoder.setup, extradata=b"")
    frames, decoder = sound([replace(p, setup=bare) for p in packets])
    assert frames and decoder.errors == 0
