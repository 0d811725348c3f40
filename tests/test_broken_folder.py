"""M6 of docs/security.md: a folder with everything in it that a folder of pictures should not have."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine.answers import answer
from explorer.engine.patch_questions import FindPatches
from explorer.formats import folders
from explorer.maths.patch_records import Patches
from tests.test_patches import small

BAD = (
    b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(40), b"GIF89a\xff\xff\xff\xff", b"BM" + bytes(60),
    b"RIFF\x10\0\0\0WEBPVP8 ", b"II*\0\xff\xff\xff\xff", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"hello " * 99,
)  # fmt: skip
SIZES = [
    300,
    pytest.param(10_000, marks=[pytest.mark.nightly, pytest.mark.timeout(1200)]),
]


@pytest.mark.parametrize("count", SIZES)
def test_each_file_once_and_the_broken_ones_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """5 % broken, a pipe, links in circles and to nothing, and files that are gone before they are read. The strongest
    patches are those of the sound pictures alone."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    chance, folder, project = np.random.default_rng(3), tmp_path / "pictures", small()
    sound, broken, gone = {}, set(), set()
    for number in range(count):
        place = folder / f"{number % 7}" / ("deeper" if number % 3 else "")
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{number:05}.png"
        if number % 20 == 7:
            path.write_bytes(BAD[number // 20 % len(BAD)])
            broken.add(path)
            continue
        pixels = chance.integers(0, 256, (26, 30, 3), np.uint8)
        Image.fromarray(pixels).save(path, compress_level=1)
        if number % 50 == 3:
            gone.add(path)
        else:
            sound[path] = pixels
    os.mkfifo(folder / "0" / "pipe.png")
    (folder / "nowhere.png").symlink_to("gone.png")
    (folder / "circle.png").symlink_to("circle.png")
    (folder / "1" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "2" / "again").symlink_to(folder / "3", target_is_directory=True)
    os.link(next(iter(sound)), folder / "zz twice.png")
    odd = 3
    steps = answer(FindPatches(project, ("conv",), str(folder)))
    found = None
    for step in steps:
        found = step if isinstance(step, Patches) else found
        if found is not None and gone and next(iter(gone)).exists():
            for path in gone:
                path.unlink()
    assert found is not None
    assert found.done == found.total == count + odd
    names = {os.path.realpath(folder / one.path) if (folder / one.path).exists() else str(folder / one.path)
             for one in found.broken}  # fmt: skip
    wanted = {*map(str, broken), *map(str, gone), *(str(folder / name) for name in ("nowhere.png", "circle.png"))}
    assert names == wanted | {str(folder / "0" / "pipe.png")}
    assert len(found.broken) == len(broken) + len(gone) + odd
    assert all(0 < len(one.sentence) <= 300 for one in found.broken)
    real = [os.path.realpath(folder / name) for name in found.files if (folder / name).exists()]
    assert len(real) == len(set(real)), "a file was taken twice"
    clean = tmp_path / "clean"
    clean.mkdir()
    for number, pixels in enumerate(sound.values()):
        Image.fromarray(pixels).save(clean / f"{number:05}.png", compress_level=1)
    monkeypatch.setattr(folders, "searches", lambda: tmp_path)
    *_, alone = answer(FindPatches(project, ("conv",), str(clean)))
    assert isinstance(alone, Patches)
    for ours, theirs in zip(found.nodes, alone.nodes, strict=True):
        assert np.array_equal(ours.values, theirs.values)
