"""One Timeline, many outputs: variables on the command line and from a table."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from stream.cli import build
from stream.commands import read_document
from stream.commands.batch import each_row, variables_of
from stream.errors import DocumentError, OptionError


def rows(tmp_path: Path, table: str, out: str, used: tuple[str, ...] = ("Name", "Video")) -> list[Namespace]:
    path = tmp_path / "table.csv"
    path.write_text(table, encoding="utf-8")
    return list(each_row(build().parse_args(["render", "t.json", out, "--csv", str(path), "--set", "Video=x"]), used))


def test_variables_are_text_or_json() -> None:
    args: Any = Namespace(set=["Name=a=b", "Clips=[1, {}]", "Empty="])
    assert variables_of(args) == {"Name": "a=b", "Clips": [1, {}], "Empty": ""}
    for wrong in ("Name", "=3", "Clips=[1"):
        with pytest.raises(OptionError):
            variables_of(Namespace(set=[wrong]))


def test_each_row_is_an_output_with_its_own_name_and_values(tmp_path: Path) -> None:
    made = rows(tmp_path, "\ufeffName,Video\nAnn,a.mp4\n\"Bo, B/o\",b.mp4\n", "out/{Name}.mp4")
    assert [one.out for one in made] == ["out/Ann.mp4", "out/Bo, B-o.mp4"]
    assert [variables_of(one) for one in made] == [{"Name": "Ann", "Video": "a.mp4"},
                                                   {"Name": "Bo, B/o", "Video": "b.mp4"}]
    assert all(one.csv == "" for one in made)


@pytest.mark.parametrize(("table", "out", "named"), [
    ("Name\nAnn\nBo\n", "out.mp4", "two rows"), ("Name\nAnn\n", "{Nme}.mp4", "Nme"),
    ("Name,Odd\nAnn,1\n", "{Name}.mp4", "'Odd'"), ("", "{Name}.mp4", "no rows"), ("Name\n", "{Name}.mp4", "no rows")])
def test_a_table_that_does_not_fit_is_an_error(tmp_path: Path, table: str, out: str, named: str) -> None:
    with pytest.raises(OptionError) as caught:
        rows(tmp_path, table, out)
    assert named in caught.value.message


def test_a_document_is_read_with_its_variables_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "$Video", "Out": "$Out:3"}]}]}')
    document = read_document(str(path), {"Video": "a.mp4"})
    assert [ref.url for ref in document.media_urls()] == ["a.mp4"]
    with pytest.raises(DocumentError):
        read_document(str(path), {"Vido": "a.mp4"})
