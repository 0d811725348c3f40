"""Make the guide's sheets of styles afresh, by the program's own commands: `python docs/style_sheets.py`.

styles.jpg has three pairs by `cnn-explorer style`, trained-style.jpg two photos that a network did not see that
`cnn-explorer train-style` taught. The settings are those that the guide names. Needs the trunk and the pictures that
lie beside the project; a quarter of an hour on two cores. `--trial FOLDER` makes both small and in few steps, into that
folder.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from explorer.cli.commands import main as command
from explorer.maths.resources import resources

PICTURES = Path(__file__).parent / "pictures"
SAMPLES = resources() / "samples"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "assets" / "images"
CAT, COFFEE, HORSES, SCREAM, BABOON = (
    *(SAMPLES / f"{name}.jpg" for name in ("cat", "coffee")),
    *(SHARED / f"{name}.jpg" for name in ("horses", "scream", "baboon")),
)
PAIRS = ((CAT, SCREAM, 100), (HORSES, SCREAM, 25), (COFFEE, BABOON, 100))
"""Photo, style picture, β."""
UNSEEN = (CAT, HORSES)
"""Photos that the network which is taught is not taught on."""
GAP = 6
QUALITY = 90


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trial", metavar="FOLDER", default="", help="small, in few steps, into this folder")
    trial = options.parse_args().trial
    with tempfile.TemporaryDirectory() as folder:
        room, into = Path(folder), Path(trial) if trial else PICTURES
        pairs(room, 64 if trial else 256, 3 if trial else 60).save(into / "styles.jpg", quality=QUALITY)
        trained(room, 64 if trial else 320, ["--steps", "4", "--size", "32", "--channels", "4"] if trial else []).save(
            into / "trained-style.jpg", quality=QUALITY
        )


def pairs(room: Path, size: int, steps: int) -> Image.Image:
    """A row for each pair: photo, style picture, and what came of them."""
    rows = []
    for number, (photo, style, beta) in enumerate(PAIRS):
        out = room / f"{number}.png"
        run("style", photo, style, "-o", out, "--size", size, "--octaves", 2, "--steps", steps, "--precision", "fast",
            "--beta", beta)  # fmt: skip
        result = opened(out)
        rows.append((opened(photo).resize(result.size), fitted(opened(style), result.height), result))
    return sheet(rows)


def trained(room: Path, size: int, more: list[str]) -> Image.Image:
    """Two photos that it had not seen, what it made of them, and the picture it learned from."""
    photos, network = room / "photos", room / "scream.cnnx"
    photos.mkdir()
    for path in (*sorted(SAMPLES.glob("*.jpg")), *sorted(SHARED.glob("*.jpg"))):
        if path not in (*UNSEEN, SCREAM):
            shutil.copy(path, photos)
    run("train-style", SCREAM, photos, "-o", network, "--beta", 60, "--precision", "fast", *more)
    rows = []
    for photo in UNSEEN:
        out = room / f"{photo.stem} painted.png"
        run("run", network, photo, "-o", out, "--size", size)
        painted = opened(out)
        rows.append((opened(photo).resize(painted.size), painted))
    both = sheet(rows)
    return sheet([(both, fitted(opened(SCREAM), both.height))])


def run(*words: object) -> None:
    """One command of the program. Ends this one where it fails."""
    if code := command([str(word) for word in words]):
        sys.exit(code)


def opened(path: Path) -> Image.Image:
    """A picture of ours, or of the samples."""
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        return image.convert("RGB")


def fitted(image: Image.Image, height: int) -> Image.Image:
    """The picture so high."""
    return image.resize((max(1, round(image.width * height / image.height)), height))


def sheet(rows: Sequence[tuple[Image.Image, ...]]) -> Image.Image:
    """Rows of pictures on white, those of a column one below the other and in its middle."""
    wide = [max(row[place].width for row in rows) for place in range(len(rows[0]))]
    high = [max(image.height for image in row) for row in rows]
    whole = Image.new("RGB", (sum(wide) + GAP * (len(wide) - 1), sum(high) + GAP * (len(high) - 1)), "white")
    for down, row in enumerate(rows):
        top = sum(high[:down]) + GAP * down
        for across, image in enumerate(row):
            left = sum(wide[:across]) + GAP * across + (wide[across] - image.width) // 2
            whole.paste(image, (left, top + (high[down] - image.height) // 2))
    return whole


if __name__ == "__main__":
    main()
