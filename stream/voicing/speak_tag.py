"""speak_tag: what the speak element says for a whole text: voice, rate, pitch, volume, effect, music beneath."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

EFFECTS = ("robot", "lolita", "lowpass", "echo", "eq", "lpfilter", "hpfilter")
OUTER = {"voice", "encodetype", "samplerate", "rate", "pitch", "volume", "effect", "effectvalue", "bgm",
         "backgroundmusicvolume"}
_NUMBERS = {"rate": (-500.0, 500.0), "pitch": (-500.0, 500.0), "volume": (0.0, 100.0),
            "backgroundmusicvolume": (0.0, 100.0)}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a text asks for itself; None (or "") where it leaves that to its clip.

    `rate` and `pitch` are -500 to 500, the volumes 0 to 100 (50: as it is).
    """

    voice: str = ""
    rate: float | None = None
    pitch: float | None = None
    volume: float | None = None
    effect: str = ""
    effect_value: str = ""
    music: str = ""
    music_volume: float | None = None


PLAIN = Wishes()


def wishes_of(given: Mapping[str, str], before: Wishes, tell: Callable[[str, str, str], None]) -> Wishes:
    """Return what the attributes `given` (names in small letters) ask for; what an outer speak asked for holds on.

    `tell(message, remedy, code)` hears of values that cannot be used, and of those that have no effect here.
    """
    found = {name: _number(name, given[name], tell) for name in _NUMBERS if name in given}
    effect = given.get("effect", "").strip().lower()
    if effect and effect not in EFFECTS:
        tell(f"Nobody knows the effect {effect[:40]!r}; the voice is left as it is", f"Known: {', '.join(EFFECTS)}",
             "unknown-attribute")
        effect = ""
    if given.get("encodetype", "pcm").lower() not in ("pcm", "wav", "mp3"):
        tell(f"Nobody knows the encodeType {given['encodetype'][:40]!r}; it is ignored", "Known: PCM, WAV, MP3",
             "unknown-attribute")
    rate, pitch = found.get("rate"), found.get("pitch")
    volume, music_volume = found.get("volume"), found.get("backgroundmusicvolume")
    return Wishes(
        given.get("voice", "").strip() or before.voice, before.rate if rate is None else rate,
        before.pitch if pitch is None else pitch, before.volume if volume is None else volume, effect or before.effect,
        given.get("effectvalue", "").strip() or before.effect_value, given.get("bgm", "").strip() or before.music,
        before.music_volume if music_volume is None else music_volume)


def _number(name: str, text: str, tell: Callable[[str, str, str], None]) -> float | None:
    least, most = _NUMBERS[name]
    if not re.fullmatch(r"\s*[-+]?\d{1,9}(\.\d{0,9})?\s*", text):
        tell(f"{name}={text[:40]!r} of <speak> is no number; it is ignored", f"Give {least:g} to {most:g}",
             "unknown-attribute")
        return None
    value = float(text)
    if not least <= value <= most:
        tell(f"{name}={text.strip()[:40]} of <speak> is beyond {least:g} to {most:g}; the nearest is used",
             f"Give {least:g} to {most:g}", "out-of-range")
    return min(max(value, least), most)
