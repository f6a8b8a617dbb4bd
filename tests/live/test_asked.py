"""What a live run is asked for: flags become the document's own words, and nonsense is told before anything starts."""

import asyncio
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from stream.cli import build
from stream.commands import live
from stream.errors import CuelightError, ModelError, OptionError
from stream.live.asked import Wanted, engines_wanted, noted
from stream.live.captions import caption_spec
from stream.timeline.facts import Facts
from stream.timeline.program import CaptionSpec, Hearing, Wording
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value
from stream.timeline.starters import live_document

EVERY_FLAG = ["--engine", "whisper", "--second-engine", "vosk:/models/ko", "--language", "pt-BR", "--policy", "eager",
              "--paging", "roll-up", "--vocabulary", "Ada Lovelace, Cuelight", "--replace", "gonna=going to",
              "--replace", "um=", "--profanity", "letter", "--spoken", "--speaker", "Ada", "--translate", "en",
              "--translator", "/models/opus"]


def flags(*words: str, source: str = "test:") -> Namespace:
    return build().parse_args(["live", source, *words])


def spec_of(args: Namespace) -> CaptionSpec:
    document, _ = live._document(args)
    spec = caption_spec(resolve(document, Facts()))
    assert spec is not None
    return spec


def test_every_flag_about_speech_is_in_the_document_that_runs() -> None:
    spec = spec_of(flags(*EVERY_FLAG))
    assert spec.hearing == Hearing(
        "whisper", "vosk:/models/ko", "pt-BR", "eager", "roll-up",
        Wording(("Ada Lovelace", "Cuelight"), (("gonna", "going to"), ("um", "")), "letter"), "Ada", "en",
        "/models/opus")
    assert spec.spoken and spec.highlighting


def test_without_flags_the_document_says_nothing_of_speech() -> None:
    assert live.caption_notes(flags()) == {}
    assert spec_of(flags()).hearing == Hearing()


def test_flags_are_laid_over_a_timelines_own_words(tmp_path: Path) -> None:
    value = live_document("rtmp-listen://0.0.0.0:1935/live/k", notes={"Engine": "whisper", "Policy": "final"}).value
    file = tmp_path / "show.json"
    file.write_text(json.dumps(value), "utf-8")
    hearing = spec_of(flags("--policy", "eager", source=str(file))).hearing
    assert (hearing.engine, hearing.policy) == ("whisper", "eager")
    assert spec_of(flags(source=str(file))).hearing.policy == "final"


def test_flags_reach_a_timeline_inside_a_job() -> None:
    value = live_document("test://").value
    document = noted(from_value({"Timeline": value, "UserData": "{}"}), {"Policy": "eager"})
    spec = caption_spec(resolve(document, Facts()))
    assert spec is not None and spec.hearing.policy == "eager"


def test_vocabulary_may_come_from_a_file(tmp_path: Path) -> None:
    words = tmp_path / "names.txt"
    words.write_text("Ada Lovelace\nCuelight\n\n", "utf-8")
    assert live.caption_notes(flags("--vocabulary", f"@{words}")) == {"Vocabulary": ["Ada Lovelace", "Cuelight"]}


def test_key_words_may_be_left_to_the_program() -> None:
    spec = spec_of(flags("--highlight", "auto"))
    assert spec.highlighting and spec.key_words == ()


@pytest.mark.parametrize(("words", "told"), [
    (["--language", "every tongue"], "no language tag"),
    (["--translate", "e"], "no language tag"),
    (["--translator", "/models/opus"], "into which language"),
    (["--replace", "gonna"], "does not say what is replaced"),
    (["--replace", "=x"], "does not say what is replaced"),
])
def test_nonsense_is_told(words: list[str], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        live.caption_notes(flags(*words))


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "61", "inf", ""])
def test_a_delay_is_a_number_of_seconds_or_auto(text: str) -> None:
    with pytest.raises(OptionError, match="auto"):
        live._delay_s(text)
    assert live._delay_s("auto") is None and live._delay_s("2.5") == 2.5


def test_choices_that_do_not_exist_are_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("--policy", "--paging", "--profanity", "--cc"):
        with pytest.raises(SystemExit):
            flags(flag, "loud")
        assert "loud" in capsys.readouterr().err


def test_an_engine_that_does_not_exist_or_is_not_here_is_told_before_the_stream(
        monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CuelightError, match="whispr"):
        Wanted(Hearing("whispr"), "").check()
    monkeypatch.setattr("models.asr.moonshine.available", lambda: "its weights are missing: pip install them")
    with pytest.raises(ModelError, match="weights are missing"):
        Wanted(Hearing(), "").check()
    Wanted(None, "").check()


def test_a_run_with_an_unknown_engine_ends_before_it_reads_its_source(tmp_path: Path) -> None:
    from stream.live.asked import LiveOptions
    from stream.live.report import Board
    from stream.live.show import run_live

    def nothing(_: Any) -> None:
        return

    document = live_document("test://", notes={"Engine": "nope"})
    options = LiveOptions(document, record=tmp_path / "recordings", for_s=1)
    with pytest.raises(OptionError, match="there is no 'nope'"):
        asyncio.run(run_live(options, nothing, Board(nothing, nothing)))
    assert not (tmp_path / "recordings").exists()


def test_captions_and_matte_are_wanted_as_the_document_says() -> None:
    assert engines_wanted(live_document("test://", captions=False)) == Wanted(None, "")
    wanted = engines_wanted(live_document("test://", background="blur", model="selfie-landscape"))
    assert wanted.hearing == Hearing() and wanted.model == "selfie-landscape"
