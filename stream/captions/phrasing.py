"""phrasing: how good a break is between two words: after punctuation and pauses, not inside a phrase."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from stream.captions.lines import Piece, unspaced

SENTENCE_END = tuple(".?!。？！…।؟")
CLAUSE_END = tuple(",;:—–，、；：،؛")
ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "vs", "jr", "sr", "e.g", "i.e"})
CLOSING = "\"'”’»)]」』）"
SENTENCE, CLAUSE, PHRASE, NEUTRAL, LOOSE, BOUND, INSIDE, NEVER = 3.0, 2.0, 0.6, 0.0, -1.5, -3.0, -6.0, -20.0
LABEL = ">>"
"""Begins a change of speaker, as in broadcasts."""
BREATH_NS, PAUSE_NS = 250_000_000, 600_000_000

# Words that belong to what follows them: articles, prepositions, conjunctions, possessives, auxiliaries.
_LEADS = {
    "en": """
        a an the this that these those my your his her its our their some any no every each both either neither
        about above across after against along among around at before behind below beneath beside between beyond
        by despite down during except for from in inside into like near of off on onto out outside over past per
        since than through throughout to toward towards under until unto up upon via with within without and or
        but nor so yet because although though while whereas if unless whether as when where which who whom whose
        am is are was were be been being have has had having do does did will would shall should can could may
        might must what how why hundred thousand million billion trillion isn't aren't wasn't weren't don't
        doesn't didn't won't wouldn't can't couldn't shouldn't hasn't haven't hadn't not mr mrs ms dr prof st
        very too more most""",
    "de": """
        der die das den dem des ein eine einen einem einer eines kein keine keinen mein dein sein ihr unser euer
        dieser diese dieses in im an am auf aus bei beim mit nach von vom zu zum zur über unter vor für durch
        gegen ohne um bis seit und oder aber denn sondern dass weil wenn ob als wie ist sind war waren hat haben
        wird werden kann muss nicht sehr herr frau doktor""",
    "fr": """
        le la les l un une des du de d au aux ce cet cette ces mon ton son ma ta sa mes tes ses notre votre leur
        nos vos leurs à en dans par pour sur sous avec sans chez vers entre et ou mais donc car ni que qui si
        comme quand est sont était ont a avait sera ne pas très plus je tu il elle on nous vous ils elles se me
        te monsieur madame""",
    "es": """
        el la los las un una unos unas este esta estos estas mi tu su mis tus sus nuestro nuestra a al de del en
        con por para sin sobre entre hasta desde y e o u pero ni que si como cuando porque es son era fue ha han
        había será no muy más se me te lo le señor señora""",
    "pt": """
        o a os as um uma uns umas este esta meu minha seu sua nosso nossa de do da dos das em no na nos nas por
        pelo pela para com sem sobre entre até e ou mas nem que se como quando porque é são era foi tem não muito
        mais senhor senhora""",
    "it": """
        il lo la i gli le un uno una l questo questa mio mia tuo tua suo sua nostro di del della dei a al alla da
        dal dalla in nel nella con su sul sulla per tra fra e o ma né che se come quando perché è sono era ha
        hanno non molto più si mi ti signor signora""",
    "ru": """
        в во на с со к ко от до из за по о об для без при через над под между у и или но а что чтобы если когда
        как не ни этот эта это мой моя твой его её наш ваш их очень""",
}
_PRONOUNS = {
    "en": "i you he she it we they there i'm i'll i've i'd you're he's she's it's we're they're we'll they'll let's",
    "de": "ich du er sie es wir ihr man", "es": "yo él ella nosotros ellos", "pt": "eu ele ela nós eles",
    "it": "io lui lei noi loro", "ru": "я ты он она оно мы вы они",
}
# Words that a new phrase begins with: a break before them reads well.
_STARTS = {
    "en": """
        and or but nor yet because although though while whereas if unless whether when where which who whom that
        than after before since until about above across against along among around at behind between beyond by
        during for from in inside into near on onto over through throughout to toward towards under via with
        within without as""",
    "de": "und oder aber denn sondern dass weil wenn ob als mit von für über nach bei auf aus zu zum zur in im an",
    "fr": "et ou mais donc car que qui si comme quand pour avec dans sur par sans de du des à au aux en",
    "es": "y e o pero que si como cuando porque para con en por sin sobre de del a al",
    "pt": "e ou mas que se como quando porque para com em por sem sobre de do da no na",
    "it": "e o ma che se come quando perché per con in su di del della da a al",
    "ru": "и или но а что чтобы если когда как в на с к из за по о для без",
}
_CHINESE_LEADS = frozenset("在从從对對把被和与與跟向给給为為由以及或但而很不没沒太最更一这這那每各某该該第"
                           "是有就都也还還再又")
_CHINESE_ENDS = frozenset("的地得了着著过過吗嗎呢吧啊呀们們么麼")
_SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょァィゥェォッャュョー々")
_NUMERALS = frozenset("0123456789０１２３４５６７８９零〇一二两兩三四五六七八九十百千万萬亿億几幾半")


class Phrasing:
    """How good breaks are in captions of `language` (BCP 47; "" and languages without a table: as in English)."""

    def __init__(self, language: str = "") -> None:
        tag = language.lower().replace("_", "-").partition("-")[0]
        tag = tag if tag in _LEADS else "en"
        self._leads = frozenset(_LEADS[tag].split())
        self._starts = frozenset(_STARTS[tag].split())
        self._pronouns = frozenset(_PRONOUNS.get(tag, "").split())

    def worth(self, before: Sequence[Piece], after: Sequence[Piece]) -> float:
        """Return how good a break is between the last of `before` and the first of `after`, from NEVER to SENTENCE.

        More of both is looked at where a script has no spaces. Where nothing follows yet, it is what is known by then.
        """
        left = before[-1]
        if not after:
            return self._ending(left.text)
        right = after[0]
        if right.glued or left.text.startswith(LABEL) or right.text[0] in _SMALL_KANA:
            return NEVER
        if _only_marks(right.text, "ef") or _only_marks(left.text, "si"):
            return NEVER
        worth = self._between(left.text, right.text)
        if worth < CLAUSE and unspaced(left.text[-1]) and unspaced(right.text[0]) and not _is_word_end(
                _joined(before[-8:]), _joined(after[:8])):
            return INSIDE
        pause_ns = right.start_ns - left.end_ns
        if pause_ns >= PAUSE_NS:
            return max(worth + 1.0, CLAUSE)
        return worth + 0.5 if pause_ns >= BREATH_NS and worth < CLAUSE else worth

    def _ending(self, text: str) -> float:
        """How good a break is after `text`, whatever follows."""
        if ends_sentence(text):
            return SENTENCE
        bare = text.rstrip(CLOSING)
        if bare.endswith(CLAUSE_END):
            return CLAUSE
        low = text.lower().replace("’", "'").strip("\"'“”‘«»()[]")
        if low.rstrip(".") in self._leads or _is_number(text) or text[-1:] in _CHINESE_LEADS:
            return BOUND
        return LOOSE if low in self._pronouns else NEUTRAL

    def _between(self, left: str, right: str) -> float:
        worth = self._ending(left)
        if worth > NEUTRAL:
            return worth
        if right[0] in _CHINESE_ENDS and unspaced(left[-1]):
            return BOUND - 1
        if worth == NEUTRAL and left[:1].isupper() and right[:1].isupper() and right.lower() not in self._leads:
            return BOUND  # first and last name
        if worth == NEUTRAL and right.lower().strip("\"'“‘«(") in self._starts:
            return PHRASE
        return worth


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with `word`: its full stop is not an abbreviation's, nor an initial's."""
    bare = word.rstrip(CLOSING)
    stem = bare.rstrip(".").lower()
    return bare.endswith(SENTENCE_END) and not (bare.endswith(".") and (stem in ABBREVIATIONS or len(stem) == 1))


