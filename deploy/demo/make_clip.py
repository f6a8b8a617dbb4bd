"""make_clip: makes clip.mp4, the demo's stream, and beach.jpg, its new background.

    pip download --no-deps scikit-image && pip install hibari-tts opencv-contrib-python pillow skia-python av
    python deploy/demo/make_clip.py scikit_image-*.whl

A portrait (skimage/data/astronaut.png in that wheel: NASA, public domain) is cut out of its picture
and stands in a drawn room; a camera held by hand looks at it; a voice reads script.txt. NOTICE says where
all of it comes from. None of this is needed to run the demo.
"""

import io
import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import scenery
from numpy.typing import NDArray
from PIL import Image

HERE = Path(__file__).parent
WIDTH, HEIGHT, RATE, SOUND_HZ, VOICE_HZ = 1280, 720, 30, 48_000, 24_000
LEAD_S, PAUSE_S, TAIL_S = 1.0, 0.4, 1.6
VIDEO_BITRATE, AUDIO_BITRATE = 780_000, 96_000
PERSON_SCALE, BELOW_PX = 1.9, 338  # she is seen to this row of the portrait: what she holds stays out of sight
Picture = NDArray[np.float32]

# Drawn by hand on astronaut.png (512 x 512): what is surely her (helmet included), and what may be.
SURELY = ((176, 60), (200, 35), (250, 35), (285, 70), (288, 105), (268, 130), (256, 165), (257, 178), (288, 208),
          (292, 250), (310, 262), (330, 290), (342, 345), (380, 362), (430, 370), (465, 400), (480, 450), (484, 511),
          (40, 511), (40, 440), (45, 330), (60, 280), (90, 245), (122, 222), (124, 198), (150, 162), (183, 154),
          (183, 130), (168, 110), (165, 80))
POSSIBLY = ((150, 60), (175, 25), (215, 8), (265, 15), (298, 55), (306, 95), (292, 135), (283, 165), (312, 205),
            (312, 235), (340, 260), (358, 290), (368, 335), (368, 344), (430, 338), (480, 365), (500, 420), (511, 455),
            (511, 511), (14, 511), (14, 440), (26, 330), (40, 275), (75, 232), (108, 212), (108, 185), (130, 152),
            (165, 142), (172, 132), (150, 105))


def main(wheel: Path) -> None:
    """Write clip.mp4 and beach.jpg beside this script."""
    Image.fromarray(scenery.beach(WIDTH, HEIGHT)).save(HERE / "beach.jpg", quality=88, optimize=True)
    voice = speech((HERE / "script.txt").read_text())
    person, alpha = cut_out(wheel)
    room = scenery.room(1600, 900).astype(np.float32)
    frames = voice.size * RATE // SOUND_HZ
    with av.open(str(HERE / "clip.mp4"), "w", options={"movflags": "faststart"}) as out:
        video, audio = streams(out)
        shake = handheld(frames)
        for frame in range(frames):
            picture = av.VideoFrame.from_ndarray(shot(room, person, alpha, frame, shake[frame]), "rgb24")
            picture = picture.reformat(format="yuv420p", dst_colorspace=1, dst_color_range=1)
            picture.pts, picture.time_base = frame, Fraction(1, RATE)
            out.mux(video.encode(picture))
        for start in range(0, voice.size, 1024):
            piece = np.stack([voice[start:start + 1024]] * 2)
            sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), "fltp", "stereo")
            sound.sample_rate, sound.pts, sound.time_base = SOUND_HZ, start, Fraction(1, SOUND_HZ)
            out.mux(audio.encode(sound))
        out.mux(video.encode(None))
        out.mux(audio.encode(None))
    size = (HERE / "clip.mp4").stat().st_size
    print(f"clip.mp4: {frames / RATE:.1f} s, {size / 1e6:.2f} MB")
    if size > 3_000_000:
        raise SystemExit("the clip must not be larger than 3 MB")


def streams(out: Any) -> tuple[Any, Any]:
    """Return the video and audio streams of `out`: H.264 without B-frames, a key frame every 2 s; AAC stereo."""
    video = out.add_stream("libx264", rate=RATE)
    video.width, video.height, video.pix_fmt, video.bit_rate = WIDTH, HEIGHT, "yuv420p", VIDEO_BITRATE
    context = video.codec_context
    context.gop_size, context.max_b_frames = 2 * RATE, 0
    context.colorspace = context.color_primaries = context.color_trc = context.color_range = 1
    video.options = {"preset": "slower", "profile": "main", "x264-params": f"keyint={2 * RATE}:scenecut=0:bframes=0"}
    audio = out.add_stream("aac", rate=SOUND_HZ)
    audio.layout, audio.bit_rate = "stereo", AUDIO_BITRATE
    return video, audio


