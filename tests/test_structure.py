"""test_structure: who may import whom, what plugins must hold, which words and shortcuts are not used."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from support import ROOT

# room -> rooms it may import (itself always). A module of stream/ that no room names does not pass.
GROUND = {"errors", "channel", "worker", "plugins", "metrics", "media", "clock", "options"}
TOP = {"cli", "__main__", "commands", "server", "bench", "doctor", "models_command"}
MAY_IMPORT: dict[str, set[str]] = {
    "models": {"errors"},  # how an error is worded is the one thing both packages share
    **dict.fromkeys(GROUND, GROUND),
    "timeline": {"errors", "plugins"},
    "protocols": {"errors", "media", "channel"},
    "render": {"errors", "media", "timeline"},
    "sound": {"errors", "media", "timeline", "render"},
    "captions": {"errors", "timeline", "models"},
    "marks": {"errors", "media"},
    "voicing": {"errors", "media", "plugins", "timeline", "sound", "models"},
    "secrecy": {"errors", "timeline"},
    "fonts": {"errors", "render", "timeline"},
    "codecs": GROUND | {"protocols", "render", "timeline", "fonts"},  # kernels: for HDR, fields
    "dial": GROUND | {"protocols"},
    "sources": GROUND | {"protocols", "codecs", "marks", "dial", "rtc"},
    "sinks": GROUND | {"protocols", "codecs", "dial", "rtc"},
    "rtc": GROUND | {"protocols", "codecs", "sources"},
    "door": GROUND | {"protocols", "dial", "sources"},
}
MAY_IMPORT["run"] = set(MAY_IMPORT)
MAY_IMPORT["recording"] = {*MAY_IMPORT, "live"}  # what is kept is replayed by the parts that made it
MAY_IMPORT["live"] = set(MAY_IMPORT)
MAY_IMPORT["vod"] = set(MAY_IMPORT) - {"live"}
MAY_IMPORT.update({room: set(MAY_IMPORT) | TOP for room in TOP})
EVERYONE = {"root"}  # stream/__init__.py holds a sentence

NEVER: dict[str, set[str]] = {
    "models": {"av", "asyncio"},
    "timeline": {"av", "numpy", "asyncio", "socket", "subprocess", "threading", "time", "urllib"},
    "render": {"asyncio", "socket", "subprocess", "urllib", "time", "datetime", "tempfile"},
    "sound": {"asyncio", "socket", "subprocess", "urllib", "time", "datetime", "tempfile"},
    "protocols": {"asyncio", "av", "socket", "ssl", "time", "threading"},
    "captions": {"asyncio", "av", "socket", "time", "threading"},
    "server": {"av", "numba", "skia"},
}
# what costs start-up time is imported where it is used; these modules are themselves imported late
HEAVY = {"av", "aiortc", "ctranslate2", "cv2", "fastapi", "faster_whisper", "hibari", "matplotlib",
         "mediapipe", "moonshine_voice", "numba", "onnxruntime", "pocketsphinx", "sherpa_onnx", "skia", "torch", "vosk"}
HEAVY_ROOMS = {"numba": {"render", "sound"}, "skia": {"render"}, "fastapi": {"server"}, "aiortc": {"rtc"}}

UNUSED_WORDS = {"manager", "handler", "helper", "helpers", "service", "util", "utils", "processor", "node", "payload"}
LINES = 350


@cache
def modules() -> dict[str, Path]:
    """Every module of the two packages by its dotted name. Scripts beside data (no package) are not modules."""
    found = {}
    for top in ("stream", "models"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            folders = [ROOT.joinpath(*parts[:i]) for i in range(1, len(parts))]
            if all((folder / "__init__.py").exists() for folder in folders):
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text("utf-8"), str(modules()[name]))


def room(module: str) -> str:
    """The room that `module` (dotted) is in."""
    first, *rest = module.split(".")
    if first == "models":
        return "models"
    if not rest:
        return "root"
    return next((r for r in MAY_IMPORT if rest[0] == r), f"no room: {rest[0]}")


def imports(name: str, *, at_import: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything `name` imports; `at_import`: only what importing it imports."""
    package = name if modules()[name].stem == "__init__" else name.rpartition(".")[0]
    for node in _walk(tree(name), at_import):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package.split(".")[:len(package.split(".")) - node.level + 1], *filter(None, [base])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield node.lineno, full if full in modules() else base


