"""The commands: instant help, one clear line for what is wrong, exit codes that scripts can use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stream.cli import main
from stream.errors import CuelightError
from stream.run.supervise import words_of
from support import ROOT

HEAVY = {"av", "numpy", "numba", "skia", "onnxruntime", "sherpa_onnx", "pydantic", "rich"}


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `cuelight` with `args`."""
    try:
        code = main(args)
    except SystemExit as ended:
        code = int(ended.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("args", [["--help"], ["live", "--help"], ["render", "--help"]])
def test_help_is_instant_because_it_imports_nothing_heavy(args: list[str]) -> None:
    code = ("import sys; from stream.cli import main\n"
            f"try: main({args!r})\n"
            "except SystemExit as ended: assert not ended.code\n"
            "print(*sorted(sys.modules), file=sys.stderr)")
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "usage: cuelight" in run.stdout
    assert not HEAVY & set(run.stderr.split())


def test_every_command_of_the_contract_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "--help")
    for name in ("live", "new", "render", "frame", "check", "verify", "finish", "doctor", "models"):
        assert f"    {name} " in out or f"    {name}\n" in out, name


@pytest.mark.parametrize("args", [[], ["sing"], ["live"], ["live", "test:", "--nonsense"], ["new", "everything"],
                                  ["frame", "a.json", "soon", "b.png"]])
def test_wrong_usage_is_exit_code_two(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, *args)
    assert code == 2 and "usage: cuelight" in err


@pytest.mark.parametrize(("args", "words"), [
    (["live", "test:", "--size", "big"], "--size big is no size"),
    (["live", "test:", "--fps", "1/0"], "--fps 1/0 is no rate"),
    (["live", "test:", "--preset", "fastest"], "fastest"),
    (["live", "test:", "--option", "loop"], "NAME=VALUE"),
    (["live", "test:", "--show", "///"], "makes no file name"),
    (["live", "test:", "--no-record", "--to", "gopher://x"], "gopher"),
    (["live", "test:", "--no-record", "--to", "movie.avi"], ".mp4"),
    (["live", "test:", "--no-record", "--to", "rtmp://host-without-key"], "stream key"),
    (["live", "test:", "--highlight", "@no-such-file"], "no-such-file"),
    (["live", "rtmp-listen://127.0.0.1/live/${CUELIGHT_NOT_SET}", "--no-record"], "CUELIGHT_NOT_SET"),
    (["live", "no-such-file.mp4", "--no-record", "--no-captions"], "no-such-file.mp4"),
    (["live", "no-such.json"], "no-such.json"), (["render", "no-such.json", "x.mp4"], "no-such.json"),
    (["frame", "no-such.json", "1", "x.png"], "no-such.json"), (["verify", "no-such-folder"], "is no recording"),
    (["finish", "no-such-folder"], "is no recording"), (["models", "get"], "needs a name")])
def test_what_is_wrong_is_one_line_with_a_remedy_and_exit_code_one(
        args: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = said(capsys, *args)
    lines = [line for line in err.splitlines() if line.startswith("cuelight: ")]
    assert code == 1 and len(lines) == 1 and words in lines[0], err
    assert "Traceback" not in err
    assert not list(tmp_path.glob("**/*.mp4"))


def test_an_error_of_the_system_is_one_line_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = said(capsys, "new", "both", str(tmp_path / "no" / "folder.json"))
    assert code == 1 and err.startswith("cuelight: ") and "No such file" in err and err.count("\n") == 1


def test_a_live_timeline_is_not_rendered(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said(capsys, "new", "captions", str(tmp_path / "a.json"))
    code, _, err = said(capsys, "render", str(tmp_path / "a.json"), str(tmp_path / "a.mp4"))
    assert code == 1 and "cuelight live" in err and not (tmp_path / "a.mp4").exists()


@pytest.mark.parametrize("kind", ["captions", "background", "both"])
def test_a_starter_checks_clean_and_is_never_written_over(
        kind: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "show.json"
    assert said(capsys, "new", kind, str(path))[0] == 0
    code, out, _ = said(capsys, "check", str(path))
    assert code == 0 and "0 errors" in out, out
    before = path.read_text()
    code, _, err = said(capsys, "new", kind, str(path))
    assert code == 1 and "not" in err and path.read_text() == before
    assert said(capsys, "new", kind)[1] == before


def test_check_names_the_place_and_ends_with_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken, wrong = tmp_path / "broken.json", tmp_path / "wrong.json"
    broken.write_text('{"VideoTracks": [\n  {"VideoTrackClips": [}')
    code, out, _ = said(capsys, "check", str(broken))
    assert code == 1 and "line 2" in out
    wrong.write_text(json.dumps({"VideoTracks": [{"VideoTrackClips": [
        {"MediaURL": "a.mp4", "TimelineIn": 5, "TimelineOut": 2}]}]}))
    code, out, _ = said(capsys, "check", "--json", str(wrong))
    notices = json.loads(out)
    assert code == 1 and any("VideoTrackClips[0]" in n["path"] and n["severity"] == "error" for n in notices)
    assert all(set(n) >= {"severity", "path", "message", "remedy", "code"} for n in notices)


def test_an_interrupted_command_is_exit_code_130(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import stream.commands.doctor

    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(stream.commands.doctor, "run", interrupted)
    assert said(capsys, "doctor")[0] == 130


def test_our_errors_say_what_and_what_to_do() -> None:
    assert words_of(CuelightError("it is gone", "Bring it back")) == "it is gone. Bring it back"
