"""Keys and tokens stay out of every line, however they got into it."""

import pytest

from stream.secrecy import hidden_in, veiled

KEY = "sk-1234567890"


@pytest.mark.parametrize("url", [f"rtmp://h/live/{KEY}", "rtmp://h/live/${KEY}", f"rtmps-listen://0.0.0.0/live/{KEY}"])
def test_a_key_is_hidden_with_its_url_and_alone(url: str) -> None:
    hidden = hidden_in([url], {"KEY": KEY})
    for line in (f"cannot open {url.replace('${KEY}', KEY)}: refused", f"wrong key {KEY}", f"publish {KEY}?x=1"):
        assert KEY not in veiled(line, hidden)
    assert "rtmp" in veiled(f"cannot open {url.replace('${KEY}', KEY)}", hidden)


def test_a_token_in_a_query_and_a_password_are_hidden() -> None:
    url = "https://me:passw0rd@h/show.m3u8?token=abcdefgh"
    said = veiled(f"{url}: 403; retrying with token=abcdefgh as passw0rd", hidden_in([url], {}))
    assert "abcdefgh" not in said and "passw0rd" not in said


def test_a_file_and_a_short_word_are_left_readable() -> None:
    hidden = hidden_in(["clip.mp4", "live+file:///srv/shows/wedding.mp4", "rtmp://h/app/live"], {})
    assert veiled("/srv/shows/wedding.mp4 is not there", hidden) == "/srv/shows/wedding.mp4 is not there"
    assert veiled("live: clip.mp4 cannot be read by the live session", hidden) == (
        "live: clip.mp4 cannot be read by the live session")
    assert veiled("rtmp://h/app/live broke", hidden) == "rtmp://h/app/… broke"
