"""text_fonts: the faces text may be set in, opened for Skia; no font of the machine is ever used."""

import lzma
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from stream.errors import MediaError

LATIN = "Noto Sans"
EMOJI = "Noto Color Emoji"
CJK = "Noto Sans CJK "
REGIONS = ("SC", "JP", "KR", "TC", "HK")
WEIGHTS = (400, 700)
_WGHT = int.from_bytes(b"wght")
_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Face:
    """One face of `family`: the font file (`.xz`: packed) or its bytes, and its number in a collection."""

    family: str
    source: Path | bytes
    index: int = 0


class Substitute(NamedTuple):
    """What is used for a font that is not there: a family, the East Asian region, whether bold by name, one line."""

    family: str
    region: str
    bold: bool
    notice: str


@dataclass(frozen=True, slots=True)
class Fonts:
    """All faces, in the order in which a character is looked for; `custom` holds fonts by their FontURL."""

    faces: tuple[Face, ...]
    substitutes: Mapping[str, Substitute] = field(default_factory=dict)
    custom: Mapping[str, bytes] = field(default_factory=dict)

    def with_font(self, url: str, font: bytes) -> "Fonts":
        """Return the same Fonts with `font` (bytes of a TTF, OTF or TTC) as what `url` stands for."""
        return replace(self, custom={**self.custom, url: font})

    def named(self, name: str) -> Substitute:
        """Return what text asking for font `name` is set in; `notice` is empty when it is that very font."""
        for face in self.faces:
            if plain(face.family) == plain(name):
                return Substitute(face.family, "", False, "")
        wanted = plain(name)
        bold = bool(re.search("bold|black|heavy", wanted))
        key = max((key for key in self.substitutes if wanted.startswith(key)), key=len, default="")
        found = self.substitutes.get(key, Substitute(LATIN, "", False, ""))
        extra = f" (with {CJK}{found.region} for East Asian text)" if found.region else ""
        return found._replace(bold=found.bold or bold, notice=(
            f"font {name!r} is not packaged: {found.family}{extra} is used. Give FontURL to have the font itself"))


def plain(name: str) -> str:
    """Return a font's name as names are compared: lower case, letters and digits only."""
    return re.sub(r"[\W_]", "", name.lower())


class Family(NamedTuple):
    """The families to look in, first first, and whether the font's own name asks for bold."""

    names: tuple[str, ...]
    bold: bool


class OpenFonts:
    """Fonts opened for Skia's paragraphs. `problems` says what could not be used as asked, one line each."""

    def __init__(self, fonts: Fonts) -> None:
        import skia

        self.fonts = fonts
        self.problems: dict[str, str] = {}
        self._looked_up: dict[tuple[str, str, str, bool, bool], Family] = {}
        self._manager = skia.FontMgr.New_Custom_Empty()
        self._provider = skia.textlayout.TypefaceFontProvider()
        families = []
        for face in fonts.faces:
            self._register(_open(self._manager, face), face.family)
            families.append(face.family)
        self._families = tuple(dict.fromkeys(families))
        self._custom = {url: self._register_custom(url, font) for url, font in fonts.custom.items()}
        self.collection = skia.textlayout.FontCollection()
        self.collection.setDefaultFontManager(self._provider)
        self.unicode = skia.Unicodes.ICU.Make()

    def family(self, font: str, url: str, text: str, emoji: bool) -> Family:
        """Return where to look for the characters of `text`, which asks for `font` or the font at `url`.

        Han characters are drawn as the font's name says (Chinese, Japanese, Korean), else as `text` shows by its
        kana or hangul, else as in simplified Chinese. `emoji`: colour pictures come first.
        """
        key = (font, url, _region(text), text.isascii(), emoji)
        if key not in self._looked_up:
            self._looked_up[key] = self._look_up(*key)
        return self._looked_up[key]

    def _look_up(self, font: str, url: str, region: str, ascii_only: bool, emoji: bool) -> Family:
        found = self.fonts.named(font)
        if self._custom.get(url):
            found = Substitute(self._custom[url], "", False, "")
        elif found.notice:
            self.problems.setdefault(font, found.notice)
        if ascii_only and not emoji:
            return Family((found.family, LATIN), found.bold)
        return Family(self._order(found.family, found.region or region, emoji), found.bold)

    def metrics(self, family: str, size_px: float, bold: bool, italic: bool) -> tuple[float, float]:
        """Return ascent and descent (both positive, px) of `family`'s own face."""
        import skia

        face = self._provider.matchFamilyStyle(family, font_style(bold, italic))
        measured = skia.Font(face, size_px).getMetrics()
        return -float(measured.fAscent), float(measured.fDescent)

    def _order(self, first: str, region: str, emoji: bool) -> tuple[str, ...]:
        asian = [CJK + region, *(CJK + other for other in REGIONS if other != region)]
        rest = [name for name in self._families if name not in asian and name != EMOJI]
        return tuple(dict.fromkeys([*([EMOJI] if emoji else []), first, LATIN, *asian, *rest, EMOJI]))

    def _register_custom(self, url: str, font: bytes) -> str:
        try:
            face = _open(self._manager, Face(url, font))
        except MediaError as error:
            self.problems[url] = str(error)
            return ""
        self._register(face, "custom " + url)
        return "custom " + url

    def _register(self, typeface: Any, family: str) -> None:
        """Make `typeface` known, in each of the weights when it is variable."""
        axes = [axis.tag for axis in typeface.getVariationDesignParameters()]
        if _WGHT not in axes:
            self._provider.registerTypeface(typeface, family)
            return
        for weight in WEIGHTS:
            self._provider.registerTypeface(_weighted(typeface, weight), family)


def _region(text: str) -> str:
    return "JP" if _KANA.search(text) else "KR" if _HANGUL.search(text) else "SC"


def font_style(bold: bool, italic: bool) -> Any:
    """Return Skia's name for regular, bold, italic or both."""
    import skia

    slant = skia.FontStyle.kItalic_Slant if italic else skia.FontStyle.kUpright_Slant
    return skia.FontStyle(WEIGHTS[bold], 5, slant)


def _weighted(typeface: Any, weight: int) -> Any:
    import skia

    position = skia.FontArguments.VariationPosition
    coordinates = position.Coordinates([position.Coordinate(_WGHT, weight)])
    place = position(coordinates)  # held by name: the arguments only point to it
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(place)
    return typeface.makeClone(arguments)


def _open(manager: Any, face: Face) -> Any:
    import skia

    source = face.source
    if isinstance(source, Path) and source.suffix == ".xz":
        source = lzma.decompress(source.read_bytes())
    if isinstance(source, Path):
        typeface = manager.makeFromFile(str(source), face.index)
    else:
        typeface = manager.makeFromData(skia.Data.MakeWithCopy(source), face.index)
    if typeface is None:
        raise MediaError(f"{face.family!r} is not a font that can be read", "Use a TTF, OTF or TTC file")
    return typeface