def _walk(node: ast.AST, at_import: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if at_import and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if at_import and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _walk(child, at_import)


def calls(name: str) -> Iterator[tuple[int, str, ast.Call]]:
    """Line, dotted text and node of every call in `name`."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func), node


def where(name: str, line: int) -> str:
    return f"{modules()[name].relative_to(ROOT)}:{line}"


def test_the_walk_sees_the_whole_tree() -> None:
    assert {"stream.channel", "stream.timeline.program", "models.asr", "stream.sources"} <= set(modules())
    assert ("stream.errors" in {m for _, m in imports("stream.plugins")})
    assert {room(m) for m in modules()} <= set(MAY_IMPORT) | EVERYONE


def test_imports_point_down() -> None:
    wrong = [f"{where(name, line)}: {room(name)} may not import {target}"
             for name in modules() for line, target in imports(name)
             if target.split(".")[0] in ("stream", "models") and room(target) not in EVERYONE
             and room(target) != room(name) and room(target) not in MAY_IMPORT.get(room(name), set())]
    assert not wrong, "\n".join(wrong)


def test_each_room_stays_free_of_what_it_must_not_know() -> None:
    wrong = [f"{where(name, line)}: {room(name)} never imports {target}"
             for name in modules() for line, target in imports(name)
             if target.split(".")[0] in NEVER.get(room(name), set())]
    assert not wrong, "\n".join(wrong)


def test_plugins_never_use_each_other() -> None:
    """A scheme that is another one under a second name (no function of its own) may say so."""
    wrong = [f"{where(name, line)}: imports its neighbour {target}"
             for package in ("stream.sources", "stream.sinks") for name in modules() if name.startswith(f"{package}.")
             if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in tree(name).body)
             for line, target in imports(name)
             if target.startswith(f"{package}.") and not target.rpartition(".")[2].startswith("_")]
    assert not wrong, "\n".join(wrong)


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    wrong = [f"{where(name, line)}: import {target} inside the function that needs it"
             for name in modules() for line, target in imports(name, at_import=True)
             if target.split(".")[0] in HEAVY and room(name) not in HEAVY_ROOMS.get(target.split(".")[0], set())]
    assert not wrong, "\n".join(wrong)


def test_the_pure_rooms_open_nothing() -> None:
    fonts = "stream.render.text_fonts"  # is handed paths of fonts, so that Skia can map them instead of copying
    wrong = [f"{where(name, line)}: {text}()" for name in modules() if name != fonts
             and room(name) in ("render", "sound", "protocols", "captions")
             for line, text, _ in calls(name)
             if text == "open" or text.endswith((".read_bytes", ".read_text", ".write_bytes", ".write_text"))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("text", "only_in", "instead"), [
    (r"time\.time(_ns)?", set(), "the Clock, or time.monotonic_ns for a duration"),
    (r"(asyncio\.)?(Queue|LifoQueue|PriorityQueue)", set(), "a Channel: no queue is hidden"),
    (r"(queue\.)?SimpleQueue", {"stream.worker"}, "a Channel"),
    (r"(threading\.)?Thread|ThreadPoolExecutor", {"stream.worker"}, "a Worker"),
    (r"asyncio\.(get_event_loop|ensure_future)", set(), "get_running_loop, a named create_task"),
    (r"print", {"stream.cli", "stream.commands", "stream.doctor", "stream.models_command", "stream.bench"}, "tell"),
    (r"logging\.(debug|info|warning|error)|eval|exec|os\.system|pickle\..*", set(), "a logger or a function"),
])
def test_shortcuts_are_not_taken(text: str, only_in: set[str], instead: str) -> None:
    pattern = re.compile(rf"(?:{text})(?:\[.*\])?")
    wrong = [f"{where(name, line)}: {called}(): use {instead}" for name in modules()
             if not any(name == m or name.startswith((f"{m}.", f"{m}_")) for m in only_in)
             for line, called, call in calls(name) if pattern.fullmatch(called) and not _into_a_file(call)]
    assert not wrong, "\n".join(wrong)


def _into_a_file(call: ast.Call) -> bool:
    """Whether `call` is a print to a file of its own."""
    return any(k.arg == "file" and not ast.unparse(k.value).startswith("sys.") for k in call.keywords)


def test_every_task_has_a_name() -> None:
    wrong = [where(name, line) for name in modules() for line, text, call in calls(name)
             if text.endswith("create_task") and not any(k.arg == "name" for k in call.keywords)]
    assert not wrong, "\n".join(wrong)


def test_no_error_is_swallowed_whole() -> None:
    blind = {"Exception", "BaseException"}
    wrong = [where(name, node.lineno) for name in modules()
             if name not in ("stream.worker", "stream.run.supervise") for node in ast.walk(tree(name))
             if isinstance(node, ast.ExceptHandler)
             and (node.type is None or any(isinstance(n, ast.Name) and n.id in blind for n in ast.walk(node.type)))
             and not any(isinstance(n, ast.Raise) for n in ast.walk(node))]
    assert not wrong, "\n".join(wrong)


def test_names_say_what_a_thing_is() -> None:
    defined = [(where(name, node.lineno), node.name) for name in modules() for node in ast.walk(tree(name))
               if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    defined += [(str(path.relative_to(ROOT)), path.stem) for path in modules().values()]
    words = [(at, name, re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)) for at, name in defined]
    wrong = [f"{at}: {name}" for at, name, parts in words if UNUSED_WORDS & {p.lower() for p in parts}]
    assert not wrong, "\n".join(wrong)


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    wrong = []
    for name, path in modules().items():
        first = (ast.get_docstring(tree(name)) or "").split("\n\n")[0]
        says_its_name = first.startswith(f"{name.rpartition('.')[2]}: ") or "." not in name
        if not says_its_name or not first.endswith(".") or first.count("\n") > 1:
            wrong.append(f"{path.relative_to(ROOT)}: {first!r}")
    assert not wrong, "\n".join(wrong)


def test_classes_inherit_from_errors_models_and_protocols_only() -> None:
    own = {node.name for name in modules() for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef)
           and not any(re.search(r"Protocol|Error|Exception|BaseModel|Generic", ast.unparse(b)) for b in node.bases)}
    wrong = [f"{where(name, node.lineno)}: {node.name} inherits from {ast.unparse(base)}"
             for name in modules() if room(name) not in ("timeline", "server")  # pydantic documents
             for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef)
             for base in node.bases if ast.unparse(base).split("[")[0].rpartition(".")[2] in own]
    assert not wrong, "\n".join(wrong)


def test_files_stay_small() -> None:
    files = [p for top in ("stream", "models", "tests") for p in (ROOT / top).rglob("*.py")]
    long = [(p, n) for p in files if (n := len(p.read_text("utf-8").splitlines())) > LINES]
    wrong = [f"{p.relative_to(ROOT)}: {n} lines" for p, n in long]
    assert files and not wrong, "\n".join(wrong)
