"""test_project: what is committed: locks, licences, package data, and nothing that belongs to one machine."""

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from support import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ["build", "core", "dev", "cuda"]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+?)(?: ; (.+?))? \\$", re.MULTILINE)
TEXT = {"", ".css", ".html", ".in", ".js", ".json", ".lock", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project: those git knows, or all where there is no repository."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        return tuple(p for name in listed.split("\0") if name and (p := ROOT / name).is_file())
    hidden = {".venv", "__pycache__", ".git", "build", "dist"}
    return tuple(p for p in ROOT.rglob("*") if p.is_file() and not hidden & set(p.relative_to(ROOT).parts))


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")


def pins(name: str) -> dict[tuple[str, str], str]:
    """Version of every (package, marker) of a lock."""
    return {(m[1], m[3] or ""): m[2] for m in PIN.finditer(lock(name))}


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_with_a_hash_and_names_no_address(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", lock(name), flags=re.MULTILINE).strip())
    assert len(entries) == len(pins(name)) >= 1
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"://|--index|--extra|--find-links|@ ", lock(name))


def test_everything_the_project_depends_on_is_in_the_core_lock() -> None:
    locked = {package for package, _ in pins("core")}
    assert {plain(r) for r in SETTINGS["project"]["dependencies"]} <= locked


def test_everything_tests_need_is_in_the_core_or_dev_lock() -> None:
    locked = {package for name in ("core", "dev") for package, _ in pins(name)}
    assert {plain(r) for r in SETTINGS["project"]["optional-dependencies"]["dev"]} <= locked


def test_no_package_is_locked_twice() -> None:
    names = [package for lock_name in LOCKS for package in {p for p, _ in pins(lock_name)}]
    assert len(names) == len(set(names))


def test_plain_onnxruntime_never_meets_the_gpu_one() -> None:
    core = {marker: package for (package, marker) in pins("core") if package.startswith("onnxruntime")}
    assert core == {"sys_platform == 'darwin'": "onnxruntime",
                    "sys_platform == 'linux' or sys_platform == 'win32'": "onnxruntime-gpu"}


def test_torch_is_not_installed() -> None:
    assert not {package for name in LOCKS for package, _ in pins(name)} & {"torch", "torchaudio"}


@pytest.mark.parametrize("package", ["av", "aiortc", "numpy", "vosk", "mediapipe", "fastapi"])
def test_set_up_installs_what_was_promised(package: str) -> None:
    assert package in {name for name, _ in pins("core")}


def test_what_runs_here_is_what_the_locks_say() -> None:
    from importlib.metadata import version
    here = [(p, v) for name in ("core", "dev") for (p, marker), v in pins(name).items()
            if not marker and version(p) != v]
    assert not here, f"run `make setup`: {here}"


def test_every_file_that_is_no_module_is_packaged() -> None:
    data = SETTINGS["tool"]["setuptools"]["package-data"]
    for path in tracked():
        top, *rest = path.relative_to(ROOT).parts
        if top not in data or (path.suffix == ".py" and (path.parent / "__init__.py").exists()):
            continue
        inside = "/".join(rest)
        assert any(fnmatch.fnmatch(inside, pattern) for pattern in data[top]), f"{top}/{inside} is in no package-data"


def test_typed_packages_say_so() -> None:
    assert (ROOT / "stream/py.typed").exists() and (ROOT / "models/py.typed").exists()


MACHINE = [  # assembled, so that this file does not hold them
    r"py" + r"pi\.org", r"python" + r"hosted", r"registry\." + r"npm", r"npm" + r"js\.(org|com)", r"deb\.deb" + r"ian",
    r"arti" + r"factory", r"index" + r"-url", r"/ro" + r"ot/", r"/ho" + r"me/[a-z]", r"/wo" + r"rk/", r"/tm" + r"p/w\b",
    r"\.\./sha" + r"red",
    r"BEGIN (RSA |EC )?PRIV" + r"ATE KEY", r"AK" + r"IA[0-9A-Z]{16}", r"gh[pousr]_[0-9A-Za-z]{30}",
]


@pytest.mark.parametrize("pattern", MACHINE)
def test_nothing_committed_belongs_to_one_machine_or_is_secret(pattern: str) -> None:
    allowed = {"Makefile": r"--no-emit-index" + r"-url"}
    searched, wrong = 0, []
    for path in tracked():
        if path.suffix not in TEXT or path.stat().st_size > 2_000_000:
            continue
        text = path.read_text("utf-8", errors="replace").replace(allowed.get(path.name, "\0"), "")
        searched += 1
        wrong += [f"{path.relative_to(ROOT)}: {m[0]}" for m in re.finditer(pattern, text)]
    assert searched > 50 and not wrong, "\n".join(wrong)


def test_no_committed_file_is_large() -> None:
    assert not [str(p) for p in tracked() if p.stat().st_size > 12_000_000]


def test_links_in_the_documents_lead_somewhere() -> None:
    documents = [p for p in tracked() if p.suffix == ".md"]
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
    links = [(p, target) for p in documents for target in link.findall(p.read_text("utf-8"))]
    assert documents and not [f"{p.name}: {t}" for p, t in links if not (p.parent / t).exists()]


def test_json_files_are_json() -> None:
    for path in tracked():
        if path.suffix == ".json":
            json.loads(path.read_text("utf-8"))


def test_the_command_starts_and_imports_nothing_heavy() -> None:
    heavy = ["av", "numpy", "onnxruntime", "numba", "skia", "sherpa_onnx", "fastapi", "aiortc", "mediapipe", "vosk"]
    code = f"import sys, stream.cli; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (found.stdout.strip(), found.stderr, found.returncode) == ("[]", "", 0)


def test_make_refuses_an_old_python_with_a_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\n[ \"$1\" = --version ] && { echo Python 3.9.2; exit 0; }\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(["make", "-s", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", "setup"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr and "Python 3.9.2" in done.stderr


def test_make_has_the_promised_targets() -> None:
    for target in ("setup", "demo", "test", "lint", "bench", "lock", "clean"):
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
