"""film: one file being encoded and written, pictures and sound; synchronous, one thread at a time."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from stream.codecs.formats import AUDIO, CODECS, SEGMENT_S, VodRendition, encoder_options, gop_of
from stream.errors import MediaError
from stream.media import SAMPLE_RATE_HZ, AudioFrame, Scaler, VideoFrame, new_frame
from stream.protocols import sei
from stream.run.closed import ClosedCaptions
from stream.vod.palette import Palette


class Film:
    """A file made of composed pictures and mixed sound. Nothing in it depends on when or where it was written.

    `closed` captions (in H.264 and HEVC) are those of a picture's own time, in whatever order pictures are encoded.

    `picture` and `sound` may be called in any mixture, each in its own order; `close` ends the file. A film
    that is given up is `abandon`ed: what is at `path` is then worthless. MediaError when the encoder does not
    open or the disk does not take it.
    """

    def __init__(self, path: Path, rendition: VodRendition, closed: ClosedCaptions | None = None) -> None:
        import av
        from av.video.reformatter import VideoReformatter

        self.path, self.rendition = path, rendition
        self._scaler, self._reformat = Scaler(), VideoReformatter()
        self._palette: Palette | None = None
        self._sent = self._heard = 0
        self._closed, self._said = closed, dict[int, bytes]()
        self._file: Any = None
        try:
            self._file = av.open(str(path), "w", format=rendition.format.muxer,
                                 container_options=_container(path, rendition))
            self._video = _add_video(self._file, rendition) if rendition.video else None
            self._audio = _add_audio(self._file, rendition) if rendition.audio else None
            if rendition.video == "gif":
                self._palette = Palette(rendition)
            self._file.start_encoding()
        except (av.FFmpegError, ValueError) as error:
            self.abandon()
            raise _failed(path, rendition, error) from error

    def picture(self, frame: VideoFrame) -> None:
        """Take the next picture; each lasts 1 / rate."""
        import av

        if self._video is None:
            return
        picture = self._fit(frame)
        picture.pts, picture.time_base = self._sent, 1 / self.rendition.rate
        picture.pict_type = 0  # the encoder chooses
        if self._closed is not None:
            self._said[self._sent] = self._closed.data(frame.pts_ns)
        self._sent += 1
        try:
            for fit in self._palette.feed(picture) if self._palette else [picture]:
                self._mux(self._video.encode(fit))
        except av.FFmpegError as error:
            raise _failed(self.path, self.rendition, error) from error

    def sound(self, frame: AudioFrame) -> None:
        """Take the next sound (stereo or mono, 48 kHz), which follows the one before without a gap."""
        import av

        if self._audio is None:
            return
        samples = frame.samples if frame.samples.shape[0] == 2 else np.repeat(frame.samples[:1], 2, axis=0)
        sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = SAMPLE_RATE_HZ, self._heard, Fraction(1, SAMPLE_RATE_HZ)
        self._heard += samples.shape[1]
        try:
            self._mux(self._audio.encode(sound))
        except av.FFmpegError as error:
            raise _failed(self.path, self.rendition, error) from error

    def close(self) -> None:
        """Encode what is still held and end the file."""
        import av

        try:
            if self._video is not None:
                for last in self._palette.flush() if self._palette else []:
                    self._mux(self._video.encode(last))
                self._mux(self._video.encode(None))
            if self._audio is not None:
                self._mux(self._audio.encode(None))
            self._file.close()
            self._file = None
        except av.FFmpegError as error:
            raise _failed(self.path, self.rendition, error) from error

    def abandon(self) -> None:
        """Let go of the file, whatever state it is in."""
        import av

        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except av.FFmpegError:
            return  # it was given up because of an error that has been told

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            if not packet.duration and packet.stream is self._video:
                packet.duration = 1
            said = self._said.pop(packet.pts, b"") if packet.stream is self._video else b""
            self._file.mux_one(self._captioned(packet, said) if said else packet)

    def _captioned(self, packet: Any, said: bytes) -> Any:
        """Return `packet` (as encoders give it, with start codes) with caption data `said`."""
        import av

        codec = self.rendition.video
        out: Any = av.Packet(sei.inserted(bytes(packet), sei.caption_nal(said, codec), codec, length_bytes=0))
        out.pts, out.dts, out.time_base, out.duration = packet.pts, packet.dts, packet.time_base, packet.duration
        out.is_keyframe, out.stream = packet.is_keyframe, packet.stream
        return out

    def _fit(self, frame: VideoFrame) -> Any:
        rendition = self.rendition
        fitted = self._scaler.frame(frame, rendition.width_px, rendition.height_px)
        if rendition.quality.alpha and fitted.a is None:
            fitted = with_opaque_alpha(fitted)
        elif not rendition.quality.alpha and (fitted.a is not None or fitted.av is None):
            fitted = self._scaler.opaque(fitted)
        picture = fitted.av
        if rendition.pixels in ("pal8", picture.format.name):
            return picture
        return self._reformat.reformat(picture, format=rendition.pixels, src_colorspace=1, dst_colorspace=1,
                                       src_color_range=1, dst_color_range=1, threads=1)


def with_opaque_alpha(frame: VideoFrame) -> VideoFrame:
    """Return a copy of `frame` with an alpha plane that hides nothing."""
    out = new_frame(frame.width_px, frame.height_px, alpha=True, pts_ns=frame.pts_ns)
    assert out.a is not None
    out.y[:], out.u[:], out.v[:], out.a[:] = frame.y, frame.u, frame.v, 255
    return out


def _container(path: Path, rendition: VodRendition) -> dict[str, str]:
    """The muxer's options: bitexact keeps dates and random identities out."""
    out = {"fflags": "+bitexact", **rendition.format.options}
    if rendition.format.muxer == "hls":
        out |= {"hls_segment_type": "fmp4", "hls_time": str(SEGMENT_S), "hls_playlist_type": "vod",
                "hls_segment_filename": str(path.with_name(f"{path.stem}_%05d.m4s")),
                "hls_fmp4_init_filename": f"{path.stem}_init.mp4", "hls_flags": "independent_segments"}
    return out


