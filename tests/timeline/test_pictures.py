"""How a clip looks: turned, mirrored, cropped, padded, moved, keyed and changed."""

from typing import Any

import pytest

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Box, Color, KeySpec, Layer, Look, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value

FACTS = Facts({"a.mp4": MediaFacts("video", 1280, 720, duration_ns=10 * NS, has_video=True, has_audio=True),
               "tall.jpg": MediaFacts("image", 720, 1440), "wide.jpg": MediaFacts("image", 1600, 900),
               "moving.gif": MediaFacts("video", 64, 64, duration_ns=NS, has_video=True)})


def program(*effects: dict[str, Any], url: str = "a.mp4", **members: Any) -> Program:
    kind = {} if url == "a.mp4" else {"Type": "Image", "Duration": 4}
    clip = {"MediaURL": url, **kind, **members, "Effects": list(effects)}
    return resolve(from_value({"VideoTracks": [{"VideoTrackClips": [clip]}],
                               "OutputMediaConfig": {"Width": 1280, "Height": 720}}), FACTS)


def layer(*effects: dict[str, Any], **members: Any) -> Layer:
    return program(*effects, **members).layers[-1]


def crop(**members: float) -> dict[str, Any]:
    return {"Type": "Crop", **members}


def rotate(degree: Any) -> dict[str, Any]:
    return {"Type": "Rotate", "Degree": degree}


FLIP = {"Type": "Flip", "Direction": "horizontal"}


@pytest.mark.parametrize(("degree", "box", "turned"), [
    (90, Box(438, 0, 404, 720), 90), ("180", Box(0, 0, 1280, 720), 180), (270, Box(438, 0, 404, 720), 270),
    (-90, Box(438, 0, 404, 720), 270), (360, Box(0, 0, 1280, 720), 0)])
def test_a_turned_clip_is_placed_as_it_is_seen(degree: Any, box: Box, turned: int) -> None:
    made = layer(rotate(degree))
    assert (made.box, made.rotate_deg) == (box, turned)
    assert made.source_px == ((720, 1280) if turned % 180 else (1280, 720))


def test_effects_act_in_the_order_they_stand_in() -> None:
    quarter = crop(X=0, Y=0, Width=0.25, Height=0.5)
    assert layer(quarter).crop == Box(0, 0, 320, 360)
    assert layer(rotate(90), quarter).crop == Box(0, 0, 180, 640)
    assert layer(quarter, rotate(90)).crop == Box(360, 0, 360, 320)
    assert layer(quarter, FLIP).crop == Box(960, 0, 320, 360)
    assert layer(quarter, crop(X=0.5)).crop == Box(160, 0, 160, 360)


def test_mirroring_twice_is_nothing_and_turns_with_the_picture() -> None:
    assert layer(FLIP).flip_x and not layer(FLIP, FLIP).flip_x
    turned = layer(FLIP, rotate(90))
    assert (turned.rotate_deg, turned.flip_x, turned.flip_y) == (90, False, True)
    assert layer({"Type": "Flip", "Direction": "Vertical"}).flip_y


def test_scale_is_the_size_where_the_clip_has_none_of_its_own() -> None:
    scale = {"Type": "Scale", "X": 0.5, "Y": 0, "Width": 0.5, "Height": 0.5}
    assert layer(scale).box == Box(640, 0, 640, 360)
    assert layer(scale, Width=1, Height=1).box == Box(640, 0, 1280, 720)


def test_pad_leaves_a_frame_of_its_colour_around_the_picture() -> None:
    frame, inner = program({"Type": "Pad", "X": 0.1, "Y": 0.1, "Width": 0.8, "Height": 0.8, "Color": "#102030"}).layers
    assert (frame.kind, frame.box, frame.color) == ("color", Box(0, 0, 1280, 720), Color(16, 32, 48))
    assert inner.box == Box(128, 72, 1024, 576) and frame.id != inner.id


def test_a_zoom_goes_from_one_size_to_another_and_stays_there() -> None:
    move = layer({"Type": "Zoom", "StartRate": 1, "EndRate": 2, "Duration": 4}).move
    assert move is not None and (move.start, move.end) == ((0, 0, 1, 1), (0.25, 0.25, 0.5, 0.5))
    assert (move.start_ns, move.end_ns) == (0, 4 * NS)
    assert layer({"Type": "Zoom", "StartRate": 2, "EndRate": 1}).move is None
    cropped = layer(crop(X=0.5, Width=0.5), {"Type": "Zoom", "StartRate": 1, "EndRate": 2})
    assert cropped.crop is None and cropped.move and cropped.move.end == (0.625, 0.25, 0.25, 0.5)


def test_ken_burns_moves_between_rectangles_in_the_shape_of_the_picture() -> None:
    made = layer({"Type": "KenBurns", "Start": "0,0,0.5,0.5", "End": "800,450,800,450"}, url="wide.jpg")
    assert made.move and (made.move.start, made.move.end) == ((0, 0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5))
    assert made.box == Box(0, 0, 1280, 720) and made.move.end_ns == 4 * NS


