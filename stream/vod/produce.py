"""produce: what a document and the command line ask of the file that a render makes; and its delivery."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stream.codecs.encode import PLATFORMS, PRESETS, rendition_for
from stream.codecs.formats import CODEC_NAMES, VOD_PRESETS, Format, Quality, format_of, vod_rendition
from stream.errors import OptionError
from stream.run.closed import ClosedCaptions, rolls
from stream.run.inputs import Parts
from stream.run.outputs import Outgoing
from stream.timeline.export import settle
from stream.timeline.program import Program
from stream.timeline.schema import Document
from stream.vod.outputs import FilmOutput
from stream.vod.stills import write_jpeg, write_png

MOST_KBPS = 100_000
"""The format counts kilobits in one place of its documentation and bits in another: more than this is bits."""
PROFILES = ("baseline", "main", "high")
DRAFT_CRF, DRAFT_PRESET = 28, "ultrafast"
CLOSED = ("h264", "hevc")
COVERS = (".jpg", ".jpeg", ".png")


@dataclass(slots=True)
class Order:
    """One file to make: where, how, and the picture of `cover_s` beside it as `cover` (or no cover).

    `closed` puts the captions also beside the pictures, as CEA-608.

    Everything is made in a hidden folder beside `out` and put in place when it is whole.
    """

    out: Path
    quality: Quality = field(default_factory=Quality)
    preset: str = ""
    draft: bool = False
    threads: int = 0
    cover: Path | None = None
    cover_s: float = 0.0
    has_audio: bool | None = None
    closed: bool = False
    _made: list[FilmOutput] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.cover is not None and self.cover.suffix.lower() not in COVERS:
            raise OptionError(f"{self.cover.name!r} is no name for a cover", f"End it in one of {' '.join(COVERS)}")
        if self.cover is not None and not self.format.video:
            raise OptionError(f"{self.out.name} holds no picture for a cover", "Leave out --cover")
        beside = [] if self.format.muxer != "hls" else [*self.out.parent.glob(f"{self.out.stem}_[0-9]*.m4s"),
                                                        self.out.with_name(f"{self.out.stem}_init.mp4")]
        for there in filter(None, (self.out, self.cover, *beside)):
            if there.exists():
                raise OptionError(f"{there} exists already", "Choose another name: nothing is overwritten")

    @property
    def format(self) -> Format:
        """What the file's suffix stands for."""
        return format_of(self.out)

    @property
    def folder(self) -> Path:
        """Where the file is while it is made."""
        return self.out.with_name(f".{self.out.name}.part")

    def outputs(self, program: Program) -> Callable[[Parts], Sequence[Outgoing]]:
        """Return what opens this file's output for `program`."""
        quality = with_presets(self.quality, self.preset, program)
        if self.draft:
            quality = replace(quality, preset=DRAFT_PRESET, crf=DRAFT_CRF, bitrate=None)
        sound = bool(program.sounds) if self.has_audio is None else self.has_audio
        if not sound and not self.format.video:
            raise OptionError("this Timeline has no sound", f"Render it to a film, not to {self.out.suffix}")
        rendition = vod_rendition(self.out, program.width_px, program.height_px, program.rate, quality,
                                  has_audio=sound, threads=self.threads)

        if self.closed and rendition.video not in CLOSED:
            raise OptionError(f"{self.out.name} cannot hold closed captions",
                              "They go into H.264 and HEVC: end it in .mp4, or leave out --cc")

        def make(parts: Parts) -> Sequence[Outgoing]:
            tick = round(self.cover_s * program.rate) if self.cover else 0
            closed = ClosedCaptions(program.rate, settle(program.cues), rolling=rolls(program),
                                    tell=parts.tell) if self.closed else None
            self._made = [FilmOutput(self.folder / self.out.name, rendition, parts, cover_tick=tick, closed=closed)]
            return self._made

        return make

    def prepare(self) -> None:
        """Make the hidden folder, empty."""
        self.discard()
        self.folder.mkdir()

    def deliver(self) -> list[Path]:
        """Put everything in place, the file itself last; return what there is now."""
        files = []
        picture = next((film.cover for film in self._made), None)
        if self.cover is not None and picture is not None:
            write = write_png if self.cover.suffix.lower() == ".png" else write_jpeg
            self.cover.write_bytes(write(picture))
            files.append(self.cover)
        made = sorted(self.folder.iterdir(), key=lambda path: (path.name == self.out.name, path.name))
        return [*files, *(path.replace(self.out.with_name(path.name)) for path in made)]

    def discard(self) -> None:
        """Remove what was not delivered."""
        shutil.rmtree(self.folder, ignore_errors=True)


def quality_of(document: Document, of: Format, tell: Callable[[str], None]) -> Quality:
    """Return what OutputMediaConfig and EditingProduceConfig ask of a file of format `of`.

    What they ask wrongly, or of another format, is told and left out.
    """
    config, wanted, video = document.output, document.produce, document.output.Video
    quality = Quality()
    if video is not None:
        crf = video.Crf
        if crf is not None and not 0 <= crf <= 51:
            tell(f"note: OutputMediaConfig.Video.Crf {crf:g} is outside 0 to 51 and left out")
            crf = None
        allowed = tuple(name for name, codec in CODEC_NAMES.items() if codec in of.video)
        codec = _word(video.Codec, "Codec", allowed, tell) if of.video else None
        quality = Quality(codec=codec, crf=crf, preset=_word(video.Preset, "Preset", VOD_PRESETS, tell),
                          profile=_word(video.Profile, "Profile", PROFILES, tell))
    return replace(quality, bitrate=bits_s(config.Bitrate), max_bitrate=bits_s(wanted.MaxBitrate),
                   alpha=bool(wanted.OutputWebmTransparentChannel))


def bits_s(bitrate: float | None) -> int | None:
    """Return a document's bit rate in bits per second: kilobits, or bits where it is more than MOST_KBPS."""
    if bitrate is None or bitrate <= 0:
        return None
    return round(bitrate if bitrate > MOST_KBPS else bitrate * 1000)


def with_presets(quality: Quality, names: str, program: Program) -> Quality:
    """Return `quality` changed by --preset: an encoder preset, and a platform whose bit rate is then kept to."""
    for name in filter(None, (part.strip() for part in names.split(","))):
        if name in PLATFORMS:
            rate = rendition_for(program.width_px, program.height_px, program.rate, name, PRESETS[0]).video_bitrate
            quality = replace(quality, crf=None, bitrate=rate, max_bitrate=rate)
        elif name in VOD_PRESETS:
            quality = replace(quality, preset=name)
        else:
            raise OptionError(f"--preset: there is no {name!r}", f"There are: {', '.join((*PLATFORMS, *VOD_PRESETS))}")
    return quality


def _word(value: str | None, name: str, known: Sequence[str], tell: Callable[[str], None]) -> str | None:
    """`value` as it is among `known`, in any spelling, else None."""
    if not value:
        return None
    plain = value.lower().replace(".", "").replace("-", "")
    if plain in known:
        return plain
    tell(f"note: OutputMediaConfig.Video.{name} {value!r} is not possible here and left out")
    return None