def _add_video(file: Any, rendition: VodRendition) -> Any:
    codec, quality = CODECS[rendition.video], rendition.quality
    if codec.encoder == "libsvtav1":
        os.environ.setdefault("SVT_LOG", "1")  # errors only; the library reads no other setting for it
    stream = file.add_stream(codec.encoder, rate=rendition.rate, options=encoder_options(rendition))
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = rendition.width_px, rendition.height_px, rendition.pixels
    context.time_base = 1 / rendition.rate
    context.thread_count = rendition.threads
    context.thread_type = "FRAME"  # x264 in slices would keep its threads waiting for each other
    if rendition.video == "gif":
        return stream
    context.colorspace = context.color_primaries = context.color_trc = context.color_range = 1
    if codec.presets:
        context.gop_size = gop_of(rendition)
    if codec.tag and rendition.format.muxer in ("mp4", "mov", "hls"):
        context.codec_tag = codec.tag
    most = quality.max_bitrate
    if quality.bitrate is not None and codec.crf is not None:
        if quality.crf is None:
            context.bit_rate = min(quality.bitrate, most or quality.bitrate)
        else:
            most = min(quality.bitrate, most or quality.bitrate)
    if most:
        context.options = {**context.options, "maxrate": str(most), "bufsize": str(2 * most)}
    return stream


def _add_audio(file: Any, rendition: VodRendition) -> Any:
    encoder, samples, bitrate = AUDIO[rendition.audio]
    stream = file.add_stream(encoder, rate=SAMPLE_RATE_HZ)
    context = stream.codec_context
    context.layout, context.format = "stereo", samples
    if bitrate:
        context.bit_rate = bitrate
    context.time_base = Fraction(1, SAMPLE_RATE_HZ)
    return stream


def _failed(path: Path, rendition: VodRendition, error: Exception) -> MediaError:
    if isinstance(error, OSError) and error.strerror and error.errno and error.errno > 0:
        return MediaError(f"{path} cannot be written: {error.strerror}", "Free some space, or choose another folder")
    what = rendition.video or rendition.audio
    return MediaError(f"{what} of {rendition.width_px}x{rendition.height_px} cannot be encoded: {error}",
                      "Choose another --codec or --size")
