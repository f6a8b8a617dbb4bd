"""store: the state that lasts, in SQLite: rows as dataclasses, their tables made and changed by numbered migrations."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from stream.errors import MediaError


def now() -> str:
    """Return the time of day, UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_id() -> str:
    """Return an id that nobody can guess."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as defined (`plan`: see `plans`), how it stands, and its last recording's id."""

    table: ClassVar[str] = "sessions"
    id: str
    plan: dict[str, Any]
    state: str = "ready"
    failure: str = ""
    recording: str = ""
    created: str = field(default_factory=now)
    changed: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class PresetRow:
    """Members of a plan under a name: a show's style, vocabulary, destinations."""

    table: ClassVar[str] = "presets"
    id: str
    plan: dict[str, Any]
    created: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording: `id` is its folder's name below the recordings' folder."""

    table: ClassVar[str] = "recordings"
    id: str
    session: str = ""
    title: str = ""
    created: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One version of a recording's polished Timeline; `number` counts from 1."""

    table: ClassVar[str] = "revisions"
    id: str
    recording: str
    number: int
    document: dict[str, Any]
    note: str = ""
    author: str = ""
    created: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A render job: what was asked, how it stands (queued, running, done, failed, cancelled), what came of it."""

    table: ClassVar[str] = "jobs"
    id: str
    asked: dict[str, Any]
    state: str = "queued"
    progress: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    failure: str = ""
    attempts: int = 0
    created: str = field(default_factory=now)
    changed: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token: the SHA-256 of it, what it allows, and the one session it is for ("": all)."""

    table: ClassVar[str] = "tokens"
    id: str
    digest: str
    role: str
    label: str = ""
    session: str = ""
    created: str = field(default_factory=now)


Row = SessionRow | PresetRow | RecordingRow | RevisionRow | JobRow | TokenRow
R = TypeVar("R", SessionRow, PresetRow, RecordingRow, RevisionRow, JobRow, TokenRow)

MIGRATIONS = (
    """
    CREATE TABLE sessions (id TEXT PRIMARY KEY, plan TEXT NOT NULL, state TEXT NOT NULL, failure TEXT NOT NULL,
        recording TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL) STRICT;
    CREATE TABLE presets (id TEXT PRIMARY KEY, plan TEXT NOT NULL, created TEXT NOT NULL) STRICT;
    CREATE TABLE recordings (id TEXT PRIMARY KEY, session TEXT NOT NULL, title TEXT NOT NULL,
        created TEXT NOT NULL) STRICT;
    CREATE TABLE revisions (id TEXT PRIMARY KEY, recording TEXT NOT NULL, number INTEGER NOT NULL,
        document TEXT NOT NULL, note TEXT NOT NULL, author TEXT NOT NULL, created TEXT NOT NULL,
        UNIQUE (recording, number)) STRICT;
    CREATE TABLE jobs (id TEXT PRIMARY KEY, asked TEXT NOT NULL, state TEXT NOT NULL, progress TEXT NOT NULL,
        result TEXT NOT NULL, failure TEXT NOT NULL, attempts INTEGER NOT NULL, created TEXT NOT NULL,
        changed TEXT NOT NULL) STRICT;
    CREATE TABLE tokens (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, role TEXT NOT NULL, label TEXT NOT NULL,
        session TEXT NOT NULL, created TEXT NOT NULL) STRICT;
    """,
)
"""Each is run once, in order; one that has been released is never changed."""


class Store:
    """One database file. Calls are short and may come from any thread."""

    def __init__(self, path: Path | str) -> None:
        """Open (or make) the database and bring its tables up to date; MediaError when that cannot be."""
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._migrate(path)
        except sqlite3.Error as error:
            raise MediaError(f"the database {path} cannot be used: {error}",
                             "Move it away to begin anew, or choose another --data folder") from error

    def _migrate(self, path: Path | str) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            self._db.close()
            raise MediaError(f"the database {path} was written by a newer version",
                             "Update this program, or choose another --data folder")
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            self._db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is done inside is kept, or (after an error) none of it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def add(self, row: Row) -> bool:
        """Keep a new row; False when there is one with its id already."""
        return self._write("INSERT OR IGNORE", row) > 0

    def put(self, row: Row) -> None:
        """Keep a row, in place of the one with its id."""
        self._write("INSERT OR REPLACE", row)

    def get(self, kind: type[R], key: str) -> R | None:
        """Return the row with this id."""
        return next(iter(self.all(kind, id=key)), None)

    def all(self, kind: type[R], **where: str | int) -> list[R]:
        """Return the rows whose columns are as given, oldest first."""
        names = _columns(kind, where)
        tests = " AND ".join(f"{name} = ?" for name in names) or "1"
        with self._lock:
            found = self._db.execute(f"SELECT * FROM {kind.table} WHERE {tests} ORDER BY created, rowid",  # noqa: S608
                                     tuple(where.values())).fetchall()
        return [_read(kind, row) for row in found]

    def change(self, kind: type[R], key: str, **values: Any) -> bool:
        """Set columns of one row (and `changed`, where there is one); False when there is none with this id."""
        if any(f.name == "changed" for f in fields(kind)):
            values.setdefault("changed", now())
        sets = ", ".join(f"{name} = ?" for name in _columns(kind, values))
        with self._lock:
            return self._db.execute(f"UPDATE {kind.table} SET {sets} WHERE id = ?",  # noqa: S608
                                    (*map(_written, values.values()), key)).rowcount > 0

    def remove(self, kind: type[R], key: str) -> bool:
        """Forget one row; False when there is none with this id."""
        with self._lock:
            return self._db.execute(f"DELETE FROM {kind.table} WHERE id = ?", (key,)).rowcount > 0  # noqa: S608

    def _write(self, how: str, row: Row) -> int:
        values = asdict(row)
        marks = ", ".join("?" * len(values))
        with self._lock:
            return self._db.execute(f"{how} INTO {row.table} ({', '.join(values)}) VALUES ({marks})",
                                    tuple(map(_written, values.values()))).rowcount


def _columns(kind: type[R], names: dict[str, Any]) -> tuple[str, ...]:
    """Return `names`, every one of which is a column; nothing else becomes SQL."""
    known = {f.name for f in fields(kind)}
    if unknown := names.keys() - known:
        raise ValueError(f"{kind.table} has no column {min(unknown)}")
    return tuple(names)


def _written(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _read(kind: type[R], row: sqlite3.Row) -> R:
    values = {f.name: json.loads(row[f.name]) if str(f.type).startswith("dict") else row[f.name]
              for f in fields(kind)}
    return kind(**values)
