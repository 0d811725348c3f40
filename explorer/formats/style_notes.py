"""The settings of a painted picture inside its own file, from and to strict JSON: PNG's iTXt, TIFF's ImageDescription.

Sources: W3C 2003, Portable Network Graphics, section 11.3.4.5; Adobe 1992, TIFF revision 6.0, tag 270.
"""

from __future__ import annotations

import io
import json
import warnings
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from explorer.formats.atomic import replacing
from explorer.formats.picture_files import PictureError, check_regular, unreadable
from explorer.formats.strict_json import Fault, Part, list_of, number_of, object_of, parsed, several, text_of
from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal
from explorer.maths.strokes import Stroke, Strokes
from explorer.network.settings import SettingError
from explorer.probes.style import Style, WeightedLayer
from explorer.probes.style_note import Layers, NotedStyle, StyleNote

KEY = "cnn-explorer style"
"""The keyword of the text in a PNG file."""
DESCRIPTION = 270
VERSION = 1
ENDINGS = (".png", ".tif", ".tiff")
LONGEST = 1_000_000
"""Characters of a note."""
MOST_STYLES, MOST_LAYERS, MOST_STROKES, MOST_POINTS = 64, 1_000, 10_000, 100_000


def write(path: str, pixels: NDArray[np.uint8], note: StyleNote) -> None:
    """Write a picture (H, W, 3) with its note as PNG or TIFF, by what the name ends in. Raises Refusal."""
    suffix, text = Path(path).suffix.lower(), json.dumps(as_json(note), sort_keys=True)
    data, image = io.BytesIO(), Image.fromarray(pixels)
    if suffix == ".png":
        info = PngInfo()
        info.add_itxt(KEY, text, zip=True)
        image.save(data, "PNG", pnginfo=info)
    elif suffix in ENDINGS:
        image.save(data, "TIFF", compression="tiff_adobe_deflate", tiffinfo={DESCRIPTION: f"{KEY} {text}"})
    else:
        raise Refusal(refusal(path, "was not written", "choose a name that ends in .png or .tif"))
    with replacing(path, data.tell()) as file:
        file.write(data.getbuffer())


def read(path: str) -> StyleNote:
    """The note in a picture. Raises PictureError where there is none, or what is there cannot be one."""
    check_regular(path)
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's
            text = _text(file)
    except OSError as error:
        raise unreadable(path, error) from error
    if text is None:
        advice = "choose a PNG or TIFF picture that was saved in the style studio"
        raise PictureError(refusal(path, "holds no settings of a style", advice))
    try:
        return of_json(parsed(text.encode("utf-8", "replace")))
    except Fault as error:
        raise PictureError(refusal(path, str(error), "get the picture again, or choose another one")) from error


def _text(file: Any) -> str | None:
    try:
        with Image.open(file, formats=("PNG", "TIFF")) as image:
            if image.format == "PNG":
                found = image.info.get(KEY)
            else:
                found = image.tag_v2.get(DESCRIPTION)  # type: ignore[attr-defined]
                found = found.removeprefix(f"{KEY} ") if isinstance(found, str) and found.startswith(KEY) else None
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError, TypeError, KeyError):
        return None
    return str(found) if isinstance(found, str) and len(found) <= LONGEST else None


def as_json(note: StyleNote) -> dict[str, Any]:
    """The note as plain values."""
    return {
        "version": VERSION,
        "settings": {one.name: getattr(note.settings, one.name) for one in fields(note.settings)},
        "content": note.content,
        "styles": [
            {"name": one.name, "weight": one.weight, "strokes": [_stroke_as_json(stroke) for stroke in one.strokes]}
            for one in note.styles
        ],
        "content_layers": [{"node": one.node, "weight": one.weight} for one in note.content_layers],
        "style_layers": [{"node": one.node, "weight": one.weight} for one in note.style_layers],
        "network": note.network,
        "step": note.step,
    }


