"""_language: BCP 47 tags as engines understand them."""

from collections.abc import Collection

MANY = 20
"""An engine that knows so many languages needs nobody to tell that another is spoken."""
_ALSO = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "fil": "tl", "cmn": "zh", "jv": "jw", "arb": "ar"}


def primary(tag: str) -> str:
    """Return the language of a BCP 47 tag as a two- or three-letter code: "zh-Hant-TW" is "zh", "nb" is "no"."""
    code = tag.replace("_", "-").split("-")[0].lower()
    return _ALSO.get(code, code)


def hears(languages: Collection[str], tag: str) -> bool:
    """Whether an engine with `languages` (none: unknown) understands `tag` ("": whatever it speaks)."""
    return not tag or not languages or primary(tag) in {primary(language) for language in languages}
