"""palette: pictures to 256 colours each, as GIF wants them: a palette for every picture, ordered dither."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from stream.codecs.formats import VodRendition

_SHORTEST = Fraction(2, 100)
"""GIF counts hundredths of a second, and viewers slow down what lasts only one."""


class Palette:
    """FFmpeg's palettegen and paletteuse on one picture at a time, so that memory stays flat."""

    def __init__(self, rendition: VodRendition) -> None:
        from av import VideoFormat
        from av.filter import Graph

        alpha, self._rate, self._next_s = rendition.quality.alpha, rendition.rate, Fraction(0)
        self._pixels = VideoFormat("rgba" if alpha else "rgb24")
        graph = self._graph = Graph()
        source = graph.add_buffer(width=rendition.width_px, height=rendition.height_px, format=self._pixels,
                                  time_base=1 / self._rate)
        split = graph.add("split")
        made = graph.add("palettegen", f"stats_mode=single:reserve_transparent={int(alpha)}")
        used = graph.add("paletteuse", "new=1:dither=bayer:bayer_scale=3:alpha_threshold=128")
        self._source, self._sink = source, graph.add("buffersink")
        source.link_to(split)
        split.link_to(used, 0, 0)
        split.link_to(made, 1, 0)
        made.link_to(used, 0, 1)
        used.link_to(self._sink)
        graph.configure()

    def feed(self, picture: Any) -> Iterator[Any]:
        """Yield the palette pictures that became complete; those too close upon another are left out."""
        at_s = picture.pts / self._rate
        if at_s < self._next_s:
            return
        self._next_s = at_s + _SHORTEST
        pts, time_base = picture.pts, picture.time_base
        colours = picture.reformat(format=self._pixels.name, src_colorspace=1, src_color_range=1, threads=1)
        colours.pts, colours.time_base = pts, time_base
        self._source.push(colours)
        yield from self._pull()

    def flush(self) -> Iterator[Any]:
        """Yield what is still held; nothing is fed afterwards."""
        self._source.push(None)
        yield from self._pull()

    def _pull(self) -> Iterator[Any]:
        import av

        while True:
            try:
                yield self._sink.pull()
            except (av.BlockingIOError, av.EOFError):
                return
