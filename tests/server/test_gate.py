"""What a caller may have this machine read, fetch or write to passes one gate; what it must not never does."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import CuelightError, MediaError, OptionError, RefusedError
from stream.server.config import Config
from stream.server.gate import Gate
from stream.timeline.schema import from_value
from stream.timeline.starters import live_document


def gate(tmp_path: Path, *allow: str, names: dict[str, list[str]] | None = None, public: bool = True) -> Gate:
    config = Config(data=tmp_path / "data", allow=allow, public_media=public)
    for folder in (config.media, config.recordings, config.out):
        folder.mkdir(parents=True, exist_ok=True)

    async def look_up(host: str) -> list[str]:
        known = {"public.test": ["93.184.215.14"], "both.test": ["93.184.215.14", "10.0.0.7"],
                 "inner.test": ["10.0.0.7"], "localhost": ["127.0.0.1", "::1"], **(names or {})}
        if host not in known:
            return [host]
        return known[host]

    return replace(Gate.of(config), look_up=look_up)


def source(of: Gate, url: str) -> None:
    asyncio.run(of.source(url))


def sink(of: Gate, url: str) -> str:
    return asyncio.run(of.sink(url))


@pytest.mark.parametrize("url", [
    "https://public.test/a.mp4", "http://93.184.215.14/a.mp4", "live+https://public.test/live.m3u8", "test://", "tone://1",
    "rtmp://public.test/live/key", "rtmp-listen://0.0.0.0:1935/live/key", "srt://0.0.0.0:9000?mode=listener",
    "udp://239.0.0.1:5000", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a.mp4"])
def test_the_public_internet_and_our_own_doors_may_be_used(tmp_path: Path, url: str) -> None:
    source(gate(tmp_path), url)


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]", "inner.test", "INNER.test.",
    "both.test", "public.test@127.0.0.1", "user:password@inner.test"])
def test_a_private_address_is_refused_however_it_is_written(tmp_path: Path, host: str) -> None:
    for scheme in ("http", "https", "rtmp", "rtsp", "srt", "whep", "live+http"):
        with pytest.raises(RefusedError):
            source(gate(tmp_path), f"{scheme}://{host}/a.mp4")
    with pytest.raises(RefusedError):
        sink(gate(tmp_path), f"rtmp://{host}/live/key")


@pytest.mark.parametrize("url", [
    "ftp://public.test/a", "gopher://public.test/a", "data:text/plain,x", "concat:/etc/passwd|/etc/group",
    "subfile,,start,0,end,9,,:/etc/passwd", "pipe:0", "FILE:///etc/passwd", "file:///etc/passwd", "/etc/passwd",
    "../../etc/passwd", "file://../../etc/passwd", "live+file:///etc/passwd", "HTTP://127.0.0.1/", "http:///a.mp4",
    "http://public.test\\@127.0.0.1/", "http://public.test/\r\nHost: x", "http://[::1/", "http://public.test:x/",
    "rtmp-listen://0.0.0.0:80/live/key", "${file:/etc/passwd}", "http://public.test/${HOME}", "a\0b", "x" * 5000, ""])
def test_what_is_not_meant_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises((RefusedError, MediaError, OptionError)):
        source(gate(tmp_path), url)


def test_a_private_host_an_address_and_a_network_are_allowed_by_name(tmp_path: Path) -> None:
    allowed = gate(tmp_path, "Inner.test", "127.0.0.1", "192.168.0.0/16", "fd00::/8")
    for host in ("inner.test", "127.0.0.1", "192.168.7.7", "[fd00::5]"):
        source(allowed, f"http://{host}/a.mp4")
    for host in ("10.0.0.7", "127.0.0.2", "[::1]"):
        with pytest.raises(RefusedError):
            source(allowed, f"http://{host}/a.mp4")


def test_only_what_is_named_may_be_used_where_the_public_internet_is_shut_out(tmp_path: Path) -> None:
    shut = gate(tmp_path, "public.test", public=False)
    source(shut, "https://public.test/a.mp4")
    with pytest.raises(RefusedError):
        source(shut, "https://93.184.215.14/a.mp4")


def test_files_are_read_below_the_folders_alone_and_links_do_not_lead_out(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "film.mp4").touch()
    shut, opened = gate(tmp_path), gate(tmp_path, str(other))
    media = tmp_path / "data" / "media"
    (media / "own.mp4").touch()
    (media / "link.mp4").symlink_to(other / "film.mp4")
    (media / "up").symlink_to(tmp_path)
    source(shut, "own.mp4")
    source(shut, f"file://{media}/own.mp4")
    for url in (str(other / "film.mp4"), "link.mp4", "up/other/film.mp4", "http://public.test/link.mp4",
                f"{media}/../../other/film.mp4", "../media/../../other/film.mp4"):
        with pytest.raises(RefusedError):
            source(shut, url)
    for url in (str(other / "film.mp4"), "link.mp4"):
        source(opened, url)


def test_a_name_that_is_none_of_the_media_is_never_looked_for_elsewhere(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.mp4").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MediaError, match="among the server's media"):
        source(gate(tmp_path), "here.mp4")


def test_outputs_go_into_the_output_folder_or_one_allowed_for_it(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    out, one = tmp_path / "data" / "out", gate(tmp_path, f"out:{exports}")
    assert sink(one, "show.mp4") == str(out / "show.mp4") and sink(one, "shows/") == f"{out / 'shows'}/"
    assert sink(one, str(exports / "a.mp4")) == str(exports / "a.mp4")
    assert sink(one, "rtmp://public.test/live/key") == "rtmp://public.test/live/key"
    for url in ("../a.mp4", "/tmp/a.mp4", str(tmp_path / "data" / "media" / "a.mp4"), "", ".", "ftp://public.test/a",
                "tcp://public.test:1", f"file://{tmp_path}/a.mp4", "a\0.mp4"):
        with pytest.raises((RefusedError, MediaError)):
            sink(one, url)


def test_an_allowed_folder_that_is_not_there_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no such folder"):
        gate(tmp_path, "/no/such/folder")


def test_every_medium_a_document_names_is_looked_at_wherever_it_stands(tmp_path: Path) -> None:
    one = gate(tmp_path)
    asyncio.run(one.document(live_document("test://", background="#00ff00")))
    tracks = {
        "$.VideoTracks[0].VideoTrackClips[0].MediaURL": {
            "VideoTracks": [{"VideoTrackClips": [{"MediaURL": "http://127.0.0.1/a.mp4"}]}]},
        "$.AudioTracks[0].AudioTrackClips[0].MediaURL": {
            "AudioTracks": [{"AudioTrackClips": [{"MediaURL": "https://inner.test/a.mp3"}]}]},
        "$.SubtitleTracks[0].SubtitleTrackClips[0].FileURL": {
            "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Subtitle", "FileURL": "/etc/passwd"}]}]},
        "$.SubtitleTracks[0].SubtitleTrackClips[0].FontURL": {
            "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "FontURL": "file:///etc/passwd"}]}]},
        "$.AudioTracks[0].AudioTrackClips[0].Content": {"AudioTracks": [{"AudioTrackClips": [
            {"Type": "AI_TTS", "Content": "<speak>a<soundEvent src='http://127.0.0.1/&#x61;.wav'/></speak>"}]}]},
        "$.ImageTracks[0].ImageTrackClips[0].ImageURL": {
            "ImageTracks": [{"ImageTrackClips": [{"ImageURL": "http://169.254.169.254/latest"}]}]},
    }
    for path, value in tracks.items():
        with pytest.raises(RefusedError) as caught:
            asyncio.run(one.document(from_value(value)))
        assert path in caught.value.message


def test_folders_of_engines_are_looked_at_too(tmp_path: Path) -> None:
    for notes in ({"Engine": "vosk:/etc"}, {"SecondEngine": "sherpa:../.."}, {"Translate": "de", "Translator": "/etc"}):
        with pytest.raises((RefusedError, MediaError)):
            asyncio.run(gate(tmp_path).document(live_document("test://", notes=notes)))
    asyncio.run(gate(tmp_path).document(live_document("test://", notes={"Engine": "moonshine"})))


def test_callers_may_name_secrets_of_our_own_prefix_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUELIGHT_TEST_KEY", "abcdef")
    monkeypatch.setenv("OTHER_SECRET", "abcdef")
    assert sink(gate(tmp_path), "rtmp://public.test/live/${CUELIGHT_TEST_KEY}").endswith("${CUELIGHT_TEST_KEY}")
    with pytest.raises(OptionError):
        sink(gate(tmp_path), "rtmp://public.test/live/${OTHER_SECRET}")


@given(st.text(max_size=60))
def test_any_text_is_let_through_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    one = gate(tmp_path_factory.getbasetemp() / "gate")
    for ask in (one.source, one.sink):
        try:
            asyncio.run(ask(text))
        except CuelightError as error:
            assert error.message
