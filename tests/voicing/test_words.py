"""Numbers, amounts, dates, addresses and short forms, written out as they are spoken."""

import re

import pytest
from cn2an import an2cn  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.voicing import chinese, english
from stream.voicing import english_numbers as numbers
from stream.voicing.say_as import said_as
from stream.voicing.ssml import SAY_AS
from stream.voicing.tongues import stretches


@pytest.mark.parametrize(("text", "words"), [
    ("1,234,567 of 42", "one million two hundred thirty four thousand five hundred sixty seven of forty two"),
    ("in 1984, 2007 and 2024", "in nineteen eighty four, two thousand seven and twenty twenty four"),
    ("the 1990s, the 21st", "the nineteen nineties, the twenty first"),
    ("March 3, 2024 and 14 July", "March third, twenty twenty four and July fourteenth"),
    ("2024-02-14 or 2/14/2024", "February fourteenth, twenty twenty four or February fourteenth, twenty twenty four"),
    ("at 7:05 pm, 14:30, 9:00", "at seven oh five P M, fourteen thirty, nine o'clock"),
    ("$1,250.50, €1", "one thousand two hundred fifty dollars and fifty cents, one euro"),
    ("£3.5m, 20 USD", "three point five million pounds, twenty U S dollars"),
    ("12.5% of 3/4", "twelve point five percent of three quarters"),
    ("5 km, 1 kg, 25°C, 60 fps", "five kilometers, one kilogram, twenty five degrees Celsius, sixty frames per second"),
    ("call 555-1234", "call five five five, one two three four"),
    ("mail ann@example.com", "mail ann at example dot com"),
    ("https://www.example.org/docs-2", "W W W dot example dot org slash docs dash two"),
    ("Dr. Jones vs. Mr. Hart, etc.", "Doctor Jones versus Mister Hart, et cetera"),
    ("World War II, Louis XIV, Chapter IX", "World War two, Louis the fourteenth, Chapter nine"),
    ("HTML, NASA, PU and the BBC", "H T M L, Nasa, pu and the B B C"), ("STOP DOING THAT NOW", "stop doing that now"),
    ("H264 at 1080p in 4K", "H two six four at ten eighty P in four K"), ("v1.2.3", "one point two point three"),
    ("Rock & roll, a = b", "Rock and roll, a equals b"), ("-5 to +7", "minus five to plus seven"),
    ("10-20 people, #3", "ten to twenty people, number three"), ("He (Bob) -- yes", "He, Bob, yes"),
    ("007", "zero zero seven"),
    ("it's “fine”", "it's fine"), (" spaced ", " spaced ")])
def test_english_is_written_out(text: str, words: str) -> None:
    assert english.in_words(text) == words


@pytest.mark.parametrize(("text", "words"), [
    ("2024年3月15日", "二零二四年三月十五日"),
    ("2024-03-15 14:05", "二零二四年三月十五日 十四点零五分"),
    ("占12.5%", "占百分之十二点五"),
    ("¥50.5和3万元", "五十点五元和三万元"), ("2个人，第2名", "两个人，第二名"),
    ("电话13812345678", "电话幺三八，幺二三四，五六七八"),
    ("-5℃，5kg", "负五摄氏度，五千克"), ("10-20人，3:1，1/2", "十到二十人，三比一，二分之一"),
    ("“好”《书》", "好书"), ("007号", "零零七号")])
def test_chinese_is_written_out(text: str, words: str) -> None:
    assert chinese.in_words(text) == words


@given(st.integers(0, 10**16 - 1))
def test_chinese_numbers_agree_with_another_reader(number: int) -> None:
    theirs = re.sub(r"^一十", "十", re.sub(r"^二(?=[千万亿])", "两", an2cn(number, "low")))
    assert chinese.integer(number) == theirs


@given(st.integers(-10**30, 10**30))
def test_english_numbers_read_back_as_themselves(number: int) -> None:
    total = group = 0
    for word in numbers.cardinal(number).removeprefix("minus ").split():
        if word in numbers.ONES:
            group += numbers.ONES.index(word)
        elif word in numbers.TENS:
            group += 10 * numbers.TENS.index(word)
        elif word == "hundred":
            group *= 100
        else:
            total += group * 1000 ** numbers.SCALES.index(word)
            group = 0
    assert (total + group) * (-1 if number < 0 else 1) == number


