"""scalars: the dialect's numbers, times, flags, words and colours, read leniently."""

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, LiteralString

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from stream.timeline.program import FOREVER_NS, NS, Color

TEMPLATE = re.compile(r"\$[A-Za-z_]\w*(?::(?P<default>.*))?\Z", re.DOTALL)
MAX_SECONDS = Decimal(FOREVER_NS) / NS


def ns(seconds: Decimal) -> int:
    """Return `seconds` in ns, rounded to the nearest; what `seconds_text` wrote reads back exactly."""
    return int((seconds * NS).to_integral_value())


def seconds_value(time_ns: int) -> int | float | str:
    """Return `time_ns` as JSON seconds that read back to the same ns: a number, or a string past 2**51 ns."""
    whole, rest = divmod(time_ns, NS)
    if rest == 0:
        return whole
    if abs(time_ns) < 1 << 51:
        return time_ns / NS
    return format(Decimal(time_ns).scaleb(-9), "f")


def alpha_of(opacity: float) -> int:
    """Return an opacity in [0, 1] as 0 to 255."""
    return round(min(max(opacity, 0.0), 1.0) * 255)


def opacity_of(alpha: int) -> float:
    """Return `alpha` (0 to 255) as the shortest opacity that reads back to it."""
    return round(alpha / 255, 4)


def _wrong(message: LiteralString) -> PydanticCustomError:
    return PydanticCustomError("wrong_type", message)


def _settled(value: object) -> object:
    """Take a template marker for its default: `$Name:3` is "3"; `$Name`, `$Name:NULL`, "" and null are nothing."""
    if isinstance(value, str):
        value = value.strip()
        marker = TEMPLATE.match(value)
        if marker:
            value = marker["default"]
        return None if value in ("", None, "NULL") else value
    return value


def _decimal(value: object) -> Decimal | None:
    value = _settled(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong("must be a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _wrong("must be a number") from None
    if not number.is_finite() or not (number == 0 or -30 < number.adjusted() < 30):
        raise _wrong("must be a number of ordinary size")
    return number


def _seconds(value: object) -> Decimal | None:
    number = _decimal(value)
    if number is not None and abs(number) > MAX_SECONDS:
        raise _wrong("must be a time in seconds, at most 146 years")
    return number


def _number(value: object) -> float | None:
    number = _decimal(value)
    return None if number is None else float(number)


def _flag(value: object) -> bool | None:
    value = _settled(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    word = value.lower() if isinstance(value, str) else ""
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off"):
        return False
    raise _wrong("must be true or false")


def _word(value: object) -> str | None:
    value = _settled(value)
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong("must be text")
    return f"{value}"


def _prose(value: object) -> str | None:
    """Text to be shown, kept as it is; lone surrogates, which no font has, become U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _word(value)


def _color(value: object) -> Color | None:
    value = _settled(value)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 999_999:
        value = f"{value:06d}"
    if isinstance(value, str):
        digits = value.removeprefix("#").removeprefix("0x").removeprefix("0X")
        if re.fullmatch(r"[0-9A-Fa-f]{3}", digits):
            digits = "".join(c * 2 for c in digits)
        if re.fullmatch(r"[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?", digits):
            return Color(*bytes.fromhex(digits))
    raise _wrong("must be a colour such as #RRGGBB")


def color_text(color: Color) -> str:
    """Return `color` as #RRGGBB, opacity left out."""
    return f"#{color.red:02X}{color.green:02X}{color.blue:02X}"


def is_ratio(value: float) -> bool:
    """The ratio/px rule: up to 1 a ratio of the output, above 1 px."""
    return -1 <= value <= 1


def px(value: float, full_px: float) -> float:
    """Return a position or size given by the ratio/px rule in px."""
    return value * full_px if is_ratio(value) else value


_AS_NUMBER = WithJsonSchema({"type": ["number", "string", "null"]})
Seconds = Annotated[Decimal | None, PlainValidator(_seconds), _AS_NUMBER]
Number = Annotated[float | None, PlainValidator(_number), _AS_NUMBER]
Flag = Annotated[bool | None, PlainValidator(_flag), WithJsonSchema({"type": ["boolean", "integer", "string", "null"]})]
Word = Annotated[str | None, PlainValidator(_word), WithJsonSchema({"type": ["string", "number", "null"]})]
Prose = Annotated[str | None, PlainValidator(_prose), WithJsonSchema({"type": ["string", "number", "null"]})]
Colour = Annotated[Color | None, PlainValidator(_color), WithJsonSchema({"type": ["string", "integer", "null"]})]
