"""aloud: the texts of a document read aloud, with the sounds that they name."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream.codecs.probe import probe
from stream.media import NS
from stream.run.gather import local_path
from stream.timeline.facts import Speech
from stream.timeline.program import Notice, Sound
from stream.timeline.schema import Document
from stream.vod.sound import source_frames
from stream.voicing.cast import Studio, texts, voiced

LONGEST_NS = 600 * NS


def read_aloud(document: Document, media_root: Path | None, tell: Callable[[Notice], None]) -> Mapping[str, Speech]:
    """Return what the voices of `document` say, by the JSON path of the clip."""
    if not any(texts(document)):
        return {}
    return voiced(document, tell, studio(media_root))


def studio(media_root: Path | None) -> Studio:
    """Return what texts are read with; the sounds they name lie in `media_root`."""
    return Studio(hear=partial(whole, media_root=media_root))


def whole(url: str, media_root: Path | None) -> NDArray[np.float32] | None:
    """Return the sound of a short file (ten minutes of it at most), mono at 48 kHz; None when it cannot be read."""
    address = local_path(url, media_root)
    if not probe(address).has_audio:
        return None
    parts = [frame.samples.mean(axis=0) for frame in source_frames(address, Sound("", address, 0, LONGEST_NS))]
    return np.concatenate([np.zeros(0, np.float32), *parts])
