"""test_media_zoo: media of every kind come out of a render with the right colours, shape and time."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import zoo
from zoo import CORNERS, HEIGHT, RATE, WIDTH, Rgb, corners

SHOWN_S = 0.4
BARS = ((191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191),
        (0, 0, 0), (255, 255, 255))


def still(rgb: Rgb, count: int = 14) -> list[Rgb]:
    return [rgb] * count


def turned(path: Path) -> Path:
    flat = zoo.write(path.with_name("flat.mp4"), still(np.ascontiguousarray(np.rot90(corners(180, 320), 1))))
    zoo.ffmpeg("-i", flat, "-c", "copy", "-metadata:s:v", "rotate=270", path)
    return path


# name: how it is made, and where its picture lies in the output (left, top, width, height)
WHOLE = (0, 0, WIDTH, HEIGHT)
KINDS: dict[str, tuple[Callable[[Path], Path], tuple[int, int, int, int]]] = {
    "small.mp4": (lambda p: zoo.write(p, still(corners(160, 90))), WHOLE),
    "large.mkv": (lambda p: zoo.write(p, still(corners(1280, 720)), "mpeg4", options={"qscale": "1"}, rate=25), WHOLE),
    "tall.mp4": (lambda p: zoo.write(p, still(corners(180, 320))), (110, 0, 100, 180)),
    "odd.mkv": (lambda p: zoo.write(p, still(corners(321, 181)), "ffv1"), WHOLE),
    "odd444.mp4": (lambda p: zoo.write(p, still(corners(163, 91)), pixels="yuv444p"), WHOLE),
    "422.mkv": (lambda p: zoo.write(p, still(corners()), "ffv1", "yuv422p10le"), WHOLE),
    "prores.mov": (lambda p: zoo.write(p, still(corners()), "prores_ks", "yuv444p10le"), WHOLE),
    "444.mp4": (lambda p: zoo.write(p, still(corners()), pixels="yuv444p"), WHOLE),
    "10bit.mp4": (lambda p: zoo.write(p, still(corners()), "libx265", "yuv420p10le"), WHOLE),
    "rgb.mkv": (lambda p: zoo.write(p, still(corners()), "ffv1", "bgr0", tagged=False), WHOLE),
    "wide_pixels.mp4": (lambda p: zoo.write(p, still(corners(160, 180)), aspect=Fraction(2)), WHOLE),
    "wide_pixels.mov": (lambda p: zoo.write(p, still(corners(240, 180)), "prores_ks", "yuv422p10le",
                                            aspect=Fraction(4, 3)), WHOLE),
    "narrow_pixels.mp4": (lambda p: zoo.write(p, still(corners(240, 180)), aspect=Fraction(1, 2)), (100, 0, 120, 180)),
    "phone.mp4": (turned, (110, 0, 100, 180)),
    "full601.mp4": (lambda p: zoo.write(p, still(corners()), matrix="bt601", full=True, pixels="yuvj420p"), WHOLE),
    "untagged.mp4": (lambda p: zoo.write(p, still(corners()), matrix="bt601", tagged=False), WHOLE),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zoo")


@pytest.fixture(scope="module")
def shown(folder: Path) -> dict[str, Rgb]:
    """What the middle of each kind's part of one render looks like."""
    made = [(make(folder / name), SHOWN_S) for name, (make, _) in KINDS.items()]
    pictures = zoo.seen(zoo.render(folder, zoo.clips(made)))
    assert len(pictures) == round(len(KINDS) * SHOWN_S * RATE)
    return {name: pictures[round((k + 0.5) * SHOWN_S * RATE)] for k, name in enumerate(KINDS)}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_video_has_its_colours_and_its_place(name: str, shown: dict[str, Rgb]) -> None:
    rgb, (left, top, width, height) = shown[name], KINDS[name][1]
    for k, color in enumerate(CORNERS):
        x, y = left + width * (2 * (k % 2) + 1) // 4, top + height * (2 * (k // 2) + 1) // 4
        assert rgb[y - 8:y + 8, x - 8:x + 8].mean(axis=(0, 1)) == pytest.approx(color, abs=3.1)
        x, y = left + (4 if k % 2 == 0 else width - 5), top + (4 if k // 2 == 0 else height - 5)
        assert rgb[y, x].tolist() == pytest.approx(color, abs=6)
    outside = np.ones((HEIGHT, WIDTH), bool)
    outside[top:top + height, max(left - 2, 0):left + width + 2] = False
    assert rgb[outside].size == 0 or rgb[outside].max() < 12


def bars(width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    return np.ascontiguousarray(np.repeat(np.array(BARS, np.uint8), -(-width // len(BARS)), axis=0)[None, :width]
                                .repeat(height, axis=0))


def test_colour_bars_come_out_as_they_went_in_whatever_matrix_and_range(folder: Path) -> None:
    kinds = [(m, f, lines) for m in ("bt601", "bt709") for f in (False, True) for lines in (180, 720)]
    made = [(zoo.write(folder / f"bars_{m}_{f}_{lines}.mp4", still(bars(lines * 16 // 9, lines), 8), matrix=m, full=f),
             0.2) for m, f, lines in kinds]
    made += [(zoo.write(folder / f"bars_{codec}.mkv", still(bars(), 8), codec, options=options), 0.2)
             for codec, options in (("libvpx-vp9", {"lossless": "1"}), ("ffv1", {}))]
    pictures = zoo.seen(zoo.render(folder, zoo.clips(made), name="bars.mp4"))
    with av.open(str(folder / "bars.mp4")) as out:
        stream = out.streams.video[0].codec_context
        assert (int(stream.colorspace), int(stream.color_range)) == (1, 1)
    across = -(-WIDTH // len(BARS))
    for number in range(len(made)):
        rgb = pictures[round((number + 0.5) * 0.2 * RATE)]
        for k, color in enumerate(BARS):
            x = min(k * across + across // 2, WIDTH - 14)
            got = rgb[40:140, x - 6:x + 6].mean(axis=(0, 1))
            assert got == pytest.approx(color, abs=2), (made[number][0].name, color)
