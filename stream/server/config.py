"""config: what `cuelight serve` was asked for, out of its flags and a file, and whether it may start so."""

import ipaddress
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from stream.errors import OptionError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Config:
    """How the server runs. `data` holds the database, recordings, media and outputs.

    `allow` names what callers may use besides public addresses and the data folder (see `gate`); `origins` are web
    pages elsewhere that may call. `udp_ports` (first, last; zeros: any) and `public_address` are for WebRTC.
    `auth` False lets everybody do everything: on loopback only. `behind_tls` says that a proxy in front speaks TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    data: Path = Path("cuelight-data")
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_tls: bool = False
    auth: bool = True
    allow: tuple[str, ...] = ()
    public_media: bool = True
    origins: tuple[str, ...] = ()
    udp_ports: tuple[int, int] = (0, 0)
    public_address: str = ""
    ice_servers: tuple[str, ...] = ()
    body_limit: int = 8 << 20
    posts_per_s: float = 20.0
    posts_burst: int = 60
    jobs: int = 1

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host == "localhost" or _is(self.host, "is_loopback")

    @property
    def url(self) -> str:
        """Where the page is, as somebody at this machine would write it."""
        host = self.host
        if _is(host, "is_unspecified"):
            host = "::1" if ":" in host else "127.0.0.1"
        return f"http{'s' if self.tls_cert else ''}://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def media(self) -> Path:
        """Where relative names of media are looked for."""
        return self.data / "media"

    @property
    def recordings(self) -> Path:
        return self.data / "recordings"

    @property
    def out(self) -> Path:
        """Where sinks and jobs write files."""
        return self.data / "out"

    def check(self) -> None:
        """Raise OptionError for a server that must not start."""
        if not self.auth and not self.is_loopback:
            raise OptionError(f"{self.host} can be reached by others, and --no-auth lets them do everything",
                              "Leave --no-auth out, or bind to 127.0.0.1")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise OptionError("TLS needs a certificate and its key", "Give both --tls-cert and --tls-key")
        for path in filter(None, (self.tls_cert, self.tls_key)):
            if not path.is_file():
                raise OptionError(f"there is no file {path}", "Give the PEM file of the certificate, or of its key")
        if not self.is_loopback and not (self.tls_cert or self.behind_tls):
            raise OptionError(f"{self.host} can be reached by others, and tokens would be sent in the clear",
                              "Give --tls-cert and --tls-key, or --behind-tls where a proxy in front speaks TLS")
        if not 0 <= self.port < 65536:
            raise OptionError(f"--port {self.port} is no port", "Give 1 to 65535, or 0 for any that is free")
        first, last = self.udp_ports
        if not (first == last == 0 or 1024 <= first <= last < 65536):
            raise OptionError(f"the UDP ports {first}-{last} are no range", "Give for example 50000-50099")


def _is(host: str, what: str) -> bool:
    """Return whether `host` is an address of that kind."""
    try:
        return bool(getattr(ipaddress.ip_address(host), what))
    except ValueError:
        return False


_WORDS = {f.name: f for f in fields(Config)}


def read_config(path: Path | None, flags: Mapping[str, Any]) -> Config:
    """Return the defaults, over them what the file says (TOML, or JSON by its suffix), over it the `flags` given.

    Raises OptionError for a file that cannot be read, an unknown member or a wrong type.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            text = path.read_text("utf-8")
            values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        except (OSError, ValueError) as error:
            raise OptionError(f"{path} cannot be read: {error}", "Give a TOML or JSON file") from error
        if not isinstance(values, dict):
            raise OptionError(f"{path} holds no members", 'Write for example port = 8787')
    config = Config()
    for name, value in {**values, **{k: v for k, v in flags.items() if v is not None}}.items():
        if name not in _WORDS:
            raise OptionError(f"the configuration knows no {name!r}", f"There are: {', '.join(_WORDS)}")
        config = replace(config, **{name: _typed(name, value, getattr(config, name))})
    return config


def _typed(name: str, value: Any, default: Any) -> Any:
    """Return `value` as the type that member `name` has."""
    wanted = f"{name} cannot be {value!r}"
    if name in ("data", "tls_cert", "tls_key"):
        if isinstance(value, str | Path) and str(value):
            return Path(value).expanduser()
        raise OptionError(wanted, "Give a path")
    if name == "udp_ports":
        return _ports(value)
    if isinstance(default, bool) or isinstance(value, bool):
        if isinstance(value, bool) and isinstance(default, bool):
            return value
        raise OptionError(wanted, "Give true or false" if isinstance(default, bool) else "It is no switch")
    if isinstance(default, tuple):
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise OptionError(wanted, "Give a list of words")
    if isinstance(default, int | float) and isinstance(value, int | float) and value >= 0:
        return type(default)(value)
    if isinstance(default, str) and isinstance(value, str):
        return value
    raise OptionError(wanted, f"Give a {'number from 0' if isinstance(default, int | float) else 'word'}")


def _ports(value: Any) -> tuple[int, int]:
    """Return "50000-50099" or [50000, 50099] as numbers."""
    parts = value.split("-") if isinstance(value, str) else value
    if isinstance(parts, list | tuple) and len(parts) == 2 and all(str(part).isdigit() for part in parts):
        return int(parts[0]), int(parts[1])
    raise OptionError(f"udp_ports cannot be {value!r}", "Give for example 50000-50099")