@pytest.mark.parametrize(("kind", "text", "en", "zh"), [
    ("cardinal", "1205", "one thousand two hundred five", "一千二百零五"), ("ordinal", "3", "third", "第三"),
    ("digits", "1205", "one two zero five", "一二零五"),
    ("telephone", "400-1234", "four zero zero, one two three four", "四零零，幺二三四"),
    ("address", "221B Oak St", "two twenty one B Oak Street", ""), ("id", "X7", "X seven", "X 七"),
    ("characters", "B-2", "B dash two", "B，杠，二"),
    ("punctuation", "So!", "So exclamation mark", "So，感叹号，"),
    ("date", "2024/3/5", "March fifth, twenty twenty four", "二零二四年三月五日"),
    ("time", "8:05", "eight oh five", "八点零五分"),
    ("currency", "12.50", "twelve dollars and fifty cents", "十二元五角"),
    ("measure", "5kg", "five kilograms", "五千克"),
    ("name", "Ann", "Ann", "Ann")])
def test_every_kind_of_say_as_is_said_as_what_it_is(kind: str, text: str, en: str, zh: str) -> None:
    assert kind in SAY_AS
    assert [part.text.strip() for part in said_as(kind, text, "en")] == [en]
    assert not zh or [part.text.strip() for part in said_as(kind, text, "zh")] == [zh]


def test_family_names_have_their_own_sound() -> None:
    first, rest = said_as("name", "单小华", "zh")
    assert (first.text, first.pinyin, rest.text) == ("单", "shan4", "小华")
    assert [p.pinyin for p in said_as("name", "尉迟恭", "zh")] == ["yu4 chi2", ""]


def test_the_order_of_a_date_may_be_given() -> None:
    assert said_as("date", "03/04/2024", "en", "dmy")[0].text == "April third, twenty twenty four"
    assert said_as("date", "03/04/2024", "en")[0].text == "March fourth, twenty twenty four"
    assert said_as("date", "31/02/2024", "en")[0].text  # no such day: said as it is


@pytest.mark.parametrize(("text", "usual", "parts"), [
    ("我用iPhone拍照。", "zh", [("zh", "我用"), ("en", "iPhone"), ("zh", "拍照。")]),
    ("Hello!", "zh", [("en", "Hello!")]),
    ("5号 bus", "en", [("zh", "5号 "), ("en", "bus")]),
    ("Ciao, 5!", "it", [("it", "Ciao, 5!")]),
    ("これは本です", "en", [("ja", "これは本です")]),
    ("Привет", "en", [("ru", "Привет")]), ("42", "fr", [("fr", "42")])])
def test_the_letters_of_a_text_tell_its_language(text: str, usual: str, parts: list[tuple[str, str]]) -> None:
    assert list(stretches(text, usual)) == parts


@given(st.text(max_size=60), st.sampled_from(["en", "zh", "fr", "ja", "yue"]))
def test_stretches_are_all_of_the_text(text: str, usual: str) -> None:
    assert "".join(stretch for _, stretch in stretches(text, usual)) == text


NUMERIC = [*"0123456789.,:/-$%€°' ()年月个kmaA", "pm", "th", "2024", "Dr. ", "http://", "XIV ", "@"]


@given(st.lists(st.sampled_from(NUMERIC), max_size=25))
@settings(max_examples=300, deadline=None)
def test_no_digit_is_left_in_any_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert not re.search(r"[0-9$%€]", english.in_words(text))
    assert not re.search(r"[0-9]", chinese.in_words(text))


@given(st.sampled_from(SAY_AS), st.text(st.sampled_from("0123456789-/:., aBX年￥$é中"), max_size=15),
       st.sampled_from(["en", "zh", "fr"]))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_said_as_any_kind(kind: str, text: str, language: str) -> None:
    parts = said_as(kind, text, language)
    assert parts and (language == "fr" or not re.search(r"\d", "".join(p.text for p in parts)))
