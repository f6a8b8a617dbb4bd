"""espeak: a hundred languages through the program espeak-ng, an optional extra; clear, and plainly a machine.

The program is a process of its own: the text goes in on its standard input, a WAV comes out, and no shell is involved.
It reads Chinese characters as "Chinese letter", so Chinese goes to it as pinyin; even so it is hard to understand.
"""

import shutil
import subprocess
import unicodedata

import numpy as np

from models.tts import Part, Saying, SilentError, VoiceInfo
from models.tts._pitch import bent, limited
from models.tts._sound import Samples, levelled, trimmed
from stream.errors import ModelError

_CODES = """en-us en-gb en-gb-scotland en-gb-x-rp en-029 af am an ar as az ba be bg bn bpy bs ca cs cv cy da de el eo es
es-419 et eu fa fi fr-fr fr-be fr-ch ga gd gn grc gu hak haw he hi hr ht hu hy hyw ia id io is it ja ka kk kl kn ko kok
ku ky la lb lfn lt ltg lv mi mk ml mr ms mt my nb nci ne nl nog om or pa pap pl pt pt-br qu quc ro ru sd shn si sk sl
smj sq sr sv sw ta te th tk tn tr tt ug uk ur uz vi vi-vn-x-central vi-vn-x-south yue"""
_CHINESE = "cmn-latn-pinyin"
_FEMALE = "+f3"
LIMIT_S = 20.0
"""The program answers in milliseconds; after this long, and 10 ms a character, it is given up."""
_GAIN_DB, _CHINESE_GAIN_DB = -2.5, -4.5
_REMEDY = "Install the program espeak-ng (Debian, Ubuntu: apt install espeak-ng; macOS: brew install espeak-ng)"


def _infos(code: str) -> tuple[VoiceInfo, VoiceInfo]:
    """A language's man's voice, and the woman's that the program bends it to."""
    base, *rest = ("zh-CN" if code == _CHINESE else code).split("-")
    language = "-".join([base, *(part.upper() if len(part) == 2 else part for part in rest)])
    return VoiceInfo(code, language, "male"), VoiceInfo(code + _FEMALE, language, "female")


VOICES = tuple(info for code in (*_CODES.split(), _CHINESE) for info in _infos(code))


class Espeak:
    """One voice of espeak-ng (GPL-3.0; run, not linked)."""

    sample_rate_hz = 22_050

    def __init__(self, program: str, info: VoiceInfo) -> None:
        self._program, self._info = program, info
        self._chinese = info.language == "zh-CN"
        self.takes = frozenset(("pinyin",)) if self._chinese else frozenset()

    def say(self, saying: Saying) -> Samples:
        text = " ".join(map(_pinyin, saying.parts)) if self._chinese else saying.text
        text = " ".join("".join(" " if c in "[]<>" or unicodedata.category(c) == "Cc" else c for c in text).split())
        samples = bent(self._plain(text), self.sample_rate_hz, pitch=limited(saying.pitch), speed=limited(saying.speed))
        return levelled(samples, _CHINESE_GAIN_DB if self._chinese else _GAIN_DB)

    def _plain(self, text: str) -> Samples:
        limit_s = LIMIT_S + len(text) / 100
        call = [self._program, "-v", self._info.name, "-b", "1", "--stdin", "--stdout"]
        try:
            done = subprocess.run(call, input=text.encode(), capture_output=True, timeout=limit_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise ModelError(f"espeak-ng did not say {len(text)} characters within {limit_s:.0f} s",
                             "Say less at once, or look at what else the machine does") from error
        except OSError as error:
            raise ModelError(f"espeak-ng cannot be run: {error}", _REMEDY) from error
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().split("\n")[0]
            raise ModelError(f"espeak-ng failed: {reason or f'exit code {done.returncode}'}",
                             "Ask it for the voices it has: espeak-ng --voices")
        samples = trimmed(_samples(done.stdout), self.sample_rate_hz)
        if not len(samples):
            raise SilentError(f"espeak's voice {self._info.name} has no sound for {text[:40]!r}",
                             "Use a voice of that language")
        return samples


def available() -> str:
    """Return what is missing for it, with the remedy; "" when nothing is."""
    return "" if shutil.which("espeak-ng") else f"the program espeak-ng is not installed. {_REMEDY}"


def load(voice: str = "") -> Espeak:
    """Return the voice; ModelError when the program is not installed, or there is no such voice."""
    infos = {info.name: info for info in VOICES}
    info = infos.get(voice or VOICES[0].name)
    if info is None:
        raise ModelError(f"espeak has no voice {voice!r}", f"It has: {', '.join(n for n in infos if '+' not in n)};"
                         f" each with {_FEMALE} for a woman's")
    program = shutil.which("espeak-ng")
    if program is None:
        raise ModelError("the program espeak-ng is not installed", _REMEDY)
    return Espeak(program, info)


def _pinyin(part: Part) -> str:
    """Chinese as pinyin with tone numbers, which is how the program's voice takes it: best a word at a time."""
    if part.pinyin:
        return "".join(part.pinyin.split())
    from pypinyin import Style, lazy_pinyin

    from models import cutter

    words = cutter.dictionary().lcut(unicodedata.normalize("NFKC", part.text).replace("。", ". ").replace("、", ", "))
    return " ".join("".join(lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)) for word in words)


def _samples(wav: bytes) -> Samples:
    """The samples of a WAV (16-bit mono) written to a pipe: its sizes are not to be believed, its order is."""
    _, _, data = wav[12:].partition(b"data") if wav.startswith(b"RIFF") else (b"", b"", b"")
    data = data[4:len(data) // 2 * 2]
    return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)
