"""Templates: variables, defaults, dropped members, lists; what is missing is named with its path."""

from typing import Any

import pytest
from foreign_json import JSON
from hypothesis import given

from stream.errors import DocumentError
from stream.timeline.template import fill, names

DOCUMENT = {"VideoTracks": [{"VideoTrackClips": [
    {"MediaURL": "$Video", "Out": "$Length:5", "X": "$Left:NULL", "Comment": "costs $5"}]}]}


def clip(document: Any) -> dict[str, Any]:
    found: dict[str, Any] = document["VideoTracks"][0]["VideoTrackClips"][0]
    return found


def test_a_variable_takes_its_value_or_its_default_or_its_member_is_dropped() -> None:
    assert clip(fill(DOCUMENT, {"Video": "a.mp4"})) == {"MediaURL": "a.mp4", "Out": "5", "Comment": "costs $5"}
    given_all = fill(DOCUMENT, {"Video": "a.mp4", "Length": 2.5, "Left": 0})
    assert clip(given_all) == {"MediaURL": "a.mp4", "Out": 2.5, "X": 0, "Comment": "costs $5"}
    assert names(DOCUMENT) == ("Video", "Length", "Left")


def test_a_missing_variable_is_an_error_with_its_path() -> None:
    with pytest.raises(DocumentError) as caught:
        fill(DOCUMENT, {})
    assert "$.VideoTracks[0].VideoTrackClips[0].MediaURL ($Video)" in caught.value.message


def test_a_variable_the_document_does_not_use_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(DocumentError) as caught:
        fill(DOCUMENT, {"Video": "a.mp4", "Lenght": 3})
    assert "Lenght" in caught.value.message and "Length" in caught.value.remedy


def test_a_template_in_a_list_becomes_an_entry_for_each_item() -> None:
    document = {"Clips": [{"Sys_Type": "ArrayItems", "Sys_ArrayObject": "$Videos", "Sys_Template": {
        "MediaURL": "$Url", "Out": "$Out:NULL", "Title": "$Name"}}, {"MediaURL": "tail.mp4"}]}
    made = fill(document, {"Name": "Show", "Videos": [{"Url": "a.mp4", "Out": 3}, {"Url": "b.mp4"}]})
    assert made == {"Clips": [{"MediaURL": "a.mp4", "Out": 3, "Title": "Show"}, {"MediaURL": "b.mp4", "Title": "Show"},
                              {"MediaURL": "tail.mp4"}]}


def test_a_template_in_the_place_of_a_list_becomes_the_list() -> None:
    document = {"Clips": {"Sys_Type": "Array", "Sys_ArrayObject": "$Urls", "Sys_Template": {"MediaURL": "$Item"}}}
    assert fill(document, {"Urls": ["a.mp4", "b.mp4"]}) == {"Clips": [{"MediaURL": "a.mp4"}, {"MediaURL": "b.mp4"}]}
    assert fill(document, {"Urls": []}) == {"Clips": []}
    with pytest.raises(DocumentError, match="not a list"):
        fill(document, {"Urls": "a.mp4"})
    with pytest.raises(DocumentError, match="Sys_ArrayObject"):
        fill(document, {})


@given(JSON)
def test_a_document_without_markers_stays_as_it_is(value: Any) -> None:
    try:
        made = fill(value, {})
    except DocumentError:
        assert names(value)
        return
    assert made == value or names(value) or "Sys_" in str(value)