def of_json(value: Any) -> StyleNote:
    """The note that plain values describe. Raises Fault."""
    keys = ("version", "settings", "content", "styles", "content_layers", "style_layers", "network", "step")
    if object_of(value, "the settings").get("version") != VERSION:
        raise Fault("has settings of a version that is not known here")
    part = Part(value, "", keys)
    step = number_of(value["step"], "step")
    if step != int(step) or step < 0:
        raise Fault("has something else than a count of steps at step")
    try:
        return StyleNote(
            _settings(value["settings"]),
            _name(value["content"], "content"),
            several(list_of(value["styles"], "styles", MOST_STYLES), "styles", _style),
            _layers(value, "content_layers"),
            _layers(value, "style_layers"),
            part.text("network"),
            int(step),
        )
    except SettingError as error:
        raise Fault(f"has settings that cannot be: {error}") from error


def _settings(value: Any) -> Style:
    """Settings that a later version knows are refused, those that it lacks are the usual ones."""
    found = object_of(value, "settings")
    known = {one.name: one.type for one in fields(Style)}
    for name in found:
        if name not in known:
            raise Fault(f"has an unknown “{name[:40]}” in settings")
    usual = Style()
    whole = {
        name: float(one) if isinstance(getattr(usual, name), float) and type(one) is int else one
        for name, one in found.items()
    }
    return Style(**whole)


def _layers(value: Any, key: str) -> Layers:
    def layer(one: Any, where: str) -> WeightedLayer:
        part = Part(one, where, ("node", "weight"))
        return WeightedLayer(part.text("node"), part.number("weight"))

    return several(list_of(value[key], key, MOST_LAYERS), key, layer)


def _style(value: Any, where: str) -> NotedStyle:
    part = Part(value, where, ("name", "weight", "strokes"))
    weight = part.number("weight")
    if not 0 <= weight <= 1e6:
        raise Fault(f"has a weight that cannot be at {where}.weight")
    strokes: Strokes = several(part.items("strokes", MOST_STROKES), f"{where}.strokes", _stroke)
    if sum(len(stroke.points) for stroke in strokes) > MOST_POINTS:
        raise Fault(f"has more than {MOST_POINTS:,} points at {where}.strokes")
    return NotedStyle(_name(value["name"], f"{where}.name"), weight, strokes)


def _name(value: Any, where: str) -> str:
    """The name of a file, in no folder."""
    name = text_of(value, where)
    if Path(name).name != name or "\\" in name:
        raise Fault(f"has something else than a file's name at {where}")
    return name


def _stroke_as_json(stroke: Stroke) -> dict[str, Any]:
    points = [[round(x, 5), round(y, 5)] for x, y in stroke.points]
    return {
        "points": points, "width": stroke.width, "erase": stroke.erase, "fill": stroke.fill, "invert": stroke.invert,
    }  # fmt: skip


def _stroke(value: Any, where: str) -> Stroke:
    part = Part(value, where, ("points", "width", "erase", "fill", "invert"))
    flags = [value[key] for key in ("erase", "fill", "invert")]
    if not all(isinstance(flag, bool) for flag in flags):
        raise Fault(f"has something else than true or false at {where}")
    width = part.number("width")
    if not 0 < width <= 10:
        raise Fault(f"has a brush that cannot be at {where}.width")
    points = several(part.items("points", MOST_POINTS), f"{where}.points", _point)
    return Stroke(points, width, *flags)


def _point(value: Any, where: str) -> tuple[float, float]:
    x, y = (number_of(one, where) for one in _pair(value, where))
    if max(abs(x), abs(y)) > 10:
        raise Fault(f"has a point far outside the picture at {where}")
    return x, y


def _pair(value: Any, where: str) -> list[Any]:
    found = list_of(value, where, 2)
    if len(found) != 2:
        raise Fault(f"has something else than two numbers at {where}")
    return found
