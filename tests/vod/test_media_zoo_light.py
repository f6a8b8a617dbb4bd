"""test_media_zoo_light: HDR becomes SDR with its hues, fields become pictures, stills stand upright and keep alpha."""

import colorsys
import io
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
import pytest
import zoo
from numpy.typing import NDArray
from PIL import Image
from zoo import CORNERS, RATE, Rgb, corners

from stream.codecs.decode import VideoDecoder
from stream.codecs.demux import Demuxer
from stream.media import Scaler, VideoFrame
from stream.render.fields import deinterlaced
from stream.render.tone import to_sdr

TO_2020 = np.array([[0.627404, 0.329283, 0.043313], [0.069097, 0.91954, 0.011362], [0.016391, 0.088013, 0.895595]])


def pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084."""
    y = (nits / 10_000) ** (2610 / 16384)
    signal: NDArray[np.float64] = ((3424 / 4096 + 2413 / 128 * y) / (1 + 2392 / 128 * y)) ** (2523 / 32)
    return signal


def hlg(display_nits: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100 HLG for a display of 1000 cd/m2: back through the system gamma of 1.2, then the OETF."""
    light = display_nits / 1000
    luminance = light @ [0.2627, 0.678, 0.0593]
    scene = light * np.where(luminance > 0, np.maximum(luminance, 1e-9) ** (1 / 1.2 - 1), 0)[..., None]
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)


Transfer = Literal["pq", "hlg"]
CURVES: dict[Transfer, tuple[Any, int]] = {"pq": (pq, 16), "hlg": (hlg, 18)}


Deep = NDArray[np.uint16]


def deep(rgb: NDArray[np.float64]) -> tuple[Deep, Deep, Deep]:
    """A flat colour, R'G'B' in BT.2020, as 10-bit limited planes of 64 x 48."""
    kr, kb = 0.2627, 0.0593
    luma = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2]
    values = (64 + 876 * luma, 512 + 896 * (rgb[2] - luma) / (2 - 2 * kb), 512 + 896 * (rgb[0] - luma) / (2 - 2 * kr))
    y, u, v = (np.full((24, 32) if k else (48, 64), round(v), np.uint16) for k, v in enumerate(values))
    return y, u, v


def mapped(nits_709: tuple[float, float, float], transfer: Transfer) -> NDArray[np.float64]:
    """What light of these BT.709 primaries comes out as: R'G'B' 0 to 255."""
    signal = CURVES[transfer][0](TO_2020 @ np.array(nits_709))
    frame = to_sdr(*deep(signal), transfer, False, 5, 3)
    assert (frame.pts_ns, frame.index, frame.matrix, frame.full_range) == (5, 3, "bt709", False)
    y, u, v = float(frame.y[20, 20]), float(frame.u[10, 10]), float(frame.v[10, 10])
    y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    return 255 * np.array([y + 1.5748 * v, y - 0.187324 * u - 0.468124 * v, y + 1.8556 * u])


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_reference_white_is_white_and_grey_is_as_bt1886_has_it(transfer: Transfer) -> None:
    assert mapped((203, 203, 203), transfer) == pytest.approx([255] * 3, abs=2)
    assert mapped((0, 0, 0), transfer) == pytest.approx([0] * 3, abs=2)
    for share in (0.05, 0.18, 0.5):
        assert mapped((203 * share,) * 3, transfer) == pytest.approx([255 * share ** (1 / 2.4)] * 3, abs=2.5)


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
@pytest.mark.parametrize("color", [(180, 20, 15), (20, 150, 30), (10, 25, 190), (150, 120, 20), (160, 110, 90)])
def test_colours_of_the_small_gamut_come_out_as_they_are(transfer: Transfer, color: tuple[float, float, float]) -> None:
    want = 255 * (np.array(color) / 203) ** (1 / 2.4)
    assert mapped(color, transfer) == pytest.approx(want, abs=4)


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
@pytest.mark.parametrize("color", [(180, 40, 30), (30, 150, 60), (40, 60, 190), (190, 140, 40)])
def test_what_is_brighter_than_white_keeps_its_hue(transfer: Transfer, color: tuple[float, float, float]) -> None:
    dim, bright = (mapped((color[0] * k, color[1] * k, color[2] * k), transfer) for k in (0.8, 4.0))
    hue, brighter = (colorsys.rgb_to_hsv(*(np.clip(rgb, 0, 255) / 255)) for rgb in (dim, bright))
    assert abs((hue[0] - brighter[0] + 0.5) % 1 - 0.5) < 0.02 and max(bright) == pytest.approx(255, abs=3)


