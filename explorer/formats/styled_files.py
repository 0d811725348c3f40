"""Pictures that know how they were made: PNG and TIFF files with the settings of a style transfer inside.

The settings are JSON: in a PNG an iTXt chunk with the keyword KEYWORD (PNG specification, third edition, 11.3.3.4), in
a TIFF the ImageDescription (TIFF 6.0, tag 270). Any program shows these pictures.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import warnings
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer.formats.annotated import check_free
from explorer.formats.atomic import replacing
from explorer.formats.mask_files import LARGEST as LARGEST_MASK
from explorer.formats.mask_files import unpacked
from explorer.formats.picture_files import PictureError, check_regular
from explorer.formats.regular import only_files
from explorer.formats.strict_json import Fault, Part, object_of, parsed, quoted, several
from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal
from explorer.network.settings import SettingError
from explorer.probes.style import MOST_WEIGHT, Style, StyleSheet, WeightedLayer

KINDS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}
"""How files are written, by how their names end."""
KEYWORD = "CNN Explorer style"
FORMAT, VERSION = "cnn-explorer style", 1
DESCRIPTION = 270
"""TIFF's tag for a text about the picture."""
LARGEST = 4_000_000
"""Bytes of JSON."""
MOST = 1000
"""Layers of either kind, and style pictures."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYS = (
    "format", "version", "settings", "content_layers", "style_layers", "model", "weights", "content", "styles", "step",
)  # fmt: skip


def check(path: str | Path, replace: bool) -> None:
    """Raise Refusal where no picture can be written to this path."""
    if Path(path).suffix.lower() not in KINDS:
        raise Refusal(refusal(path, "is no name of a picture with its settings", f"let it end in {', '.join(KINDS)}"))
    check_free(path, replace)


def write(path: str | Path, pixels: NDArray[np.uint8], sheet: StyleSheet) -> None:
    """Write a picture (H, W, 3) as its name ends, with its settings inside. Raises CannotSave, and Refusal where its
    masks are too large together."""
    data, text = io.BytesIO(), dumped(sheet)
    if len(text) > LARGEST:
        reason = f"cannot be saved, its settings and masks take more than {LARGEST:,} bytes"
        raise Refusal(refusal(path, reason, "take simpler masks, or fewer"))
    image = Image.fromarray(pixels)
    if KINDS[Path(path).suffix.lower()] == "PNG":
        chunks = PngInfo()
        chunks.add_itxt(KEYWORD, text)
        image.save(data, "PNG", pnginfo=chunks)
    else:
        image.save(data, "TIFF", compression="tiff_adobe_deflate", tiffinfo={DESCRIPTION: text})
    with replacing(path, data.getbuffer().nbytes) as file:
        file.write(data.getbuffer())


def read(path: str | Path) -> StyleSheet:
    """The settings in a picture's file. Raises PictureError where there are none, or broken ones."""
    check_regular(path)
    advice = "choose a picture that was made here with style transfer"
    try:
        with open(path, "rb", opener=only_files) as file:
            return sheet_of(text_in(file))
    except Fault as fault:
        raise PictureError(refusal(path, str(fault), advice)) from fault
    except OSError as error:
        raise PictureError(
            refusal(path, f"cannot be read, the system says “{error.strerror or error}”", advice)
        ) from error


def text_in(file: BinaryIO) -> bytes:
    """The settings in a picture as they stand there. Raises Fault."""
    text = _in_png(file) if file.read(8) == SIGNATURE else _in_tiff(file)
    if text is None:
        raise Fault("holds no settings of a style transfer")
    return text


def dumped(sheet: StyleSheet) -> str:
    """The settings as JSON in ASCII. All are written: a default may change."""
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "settings": {f.name: getattr(sheet.settings, f.name) for f in fields(sheet.settings)},
            "content_layers": [{"node": layer.node, "weight": layer.weight} for layer in sheet.content_layers],
            "style_layers": [{"node": layer.node, "weight": layer.weight} for layer in sheet.style_layers],
            "model": sheet.model,
            "weights": sheet.weights,
            "content": sheet.content,
            "styles": [{"name": name, "weight": weight} for name, weight in sheet.styles],
            "step": sheet.step,
        }
        | ({"masks": [base64.b64encode(mask).decode("ascii") for mask in sheet.masks]} if sheet.masks else {})
    )


