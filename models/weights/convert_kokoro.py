"""convert_kokoro: how kokoro_*.npy were made from the style vectors in the npm package kokoro-js 1.2.1.

Not used at run time. With numpy alone:

    npm pack kokoro-js@1.2.1
    python convert_kokoro.py kokoro-js-1.2.1.tgz OUT_FOLDER

A voice there is 510 rows of 256 little-endian 32-bit floats, row n for a text of n + 1 symbols. Half the
bits are enough: the largest error, printed, is that of a 16-bit float's rounding.
"""

import hashlib
import sys
import tarfile
from pathlib import Path

import numpy as np

ORIGIN_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
VOICES = ("af_heart", "am_michael", "bf_emma", "bm_george", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunxi", "zm_yunyang")


def main(package: Path, out: Path) -> None:
    """Write the voices of `package` into `out`, and print what each is."""
    if sha256(package.read_bytes()) != ORIGIN_SHA256:
        raise SystemExit(f"{package} is not kokoro-js 1.2.1")
    with tarfile.open(package) as archive:
        for voice in VOICES:
            member = archive.extractfile(f"package/voices/{voice}.bin")
            assert member is not None
            data = member.read()
            origin = np.frombuffer(data, "<f4").reshape(510, 256)
            small = origin.astype("<f2")
            target = out / f"kokoro_{voice}.npy"
            np.save(target, small)
            worst = float(np.abs(small - origin).max() / np.abs(origin).max())
            print(f"{target.name}: {target.stat().st_size} bytes, sha256 {sha256(target.read_bytes())},"
                  f" from sha256 {sha256(data)}, max error {worst:.1e} of the largest")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
