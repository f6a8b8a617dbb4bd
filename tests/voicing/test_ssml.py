"""Marks in a text: what they say, what is wrong with them, and what must never be followed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.errors import DocumentError
from stream.voicing.script import Phrase, Script, script_of
from stream.voicing.ssml import MAX_CHARACTERS, Bound, Pause, Run, SoundEvent, read


def said(content: str, usual: str = "en") -> list[str]:
    """What voices are given, sentence by sentence."""
    return [" ".join(step.text.strip() for step in sentence.steps if isinstance(step, Phrase))
            for sentence in script_of(content, usual).sentences]


def shown(content: str, usual: str = "en") -> list[str]:
    return [sentence.caption for sentence in script_of(content, usual).sentences]


def pauses_ms(script: Script) -> list[int]:
    return [step.length_ns // 1_000_000 for sentence in script.sentences for step in sentence.steps
            if isinstance(step, Pause)]


def test_a_substitute_is_said_and_the_text_is_shown() -> None:
    content = '<speak>The <sub alias="Ar Tee">RT</sub> value, short for room tone, is low.</speak>'
    assert shown(content) == ["The RT value,", "short for room tone,", "is low."]
    assert said(content) == ["The R T value,", "short for room tone,", "is low."]


def test_tags_without_a_speak_around_them_work_too() -> None:
    assert said('Meet <sub alias="Doctor Lee">Dr. L. Lee</sub> now.') == ["Meet Doctor Lee now."]
    assert shown('Meet <sub alias="Doctor Lee">Dr. L. Lee</sub> now.') == ["Meet Dr. L. Lee now."]


@pytest.mark.parametrize("text", [
    "a < b & c > d", "AT&T and R&D", "x <3 you", "if (a<b) go", "<", "&", "1 <2> 3", "a &b;c"])
def test_a_text_that_is_not_ssml_keeps_every_character(text: str) -> None:
    assert read(text).atoms == (Run(text),) and read(text).notices == ()


def test_entities_in_a_plain_text_are_the_characters_they_stand_for() -> None:
    assert shown("Salt &amp; pepper &#8212; fine") == ["Salt & pepper — fine"]


def test_breaks_last_as_long_as_they_say() -> None:
    script = script_of('A<break time="1.5s"/>b<break time="250ms"/>c<break strength="x-strong"/>d<break/>e'
                       '<break time="99s"/>f<break time="soon"/>')
    assert pauses_ms(script) == [1500, 250, 1000, 400, 10_000, 400]
    assert [n.code for n in script.notices] == ["out-of-range", "unknown-attribute"]
    assert script.sentences[0].caption == "A b c d e f"


def test_sentences_and_paragraphs_end_where_the_tags_say() -> None:
    assert shown("<s>One</s><s>two</s>three<p>four</p>") == ["One", "two", "three", "four"]
    assert read("<p>a</p>b").atoms == (Bound(True), Run("a"), Bound(True), Run("b"))


def test_speak_says_how_all_of_it_is_spoken() -> None:
    wishes = read('<speak voice="aiqi" rate="-200" pitch="50" volume="80" effect="echo" bgm="b.wav" '
                  'backgroundMusicVolume="30" encodeType="MP3" sampleRate="16000">x</speak>').wishes
    assert (wishes.voice, wishes.rate, wishes.pitch, wishes.volume) == ("aiqi", -200, 50, 80)
    assert (wishes.effect, wishes.music, wishes.music_volume) == ("echo", "b.wav", 30)


@pytest.mark.parametrize(("attribute", "code"), [
    ('rate="fast"', "unknown-attribute"), ('rate="900"', "out-of-range"), ('effect="giant"', "unknown-attribute"),
    ('encodeType="OGG"', "unknown-attribute"), ('mood="x"', "unknown-attribute")])
def test_what_speak_cannot_do_is_told(attribute: str, code: str) -> None:
    assert [n.code for n in read(f"<speak {attribute}>x</speak>", "$.here").notices] == [code]


def test_phonemes_reach_the_voice() -> None:
    (sentence,) = script_of('去<phoneme alphabet="py" ph="dian3 dang4">典当</phoneme>行', "zh").sentences
    (phrase,) = sentence.steps
    assert isinstance(phrase, Phrase) and phrase.language == "zh" and sentence.caption == "去典当行"
    assert [(p.text, p.pinyin) for p in phrase.parts] == [("去", ""), ("典当", "dian3 dang4"), ("行", "")]
    (sentence,) = script_of('a <phoneme ph="lɛd">lead</phoneme> pipe').sentences
    (phrase,) = sentence.steps
    assert isinstance(phrase, Phrase) and [p.ipa for p in phrase.parts if p.ipa] == ["lɛd"]


def test_a_tag_nobody_knows_is_told_with_its_place_and_its_text_is_said() -> None:
    script = script_of("One\n <blink>two</blink> three", "en", "$.clip.Content")
    (notice,) = script.notices
    assert notice.path == "$.clip.Content" and "<blink>" in notice.message and "line 2, column 2" in notice.message
    assert shown("One <blink>two</blink> three") == ["One two three"]


def test_emotion_is_told_and_a_sound_event_is_kept() -> None:
    marked = read('<emotion category="happy" intensity="1.2">Hi</emotion><soundEvent src="ding.wav"/>')
    assert [n.code for n in marked.notices] == ["no-emotion"] and marked.atoms == (Run("Hi"), SoundEvent("ding.wav"))


@pytest.mark.parametrize(("content", "place"), [
    ("<speak>one <sub>two</speak>", "line 1, column 22"), ("<speak>\n  a & b</speak>", "line 2, column 6"),
    ("<speak>中文<break></speak>", "line 1"), ("<s>never closed", "line 1"),
    ("<speak>&nbsp;</speak>", "line 1, column 8"),
    ("x </s> y", "line 1, column 5"), ("<speak", "line 1"), ("<break time=1s/>", "line 1, column 13")])
def test_ssml_that_is_not_well_formed_is_an_error_with_its_place(content: str, place: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(place)) as found:
        script_of(content, "en", "$.x.Content")
    assert "$.x.Content" in str(found.value) and found.value.remedy


@pytest.mark.parametrize("content", [
    '<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><speak>&b;</speak>',
    '<?xml version="1.0"?><!DOCTYPE s SYSTEM "file:///etc/passwd"><speak>x</speak>',
    '<speak><!ENTITY x SYSTEM "http://127.0.0.1/">&x;</speak>', '<!doctype html>hello'])
def test_entities_and_document_types_are_refused(content: str) -> None:
    with pytest.raises(DocumentError, match="entities"):
        read(content)


def test_depth_and_size_are_bounded() -> None:
    with pytest.raises(DocumentError, match="levels"):
        read("<s>" * 50 + "x" + "</s>" * 50)
    with pytest.raises(DocumentError, match="elements"):
        read("<speak>" + "<s/>" * 11_000 + "</speak>")
    with pytest.raises(DocumentError, match="characters"):
        read(f"<speak>{'x ' * MAX_CHARACTERS}</speak>")
    marked = read("word " * MAX_CHARACTERS)
    assert {n.code for n in marked.notices} == {"long-text"}
    assert sum(len(atom.text) for atom in marked.atoms if isinstance(atom, Run)) == MAX_CHARACTERS


def test_ten_thousand_characters_are_all_said_in_breaths() -> None:
    content = "and so on " * 1000
    script = script_of(content)
    (sentence,) = script.sentences
    assert script.notices == () and sentence.caption == content.strip()
    assert max(len(step.text) for step in sentence.steps if isinstance(step, Phrase)) <= 240
    assert said(content)[0].split() == content.split()


def test_what_is_said_of_nothing_shown_is_heard_without_a_caption() -> None:
    (sentence,) = script_of('<speak><sub alias="ahem"></sub></speak>').sentences
    assert sentence.caption == "" and isinstance(sentence.steps[0], Phrase)


def test_a_comment_a_declaration_and_character_data_are_xml_as_usual() -> None:
    content = '<?xml version="1.0" encoding="UTF-8"?><speak><!-- no -->yes <![CDATA[1 < 2]]></speak>'
    assert said(content) == ["yes one less than two"]


PIECES = [*"<>/&;\"'= \n.,a1中，。!\x00\ud800", "<s>", "</s>", "<speak>", "</speak>", "<sub alias='b'>", "</sub>",
          "<break/>", "<!DOCTYPE", "&amp;", "<say-as interpret-as='date'>", "</say-as>", "2024-02-30", "$3.5m",
          "<phoneme ph='a'>", "</phoneme>", "]]>", "<![CDATA["]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_content_is_read_or_refused_clearly(content: str) -> None:
    try:
        script = script_of(content, "zh")
    except DocumentError as error:
        assert error.remedy and "$" in error.message
        return
    assert all(sentence.steps for sentence in script.sentences)
    for sentence in script.sentences:
        for step in sentence.steps:
            assert not isinstance(step, Phrase) or (step.text.strip() and step.language)
