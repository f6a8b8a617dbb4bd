"""facts: what is known of the media a document names, before anything of them is decoded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

# "live+" in front of another scheme (live+file, live+https) plays that medium as a live input, at its own pace
LIVE_SCHEMES = frozenset({"rtmp", "rtmps", "rtmp-listen", "rtmps-listen", "test", "srt", "rtsp", "udp", "whip", "whep",
                          "wheps"})
Role = Literal["video", "image", "audio", "live", "font", "subtitle", "mask"]


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What one medium is. `width_px` x `height_px` in square pixels, before `rotation_deg`; zeros mean "not known"."""

    kind: Literal["video", "audio", "image", "live", "missing"]
    width_px: int = 0
    height_px: int = 0
    rotation_deg: int = 0
    duration_ns: int = 0
    rate: Fraction | None = None
    has_video: bool = False
    has_audio: bool = False
    error: str = ""

    @property
    def shown_px(self) -> tuple[int, int]:
        """Width and height as seen: swapped when turned by a quarter."""
        if self.rotation_deg % 180 == 90:
            return self.height_px, self.width_px
        return self.width_px, self.height_px


@dataclass(frozen=True, slots=True)
class Speech:
    """A text read aloud: how long it is, and each sentence with its start and end in ns from the beginning.

    `url` is where the sound is; without one it is a stand-in of that length.
    """

    duration_ns: int
    sentences: tuple[tuple[str, int, int], ...] = ()
    url: str = ""

    @property
    def sound(self) -> str:
        """The URL to be played: the voice's, else a tone of this length."""
        return self.url or f"tone://{self.duration_ns}"


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of every medium by the URL (or MediaId) that the document names it by.

    `texts` holds the bytes of the subtitle files it names.
    """

    media: Mapping[str, MediaFacts] = field(default_factory=dict)
    texts: Mapping[str, bytes] = field(default_factory=dict)

    def of(self, url: str) -> MediaFacts:
        """Return the facts of `url`; of a live URL nobody probed, that it is live; else that it is missing."""
        known = self.media.get(url)
        if known is not None:
            return known
        return MediaFacts("live") if is_live_url(url) else MediaFacts("missing", error="nobody looked for it")


@dataclass(frozen=True, slots=True)
class MediaRef:
    """One place where a document names a medium: the URL (or MediaId), its JSON path and what it is for."""

    url: str
    path: str
    role: Role


def is_live_url(url: str) -> bool:
    """Return whether `url` is a live input by its scheme; files and http(s) are not, unless "live+" stands before."""
    scheme, colon, _ = url.partition("://")
    scheme = scheme.strip().lower()
    return bool(colon) and (scheme in LIVE_SCHEMES or scheme.startswith("live+"))


def has_key(url: str) -> bool:
    """Return whether the last part of `url`'s path is a stream key: of live URLs, but not of files played as live."""
    return is_live_url(url) and not url.strip().lower().startswith("live+")


def shown_url(url: str) -> str:
    """Return `url` as a message may name it: no user, no query, and of a live URL not its last part (the key)."""
    scheme, colon, rest = url.partition("://")
    if not colon:
        return url if len(url) <= 80 else f"…{url[-79:]}"
    where = rest.partition("?")[0].partition("#")[0]
    host, slash, path = where.partition("/")
    host = host.rpartition("@")[2]
    folder, _, name = path.rpartition("/")
    if has_key(url) and name and not name.startswith("${"):
        name = "…"
    return f"{scheme}://{host}{slash}{f'{folder}/' if folder else ''}{name}"
