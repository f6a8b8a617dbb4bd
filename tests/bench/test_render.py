"""The render bench: contenders make the same film, figures are what was measured, what is missing is named."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import made
import pytest
from rich.console import Console

from stream.bench import render, render_jobs
from stream.bench.render import Run, check_pictures, compare, fit, main, ratio, table, timed
from stream.bench.render_jobs import Job, film
from stream.bench.render_media import ass, captions, green_screen, photographs
from stream.bench.render_peers import xfade
from stream.errors import MediaError
from support import require_program


def sleeping(seconds: float, out: Path, source: Path) -> list[str]:
    program = "import shutil, sys, time; time.sleep(float(sys.argv[1])); shutil.copy(sys.argv[3], sys.argv[2])"
    return [sys.executable, "-c", program, str(seconds), str(out), str(source)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return green_screen(tmp_path_factory.mktemp("clip") / "green.mp4", (160, 96), 0.5)


def test_a_command_is_timed_and_its_failure_told_in_its_own_words(tmp_path: Path) -> None:
    run = timed([sys.executable, "-c", "b = bytearray(60_000_000); print(sum(range(300_000)))"], os.environ,
                tmp_path / "log")
    assert run.wall_s > 0 and run.cpu_s > 0 and 60 < run.rss_mb < 1000
    with pytest.raises(MediaError, match="it broke"):
        timed([sys.executable, "-c", "import sys; sys.exit('it broke')"], os.environ, tmp_path / "log")


def test_contenders_take_turns_and_ratios_are_of_one_round(tmp_path: Path, clip: Path) -> None:
    job = Job("naps", tmp_path, {name: sleeping(seconds, film(tmp_path, "naps", name), clip)
                                 for name, seconds in (("cuelight", 0.05), ("peer", 0.4))}, {"peer": 0.9}, 15,
              {"melt": "not installed"})
    told: list[str] = []
    row = compare(job, 3, tmp_path, told.append)
    assert [line.split(": ")[1].split()[0] for line in told] == ["cuelight", "peer", "peer", "cuelight", "cuelight",
                                                                  "peer"]
    share = row["ratios"]["peer"]
    assert share["lowest"] <= share["median"] <= share["highest"] < 1 and share["target"] == 0.9
    assert row["runs"]["peer"][0]["bytes"] == clip.stat().st_size
    json.dumps(row)


def test_ratios_pair_the_runs_of_a_round() -> None:
    ours, theirs = ([Run(wall_s, 3 * wall_s, 0) for wall_s in walls] for walls in ((1, 2, 6), (2, 8, 8)))
    assert ratio(ours, theirs, 0.5) == {"median": 0.5, "lowest": 0.25, "highest": 0.75, "cpu": 0.5, "target": 0.5}


def test_films_of_another_length_are_no_comparison(clip: Path) -> None:
    check_pictures(clip, 15)
    with pytest.raises(MediaError, match="15 pictures, not 30"):
        check_pictures(clip, 30)


def test_films_that_show_something_else_are_no_comparison(tmp_path: Path, clip: Path) -> None:
    other = tmp_path / "other.mp4"
    made.clip(other, frames=15, size=(160, 96))
    job = Job("naps", tmp_path, {"cuelight": sleeping(0, film(tmp_path, "naps", "cuelight"), clip),
                                 "peer": sleeping(0, film(tmp_path, "naps", "peer"), other)}, pictures=15)
    with pytest.raises(MediaError, match="something else"):
        compare(job, 1, tmp_path, lambda _: None)


def test_a_line_is_found_and_how_well_it_fits() -> None:
    exact = fit([(1, 5.0), (2, 7.0), (4, 11.0)])
    assert (exact["slope"], exact["start"], exact["r2"]) == (2.0, 3.0, 1.0)
    assert fit([(1, 1.0), (2, 4.0), (3, 9.0), (4, 16.0)])["r2"] < 0.99


def test_the_media_are_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, again = (photographs(tmp_path / name, 2) for name in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert first[0].read_bytes() != first[1].read_bytes()
    script = ass(captions(4), (1920, 1080), "Noto Sans")
    assert script.count("Dialogue:") == 2 and "0:00:02.00,0:00:04.00" in script and "\\N" in script


def test_the_slideshow_overlaps_its_photographs_in_ffmpeg_as_in_ours(tmp_path: Path) -> None:
    photos = [Path("a.jpg"), Path("b.jpg"), Path("c.jpg")]
    graph = " ".join(xfade(photos, (320, 180), 3.0, 0.3, once=True))
    assert graph.count("xfade") == 2 and "offset=2.7" in graph and "offset=5.4" in graph and "-loop" not in graph
    job = render_jobs.slides(tmp_path, 2, 1, "")
    assert job.pictures == 171 and "moviepy" in job.absent
    document = json.loads((tmp_path / "slides.json").read_text())
    assert len(document["VideoTracks"][0]["VideoTrackClips"]) == 2


def test_a_quick_bench_compares_films_of_one_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    require_program("ffmpeg")
    monkeypatch.setattr(render_jobs, "SIZE", (320, 180))
    monkeypatch.setattr(render_jobs, "PRESET", "ultrafast")
    assert main(["--jobs", "captions", "--quick", "--rounds", "1", "--json", str(tmp_path / "r.json"), "--keep",
                 str(tmp_path / "kept")]) == 0
    found: dict[str, Any] = json.loads((tmp_path / "r.json").read_text())
    assert found["jobs"][0]["ratios"]["ffmpeg"]["median"] > 0 and found["machine"]["cores"]
    assert "captions" in capsys.readouterr().out and list((tmp_path / "kept").rglob("captions-cuelight.mp4"))


def test_the_table_shows_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    line = fit([(1, 5.0), (2, 7.0)])
    Console(width=200).print(table({
        "preset": "veryfast", "crf": 20, "threads": 2,
        "jobs": [{"name": "slides", "pictures": 3, "absent": {"melt": "not installed"}, "ratios": {},
                  "runs": {"cuelight": [{"wall_s": 1.0, "cpu_s": 2.0, "rss_mb": 3.0, "bytes": 4000}]}}],
        "memory": {"short_s": 60, "long_s": 600, "short_mb": 100.0, "long_mb": 101.0, "ratio": 1.01, "target": 1.1},
        "linear": {"tracks": line}}))
    said = capsys.readouterr().out
    assert all(word in said for word in ("slides", "not installed", "1.01", "2.000x", "100, 101"))


def test_without_ffmpeg_there_is_nothing_to_compare_with(monkeypatch: pytest.MonkeyPatch,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(render, "which", lambda _: None)
    assert main(["--quick"]) == 1 and "ffmpeg" in capsys.readouterr().out