def speech(text: str) -> NDArray[np.float32]:
    """Return `text` read aloud, mono, 48 kHz, a whole number of pictures long."""
    from hibari import Hibari

    voice = Hibari()
    silence = np.zeros(round(PAUSE_S * VOICE_HZ), np.float32)
    parts = [np.zeros(round(LEAD_S * VOICE_HZ), np.float32)]
    for sentence in voice.split_sentences(text):
        parts += [voice(sentence, seed=5), silence]
    said = np.concatenate([*parts, np.zeros(round(TAIL_S * VOICE_HZ), np.float32)])
    said = said[:said.size // VOICE_HZ * VOICE_HZ] * (0.6 / np.abs(said).max())
    wide = np.zeros(said.size + 1, np.complex128)
    wide[:said.size // 2 + 1] = np.fft.rfft(said)
    return np.asarray(np.fft.irfft(wide, 2 * said.size) * 2, np.float32)


def cut_out(wheel: Path) -> tuple[Picture, Picture]:
    """Return the person, shape (h, w, 3), and her alpha in [0, 1], at the size in which she stands in the room."""
    with zipfile.ZipFile(wheel) as archive:
        portrait = np.asarray(Image.open(io.BytesIO(archive.read("skimage/data/astronaut.png"))).convert("RGB"))
    mask = np.full(portrait.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.fillPoly(mask, [np.array(POSSIBLY)], cv2.GC_PR_FGD)
    cv2.fillPoly(mask, [np.array(SURELY)], cv2.GC_FGD)
    cv2.grabCut(portrait, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 6, cv2.GC_INIT_WITH_MASK)
    cut = cv2.medianBlur(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8) * 255, 5)
    inner = cv2.erode(cut, np.ones((5, 5), np.uint8))
    alpha = np.clip(cv2.ximgproc.guidedFilter(portrait, cut.astype(np.float32) / 255, 3, 40.0) * 1.15 - 0.1, 0, 1)
    clean = cv2.inpaint(portrait, ((inner == 0) & (alpha > 0)).astype(np.uint8), 3, cv2.INPAINT_TELEA)
    edge = np.where(((inner == 0) & (alpha < 0.97))[..., None], clean, portrait)
    size = tuple(round(n * PERSON_SCALE) for n in portrait.shape[1::-1])
    large = cv2.resize(edge, size, interpolation=cv2.INTER_LANCZOS4).astype(np.float32)
    large += 0.12 * (large - cv2.GaussianBlur(large, (0, 0), 1.4))
    soft = cv2.GaussianBlur(alpha, (0, 0), 1.1)
    opaque = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return np.clip(large * (1.02, 0.99, 0.95), 0, 255).astype(np.float32), opaque


def handheld(frames: int) -> NDArray[np.float64]:
    """Return a camera's small unrest, shape (frames, 2) in px: slow random motion without steps."""
    rng = np.random.default_rng(17)
    t = np.arange(frames) / RATE
    waves = [(rng.uniform(0.1, 0.9), rng.uniform(0, 7), rng.uniform(0, 7)) for _ in range(7)]
    return np.stack([sum(np.sin(6.28 * f * t + phase[axis]) / (1 + 3 * f) for f, *phase in waves)
                     for axis in (0, 1)], axis=1) * 0.8


def shot(room: Picture, person: Picture, alpha: Picture, frame: int, shake: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return picture `frame`, shape (HEIGHT, WIDTH, 3): the camera pans and closes in, she sways before the room."""
    t = frame / RATE
    zoom = 1.0 + 0.035 * (1 - np.cos(0.22 * t))
    pan = 46 * np.sin(0.17 * t - 0.6)
    far = zoom * 0.88
    back = np.array([[far, 0, WIDTH / 2 - 800 * far - pan * 0.55 + shake[0] * 0.6],
                     [0, far, HEIGHT / 2 - 440 * far + shake[1] * 0.6]])
    picture = cv2.warpAffine(room, back, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    lean = np.deg2rad(0.9 * np.sin(0.83 * t) + 0.35 * np.sin(2.1 * t + 1))
    breath = 1 + 0.004 * np.sin(1.6 * t)
    height, width = alpha.shape
    a, b = zoom * breath * np.cos(lean), zoom * breath * np.sin(lean)
    foot = (WIDTH / 2 + 40 - pan + shake[0] + 9 * np.sin(0.51 * t),
            HEIGHT + (height - BELOW_PX * PERSON_SCALE) * zoom + shake[1])
    near = np.array([[a, -b, foot[0] - a * width / 2 + b * height], [b, a, foot[1] - b * width / 2 - a * height]])
    body = cv2.warpAffine(person, near, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(alpha, near, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)[..., None]
    shade = cv2.GaussianBlur(cover, (0, 0), 24)[..., None] * 0.16
    picture = picture * (1 - shade)
    picture = picture * (1 - cover) + body * cover
    grain = np.random.default_rng(frame).normal(0, 1.1, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
