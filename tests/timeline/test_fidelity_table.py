"""What the document side says is drawn is what the renderer draws."""

from stream.render import effects, transitions
from stream.render.motions import NAMES as MOTIONS
from stream.timeline.rendered import fidelity
from stream.timeline.vocabulary import catalogue

KINDS = {"vfx": "vfx", "filters": "filter"}


def test_every_effect_name_is_told_as_it_is_drawn() -> None:
    told = {(family, name): fidelity(family, name) for family in KINDS for name in catalogue()[family]}
    drawn = {(family, name): effects.fidelity(KINDS[family], name) for family, name in told}
    assert told == drawn and len(told) == 180


def test_every_transition_and_motion_that_is_told_as_rendered_is_there() -> None:
    assert set(catalogue()["transitions"]) == set(transitions.NAMES)
    for family, kind in (("motions_in", "in"), ("motions_out", "out"), ("motions_loop", "loop")):
        assert set(catalogue()[family]) == set(MOTIONS[kind])
        assert all(fidelity(family, name) == "rendered" for name in catalogue()[family])


def test_what_is_not_drawn_is_told_as_ignored() -> None:
    assert fidelity("flower_text", catalogue()["flower_text"][0]) == "ignored"
    assert fidelity("bubbles", catalogue()["bubbles"][0]) == "ignored"
    assert fidelity("vfx", "nobody") == fidelity("nothing", "blur") == "ignored"
