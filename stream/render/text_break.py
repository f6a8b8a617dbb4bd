"""text_break: where a line of text may be broken, and which stretches of it are colour emoji."""

import re
import unicodedata
from collections.abc import Iterator

# What stands for one picture: flags, keycaps, and pictures with their variation selector, skin tone and joiners.
_PICTURE = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_TAIL = "(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?\u20e3?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3|"
                    f"{_PICTURE}{_TAIL}(?:\u200d{_PICTURE}{_TAIL})*(?!\ufe0e)")
# Single characters below U+1F000 that are pictures unless asked to be text (Unicode emoji-data, Emoji_Presentation).
_COLOURED = re.compile(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be"
    "\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757"
    "\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\ufe0f\u200d\u20e3\U0001f000-\U0001faff]")
_MARKS = frozenset("\u200d\ufe0e\ufe0f\u20e3")

# UAX 14 classes NS, CL, CP, EX, IS as far as they occur in East Asian text: never at the start of a line.
_NOT_FIRST = frozenset("々〻ヽヾゝゞーぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
                       "ㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ゛゜"
                       "\"'、。，．：；！？・…‥‼⁇⁈⁉〜～％℃‰!?,.:;/%｡､｣･ｰ")
_NOT_LAST = frozenset("\"'$£¥€￥＄￡#＃")


def emoji_parts(text: str) -> Iterator[tuple[str, bool]]:
    """Cut `text` into stretches that are colour emoji (True) and that are not."""
    start = 0
    for found in _EMOJI.finditer(text):
        if not _COLOURED.search(found[0]) and not found[0][:1] >= "\U0001f000":
            continue
        if found.start() > start:
            yield text[start:found.start()], False
        yield found[0], True
        start = found.end()
    if start < len(text):
        yield text[start:], False


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is right-to-left (UAX 9, rules P2 and P3)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def space_breaks(text: str) -> list[int]:
    """Return every offset that follows white space and does not precede any."""
    return [at for at in range(1, len(text)) if text[at - 1] in " \u3000" and text[at] not in " \u3000"]


def line_breaks(text: str) -> list[int]:
    """Return the offsets in `text` at which a new line may begin, by the rules of UAX 14 that captions meet.

    After white space and hyphens; around every East Asian character and emoji, but not before closing or small
    characters, nor after opening ones; never inside a grapheme.
    """
    return [at for at in grapheme_starts(text) if _may_break(text, at)]


def grapheme_starts(text: str) -> list[int]:
    """Return the offsets, 0 apart, at which a user-perceived character of `text` begins."""
    inside = {at for found in _EMOJI.finditer(text) for at in range(found.start() + 1, found.end())}
    return [at for at in range(1, len(text)) if at not in inside and not _joins(text[at - 1], text[at])]


def _joins(before: str, after: str) -> bool:
    return (unicodedata.category(after) in ("Mn", "Me", "Mc") or after in _MARKS or before == "\u200d"
            or unicodedata.combining(before) == 9 or "\U0001f3fb" <= after <= "\U0001f3ff")


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after in " \u3000\u00a0\u202f\u2060" or before in "\u00a0\u202f\u2060":
        return False
    if before in " \u3000\u200b":
        return True
    if before in _NOT_LAST or unicodedata.category(before) in ("Ps", "Pi"):
        return False
    if after in _NOT_FIRST or unicodedata.category(after) in ("Pe", "Pf"):
        return False
    if before in "-‐–—" and at > 1 and text[at - 2] not in " \u3000":
        return after.isalpha()
    return _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F") or character in "\ufe0f\u20e3"
