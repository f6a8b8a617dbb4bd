"""A server starts only as it is safe: on loopback, or with tokens that nobody can overhear."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.cli import build
from stream.commands.serve import FLAGS
from stream.errors import OptionError
from stream.server.config import Config, read_config


def test_it_is_bound_to_this_machine_unless_told_otherwise() -> None:
    config = read_config(None, {})
    config.check()
    assert config == Config() and config.is_loopback and config.auth


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_a_public_address_without_tokens_or_in_the_clear_is_refused(host: str) -> None:
    with pytest.raises(OptionError, match="--no-auth"):
        Config(host=host, auth=False, behind_tls=True).check()
    with pytest.raises(OptionError, match="in the clear"):
        Config(host=host).check()
    Config(host=host, behind_tls=True).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_on_loopback_tokens_may_be_left_out(host: str) -> None:
    Config(host=host, auth=False).check()


def test_a_certificate_goes_with_its_key_and_both_are_there(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    one = Config(tls_cert=tmp_path / "cert.pem")
    for config in (one, replace(one, tls_key=tmp_path / "no")):
        with pytest.raises(OptionError):
            config.check()


@pytest.mark.parametrize(("name", "text"), [
    ("a.toml", 'port = 9000\nallow = ["/srv"]\nudp_ports = "50000-50009"\ndata = "d"\nauth = true'),
    ("a.json", '{"port": 9000, "allow": ["/srv"], "udp_ports": [50000, 50009], "data": "d", "auth": true}')])
def test_a_file_says_the_same_as_flags_and_flags_win(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    config = read_config(tmp_path / name, {"port": 9001, "host": None})
    assert config == Config(port=9001, allow=("/srv",), udp_ports=(50000, 50009), data=Path("d"))


@pytest.mark.parametrize("text", ["prot = 1", "port = true", 'port = "x"', "port = -1", "auth = 1", "allow = 3", "[",
                                  "data = 1", "host = 1", 'udp_ports = "a-b"', "jobs = []", "allow = [1]"])
def test_nonsense_in_the_file_is_an_error_that_says_what(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(OptionError) as caught:
        read_config(tmp_path / "a.toml", {})
    assert caught.value.remedy


ANY = st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.booleans() | st.none() | st.binary()


@given(st.dictionaries(st.sampled_from(list(Config.__dataclass_fields__)), ANY, max_size=4))
def test_any_values_make_a_config_or_an_error_in_words(values: dict[str, object]) -> None:
    try:
        read_config(None, values)
    except OptionError as error:
        assert error.message


def test_the_page_is_named_as_it_is_reached() -> None:
    assert Config().url == "http://127.0.0.1:8787/" and Config(host="::1").url == "http://[::1]:8787/"
    assert Config(host="0.0.0.0", tls_cert=Path("c")).url == "https://127.0.0.1:8787/"


def test_every_flag_of_serve_is_a_member_of_the_configuration() -> None:
    args = build().parse_args(["serve"])
    assert set(FLAGS) <= set(Config.__dataclass_fields__) and all(getattr(args, name) is None for name in FLAGS)
