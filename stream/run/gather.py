"""gather: the facts and stills a document needs, fetched before it is resolved."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from stream.codecs.probe import probe
from stream.errors import MediaError
from stream.media import VideoFrame, read_image
from stream.timeline.facts import Facts, MediaFacts, is_live_url
from stream.timeline.program import Program
from stream.timeline.schema import Document

MAX_TEXT_BYTES = 64 << 20


def local_path(url: str, media_root: Path | None) -> str:
    """Return where `url` is to be read from: a same-named file under `media_root` if there is one, else `url`.

    A relative path is looked for in `media_root` first as it stands, then by its name alone.
    """
    if media_root is not None and not Path(url).is_absolute():
        for candidate in ((media_root / url) if "://" not in url else None, media_root / Path(url).name):
            if candidate is not None and candidate.exists():
                return str(candidate)
    return url.removeprefix("file://")


def gather(document: Document, media_root: Path | None, known: Mapping[str, MediaFacts]) -> Facts:
    """Return the facts of every medium `document` names; those `known` are not looked at."""
    media, texts = dict(known), dict[str, bytes]()
    for ref in document.media_urls():
        if ref.role == "subtitle":
            path = Path(local_path(ref.url, media_root))
            if path.is_file() and path.stat().st_size <= MAX_TEXT_BYTES:
                texts[ref.url] = path.read_bytes()
        elif ref.url not in media and ref.role != "font":
            media[ref.url] = (MediaFacts("live") if is_live_url(ref.url) else probe(local_path(ref.url, media_root)))
    return Facts(media, texts)


class Images(Mapping[str, VideoFrame]):
    """The decoded still of every image layer, by layer id: decoded when wanted, a few kept. MediaError names what
    cannot be read."""

    KEPT = 16

    def __init__(self, program: Program, media_root: Path | None) -> None:
        self._urls = {layer.id: layer.url for layer in program.layers if layer.kind == "image"}
        self._root = media_root
        self._kept: dict[str, VideoFrame] = {}

    def __getitem__(self, layer_id: str) -> VideoFrame:
        url = self._urls[layer_id]
        frame = self._kept.pop(url, None) or self._decode(url)
        self._kept[url] = frame
        while len(self._kept) > self.KEPT:
            del self._kept[next(iter(self._kept))]
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._urls)

    def __len__(self) -> int:
        return len(self._urls)

    def _decode(self, url: str) -> VideoFrame:
        try:
            return read_image(Path(local_path(url, self._root)).read_bytes())
        except OSError as error:
            raise MediaError(f"cannot read the picture {url}: {error.strerror}",
                             "Check its path; --media-root finds same-named files") from error


def open_images(program: Program, media_root: Path | None) -> dict[str, VideoFrame]:
    """Return the decoded still of every image layer, by layer id, all at once; MediaError names what cannot be read."""
    return dict(Images(program, media_root))


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Return `facts` as plain JSON values."""
    return {url: {"kind": f.kind, "size": [f.width_px, f.height_px], "rotation": f.rotation_deg,
                  "duration_ns": f.duration_ns, "rate": str(f.rate) if f.rate else None, "video": f.has_video,
                  "audio": f.has_audio} for url, f in facts.media.items()}


def facts_from_json(value: Mapping[str, Any]) -> Facts:
    """Undo `facts_to_json`."""
    return Facts({url: MediaFacts(f["kind"], f["size"][0], f["size"][1], f["rotation"], f["duration_ns"],
                                  Fraction(f["rate"]) if f["rate"] else None, f["video"], f["audio"])
                  for url, f in value.items()})
