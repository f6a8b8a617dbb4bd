"""api: sessions, presets and tokens over HTTP."""

from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends
from fastapi import Path as InPath
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from stream.server.auth import Caller, Role, require
from stream.server.plans import NAME, Plan, merged
from stream.server.problems import RESPONSES, ProblemError
from stream.server.sessions import shown_plan
from stream.server.store import PresetRow, SessionRow, TokenRow

if TYPE_CHECKING:
    from stream.server.app import Server

BEARER = Depends(HTTPBearer(auto_error=False))
"""Puts the token into the OpenAPI document; `require` is what asks for it."""
Name = Annotated[str, InPath(pattern=NAME)]
Id = Annotated[str, InPath(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Operator = Annotated[Caller, Depends(require("operator"))]
Viewer = Annotated[Caller, Depends(require("viewer"))]


class SessionAsked(BaseModel):
    """A new session. `plan` says what it does; `start` False only keeps it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"id": "morning", "plan": {"source": "test:", "to": ["morning.mp4"], "for_s": 10}}]})

    id: str = Field("", pattern=r"^([a-z0-9][a-z0-9-]{0,47})?$", description="left out: one is made")
    plan: Plan
    start: bool = True


class SessionTold(BaseModel):
    """A session. state: ready, waiting, live, stopping, ended or failed (`failure` says why)."""

    id: str
    state: Literal["ready", "waiting", "live", "stopping", "ended", "failed"]
    failure: str
    recording: str
    rehearsal: bool
    created: str
    changed: str


class SessionSeen(SessionTold):
    """A session looked at closely: its plan without keys, its report while it runs, the newest lines told."""

    plan: dict[str, Any]
    report: dict[str, Any] | None
    status: str
    lines: list[tuple[str, str]]


class CheckTold(BaseModel):
    """One line of the checklist."""

    name: str
    state: Literal["good", "bad", "waiting"]
    says: str


class TokenAsked(BaseModel):
    """A new token; with `session` it is for that session alone."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"role": "viewer", "label": "OBS overlay", "session": "morning"}]})

    role: Role
    label: str = Field("", max_length=100)
    session: str = Field("", pattern=r"^([a-z0-9][a-z0-9-]{0,47})?$")


class TokenTold(BaseModel):
    """A token's label, role and session; `token` itself is told once, when it is made."""

    id: str
    role: Role
    label: str
    session: str
    created: str
    token: str | None = None


class PresetTold(BaseModel):
    """A preset: members of a plan."""

    id: str
    plan: dict[str, Any]


def told(server: "Server", row: SessionRow) -> dict[str, Any]:
    """Return what everybody who may see a session sees of it."""
    run = next((run for run in server.sessions.running() if run.id == row.id), None)
    state = row.state if run is None else run.state
    return {"id": row.id, "state": "failed" if state == "running" else state, "failure": row.failure,
            "recording": row.recording if run is None else run.recording,
            "rehearsal": run is not None and run.rehearsed is not None, "created": row.created,
            "changed": row.changed}


def seen(server: "Server", row: SessionRow, caller: Caller) -> dict[str, Any]:
    """Return a session looked at closely; only operators see its plan and lines."""
    run = next((run for run in server.sessions.running() if run.id == row.id), None)
    inside = caller.may("operator")
    return told(server, row) | {
        "plan": shown_plan(row.plan) if inside else {}, "report": run.report() if run else None,
        "status": run.status if run else "", "lines": list(run.lines) if run and inside else []}


def router(server: "Server") -> APIRouter:
    """Return the routes under /api for sessions, presets and tokens."""
    routes = APIRouter(prefix="/api", responses=RESPONSES, dependencies=[BEARER])
    _sessions(routes, server)
    _presets(routes, server)
    _tokens(routes, server)
    return routes


def _tags(name: str) -> list[str | Enum]:
    return [name]


def _sessions(routes: APIRouter, server: "Server") -> None:
    sessions, tags = server.sessions, _tags("sessions")

    @routes.get("/sessions", tags=tags, response_model=list[SessionTold])
    async def list_sessions(caller: Operator) -> Any:
        """List every session, oldest first."""
        return [told(server, row) for row in server.store.all(SessionRow)]

    @routes.post("/sessions", tags=tags, status_code=201, response_model=SessionTold)
    async def create_session(caller: Operator, asked: SessionAsked, response: Response) -> Any:
        """Make a session from a live Timeline or plain options, and start it."""
        row = await sessions.create(asked.plan.model_dump(exclude_unset=True), asked.id, start=asked.start)
        response.headers["Location"] = f"/api/sessions/{row.id}"
        return told(server, row)

    @routes.get("/sessions/{session}", tags=tags, response_model=SessionSeen)
    async def inspect_session(caller: Viewer, session: Name) -> Any:
        """Look at one session: state, source, sinks, metrics, alarms."""
        return seen(server, sessions.row(session), caller)

    @routes.put("/sessions/{session}/plan", tags=tags, response_model=SessionTold)
    async def change_plan(caller: Operator, session: Name, plan: Plan) -> Any:
        """Replace the plan of a session; a run that is on keeps the one it was started with."""
        return told(server, await sessions.replan(session, plan.model_dump(exclude_unset=True)))

    @routes.post("/sessions/{session}/start", tags=tags, response_model=SessionTold)
    async def start_session(caller: Operator, session: Name) -> Any:
        """Run a session again, as it is defined."""
        await sessions.start(session)
        return told(server, sessions.row(session))

    @routes.post("/sessions/{session}/rehearse", tags=tags, response_model=SessionTold)
    async def rehearse_session(caller: Operator, session: Name) -> Any:
        """Run a session with its outputs closed and nothing recorded; start then ends that and goes on air."""
        await sessions.rehearse(session)
        return told(server, sessions.row(session))

    @routes.get("/sessions/{session}/checklist", tags=tags, response_model=list[CheckTold])
    async def check_session(caller: Operator, session: Name) -> Any:
        """Say what of a rehearsal is good and what would go wrong: source, key frames, sound, disk, destinations."""
        return [asdict(check) for check in await sessions.checks(session)]

    @routes.post("/sessions/{session}/stop", tags=tags, response_model=SessionTold)
    async def stop_session(caller: Operator, session: Name) -> Any:
        """End a session; answers when its files are finished. Done again, it changes nothing."""
        return told(server, await sessions.stop(session))

    @routes.delete("/sessions/{session}", tags=tags, status_code=204)
    async def delete_session(caller: Operator, session: Name) -> Response:
        """Stop a session and forget it and the tokens that are for it alone; its recordings stay."""
        sessions.row(session)
        await sessions.delete(session)
        for row in server.store.all(TokenRow, session=session):
            server.store.remove(TokenRow, row.id)
        return Response(status_code=204)


def _presets(routes: APIRouter, server: "Server") -> None:
    store, tags = server.store, _tags("presets")

    @routes.get("/presets", tags=tags, response_model=list[PresetTold])
    async def list_presets(caller: Operator) -> Any:
        """List the presets of shows."""
        return [{"id": row.id, "plan": shown_plan(row.plan)} for row in store.all(PresetRow)]

    @routes.put("/presets/{preset}", tags=tags, response_model=PresetTold)
    async def put_preset(caller: Operator, preset: Name, plan: Annotated[Plan, Body()]) -> Any:
        """Keep members of a plan under a name: a session names it and says only what differs."""
        kept = plan.model_dump(exclude_unset=True)
        if kept.pop("preset", ""):
            raise ProblemError(422, "A preset cannot build on another", "Leave its member preset out")
        merged({}, kept)
        store.put(PresetRow(preset, kept))
        return {"id": preset, "plan": shown_plan(kept)}

    @routes.delete("/presets/{preset}", tags=tags, status_code=204)
    async def delete_preset(caller: Operator, preset: Name) -> Response:
        """Forget a preset. Sessions that name it cannot be started any more."""
        if not store.remove(PresetRow, preset):
            raise ProblemError(404, "There is no such preset", "GET /api/presets lists them")
        return Response(status_code=204)


def _tokens(routes: APIRouter, server: "Server") -> None:
    store, tags = server.store, _tags("tokens")

    def shown(row: TokenRow, token: str | None = None) -> dict[str, Any]:
        return {"id": row.id, "role": row.role, "label": row.label, "session": row.session, "created": row.created,
                "token": token}

    @routes.get("/tokens", tags=tags, response_model=list[TokenTold])
    async def list_tokens(caller: Operator) -> Any:
        """List the tokens, without themselves."""
        return [shown(row) for row in store.all(TokenRow)]

    @routes.post("/tokens", tags=tags, status_code=201, response_model=TokenTold)
    async def create_token(caller: Operator, asked: TokenAsked) -> Any:
        """Make a token. This answer is the only place where it is ever told."""
        if asked.session and asked.role == "operator":
            raise ProblemError(422, "An operator's token is for the whole server", "Leave session out")
        if asked.session:
            server.sessions.row(asked.session)
        return shown(*server.auth.issue(asked.role, asked.label, asked.session))

    @routes.delete("/tokens/{token}", tags=tags, status_code=204)
    async def revoke_token(caller: Operator, token: Id) -> Response:
        """Revoke a token: from now on it opens nothing."""
        row = store.get(TokenRow, token)
        if row is None:
            raise ProblemError(404, "There is no such token", "GET /api/tokens lists them")
        if row.role == "operator" and len(store.all(TokenRow, role="operator")) == 1:
            raise ProblemError(409, "This is the last operator's token", "Make another first")
        store.remove(TokenRow, token)
        return Response(status_code=204)
