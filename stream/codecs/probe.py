"""probe: what one medium is, before anything of it is shown."""

from pathlib import Path

from stream.codecs.demux import Demuxer
from stream.errors import CuelightError
from stream.media.animation import moves
from stream.media.image import header_of
from stream.timeline.facts import MediaFacts

_HEADER = 1 << 20
_TIMEOUT_S = 10.0


def probe(url: str) -> MediaFacts:
    """Return the facts of a picture, sound or video at `url` (a path, file: or http(s) URL).

    What is absent or unreadable is of kind "missing", and `error` says why in one line.
    """
    path = Path(url.removeprefix("file://"))
    if "://" not in url or url.startswith("file:"):
        if not path.is_file():
            return MediaFacts("missing", error=f"{path} is not there")
        try:
            with path.open("rb") as file:
                start = file.read(_HEADER)
            image = header_of(start)
        except OSError as error:
            return MediaFacts("missing", error=f"{path} cannot be read: {error.strerror}")
        if image is not None and image.demuxer != "gif" and not moves(start):
            return MediaFacts("image", *_upright(image.width_px, image.height_px, image.rotation_deg))
        url = str(path)
    try:
        demuxer = Demuxer(url, timeout_s=_TIMEOUT_S)
    except CuelightError as error:
        return MediaFacts("missing", error=error.message)
    try:
        return _facts(demuxer)
    finally:
        demuxer.close()


def _upright(width_px: int, height_px: int, rotation_deg: int) -> tuple[int, int]:
    """The size as seen: pictures are turned when they are read, so their facts need no rotation."""
    return (height_px, width_px) if rotation_deg % 180 else (width_px, height_px)


def _facts(demuxer: Demuxer) -> MediaFacts:
    video = next((setup for setup in demuxer.setups if setup.kind == "video"), None)
    has_audio = any(setup.kind == "audio" for setup in demuxer.setups)
    if video is None:
        return MediaFacts("audio", duration_ns=demuxer.duration_ns, has_audio=True)
    width_px = video.shown_width_px or video.width_px
    if demuxer.is_image:
        return MediaFacts("image", width_px, video.height_px)
    return MediaFacts("video", width_px, video.height_px, video.rotation_deg, demuxer.duration_ns, video.rate,
                      has_video=True, has_audio=has_audio)
