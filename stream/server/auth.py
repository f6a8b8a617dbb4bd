"""auth: who may do what: bearer tokens with roles, kept as hashes; the dependency that routes ask."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from stream.server.config import LOOPBACK
from stream.server.problems import ProblemError
from stream.server.store import Store, TokenRow, new_id

Role = Literal["operator", "publisher", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Each may do what those after it may."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the token's id ("" without auth), its role and the one session it is for ("": all)."""

    token: str
    role: Role
    session: str = ""

    def may(self, role: Role) -> bool:
        return ROLES.index(self.role) <= ROLES.index(role)


def digest_of(secret: str) -> str:
    """Return what is kept of a token: it has 256 random bits, so that one plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Auth:
    """The tokens of one server; `enabled` False lets every caller of this machine do everything."""

    store: Store
    enabled: bool = True
    origins: tuple[str, ...] = ()

    def issue(self, role: Role, label: str = "", session: str = "") -> tuple[TokenRow, str]:
        """Make a token; return its row and the token itself, which is not kept."""
        secret = f"cl_{secrets.token_urlsafe(32)}"
        row = TokenRow(new_id(), digest_of(secret), role, label, session)
        self.store.add(row)
        return row, secret

    def caller(self, secret: str) -> Caller | None:
        """Return who has this token; None when nobody has."""
        for row in self.store.all(TokenRow, digest=digest_of(secret)) if secret else ():
            for role in ROLES:
                if row.role == role:
                    return Caller(row.id, role, row.session)
        return None

    def ask(self, connection: HTTPConnection, role: Role, *, query: bool = False) -> Caller:
        """Return who calls, who has at least `role`; ProblemError 401 or 403 otherwise. `query`: ?token= counts too."""
        if not self.enabled:
            check_local(connection, self.origins)
            return Caller("", "operator")
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        secret = secret.strip() if scheme.lower() == "bearer" else ""
        if query and not secret:
            secret = connection.query_params.get("token", "")
        caller = self.caller(secret)
        if caller is None:
            raise ProblemError(401, "This token is not known" if secret else "A token is needed",
                          "Send the header Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"})
        if not caller.may(role):
            raise ProblemError(403, f"This token is a {caller.role}'s; it takes a {role}'s")
        if caller.session and caller.session != connection.path_params.get("session"):
            raise ProblemError(403, f"This token is for the session {caller.session} alone")
        return caller


def require(role: Role, *, query: bool = False) -> Callable[[HTTPConnection], Awaitable[Caller]]:
    """Return a dependency for routes: `Depends(require("operator"))` gives the Caller.

    A token that is for one session reaches only routes whose path parameter `session` is that session.
    `query` is for pages alone, where no header can be sent (overlay, program, cutout, the captions socket).
    """

    async def caller(connection: HTTPConnection) -> Caller:
        auth: Auth = connection.app.state.server.auth
        return auth.ask(connection, role, query=query)

    return caller


def check_local(connection: HTTPConnection, origins: tuple[str, ...] = ()) -> None:
    """Raise ProblemError 403 unless this machine is called by its own name, and by no other site's page."""
    host = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    if host not in LOOPBACK:
        raise ProblemError(403, "This server is open to this machine alone", "Call it as localhost or 127.0.0.1")
    origin = connection.headers.get("origin", "")
    if origin and origin not in origins and (urlsplit(origin).hostname or "") not in LOOPBACK:
        raise ProblemError(403, "Pages of other sites may not call this server", "Allow this origin: --origin")
