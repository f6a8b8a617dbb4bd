"""voice_names: the names of cloud voices that documents use, by language and by whose voice it sounds like."""

from typing import Literal

Gender = Literal["female", "male", ""]
_FEMALE = """zhitian zhiqing zhijia zhiqi zhiqian zhiru zhiwei zhiya aixia aiyue aiya aijing aimei siyue aina aiyu
    xiaomei yina sijing zhiyuan zhiyue zhistella zhigui aiqi aijia siqi sijia yuer ruoxi ninger xiaoyun ruilin zhimao
    laomei xiaoxian guijie stella maoxiaomei qiaowei aifei yaqun rosa aitong aiwei xiaobei sitong aibao zhixiaobai
    zhixiaoxia zhimiao_emo zhimi_emo zhibei_emo zhiyan_emo zhitian_emo cuijie taozi qingqing chuangirl longwan longhua
    longxiaochun longxiaoxia longxiaobai longjing longmiao longyue longyuan longtong loongstella loongbella longwan_v2
    longhua_v2 loongbella_v2 longxiaochun_v2 longxiaoxia_v2"""
_MALE = """zhichu zhide zhifei zhilun zhinan zhixiang zhishuo zhida aicheng mashu aida sicheng xiaogang laotie ailun
    stanley kenny aishuo abin jielidou dahu aikan xiaoze longcheng longxiaocheng longlaotie longshu longshuo longfei
    longxiang longjielidou longcheng_v2 longshu_v2"""
_OTHERS: dict[str, tuple[str, Gender]] = {
    "kelly": ("yue", "female"), "jiajia": ("yue", "female"), "shanshan": ("yue", "female"), "perla": ("it", "female"),
    "camila": ("es", "female"), "masha": ("ru", "female"), "kyong": ("ko", "female"), "tien": ("vi", "female"),
    "tomoka": ("ja", "female"), "tomoya": ("ja", "male"), "indah": ("id", "female"), "farah": ("ms", "female"),
    "tala": ("fil", "female"), "ava": ("en", "female"), "luca": ("en", "male"), "luna": ("en", "female"),
    "emily": ("en", "female"), "eric": ("en", "male"), "annie": ("en", "female"), "andy": ("en", "male"),
    "abby": ("en", "female"), "lydia": ("en", "female"), "olivia": ("en", "female"), "wendy": ("en", "female"),
    "harry": ("en", "male")}
CLOUD_VOICES: dict[str, tuple[str, Gender]] = {**dict.fromkeys(_FEMALE.split(), ("zh", "female")),
                                               **dict.fromkeys(_MALE.split(), ("zh", "male")), **_OTHERS}
