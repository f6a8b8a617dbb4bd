"""manner: how a text is to be spoken: how fast, how high, how loud, with which effect and what beneath."""

from dataclasses import dataclass

from stream.timeline.speech import rate_factor
from stream.voicing.speak_tag import Wishes


@dataclass(frozen=True, slots=True)
class Manner:
    """`speed` and `pitch` are factors of 0.5 to 2, `gain` and `music_gain` multiply samples."""

    speed: float = 1.0
    pitch: float = 1.0
    gain: float = 1.0
    effect: str = ""
    effect_value: str = ""
    music: str = ""
    music_gain: float = 0.5


def manner_of(rate: float | None, pitch: float | None, volume: float | None, wishes: Wishes) -> Manner:
    """Return what a clip's SpeechRate, PitchRate (-500 to 500) and Volume (0 to 100) and its text together ask for.

    What the text says itself counts. Pitch goes by the formula of the rate: 500 is an octave up, -500 an octave
    down. Volume 50 leaves the voice as it is, 100 doubles it (6 dB); music at 100 is as it is, at 50 half that.
    """
    def said(own: float | None, clip: float | None) -> float | None:
        return clip if own is None else own

    loud, under = said(wishes.volume, volume), wishes.music_volume
    gain = 1.0 if loud is None else min(max(loud, 0.0), 100.0) / 50
    return Manner(rate_factor(said(wishes.rate, rate)), rate_factor(said(wishes.pitch, pitch)), gain, wishes.effect,
                  wishes.effect_value, wishes.music, 0.5 if under is None else under / 100)
