"""program: the resolved Timeline: every time in ns, every box in px, every reference settled."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from stream.timeline.program_captions import Hearing as Hearing
from stream.timeline.program_captions import Wording as Wording
from stream.timeline.program_effects import NS as NS
from stream.timeline.program_effects import Ducking as Ducking
from stream.timeline.program_effects import Motion as Motion
from stream.timeline.program_effects import Move as Move
from stream.timeline.program_effects import Scroll as Scroll
from stream.timeline.program_effects import SoundEffect as SoundEffect
from stream.timeline.program_effects import Transition as Transition
from stream.timeline.program_effects import Value as Value

Align = Literal["TopLeft", "TopCenter", "TopRight", "CenterLeft", "CenterCenter", "CenterRight", "BottomLeft",
                "BottomCenter", "BottomRight", "Left", "Center", "Right"]
WrapMode = Literal["", "AutoWrap", "AutoScale", "AutoWrapAtSpaces"]


@dataclass(frozen=True, slots=True)
class Color:
    """sRGB with opacity, each 0 to 255."""

    red: int
    green: int
    blue: int
    alpha: int = 255


@dataclass(frozen=True, slots=True)
class TextBox:
    """A filled box behind text, grown by `x_border_px`, `y_border_px`, corners of `radius_px`."""

    color: Color
    x_border_px: float = 0.0
    y_border_px: float = 0.0
    radius_px: float = 0.0


@dataclass(frozen=True, slots=True)
class WordStyle:
    """How a highlighted word differs from the rest of its line; None keeps the line's own value."""

    color: Color | None = None
    outline_color: Color | None = None
    outline_px: float | None = None


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text looks, in px of the output picture. `x_px`, `y_px` are the distances `align` speaks of."""

    font: str = "SimSun"
    font_url: str = ""
    size_px: float = 48.0
    color: Color = Color(255, 255, 255)
    outline_px: float = 0.0
    outline_color: Color = Color(0, 0, 0)
    shadow_px: float = 0.0
    shadow_color: Color = Color(0, 0, 0, 160)
    bold: bool = False
    italic: bool = False
    underline: bool = False
    align: Align = "TopLeft"
    x_px: float = 0.0
    y_px: float = 0.0
    wrap: WrapMode = ""
    width_px: float = 0.0
    spacing_px: float = 0.0
    line_spacing_px: float = 0.0
    angle_deg: float = 0.0
    box: TextBox | None = None
    highlight: WordStyle = WordStyle()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line in one look: highlighted or not, with inline overrides if any."""

    text: str
    highlighted: bool = False
    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    color: Color | None = None
    outline_color: Color | None = None
    outline_px: float | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption as shown from `start_ns` until `end_ns` (half open). `id` stays over its revisions.

    `lane` is the language (BCP 47) of captions in a second language, "" of the first. `times` are when words are
    said, where it is known: pairs of where a word begins in `text` and its start in ns; cues are equal without them.
    """

    id: str
    start_ns: int
    end_ns: int
    lines: tuple[Line, ...]
    style: TextStyle
    revision: int = 0
    motion_in: Motion | None = None
    motion_out: Motion | None = None
    motion_loop: Motion | None = None
    scroll: Scroll | None = None
    lane: str = ""
    times: tuple[tuple[int, int], ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        """The words, lines joined by a newline."""
        return "\n".join("".join(run.text for run in line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px of the output (or of the source, for a crop)."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class CaptionSpec:
    """AI_ASR on a clip: caption its own sound in this style, each caption moving like this.

    `highlighting` marks key words: those of `key_words` always, others as they stand out; or, `spoken`, the word
    that is being said. `text` are the words, where they are given (AlignmentText) and only their times are
    wanted. `said` are the sentences of a voice that reads a text, each with its start and end in ns of its sound.
    `second_style` is that of the captions in the second language (`hearing.translate`).
    """

    style: TextStyle
    highlighting: bool = False
    key_words: tuple[str, ...] = ()
    motion_in: Motion | None = None
    motion_out: Motion | None = None
    motion_loop: Motion | None = None
    spoken: bool = False
    text: str = ""
    said: tuple[tuple[str, int, int], ...] = ()
    hearing: Hearing = field(default_factory=Hearing)
    second_style: TextStyle | None = None

    def dressed(self, cue: Cue) -> Cue:
        """Return `cue` moving as the captions do; an entrance and an exit are no longer than half of it."""
        half_ns = max((cue.end_ns - cue.start_ns) // 2, 1)
        come, go = (motion and replace(motion, duration_ns=min(motion.duration_ns, half_ns))
                    for motion in (self.motion_in, self.motion_out))
        return replace(cue, motion_in=come, motion_out=go, motion_loop=self.motion_loop)


Fallback = Literal["background", "blur", "pass"]


@dataclass(frozen=True, slots=True)
class MatteSpec:
    """AI_RealMatting on a clip: cut the person out. `fallback` is shown while there is no matte."""

    fallback: Fallback = "background"
    model: str = "selfie"
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class KeySpec:
    """AI_Matting on a clip: a colour becomes transparent. None finds it; `threshold` (1 to 10) grows with what goes."""

    color: Color | None = None
    threshold: float = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """One change of a picture from `start_ns` until `end_ns`: a filter, a VFX, a mask, a blurred or mosaic region.

    `name` as catalogued, `params` as the document gave them, `box` the region in px of the picture it is
    applied to (None: all of it). `seed` makes what looks random repeat.
    """

    kind: Literal["filter", "vfx", "mask", "region"]
    name: str
    start_ns: int
    end_ns: int
    params: tuple[tuple[str, Value], ...] = ()
    box: Box | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """One picture on the canvas from `start_ns` until `end_ns`: a video or live clip, an image or a colour.

    `box` is where it goes, `crop` what is taken of the source first (None: all). `in_ns` is the
    source time shown at `start_ns`, `speed` how fast it runs. `fill` is what the `Background` effect
    puts behind a clip that does not fill the canvas: "blur", a colour or nothing. The source is turned
    by `rotate_deg` clockwise and mirrored before `crop` or `move`; `looks` change what is in the box;
    `mask_url` is a video whose brightness is the clip's alpha; `loop` begins again at its end. At source time
    `out_ns` (or the source's end) the last picture is held until `end_ns`. `path` is the
    layer's JSON path in the document (for messages), `id` unique in its Program. `source_px` is the size
    that `box` and `crop` were settled for; zeros: not known.
    """

    id: str
    kind: Literal["video", "image", "live", "color"]
    url: str
    start_ns: int
    end_ns: int
    box: Box
    in_ns: int = 0
    speed: float = 1.0
    crop: Box | None = None
    opacity: float = 1.0
    color: Color | None = None
    fill: Literal["", "blur"] | Color = ""
    fill_radius: float = 0.1
    matte: MatteSpec | None = None
    captions: CaptionSpec | None = None
    rotate_deg: int = 0
    flip_x: bool = False
    flip_y: bool = False
    move: Move | None = None
    key: KeySpec | None = None
    looks: tuple[Look, ...] = ()
    mask_url: str = ""
    loop: bool = False
    path: str = "$"
    source_px: tuple[int, int] = (0, 0)
    out_ns: int = 1 << 62


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound in the mix from `start_ns` until `end_ns`: `url` from `in_ns` on, at linear `gain`.

    With `loop_ns` what is heard in the first so many ns is heard again and again.
    `captions` captions what it says (a muted sound is still heard by its own captions). `role` is its part in
    ducking: "speech" makes "music" quieter.
    """

    id: str
    url: str
    start_ns: int
    end_ns: int
    in_ns: int = 0
    speed: float = 1.0
    gain: float = 1.0
    loop_ns: int = 0
    captions: CaptionSpec | None = None
    effects: tuple[SoundEffect, ...] = ()
    role: Literal["", "speech", "music"] = ""
    path: str = "$"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about a document: what, where (JSON path), how bad, and the remedy."""

    severity: Literal["error", "warning", "info"]
    path: str
    message: str
    remedy: str = ""
    code: str = ""


FOREVER_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class Program:
    """What is visible and audible at every time. Layers are bottom first; times are half open.

    `end_ns` is FOREVER_NS while a live input has not ended. `looks` (effect tracks) change the
    composed picture, below the captions.
    """

    width_px: int
    height_px: int
    rate: Fraction
    end_ns: int
    layers: tuple[Layer, ...] = ()
    sounds: tuple[Sound, ...] = ()
    cues: tuple[Cue, ...] = ()
    transitions: tuple[Transition, ...] = ()
    looks: tuple[Look, ...] = ()
    ducking: Ducking | None = None
    notices: tuple[Notice, ...] = field(default=())

    @property
    def is_live(self) -> bool:
        return any(layer.kind == "live" for layer in self.layers)

    def layers_at(self, pts_ns: int) -> tuple[Layer, ...]:
        """Return the layers visible at `pts_ns`, bottom first."""
        return tuple(layer for layer in self.layers if layer.start_ns <= pts_ns < layer.end_ns)

    def with_cues(self, cues: tuple[Cue, ...]) -> "Program":
        """Return the same Program showing `cues`."""
        return replace(self, cues=cues)

    def tick_ns(self, tick: int) -> int:
        """Return the time of `tick`: exactly tick / rate, rounded down to ns."""
        return tick * NS * self.rate.denominator // self.rate.numerator

    def tick_count(self) -> int:
        """Return how many ticks begin before `end_ns`."""
        return -(-self.end_ns * self.rate.numerator // (NS * self.rate.denominator))
