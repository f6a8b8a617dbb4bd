"""stills: one composed picture as the bytes of a PNG or JPEG file."""

from fractions import Fraction

from stream.errors import MediaError
from stream.media import Scaler, VideoFrame


def write_png(frame: VideoFrame) -> bytes:
    """Return `frame` as an RGB PNG. MediaError when this build of FFmpeg cannot encode PNG."""
    import av

    rgb = Scaler().rgb(frame, frame.width_px, frame.height_px)
    try:
        encoder = av.CodecContext.create("png", "w")
    except av.FFmpegError as error:
        raise MediaError("this FFmpeg has no PNG encoder", "Install the av package from the lock") from error
    encoder.width, encoder.height, encoder.pix_fmt = frame.width_px, frame.height_px, "rgb24"
    encoder.time_base = Fraction(1, 25)
    picture = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    picture.pts, picture.time_base = 0, encoder.time_base
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])


def write_jpeg(frame: VideoFrame) -> bytes:
    """Return `frame` (alpha dropped) as a JPEG (JFIF: BT.601, full range), of quality 2 on FFmpeg's scale of 31."""
    import av

    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width_px, frame.height_px, "yuvj420p"
    encoder.time_base, encoder.qmin, encoder.qmax = Fraction(1, 25), 2, 2
    encoder.options = {"flags": "+bitexact"}
    fitted = Scaler().opaque(Scaler().frame(frame, frame.width_px, frame.height_px, matrix="bt601", full_range=True))
    picture = fitted.av.reformat(format="yuvj420p", src_color_range=2, dst_color_range=2, threads=1)
    picture.pts, picture.time_base = 0, encoder.time_base
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
