"""problems: what went wrong, as problem JSON (RFC 9457): the words and the remedy, never a secret or a traceback."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketState

from stream.errors import CuelightError, DocumentError, MediaError, ModelError, OptionError, ProtocolError, RefusedError

TYPE = "application/problem+json"
STATUS: tuple[tuple[type[CuelightError], int], ...] = (
    (RefusedError, 403), (DocumentError, 422), (OptionError, 422), (ProtocolError, 422), (ModelError, 409),
    (MediaError, 409))
_SCHEMA = {"type": "object", "required": ["title", "status"], "properties": {
    "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
    "detail": {"type": "string"}, "remedy": {"type": "string"},
    "errors": {"type": "array", "items": {"type": "object"}}}}
SAID = {400: "The request cannot be read", 401: "No token, or one that is not known", 403: "This may not be done",
        404: "There is no such thing", 405: "Not with this method", 409: "Not as things stand",
        413: "The body is too large", 415: "The body is of another type", 422: "The request says something impossible",
        429: "Too many requests; see Retry-After"}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": {TYPE: {"schema": _SCHEMA}}} for status, said in SAID.items()}
"""For `APIRouter(responses=RESPONSES)`: what every call may answer."""


class ProblemError(Exception):
    """An answer that is no success: `status`, one line, and what to do about it."""

    def __init__(self, status: int, detail: str, remedy: str = "", headers: dict[str, str] | None = None) -> None:
        self.status, self.detail, self.remedy, self.headers = status, detail, remedy, headers or {}
        super().__init__(detail)


def answer(status: int, detail: str = "", remedy: str = "", headers: dict[str, str] | None = None,
           **more: Any) -> JSONResponse:
    """Return a problem as a response."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
            "remedy": remedy, **more}
    return JSONResponse({name: value for name, value in body.items() if value not in ("", None)}, status,
                        headers=headers, media_type=TYPE)


def status_of(error: CuelightError) -> int:
    """Return the HTTP status that fits an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


async def deny(connection: HTTPConnection, response: JSONResponse) -> JSONResponse | None:
    """Return `response` to be sent; None for a WebSocket that cannot be sent one, and is closed instead."""
    if not isinstance(connection, WebSocket):
        return response
    if connection.application_state is WebSocketState.CONNECTING and (
            "websocket.http.response" in connection.scope.get("extensions", {})):
        return response
    if connection.application_state is not WebSocketState.DISCONNECTED:
        await connection.close(1008)
    return None


def install(app: FastAPI) -> None:
    """Let every error of `app` be answered so."""

    async def told(connection: HTTPConnection, error: Exception) -> Any:
        assert isinstance(error, CuelightError)
        return await deny(connection, answer(status_of(error), error.message, error.remedy))

    async def problem(connection: HTTPConnection, error: Exception) -> Any:
        assert isinstance(error, ProblemError)
        return await deny(connection, answer(error.status, error.detail, error.remedy, error.headers))

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        headers = {str(name): str(value) for name, value in (error.headers or {}).items()}
        return answer(error.status_code, str(error.detail), headers=headers)

    async def wrong(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        errors = [{"where": "/".join(str(step) for step in fault["loc"]), "what": fault["msg"]}
                  for fault in error.errors()]
        return answer(422, "; ".join(f"{e['where']}: {e['what']}" for e in errors[:3]), errors=errors[:50])

    async def unforeseen(_: Request, error: Exception) -> JSONResponse:  # the web server logs it
        return answer(500, "Something went wrong in here", "The server's log says what")

    app.add_exception_handler(CuelightError, told)
    app.add_exception_handler(ProblemError, problem)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, wrong)
    app.add_exception_handler(Exception, unforeseen)
