"""conftest: every test leaves nothing behind; shared functions are in support.py."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("cuelight", deadline=None, print_blob=True)
settings.load_profile("cuelight")


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread which would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    left = [t.name for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]
    assert not left, f"threads left running: {left}"


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def _no_surprising_environment(monkeypatch: pytest.MonkeyPatch, _cache: str) -> None:
    """Keep a developer's own settings, and what was heard and said before, out of the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", _cache)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
