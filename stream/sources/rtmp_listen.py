"""rtmp_listen: packets from publishers such as OBS or ffmpeg that connect to us, one after another."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from stream.errors import OptionError
from stream.media import Packet
from stream.options import decode
from stream.protocols.rtmp import Address, parse_url
from stream.sources import ListenSpec, SourceContext
from stream.sources._listening import published


@dataclass(frozen=True, slots=True)
class Options:
    """`reconnect_s`: how long to wait for a publisher to come back; `first_s`: for the first one (0: for ever).

    `idle_s`: a publisher that sends nothing for so long has gone. `cert`, `key`: PEM files for rtmps-listen.
    """

    reconnect_s: float = 30.0
    first_s: float = 0.0
    idle_s: float = 10.0
    cert: str = ""
    key: str = ""


def parse(url: str, options: Mapping[str, str]) -> tuple[Address, Options]:
    """Return where to listen and how. Options may also stand in the URL's query; OptionError when unknown."""
    parts = urlsplit(url)
    asked = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **options}
    address, wanted = parse_url(urlunsplit(parts._replace(query=""))), decode(Options, asked, parts.scheme)
    is_tls = address.scheme == "rtmps-listen"
    if is_tls and not (wanted.cert and wanted.key):
        raise OptionError("rtmps-listen: a certificate and its key are needed", "Add cert=FILE.pem and key=FILE.pem")
    if not is_tls and (wanted.cert or wanted.key):
        raise OptionError("rtmp-listen: plain RTMP has no certificate", "Write rtmps-listen://")
    return address, wanted


def obs_lines(url: str) -> tuple[str, str]:
    """Return what to paste into OBS for `url`: (Server, Stream Key), with an address others can reach."""
    address = parse_url(url.partition("?")[0])
    scheme = address.scheme.removesuffix("-listen")
    return Address(scheme, _reachable(address.host), address.port, address.app, address.key).tc_url, address.key


async def read(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
    """Yield the packets of every publisher of rtmp-listen://host:port/app/KEY; `connection` counts them from 0.

    Ends when no publisher came back within `reconnect_s`. Raises OptionError, and MediaError when the
    port cannot be had.
    """
    address, wanted = parse(url, options)
    tls = (wanted.cert, wanted.key) if wanted.cert else None
    spec = ListenSpec(address.host, address.port, address.app, address.key, tls, wanted.idle_s)
    async with aclosing(published(spec, address.shown, wanted.first_s, wanted.reconnect_s, context)) as packets:
        async for packet in packets:
            yield packet


def _reachable(host: str) -> str:
    """Return `host`, or this machine's address as others see it where `host` means every address.

    Connecting a UDP socket sends nothing; it asks which of our addresses leads there.
    """
    family, far = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    try:
        if not ip_address(host).is_unspecified:
            return host
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
    except ValueError:
        return host
    except OSError:
        return "localhost"
