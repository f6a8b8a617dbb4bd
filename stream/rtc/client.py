"""client: an SDP exchange with a WHIP or WHEP server over HTTP, and the end of what it opened."""

import http.client
import ssl
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from stream.errors import MediaError, ProtocolError, RefusedError, redact

ANSWER_S = 10.0
MAX_ANSWER = 256 << 10


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where offers go: an http(s) URL, and the bearer token ("" for none)."""

    url: str
    token: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The server's address, without the path, which may hold a key."""
        return urlsplit(self.url).netloc


def endpoint(url: str) -> Endpoint:
    """Read whip[s]://[:TOKEN@]host[:port]/path (whep alike): plain is http, s is https; MediaError for no host."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise MediaError("this URL names no host", f"Write {parts.scheme}://host/path")
    scheme = "https" if parts.scheme in ("whips", "wheps") else "http"
    plain = parts._replace(scheme=scheme, netloc=parts.netloc.rpartition("@")[2])
    return Endpoint(plain.geturl(), parts.password or "")


def exchange(to: Endpoint, offer: str, insecure: bool) -> tuple[str, str]:
    """POST `offer`; return the answer and its resource's URL. Blocks: call it in a worker.

    RefusedError for 4xx, MediaError for what may pass by itself, ProtocolError for no answer.
    """
    status, headers, body = _ask(to, "POST", to.url, offer.encode(), insecure)
    if status in (408, 409, 429) or status >= 500:
        raise MediaError(f"{to.shown} answered {status}", "It may be busy; it is tried again")
    if 400 <= status < 500:
        token = f" (token {redact(to.token)})" if to.token else ""
        raise RefusedError(f"{to.shown} refused the offer: {status}{token}", "Look at the address and the token")
    where = headers.get("location", "")
    if status != 201 or not where:
        raise ProtocolError(f"{to.shown} answered {status}, which is no answer to an offer", "Is it WHIP or WHEP?")
    return body.decode("utf-8", "replace"), urljoin(to.url, where)


def release(to: Endpoint, resource: str, insecure: bool) -> None:
    """DELETE a resource, of the server the offer went to alone; one that has gone already is no error. Blocks."""
    if urlsplit(resource)[:2] == urlsplit(to.url)[:2]:
        _ask(to, "DELETE", resource, b"", insecure)


def _ask(to: Endpoint, method: str, url: str, body: bytes, insecure: bool) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    headers = {"Content-Type": "application/sdp"} if body else {}
    if to.token:
        headers["Authorization"] = f"Bearer {to.token}"
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        if insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        line = http.client.HTTPSConnection(parts.netloc, timeout=ANSWER_S, context=context)
    else:
        line = http.client.HTTPConnection(parts.netloc, timeout=ANSWER_S)
    try:
        line.request(method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body or None, headers)
        got = line.getresponse()
        return got.status, {name.lower(): value for name, value in got.getheaders()}, got.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise MediaError(f"{to.shown} does not answer", "Look at the address, and whether the server runs") from error
    finally:
        line.close()