def test_colours_outside_the_small_gamut_keep_their_order_and_are_not_clipped_to_another_hue() -> None:
    for k, primary in enumerate(np.eye(3)):
        frame = to_sdr(*deep(pq(primary * 150.0)), "pq", False, 0, 0)
        rgb = Scaler().rgb(frame, 64, 48)[20, 20].astype(int)
        others = np.delete(rgb, k)
        assert rgb.argmax() == k and rgb[k] > 150 and others.max() < 140


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
@pytest.mark.parametrize("tagged_in", ["stream", "container"])
def test_a_file_that_says_it_is_hdr_is_shown_as_sdr(transfer: Transfer, tagged_in: str, tmp_path: Path) -> None:
    curve, number = CURVES[transfer]
    codec = "libx265" if tagged_in == "stream" else "ffv1"
    path = tmp_path / ("x.mp4" if tagged_in == "stream" else "x.mkv")
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=RATE, options={"x265-params": "log-level=none:crf=4"}
                                      if codec == "libx265" else {})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 9, 9, number, 1
        for n in range(4):
            picture = av.VideoFrame(64, 48, "yuv420p10le")
            for plane, values in zip(picture.planes, deep(curve(np.array([203.0] * 3))), strict=True):
                rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
                rows[:, :values.shape[1]] = values
                plane.update(rows.tobytes())
            picture.pts = n
            picture.colorspace, picture.color_range = 9, 1
            picture.color_primaries, picture.color_trc = 9, number
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    frame = first(path)
    assert (frame.y[20, 20], frame.u[10, 10], frame.v[10, 10]) == pytest.approx((235, 128, 128), abs=2)


def first(path: Path) -> VideoFrame:
    demuxer = Demuxer(str(path))
    try:
        decoder = VideoDecoder(demuxer.setups[0])
        frames = [f for n, p in enumerate(demuxer.packets()) if p.setup.kind == "video" for f in decoder.decode(p, n)]
        return (frames + decoder.flush())[0]
    finally:
        demuxer.close()


def bar(at: int) -> Rgb:
    rgb = np.full((96, 128, 3), 60, np.uint8)
    rgb[20:76, at:at + 16] = 210
    return rgb


def test_fields_of_two_moments_do_not_comb(tmp_path: Path) -> None:
    woven = bar(30)
    woven[1::2] = bar(50)[1::2]
    path = zoo.write(tmp_path / "fields.mpg", [woven] * 6, "mpeg2video",
                     options={"flags": "+ildct+ilme", "qscale": "1", "field_order": "tb", "alternate_scan": "1"})
    with av.open(str(path)) as file:
        assert next(file.decode(video=0)).interlaced_frame
    luma = first(path).y.astype(int)
    assert woven[40, 34, 0] == 210 and woven[41, 34, 0] == 60  # as it was, it combs
    for column in (34, 60):
        inside = luma[26:70, column]
        assert np.abs(np.diff(inside)).max() < 12 and inside.mean() == pytest.approx(luma[40, 5] / 2 + 94, abs=12)


def test_what_stands_still_keeps_its_lines() -> None:
    frame = zoo_frame(np.repeat(np.linspace(40, 200, 48).astype(np.uint8)[:, None], 64, axis=1))
    frame.y[24:] = 230
    assert (deinterlaced(frame).y == frame.y).all()


def zoo_frame(luma: NDArray[np.uint8]) -> VideoFrame:
    return VideoFrame(luma.copy(), np.full((24, 32), 100, np.uint8), np.full((24, 32), 150, np.uint8))


def picture(kind: str, orientation: int, alpha: bool) -> bytes:
    image = Image.fromarray(corners(160, 90))
    if alpha:
        image.putalpha(Image.fromarray(np.where(np.indices((90, 160))[1] < 80, 255, 0).astype(np.uint8)))
    undone = {1: None, 6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180}[orientation]
    image = image if undone is None else image.transpose(undone)
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x112] = orientation
    image.save(out, kind, exif=exif, **({"quality": 98} if kind != "PNG" else {}))
    return out.getvalue()


def test_stills_stand_upright_and_show_what_lies_under_their_clear_parts(tmp_path: Path) -> None:
    kinds = [("PNG", 1, True), ("PNG", 6, True), ("WEBP", 1, True), ("WEBP", 6, True), ("JPEG", 6, False),
             ("JPEG", 3, False)]
    images = []
    for n, made in enumerate(kinds):
        path = tmp_path / f"{n}.{made[0].lower()}"
        path.write_bytes(picture(*made))
        images.append({"ImageURL": str(path), "X": 60, "Y": 40, "Width": 160, "Height": 90, "TimelineIn": n / 10,
                       "TimelineOut": (n + 1) / 10})
    under = zoo.write(tmp_path / "under.mp4", [zoo.grey(120)] * 20)
    timeline = zoo.clips([(under, 0.6)]) | {"ImageTracks": [{"ImageTrackClips": images}]}
    seen = zoo.seen(zoo.render(tmp_path, timeline))
    for n, (kind, orientation, alpha) in enumerate(kinds):
        for k, color in enumerate(CORNERS):
            got = seen[3 * n + 1][40 + 22 + 45 * (k // 2), 60 + 40 + 80 * (k % 2)]
            assert got.tolist() == pytest.approx([120] * 3 if alpha and k % 2 else color, abs=5), (kind, orientation, k)


@pytest.mark.parametrize("lines", [400, 800])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_photographs_are_bt601_whatever_their_size(kind: str, lines: int, tmp_path: Path) -> None:
    from stream.media import read_image

    out = io.BytesIO()
    Image.fromarray(corners(lines, lines)).save(out, kind, quality=98)
    frame = read_image(out.getvalue())
    rgb = Scaler().rgb(frame, lines, lines)
    for k, color in enumerate(CORNERS):
        got = rgb[lines // 4 + lines // 2 * (k // 2), lines // 4 + lines // 2 * (k % 2)]
        assert got.tolist() == pytest.approx(color, abs=4)
