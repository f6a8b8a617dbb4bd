"""test_media: pictures come in right whatever form they have, and nobody writes into a decoder's."""

import io
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from stream.errors import MediaError
from stream.media import (
    Scaler,
    VideoFrame,
    from_av,
    from_rgb,
    mirrored,
    new_frame,
    planes_of,
    read_image,
    upright,
)
from stream.media.image import header_of

RGB = (200, 40, 90)


def solid(width: int, height: int, *color: int) -> Any:
    return np.ascontiguousarray(np.broadcast_to(np.array(color, np.uint8), (height, width, len(color))))


def expected_yuv(matrix: str, full_range: bool = False) -> tuple[float, float, float]:
    """ITU-R BT.601 and BT.709, 8 bits."""
    kr, kb = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}[matrix]
    r, g, b = (c / 255 for c in RGB)
    y = kr * r + (1 - kr - kb) * g + kb * b
    u, v = (b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)
    return (255 * y, 128 + 255 * u, 128 + 255 * v) if full_range else (16 + 219 * y, 128 + 224 * u, 128 + 224 * v)


def middle(frame: VideoFrame) -> tuple[int, ...]:
    return tuple(int(p[p.shape[0] // 2, p.shape[1] // 2]) for p in planes_of(frame))


def test_rgb_becomes_bt709_limited_to_within_one_step() -> None:
    frame = from_rgb(solid(37, 35, *RGB))
    assert (frame.matrix, frame.full_range) == ("bt709", False)
    assert middle(frame) == pytest.approx(expected_yuv("bt709"), abs=1)


def test_odd_sizes_keep_their_last_row_and_column() -> None:
    rgb = solid(37, 35, 0, 0, 0)
    rgb[-1:, :], rgb[:, -1:] = 255, 255
    frame = from_rgb(rgb)
    assert (frame.y.shape, frame.u.shape) == ((35, 37), (18, 19))
    assert frame.y[-1].min() > 230 and frame.y[:, -1].min() > 230 and frame.y[:-1, :-1].max() < 20


@pytest.mark.parametrize("name", ["yuv420p10le", "yuv422p", "yuv422p10le", "yuv444p", "nv12", "p010le", "yuvj422p",
                                  "yuv444p12le", "yuv420p"])
@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_every_yuv_format_keeps_its_colours(name: str, matrix: str) -> None:
    rgb = av.VideoFrame.from_ndarray(solid(64, 48, *RGB), format="rgb24")
    source = rgb.reformat(format=name, dst_colorspace={"bt601": 5, "bt709": 1}[matrix],
                          dst_color_range=2 if "j" in name else 1)
    frame = from_av(source, 7, 3)
    assert (frame.pts_ns, frame.index, frame.matrix, frame.full_range) == (7, 3, matrix, False)
    assert middle(frame) == pytest.approx(expected_yuv(matrix), abs=1.5)
    assert Scaler().rgb(frame, 64, 48)[24, 32].tolist() == pytest.approx(RGB, abs=3)


def test_full_range_420_passes_as_it_is_and_says_so() -> None:
    rgb = av.VideoFrame.from_ndarray(solid(64, 48, *RGB), format="rgb24")
    frame = from_av(rgb.reformat(format="yuvj420p", dst_colorspace=1, dst_color_range=2), 0)
    assert frame.full_range and middle(frame) == pytest.approx(expected_yuv("bt709", True), abs=1)
    assert Scaler().rgb(frame, 64, 48)[24, 32].tolist() == pytest.approx(RGB, abs=3)
    limited = Scaler().frame(frame, 64, 48)
    assert not limited.full_range and middle(limited) == pytest.approx(expected_yuv("bt709"), abs=1.5)


@pytest.mark.parametrize(("lines", "matrix"), [(480, "bt601"), (720, "bt709")])
def test_an_untagged_matrix_goes_by_size(lines: int, matrix: str) -> None:
    frame = av.VideoFrame(64, lines, "yuv420p")
    assert from_av(frame, 0).matrix == matrix


@pytest.mark.parametrize("name", ["rgba", "bgra", "argb", "gbrap", "ya8", "yuva444p", "yuva420p", "rgba64le"])
def test_alpha_survives_every_format_that_has_it(name: str) -> None:
    source = av.VideoFrame.from_ndarray(solid(64, 48, *RGB, 77), format="rgba").reformat(format=name)
    frame = from_av(source, 0)
    assert frame.a is not None and frame.a.shape == (48, 64) and set(np.unique(frame.a)) <= {77, 78}


@pytest.mark.parametrize("name", ["rgb24", "gray", "yuv444p", "gbrp", "nv12", "gray10le"])
def test_formats_without_alpha_get_none(name: str) -> None:
    source = av.VideoFrame.from_ndarray(solid(64, 48, *RGB), format="rgb24").reformat(format=name)
    assert from_av(source, 0).a is None


def test_gray_white_is_white() -> None:
    frame = from_av(av.VideoFrame.from_ndarray(np.full((48, 64), 255, np.uint8), format="gray"), 0)
    assert middle(frame) == (235, 128, 128)


def test_a_decoders_frame_cannot_be_written_into_and_a_new_one_can() -> None:
    taken = from_av(av.VideoFrame(64, 48, "yuv420p"), 0)
    with pytest.raises(ValueError, match="read-only"):
        taken.y[0, 0] = 1
    made = new_frame(63, 47, alpha=True)
    for plane in planes_of(made):
        plane[:] = 9
    assert made.av.planes[3].line_size >= 63 and middle(made) == (9, 9, 9, 9)


def test_a_frame_that_fits_is_not_copied_by_the_scaler() -> None:
    frame = new_frame(64, 48)
    assert Scaler().frame(frame, 64, 48) is frame


def test_a_scaler_alternating_between_sizes_gives_what_fresh_ones_give() -> None:
    rng = np.random.default_rng(1)
    frame = from_rgb(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    one = Scaler(kept=2)
    for width, height in [(32, 24), (100, 70), (16, 12), (32, 24), (33, 25)]:
        assert (one.frame(frame, width, height).y == Scaler().frame(frame, width, height).y).all()
        assert (one.rgb(frame, width, height) == Scaler().rgb(frame, width, height)).all()


def test_a_frame_made_of_bare_planes_scales_like_any_other() -> None:
    whole = from_rgb(np.random.default_rng(3).integers(0, 255, (48, 64, 4), dtype=np.uint8))
    bare = VideoFrame(whole.y, whole.u, whole.v, a=whole.a)
    small, wanted = Scaler().frame(bare, 32, 24), Scaler().frame(whole, 32, 24)
    assert all((got == want).all() for got, want in zip(planes_of(small), planes_of(wanted), strict=True))


def test_bt2020_becomes_bt709() -> None:
    rgb = av.VideoFrame.from_ndarray(solid(64, 48, *RGB), format="rgb24")
    frame = from_av(rgb.reformat(format="yuv420p10le", dst_colorspace=9, dst_color_range=1), 0)
    assert frame.matrix == "bt709" and middle(frame) == pytest.approx(expected_yuv("bt709"), abs=2)


def test_dropping_alpha_keeps_the_colours() -> None:
    frame = from_rgb(solid(64, 48, *RGB, 10))
    plain = Scaler().opaque(frame)
    assert plain.a is None and plain.av.format.name == "yuv420p" and middle(plain) == middle(frame)[:3]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, -90, 360])
def test_upright_turns_clockwise(degrees: int) -> None:
    rgb = np.random.default_rng(2).integers(0, 255, (34, 60, 3), dtype=np.uint8)
    turned = upright(from_rgb(rgb), degrees)
    want = np.rot90(from_rgb(rgb).y, -degrees // 90)
    assert (turned.y == want).all() and turned.u.shape == tuple((n + 1) // 2 for n in want.shape)


def test_mirrored_exchanges_left_and_right() -> None:
    frame = from_rgb(solid(64, 48, *RGB, 5))
    frame.av.make_writable()
    assert mirrored(frame).y.tolist() == frame.y[:, ::-1].tolist() and mirrored(frame).a is not None


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA", "LA", "CMYK"])
def test_pictures_of_every_kind_are_read_with_their_colours(kind: str, mode: str) -> None:
    image = Image.new("RGBA", (37, 35), (*RGB, 77)).convert(mode)
    try:
        data = saved(image, kind, **({"quality": 98} if kind in ("JPEG", "WEBP") else {}))
    except (OSError, ValueError):  # Pillow cannot write this pair
        assert (kind, mode) in {("GIF", "CMYK"), ("PNG", "CMYK"), ("BMP", "CMYK"), ("JPEG", "RGBA"), ("JPEG", "LA"),
                                ("JPEG", "P"), ("BMP", "LA")}
        return
    frame = read_image(data)
    want = Image.open(io.BytesIO(data)).convert("RGBA").getpixel((18, 17))
    assert isinstance(want, tuple)
    assert Scaler().rgb(frame, 37, 35)[17, 18].tolist() == pytest.approx(want[:3], abs=4)
    assert (frame.matrix, frame.full_range) == ("bt709", False)
    if kind in ("PNG", "WEBP") and mode in ("RGBA", "LA", "P"):
        assert frame.a is not None and frame.a[17, 18] == 77


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_stands_upright(kind: str, orientation: int) -> None:
    rgb = np.zeros((40, 60, 3), np.uint8)
    rgb[:20, :30], rgb[:20, 30:], rgb[20:, :30], rgb[20:, 30:] = (255, 0, 0), (0, 255, 0), (0, 0, 255), 255
    exif = Image.Exif()
    exif[0x112] = orientation
    data = saved(Image.fromarray(rgb), kind, exif=exif, **({} if kind == "PNG" else {"quality": 95}))
    want = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    frame = read_image(data)
    got = Scaler().rgb(frame, frame.width_px, frame.height_px)
    assert got.shape == want.shape
    for y, x in [(10, 10), (10, -10), (-10, 10), (-10, -10)]:
        assert got[y, x].tolist() == pytest.approx(want[y, x].tolist(), abs=12)


def test_lossless_webp_and_padded_jpeg_headers_are_read() -> None:
    webp = saved(Image.new("RGB", (61, 43), RGB), "WEBP", lossless=True)
    assert b"VP8L" in webp and read_image(webp).y.shape == (43, 61)
    jpeg = saved(Image.new("RGB", (61, 43), RGB), "JPEG")
    assert read_image(jpeg[:2] + b"\xff\xff" + jpeg[3:]).y.shape == (43, 61)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG", "BMP"])
def test_a_picture_bomb_is_refused_before_it_is_decoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Image.new("RGB", (400, 300)), kind)
    assert read_image(data, max_px=120_000).width_px == 400
    monkeypatch.setattr(av, "open", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(MediaError, match="400x300 exceeds the limit"):
        read_image(data, max_px=119_999)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP"])
def test_what_is_no_picture_is_a_media_error(data: bytes) -> None:
    with pytest.raises(MediaError, match="no picture"):
        read_image(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_a_media_error_or_a_picture_of_the_right_size(kind: str) -> None:
    rng = np.random.default_rng(3)
    data = saved(Image.fromarray(rng.integers(0, 255, (60, 80, 3), dtype=np.uint8)), kind)
    for cut in range(40, len(data), len(data) // 12):
        try:
            frame = read_image(data[:cut])
        except MediaError:
            continue
        assert (frame.width_px, frame.height_px) == (80, 60)


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF1234WEBP", b"GIF89a", b"BM", b""]),
       st.binary(max_size=200))
def test_headers_of_foreign_bytes_are_read_or_refused(magic: bytes, rest: bytes) -> None:
    header = header_of(magic + rest)
    assert header is None or (header.width_px > 0 and header.height_px > 0)
