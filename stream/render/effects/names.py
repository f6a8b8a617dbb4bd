"""names: every catalogue name of an effect and how truly it is drawn."""

from typing import Literal

Fidelity = Literal["rendered", "approximate", "ignored"]

MASKS: dict[str, Fidelity] = dict.fromkeys(("mask_circle", "mask_rec", "mask_linear", "mask_minor"), "rendered")
FADES: dict[str, Fidelity] = dict.fromkeys(("fade_in", "fade_out"), "rendered")
"""Not catalogue names: the effect `Fade`, as a Look of kind "vfx" with `color`."""
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

FAMILIES: dict[str, tuple[str, ...]] = {
    "moves": (
        "slightshake", "jitter", "zoominout", "zoomslight", "zoom", "heartbeat", "shock", "soulout", "swing",
        "curl", "illusion", "color_difference", "smalljitter", "segmentation", "fisheye", "planet",
        "kaleidoscope", "waterripple", "simpleripple", "disappear"),
    "openings": (
        "open", "close", "withcircleopen", "withcircleclose", "withcircleshake", "withcircleflashlight",
        "slightrectshow", "wipecross", "bluropen", "blurclose", "slightshow", "whiteshow", "black",
        "color_to_grey", "grey_to_color", "movie", "photograph", "blurring", "blackfade", "image_in_image"),
    "splits": (
        "splitstill2", "splitstill3", "splitstill4", "splitstill6", "splitstill9", "livesplit",
        "blackwhitesplit", "blurthreesplit", "marquee", "windowblur", "windowblur2"),
    "particles": (
        "heartfireworks", "fireworks", "starexplosion", "starsparkle", "meteorshower", "starry",
        "colorfulstarry", "moons_and_stars", "flyfire", "spotfall", "sparklestarfield", "starfield",
        "fallingheart", "risingheartbubble", "heartsurround", "heartbubbleshinee", "starfieldshinee",
        "starfieldshinee2", "shinningstar_light", "fallingcircle"),
    "lights": (
        "white", "minus_glitter", "flashingscreen", "shine", "flashinglight", "colorful", "rainbowfilter",
        "movingrainbow", "colorfulradial", "lightcenter", "lightsweep", "anglelight", "moon_projection",
        "star_projection", "heart_projection", "sunset_projection", "carwindow_projection", "moon",
        "rotationspotlight", "darknight_rainbow", "discolights", "colorfulripples", "scanlight", "stormlaser"),
    "retro": (
        "blackwhitetv", "oldtv", "oldtvshine", "nightvision", "tvshow", "edgescan", "neolighting"),
}
"""The VFX names by the module, vfx_<family>, that draws them."""

_PLAIN = ("h_blur", "v_blur", "blur", "mosaic_rect", "splitstill2", "splitstill3", "splitstill4", "splitstill6",
          "splitstill9")
VFX: dict[str, Fidelity] = {**{name: "approximate" for names in FAMILIES.values() for name in names},
                            **dict.fromkeys(_PLAIN, "rendered")}
