"""rtmp: what both ends of an RTMP connection share: addresses, and the events a connection reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from stream.errors import OptionError, redact
from stream.protocols.amf import Value

AUDIO, VIDEO, DATA = 8, 9, 18
PORTS = {"rtmp": 1935, "rtmps": 443}
FOURCCS = ("avc1", "hvc1", "av01", "vp09", "mp4a", "Opus", "fLaC", ".mp3")
CAPS_EX = 2 | 4 | 8  # multitrack, ModEx and nanosecond offsets are understood (Enhanced RTMP v2)


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A client wants to publish `key` to `app`, both as it wrote them. Answer before the next event."""

    app: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """A client wants to play `key` of `app`. Answer before the next event."""

    app: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Started:
    """The server lets us publish, or plays to us, from now on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server turned us away: its status code and its own words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Media:
    """One audio (8) or video (9) message: FLV tag body and 32-bit time in ms."""

    kind: int
    time_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Metadata:
    """What onMetaData says of the stream."""

    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Ended:
    """The peer said that the stream is over."""

    words: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a stream lives: `key` is the last part of the URL's path with its query, `app` all before it."""

    scheme: str
    host: str
    port: int
    app: str
    key: str = field(repr=False)

    @property
    def tc_url(self) -> str:
        """The URL of the app, as `connect` names it: without a default port, never with the key."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if PORTS.get(self.scheme) == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}/{self.app}"

    @property
    def shown(self) -> str:
        """The address as it may be logged."""
        return f"{self.tc_url}/{redact(self.key)}"


def parse_url(url: str) -> Address:
    """Return the parts of `scheme://host[:port]/app[/instance]/key[?query]`; OptionError when some are missing."""
    scheme = url.partition("://")[0]
    parts = urlsplit(url)
    app, _, key = unquote(parts.path).strip("/").rpartition("/")
    example = f"Write {scheme}://HOST/live/KEY"
    if parts.username or parts.password:
        raise OptionError(f"{scheme}: a user name in the URL is not supported", "Put the token into the stream key")
    try:
        port = parts.port
    except ValueError:
        raise OptionError(f"{scheme}: the port is not a number from 1 to 65535", example) from None
    if not parts.hostname or not app or not key:
        raise OptionError(f"{scheme}: the URL needs a host, an app and a stream key", example)
    if parts.query:
        key = f"{key}?{parts.query}"
    return Address(scheme, parts.hostname, PORTS.get(scheme.removesuffix("-listen"), 1935) if port is None else port,
                   app, key)


def stream_path(app: str, key: str) -> str:
    """Return what tells one stream from another: "app/instance/key" without slashes at the ends or any query.

    Clients put tokens (`key?token=…`) and the app's instance in different places; all mean the same stream.
    """
    parts = (*app.partition("?")[0].split("/"), *key.partition("?")[0].split("/"))
    return "/".join(part for part in parts if part)
