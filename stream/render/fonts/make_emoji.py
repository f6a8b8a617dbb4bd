"""make_emoji: how NotoColorEmoji.ttf.xz beside this file was made.

    pip download --no-deps dynamic-font==1.2.4
    python make_emoji.py dynamic_font-1.2.4-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
"""

import hashlib
import lzma
import sys
import zipfile
from pathlib import Path

MEMBER = "dynamic_font/assets/fonts/NotoColorEmoji-Regular.ttf"
SHA256 = "9cb722075cfcb586eb943f3d865391d866919653251eef737cb1993d4f1a625b"


def main(wheel: Path) -> None:
    """Take the font out of `wheel`, check that it is the one meant, and pack it beside this file."""
    font = zipfile.ZipFile(wheel).read(MEMBER)
    found = hashlib.sha256(font).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{wheel}: {MEMBER} has sha256 {found}, not {SHA256}")
    packed = lzma.compress(font, format=lzma.FORMAT_XZ, preset=9 | lzma.PRESET_EXTREME)
    Path(__file__).with_name("NotoColorEmoji.ttf.xz").write_bytes(packed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
