"""grades: the named colour filters as rows of numbers, after what their names say."""

from stream.render.effects.grading import Grade

GREY = (0.30, 0.59, 0.11) * 3
SEPIA = (0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131)
INVERT = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, -1.0)
INFRARED = (-0.35, 1.55, -0.20, 0.15, 0.55, 0.30, 0.10, 0.25, 0.65)
"""Leaves become light, as on infrared film: red is mostly what was green."""
ORANGE_TEAL = (1.15, -0.10, -0.05, 0.02, 0.98, 0.0, -0.12, 0.10, 1.02)


def _infrared(**more: float) -> Grade:
    return Grade(matrix=INFRARED, **more)  # type: ignore[arg-type]


GRADES: dict[str, Grade] = {
    # modern film of the nineties: retro, grey, cyan scale, blue, dark red, dim, grey-orange, clear
    "m1": Grade(kelvin=5600, contrast=0.95, saturation=0.8, shadows=(0.05, 0.03, 0.0), fade=0.05),
    "m2": Grade(saturation=0.35, contrast=0.95, fade=0.03),
    "m3": Grade(gain=(0.9, 1.02, 1.0), shadows=(-0.03, 0.07, 0.09), saturation=0.85),
    "m4": Grade(kelvin=8200, shadows=(0.0, 0.02, 0.10), saturation=0.9),
    "m5": Grade(brightness=-0.06, gain=(1.06, 0.88, 0.88), shadows=(0.08, 0.0, 0.01), saturation=0.9),
    "m6": Grade(brightness=-0.10, contrast=0.85, saturation=0.7, fade=0.03),
    "m7": Grade(matrix=ORANGE_TEAL, saturation=0.62, lights=(0.08, 0.03, -0.06), shadows=(0.0, 0.01, 0.02)),
    "m8": Grade(brightness=0.04, contrast=1.12, saturation=1.12, kelvin=6800),
    # film: high key, Fuji, warm, Kodak, retro, reversal, infrared, Polaroid, Rollei, industrial, grey and white scale
    "pf1": Grade(brightness=0.10, gamma=(1.15, 1.15, 1.15), contrast=0.95),
    "pf2": Grade(matrix=(1.0, -0.05, 0.05, -0.02, 1.08, -0.02, 0.0, 0.08, 0.96), contrast=1.06,
                 shadows=(0.0, 0.03, 0.02)),
    "pf3": Grade(kelvin=5000, saturation=1.05),
    "pf4": Grade(kelvin=5700, contrast=1.10, saturation=1.18, lights=(0.04, 0.02, -0.04)),
    "pf5": Grade(kelvin=5400, saturation=0.65, fade=0.08, shadows=(0.04, 0.0, 0.03)),
    "pf6": Grade(contrast=1.35, saturation=1.30, shadows=(-0.02, 0.0, 0.05), lights=(0.03, 0.03, -0.05)),
    "pf7": _infrared(),
    "pf8": Grade(gamma=(1.08, 1.05, 0.95), lift=(0.05, 0.06, 0.10), gain=(1.02, 1.0, 0.88), saturation=0.85),
    "pf9": Grade(matrix=GREY, contrast=1.30, brightness=-0.02),
    "pfa": Grade(kelvin=7400, saturation=0.45, contrast=1.22, shadows=(0.0, 0.03, 0.03)),
    "pfb": Grade(matrix=GREY),
    "pfc": Grade(matrix=GREY, brightness=0.10, gamma=(1.25, 1.25, 1.25), contrast=0.9),
    # infrared: clear, dusk, autumn, dark
    "pi1": _infrared(brightness=0.06, saturation=0.75),
    "pi2": _infrared(kelvin=8600, brightness=-0.06, saturation=0.7),
    "pi3": Grade(matrix=(0.60, 0.85, -0.25, 0.10, 0.75, 0.10, 0.15, 0.0, 0.70), kelvin=5600),
    "pi4": _infrared(brightness=-0.15, contrast=1.15, saturation=0.55),
    # fresh: shadow, soft, spring bud, bright
    "pl1": Grade(contrast=1.08, gamma=(0.92, 0.96, 0.98), saturation=0.9, shadows=(0.0, 0.03, 0.03)),
    "pl2": Grade(contrast=0.85, brightness=0.05, saturation=0.88, fade=0.02),
    "pl3": Grade(matrix=(0.98, 0.04, -0.02, 0.02, 1.06, 0.0, -0.02, 0.02, 0.94), saturation=1.15, brightness=0.04,
                 lights=(0.02, 0.04, -0.05)),
    "pl4": Grade(brightness=0.07, saturation=1.22, kelvin=6100),
    # Japanese: little forest, childhood, afternoon, flower mist
    "pj1": Grade(gain=(0.95, 1.03, 0.95), brightness=0.05, contrast=0.88, shadows=(0.0, 0.06, 0.03), saturation=0.85),
    "pj2": Grade(kelvin=5800, brightness=0.08, contrast=0.86, saturation=0.92, fade=0.03),
    "pj3": Grade(kelvin=5200, brightness=0.05, contrast=0.92, lights=(0.05, 0.03, -0.06)),
    "pj4": Grade(brightness=0.09, contrast=0.75, saturation=0.75, tint=0.5, fade=0.04),
    # white peach, in the woods, salt, blue mist, Tokyo, after the rain, warm
    "delta": Grade(brightness=0.06, tint=0.45, kelvin=6000, saturation=0.88, contrast=0.92),
    "electric": Grade(gain=(0.92, 1.04, 0.90), contrast=1.08, shadows=(-0.02, 0.05, 0.0), saturation=1.05),
    "faded": Grade(saturation=0.55, fade=0.10, brightness=0.03),
    "slowlived": Grade(kelvin=7800, contrast=0.8, fade=0.06, saturation=0.75, shadows=(0.0, 0.03, 0.06)),
    "tokoyo": Grade(kelvin=7400, contrast=1.15, shadows=(0.03, 0.0, 0.10), lights=(0.05, 0.0, 0.02), saturation=1.1),
    "urbex": Grade(kelvin=7200, saturation=0.6, contrast=1.08, shadows=(0.0, 0.05, 0.04), brightness=-0.04),
    "warm": Grade(kelvin=4600, brightness=0.02),
    # negatives of the eighties: Jeju, snow mountain, Budapest, blue frost, eucalyptus, old street, coffee
    "f1": Grade(kelvin=7000, brightness=0.05, saturation=1.15, gain=(0.94, 1.03, 1.02)),
    "f2": Grade(kelvin=8000, brightness=0.12, contrast=1.05, saturation=0.7),
    "f3": Grade(matrix=ORANGE_TEAL, lights=(0.06, 0.02, -0.02), shadows=(0.04, 0.0, 0.05), contrast=0.94),
    "f4": Grade(kelvin=9500, contrast=0.92, saturation=0.62, fade=0.04),
    "f5": Grade(matrix=(0.9, 0.08, 0.02, 0.02, 0.98, 0.0, 0.05, 0.10, 0.85), saturation=0.68,
                shadows=(0.0, 0.06, 0.04)),
    "f6": Grade(kelvin=5200, saturation=0.72, contrast=1.05, brightness=-0.05, shadows=(0.04, 0.02, 0.0), fade=0.03),
    "f7": Grade(matrix=SEPIA, saturation=0.9, brightness=-0.08, contrast=1.08),
    # travel: texture, sky, fresh, mist, high key, black and white
    "pv1": Grade(contrast=1.20, saturation=0.86),
    "pv2": Grade(matrix=(0.96, 0.0, 0.02, 0.0, 1.0, 0.02, -0.05, 0.05, 1.12), saturation=1.15,
                 lights=(-0.03, 0.0, 0.05)),
    "pv3": Grade(brightness=0.06, kelvin=7000, saturation=1.06, gain=(0.97, 1.03, 1.0)),
    "pv4": Grade(contrast=0.68, brightness=0.08, saturation=0.66, fade=0.06),
    "pv5": Grade(brightness=0.16, contrast=1.04, saturation=0.9),
    "pv6": Grade(matrix=GREY, contrast=1.15, brightness=0.02),
    # art film of the nineties: soft, dark, blue sky, blue light, vivid, matt
    "a1": Grade(contrast=0.88, saturation=0.9, kelvin=6000, fade=0.04, lights=(0.03, 0.01, 0.0)),
    "a2": Grade(brightness=-0.14, contrast=1.12, saturation=0.85),
    "a3": Grade(kelvin=7500, gain=(0.92, 1.02, 1.05), brightness=0.05, saturation=1.02),
    "a4": Grade(kelvin=11000, shadows=(0.0, 0.0, 0.12), contrast=1.05, saturation=0.95),
    "a5": Grade(saturation=1.60, contrast=1.06),
    "a6": Grade(fade=0.11, contrast=1.0, saturation=0.82),
    "old_photo": Grade(matrix=SEPIA, contrast=0.88, fade=0.05, saturation=0.75, vignette=0.45),
    "image_invert": Grade(matrix=INVERT, lift=(0.0, 0.0, 0.0), brightness=1.0),
    "darkcorner": Grade(vignette=0.75),
    "strongcontrast": Grade(contrast=1.6),
    "memory_color": Grade(kelvin=5600, saturation=0.5, fade=0.07, lights=(0.06, 0.03, 0.0), vignette=0.2),
    "oldmovie_darkcorner": Grade(matrix=GREY, contrast=1.05, fade=0.04, lights=(0.03, 0.02, -0.02), vignette=0.8),
}
"""Looks are the maker's secret: these follow the names (given above in the catalogue's order), not their tables."""
DRAWN = ("castfilter", "comicstrip", "simplecrosshatch", "blackwhitesketch", "cartoon")
"""Filters that need a pixel's neighbours: `drawn` has them."""
