"""params: what a document says about an effect, as numbers."""

from math import isfinite

from stream.timeline.program import Look


def numbers(look: Look) -> dict[str, float]:
    """Return the parameters that are finite numbers, also as text, by lower-case name; `ExtParams` is taken apart."""
    found: dict[str, float] = {}
    for name, value in look.params:
        if name.lower() == "extparams" and isinstance(value, str):
            pairs = [pair.partition("=") for pair in value.split(",")]
            for key, _, text in pairs:
                _add(found, key, text)
        else:
            _add(found, name, value)
    return found


def _add(found: dict[str, float], name: str, value: float | str) -> None:
    try:
        number = float(value)
    except ValueError:
        return
    if isfinite(number):
        found[name.strip().lower()] = number


def pixels(value: float, whole_px: float) -> float:
    """Return a length: up to 1 a share of `whole_px`, above it px (the format's rule for masks and boxes)."""
    return value * whole_px if 0 <= value <= 1 else min(max(value, -1e6), 1e6)
