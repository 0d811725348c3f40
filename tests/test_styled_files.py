"""Pictures with the settings of a style transfer inside: read back the same, and hostile ones refused."""

from __future__ import annotations

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
from explorer.formats.picture_files import PictureError
from explorer.formats.pictures import decode
from explorer.formats.strict_json import Fault
from explorer.probes.style import COLOURS, OPTIMIZERS, PRECISIONS, STARTS, Style, StyleSheet, WeightedLayer

PIXELS = np.random.default_rng(0).integers(0, 256, (9, 14, 3), np.uint8)
SHEET = StyleSheet(
    Style(content_weight=0.5, size=300, colours="luminance"), (WeightedLayer("features.20", 2.0),),
    (WeightedLayer("features.1"), WeightedLayer("relu “ü”", 0.25)), "VGG-16 trunk, of HED", "ab" * 32, "dög.jpg",
    (("scream.jpg", 1.0), ("wave.png", 0.5)), 42,
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


@pytest.mark.parametrize("ending", [".png", ".PNG", ".tif", ".tiff"])
def test_a_picture_and_its_settings_come_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    styled_files.write(path, PIXELS, SHEET)
    assert styled_files.read(path) == SHEET
    assert np.array_equal(decode(path).pixels, PIXELS)
    assert np.array_equal(np.asarray(Image.open(path)), PIXELS)


@given(sheets)
@settings(max_examples=60, deadline=None)
def test_any_settings_come_back(sheet: StyleSheet) -> None:
    text = styled_files.dumped(sheet)
    assert text.isascii()
    assert styled_files.sheet_of(text.encode()) == sheet


@given(sheets, st.sampled_from([".png", ".tif"]))
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
