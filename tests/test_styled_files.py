"""Pictures with the settings of a style transfer inside: read back the same, and hostile ones refused."""

from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.formats import styled_files
from explorer.formats.mask_files import LARGEST, packed, unpacked
from explorer.formats.picture_files import PictureError
from explorer.formats.pictures import decode
from explorer.formats.strict_json import Fault
from explorer.maths.sentences import Refusal
from explorer.maths.strokes import Stroke
from explorer.probes.style import COLOURS, OPTIMIZERS, PRECISIONS, STARTS, Style, StyleSheet, WeightedLayer
from explorer.workspace.mask_images import mask_pixels

MASKS = tuple(packed(np.random.default_rng(seed).integers(0, 256, size, np.uint8)) for seed, size in enumerate(
    ((1, 1), (20, 30), (512, 384))))  # fmt: skip
PIXELS = np.random.default_rng(0).integers(0, 256, (9, 14, 3), np.uint8)
SHEET = StyleSheet(
    Style(content_weight=0.5, size=300, colours="luminance"), (WeightedLayer("features.20", 2.0),),
    (WeightedLayer("features.1"), WeightedLayer("relu “ü”", 0.25)), "VGG-16 trunk, of HED", "ab" * 32, "dög.jpg",
    (("scream.jpg", 1.0), ("wave.png", 0.5)), 42, (MASKS[1], b""),
)  # fmt: skip

weights = st.floats(0, 1e6)
layers = st.lists(st.builds(WeightedLayer, st.text(st.characters(codec="utf-8"), max_size=20), weights), max_size=4)
names = st.text(st.characters(codec="utf-8"), max_size=30)
styles = st.builds(
    Style, content_weight=st.floats(0, 1e9), size=st.integers(16, 8192), start=st.sampled_from(STARTS),
    optimizer=st.sampled_from(OPTIMIZERS), colours=st.sampled_from(COLOURS), precision=st.sampled_from(PRECISIONS),
)  # fmt: skip
sheets = st.builds(
    StyleSheet, styles, layers.map(tuple), layers.map(tuple), names, names, names,
    st.lists(st.tuples(names, weights), max_size=3).map(tuple), st.integers(0, 10**6),
)  # fmt: skip


@st.composite
def masked(draw: st.DrawFn) -> StyleSheet:
    """With a mask for some of the styles."""
    sheet = draw(sheets)
    masks = tuple(draw(st.sampled_from((b"", *MASKS))) for _ in sheet.styles)
    return replace(sheet, masks=masks if any(masks) else ())


@pytest.mark.parametrize("ending", [".png", ".PNG", ".tif", ".tiff"])
def test_a_picture_and_its_settings_come_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    styled_files.write(path, PIXELS, SHEET)
    assert styled_files.read(path) == SHEET
    assert np.array_equal(decode(path).pixels, PIXELS)
    assert np.array_equal(np.asarray(Image.open(path)), PIXELS)


@given(masked())
@settings(max_examples=60, deadline=None)
def test_any_settings_come_back(sheet: StyleSheet) -> None:
    text = styled_files.dumped(sheet)
    assert text.isascii()
    assert styled_files.sheet_of(text.encode()) == sheet


