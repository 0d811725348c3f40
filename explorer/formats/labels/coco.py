"""COCO's JSON: all pictures, categories and boxes in one file.

Source: Lin et al. 2014, Microsoft COCO, arXiv:1405.0312; cocodataset.org, Data format, object detection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.formats.labels.problems import LabelError, Problems, read_text
from explorer.formats.strict_json import Fault, list_of, number_of, object_of, parsed, quoted, text_of
from explorer.formats.words import refusal
from explorer.maths.labelled import Labelled, LabelledPicture, LabelSet

LARGEST = 50_000_000
"""Bytes: COCO's own validation set has 20 MB; of brackets alone Python would make 1.2 GB."""
MOST = 10_000_000
"""Entries in a list, more than a file of that size can have."""
LONGEST_SIDE = 10**6
"""Pixels."""
ADVICE = "choose COCO's file of instances, with “images”, “annotations” and “categories”"


def read(path: str | Path) -> Iterator[int | LabelSet]:
    """How many boxes were read so far, now and then, and last all there is. Raises LabelError."""
    data = read_text(path, LARGEST)
    yield 0
    try:
        whole = object_of(parsed(data), "the top")
        images, annotations, categories = (
            list_of(whole.get(part), part, MOST) for part in ("images", "annotations", "categories")
        )
    except Fault as error:
        raise LabelError(refusal(path, str(error), ADVICE)) from error
    reasons: list[str] = []
    names = dict(_sound(categories, "categories", _category, reasons))
    pictures = dict(_sound(images, "images", _image, reasons))
    things: dict[int, list[Labelled]] = defaultdict(list)
    for number, (image, thing) in enumerate(_boxes(annotations, names, pictures, reasons)):
        things[image].append(thing)
        if number % 1000 == 0:
            yield number
    problems = Problems()
    problems.add(path, reasons)
    found = (LabelledPicture(name, tuple(things[id]), size) for id, (name, size) in pictures.items())
    yield LabelSet(tuple(found), tuple(dict.fromkeys(names.values())), problems.told)


def _sound(values: list[Any], where: str, read: Any, reasons: list[str]) -> Iterator[tuple[int, Any]]:
    """Id and what else `read` makes of each value, without those that have a fault, or another one's id."""
    seen = set()
    for number, value in enumerate(values):
        place = f"{where}[{number}]"
        try:
            id, rest = read(object_of(value, place), place)
            if id in seen:
                raise Fault(f"has the id {id} twice, again at {place}")
        except Fault as error:
            reasons.append(str(error))
            continue
        seen.add(id)
        yield id, rest


def _category(value: dict[str, Any], place: str) -> tuple[int, str]:
    return _id(value, "id", place), text_of(value.get("name"), f"{place}.name")


def _image(value: dict[str, Any], place: str) -> tuple[int, tuple[str, tuple[int, int]]]:
    sides = [_id(value, side, place) for side in ("width", "height")]
    if not all(0 < side <= LONGEST_SIDE for side in sides):
        raise Fault(f"has a picture of {sides[0]} × {sides[1]} pixels at {place}")
    return _id(value, "id", place), (text_of(value.get("file_name"), f"{place}.file_name"), (sides[0], sides[1]))


def _boxes(
    annotations: list[Any], names: dict[int, str], pictures: dict[int, Any], reasons: list[str]
) -> Iterator[tuple[int, Labelled]]:
    """In which picture each thing is; those with a fault are left out."""
    for number, value in enumerate(annotations):
        place = f"annotations[{number}]"
        try:
            value = object_of(value, place)
            image, category = (_id(value, key, place) for key in ("image_id", "category_id"))
            if image not in pictures:
                raise Fault(f"has no picture of the id {image}, which {place} is in")
            if category not in names:
                raise Fault(f"has no category of the id {category}, which {place} is of")
            yield image, _thing(value, names[category], place)
        except Fault as error:
            reasons.append(str(error))


def _thing(value: dict[str, Any], label: str, place: str) -> Labelled:
    sides = [number_of(side, f"{place}.bbox") for side in list_of(value.get("bbox"), f"{place}.bbox", 4)]
    if len(sides) < 4:
        raise Fault(f"has {len(sides)} numbers instead of 4 at {place}.bbox")
    left, top, width, height = sides
    if width < 0 or height < 0 or max(map(abs, (left, top, width, height))) > LONGEST_SIDE:
        raise Fault(f"has a box of {width:g} × {height:g} pixels at {place}")
    crowd = value.get("iscrowd", 0)
    if crowd not in (0, 1):
        raise Fault(f"has {quoted(str(crowd))} for iscrowd at {place}, which is 0 or 1")
    area = number_of(value["area"], f"{place}.area") if value.get("area") is not None else None
    return Labelled(label, (left, top, left + width, top + height), bool(crowd), area=area)


def _id(value: dict[str, Any], key: str, place: str) -> int:
    found = value.get(key)
    if type(found) is not int:
        raise Fault(f"has something else than a whole number at {place}.{key}")
    return found
