"""logs: one JSON object a line, with the session it is about; no token, key or password in any of them."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

SESSION: ContextVar[str] = ContextVar("session", default="")
"""The session that the current task works for."""
_SECRETS = re.compile(r"""(?ix) (?P<kept> [?&](?:token|key|secret|password|passphrase)= | \bbearer\s+ | ://[^/\s@:]*: )
                      (?P<secret> [^\s&"'/@]+ ) | \bcl_[\w-]{16,}""")


def redacted(text: str) -> str:
    """Return `text` without what looks like a token, a key or a password."""
    return _SECRETS.sub(lambda match: f"{match['kept'] or ''}…", text) if _SECRETS.search(text) else text


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(), "from": record.name, "session": SESSION.get(),
                "says": redacted(record.getMessage())}
        if record.exc_info:
            line["error"] = redacted(self.formatException(record.exc_info))
        return json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False)


def install(stream: TextIO) -> None:
    """Write what this program and its web server log to `stream`, and nothing of it twice."""
    out = logging.StreamHandler(stream)
    out.setFormatter(JsonLines())
    for name in ("stream", "uvicorn.error"):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [out], False
        log.setLevel(logging.INFO)