@given(masked(), st.sampled_from([".png", ".tif"]))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_settings_come_back_from_a_file(tmp_path: Path, sheet: StyleSheet, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    styled_files.write(path, PIXELS, sheet)
    assert styled_files.read(path) == sheet


def refused(path: Path) -> str:
    with pytest.raises(PictureError) as caught:
        styled_files.read(path)
    said = str(caught.value)
    assert len(said) <= 300
    assert said.isprintable()
    return said


def test_a_picture_without_settings(tmp_path: Path) -> None:
    for ending in (".png", ".tif", ".jpg"):
        Image.fromarray(PIXELS).save(tmp_path / f"plain{ending}")
        assert "holds no settings of a style transfer: choose" in refused(tmp_path / f"plain{ending}")
    (tmp_path / "text.png").write_text("hello")
    assert "holds no settings" in refused(tmp_path / "text.png")
    assert "was not found" in refused(tmp_path / "gone.png")
    assert "is a folder" in refused(tmp_path)


def with_text(path: Path, text: bytes, packed: bool = False) -> Path:
    """A PNG with such a chunk."""
    plain = path.with_suffix(".plain.png")
    Image.fromarray(PIXELS).save(plain)
    data = plain.read_bytes()
    body = styled_files.KEYWORD.encode() + (b"\0\1\0\0\0" + zlib.compress(text) if packed else b"\0\0\0\0\0" + text)
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    path.write_bytes(data[:33] + chunk + data[33:])
    return path


HOSTILE = {
    "not JSON": b"{",
    "not UTF-8": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "twins": json.dumps(json.loads(styled_files.dumped(SHEET)))
    .encode()
    .replace(b'"step": 42', b'"step": 1, "step": 2'),
    "no number": styled_files.dumped(SHEET).encode().replace(b'"content_weight": 0.5', b'"content_weight": NaN'),
    "infinite": styled_files.dumped(SHEET).encode().replace(b'"content_weight": 0.5', b'"content_weight": 1e999'),
    "too large": styled_files.dumped(SHEET).encode().replace(b'"size": 300', b'"size": 999999999'),
    "a word": styled_files.dumped(SHEET).encode().replace(b'"size": 300', b'"size": "300"'),
    "a truth": styled_files.dumped(SHEET).encode().replace(b'"step": 42', b'"step": true'),
    "below zero": styled_files.dumped(SHEET).encode().replace(b'"step": 42', b'"step": -1'),
    "unknown setting": styled_files.dumped(SHEET).encode().replace(b'"size"', b'"__class__"'),
    "unknown key": styled_files.dumped(SHEET).encode().replace(b'"step"', b'"stop"'),
    "version": styled_files.dumped(SHEET).encode().replace(b'"version": 1', b'"version": 2'),
    "format": styled_files.dumped(SHEET).encode().replace(b"cnn-explorer style", b"cnn-explorer other"),
    "weight": styled_files.dumped(SHEET).encode().replace(b'"weight": 2.0', b'"weight": -2.0'),
    "list": b"[]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_settings_are_refused(tmp_path: Path, name: str) -> None:
    said = refused(with_text(tmp_path / "a.png", HOSTILE[name]))
    assert said.startswith(("“a.png” has", "“a.png” holds", "“a.png” lacks"))
    assert HOSTILE[name] != styled_files.dumped(SHEET).encode()


def test_what_is_packed_is_not_unpacked(tmp_path: Path) -> None:
    bomb = b" " * 100_000_000
    assert "packed otherwise" in refused(with_text(tmp_path / "a.png", bomb, packed=True))
    large = styled_files.dumped(SHEET).encode() + b" " * styled_files.LARGEST
    assert "holds no settings" in refused(with_text(tmp_path / "b.png", large))


@given(st.integers(0, 10**9), st.integers(0, 255), st.booleans(), st.sampled_from([".png", ".tif"]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_broken_files_are_read_or_refused(tmp_path: Path, place: int, value: int, cut: bool, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    styled_files.write(path, PIXELS, SHEET)
    data = bytearray(path.read_bytes())
    at = place % len(data)
    if cut:
        del data[at:]
    else:
        data[at] = value
    path.write_bytes(data)
    try:
        found = styled_files.read(path)
    except PictureError as error:
        said = str(error)
    else:
        said = found.settings.start
    assert 0 < len(said) <= 300


def test_a_setting_that_an_older_program_did_not_have_is_the_usual_one() -> None:
    text = json.loads(styled_files.dumped(SHEET))
    del text["settings"]["tile"]
    assert styled_files.sheet_of(json.dumps(text).encode()) == replace(SHEET)
    with pytest.raises(Fault, match="an unknown “x” in settings"):
        styled_files.sheet_of(json.dumps({**text, "settings": {"x": 1}}).encode())


# Masks


@given(st.integers(1, 600), st.integers(1, 600), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_any_mask_comes_back_and_other_programs_read_it(height: int, width: int, seed: int) -> None:
    """Pillow is the other program."""
    mask = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    png = packed(mask)
    back = unpacked(png)
    assert np.array_equal(back, np.asarray(Image.open(io.BytesIO(png))))
    assert max(back.shape) <= 512
    if max(mask.shape) <= 512:
        assert np.array_equal(back, mask)


def test_the_largest_mask_is_within_the_limit() -> None:
    assert len(packed(np.random.default_rng(0).integers(0, 256, (512, 512), np.uint8))) < LARGEST


def by_pillow(mode: str, size: tuple[int, int], **more) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG", **more)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def made(width: int, height: int, rows: bytes, kind: tuple[int, ...] = (8, 0, 0, 0, 0), behind: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *kind))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + behind + chunk(b"IEND", b"")


HOSTILE_MASKS = {
    "nothing": b"", "no PNG": b"GIF89a" + bytes(99), "of three channels": by_pillow("RGB", (9, 9)),
    "with transparency": by_pillow("LA", (9, 9)), "of one bit": by_pillow("1", (9, 9)),
    "too wide": made(513, 1, bytes(514)), "empty": made(0, 0, b""), "huge": made(2**31 - 1, 2**31 - 1, b""),
    "too few rows": made(9, 9, bytes(80)), "too many": made(9, 9, bytes(91)),
    "with text": made(9, 9, bytes(90), behind=chunk(b"tEXt", b"a\0b")),
    "interlaced": made(9, 9, bytes(90), (8, 0, 0, 0, 1)),
    "of 16 bits": made(9, 9, bytes(200), (16, 0, 0, 0, 0)), "filtered": made(9, 9, (b"\1" + bytes(9)) * 9),
    "something behind": MASKS[1] + b"x", "too large": MASKS[1] + bytes(LARGEST), "cut": MASKS[1][:-1],
    "flipped": MASKS[1][:60] + bytes([MASKS[1][60] ^ 1]) + MASKS[1][61:],
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_MASKS)
def test_hostile_masks_are_refused(tmp_path: Path, name: str) -> None:
    mask_refused(HOSTILE_MASKS[name], tmp_path)


def test_a_mask_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    mask_refused(made(9, 9, bytes(200_000_000)), tmp_path)


def mask_refused(mask: bytes, folder: Path) -> None:
    with pytest.raises(Fault, match="mask"):
        unpacked(mask)
    if mask:
        path = folder / "out.png"
        styled_files.write(path, PIXELS, replace(SHEET, masks=(MASKS[0], mask)))
        assert "mask" in refused(path)


def test_masks_that_are_not_as_many_as_styles_or_no_masks(tmp_path: Path) -> None:
    whole = json.loads(styled_files.dumped(SHEET))
    for masks in ([], [""], ["", ""], ["", "", ""], [1, 2], ["?", ""], "AAAA", None, [["AAAA"], ""]):
        with pytest.raises(Fault, match="mask"):
            styled_files.sheet_of(json.dumps(whole | {"masks": masks}).encode())


def test_masks_that_are_too_many_are_not_written(tmp_path: Path) -> None:
    noise = packed(np.random.default_rng(1).integers(0, 256, (512, 512), np.uint8))
    many = replace(SHEET, styles=SHEET.styles * 6, masks=(noise,) * 12)
    with pytest.raises(Refusal, match="take simpler masks, or fewer"):
        styled_files.write(tmp_path / "out.png", PIXELS, many)
    assert not list(tmp_path.iterdir())


def test_a_mask_that_was_kept_is_painted_on_and_rubbed_out_like_any_other() -> None:
    strokes = (Stroke(((0.1, 0.2), (0.7, 0.8)), 0.2), Stroke(((0.5, 0.5),), 0.3, erase=True))
    mask = mask_pixels(strokes, 300, 200)
    assert mask is not None
    kept = Stroke(png=packed(mask))
    assert np.array_equal(mask_pixels((kept,), 300, 200), mask)
    more = Stroke(((0.9, 0.1),), 0.1)
    assert np.array_equal(mask_pixels((kept, more), 300, 200), mask_pixels((*strokes, more), 300, 200))
    smaller = mask_pixels((kept,), 3, 200)
    assert smaller is not None
    assert smaller.shape == (512, 8)
