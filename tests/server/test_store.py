"""What is kept survives the server; an older database is brought up to date, a newer one is left alone."""

import sqlite3
from pathlib import Path

import pytest

from stream.errors import MediaError
from stream.server import store as module
from stream.server.store import JobRow, PresetRow, SessionRow, Store, TokenRow


def test_rows_come_back_as_they_were_kept_by_a_store_opened_anew(tmp_path: Path) -> None:
    row = SessionRow("one", {"to": ["ä\u2028", 1.5, None], "deep": {"a": [True]}})
    job = JobRow("j", {"x": 1}, "running", {"percent": 12.5}, attempts=2)
    first = Store(tmp_path / "a.db")
    assert first.add(row) and first.add(job) and not first.add(row)
    first.close()
    again = Store(tmp_path / "a.db")
    assert again.get(SessionRow, "one") == row and again.all(JobRow, state="running") == [job]
    assert again.get(SessionRow, "two") is None
    again.close()


def test_a_change_says_when_and_whether_there_was_such_a_row(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.add(SessionRow("one", {}, changed="2000"))
    assert store.change(SessionRow, "one", state="ended", plan={"a": 1}) and not store.change(SessionRow, "x", state="")
    row = store.get(SessionRow, "one")
    assert row is not None and row.state == "ended" and row.plan == {"a": 1} and row.changed > "2000"
    assert store.remove(SessionRow, "one") and not store.remove(SessionRow, "one")
    store.close()


def test_what_is_done_together_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    with pytest.raises(RuntimeError), store.together():
        store.add(PresetRow("one", {}))
        raise RuntimeError
    assert store.all(PresetRow) == []
    with store.together():
        store.add(PresetRow("two", {}))
    assert [row.id for row in store.all(PresetRow)] == ["two"]
    store.close()


def test_values_never_become_sql_and_neither_do_names(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    evil = "x'; DROP TABLE tokens; --"
    store.add(TokenRow(evil, evil, "viewer"))
    assert [row.id for row in store.all(TokenRow, digest=evil)] == [evil]
    with pytest.raises(ValueError, match="no column"):
        store.all(TokenRow, **{"1=1 OR id": "x"})
    store.close()


def test_an_older_database_gets_the_migrations_it_lacks_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Store(tmp_path / "a.db")
    first.add(PresetRow("kept", {}))
    first.close()
    monkeypatch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, "CREATE TABLE more (id TEXT) STRICT;"))
    for _ in range(2):
        again = Store(tmp_path / "a.db")
        assert [row.id for row in again.all(PresetRow)] == ["kept"]
        again.close()
    with sqlite3.connect(tmp_path / "a.db") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(module.MIGRATIONS),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_a_newer_database_and_a_file_that_is_none_are_errors_that_help(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "new.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(MediaError, match="newer version"):
        Store(tmp_path / "new.db")
    (tmp_path / "none.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(MediaError, match="cannot be used"):
        Store(tmp_path / "none.db")
