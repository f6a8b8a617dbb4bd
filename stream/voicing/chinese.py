"""chinese: Chinese text written out as it is spoken: numbers, dates, times, amounts, units and marks."""

import re
from collections.abc import Callable
from decimal import Decimal

Match = re.Match[str]
DIGITS = "零一二三四五六七八九"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COUNTED = "个只条张本位件名次种份座家台辆架间所块片颗粒杯瓶碗双对副套层楼遍回场部首篇页岁年天周倍点项人"
_CURRENCIES = {"¥": "元", "￥": "元", "CNY": "元", "RMB": "元", "US$": "美元", "USD": "美元", "$": "美元", "€": "欧元",
               "EUR": "欧元", "£": "英镑", "GBP": "英镑", "HK$": "港元", "JPY": "日元", "₩": "韩元", "₽": "卢布"}
_UNITS = {"km/h": "千米每小时", "m/s": "米每秒", "km²": "平方千米", "km": "千米", "cm": "厘米", "mm": "毫米",
          "m²": "平方米", "㎡": "平方米", "m³": "立方米", "m": "米", "kg": "千克", "mg": "毫克", "g": "克",
          "ml": "毫升", "mL": "毫升", "L": "升", "l": "升", "℃": "摄氏度", "°C": "摄氏度", "℉": "华氏度",
          "°F": "华氏度", "°": "度", "GB": "吉字节", "MB": "兆字节", "KB": "千字节", "TB": "太字节", "GHz": "吉赫兹",
          "MHz": "兆赫兹", "kHz": "千赫兹", "Hz": "赫兹", "kW": "千瓦", "W": "瓦", "V": "伏", "kWh": "千瓦时"}
_SYMBOLS = {"+": "加", "=": "等于", "×": "乘以", "÷": "除以", "±": "正负", "≈": "约等于", "<": "小于", ">": "大于",
            "≤": "小于等于", "≥": "大于等于", "%": "百分号", "℃": "摄氏度", "°": "度", "&": "和", "@": "at",
            "½": "二分之一", "¼": "四分之一", "¾": "四分之三", "→": "，", "•": "，", "·": " ", "~": "到", "～": "到"}
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))


def digits(text: str, *, telephone: bool = False) -> str:
    """Return every digit of `text` by itself; a telephone number says yao for 1."""
    names = DIGITS.replace("一", "幺") if telephone else DIGITS
    return "".join(names[int(c)] for c in text if c.isdecimal())


def cardinal(text: str) -> str:
    """Return "-1,234.50" as a number in characters; very long ones, and those that begin with 0, digit by digit."""
    sign = "负" if text[:1] in "-−" else ""
    whole, point, rest = text.lstrip("+-−").replace(",", "").partition(".")
    if len(whole) > 16 or (len(whole) > 1 and whole[0] == "0"):
        words = digits(whole)
    else:
        words = integer(int(whole or "0"))
    return f"{sign}{words}{f'点{digits(rest)}' if point and rest else ''}"