def parts_of_chinese(text: str) -> list[str]:
    """Return the words of `text`, written without spaces, punctuation with the word before; others whole."""
    if len(text) < 3 or not any("\u4e00" <= c <= "\u9fff" for c in text):
        return [text]
    out: list[str] = []
    for word in _cut(text):
        if out and (_only_marks(word, "efo") or _only_marks(out[-1], "si")):
            out[-1] += word
        else:
            out.append(word)
    return out


def _is_number(text: str) -> bool:
    core = text.strip("\"'“”()$€£¥")
    return bool(core) and (core[-1].isdigit() or core[-1] in _NUMERALS) and all(
        c.isdigit() or c in _NUMERALS or c in ".,:/-" for c in core)


def _only_marks(text: str, kinds: str) -> bool:
    """Whether `text` is nothing but closing ("e", "f"), opening ("s", "i") or other ("o") punctuation."""
    return bool(text) and all(unicodedata.category(c) in {f"P{kind}" for kind in kinds} or (
        "e" in kinds and c in "，。！？、；：,.!?;:") for c in text)


def _joined(pieces: Sequence[Piece]) -> str:
    """Return the text of `pieces` from or up to the first character of a script with spaces."""
    return "".join(piece.text for piece in pieces)


@lru_cache(4096)
def _is_word_end(before: str, after: str) -> bool:
    """Whether a Chinese word ends between `before` and `after`."""
    if not ("\u4e00" <= before[-1] <= "\u9fff" and "\u4e00" <= after[0] <= "\u9fff"):
        return True
    at = 0
    for word in _cut(before + after):
        at += len(word)
        if at >= len(before):
            return at == len(before)
    return True


def _cut(text: str) -> list[str]:
    from models.cutter import dictionary

    return list(dictionary().cut(text))