def sheet_of(text: bytes) -> StyleSheet:
    """The settings that JSON tells. Raises Fault."""
    value = object_of(parsed(text), "the settings")
    document = Part(value, "", (*KEYS, "masks") if "masks" in value else KEYS)
    if document.text("format") != FORMAT:
        raise Fault("holds the settings of something else")
    if document.value["version"] != VERSION:
        raise Fault(f"holds settings of version {str(document.value['version'])[:20]}, and {VERSION} is known here")
    content, style = (several(document.items(key, MOST), key, _layer) for key in ("content_layers", "style_layers"))
    step = document.value["step"]
    if type(step) is not int or step < 0:
        raise Fault("has something else than a whole number at step")
    styles = several(document.items("styles", MOST), "styles", _style)
    masks = several(document.items("masks", MOST), "masks", _mask) if "masks" in value else ()
    if (masks and len(masks) != len(styles)) or ("masks" in value and not any(masks)):
        raise Fault("has not as many masks as styles")
    return StyleSheet(
        _settings(document.value["settings"]), content, style, document.text("model"), document.text("weights"),
        document.text("content"), styles, step, masks,
    )  # fmt: skip


def _settings(value: Any) -> Style:
    given = object_of(value, "settings")
    names = {f.name for f in fields(Style)}
    for name in given:
        if name not in names:
            raise Fault(f"has an unknown {quoted(name)} in settings")
    try:
        return Style(**given)
    except SettingError as error:
        raise Fault(f"has a setting that cannot be: {error}") from error


def _layer(value: Any, where: str) -> WeightedLayer:
    part = Part(value, where, ("node", "weight"))
    try:
        return WeightedLayer(part.text("node"), part.number("weight"))
    except SettingError as error:
        raise Fault(f"has a weight that cannot be at {where}") from error


def _style(value: Any, where: str) -> tuple[str, float]:
    part = Part(value, where, ("name", "weight"))
    weight = part.number("weight")
    if not 0 <= weight <= MOST_WEIGHT:
        raise Fault(f"has a weight that cannot be at {where}")
    return part.text("name"), weight


def _mask(value: Any, where: str) -> bytes:
    if not isinstance(value, str) or len(value) > LARGEST_MASK * 4 // 3 + 4:
        raise Fault(f"has something else than a mask, or one that is too large, at {where}")
    try:
        mask = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Fault(f"has a mask that is not written in base 64 at {where}") from error
    if mask:
        unpacked(mask)
    return mask


def _in_png(file: BinaryIO) -> bytes | None:
    """The text of our chunk, wherever it stands; chunks are passed over without being read."""
    while True:
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return None
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"iTXt" and length <= LARGEST:
            data = file.read(length)
            keyword, _, rest = data.partition(b"\0")
            if keyword == KEYWORD.encode():
                packed, (_, *texts) = rest[:2], [b"", *rest[2:].split(b"\0", 2)]
                if packed != b"\0\0" or len(texts) != 3:
                    raise Fault("holds settings that are packed otherwise than here")
                return texts[2]
            file.seek(4, io.SEEK_CUR)
        else:
            file.seek(length + 4, io.SEEK_CUR)


def _in_tiff(file: BinaryIO) -> bytes | None:
    """The description of the first picture, where it is ours."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=("TIFF",)) as image:
                text = image.tag_v2.get(DESCRIPTION)  # type: ignore[attr-defined]
    except Exception:  # Pillow lets every kind of exception out on broken files, and on files of other kinds
        return None
    if not isinstance(text, str) or len(text) > LARGEST or FORMAT not in text:
        return None
    return text.encode("utf-8", "replace")
