"""Pictures: each format's values, upright and on white; broken ones refused with a sentence; torchvision's numbers."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import warnings
import zlib
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from explorer.formats.picture_files import SUPPORTED
from explorer.formats.pictures import PictureError, decode, from_pixels
from explorer.formats.recipes import Placement, on_picture, placement, to_input
from explorer.network.project import SCALINGS, Recipe
from tests.in_place import put

COLOURS = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[255, 255, 255], [0, 0, 0], [255, 128, 64]]], np.uint8
)  # 2 rows, 3 columns
BIG = COLOURS.repeat(16, 0).repeat(16, 1)  # [32, 48, 3], in squares that JPEG keeps
IMAGENET = Recipe(0.875, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.fixture(autouse=True)
def _no_warning_leaks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def refused(path: Path, *words: str, longest: int | None = None) -> str:
    with pytest.raises(PictureError) as caught:
        decode(path, longest)
    message = str(caught.value)
    assert len(message) <= 300
    assert message.startswith("“")
    assert str(path.parent) not in message
    assert message.isprintable()
    for word in (*words, ": "):
        assert word in message, message
    return message


# Formats and colours


@pytest.mark.parametrize(
    ("name", "more", "most"),
    [
        ("a.png", {}, 0),
        ("a.bmp", {}, 0),
        ("a.tif", {}, 0),
        ("lzw.tif", {"compression": "tiff_lzw"}, 0),
        ("deflate.tif", {"compression": "tiff_adobe_deflate"}, 0),
        ("lossless.webp", {"lossless": True}, 0),
        ("a.gif", {}, 0),
        ("a.jpg", {"quality": 95, "subsampling": 0}, 6),
        ("progressive.jpg", {"quality": 95, "subsampling": 0, "progressive": True}, 6),
        ("a.webp", {"quality": 95}, 40),
    ],
)
def test_each_format_gives_its_colours(tmp_path: Path, name: str, more: dict, most: int) -> None:
    Image.fromarray(BIG).save(tmp_path / name, **more)
    picture = decode(tmp_path / name)
    assert picture.pixels.shape == (32, 48, 3)
    assert picture.pixels.dtype == np.uint8
    middles = picture.pixels[8::16, 8::16].astype(int)  # chroma may bleed at the edges
    assert abs(middles - COLOURS).max() <= most
    assert (picture.name, picture.size, picture.notes) == (name, (48, 32), ())


def test_upper_case_and_wrong_suffixes_are_read_by_content(tmp_path: Path) -> None:
    Image.fromarray(BIG).save(tmp_path / "a", "PNG")
    os.rename(tmp_path / "a", tmp_path / "PHOTO.JPEG")
    assert (decode(tmp_path / "PHOTO.JPEG").pixels == BIG).all()


GREYS = np.array([[0, 1000, 32768], [40000, 65000, 65535]], np.uint16)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "big-endian.tif"])
def test_16_bit_grey_is_scaled_not_clipped(tmp_path: Path, name: str) -> None:
    Image.fromarray(GREYS.astype(">u2") if name.startswith("big") else GREYS).save(tmp_path / name)
    picture = decode(tmp_path / name)
    assert (picture.pixels[..., 0] == np.rint(GREYS / 257)).all()
    assert (picture.pixels == picture.pixels[..., :1]).all()
    assert picture.notes == ("16 bits of grey, scaled to 8",)


def test_other_deep_greys_are_spread_over_their_range(tmp_path: Path) -> None:
    for i, values in enumerate((
        np.array([[-200, 0, 800]], np.int32),
        np.array([[-0.2, 0.0, 0.8]], np.float32),
    )):  # fmt: skip
        Image.fromarray(values).save(tmp_path / f"{i}.tif")
        picture = decode(tmp_path / f"{i}.tif")
        assert picture.pixels[0, :, 1].tolist() == [0, 51, 255]
        assert "spread over 0 to 255" in picture.notes[0]
    Image.fromarray(np.array([[np.nan, 1, 2, np.inf, -np.inf]], np.float32)).save(tmp_path / "nan.tif")
    assert decode(tmp_path / "nan.tif").pixels[0, :, 0].tolist() == [0, 0, 255, 255, 0]
    Image.fromarray(np.full((2, 2), 7, np.int32)).save(tmp_path / "flat.tif")
    assert decode(tmp_path / "flat.tif").pixels.max() == 0


def tiff(size: tuple[int, int], bits: int, photometric: int, data: bytes) -> bytes:
    """A plain little-endian grey TIFF with the bits Pillow cannot write."""
    tags = [(256, size[0]), (257, size[1]), (258, bits), (259, 1), (262, photometric), (273, 8 + 2 + 9 * 12 + 4),
            (277, 1), (278, size[1]), (279, len(data))]  # fmt: skip
    entries = b"".join(tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + v.to_bytes(4, "little") for tag, v in tags)
    return b"II*\0\x08\0\0\0" + len(tags).to_bytes(2, "little") + entries + b"\0\0\0\0" + data


def test_grey_with_0_as_white_and_12_bits(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(tiff((3, 1), 16, 0, GREYS[0].tobytes()))
    assert decode(tmp_path / "a.tif").pixels[0, :, 0].tolist() == [255, 251, 127]
    (tmp_path / "b.tif").write_bytes(tiff((2, 1), 12, 1, bytes([0xFF, 0xF0, 0x00])))
    picture = decode(tmp_path / "b.tif")
    assert picture.pixels[0, :, 0].tolist() == [255, 0]
    assert picture.notes == ("12 bits of grey, scaled to 8",)


def test_1_bit_grey_and_palette(tmp_path: Path) -> None:
    grey = Image.fromarray(np.array([[0, 100, 255]], np.uint8))
    for i, (image, expected) in enumerate((
        (grey, [0, 100, 255]),
        (Image.fromarray(np.array([[False, True, False]])), [0, 255, 0]),
        (grey.convert("P"), [0, 100, 255]),
    )):  # fmt: skip
        for end in ("png", "tif"):
            image.save(tmp_path / f"{i}.{end}")
            picture = decode(tmp_path / f"{i}.{end}")
            assert picture.pixels[0].tolist() == [[v] * 3 for v in expected]
            assert picture.notes == ()


def test_transparency_is_shown_on_white(tmp_path: Path) -> None:
    rgba = Image.fromarray(np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], np.uint8))
    rgba.save(tmp_path / "rgba.png")
    rgba.save(tmp_path / "rgba.tif")
    rgba.save(tmp_path / "rgba.webp", lossless=True)
    for name in ("rgba.png", "rgba.tif", "rgba.webp"):
        picture = decode(tmp_path / name)
        assert picture.pixels[0].tolist() == [[255, 0, 0], [255, 255, 255], [127, 127, 127]]
        assert picture.notes == ("transparent parts are shown on white",)
    Image.fromarray(np.array([[[9, 255], [9, 0]]], np.uint8)).save(tmp_path / "la.png")
    assert decode(tmp_path / "la.png").pixels[0].tolist() == [[9, 9, 9], [255, 255, 255]]
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "p.png", transparency=1)
    palette.save(tmp_path / "p.gif", transparency=1)
    palette.save(tmp_path / "bytes.png", transparency=bytes([255, 0]))
    for name in ("p.png", "p.gif", "bytes.png"):
        picture = decode(tmp_path / name)
        assert picture.pixels[0].tolist() == [[10, 20, 30], [255, 255, 255]]
        assert len(picture.notes) == 1
    Image.fromarray(np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)).save(tmp_path / "rgb.png", transparency=(4, 5, 6))
    assert decode(tmp_path / "rgb.png").pixels[0].tolist() == [[1, 2, 3], [255, 255, 255]]
    opaque = Image.fromarray(np.array([[[1, 2, 3, 255]]], np.uint8))
    opaque.save(tmp_path / "opaque.png")
    assert decode(tmp_path / "opaque.png").notes == ()


def test_cmyk_and_lab(tmp_path: Path) -> None:
    cmyk = Image.fromarray(BIG).convert("CMYK")
    cmyk.save(tmp_path / "a.jpg", quality=95, subsampling=0)  # Adobe's, inverted
    cmyk.save(tmp_path / "a.tif")
    for name in ("a.jpg", "a.tif"):
        picture = decode(tmp_path / name)
        assert abs(picture.pixels[8::16, 8::16].astype(int) - COLOURS).max() <= 6
        assert picture.notes == ("CMYK colours turned into red, green, blue",)
    lab = ImageCms.applyTransform(
        Image.fromarray(BIG),
        ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"),
    )
    lab.save(tmp_path / "lab.tif")
    picture = decode(tmp_path / "lab.tif")
    assert (
        abs(picture.pixels[8::16, 8::16].astype(int) - COLOURS).max() <= 24
    )  # pure colours lie at the edge of 8-bit LAB
    assert picture.notes == ("LAB colours turned into red, green, blue",)


def test_several_frames_are_noted(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.roll(BIG, 16 * i, 1)) for i in range(3)]
    for name, word in (("a.gif", "frame"), ("a.png", "frame"), ("a.webp", "frame"), ("a.tif", "page")):
        more = {"lossless": True} if name == "a.webp" else {}
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], **more)
        picture = decode(tmp_path / name)
        assert (picture.pixels == BIG).all()
        assert picture.notes == (f"the first {word} of several",)


@pytest.mark.parametrize("end", ["jpg", "png", "tif", "lzw.tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, orientation: int, end: str) -> None:
    """Lay the picture down as a camera would; it must come back upright."""
    lying = {
        1: BIG, 2: BIG[:, ::-1], 3: BIG[::-1, ::-1], 4: BIG[::-1], 5: BIG.transpose(1, 0, 2),
        6: np.rot90(BIG), 7: BIG[::-1, ::-1].transpose(1, 0, 2), 8: np.rot90(BIG, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    more = {
        "jpg": {"quality": 95, "subsampling": 0},
        "webp": {"lossless": True},
        "lzw.tif": {"compression": "tiff_lzw"},
    }
    Image.fromarray(np.ascontiguousarray(lying)).save(tmp_path / f"a.{end}", exif=exif, **more.get(end, {}))
    picture = decode(tmp_path / f"a.{end}")
    assert picture.size == (48, 32)
    assert abs(picture.pixels[8::16, 8::16].astype(int) - COLOURS).max() <= 6
    assert picture.notes == (("turned upright as its EXIF says",) if orientation > 1 else ())
    assert decode(tmp_path / f"a.{end}", 24).pixels.shape == (16, 24, 3)
    assert decode(tmp_path / f"a.{end}", 24).size == (48, 32)


# Scaling down


@pytest.mark.parametrize("end", ["jpg", "png"])
def test_longest_keeps_aspect_and_true_size(tmp_path: Path, assets: Path, end: str) -> None:
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as dog:
        dog.save(tmp_path / f"dog.{end}", quality=95)
        for longest in (1, 7, 100, 333, 768, 5000):
            picture = decode(tmp_path / f"dog.{end}", longest)
            scale = min(1, longest / 768)
            assert picture.pixels.shape == (max(1, round(576 * scale)), max(1, round(768 * scale)), 3)
            assert picture.size == (768, 576)
            if longest >= 7:
                reference = np.asarray(dog.resize(picture.pixels.shape[1::-1], Image.Resampling.BILINEAR))
                assert abs(picture.pixels.astype(float) - reference).mean() < 5
            assert picture.pixels.flags.writeable  # torch asks for it
    assert picture.notes == ()


def test_tiles_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles, and k × k averages over them, equal doing it in one go; sizes that nothing divides."""
    noise = np.random.default_rng(3).integers(0, 256, (97, 131, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    monkeypatch.setattr("explorer.formats.pixels.TILE", 1000)
    assert (decode(tmp_path / "a.png").pixels == noise).all()
    reduced = Image.fromarray(noise).reduce(4)
    expected = reduced.resize((32, 24), Image.Resampling.BILINEAR, (0, 0, 131 / 4, 97 / 4))
    assert (decode(tmp_path / "a.png", 32).pixels == np.asarray(expected)).all()


@pytest.mark.parametrize("size", [(1_000_000, 3), (3, 1_000_000), (30_000, 1), (5000, 4000)])
def test_a_giant_gets_tiny(tmp_path: Path, size: tuple[int, int]) -> None:
    """Steps wider than a tile, and more than a decoder's own; the left half is white."""
    image = Image.new("L", size)
    image.paste(255, (0, 0, size[0] // 2, size[1]))
    image.save(tmp_path / "a.png")
    pixels = decode(tmp_path / "a.png", 20).pixels
    assert max(pixels.shape) == 20
    assert abs(pixels.mean() - 255 * (size[0] // 2) / size[0]) < 2


def test_pixels_without_a_file() -> None:
    picture = from_pixels(BIG, "pasted picture")
    assert (picture.pixels == BIG).all()
    assert (picture.name, picture.size) == ("pasted picture", (48, 32))
    assert from_pixels(BIG, "pasted picture", 12).pixels.shape == (8, 12, 3)
    assert from_pixels(BIG, "pasted picture", 12).size == (48, 32)


MEASURE = """
import sys
from explorer.formats.pictures import decode, PictureError
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1000
before = peak()
try:
    picture = decode(sys.argv[1])
    print(peak() - before, *picture.size, *picture.pixels.shape[:2], picture.notes)
except PictureError as error:
    print(peak() - before, error)
"""


QUICK = {"compress_level": 1}  # as large when it is read, and written and read in half the time


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    ("name", "more"),
    [("1.png", QUICK), ("L.png", QUICK), ("RGBA.png", QUICK), ("I;16.png", QUICK),
     ("CMYK.tif", {"compression": "tiff_lzw"}), ("RGB.jpg", {}), ("1.gif", {})],
)  # fmt: skip
def test_memory_at_100_megapixels(tmp_path: Path, name: str, more: dict) -> None:
    Image.new(name.split(".")[0], (12500, 8000)).save(tmp_path / name, **more)
    run = subprocess.run([sys.executable, "-c", MEASURE, tmp_path / name], capture_output=True, text=True, check=True)
    megabytes, width, height, rows, columns = map(int, run.stdout.split()[:5])
    assert megabytes <= 600
    assert (width, height) == (12500, 8000)
    assert (rows, columns) in ((8000, 12500), (4000, 6250))
    assert ("to spare memory" in run.stdout) == (rows == 4000)


def test_what_would_need_more_memory_is_refused_first(tmp_path: Path) -> None:
    Image.new("RGB", (9000, 8000)).save(tmp_path / "a.webp", method=0, quality=1)
    refused(tmp_path / "a.webp", "a.webp", "(9000 × 8000, WEBP) would need 1.", "GB of memory", "smaller copy")
    Image.new("RGB", (10000, 10000)).save(tmp_path / "a.tif", compression="tiff_lzw", strip_size=10**9)
    refused(tmp_path / "a.tif", "would need", "MB of memory")


def test_more_than_100_megapixels_is_refused(tmp_path: Path) -> None:
    for name, size in (("a.png", (13000, 13000)), ("b.gif", (10001, 10000)), ("c.bmp", (20000, 20000))):
        Image.new("1", size).save(tmp_path / name)
        refused(tmp_path / name, name, "megapixels; at most 100 are read", "smaller copy", longest=100)


# What is no picture, or a broken one


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    refused(tmp_path / "pipe.png", "“pipe.png” is a device or a pipe")
    refused(Path("/dev/zero"), "a device")
    refused(tmp_path, "is a folder")
    refused(tmp_path / "gone.png", "“gone.png” was not found")
    refused(tmp_path / "a\0b.png", "is not a name a file can have")
    (tmp_path / "empty.png").write_bytes(b"")
    refused(tmp_path / "empty.png", "“empty.png” is empty")
    with open(tmp_path / "huge.tif", "wb") as huge:
        huge.truncate(10**9)
    refused(tmp_path / "huge.tif", "is too large, 1.0 GB; at most 450.0 MB")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello there\n", "text, not a picture"),
        ("grüß euch\n".encode(), "text, not a picture"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>', "an SVG"),
        (b"<!-- made by hand -->\n<SVG/>", "an SVG drawing"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "a HEIC picture"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1", "an AVIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42", "a video"),
        (b"%PDF-1.7\n%\xff\xff\xff\xff\0", "a PDF document"),
        (b"PK\3\4\0\0", "a zip file"),
        (b"8BPS\0\1", "a Photoshop document"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0", "a JPEG XL picture"),
        (b"\0\1\2\3\4\5\6\7", "not a picture of a kind known here, or damaged"),
        (b"\x89PNG\r\n\x1a\n", ""),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "text"),
    ],
)
def test_other_kinds_are_named(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    message = refused(path, "“photo.png” is", words)
    if words:
        assert f"save it as {SUPPORTED}" in message


def saved(folder: Path, small: bool = False) -> list[Path]:
    """One file of each format."""
    image = Image.fromarray(BIG[::4, ::4] if small else BIG)
    frames = {"save_all": True, "append_images": [image.rotate(90)]}
    for name, more in {
        "a.jpg": {}, "progressive.jpg": {"progressive": True}, "a.png": {}, "a.webp": {},
        "lossless.webp": {"lossless": True},
        "a.bmp": {}, "a.gif": frames, "a.tif": {}, "lzw.tif": {"compression": "tiff_lzw"},
        "jpeg.tif": {"compression": "jpeg"}, "animated.png": frames, "animated.webp": frames,
    }.items():  # fmt: skip
        image.save(folder / name, **more)
    Image.fromarray(GREYS).save(folder / "16.png")
    return sorted(folder.iterdir())


OPEN = """
import os, sys
from explorer.formats.pictures import decode, PictureError
for path in sys.argv[1:]:
    try:
        decode(path)
    except PictureError as error:
        print(error)
os.write(2, b"back")
"""


def test_nothing_is_printed_about_broken_files(tmp_path: Path) -> None:
    """libtiff and Pillow would write to stderr, where the command line says one sentence."""
    paths = tmp_path / "libtiff.tif", tmp_path / "pillow.tif"
    Image.fromarray(BIG).save(paths[0], compression="tiff_adobe_deflate")
    data = paths[0].read_bytes()
    paths[0].write_bytes(data[:60] + b"\xff" * 8 + data[68:])
    samples = data.index(b"\x15\x01\x03\0\x01\0\0\0") + 8  # samples per pixel
    paths[1].write_bytes(data[:samples] + b"\x03\x7f" + data[samples + 2 :])
    run = subprocess.run([sys.executable, "-c", OPEN, *paths], capture_output=True, text=True, check=True)
    assert [line[: line.index("is")] for line in run.stdout.splitlines()] == ["“libtiff.tif” ", "“pillow.tif” "]
    assert run.stderr == "back"


@pytest.mark.parametrize("most", [400, pytest.param(4000, marks=[pytest.mark.nightly, pytest.mark.timeout(3600)])])
def test_a_picture_cut_anywhere_is_refused(tmp_path: Path, most: int) -> None:
    (tmp_path / "whole").mkdir()
    for whole in saved(tmp_path / "whole", small=True):
        decode(whole)
        data, cut = whole.read_bytes(), tmp_path / f"cut{whole.suffix}"
        some = random.Random(1).sample(range(len(data)), min(most, len(data)))
        places = range(len(data)) if len(data) < max(700, most) else sorted(some)
        for place in (*places, len(data) - 1):
            put(cut, data[:place])
            try:
                refused(cut, f"“cut{whole.suffix}” is")
            except BaseException:
                print(whole.name, place, "of", len(data))
                raise


@pytest.mark.parametrize("times", [150, pytest.param(20_000, marks=[pytest.mark.nightly, pytest.mark.timeout(3600)])])
def test_flipped_bits_and_lies_give_a_picture_or_a_sentence(tmp_path: Path, times: int) -> None:
    (tmp_path / "whole").mkdir()
    chance, refusals = random.Random(2), []
    for whole in saved(tmp_path / "whole"):
        data, broken = whole.read_bytes(), tmp_path / f"broken{whole.suffix}"
        for i in range(times):
            changed = bytearray(data)
            for _ in range(chance.randint(1, 4)):
                place = chance.randrange(min(len(data), 200) if i % 2 else len(data))
                changed[place] = chance.choice([0, 255, changed[place] ^ 1 << chance.randrange(8)])
            put(broken, changed)
            try:
                picture = decode(broken, 64)
                assert picture.pixels.ndim == 3
                assert picture.pixels.dtype == np.uint8
            except PictureError as error:
                refusals.append(str(error))
    assert len(refusals) > 300
    assert max(map(len, refusals)) <= 300


def test_bombs_inside_a_png_are_refused(tmp_path: Path) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))) * 3
    rest = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(head + rest)
    decode(tmp_path / "a.png")
    (tmp_path / "bomb.png").write_bytes(head + bomb + rest)
    refused(tmp_path / "bomb.png", "is damaged")
    (tmp_path / "none.png").write_bytes(head.replace(bytes([0, 0, 0, 1, 8]), bytes([0, 0, 0, 0, 8])) + rest)
    refused(tmp_path / "none.png")


def test_names_are_shown_safely(tmp_path: Path) -> None:
    path = tmp_path / ("\x1b[31m" + "x" * 200 + "\n<img src=a>.png")
    path.write_bytes(b"")
    message = refused(path, "is empty")
    assert "\x1b" not in message
    assert "\n" not in message


# What the network gets


def torchvision_s(image: Image.Image, **more) -> np.ndarray:
    from torchvision.transforms import _presets

    return _presets.ImageClassification(crop_size=224, **more)(image).numpy()


def test_input_is_torchvision_s_on_every_photo(assets: Path) -> None:
    from torchvision.models import MobileNet_V2_Weights

    photos = sorted((assets / "images").glob("*.jpg"))
    assert len(photos) >= 8
    transforms = MobileNet_V2_Weights.IMAGENET1K_V1.transforms()
    for photo in photos:
        x = to_input(decode(photo).pixels, IMAGENET, (3, 224, 224))
        with Image.open(photo, formats=("JPEG",)) as image:
            assert (x == transforms(image.convert("RGB")).numpy()).all(), photo.name
        assert x.dtype == np.float32
        assert x.flags.c_contiguous


@pytest.mark.parametrize(
    "size",
    [(1, 500), (500, 1), (1, 1), (224, 224), (225, 223), (301, 777), (99, 100), (256, 256), (257, 1023), (3, 2000)],
)
def test_input_is_torchvision_s_on_odd_sizes(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(size[0]).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    for crop, resize in ((0.875, 256), (224 / 232, 232), (1.0, 224), (224 / 219, 219), (1.12, 200)):
        recipe = Recipe(crop, IMAGENET.mean, IMAGENET.std)
        expected = torchvision_s(Image.fromarray(noise), resize_size=resize)
        assert (to_input(noise, recipe, (3, 224, 224)) == expected).all(), (size, resize)


@pytest.mark.parametrize(("high", "wide"), [(24, 31), (5, 7), (1, 1), (40, 1), (320, 7)])
def test_corners_are_torch_s_align_corners(high: int, wide: int) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (24, 31, 3), dtype=np.uint8)
    found = to_input(noise, Recipe(scaling="corners"), (3, high, wide))
    x = torch.from_numpy(noise.astype(np.float32) / 255).permute(2, 0, 1)[None]
    expected = torch.nn.functional.interpolate(x, (high, wide), mode="bilinear", align_corners=True)[0].numpy()
    assert abs(found - expected).max() < 1e-6
    for pixels in (noise[:1], noise[:, :1], noise[:1, :1]):  # what has one row has it everywhere
        x = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
        expected = torch.nn.functional.interpolate(x, (high, wide), mode="bilinear", align_corners=True)[0].numpy()
        assert abs(to_input(pixels, Recipe(scaling="corners"), (3, high, wide)) - expected).max() < 1e-6


def test_corners_are_darknet_s(assets: Path) -> None:
    """Darknet decodes JPEG by itself, a few levels otherwise than libjpeg."""
    pixels = decode(assets / "images" / "dog.jpg").pixels
    found = to_input(pixels, Recipe(scaling="corners"), (3, 320, 320))
    reference = np.load(assets / "reference" / "input_dog_320.npz")["input"]
    assert abs(found - reference).max() < 3 / 255
    assert abs(found - reference).mean() < 0.0005
    other = to_input(pixels, Recipe(), (3, 320, 320))
    assert abs(other - reference).mean() > 0.01


def test_corners_with_a_crop_and_in_grey() -> None:
    slope = np.tile(np.arange(0, 250, 2, dtype=np.uint8)[None, :, None], (50, 1, 3))  # 50×125
    recipe = Recipe(crop=0.5, scaling="corners")
    found = to_input(slope, recipe, (1, 50, 50))[0] * 255  # scaled to 250×100, columns 100 to 149 of it
    assert np.allclose(found, (np.arange(100, 150) * 248 / 249)[None], atol=0.01)
    wide = to_input(np.full((8, 4, 3), 255, np.uint8), Recipe(crop=1.5, scaling="corners"), (3, 6, 6))[0]
    assert wide.tolist() == [[0, 1, 1, 1, 1, 0]] * 6  # black where the picture does not reach
    assert placement(Recipe(0.5), (125, 50), 50, 50) == Placement(250, 100, 100, 25)
    assert placement(Recipe(), (125, 50), 32, 16) == Placement(32, 16, 0, 0)


@pytest.mark.parametrize(("high", "wide"), [(24, 31), (5, 7), (1, 1), (320, 7)])
def test_asymmetric_is_tensorflow_1_s(high: int, wide: int) -> None:
    """resize_bilinear without half-pixel centres: row i of the scaled picture is at i · H / h of the picture."""
    noise = np.random.default_rng(3).integers(0, 256, (24, 31, 3), dtype=np.uint8)
    found = to_input(noise, Recipe(scaling="asymmetric"), (3, high, wide))
    for i, j in product(range(high), range(wide)):
        y, x = i * 24 / high, j * 31 / wide
        top, left = int(y), int(x)
        rows, columns = [top, min(top + 1, 23)], [left, min(left + 1, 30)]
        four = noise[rows][:, columns].astype(float)
        expected = np.einsum("i,j,ijc->c", [1 - y + top, y - top], [1 - x + left, x - left], four) / 255
        assert found[:, i, j] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_padded_pictures_keep_their_proportions(scaling: str) -> None:
    white = np.full((30, 60, 3), 255, np.uint8)
    corner, letterbox = (Recipe(scaling=scaling, padding=padding) for padding in ("corner", "letterbox"))
    x = to_input(white, corner, (3, 40, 40))
    assert (x[:, :20] == 1).all()
    assert (x[:, 20:] == 0).all()
    x = to_input(white.transpose(1, 0, 2), corner, (3, 40, 40))
    assert (x[:, :, :20] == 1).all()
    assert (x[:, :, 20:] == 0).all()
    x = to_input(white, letterbox, (3, 40, 40))
    assert (x[:, 10:30] == 1).all()
    assert (x[:, :10] == 0.5).all()
    assert (x[:, 30:] == 0.5).all()
    for recipe, lies in ((corner, (0, 0)), (letterbox, (20, 0))):
        grid = on_picture(recipe, (100, 60), (1000, 600), 50, 50)
        assert (grid.across, grid.down) == pytest.approx((20, 20), rel=0.04 if scaling == "corners" else 1e-6)
        assert placement(recipe, (60, 100), 50, 50) == Placement(30, 50, -10 * bool(lies[0]), 0)
    thin = np.full((1, 10_000, 3), 255, np.uint8)
    assert to_input(thin, corner, (3, 40, 40))[0, :2].max(1).tolist() == [1, 0]


def test_a_padded_square_is_what_is_stretched(assets: Path) -> None:
    """face-api pads first, and then scales: only where the picture ends in the middle of a pixel it is blended with
    black."""
    pixels = decode(assets / "images" / "eagle.jpg").pixels
    high, wide, _ = pixels.shape
    square = np.zeros((max(high, wide),) * 2 + (3,), np.uint8)
    square[:high, :wide] = pixels
    expected = to_input(square, Recipe(scaling="asymmetric"), (3, 416, 416))
    found = to_input(pixels, Recipe(scaling="asymmetric", padding="corner"), (3, 416, 416))
    last = int(high * 416 / max(high, wide))
    assert abs(found - expected)[:, :last].max() < 1e-5
    assert abs(found - expected)[:, last + 1 :].max() == 0


def test_extreme_pictures_scale_only_the_part_that_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortcut for giants gives what scaling all of it gives."""
    for size in ((2, 900), (700, 3), (300, 280), (2000, 900)):
        noise = np.random.default_rng(5).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        for scaling in SCALINGS:
            recipe = Recipe(0.875, scaling=scaling)
            monkeypatch.setattr("explorer.formats.recipes.MOST_PIXELS", 10**8)
            expected = to_input(noise, recipe, (3, 224, 224))
            monkeypatch.setattr("explorer.formats.recipes.MOST_PIXELS", 224 * 224)
            assert abs(to_input(noise, recipe, (3, 224, 224)) - expected).max() <= 1.01 / 255, (size, scaling)
    monkeypatch.undo()
    thin = np.zeros((1_000_000, 1, 3), np.uint8)
    thin[400_000:600_000] = 255  # the middle is white
    assert to_input(thin, Recipe(0.875), (3, 224, 224)).min() == 1


def test_stretched_grey_and_uneven_inputs() -> None:
    x = to_input(BIG, Recipe(), (3, 64, 96))
    assert x.shape == (3, 64, 96)
    assert x[:, 5, 5].tolist() == [1, 0, 0]
    grey = to_input(COLOURS, Recipe(0.0, (0.5,), (0.5,)), (1, 2, 3))
    luma = np.rint(COLOURS @ [0.299, 0.587, 0.114]) / 127.5 - 1  # ITU-R BT.601, as Pillow's "L"
    assert abs(grey[0] - luma).max() < 0.01
    assert (to_input(COLOURS, Recipe(0.0, (0.4, 0.5, 0.6), (0.5, 0.5, 0.5)), (1, 2, 3)) == grey).all()
    assert (
        to_input(BIG, Recipe(0.0, (0.5,), (0.5,)), (3, 8, 8))
        == to_input(BIG, Recipe(0.0, (0.5,) * 3, (0.5,) * 3), (3, 8, 8))
    ).all()
    # 100 × 50 of 48 × 32 pixels, crop 1: the width binds, 100 × int(100 · 32 / 48) = 66, rows 8 to 58
    scaled = np.asarray(Image.fromarray(BIG).resize((100, 66), Image.Resampling.BILINEAR), np.float32)[8:58] / 255
    assert (to_input(BIG, Recipe(1.0), (3, 50, 100)) == scaled.transpose(2, 0, 1)).all()


def test_impossible_inputs_give_a_sentence() -> None:
    with pytest.raises(PictureError, match=r"the network's input has 5 channels; a picture gives 3 \(colour\) or 1"):
        to_input(BIG, Recipe(), (5, 8, 8))
    with pytest.raises(PictureError, match="4,295 megapixels; at most 100"):
        to_input(BIG, Recipe(), (3, 65536, 65536))
    with pytest.raises(PictureError, match="2 means for 3 channels"):
        to_input(BIG, Recipe(0, (1.0, 2.0)), (3, 8, 8))
