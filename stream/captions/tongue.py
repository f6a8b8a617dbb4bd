"""tongue: which language a text is in, where nobody has said it: by its script, or by its commonest words."""

from collections.abc import Mapping, Sequence

COMMONEST: Mapping[str, frozenset[str]] = {language: frozenset(text.split()) for language, text in {
    "en": "the of and to that is was for it with as on be at by this have from or had not are but they you we i what",
    "de": "der die und das den von zu ist mit sich des auf für im dem nicht ein eine als auch es an wir ich sie haben",
    "fr": "le la les et des du est un une dans que qui pour pas au sur ce il je vous nous avec sont mais ne ont cette",
    "es": "el la los las y en que un una es por con para del se lo como más pero su al está hay muy ya fue nos este",
    "it": "il di che la e un una per è non sono con del della si gli le ma anche come questo più nel alla ha",
    "pt": "o os as e que um uma é não para com do da dos em por mais se na no como mas foi ao ele isso muito você",
    "nl": "de het een en van in is dat op te zijn met voor niet er aan ook maar om bij dit wat we ik naar je ze heeft",
}.items()}
SCRIPTS = (
    ("ja", 0x3040, 0x30FF), ("ko", 0xAC00, 0xD7AF), ("zh", 0x3400, 0x9FFF), ("th", 0x0E00, 0x0E7F),
    ("ru", 0x0400, 0x04FF), ("el", 0x0370, 0x03FF), ("he", 0x0590, 0x05FF), ("ar", 0x0600, 0x06FF),
    ("hi", 0x0900, 0x097F), ("bn", 0x0980, 0x09FF), ("ta", 0x0B80, 0x0BFF), ("ka", 0x10A0, 0x10FF),
)
ENOUGH = 12
"""Words after which a text in the Latin script that has few of a language's commonest is in none of them."""
FEW = 0.12


def script_of(words: Sequence[str]) -> str:
    """Return the language that the letters of `words` are of, "" for the Latin script (Kana: Japanese at once)."""
    text = "".join(words)
    letters = sum(c.isalpha() for c in text)
    for language, first, last in SCRIPTS:
        found = sum(first <= ord(c) <= last for c in text)
        if found > (0.0 if language == "ja" else 0.3 * letters):
            return language
    return ""


def latin(words: Sequence[str]) -> str:
    """Return the likeliest language of `words`, in the Latin script; English for a few words, "" for none known."""
    low = [word.strip(".,;:?!\"'“”«»()¿¡").lower() for word in words]
    votes = {language: sum(word in commonest for word in low) for language, commonest in COMMONEST.items()}
    best = max(votes, key=lambda language: votes[language])
    if len(low) >= ENOUGH and votes[best] < FEW * len(low):
        return ""
    return best if votes[best] > votes["en"] + 1 else "en"
