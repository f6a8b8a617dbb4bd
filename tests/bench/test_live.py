"""The live bench: a short run of it gives every figure it promises; what goes wrong is named."""

import json
from pathlib import Path

import pytest

from stream.bench import live, publish
from stream.bench.live import Plan
from stream.bench.prepare import CHEST, prepare
from stream.bench.received import Received
from stream.codecs.demux import Demuxer
from stream.errors import MediaError
from stream.marks import barcode
from support import free_port, run_real


def read_back(clip: Path) -> Received:
    received, demuxer = Received(), Demuxer(str(clip))
    for packet in demuxer.packets():
        received.take(packet, 0)
    demuxer.close()
    received.finish()
    return received


@pytest.mark.parametrize("content", ["scene", "person"])
def test_a_prepared_clip_is_marked_throughout(tmp_path: Path, content: live.Content) -> None:
    clip = prepare(tmp_path / "clip.mp4", content, (640, 360), 2.2, kbps=1500)
    found = read_back(clip).report()
    assert (found.received, found.unread, found.lost, found.flashes) == (66, 0, 0, 3)
    assert found.av is not None and found.av.max_abs_ms < 0.5


def test_the_code_on_a_person_lies_low_enough_for_the_chest_and_high_enough_for_captions() -> None:
    assert CHEST.y_ratio > 0.7 and CHEST.y_ratio + CHEST.height_ratio < 0.82
    assert CHEST != barcode.TOP


def test_a_short_run_gives_every_figure(tmp_path: Path) -> None:
    clip = prepare(tmp_path / "clip.mp4", "scene", (320, 180), 4.5, kbps=800)
    plan = Plan("base", (320, 180), "ultrafast", 2.0, 1.0, 800, "scene")
    row = run_real(live.run(plan, clip, tmp_path), limit_s=90)
    assert row["received"]["received"] > 30 and row["received"]["latency_ms"]["n"] > 30
    assert row["usage"]["cores"] > 0 and row["cpu_ms_per_frame"] > 0 and row["asr_cores"] == 0
    assert row["session"]["metrics"]["latency_ms"]["count"] > 30
    assert abs(row["received"]["av"]["median_ms"]) < 50
    assert row["other_load_cores"] > -0.2
    json.dumps(row)
    assert live.table([row]).row_count == len(live._CELLS)


def test_a_pipeline_that_does_not_come_up_is_named_with_its_last_words(tmp_path: Path,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    clip = prepare(tmp_path / "clip.mp4", "scene", (320, 180), 0.2, kbps=800)
    monkeypatch.setattr(Plan, "arguments", lambda plan: ["--preset", "warp"])
    with pytest.raises(MediaError, match=r"did not come up.*warp"):
        run_real(live.run(Plan("base", (320, 180), "warp", 1, 1, 800, "scene"), clip, tmp_path))


def test_publishing_to_nobody_says_so_and_shows_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    clip = prepare(tmp_path / "clip.mp4", "scene", (320, 180), 0.2, kbps=800)
    monkeypatch.setenv("SOME_KEY", "verysecretkey")
    with pytest.raises(SystemExit) as ended:
        publish.main([str(clip), f"rtmp://127.0.0.1:{free_port()}/live/${{SOME_KEY}}", "--wait", "0.3"])
    said = capsys.readouterr()
    assert ended.value.code == 1 and "cannot reach" in said.err
    assert "verysecret" not in said.err + said.out


@pytest.mark.parametrize("text", ["720", "axb", "720q"])
def test_a_size_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        live.main(["--size", text])
    assert "a size is" in capsys.readouterr().err
