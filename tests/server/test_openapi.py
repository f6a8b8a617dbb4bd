"""The OpenAPI document says what the server does: whatever fits it is answered as it says; its examples work."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from server_rig import no_host

from stream.server.api import SessionAsked
from stream.server.app import Server, make_app, open_server
from stream.server.config import Config
from stream.server.plans import document_of

FEW = settings(max_examples=5, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
               suppress_health_check=list(HealthCheck))
JUDGED = {"/api/sessions", "/api/presets", "/api/tokens", "/api/recordings", "/healthz", "/metrics"}


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server that is not opened: what it is asked to run, it says it cannot."""
    made = open_server(Config(data=tmp_path / "data", posts_per_s=1e6, posts_burst=1_000_000))
    made.gate = made.sessions.gate = replace(made.gate, look_up=no_host)
    return made


@pytest.fixture
def app(server: Server) -> FastAPI:
    return make_app(server)


def test_whatever_the_document_allows_is_answered_as_it_says(app: FastAPI, server: Server) -> None:
    server.opening.clear()
    schema, asked = schemathesis.openapi.from_asgi("/openapi.json", app), []
    headers = {"Authorization": f"Bearer {server.auth.issue('operator')[1]}"}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation: Any = result.ok()
        if not any(operation.path.startswith(path) for path in JUDGED):
            continue

        @FEW
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        ask()
        asked.append(operation.label)
    assert {"POST /api/sessions", "GET /healthz", "PUT /api/presets/{preset}"} <= set(asked) and len(asked) > 15


def test_every_example_in_the_document_is_one(app: FastAPI, server: Server) -> None:
    schemas = app.openapi()["components"]["schemas"]
    for example in schemas["SessionAsked"]["examples"]:
        assert document_of(SessionAsked.model_validate(example).plan).media_urls()
    assert all(schemas[name].get("examples") for name in ("Plan", "TokenAsked", "TitleAsked"))
    server.store.close()


def test_every_call_under_api_names_its_token_and_says_what_it_is_for(app: FastAPI, server: Server) -> None:
    for path, methods in app.openapi()["paths"].items():
        for method, call in methods.items():
            assert call.get("description"), (method, path)
            assert call.get("security") or not path.startswith("/api/"), (method, path)
    server.store.close()


def test_the_document_and_the_pages_load_nothing_from_elsewhere(app: FastAPI, server: Server) -> None:
    paths = {getattr(route, "path", "") for route in app.routes}
    assert "/openapi.json" in paths and not {"/docs", "/redoc"} & paths
    server.store.close()
