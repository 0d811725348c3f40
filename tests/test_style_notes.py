"""Settings inside a picture: written, read again, and refused where a stranger wrote them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer.formats import style_notes
from explorer.formats.picture_files import PictureError
from explorer.formats.pictures import decode
from explorer.formats.strict_json import Fault, parsed
from explorer.maths.sentences import Refusal
from explorer.maths.strokes import Stroke
from explorer.probes.style import Style, WeightedLayer
from explorer.probes.style_note import NotedStyle, StyleNote

PICTURE = np.random.default_rng(3).integers(0, 256, (9, 14, 3), np.uint8)
NOTE = StyleNote(
    Style(style_weight=55.5, steps=12, colours="luminance"),
    "dog.jpg",
    (NotedStyle("Der Schrei ↯.png", 0.5, (Stroke(((0.25, 0.5), (1.0, -0.125)), 0.2, erase=True),)), NotedStyle("")),
    (WeightedLayer("features.20"),),
    (WeightedLayer("features.1", 0.25), WeightedLayer("features.6")),
    "VGG-16",
    37,
)


@pytest.mark.parametrize("ending", [".png", ".PNG", ".tif", ".tiff"])
def test_a_picture_knows_what_it_was_made_with(tmp_path, ending: str) -> None:
    path = tmp_path / f"made{ending}"
    style_notes.write(str(path), PICTURE, NOTE)
    assert style_notes.read(str(path)) == NOTE
    assert (decode(path).pixels == PICTURE).all()
    with Image.open(path, formats=("PNG", "TIFF")) as image:
        assert image.size == (14, 9), "other programs read it"


name = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), max_size=30).filter(
    lambda text: text not in (".", "..")
)
weight = st.floats(0, 1e6)
point = st.tuples(st.integers(-2, 3), st.integers(-2, 3)).map(lambda pair: (float(pair[0]), float(pair[1])))
stroke = st.builds(
    Stroke, st.lists(point, max_size=4).map(tuple), st.floats(0.01, 1), st.booleans(), st.booleans(), st.booleans()
)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
layers = st.lists(st.builds(WeightedLayer, text, weight), max_size=5).map(tuple)
note = st.builds(
    StyleNote,
    st.builds(
        Style, content_weight=weight, steps=st.integers(1, 999), start=st.sampled_from(["content", "noise", "style"]),
        seed=st.integers(0, 2**31 - 1),
    ),
    name,
    st.lists(st.builds(NotedStyle, name, weight, st.lists(stroke, max_size=3).map(tuple)), max_size=3).map(tuple),
    layers, layers, text, st.integers(0, 10**6),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(note)
def test_any_note_comes_back_as_it_was(one: StyleNote) -> None:
    text = json.dumps(style_notes.as_json(one))
    assert style_notes.of_json(parsed(text.encode())) == one


def changed(**parts: object) -> dict:
    return style_notes.as_json(NOTE) | parts


def painted(**parts: object) -> dict:
    """A note with a stroke that cannot be."""
    stroke = {"points": [], "width": 1, "erase": False, "fill": False, "invert": False} | parts
    return changed(styles=[{"name": "x", "weight": 1, "strokes": [stroke]}])


HOSTILE = [
    [], {}, "text", None, changed(version=2), changed(more=1), changed(content="../../etc/passwd"),
    changed(content="C:\\secret.txt"), changed(content=7), changed(step=-1), changed(step=1.5), changed(step="1"),
    changed(settings={"steps": 0}), changed(settings={"steps": True}), changed(settings={"__class__": 1}),
    changed(settings={"optimizer": "os.system"}), changed(settings=[]), changed(styles=[{}] * 65), changed(styles=[[]]),
    changed(styles=[{"name": "x", "weight": -1, "strokes": []}]),
    changed(content_layers=[{"node": "a", "weight": 2e6}]),
    changed(content_layers=[{"node": "a"}]),
    painted(points=[[0, 99]]), painted(points=[[0]]), painted(width=0), painted(erase=0),
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value)[:30])
def test_what_cannot_be_a_note_is_refused_with_a_sentence(tmp_path, value: object) -> None:
    with pytest.raises(Fault):
        style_notes.of_json(value)
    path, info = tmp_path / "x.png", PngInfo()
    info.add_itxt(style_notes.KEY, json.dumps(value))
    Image.fromarray(PICTURE).save(path, pnginfo=info)
    with pytest.raises(PictureError) as refused:
        style_notes.read(str(path))
    assert str(refused.value).startswith(("“x.png” has ", "“x.png” lacks "))
    assert len(str(refused.value)) <= 300


@pytest.mark.parametrize("text", ['{"step": NaN}', "[" * 100_000, '{"a": 1, "a": 2}', "x" * 2_000_000, "\x00"])
def test_texts_that_are_traps_are_refused_too(tmp_path, text: str) -> None:
    path, info = tmp_path / "x.png", PngInfo()
    info.add_itxt(style_notes.KEY, text, zip=True)
    Image.fromarray(PICTURE).save(path, pnginfo=info)
    with pytest.raises(PictureError):
        style_notes.read(str(path))


def test_other_pictures_hold_none(tmp_path) -> None:
    Image.fromarray(PICTURE).save(tmp_path / "plain.png")
    Image.fromarray(PICTURE).save(tmp_path / "plain.jpg")
    (tmp_path / "text.png").write_text("no picture")
    for file in ("plain.png", "plain.jpg", "text.png"):
        with pytest.raises(PictureError, match="holds no settings of a style"):
            style_notes.read(str(tmp_path / file))
    with pytest.raises(PictureError, match="was not found"):
        style_notes.read(str(tmp_path / "nothing.png"))


def test_only_png_and_tiff_keep_a_note(tmp_path) -> None:
    with pytest.raises(Refusal, match=r"ends in \.png or \.tif"):
        style_notes.write(str(tmp_path / "made.jpg"), PICTURE, NOTE)
    assert not list(tmp_path.iterdir())


def test_settings_that_a_note_lacks_are_the_usual_ones() -> None:
    old = changed(settings={"style_weight": 7})
    assert style_notes.of_json(old) == replace(NOTE, settings=Style(style_weight=7.0))
