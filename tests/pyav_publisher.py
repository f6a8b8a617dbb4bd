"""pyav_publisher: `python pyav_publisher.py URL VIDEO AUDIO` publishes a second with FFmpeg 8's own flv muxer.

It is a program of its own because PyAV connects while holding the interpreter lock.
"""

import sys
from fractions import Fraction

import av
import numpy as np

OPTIONS = {"libx265": {"preset": "ultrafast", "x265-params": "log-level=none:bframes=2:keyint=25"},
           "libsvtav1": {"preset": "12", "svtav1-params": "keyint=25:lookahead=0"}}


def main(url: str, video: str, audio: str) -> None:
    with av.open(url, "w", format="flv") as out:
        picture = out.add_stream(video, rate=25, options=OPTIONS.get(video, {}))
        picture.width, picture.height, picture.pix_fmt = 160, 120, "yuv420p"
        sound = out.add_stream(audio, rate=48000, layout="stereo")
        for index in range(25):
            frame = av.VideoFrame.from_ndarray(np.full((180, 160), 60 + index, np.uint8), "yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            out.mux(picture.encode(frame))
            for half in range(2):
                piece = av.AudioFrame.from_ndarray(np.zeros((2, 960), np.float32), "fltp", "stereo")
                piece.sample_rate, piece.pts, piece.time_base = 48000, (index * 2 + half) * 960, Fraction(1, 48000)
                out.mux(sound.encode(piece))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))


if __name__ == "__main__":
    main(*sys.argv[1:])
