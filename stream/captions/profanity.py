"""profanity: strong words of nine languages, found as whole words with their inflections."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from stream.captions.units import Phrases, Unit, key_of

# What a whole word may be, without case and punctuation. Mild words, and words that mostly mean something harmless
# (a cock that crows, the French con, a Portuguese puto) are not listed: `banned` adds what a channel does not want.
_WORDS = {
    "en": """
        [a-z]*fuck[a-z]*
        (bull|horse|bat|chicken|dip|ape|dog)?shi(t|te|ts|tes|tty|ttier|ttiest|tting|tted|tter|tters)
        shit(head|hole|load|face|storm|show|bag|less)s? cunt(s|y|ish)? twat(s|ty)? (sonofa)?bitch(es|y|ing|ed)?
        bastards? wank(er|ers|ing|ed|s|y)? bollock(s|ed|ing)? a(ss|rse)(hole|wipe|hat|clown)s? dumbass(es)?
        dick(head|wad)s? cocksuck(er|ers|ing) puss(y|ies) nigg(er|ers|a|as|az) faggots? kikes? whor(e|es|ed|ing)
        slut(s|ty)? jizz (blow|hand)jobs? piss(ed|ing|es|er|ers|y)? goddamn(ed|it)?""",
    "de": """
        scheiss[a-zäöü]* [a-zäöü]*scheisse[nr]? (ge|ver)?fick(en|t|te|ten|ter|tes|er|st|end)?
        arschl(och|ochs|öcher|öchern) arsch(es)? ärsche wichs(er|ers|ern|en|t|te) fotzen? hure(n|nsohn|nsöhne)?
        schlampen? nutten? schwuchteln? missgeburt(en)? verpiss(t|en|e)? kanaken?""",
    "fr": """
        merd(e|es|eux|euse|euses|ique|iques) emmerd[a-zéèêûâ]* putains? putes?
        conn(ard|arde|ards|ardes|asse|asses) salop(e|es|ard|ards|erie|eries) salauds?
        encul(é|ée|és|ées|er|e|es|ent) niqu(e|er|es|ent|é|ée|és|ées) couill(e|es|on|ons) bites? pédés? enfoirée?s?
        branl(er|eur|eurs|euse|e|es|ette|é) ch(ier|ié|iant|iante|iants|iantes) foutre""",
    "es": """
        mierdas? j[oó]d(er|e|es|en|ete|eros|erse|ido|ida|idos|idas|iendo|iste|ieron) coños? puta(s|zo|da|das)?
        putos? hijoputas? cabr[oó]n(es|a|as|azo)? gilipoll(as|ez|eces) pollas? foll(ar|ando|ado|arse|aste|amos|é)
        ching(ar|as?|an|ado|ada|ados|adas|ó|ón|ona|uen|ue) pendej(o|a|os|as|ada|adas) vergas?
        maric(ón|on|ones|as?) carajo culer[oa]s?""",
    "pt": """
        merdas? porras? caralhos? fod(er|e|em|eu|endo|ido|ida|idos|idas|a|as|ase|ese) putas? cuz(ão|ões|ona|onas)
        bucetas? conas? pirocas? viados? punhet(a|as|eiro|eiros) bost(a|as) cabr(ão|ões)""",
    "ru": """
        (на|ни|по|о|до|за|от|рас)?ху(й|я|ю|ем|ём|и|йн[а-яё]*|йл[а-яё]*|ев[а-яё]*|ёв[а-яё]*|ет[а-яё]*|яр[а-яё]*|есос[а-яё]*)
        [а-яё]*пизд[а-яё]*
        (за|вы|на|до|у|от|отъ|подъ|съ|разъ|въ|объ|по|про|пере|при|о)?[её]б(а|у|л|н|и|ё|ет|ыр)[а-яё]* [её]б
        бля(ть|дь|ди|дью|дей|дям|дск[а-яё]*|дство|дств[а-яё]*)? сук(а|и|ой|ам|ами) сучар[а-яё]*
        муда(к|ки|ка|ку|ком|ков|кам|звон[а-яё]*) мудил[а-яё]* г[оа]ндон[а-яё]* залуп(а|ы|у|е|ой)
        пид[оа]р(ы|а|у|ас|асы|ов|ок|ом)? шлюх(а|и|у|ой|ам)? дерьм(о|а|у|е|ом|ов[а-яё]*)
        говн(о|а|у|е|ом|юк|юки|юк[а-яё]*) ублюд(ок|ки|ка|ку|ков|ком) долбо[её]б[а-яё]*
        дроч(ить|ит|ил|ила|у|ер|еры|ишь)""",
    "ko": """
        (씨발|씨팔|쓰발|씨빨)[가-힣]* 시발(놈|년|새끼|것)?(들)?(아|이|은|을)? 시팔(놈|년|새끼)?(들)?(아|이|은|을)?
        (개새끼|개색끼|개자식)[가-힣]* 병신(같은|새끼|짓)?(들)?(아|이|은|을|이야|같이)? 지랄[가-힣]* 존나
        좆[가-힣]* 씹(새끼|할|년|놈|창)[가-힣]* 미친(놈|년)(들)?(아|이|은|을|이야)? 엿먹[가-힣]*""",
}
# In scripts without spaces: listed characters wherever they stand, but in the longer ones of _HARMLESS.
_CHARACTERS = {
    "zh": """
        他妈的 他媽的 妈的 媽的 去你妈 去你媽 去他妈 操你 操他妈 操蛋 我操 卧槽 我肏 肏 傻逼 傻屄 煞笔 牛逼 装逼
        裝逼 妈逼 媽逼 鸡巴 雞巴 婊子 狗娘养的 狗娘養的 狗日的 王八蛋 贱人 賤人 贱货 賤貨 草泥马 草泥馬 日你妈
        滚你妈 干你娘 幹你娘 骚货 騷貨""",
    "ja": """
        クソ クソ野郎 くそったれ くそくらえ 糞野郎 糞ったれ ちくしょう 畜生 死ね ファック ファッキン マンコ チンコ
        チンポ ちんぽ ビッチ ヤリマン キチガイ きちがい 気違い 馬鹿野郎 ぶっ殺す ぶっ殺し""",
}
_OF_SOMEONE = "妈爸爹姑舅姨干大奶后婆亲我你她伯婶孩宝媽親後乾"
_HARMLESS = {
    "en": ("pussy cat", "pussy cats", "pussy willow", "pussy willows"),
    "zh": (*(f"{who}{mother}的" for who in _OF_SOMEONE for mother in "妈媽"),
           *(f"我操{rest}" for rest in "作心场場办辦练練控纵縱持守盘盤劳勞刀之行演舵")),
    "ja": ("畜生道", "畜生界", "死ねば", "死ねな", "死ねる", "死ねず"),
}
_OWN_SCRIPT = ("en", "ru", "ko", "zh", "ja")
"""Languages that cannot be taken for another of the list: looked for where it is not known what is spoken."""


class Profanity:
    """Finds the strong words of `language` (BCP 47; "": of several that cannot be confused) and those of `banned`.

    What is in `allowed` (names that are spelled so) is left alone, unless it is banned.
    """

    def __init__(self, language: str = "", banned: Sequence[str] = (), allowed: Iterable[str] = ()) -> None:
        tag = language.lower().replace("_", "-").partition("-")[0]
        languages = (tag,) if tag else _OWN_SCRIPT
        words = [pattern for name in languages for pattern in _WORDS.get(name, "").split()]
        self._whole = re.compile("|".join(words) or r"(?!)")
        entries = {text: True for name in languages for text in _CHARACTERS.get(name, "").split()}
        entries |= {text: False for name in languages for text in _HARMLESS.get(name, ())}
        allowing = {key_of(text) for text in allowed}
        entries = {text: strong for text, strong in entries.items() if key_of(text) not in allowing}
        for text in banned:
            entries[text] = entries[f"{text}s"] = True
        self._phrases = Phrases(entries)
        self._is_strong = lru_cache(4096)(lambda key: key not in allowing and bool(self._whole.fullmatch(key)))

    def at(self, units: Sequence[Unit], i: int) -> tuple[int, bool, int]:
        """Return how many units from `i` on belong together, whether they are strong, and up to where was looked."""
        count, strong, looked = self._phrases.at(units, i)
        if count and strong and _is_katakana(units[i].key):  # ファックス is no ファック
            end = i + count
            looked = max(looked, end + 1)
            if (i and _is_katakana(units[i - 1].key)) or (end < len(units) and _is_katakana(units[end].key)):
                return 1, False, looked
        if count:
            return count, bool(strong), looked
        return 1, self._is_strong(units[i].key), looked


def masked(core: str, *, keep: bool = True) -> str:
    """Return `core` with all but its first letter hidden, or (`keep` off) all of it."""
    return core[:keep] + "".join("*" if c.isalnum() else c for c in core[keep:])


def _is_katakana(key: str) -> bool:
    return bool(key) and all("\u30a0" <= c <= "\u30ff" for c in key)
