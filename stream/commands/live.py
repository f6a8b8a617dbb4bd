"""live: `cuelight live`: the operator's words in, status lines out."""

import asyncio
import json
import os
import shutil
import sys
import time
from argparse import Namespace
from contextlib import suppress
from pathlib import Path

from stream.commands import media_root_of, presets_of, rate_of, read_document, size_of
from stream.errors import OptionError
from stream.live.asked import LiveOptions, source_of
from stream.live.report import Board
from stream.live.show import run_live
from stream.sources.rtmp_listen import obs_lines
from stream.timeline.facts import is_live_url
from stream.timeline.schema import Document
from stream.timeline.starters import expand_secrets, live_document

STATUS_EVERY_S = 10.0


class Console:
    """Lines to standard error; on a terminal, a status line below them that is rewritten each second."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._status = ""
        self._last_s = 0.0

    def tell(self, line: str) -> None:
        shown = bool(self._live and self._status)
        self._write(("\r\x1b[K" if shown else "") + f"{line}\n" + (self._status if shown else ""))

    def status(self, line: str) -> None:
        if self._live:
            self._status = line[:shutil.get_terminal_size().columns - 1]
            self._write(f"\r\x1b[K{self._status}")
        elif time.monotonic() - self._last_s >= STATUS_EVERY_S:
            self._last_s = time.monotonic()
            self._write(f"{line}\n")

    def _write(self, text: str) -> None:
        with suppress(OSError):  # the terminal or the pipe has gone; the show goes on
            sys.stderr.write(text)
            sys.stderr.flush()


def run(args: Namespace) -> int:
    console = Console()
    document, root = _document(args)
    platform, preset = presets_of(args.preset, "youtube", "superfast")
    options = LiveOptions(
        document=document, to=tuple(args.to), record=None if args.no_record else Path(args.record),
        show=_name(args.show), delay_s=args.delay, for_s=args.for_s, size=size_of(args), rate=rate_of(args),
        platform=platform, preset=preset, bitrate=args.bitrate * 1000, provider=args.provider,
        caption_audio=args.caption_audio,
        source_options=_options(args.option), env=os.environ, media_root=root)
    _say_where(console, options)
    result = asyncio.run(run_live(options, console.tell, Board(console.tell, console.status)))
    if args.json:
        Path(args.json).write_text(json.dumps(result.report, indent=2) + "\n", encoding="utf-8")
    if result.folder is not None:
        console.tell(f"recorded in {result.folder}")
    return 1 if result.failure else 0


def _document(args: Namespace) -> tuple[Document, Path | None]:
    if args.source.endswith(".json"):
        return read_document(args.source), media_root_of(args, args.source)
    words = args.highlight
    if words.startswith("@"):
        words = Path(words[1:]).read_text(encoding="utf-8").replace("\n", ",")
    highlight = tuple(word.strip() for word in words.split(",") if word.strip())
    document = live_document(_live_url(args.source), background=args.background, captions=args.captions,
                             matte=bool(args.background), highlight=highlight, fallback=args.fallback,
                             model=args.matte)
    return document, media_root_of(args)


def _live_url(source: str) -> str:
    """Return `source` as the URL of a live input: a file or a web address is played at its own pace."""
    if is_live_url(source):
        return source
    if source.startswith("test:"):
        return f"test://{source[5:]}"
    return f"live+{source}" if "://" in source else f"live+file://{Path(source).absolute()}"


def _say_where(console: Console, options: LiveOptions) -> None:
    """Print what to paste into OBS."""
    written = source_of(options.document)
    url = expand_secrets(written, options.env)
    if url.startswith(("rtmp-listen://", "rtmps-listen://")):
        server, key = obs_lines(url)
        if url != written and not sys.stderr.isatty():  # a secret does not go where it may be kept
            server, key = obs_lines(written)
        console.tell(f"OBS, Settings > Stream > Custom:\n  Server:      {server}\n  Stream Key:  {key}")


def _options(pairs: list[str]) -> dict[str, str]:
    options = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise OptionError(f"--option {pair} has no value", "Write it as NAME=VALUE")
        options[name] = value
    return options


def _name(show: str) -> str:
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in show).strip(".-")
    if not name:
        raise OptionError(f"--show {show!r} makes no file name", "Use letters, digits, dashes")
    return name
