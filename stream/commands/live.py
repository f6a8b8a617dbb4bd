"""live: `cuelight live`: the operator's words in, status lines out."""

import asyncio
import json
import os
import re
import shutil
import sys
import time
from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from typing import Any

from stream.commands import media_root_of, presets_of, rate_of, read_document, size_of
from stream.errors import OptionError
from stream.live.asked import LiveOptions, noted, source_of
from stream.live.report import Board
from stream.live.show import run_live
from stream.sources.rtmp_listen import obs_lines
from stream.timeline.facts import is_live_url
from stream.timeline.schema import Document
from stream.timeline.starters import HIGHLIGHT, expand_secrets, live_document

STATUS_EVERY_S = 10.0
LONGEST_DELAY_S = 60.0
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


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
        show=_name(args.show), delay_s=_delay_s(args.delay), for_s=args.for_s, size=size_of(args), rate=rate_of(args),
        platform=platform, preset=preset, bitrate=args.bitrate * 1000, provider=args.provider,
        caption_audio=args.caption_audio, cc=args.cc,
        source_options=_options(args.option), env=os.environ, media_root=root)
    _say_where(console, options)
    result = asyncio.run(run_live(options, console.tell, Board(console.tell, console.status)))
    if args.json:
        Path(args.json).write_text(json.dumps(result.report, indent=2) + "\n", encoding="utf-8")
    if result.folder is not None:
        console.tell(f"recorded in {result.folder}")
    return 1 if result.failure else 0


def _document(args: Namespace) -> tuple[Document, Path | None]:
    notes = caption_notes(args)
    if args.source.endswith(".json"):
        return noted(read_document(args.source), notes), media_root_of(args, args.source)
    auto = args.highlight == "auto"
    document = live_document(_live_url(args.source), background=args.background, captions=args.captions,
                             matte=bool(args.background), highlight=() if auto else _words(args.highlight),
                             fallback=args.fallback, model=args.matte, notes=notes,
                             style={"NeedHighlighting": True, "HighlightingStyle": HIGHLIGHT}
                             if auto or args.spoken else None)
    return document, media_root_of(args)


def caption_notes(args: Namespace) -> dict[str, Any]:
    """Return what the flags say of speech, as the members of Cuelight.Captions; OptionError for nonsense."""
    for flag, tag in (("--language", args.language), ("--translate", args.translate)):
        if tag and not _TAG.fullmatch(tag):
            raise OptionError(f"{flag} {tag} is no language tag", "Write it as en, zh, pt-BR …")
    if args.translator and not args.translate:
        raise OptionError("--translator is given, but not into which language", "Add --translate, for example de")
    notes = {"Engine": args.engine, "SecondEngine": args.second_engine, "Language": args.language,
             "Policy": args.policy, "Paging": args.paging, "Vocabulary": list(_words(args.vocabulary)),
             "Replacements": dict(_replacement(pair) for pair in args.replace), "Profanity": args.profanity,
             "HighlightMode": "Spoken" if args.spoken else "", "Speaker": args.speaker, "Translate": args.translate,
             "Translator": args.translator}
    return {name: value for name, value in notes.items() if value}


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a list separated by commas, or of a file @named."""
    if text.startswith("@"):
        text = Path(text[1:]).read_text(encoding="utf-8").replace("\n", ",")
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _replacement(pair: str) -> tuple[str, str]:
    said, equals, shown = pair.partition("=")
    if not equals or not said.strip():
        raise OptionError(f"--replace {pair} does not say what is replaced by what", "Write it as SAID=SHOWN")
    return said.strip(), shown.strip()


def _delay_s(text: str) -> float | None:
    """Return the delay asked for in seconds; None for "auto"."""
    if text.lower() == "auto":
        return None
    try:
        delay_s = float(text)
    except ValueError:
        delay_s = -1.0
    if not 0 <= delay_s <= LONGEST_DELAY_S:
        raise OptionError(f"--delay {text} is no number of seconds from 0 to {LONGEST_DELAY_S:.0f}",
                          "Or let the words decide: --delay auto")
    return delay_s


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
