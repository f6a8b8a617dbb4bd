"""Who reads a text: the voice named, the nearest to a cloud voice's name, and nobody where nobody can."""

import pytest
from voices import small_house

from stream.timeline.program import Notice
from stream.voicing.voice_names import CLOUD_VOICES
from stream.voicing.voices import cast, troubles, wanted


def chosen(name: str, *languages: str, **lacks: str) -> tuple[dict[str, str], list[Notice]]:
    voices, _ = small_house(**lacks)
    want = wanted(name, voices)
    found = cast(want, languages, voices)
    return ({language: str(choice) for language, choice in found.items()},
            list(troubles(name, want, found, languages, voices, "$.x.Voice")))


@pytest.mark.parametrize(("name", "language", "voice"), [
    ("", "en", "hibari:heart"), ("zhiqi", "en", "hibari:heart"), ("sicheng", "en", "kokoro:am_michael"),
    ("sicheng", "zh", "kokoro:zm_yunxi"), ("Aiqi", "zh", "kokoro:zf_xiaoxiao"), ("kelly", "yue", "espeak:yue"),
    ("camila", "fr", "espeak:fr+f3"),
    ("hibari", "en", "hibari:heart"), ("kokoro:zf_xiaoxiao", "zh", "kokoro:zf_xiaoxiao"),
    ("kokoro:zf_xiaoxiao", "en", "kokoro:zf_xiaoxiao"), ("kokoro", "en", "kokoro:af_heart"),
    ("espeak:cmn", "zh", "espeak:cmn-latn-pinyin"), ("espeak:fr", "fr", "espeak:fr"),
    ("hibari", "zh", "kokoro:zf_xiaoxiao")])
def test_the_voice_is_the_one_named_or_the_nearest(name: str, language: str, voice: str) -> None:
    assert chosen(name, language)[0] == {language: voice}


def test_without_kokoro_english_is_hibari_and_chinese_is_espeak() -> None:
    found, notices = chosen("sicheng", "en", "zh", kokoro="no weights")
    assert found == {"en": "hibari:heart", "zh": "espeak:cmn-latn-pinyin"}
    (notice,) = notices
    assert notice.code == "nearest-voice" and "sicheng" in notice.message and "hibari:heart" in notice.message


def test_a_chinese_voice_that_reads_english_reads_both() -> None:
    assert chosen("zhichu", "zh", "en")[0] == dict.fromkeys(("zh", "en"), "kokoro:zm_yunxi")


def test_a_language_nobody_speaks_is_an_error_that_says_how_to_get_a_voice() -> None:
    found, (warning, error) = chosen("aiqi", "en", "zh", kokoro="Kokoro is not installed", espeak="Install espeak-ng")
    assert found == {"en": "hibari:heart"} and warning.code == "nearest-voice"
    assert (error.severity, error.code, error.path) == ("error", "no-voice", "$.x.Voice") and "zh" in error.message
    assert "Kokoro is not installed" in error.remedy and "Install espeak-ng" in error.remedy


def test_a_voice_nobody_knows_is_told_with_the_near_ones() -> None:
    found, (notice,) = chosen("sichen", "en")
    assert found == {"en": "hibari:heart"} and notice.code == "unknown-voice"
    assert "'sichen'" in notice.message and "sicheng" in notice.remedy
    _, (notice,) = chosen("kokoro:zf_xiaoxio", "zh")
    assert notice.code == "unknown-voice" and "zf_xiaoxiao" in notice.remedy


def test_an_engine_that_is_missing_is_told_with_its_remedy() -> None:
    found, (notice,) = chosen("kokoro:am_michael", "en", kokoro="its weights are not installed")
    assert found == {"en": "hibari:heart"}
    assert "its weights are not installed" in notice.message and notice.severity == "warning"


def test_a_voice_of_another_language_leaves_the_text_to_one_that_speaks_it() -> None:
    found, (notice,) = chosen("hibari:heart", "zh")
    assert found == {"zh": "kokoro:zf_xiaoxiao"} and "does not speak" in notice.message


def test_the_default_and_a_voice_named_as_it_is_are_not_worth_a_word() -> None:
    assert chosen("", "en")[1] == chosen("hibari", "en")[1] == chosen("kokoro:am_michael", "en")[1] == []


def test_every_cloud_voice_has_somebody_who_stands_in_for_it() -> None:
    assert len(CLOUD_VOICES) > 130
    for name in CLOUD_VOICES:
        assert set(chosen(name, "en", "zh")[0]) == {"en", "zh"}