def test_ken_burns_without_rectangles_zooms_out_or_slides_along_a_picture_that_lies_differently() -> None:
    out = layer({"Type": "KenBurns"}, url="wide.jpg").move
    assert out and out.end == (0, 0, 1, 1) and out.start[2] == pytest.approx(1 / 1.2)
    slide = layer({"Type": "KenBurns"}, url="tall.jpg").move
    assert slide and slide.start[1] == 0 and slide.end[1] == pytest.approx(1 - slide.end[3])
    assert slide.start[2:] == slide.end[2:] == (1, pytest.approx(720 * 9 / 16 / 1440))


@pytest.mark.parametrize(("effect", "spec"), [
    ({}, KeySpec(None, 5)), ({"Color": "green"}, KeySpec(Color(0, 0xB1, 0x40), 5)),
    ({"Color": "#00f", "Thres": 3}, KeySpec(Color(0, 0, 255), 3)), ({"Color": "odd"}, KeySpec(None, 5)),
    ({"Color": "0000FF", "Thres": 99}, KeySpec(Color(0, 0, 255), 10)),
    ({"Color": "green", "Auto": 1, "Thres": 10}, KeySpec(None, 10))])
def test_a_key_is_a_named_or_given_colour_or_found_in_the_picture(effect: dict[str, Any], spec: KeySpec) -> None:
    assert layer({"Type": "AI_Matting", **effect}).key == spec


def test_filters_and_vfx_become_looks_with_their_parameters_and_span() -> None:
    color = {"Type": "Filter", "SubType": "color", "ExtParams": "effect=color,brightness=20, tint=-3.5"}
    beat = {"Type": "VFX", "SubType": "HeartBeat", "Duration": 2}
    first, second = layer(color, beat, TimelineIn=1).looks
    assert (first.kind, first.name, first.params) == (
        "filter", "color", (("effect", "color"), ("brightness", 20.0), ("tint", -3.5)))
    assert (second.kind, second.name, second.start_ns, second.end_ns) == ("vfx", "heartbeat", NS, 3 * NS)


def test_regions_and_masks_are_told_apart_from_vfx_of_the_whole_picture() -> None:
    box = {"X": 0.5, "Y": 0.25, "Width": 0.25, "Height": 0.5}
    looks = layer({"Type": "VFX", "SubType": "mosaic_rect", **box}, {"Type": "VFX", "SubType": "blur", **box},
                  {"Type": "VFX", "SubType": "blur"}, {"Type": "VFX", "SubType": "mask_circle", "ExtParams": "x=0.5"},
                  {"Type": "DeWatermark", "In": 1, "Out": 2, **box}).looks
    assert [(look.kind, look.name) for look in looks] == [
        ("region", "mosaic_rect"), ("region", "blur"), ("vfx", "blur"), ("mask", "mask_circle"), ("region", "blur")]
    assert looks[0].box == Box(640, 180, 320, 360) and looks[2].box is None
    assert (looks[4].start_ns, looks[4].end_ns) == (NS, 2 * NS)


def test_random_looks_repeat_and_unknown_ones_do_nothing() -> None:
    effects = [{"Type": "VFX", "SubType": "random"}] * 12
    assert layer(*effects).looks == layer(*effects).looks
    names = {look.name for look in layer(*effects).looks}
    assert len(names) > 4 and not any(name.startswith("mask_") for name in names)
    assert layer({"Type": "Filter", "SubType": "nobody"}).looks == ()


def test_effect_tracks_change_the_whole_picture_for_their_time() -> None:
    items = [{"Type": "Filter", "SubType": "warm", "TimelineIn": 2, "Duration": 3}, {"Type": "vfx", "SubType": "shine"}]
    made = resolve(from_value({"VideoTracks": [
        {"VideoTrackClips": [{"MediaURL": "a.mp4"}]},
        {"Type": "Effect", "VideoTrackClips": [{"Type": "VFX", "SubType": "moon", "TimelineIn": 0, "TimelineOut": 5,
                                                "X": 0, "Y": 0, "Width": 0, "Height": 0}]}],
        "EffectTracks": [{"EffectTrackItems": items}]}), FACTS)
    assert [(k.name, k.start_ns / NS, k.end_ns / NS) for k in made.looks] == [
        ("moon", 0, 5), ("warm", 2, 5), ("shine", 0, 10)]
    assert len(made.layers) == 1 and {n.code for n in made.notices} == {"approximate"}


def test_a_picture_fades_in_and_out() -> None:
    looks = layer({"Type": "Fade", "SubType": "In", "Duration": 2}, {"Type": "Fade", "SubType": "Out"}).looks
    assert looks == (Look("vfx", "fade_in", 0, 2 * NS, (("color", "#000000"),)),
                     Look("vfx", "fade_out", 9 * NS, 10 * NS, (("color", "#000000"),)))


def test_an_animated_picture_is_a_video_that_begins_again() -> None:
    made = layer(url="moving.gif", DyncFrames=25)
    assert (made.kind, made.loop, made.end_ns) == ("video", True, 4 * NS)
    assert not layer(url="tall.jpg").loop


def test_a_mask_video_is_named_on_the_layer() -> None:
    assert layer(MaskVideoUrl="m.mp4").mask_url == "m.mp4"
