"""espeak: the program's languages, Chinese as pinyin, and a program that is absent, hangs or fails."""

from pathlib import Path

import jiwer
import numpy as np
import pytest

from models.align import spoken
from models.asr import StreamOptions, moonshine
from models.tts import Part, Saying, espeak
from models.tts.espeak import _pinyin, _samples
from stream.errors import ModelError
from support import require_program


def voice(name: str = "") -> espeak.Espeak:
    require_program("espeak-ng")
    return espeak.load(name)


def program(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Put a shell script in the program's place."""
    path = folder / "espeak-ng"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(path))


def test_a_recogniser_reads_english_back(recognizer: moonshine.Moonshine) -> None:
    text = "Good evening everybody, and welcome to the garden."
    sound = voice("en-gb").say(Saying((Part(text),)))
    size = round(len(sound) * 16_000 / 22_050)
    at_16k = np.pad(np.fft.irfft(np.fft.rfft(sound)[:size // 2 + 1], size) * (size / len(sound)), 8_000)
    stream = recognizer.open(StreamOptions(step_s=float("inf")))
    told = [w for h in [*stream.feed(at_16k.astype(np.float32)), *stream.finish()] if h.final for w in h.words]
    said, back = ([p for word in words for p in spoken(word)] for words in (text.split(), [w.text for w in told]))
    assert jiwer.wer(" ".join(said), " ".join(back)) <= 0.25, back


@pytest.mark.parametrize(("name", "text"), [
    ("de", "Guten Abend."), ("fr-fr+f3", "Bonsoir."), ("ar", "مساء الخير"), ("hi", "नमस्ते"), ("ru", "Добрый вечер"),
    ("ja", "こんばんは"), ("cmn-latn-pinyin+f3", "晚上好，欢迎。")])
def test_it_speaks_other_languages_at_an_exact_pace(name: str, text: str) -> None:
    sound = voice(name).say(Saying((Part(text),)))
    assert len(sound) > 0.3 * 22_050 and 0.2 < np.abs(sound).max() < 1.0 and sound[0] == sound[-1] == 0.0
    assert np.array_equal(sound, voice(name).say(Saying((Part(text),))))
    assert len(voice(name).say(Saying((Part(text),), speed=2.0))) == round(len(sound) / 2)


def test_chinese_goes_to_it_as_pinyin_the_given_one_first() -> None:
    assert _pinyin(Part("银行，")).split() == ["yin2hang2", ","]
    assert _pinyin(Part("典当", pinyin="dian3 dang4")) == "dian3dang4"
    assert voice("cmn-latn-pinyin").takes == {"pinyin"} and voice("de").takes == set()


def test_its_own_notation_is_not_the_authors() -> None:
    plain, noted = (voice().say(Saying((Part(text),))) for text in ("hello there", "[[hello]] <there>"))
    assert np.array_equal(plain, noted)


def test_a_text_is_never_an_option_or_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(monkeypatch, tmp_path, f'printf "%s\\n" "$@" >{tmp_path}/given; cat >{tmp_path}/text')
    with pytest.raises(ModelError, match="no sound"):
        espeak.load("de").say(Saying((Part(f"-w {tmp_path}/x; touch {tmp_path}/y"),)))
    assert (tmp_path / "given").read_text().split() == ["-v", "de", "-b", "1", "--stdin", "--stdout"]
    assert (tmp_path / "text").read_text().startswith("-w ")
    assert not (tmp_path / "x").exists() and not (tmp_path / "y").exists()


def test_a_voice_there_is_not_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"no voice '-q'.*en-us.*yue"):
        espeak.load("-q")
    names = [info.name for info in espeak.VOICES]
    assert len(names) == len(set(names)) > 200
    assert {info.language for info in espeak.VOICES} >= {"en-US", "zh-CN", "pt-BR", "de", "yue"}


def test_without_the_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "apt install espeak-ng" in espeak.available()
    with pytest.raises(ModelError, match="apt install espeak-ng"):
        espeak.load()


def test_a_program_that_fails_hangs_or_is_none_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saying = Saying((Part("hello"),))
    program(monkeypatch, tmp_path, "echo 'Error: no such voice' >&2; exit 1")
    with pytest.raises(ModelError, match="Error: no such voice"):
        espeak.load().say(saying)
    program(monkeypatch, tmp_path, "exec sleep 60")
    monkeypatch.setattr(espeak, "LIMIT_S", 0.05)
    with pytest.raises(ModelError, match="did not say 5 characters"):
        espeak.load().say(saying)
    made = espeak.load()
    (tmp_path / "espeak-ng").unlink()
    with pytest.raises(ModelError, match="cannot be run"):
        made.say(saying)


def test_a_wav_from_a_pipe_is_read_whatever_its_sizes_say() -> None:
    head = b"RIFF\x24\xf0\xff\x7fWAVEfmt " + b"\x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0"
    assert list(_samples(head + b"data\x00\xf0\xff\x7f" + b"\x00\x40\x00\xc0\x01")) == [0.5, -0.5]
    for cut in range(0, len(head) + 8, 3):
        assert len(_samples((head + b"data\x00\xf0\xff\x7f")[:cut])) == 0
    assert len(_samples(b"not a wav at all")) == 0
