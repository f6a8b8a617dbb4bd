"""names: every catalogue name of an effect and how truly it is drawn."""

from typing import Literal

Fidelity = Literal["rendered", "approximate", "ignored"]

MASKS: dict[str, Fidelity] = dict.fromkeys(("mask_circle", "mask_rec", "mask_linear", "mask_minor"), "rendered")
REGIONS: dict[str, Fidelity] = dict.fromkeys(("mosaic_rect", "blur", "delogo_blur"), "rendered")

_PLAIN_FILTERS = ("color", "image_invert", "darkcorner", "strongcontrast")
_GRADED = (
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "pf1", "pf2", "pf3", "pf4", "pf5", "pf6", "pf7", "pf8", "pf9",
    "pfa", "pfb", "pfc", "pi1", "pi2", "pi3", "pi4", "pl1", "pl2", "pl3", "pl4", "pj1", "pj2", "pj3", "pj4",
    "delta", "electric", "faded", "slowlived", "tokoyo", "urbex", "warm", "f1", "f2", "f3", "f4", "f5", "f6",
    "f7", "pv1", "pv2", "pv3", "pv4", "pv5", "pv6", "a1", "a2", "a3", "a4", "a5", "a6", "old_photo",
    "memory_color", "castfilter", "comicstrip", "simplecrosshatch", "blackwhitesketch", "cartoon",
    "oldmovie_darkcorner",
)
FILTERS: dict[str, Fidelity] = {**dict.fromkeys(_PLAIN_FILTERS, "rendered"), **dict.fromkeys(_GRADED, "approximate")}

_PLAIN = ("h_blur", "v_blur", "blur", "mosaic_rect")
_DRAWN: tuple[str, ...] = ()
_NOT_DRAWN: tuple[str, ...] = ()
VFX: dict[str, Fidelity] = {**dict.fromkeys(_PLAIN, "rendered"), **dict.fromkeys(_DRAWN, "approximate"),
                            **dict.fromkeys(_NOT_DRAWN, "ignored")}
