"""Pascal VOC's XML: a file for each picture.

Source: Everingham et al. 2010, The Pascal visual object classes challenge, doi:10.1007/s11263-009-0275-4; the
challenge's development kit, section 8.1. Its pixels are numbered from 1, and a box's last ones are in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from explorer.formats.labels.problems import LabelError, Problems, read_text
from explorer.formats.words import refusal, shown
from explorer.maths.labelled import Labelled, LabelledPicture, LabelSet

LARGEST = 2_000_000
"""Bytes of one file."""
DEEPEST = 16
"""Elements in each other."""
LONGEST = 200
"""Characters of a name or a number."""
NUMBER = re.compile(r"-?\d{1,7}(\.\d{1,9})?")
SIDES = ("xmin", "ymin", "xmax", "ymax")
THING = ("annotation", "object")
TEXTS = {
    ("annotation", "size", "width"), ("annotation", "size", "height"), (*THING, "name"), (*THING, "difficult"),
    *((*THING, "bndbox", side) for side in SIDES),
}  # fmt: skip
"""The elements whose text is read; parts of a thing (a head, a hand) have boxes elsewhere."""


def read(folder: str | Path, paths: list[str]) -> Iterator[int | LabelSet]:
    """How many files were read so far, and last what they say; paths: in the folder. A broken one is told of."""
    problems, pictures = Problems(), []
    for number, path in enumerate(paths):
        try:
            picture, reasons = _picture(Path(folder) / path, path)
            pictures.append(picture)
            problems.add(path, reasons)
        except LabelError as error:
            problems.say(str(error))
        yield number + 1
    names = sorted({thing.label for picture in pictures for thing in picture.things})
    yield LabelSet(tuple(pictures), tuple(names), problems.told)


def _picture(file: Path, path: str) -> tuple[LabelledPicture, list[str]]:
    annotation = _Annotation()
    try:
        annotation.parse(read_text(file, LARGEST))
    except expat.ExpatError as error:
        why = shown(expat.errors.messages.get(error.code, "its end is missing"), 60)
        raise LabelError(refusal(path, f"is no XML in line {error.lineno}: {why}", "write it anew")) from error
    except _Hostile as error:
        raise LabelError(refusal(path, str(error), "an annotation needs nothing of the kind: write it anew")) from error
    if not annotation.is_one:
        raise LabelError(refusal(path, "holds no <annotation>", "choose a folder with annotations of Pascal VOC"))
    size = annotation.size
    if size is None:
        raise LabelError(refusal(path, "does not say how large the picture is", "write its <size> into it"))
    return LabelledPicture(str(Path(path).with_suffix("")), tuple(annotation.things), size), annotation.reasons


class _Hostile(ValueError):
    """Goes behind “file” in a sentence."""


class _Annotation:
    """Takes down the few texts that matter as expat comes by; no tree is built, and nothing declared is ever used."""

    def __init__(self) -> None:
        self.things: list[Labelled] = []
        self.reasons: list[str] = []
        self.is_one = False
        self._path: tuple[str, ...] = ()
        self._line = 0  # where the thing begins
        self._text = ""
        self._thing: dict[str, str] = {}
        self._sides: dict[str, str] = {}
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add

    def parse(self, data: bytes) -> None:
        """Raises expat.ExpatError, _Hostile."""
        try:
            self._parser.Parse(data, True)
        except (LookupError, ValueError) as error:
            if isinstance(error, _Hostile):
                raise
            raise _Hostile("is in an encoding that is not known here") from error

    @property
    def size(self) -> tuple[int, int] | None:
        """The picture's (width, height), None where it is not said."""
        width, height = (_number(self._sides.get(side, "")) or 0.0 for side in ("width", "height"))
        return (int(width), int(height)) if min(width, height) >= 1 else None

    def _refuse(self, *_: object) -> int:
        raise _Hostile(f"declares a document type or entities in line {self._parser.CurrentLineNumber}")

    def _start(self, name: str, _: object) -> None:
        self._path = (*self._path, name)
        if len(self._path) > DEEPEST:
            raise _Hostile(f"is nested more than {DEEPEST} deep in line {self._parser.CurrentLineNumber}")
        self._text = ""
        self.is_one = self.is_one or self._path == ("annotation",)
        if self._path == THING:
            self._thing, self._line = {}, self._parser.CurrentLineNumber

    def _add(self, text: str) -> None:
        if self._path in TEXTS and len(self._text) <= LONGEST:
            self._text += text[: LONGEST + 1]

    def _end(self, name: str) -> None:
        if self._path in TEXTS:
            (self._thing if self._path[:2] == THING else self._sides)[name] = self._text.strip()
        elif self._path == THING:
            self._take()
        self._path = self._path[:-1]

    def _take(self) -> None:
        """A thing is at its end."""
        sides = [_number(self._thing.get(side, "")) for side in SIDES]
        left, top, right, bottom = (float("nan") if side is None else side for side in sides)
        label = self._thing.get("name", "")
        if not label or len(label) > LONGEST:
            self.reasons.append(f"has an object without a name in line {self._line}")
        elif not (left <= right and top <= bottom):
            self.reasons.append(f"has an object without a box in line {self._line}")
        else:
            difficult = self._thing.get("difficult", "0") not in ("", "0")
            self.things.append(Labelled(label, (left - 1, top - 1, right, bottom), difficult=difficult))


def _number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text) else None
