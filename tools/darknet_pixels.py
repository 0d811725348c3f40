"""Write down what Darknet's decoder of JPEG makes of the shared pictures: `python -m tools.darknet_pixels [FOLDER]`.

Darknet decodes with stb_image, which is compiled here: `apt install libstb-dev gcc` (made with Debian's
0.0~git20220908.8b5f1f3, stb_image 2.27; with and without SIMD it gives the same). FOLDER is where its `stb` lies. Kept
is how far its pixels are from those of libjpeg-turbo, which are the same in Pillow, Qt and torchvision.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TARGET = Path(__file__).parents[1] / "tests" / "golden" / "darknet_pixels.npz"
PICTURES = Path(__file__).resolve().parents[2] / "shared" / "assets" / "images"
PROGRAM = """
#include <stdio.h>
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

int main(int count, char **words) {
    int width, height, channels;
    unsigned char *pixels = count == 2 ? stbi_load(words[1], &width, &height, &channels, 3) : 0;
    return pixels ? fwrite(pixels, 3, (size_t)width * height, stdout) != (size_t)width * height : 1;
}
"""
"""Puts out red, green and blue of each pixel, as Darknet asks for them (image.c, load_image_stb)."""

Pixels = NDArray[np.uint8]


def theirs(paths: list[Path], include: str) -> list[Pixels]:
    """What stb_image makes of files, (height, width, 3)."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "decode.c", Path(folder) / "decode"
        source.write_text(PROGRAM)
        subprocess.run(["gcc", "-O2", f"-I{include}", str(source), "-o", str(program), "-lm"], check=True)
        found = [subprocess.run([program, path], check=True, capture_output=True).stdout for path in paths]
    return [np.frombuffer(one, np.uint8).reshape(ours(path).shape) for path, one in zip(paths, found, strict=True)]


def ours(path: Path) -> Pixels:
    """What libjpeg-turbo makes of a file, (height, width, 3)."""
    with Image.open(path, formats=("JPEG",)) as image:
        return np.array(image.convert("RGB"))


def written(include: str) -> bytes:
    """The file: for each picture which of its steps leads from each of our pixels to theirs, and the sum of theirs."""
    paths = sorted(PICTURES.glob("*.jpg"))
    kept: dict[str, NDArray[np.generic]] = {}
    for path, pixels in zip(paths, theirs(paths, include), strict=True):
        apart = pixels.astype(np.int16) - ours(path)
        steps, which = np.unique(apart.reshape(-1, 3), axis=0, return_inverse=True)
        kept[f"{path.stem} steps"] = steps.astype(np.int8)
        kept[f"{path.stem} which"] = which.reshape(pixels.shape[:2]).astype(np.min_scalar_type(len(steps)))
        kept[f"{path.stem} sum"] = np.frombuffer(hashlib.sha256(pixels.tobytes()).digest(), np.uint8)
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, array in kept.items():
            part = BytesIO()
            np.save(part, array)
            archive.writestr(ZipInfo(f"{name}.npy"), part.getvalue(), ZIP_LZMA)  # with no date: again and the same
    return file.getvalue()


def darknet_s(path: Path) -> Pixels:
    """Pixels of a shared picture as Darknet sees them, (height, width, 3), by what was written."""
    with np.load(TARGET) as kept:
        steps, which, expected = (kept[f"{path.stem} {part}"] for part in ("steps", "which", "sum"))
    pixels = (ours(path) + steps.astype(np.int16)[which]).astype(np.uint8)
    if hashlib.sha256(pixels.tobytes()).digest() != expected.tobytes():
        raise ValueError(
            f"{path.name}: libjpeg decodes it otherwise; make the file anew: python -m tools.darknet_pixels"
        )
    return pixels


if __name__ == "__main__":
    TARGET.write_bytes(written(sys.argv[1] if len(sys.argv) > 1 else "/usr/include"))
