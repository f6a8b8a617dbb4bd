"""test_plugins: a plugin is a file, an unknown name is an error that helps, and every file keeps its contract."""

import inspect
from types import ModuleType

import pytest

from stream import plugins
from stream.errors import OptionError

PACKAGES = ("stream.sources", "stream.sinks", "stream.timeline.export", "models.asr", "models.matting", "models.mt",
            "models.vad")
CONTRACTS = [(package, name) for package in PACKAGES for name in plugins.names(package)]


def parameters(module: ModuleType, function: str) -> list[str]:
    return list(inspect.signature(getattr(module, function)).parameters)


def test_names_are_file_names_with_dashes() -> None:
    assert {"rtmp-listen", "test", "file"} <= set(plugins.names("stream.sources"))
    assert not any("_" in name for _, name in CONTRACTS)


def test_what_begins_with_an_underscore_is_no_plugin() -> None:
    assert not [name for _, name in CONTRACTS if name.startswith("-")]


def test_an_unknown_name_is_an_error_that_names_the_near_ones() -> None:
    with pytest.raises(OptionError) as caught:
        plugins.load("stream.sources", "rtmp-listn")
    assert caught.value.message == "sources: there is no 'rtmp-listn'"
    assert "rtmp-listen" in caught.value.remedy


def test_a_name_that_is_near_to_nothing_gets_the_whole_list() -> None:
    with pytest.raises(OptionError) as caught:
        plugins.load("stream.sources", "qqqqqq")
    assert all(name in caught.value.remedy for name in plugins.names("stream.sources"))


@pytest.mark.parametrize("name", ["..errors", "../errors", "rtmp.listen", "", "_x", "__init__", "rtmp_listen"])
def test_a_name_cannot_reach_outside_its_folder(name: str) -> None:
    with pytest.raises(OptionError):
        plugins.load("stream.sources", name)


@pytest.mark.parametrize(("package", "name"), CONTRACTS)
def test_a_plugin_keeps_its_contract(package: str, name: str) -> None:
    module = plugins.load(package, name)
    assert (module.__doc__ or "").startswith(f"{name.replace('-', '_')}: ")
    if package == "stream.sources":
        assert inspect.isasyncgenfunction(module.read)
        assert parameters(module, "read") == ["url", "options", "context"]
    elif package == "stream.sinks":
        assert inspect.iscoroutinefunction(module.write)
        assert parameters(module, "write") == ["url", "setups", "packets", "options", "context"]
    elif package == "stream.timeline.export":
        assert inspect.isfunction(module.write)
        assert parameters(module, "write")[0] == "cues"
        assert inspect.signature(module.write).return_annotation in (str, "str")
    else:
        assert inspect.isfunction(module.load)
        assert all(p.default is not p.empty for p in inspect.signature(module.load).parameters.values())
