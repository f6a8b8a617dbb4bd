"""make_speech: makes speech.opus and speech.json, a voice and the times of its words.

Needs hibari-tts (Apache-2.0, voice "heart") and pocketsphinx; neither is needed to use the result.
Run it as `python stream/marks/assets/make_speech.py`; the files appear beside it.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
SENTENCES = (
    "The morning train leaves the station at a quarter past seven.",
    "A small green boat waits beside the old stone bridge.",
    "Please bring fresh bread, some cheese, and a bottle of water.",
    "Every picture on the wall tells a different story.",
    "When the rain stops, the children run into the garden.",
)
LENGTH_S, FIRST_S, PAUSE_S = 20, 0.6, 0.45
VOICE_HZ, ALIGN_HZ, RATE_HZ = 24_000, 16_000, 48_000
LEVEL = 0.45
Samples = NDArray[np.float32]


def main() -> None:
    """Write both files."""
    from hibari import Hibari

    voice = Hibari()
    sound = np.zeros(LENGTH_S * RATE_HZ, np.float32)
    words: list[dict[str, object]] = []
    at_s = FIRST_S
    for sentence in SENTENCES:
        said = trimmed(voice(sentence, seed=7))
        for word, start_s, end_s in align(sentence, resampled(said, VOICE_HZ, ALIGN_HZ)):
            words.append({"text": word, "start_s": round(at_s + start_s, 3), "end_s": round(at_s + end_s, 3)})
        wide = resampled(said, VOICE_HZ, RATE_HZ)
        start = round(at_s * RATE_HZ)
        sound[start:start + wide.size] += wide * (LEVEL / np.abs(wide).max())
        at_s += said.size / VOICE_HZ + PAUSE_S
    if at_s > LENGTH_S:
        raise SystemExit(f"the sentences take {at_s:.1f} s; there are {LENGTH_S} s")
    write_opus(HERE / "speech.opus", sound)
    rows = ",\n  ".join(json.dumps(word) for word in words)
    (HERE / "speech.json").write_text(f'{{"length_s": {LENGTH_S}, "words": [\n  {rows}\n]}}\n')


def trimmed(sound: Samples) -> Samples:
    """Return `sound` without the silence at its ends, 20 ms kept."""
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    return sound[max(0, loud[0] - VOICE_HZ // 50):loud[-1] + VOICE_HZ // 50]


def resampled(sound: Samples, from_hz: int, to_hz: int) -> Samples:
    """Return `sound` at another rate (band-limited, through the spectrum of the whole)."""
    size = round(sound.size * to_hz / from_hz)
    spectrum = np.fft.rfft(sound)
    out = np.zeros(size // 2 + 1, np.complex128)
    kept = min(out.size, spectrum.size)
    out[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(out, size) * (to_hz / from_hz), np.float32)


def align(sentence: str, sound: Samples) -> list[tuple[str, float, float]]:
    """Return (word as written, start, end) in s by forced alignment of `sound`, 16 kHz."""
    from pocketsphinx import Decoder

    written = sentence.split()
    plain = [w.strip(".,").lower() for w in written]
    decoder: Any = Decoder(samprate=ALIGN_HZ, loglevel="FATAL", bestpath=False)
    decoder.set_align_text(" ".join(plain))
    decoder.start_utt()
    decoder.process_raw((np.concatenate([sound, np.zeros(4800, np.float32)]) * 32000).astype("<i2").tobytes(),
                        full_utt=True)
    decoder.end_utt()
    spoken = [(s.word.split("(")[0], s.start_frame / 100, (s.end_frame + 1) / 100) for s in decoder.seg()
              if not s.word.startswith(("<", "["))]
    if [s[0] for s in spoken] != plain:
        raise SystemExit(f"alignment read {spoken} for {sentence!r}")
    return [(text, start, end) for text, (_, start, end) in zip(written, spoken, strict=True)]


def write_opus(path: Path, sound: Samples) -> None:
    """Write mono `sound`, 48 kHz, as Ogg Opus of 40 kb/s."""
    import av

    with av.open(str(path), "w", format="ogg") as out:
        stream: Any = out.add_stream("libopus", rate=RATE_HZ)
        stream.layout, stream.bit_rate = "mono", 40_000
        stream.time_base = Fraction(1, RATE_HZ)
        for start in range(0, sound.size, 960):
            frame = av.AudioFrame.from_ndarray((sound[None, start:start + 960] * 32767).astype(np.int16), "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


if __name__ == "__main__":
    main()
