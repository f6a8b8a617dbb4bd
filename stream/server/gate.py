"""gate: what a caller may have this machine read, fetch or write to: one allow-list for every URL and path."""

import asyncio
import ipaddress
import os
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from stream.errors import MediaError, OptionError, RefusedError
from stream.server.config import Config
from stream.timeline.schema import Document
from stream.timeline.starters import expand_secrets

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LookUp = Callable[[str], Awaitable[list[str]]]

FETCHED = frozenset({"http", "https", "rtmp", "rtmps", "rtsp", "srt", "whep", "wheps"})
"""Schemes of sources that connect to a host: its addresses are looked at."""
WAITING = frozenset({"rtmp-listen", "rtmps-listen", "udp", "whip"})
"""Schemes of sources that wait for somebody to send, on a port or route of our own."""
MADE = frozenset({"test", "tone"})
SENT = frozenset({"rtmp", "rtmps"})
"""Schemes of sinks."""
ENV_PREFIX = "CUELIGHT_"
"""Callers may name secrets of the environment as ${CUELIGHT_…}; nothing else of it."""
LONGEST, LOOK_UP_S = 4096, 5.0
_BAD = re.compile(r"[\x00-\x20\x7f\\]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def look_up(host: str) -> list[str]:
    """Return every address of `host`; MediaError when it has none."""
    try:
        async with asyncio.timeout(LOOK_UP_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise MediaError(f"the host {host} cannot be found", "Check how it is spelled") from error
    return [str(entry[4][0]).partition("%")[0] for entry in found]


@dataclass(frozen=True, slots=True)
class Gate:
    """The allow-list. `folders` may be read from and `outs` written into; both are real paths.

    `hosts` and `networks` are allowed by name although they are private; `public` lets every public address be used.
    `media` is where relative names are looked for, `out` where relative outputs go.
    """

    media: Path
    out: Path
    folders: tuple[Path, ...] = ()
    outs: tuple[Path, ...] = ()
    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    public: bool = True
    look_up: LookUp = look_up

    @classmethod
    def of(cls, config: Config) -> "Gate":
        """Return the gate of `config.allow`: folders, out:FOLDER, hosts, addresses and networks."""
        folders, outs = [config.media, config.recordings, config.out], [config.out]
        hosts, networks = set(), list[Network]()
        for entry in config.allow:
            if entry.startswith("out:"):
                outs.append(_folder(entry[4:]))
            elif entry.startswith(("/", ".", "~")):
                folders.append(_folder(entry))
            else:
                try:
                    networks.append(ipaddress.ip_network(entry))
                except ValueError:
                    hosts.add(_host(entry))
        return cls(config.media.resolve(), config.out.resolve(), tuple(f.resolve() for f in folders),
                   tuple(f.resolve() for f in outs), frozenset(hosts), tuple(networks), config.public_media)

    @property
    def env(self) -> Mapping[str, str]:
        """The part of the environment that callers' URLs may name."""
        return {name: value for name, value in os.environ.items() if name.startswith(ENV_PREFIX)}

    async def document(self, document: Document) -> None:
        """Raise RefusedError (or MediaError, OptionError) for the first thing `document` names that may not be used."""
        named = {ref.url: ref.path for ref in document.media_urls()}
        for part, path in document.parts():
            named |= dict.fromkeys(_sounds(getattr(part, "Content", None)), f"{path}.Content")
        for url, path in named.items():
            try:
                await self.source(url)
            except (RefusedError, MediaError, OptionError) as error:
                raise type(error)(f"{path}: {error.message}", error.remedy) from error
        notes = document.notes.Captions
        if notes is not None:
            for name in (notes.Engine, notes.SecondEngine, notes.Translator):
                self.engine(name or "", folder=name is notes.Translator)

    def engine(self, name: str, *, folder: bool = False) -> None:
        """Raise RefusedError for an engine NAME:FOLDER (`folder`: or a folder alone) whose folder may not be read."""
        engine, colon, path = name.partition(":")
        where = path if colon else engine if folder else ""
        if where:
            self.file(where)

    async def source(self, url: str) -> None:
        """Raise RefusedError unless `url` (a medium's or live source's, secrets unexpanded) may be read."""
        expanded = self._expanded(url).removeprefix("live+")
        scheme, colon, _ = expanded.partition("://")
        beside = self.media / Path(expanded).name
        if not colon or scheme == "file" or (Path(expanded).name and beside.is_file()):
            self.file(expanded)
        elif scheme in MADE:
            return
        elif scheme in WAITING:
            self._port(expanded)
        elif scheme in FETCHED:
            await self._far(expanded, listens=scheme == "srt")
        else:
            raise RefusedError(f"{scheme[:40]}:// may not be read",
                               f"There are: {', '.join(sorted(FETCHED | WAITING))}")

    async def sink(self, url: str) -> str:
        """Return `url` (a sink's, secrets unexpanded) as it may be written to; RefusedError otherwise.

        A relative file or folder/ is put into the server's own output folder.
        """
        expanded = self._expanded(url)
        scheme, colon, _ = expanded.partition("://")
        if colon and scheme != "file":
            if scheme not in SENT:
                raise RefusedError(f"{scheme[:40]}:// may not be written to", f"There are: {', '.join(sorted(SENT))}")
            await self._far(expanded, listens=scheme == "srt")
            return url.strip()
        path = (self.out / expanded.removeprefix("file://")).resolve()
        if not any(path.is_relative_to(folder) for folder in self.outs) or path in self.outs:
            raise RefusedError("this place may not be written to", "Give a name alone, or allow the folder: out:FOLDER")
        return f"{path}{'/' if expanded.endswith('/') else ''}"

    def file(self, name: str) -> Path:
        """Return the file or folder `name` stands for, symlinks resolved; RefusedError where it may not be read.

        A relative name is one of the media folder's; MediaError where it holds no such thing.
        """
        if not name.strip() or len(name) > LONGEST or "\0" in name:
            raise RefusedError("this is no name of a file", "Give a shorter one")
        plain = Path(name.removeprefix("file://"))
        if plain.is_absolute():
            found = plain
        else:
            found = next((path for path in (self.media / name, self.media / plain.name) if path.exists()), plain)
            if found is plain:
                raise MediaError(f"there is no {plain.name!r} among the server's media", "Put it into its media folder")
        found = found.resolve()
        if not any(found.is_relative_to(folder) for folder in self.folders):
            raise RefusedError(f"{plain.name!r} lies where nothing may be read", "Allow the folder: --allow FOLDER")
        return found

    def _expanded(self, url: str) -> str:
        url = url.strip()
        if "${file:" in url:
            raise RefusedError("callers may not name files of secrets", f"Put it into ${{{ENV_PREFIX}…}}")
        expanded = expand_secrets(url, self.env)
        if len(expanded) > LONGEST or ("://" in expanded and _BAD.search(expanded)) or "\0" in expanded:
            raise RefusedError("this is no URL", "Write spaces and the like as %20")
        return expanded

    def _port(self, url: str) -> None:
        """Raise RefusedError for a listener on a port that belongs to the system."""
        port = _port(_split(url))
        if port and port < 1024:
            raise RefusedError(f"port {port} may not be listened on", "Choose one from 1024 on")

    async def _far(self, url: str, *, listens: bool) -> None:
        """Raise RefusedError unless every address of the URL's host may be used."""
        parts = _split(url)
        host, _ = _host(parts.hostname or ""), _port(parts)
        if listens and ("mode=listener" in parts.query.split("&") or not host):
            self._port(url)
            return
        if not host:
            raise RefusedError("this URL names no host", "Write it as scheme://host/path")
        if host in self.hosts:
            return
        for address in await self.look_up(host):
            if not self._may(ipaddress.ip_address(address)):
                raise RefusedError(f"the host {host} may not be used from here",
                                   f"If it is meant, allow it by name: --allow {host}")

    def _may(self, address: Address) -> bool:
        """Whether `address` is allowed by name, or is one of the public internet and those are allowed."""
        if any(address in network for network in self.networks if network.version == address.version):
            return True
        if isinstance(address, ipaddress.IPv6Address):
            inner = address.ipv4_mapped or address.sixtofour
            if address in _NAT64:
                inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
            if inner is not None:
                return self._may(inner)
            if address.teredo is not None:
                return False
        return self.public and address.is_global and not address.is_multicast


def _sounds(content: object) -> list[str]:
    """Return the sounds that a text to be read aloud names."""
    if not isinstance(content, str) or "soundevent" not in content.lower():
        return []
    from stream.voicing.ssml import SoundEvent, read

    return [atom.url for atom in read(content).atoms if isinstance(atom, SoundEvent)]


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise RefusedError("this is no URL", "Write it as scheme://host/path") from error


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or 0
    except ValueError as error:
        raise RefusedError("this URL has no sound port", "Give 1 to 65535") from error


def _host(name: str) -> str:
    return name.lower().rstrip(".").strip("[]")


def _folder(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_dir():
        raise OptionError(f"--allow {name}: there is no such folder", "Make it first")
    return path
