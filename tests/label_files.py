"""Labels as other programs write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from explorer.maths.labelled import LabelledPicture


def write_coco(folder: Path, pictures: Sequence[LabelledPicture], names: Sequence[str]) -> Path:
    """One JSON file; its path."""
    number = {name: 10 * (place + 1) for place, name in enumerate(names)}
    images, annotations = [], []
    for id, picture in enumerate(pictures, 100):
        width, height = picture.size or (0, 0)
        images.append({"id": id, "file_name": picture.path, "width": width, "height": height})
        for thing in picture.things:
            left, top, right, bottom = thing.box
            box = [left, top, right - left, bottom - top]
            annotations.append(
                {
                    "id": len(annotations) + 1, "image_id": id, "category_id": number[thing.label], "bbox": box,
                    "area": box[2] * box[3] if thing.area is None else thing.area, "iscrowd": int(thing.crowd),
                }
            )  # fmt: skip
    categories = [{"id": id, "name": name} for name, id in number.items()]
    file = folder / "instances.json"
    file.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return file


def write_voc(folder: Path, pictures: Sequence[LabelledPicture], names: Sequence[str]) -> Path:
    """An XML file for each picture; their folder."""
    for picture in pictures:
        width, height = picture.size or (0, 0)
        objects = [
            f"<object><name>{escape(thing.label)}</name><difficult>{int(thing.difficult)}</difficult><bndbox>"
            f"<xmin>{thing.box[0] + 1:f}</xmin><ymin>{thing.box[1] + 1:f}</ymin><xmax>{thing.box[2]:f}</xmax>"
            f"<ymax>{thing.box[3]:f}</ymax></bndbox></object>"
            for thing in picture.things
        ]
        size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
        file = (folder / "Annotations" / picture.path).with_suffix(".xml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"<annotation><filename>{picture.path}</filename>{size}{''.join(objects)}</annotation>", encoding="utf-8"
        )
    return folder / "Annotations"


def write_yolo(folder: Path, pictures: Sequence[LabelledPicture], names: Sequence[str]) -> Path:
    """A text for each picture, and one with the names; their folder."""
    for picture in pictures:
        width, height = picture.size or (0, 0)
        lines = [
            f"{names.index(thing.label)} {(left + right) / 2 / width:.6f} {(top + bottom) / 2 / height:.6f} "
            f"{(right - left) / width:.6f} {(bottom - top) / height:.6f}\n"
            for thing in picture.things
            for left, top, right, bottom in [thing.box]
        ]
        file = (folder / "labels" / picture.path).with_suffix(".txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(lines))
    (folder / "labels" / "classes.txt").write_text("\n".join(names), encoding="utf-8")
    return folder / "labels"
