"""fonts: which fonts set-up has installed, and what stands in for the names documents ask for.

Only packaged fonts are used, never those of the machine: a Timeline then looks the same live, in a replay and on
another computer, and a machine without any font will do. A document that must have its own font gives FontURL.
"""

import functools
import importlib.metadata
from pathlib import Path

from stream.errors import MediaError
from stream.render.text_fonts import CJK, EMOJI, LATIN, REGIONS, Face, Fonts, Substitute

_EMOJI_FILE = Path(__file__).with_name("render") / "fonts" / "NotoColorEmoji.ttf.xz"
_TEXT_PACKAGE, _CJK_PACKAGE = "manimgx-fonts", "manimgx-fonts-cjk"
_CJK_FILE = "manimgx_fonts_cjk/NotoSansCJK-VF.otf.ttc"
_CJK_INDEX = {"JP": 0, "KR": 1, "SC": 2, "TC": 3, "HK": 4}  # the collection's own order
_SCRIPTS = ("Arabic", "Devanagari", "Hebrew", "Thai", "Bengali", "Tamil", "Telugu", "Kannada", "Malayalam", "Gujarati",
            "Gurmukhi", "Oriya", "Sinhala", "Khmer", "Lao", "Myanmar", "Ethiopic", "Armenian", "Georgian", "Symbols")

# How the names that documents use begin (compared by text_fonts.plain), by the script region they are made for.
_NAMES = {
    "SC": """alibabapuhuiti alibabasans puhuiti 阿里巴巴普惠体 simsun nsimsun 宋体 新宋体 simhei 黑体 kaiti simkai 楷体
             stkaiti fangsong simfang 仿宋 microsoftyahei msyh 微软雅黑 wenquanyi 文泉驿 yuanti 圆体 happyzcool zcool
             站酷 pingfang heiti stheiti songti stsong hiraginosansgb sourcehansans 思源 notosanssc notosanscjk
             notoserifsc lxgwwenkai dengxian""",
    "TC": """microsoftjhenghei pmingliu mingliu pingfangtc heititc yuantitc songtitc kaititc dfkai notosanstc
             notoseriftc""",
    "JP": "msgothic mspgothic msmincho meiryo yugothic yumincho hiragino notosansjp notoserifjp",
    "KR": "malgungothic batang gulim dotum applesdgothicneo nanum notosanskr notoserifkr",
    "": "arial helvetica roboto opensans inter verdana tahoma calibri segoeui dejavusans",
}


@functools.cache
def collection() -> Fonts:
    """Return the packaged fonts. Nothing is read yet but where the packages lie.

    Raises MediaError when a font package is not installed.
    """
    text = {file.name: file for file in _files(_TEXT_PACKAGE)}
    chinese = next((file for file in _files(_CJK_PACKAGE) if file.as_posix().endswith(_CJK_FILE)), None)
    names = [(LATIN, "NotoSans[wght].ttf"), (LATIN, "NotoSans-Italic[wght].ttf")]
    names += [(f"Noto Sans {script}", f"NotoSans{script}[wght].ttf") for script in _SCRIPTS]
    absent = [file for _, file in names if file not in text]
    if absent or chinese is None:
        raise MediaError(f"font {absent[0] if absent else _CJK_FILE} is missing", _remedy(_TEXT_PACKAGE))
    faces = [Face(family, text[file]) for family, file in names]
    faces += [Face(CJK + region, chinese, _CJK_INDEX[region]) for region in REGIONS]
    faces.append(Face(EMOJI, _EMOJI_FILE))
    found = {name: Substitute(LATIN, region, False, "")
             for region, begin in _NAMES.items() for name in begin.split()}
    return Fonts(tuple(faces), found)


def substitution(name: str) -> tuple[str, str]:
    """Return the family that text asking for font `name` is set in, and one line about it ("" when it is that font)."""
    found = collection().named(name)
    return found.family, found.notice


def _files(package: str) -> list[Path]:
    try:
        distribution = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        raise MediaError(f"the font package {package} is not installed", _remedy(package)) from None
    return [Path(str(distribution.locate_file(file))) for file in distribution.files or ()
            if file.suffix in (".ttf", ".otf", ".ttc")]


def _remedy(package: str) -> str:
    return f"Run `make setup`, or `pip install {package}`"
