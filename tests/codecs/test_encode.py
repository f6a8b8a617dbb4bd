"""test_encode: what a platform asks for is what the packets are."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from made import HEIGHT, RATE, SMALL, WIDTH, click_and_flash, clicks, first_loud, picture, setups_of, video_packets

from stream.codecs import encode
from stream.codecs.decode import AudioDecoder, VideoDecoder
from stream.codecs.encode import (
    PLATFORMS,
    AudioEncoder,
    Rendition,
    VideoEncoder,
    choose_encoder,
    level_for,
    rendition_for,
    video_options,
)
from stream.errors import MediaError, OptionError
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, from_rgb, new_frame
from stream.protocols import h264


@pytest.mark.parametrize(("platform", "size", "rate", "bits"), [
    ("youtube", (1280, 720), 30, 4_000_000), ("youtube", (1920, 1080), 60, 12_000_000),
    ("twitch", (1920, 1080), 60, 6_000_000), ("twitch", (1280, 720), 30, 3_000_000),
    ("youtube", (720, 1280), 30, 4_000_000), ("lan", (640, 360), 25, 1_500_000),
    ("twitch", (3840, 2160), 30, 4_500_000)])
def test_a_platform_sets_the_bit_rate_by_lines_and_rate(platform: str, size: tuple[int, int], rate: int,
                                                        bits: int) -> None:
    rendition = rendition_for(*size, Fraction(rate), platform)
    assert rendition.video_bitrate == bits and (rendition.width_px, rendition.height_px) == size
    assert rendition.gop_s == (1.0 if platform == "lan" else 2.0)


def test_an_unknown_platform_or_preset_is_named_with_those_there_are() -> None:
    with pytest.raises(OptionError, match="twitch"):
        rendition_for(64, 64, Fraction(30), "myspace")
    with pytest.raises(OptionError, match="superfast"):
        rendition_for(64, 64, Fraction(30), "lan", "quick")


@pytest.mark.parametrize(("size", "rate", "bits", "level"), [
    ((1280, 720), 30, 4_000_000, "3.1"), ((1920, 1080), 30, 10_000_000, "4"), ((1920, 1080), 60, 12_000_000, "4.2"),
    ((640, 360), 30, 1_000_000, "3"), ((160, 96), 30, 400_000, "1.3"), ((3840, 2160), 60, 35_000_000, "5.2"),
    ((7680, 4320), 60, 35_000_000, "5.2"), ((1280, 720), 30, 18_000_000, "3.2")])
def test_the_level_is_the_lowest_that_holds_it(size: tuple[int, int], rate: int, bits: int, level: str) -> None:
    assert level_for(*size, Fraction(rate), bits) == level


def kinds(packet: Packet) -> Counter[int]:
    return Counter(unit[0] & 31 for unit in h264.split_avcc(packet.data))


def test_packets_are_length_prefixed_and_the_setup_holds_their_avcc_record() -> None:
    packets = video_packets(3)
    setup = packets[0].setup
    assert all(p.setup is setup for p in packets)
    assert h264.is_avcc(setup.extradata) and setup.extradata[4] & 3 == 3
    sps = h264.find_sps(setup.extradata)
    assert (sps.width_px, sps.height_px, sps.rate) == (WIDTH, HEIGHT, Fraction(RATE))
    assert all(not {7, 8, 9} & set(kinds(p)) for p in packets), "parameter sets belong into the setup"
    assert setup.describe() == "160x96@30 H.264"


def test_the_stream_is_constrained_baseline_without_reordering_and_tagged_bt709() -> None:
    packets = video_packets(40)
    sps = next(n for n in h264.parameter_sets(packets[0].setup.extradata) if n[0] & 31 == 7)
    assert sps[1] == 66 and sps[2] & 0xC0 == 0xC0 and sps[3] == 13
    assert all(p.pts_ns == p.dts_ns for p in packets) and all(a.pts_ns < b.pts_ns for a, b in pairwise(packets))
    decoder = VideoDecoder(packets[0].setup)
    frame = decoder.decode(packets[0], 0)[0]
    assert (frame.matrix, frame.full_range, frame.av.color_primaries, frame.av.color_trc) == ("bt709", False, 1, 1)


def test_every_picture_leaves_at_once_at_its_own_time() -> None:
    encoder = VideoEncoder(SMALL)
    for number in range(10):
        pts_ns = 7 * NS + number * 33_333_333 + number % 3
        packets = encoder.encode(picture(number, pts_ns=pts_ns))
        assert [p.pts_ns for p in packets] == [pts_ns]
    assert encoder.flush() == []


def test_key_frames_come_each_gop_also_at_scene_cuts_and_when_asked_for() -> None:
    encoder = VideoEncoder(SMALL)
    keys = []
    for number in range(75):
        frame = picture(number)
        if number == 20:
            frame.y[:] = 255 - frame.y
        keys += [number for p in encoder.encode(frame, key=number == 37) if p.is_key]
    assert keys == [0, 30, 37, 67]


def test_a_key_frame_asked_for_is_an_idr_that_a_decoder_can_start_at() -> None:
    encoder = VideoEncoder(SMALL)
    packets = [p for n in range(12) for p in encoder.encode(picture(n), key=n == 7)]
    assert kinds(packets[7])[5] == 1
    decoder = VideoDecoder(encoder.setup)
    assert [f.index for n in range(7, 12) for f in decoder.decode(packets[n], n)] == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("filler", [False, True])
def test_the_rate_is_held_and_padded_only_where_asked(filler: bool) -> None:
    rendition = replace(SMALL, width_px=320, height_px=192, video_bitrate=600_000, filler=filler)
    encoder = VideoEncoder(rendition)
    noise = np.random.default_rng(0)
    busy = quiet = 0
    for number in range(120):
        frame = new_frame(320, 192, pts_ns=number * NS // RATE)
        frame.y[:], frame.u[:], frame.v[:] = 100, 128, 128
        if number < 60:
            frame.y[:] = noise.integers(16, 235, frame.y.shape, dtype=np.uint8)
        size = sum(len(p.data) for p in encoder.encode(frame)) * 8
        busy, quiet = busy + size * (30 <= number < 60), quiet + size * (number >= 90)
    assert busy == pytest.approx(600_000, rel=0.15)
    assert quiet == pytest.approx(600_000, rel=0.15) if filler else quiet < 100_000


def test_a_frame_of_the_right_kind_goes_in_uncopied_and_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = VideoEncoder(SMALL)
    frame = picture(1)
    taken: list[object] = []
    real = encoder._encode
    monkeypatch.setattr(encoder, "_encode", lambda given: taken.append(given) or real(given))
    before = frame.y.copy()
    encoder.encode(frame, key=True)
    encoder.encode(frame.at(frame.pts_ns + 1))
    assert taken == [frame.av, frame.av] and (frame.y == before).all() and frame.av.pict_type == 0


def test_frames_of_another_size_or_with_alpha_are_fitted() -> None:
    encoder = VideoEncoder(SMALL)
    decoder = VideoDecoder(encoder.setup)
    red = np.zeros((50, 90, 4), np.uint8)
    red[:] = (200, 40, 90, 128)
    out = [f for p in encoder.encode(from_rgb(red)) for f in decoder.decode(p, 0)]
    assert (out[0].width_px, out[0].height_px) == (WIDTH, HEIGHT)
    assert int(out[0].y[40, 40]) == pytest.approx(83, abs=3) and int(out[0].v[20, 20]) == pytest.approx(196, abs=3)


def test_an_encoder_that_does_not_open_says_so_with_the_remedy() -> None:
    with pytest.raises(MediaError, match=r"does not open for 161x96.*even size"):
        VideoEncoder(replace(SMALL, width_px=161))
    with pytest.raises(MediaError, match="h263_nonsense does not open"):
        VideoEncoder(replace(SMALL, encoder="h263_nonsense"))


@pytest.mark.parametrize(("working", "chosen"), [({"h264_nvenc", "libx264"}, "h264_nvenc"), ({"libx264"}, "libx264")])
def test_nvenc_is_taken_only_where_it_works(working: set[str], chosen: str) -> None:
    assert choose_encoder(working.__contains__) == chosen


def test_no_working_encoder_is_an_error() -> None:
    with pytest.raises(MediaError, match=r"No H\.264 encoder"):
        choose_encoder(lambda _: False)


def test_the_encoder_is_tried_once_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    encode.pick_encoder.cache_clear()
    tried: list[str] = []
    monkeypatch.setattr(encode, "_encodes", lambda name: tried.append(name) or name == "libx264")
    assert [encode.pick_encoder(), encode.pick_encoder()] == ["libx264", "libx264"]
    assert tried == ["h264_nvenc", "libx264"]
    encode.pick_encoder.cache_clear()


def test_trying_an_encoder_really_encodes() -> None:
    assert encode._encodes("libx264") and not encode._encodes("h264_nonsense")


def test_nvenc_is_asked_for_the_same_stream() -> None:
    rendition = rendition_for(1280, 720, Fraction(30), "twitch")
    options = video_options(rendition, "h264_nvenc")
    assert options["rc"] == "cbr" and options["profile"] == "baseline" and options["level"] == "3.1"
    assert options["forced-idr"] == options["no-scenecut"] == options["cbr_padding"] == "1" and "delay" in options
    known = {o.name for o in av.CodecContext.create("h264_nvenc", "w").supported_options.private}
    assert set(options) - {"maxrate", "bufsize"} <= known


def test_every_platform_grows_with_size_and_rate() -> None:
    for platform in PLATFORMS.values():
        assert all(a[0] < b[0] and a[1] < b[1] and a[2] < b[2] for a, b in pairwise(platform.rates))
        assert all(slow < fast for _, slow, fast in platform.rates)


@pytest.mark.parametrize(("codec", "priming"), [("aac", 1024), ("opus", 312)])
def test_the_first_sound_packet_lies_its_priming_before_the_first_sample(codec: str, priming: int) -> None:
    encoder = AudioEncoder(replace(SMALL, audio_codec=codec))
    packets = encoder.encode(AudioFrame(clicks(0, 9600), 5 * NS)) + encoder.flush()
    assert packets[0].pts_ns == 5 * NS - -(-priming * NS // SAMPLE_RATE_HZ)
    assert all(b.pts_ns - a.pts_ns == pytest.approx(a.duration_ns, abs=1) for a, b in pairwise(packets))
    assert packets[-1].pts_ns + packets[-1].duration_ns >= 5 * NS + NS // 5


@pytest.mark.parametrize("codec", ["aac", "opus"])
@pytest.mark.parametrize("block", [1, 480, 1024, 1601, 48_000])
def test_a_click_keeps_its_time_whatever_the_block_size(codec: str, block: int) -> None:
    encoder = AudioEncoder(replace(SMALL, audio_codec=codec))
    step = block if block > 1 else 40
    packets = [p for first in range(0, 72_000, step)
               for p in encoder.encode(AudioFrame(clicks(first, step), 3 * NS + first * NS // SAMPLE_RATE_HZ))]
    decoder = AudioDecoder(encoder.setup)
    frames = [f for p in [*packets, *encoder.flush()] for f in decoder.decode(p)]
    assert first_loud(frames) == pytest.approx(4.0, abs=0.001) and decoder.anchors == 1


@pytest.mark.parametrize("moved", [-800, 1200, 24_000])
def test_gaps_become_silence_and_overlaps_are_cut(moved: int) -> None:
    encoder = AudioEncoder(SMALL)
    packets = encoder.encode(AudioFrame(clicks(0, 24_000), 0))
    first = 24_000 + moved
    packets += encoder.encode(AudioFrame(clicks(first, 48_000), first * NS // SAMPLE_RATE_HZ)) + encoder.flush()
    decoder = AudioDecoder(encoder.setup)
    frames = [f for p in packets for f in decoder.decode(p)]
    assert decoder.anchors == 1 and first_loud(frames) == pytest.approx(1.0, abs=0.001)


def test_mono_is_encoded_on_both_sides() -> None:
    encoder = AudioEncoder(SMALL)
    packets = encoder.encode(AudioFrame(clicks(0, 60_000)[:1], 0))
    decoder = AudioDecoder(encoder.setup)
    frames = [f for p in packets for f in decoder.decode(p)]
    assert first_loud(frames) == pytest.approx(1.0, abs=0.001)
    assert all(np.abs(f.samples[0] - f.samples[1]).max() < 0.01 for f in frames)


def test_sound_of_another_rate_or_codec_is_refused() -> None:
    with pytest.raises(MediaError, match="44100"):
        AudioEncoder(SMALL).encode(AudioFrame(np.zeros((2, 100), np.float32), 0, 44_100))
    with pytest.raises(OptionError, match="aac, opus"):
        AudioEncoder(replace(SMALL, audio_codec="mp2"))


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_click_and_flash_leave_together(codec: str) -> None:
    packets = click_and_flash(2, codec)
    video, audio = (setups_of(packets))
    pictures, sounds = VideoDecoder(video), AudioDecoder(audio)
    flash = next(f for n, p in enumerate(p for p in packets if p.setup is video)
                 for f in pictures.decode(p, n) if int(f.y[5, 5]) > 128)
    click = first_loud([f for p in packets if p.setup is audio for f in sounds.decode(p)])
    assert click == pytest.approx(flash.pts_ns / NS, abs=0.001)


def test_a_rendition_compares_by_value_so_that_sinks_can_share_it() -> None:
    assert Rendition(2, 2, Fraction(30)) == Rendition(2, 2, Fraction(30)) and len({SMALL, replace(SMALL)}) == 1
