"""recordings: what the sessions left, over HTTP: listed, looked at, downloaded, finished after a crash, thrown away."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, Response

from stream.server.api import BEARER, Operator
from stream.server.problems import RESPONSES, ProblemError
from stream.server.store import RecordingRow, RevisionRow

if TYPE_CHECKING:
    from stream.server.app import Server

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$"
TYPES = {".mp4": "video/mp4", ".mkv": "video/x-matroska", ".json": "application/json", ".vtt": "text/vtt",
         ".srt": "text/plain; charset=utf-8", ".jsonl": "application/x-ndjson", ".png": "image/png",
         ".jpg": "image/jpeg"}
Recording = Annotated[str, InPath(pattern=NAME)]
File = Annotated[str, InPath(pattern=NAME)]


class FileTold(BaseModel):
    """A file of a recording."""

    name: str
    bytes: int


class RecordingTold(BaseModel):
    """A recording. `finished` says that its Timelines are written, `running` that it is being made."""

    id: str
    session: str
    title: str
    created: str
    finished: bool
    running: bool
    bytes: int


class RecordingSeen(RecordingTold):
    """A recording looked at closely: its files, and how the run went."""

    files: list[FileTold]
    report: dict[str, Any]


class TitleAsked(BaseModel):
    """What a recording is to be called."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"title": "Morning show, 3 May"}]})

    title: str = Field(max_length=200)


def folder_of(server: "Server", recording: str) -> Path:
    """Return a recording's folder; ProblemError 404 where there is none."""
    root = server.config.recordings.resolve()
    folder = (root / recording).resolve()
    if folder.parent != root or not (folder / "journal.jsonl").is_file():
        raise ProblemError(404, "There is no such recording", "GET /api/recordings lists them")
    return folder


def file_of(server: "Server", recording: str, name: str) -> Path:
    """Return a file of a recording; ProblemError 404 where there is none, and for what lies elsewhere."""
    folder = folder_of(server, recording)
    path = (folder / name).resolve()
    if path.parent != folder or not path.is_file():
        raise ProblemError(404, "This recording has no such file", "GET /api/recordings/… lists them")
    return path


def told(server: "Server", folder: Path) -> dict[str, Any]:
    """Return what is said of a recording in the list."""
    row = server.store.get(RecordingRow, folder.name) or RecordingRow(folder.name, title=folder.name)
    running = {run.recording: run.id for run in server.sessions.running()}
    return {"id": folder.name, "session": row.session or running.get(folder.name, ""),
            "title": row.title or folder.name, "created": row.created,
            "finished": (folder / "as-aired.json").is_file(), "running": folder.name in running,
            "bytes": sum(path.stat().st_size for path in folder.iterdir() if path.is_file())}


def listed(server: "Server") -> list[dict[str, Any]]:
    """Return every recording, the newest first."""
    folders = [f for f in server.config.recordings.iterdir() if (f / "journal.jsonl").is_file()]
    return sorted((told(server, folder) for folder in folders), key=lambda one: str(one["created"]), reverse=True)


def seen(server: "Server", folder: Path) -> dict[str, Any]:
    """Return a recording with its files and its report ({} where there is none yet)."""
    try:
        report = json.loads((folder / "report.json").read_text("utf-8"))
    except (OSError, ValueError):
        report = {}
    files = [{"name": path.name, "bytes": path.stat().st_size} for path in sorted(folder.iterdir()) if path.is_file()]
    return told(server, folder) | {"files": files, "report": report if isinstance(report, dict) else {}}


def router(server: "Server") -> APIRouter:
    """Return the routes under /api/recordings."""
    routes = APIRouter(prefix="/api/recordings", tags=["recordings"], responses=RESPONSES, dependencies=[BEARER])

    @routes.get("", response_model=list[RecordingTold])
    async def list_recordings(caller: Operator) -> Any:
        """List the recordings, the newest first."""
        return await asyncio.to_thread(listed, server)

    @routes.get("/{recording}", response_model=RecordingSeen)
    async def inspect_recording(caller: Operator, recording: Recording) -> Any:
        """Look at one recording: its files and its report."""
        return await asyncio.to_thread(seen, server, folder_of(server, recording))

    @routes.patch("/{recording}", response_model=RecordingTold)
    async def rename_recording(caller: Operator, recording: Recording, asked: TitleAsked) -> Any:
        """Give a recording another title; its files keep their names."""
        folder = folder_of(server, recording)
        server.store.add(RecordingRow(folder.name))
        server.store.change(RecordingRow, folder.name, title=asked.title)
        return told(server, folder)

    @routes.get("/{recording}/files/{file}", response_class=FileResponse,
                responses={200: {"description": "The file, or the range asked for", "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
                    206: {"description": "The range asked for"}, 416: {"description": "The range is none"}})
    async def download_file(caller: Operator, recording: Recording, file: File) -> Response:
        """Download a file of a recording (with Range, so that players can jump)."""
        path = file_of(server, recording, file)
        return FileResponse(path, media_type=TYPES.get(path.suffix, "application/octet-stream"), filename=path.name,
                            content_disposition_type="attachment" if path.suffix not in TYPES else "inline")

    @routes.post("/{recording}/finish", response_model=RecordingSeen)
    async def finish_recording(caller: Operator, recording: Recording) -> Any:
        """Write the Timelines and captions of a recording that a crash cut off."""
        from stream.recording.finish import finish

        folder = _idle(server, recording)
        await asyncio.to_thread(finish, folder)
        return await asyncio.to_thread(seen, server, folder)

    @routes.delete("/{recording}", status_code=204)
    async def delete_recording(caller: Operator, recording: Recording) -> Response:
        """Throw a recording away: its folder and its revisions."""
        folder = _idle(server, recording)
        await asyncio.to_thread(shutil.rmtree, folder)
        server.store.remove(RecordingRow, folder.name)
        for row in server.store.all(RevisionRow, recording=folder.name):
            server.store.remove(RevisionRow, row.id)
        return Response(status_code=204)

    return routes


def _idle(server: "Server", recording: str) -> Path:
    """Return the folder of a recording that is not being made now."""
    folder = folder_of(server, recording)
    if any(run.recording == folder.name for run in server.sessions.running()):
        raise ProblemError(409, "This recording is being made", "Stop its session first")
    return folder
