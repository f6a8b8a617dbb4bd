"""secrecy: keys and tokens of the URLs in use, kept out of every line we write."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from stream.errors import redact
from stream.timeline.facts import has_key, shown_url
from stream.timeline.starters import expand_secrets

SHORTEST = 6
"""A shorter key is hidden where its whole URL stands, but not as a word on its own: it may be one."""


def hidden_in(urls: Iterable[str], env: Mapping[str, str]) -> dict[str, str]:
    """Return what must not be said of `urls` (as written, `${…}` unexpanded), and what is said instead.

    Raises OptionError where a variable or file that a URL names is not there.
    """
    hidden: dict[str, str] = {}
    for url in urls:
        expanded = expand_secrets(url, env)
        if "://" not in url or (expanded == url and shown_url(url) == url):
            continue
        hidden[expanded] = shown_url(url)
        parts = urlsplit(expanded)
        secrets = [parts.query, parts.password or ""]
        if has_key(expanded) and parts.path.count("/") > 1:
            secrets.append(parts.path.rpartition("/")[2])
        hidden |= {secret: redact(secret) for secret in secrets if len(secret) >= SHORTEST}
    return dict(sorted(hidden.items(), key=lambda item: -len(item[0])))


def veiled(line: str, hidden: Mapping[str, str]) -> str:
    """Return `line` with everything `hidden` replaced."""
    for secret, instead in hidden.items():
        line = line.replace(secret, instead)
    return line
