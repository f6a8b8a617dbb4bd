"""_english: English text to phonemes, through Hibari's dictionary, tagger and network for unknown words."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from models.tts import Part
from models.tts._phonemes import english_from_ipa

_WORDY = re.compile(r"[^\w\s.,;:!?…—–'’\"“”%&+@$£€/-]")
"""What G2P is not given: symbols, emoji, and the brackets that would be its own notation."""
_HUGE, _ENDLESS = re.compile(r"(?:\d[,.]?){13,}"), re.compile(r"(\S{50})(?=\S)")
"""What G2P trips over, or takes minutes for: numbers beyond its words are said digit by digit, endless words cut."""

_SAID = {
    "JSON": "ʤˈAsən", "YAML": "jˈæməl", "nginx": "ˈɛnʤɪn ˌɛks", "async": "ˈAsˌɪŋk", "Kubernetes": "kˌubəɹnˈɛtiz",
    "GitHub": "ɡˈɪthˌʌb", "Redis": "ɹˈɛdɪs", "SQLite": "sˈikwəlˌIt", "PostgreSQL": "pˈOstɡɹɛs kjuˈɛl",
    "OBS": "ˌObˌiˈɛs", "CUDA": "kˈudə", "ONNX": "ˈɑnɪks", "Ethereum": "ɪθˈɪɹiəm", "Nguyen": "wˈɪn",
    "Siobhan": "ʃɪvˈɔn", "Huawei": "hwˈɑwˌA", "Xiaomi": "ʃˌWmˈi", "Taobao": "tˈWbˌW", "Douyin": "dˈOjˌɪn",
    "Weibo": "wˈAbO", "Shenzhen": "ʃˌʌnʤˈɛn", "Xu": "ʃˈu", "Qian": "ʧiˈɛn", "Zhao": "ʤˈW", "Cai": "tsˈI",
    "Cao": "tsˈW", "Xie": "ʃiˈɛ"}
"""What the dictionary lacks and the network for unknown words gets wrong; in the alphabet of `_phonemes`."""


class English:
    """Reads English, the American or the British way."""

    def __init__(self, *, british: bool) -> None:
        from hibari.g2p import G2P

        self._british = british
        self._g2p: Any = G2P(british=british)
        self._g2p.lexicon.golds.d |= _SAID | {word.lower(): said for word, said in _SAID.items()}

    def phonemes(self, parts: Sequence[Part]) -> str:
        """Return how `parts` are said: their IPA where it is given and has English sounds, else by their text."""
        noted = "".join(self._noted(part) for part in parts)
        return " ".join(str(self._g2p(line, normalize_text=False)) for line in noted.split("\n") if line.strip())

    def _noted(self, part: Part) -> str:
        """`part` for G2P: plain text, or [text](/phonemes/), its notation for what is said otherwise than written."""
        from hibari.g2p.normalize import normalize

        text = _WORDY.sub(" ", unicodedata.normalize("NFKC", part.text))
        text = _ENDLESS.sub(r"\1 ", _HUGE.sub(lambda number: " ".join(number[0]), text))
        before, after = text[:len(text) - len(text.lstrip())], text[len(text.rstrip()):]
        if part.ipa and (said := english_from_ipa(part.ipa, british=self._british)):
            return f"{before}[{text.strip() or 'x'}](/{said}/){after}"
        return f"{before}{normalize(text.strip())}{after}" if text.strip() else text


@cache
def english(*, british: bool = False) -> English:
    """Return the reader, loaded once (0.3 s)."""
    return English(british=british)
