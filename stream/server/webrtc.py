"""webrtc: WHIP (RFC 9725) to publish to a session and WHEP to watch it, over HTTP."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request, Response

from stream.errors import MediaError, ProtocolError, RefusedError
from stream.server.auth import Role, require
from stream.server.problems import RESPONSES, ProblemError

if TYPE_CHECKING:
    from stream.server.app import Server

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
MAX_SDP_BYTES = 64 << 10
_OFFER = {"requestBody": {"required": True, "content": {SDP: {"schema": {"type": "string"}, "example": "v=0\r\n…"}}}}
_FRAGMENT = {"requestBody": {"required": True, "content": {FRAGMENT: {"schema": {"type": "string"}}}}}
_ANSWERED: dict[int | str, dict[str, Any]] = {**RESPONSES, 201: {
    "description": "Connected soon: our SDP answer, with every candidate; Location is what DELETE frees",
    "content": {SDP: {"schema": {"type": "string"}}}}}


def router(server: "Server") -> APIRouter:
    """Return the routes of WHIP and WHEP. `server.rtc` becomes the Hub, and is closed with the server."""
    from stream.rtc.hub import Hub
    from stream.rtc.ingest import RtcDoor
    from stream.rtc.peer import Reach

    config = server.config
    assert isinstance(server.door, RtcDoor)
    hub = server.rtc = Hub(server.door, Reach(config.udp_ports, config.public_address, config.is_loopback))
    server.closing.append(hub.close)
    routes = APIRouter(tags=["webrtc"], responses=RESPONSES)
    links = [f'<{url}>; rel="ice-server"' for url in config.ice_servers]

    async def post(session: str, request: Request) -> Response:
        """Offer by SDP; the answer comes with 201."""
        kind = request.url.path.split("/")[1]
        offer = await _body(request, SDP)
        server.sessions.row(session)
        address = request.client.host if request.client else "?"
        try:
            if kind == "whip":
                peer, answer = await hub.publish(session, offer, address)
            else:
                peer, answer = await hub.watch(session, offer, address, hub.viewers(_output(server, session)))
        except (ProtocolError, RefusedError, MediaError) as error:
            raise _problem(error) from error
        made = Response(answer, 201, {"Location": f"/{kind}/{session}/{peer.id}", "ETag": peer.etag}, SDP)
        return _linked(made, links)

    async def options(session: str) -> Response:
        """Say what can be posted, and which ICE servers there are."""
        return _linked(Response(status_code=204, headers={"Accept-Post": SDP, "Allow": "OPTIONS, POST"}), links)

    async def delete(session: str, resource: str, request: Request) -> Response:
        """End a connection and free what it used."""
        await hub.end(_found(hub, session, resource, request), "it was ended by DELETE")
        return Response(status_code=200)

    async def patch(session: str, resource: str, request: Request) -> Response:
        """Take further ICE candidates (If-Match: the ETag of the answer). ICE is not restarted: 422."""
        from stream.rtc.peer import trickle

        peer, match = _found(hub, session, resource, request), request.headers.get("if-match", "")
        fragment = await _body(request, FRAGMENT)
        if not match:
            raise ProblemError(428, "If-Match is missing", "Send the ETag of the answer")
        if match == "*":
            raise ProblemError(422, "ICE is not restarted here", "Connect anew: DELETE this one and POST an offer")
        if match != peer.etag:
            raise ProblemError(412, "This is not the ICE session that is running", "Send the ETag of the answer")
        try:
            await trickle(peer.pc, fragment, peer.their_ufrag)
        except ProtocolError as error:
            raise _problem(error) from error
        return Response(status_code=204)

    ways: tuple[tuple[str, Role, str], ...] = (("whip", "publisher", "publish"), ("whep", "viewer", "watch"))
    for kind, role, said in ways:
        may = [Depends(require(role))]
        add, of = routes.add_api_route, f"/{kind}/{{session}}"
        add(of, post, methods=["POST"], dependencies=may, status_code=201, response_class=Response, name=f"{kind}_post",
            responses=_ANSWERED, openapi_extra=_OFFER, summary=f"{kind.upper()}: {said}")
        add(of, options, methods=["OPTIONS"], status_code=204, response_class=Response, name=f"{kind}_options")
        add(of + "/{resource}", delete, methods=["DELETE"], dependencies=may, response_class=Response,
            name=f"{kind}_delete")
        add(of + "/{resource}", patch, methods=["PATCH"], dependencies=may, status_code=204, response_class=Response,
            name=f"{kind}_patch", openapi_extra=_FRAGMENT)
        add(of + "/{resource}", options, methods=["OPTIONS"], status_code=204, response_class=Response,
            name=f"{kind}_resource_options")
    return routes


async def _body(request: Request, kind: str) -> str:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise ProblemError(415, f"This is no {kind}", f"Send it with Content-Type: {kind}",
                           {"Accept-Post" if kind == SDP else "Accept-Patch": kind})
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MAX_SDP_BYTES:
            raise ProblemError(413, f"The body is larger than {MAX_SDP_BYTES} bytes", "Send one SDP alone")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ProblemError(400, "The body is not UTF-8") from error


def _output(server: "Server", session: str) -> Any:
    """The output of a running session; ProblemError 409 while there is none."""
    live = server.sessions.run(session).live
    if live.session is None:
        raise ProblemError(409, f"The session {session} has no picture yet", "Wait until its source sends",
                           {"Retry-After": "1"})
    return live.session.outputs[0]


def _found(hub: Any, session: str, resource: str, request: Request) -> Any:
    peer = hub.find(session, resource)
    if peer is None or (peer.role == "publisher") != request.url.path.startswith("/whip/"):
        raise ProblemError(404, "There is no such connection", "It may have ended")
    return peer


def _problem(error: ProtocolError | RefusedError | MediaError) -> ProblemError:
    """400: it cannot be read, 422: nothing in it can be used, 409: not now, 503: no port or place is free."""
    from stream.rtc.peer import UnsupportedError

    if isinstance(error, ProtocolError):
        return ProblemError(422 if isinstance(error, UnsupportedError) else 400, error.message, error.remedy)
    if isinstance(error, RefusedError):
        return ProblemError(409, error.message, error.remedy)
    return ProblemError(503, error.message, error.remedy, {"Retry-After": "5"})


def _linked(response: Response, links: list[str]) -> Response:
    for link in links:
        response.headers.append("Link", link)
    return response
