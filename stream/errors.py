"""errors: what can go wrong, said in the user's words with the remedy."""


class CuelightError(Exception):
    """An error a user can act on: one line, `message`, and what to do about it, `remedy`."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message, self.remedy = message, remedy
        super().__init__(f"{message}. {remedy}" if remedy else message)


class DocumentError(CuelightError):
    """A Timeline document that cannot be used: broken JSON, wrong types, impossible times."""


class MediaError(CuelightError):
    """A medium that cannot be opened, read, decoded, encoded or written."""


class ProtocolError(CuelightError):
    """A peer that does not speak the protocol, or breaks one of its limits."""


class RefusedError(CuelightError):
    """A peer turned away (wrong key, key already live), or a peer that turned us away."""


class OptionError(CuelightError):
    """A command line or URL option that is unknown or has an impossible value."""


class ModelError(CuelightError):
    """An engine whose weights or library are missing or do not fit."""


def redact(secret: str) -> str:
    """Return `secret` as it may be logged: its last two characters only."""
    return f"…{secret[-2:]}" if len(secret) > 4 else "…"