def integer(number: int) -> str:
    """Return 0 to 10^16 as a number in characters: 10203 as 一万零二百零三, 15 as 十五, 2000 as 两千."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    for scale, group in reversed(list(enumerate(groups))):
        if not group:
            words += "亿" if scale == 2 and len(groups) > 3 else ""
            continue
        said = "".join(DIGITS[group // unit % 10] + name if group // unit % 10 else "零"
                       for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")))
        said = re.sub("零+", "零", said).rstrip("零")
        words += (said if words else said.lstrip("零")) + ("", "万", "亿", "万")[scale]
    return re.sub(r"^一十", "十", re.sub(r"^二(?=[千万亿])", "两", words)) or "零"


def telephone(text: str) -> str:
    """Return a telephone number digit by digit, a breath between its groups; mobile numbers in groups of 3, 4, 4."""
    groups = re.findall(r"\+?\d+", text)
    if len(groups) == 1 and len(groups[0]) == 11:
        groups = [groups[0][:3], groups[0][3:7], groups[0][7:]]
    return "，".join(("加" if g[0] == "+" else "") + digits(g, telephone=True) for g in groups)


def date(of_year: str, month: str, day: str) -> str:
    """Return a date; "" for what is not said."""
    words = f"{digits(of_year)}年" if of_year else ""
    words += f"{cardinal(str(int(month)))}月" if month else ""
    return words + (f"{cardinal(str(int(day)))}日" if day else "")


def clock(hour: str, minute: str, second: str = "") -> str:
    """Return 8, 05 as 八点零五分, 14, 30 as 十四点三十分, 9, 00 as 九点整."""
    words = f"{_two(int(hour))}点"
    if int(minute):
        words += f"{'零' if int(minute) < 10 else ''}{cardinal(str(int(minute)))}分"
    elif not second:
        words += "整"
    return words + (f"{cardinal(str(int(second)))}秒" if second and int(second) else "")


def _two(number: int) -> str:
    """Two of something is 两."""
    return "两" if number == 2 else cardinal(str(number))


def _money(match: Match) -> str:
    return f"{cardinal(match['n'])}{match['scale'] or ''}{_CURRENCIES[match['sign']]}"


def _iso(match: Match) -> str:
    if not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        return "，".join(digits(group) for group in match.groups())
    return date(match[1], match[2], match[3])


def _clock(match: Match) -> str:
    if int(match[1]) > 24 or int(match[2]) > 59:
        return f"{cardinal(match[1])}比{cardinal(match[2])}"
    return clock(match[1], match[2], match[3] or "")


def _fraction(match: Match) -> str:
    return f"{cardinal(match[2])}分之{cardinal(match[1])}"


def _plain(match: Match) -> str:
    text = match[0]
    return telephone(text) if re.fullmatch(r"1[3-9]\d{9}", text) else cardinal(text)


_RULES: list[tuple[re.Pattern[str], Callable[[Match], str]]] = [
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![-/.]?\d)"), _iso),
    (re.compile(r"(?<!\d)(\d{4}|\d{2})(?=年(?![级龄纪]))"), lambda m: digits(m[1])),
    (re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)"), _clock),
    (re.compile(r"(?<![\d.])(?:\+\d{1,3}[- ])?(?:\(\d{3,4}\)|\d{3,4}-)\d{3,4}-?\d{4}(?!\d)|"
                r"(?<!\d)1[3-9]\d[- ]\d{4}[- ]\d{4}(?!\d)"),
     lambda m: telephone(m[0])),
    (re.compile(rf"(?P<sign>{_SIGNS})\s?(?P<n>{_NUMBER})\s?(?P<scale>[万亿千百]+)?"), _money),
    (re.compile(rf"(?P<n>{_NUMBER})(?P<scale>)\s?(?P<sign>CNY|RMB|USD|EUR|GBP|JPY|€|£)"), _money),
    (re.compile(rf"([-−]?(?:{_NUMBER}))\s?[%％]"), lambda m: f"百分之{cardinal(m[1])}"),
    (re.compile(rf"([-−]?(?:{_NUMBER}))\s?‰"), lambda m: f"千分之{cardinal(m[1])}"),
    (re.compile(r"(?<![\d/])(\d{1,4})/(\d{1,4})(?![\d/])"), _fraction),
    (re.compile(rf"([-−]?(?:{_NUMBER}))\s?({_UNIT})(?![A-Za-z])"), lambda m: f"{cardinal(m[1])}{_UNITS[m[2]]}"),
    (re.compile(r"(?<![\d.])(\d+):(\d+)(?!\d)"), lambda m: f"{cardinal(m[1])}比{cardinal(m[2])}"),
    (re.compile(rf"(?<![A-Za-z\d.-])({_NUMBER})\s?[-–—~～]\s?({_NUMBER})(?![A-Za-z\d-])"),
     lambda m: f"{cardinal(m[1])}到{cardinal(m[2])}"),
    (re.compile(rf"(?<![\d第.十百千])2(?=多?[{_COUNTED}])(?!年)"), lambda m: "两"),
    (re.compile(rf"(?<![\d\w])[-−](?:{_NUMBER})"), lambda m: cardinal(m[0])),
    (re.compile(rf"\.\d+|{_NUMBER}"), _plain),
]
_MARKS = {".": "点", "。": "句号", "，": "逗号", ",": "逗号", "！": "感叹号", "!": "感叹号", "？": "问号",
          "?": "问号", "：": "冒号", ":": "冒号", "；": "分号", ";": "分号", "、": "顿号", "-": "杠", "—": "破折号",
          "_": "下划线", "/": "斜杠", "\\": "反斜杠", "@": "艾特", "#": "井号", "$": "美元符号", "%": "百分号",
          "&": "和", "*": "星号", "+": "加号", "=": "等号", "<": "小于号", ">": "大于号", "(": "左括号",
          ")": "右括号", "（": "左括号", "）": "右括号", "[": "左方括号", "]": "右方括号", "{": "左花括号",
          "}": "右花括号", "“": "左引号", "”": "右引号", "\"": "引号", "'": "单引号", "《": "左书名号",
          "》": "右书名号", "…": "省略号", "~": "波浪号", "^": "脱字符", "|": "竖线", "·": "间隔号",
          "￥": "人民币符号"}


def in_words(text: str) -> str:
    """Return `text` as it is spoken; white space at either end is kept."""
    core = text.strip()
    before, after = text[:len(text) - len(text.lstrip())], text[len(text.rstrip()):] if core else ""
    for pattern, read in _RULES:
        core = pattern.sub(read, core)
    core = "".join(_SYMBOLS.get(c, c) for c in core)
    core = re.sub(r"[“”‘’\"「」『』《》〈〉【】\[\]{}|\\^_*#`/$]+", "", core)
    core = re.sub(r"\s*(?:[—–…；：;:()（）]+|-{2,})\s*", "，", core)
    return f"{before}{re.sub(r'，+(?=[，。！？])|^，+', '', core)}{after}"


def spelled(text: str) -> str:
    """Return every character by itself, marks by their names."""
    return "，".join(DIGITS[int(c)] if c.isdecimal() else _MARKS.get(c, c) for c in text if not c.isspace())


def marks(text: str) -> str:
    """Return `text` with its marks said by their names."""
    return "".join(f"，{_MARKS[c]}，" if c in _MARKS else c for c in text)


def money(text: str) -> str:
    """Return an amount such as 12.50 in yuan, where its text names no currency."""
    amount = Decimal(re.sub(r"[^\d.]", "", text) or "0")
    whole, hundredths = int(amount), int(amount * 100) % 100
    words = f"{cardinal(str(whole))}元" if whole or not hundredths else ""
    ten, one = divmod(hundredths, 10)
    return words + (f"{DIGITS[ten]}角" if ten else "") + (f"{DIGITS[one]}分" if one else "")
