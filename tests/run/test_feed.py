"""Captions for listeners: whole, in order, as plain values; a slow listener loses the oldest and holds nobody up."""

import json
from dataclasses import replace
from typing import Any

from live_rig import Run as Rig
from live_rig import paced, run_script, stretch

from stream.channel import Channel
from stream.run.feed import WAITING, CueFeed
from stream.timeline.program import NS, Cue, Run, TextStyle


def cue(name: str, start_s: float, end_s: float, text: str, revision: int = 0, lane: str = "") -> Cue:
    lines = tuple((Run(line),) for line in text.split("\n"))
    return Cue(name, round(start_s * NS), round(end_s * NS), lines, TextStyle(), revision, lane=lane)


def taken(channel: "Channel[dict[str, Any]]") -> list[dict[str, Any]]:
    return channel.take_ready(1000)


def test_a_caption_is_partial_until_another_takes_its_place() -> None:
    feed = CueFeed()
    heard = feed.listen()
    feed.show(cue("c1", 1, 3, "one"))
    feed.show(cue("c1", 2, 4, "one two", 1))
    feed.show(cue("c2", 3, 5, "three"))
    events = taken(heard)
    assert [(e["id"], e["revision"], e["state"], e["end"]) for e in events] == [
        ("c1", 0, "partial", 3.0), ("c1", 1, "partial", 4.0), ("c1", 1, "committed", 3.0), ("c2", 0, "partial", 5.0)]
    assert [e["sequence"] for e in events] == [1, 2, 3, 4] and {e["version"] for e in events} == {1}
    assert json.loads(json.dumps(events)) == events


def test_words_say_when_they_appeared_or_were_said_and_whether_they_are_marked() -> None:
    feed = CueFeed()
    heard = feed.listen()
    feed.show(cue("c1", 1, 3, "one"))
    feed.show(replace(cue("c1", 2, 4, "", 1), lines=((Run("one two "), Run("three", True)),)))
    assert taken(heard)[-1]["words"] == [
        {"text": "one", "highlighted": False, "start": 1.0}, {"text": "two", "highlighted": False, "start": 2.0},
        {"text": "three", "highlighted": True, "start": 2.0}]
    feed.show(replace(cue("c2", 3, 5, "今天天气"), times=((0, 3 * NS), (2, 4 * NS))))
    assert [(w["text"], w["start"]) for w in taken(heard)[-1]["words"]] == [("今天", 3.0), ("天气", 4.0)]


def test_each_lane_has_its_own_captions() -> None:
    feed = CueFeed()
    heard = feed.listen()
    feed.show(cue("c1", 1, 3, "one"))
    feed.show(cue("t1", 2, 4, "eins", lane="de"))
    assert [(e["lane"], e["state"]) for e in taken(heard)] == [("", "partial"), ("de", "partial")]


def test_what_has_ended_is_committed_when_its_time_is_over_or_the_run_is() -> None:
    feed = CueFeed()
    heard = feed.listen()
    feed.show(cue("c1", 1, 3, "one"))
    feed.passed(2 * NS)
    feed.passed(3 * NS)
    feed.show(cue("c2", 4, 9, "two"))
    feed.close()
    assert [(e["id"], e["state"], e["end"]) for e in taken(heard)] == [
        ("c1", "partial", 3.0), ("c1", "committed", 3.0), ("c2", "partial", 9.0), ("c2", "committed", 9.0)]
    assert heard.closed and feed.listen().closed


def test_a_new_listener_first_hears_what_is_on_the_picture() -> None:
    feed = CueFeed()
    feed.show(cue("c1", 1, 3, "one"))
    feed.show(cue("c1", 2, 3, "one two", 1))
    assert [e["lines"] for e in taken(feed.listen())] == [["one two"]]


def test_a_slow_listener_loses_the_oldest_and_the_others_nothing() -> None:
    feed = CueFeed()
    slow, quick = feed.listen(size=3), feed.listen()
    for number in range(10):
        feed.show(cue("c1", number, 20, f"word {number}", number))
    assert [e["revision"] for e in taken(slow)] == [7, 8, 9] and slow.dropped == 7
    assert [e["revision"] for e in taken(quick)] == list(range(10)) and WAITING >= 10
    feed.leave(slow)
    feed.show(cue("c1", 11, 20, "more", 11))
    assert not taken(slow) and slow.closed and len(taken(quick)) == 1


def test_a_live_run_feeds_its_captions_in_the_order_they_are_shown() -> None:
    channels: list[Channel[dict[str, Any]]] = []

    def listen(rig: Rig) -> None:
        channels.append(rig.session.feed.listen(1000))

    rig = run_script(paced(stretch(6.0)), captions=True, prepare=listen)
    events = taken(channels[0])
    assert channels[0].closed and events and {e["state"] for e in events} == {"partial", "committed"}
    assert [e["sequence"] for e in events] == list(range(1, len(events) + 1))
    said = " ".join(word["text"] for e in events if e["state"] == "committed" for word in e["words"])
    assert said.startswith("word0 word1 word2")
    shown = {tick.text for tick in rig.ticks if tick.text}
    assert shown <= {" ".join(e["lines"]) for e in events}
