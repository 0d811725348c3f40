"""What gestures and keys do to notes and arrows together with layers: plain functions from one value to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from explorer.network.annotations import Annotation, fresh_name
from explorer.network.direction import GRID
from explorer.network.project import Place, Project
from explorer.ui.canvas.group_copies import PasteError
from explorer.workspace.copied_notes import notes_read

STEP = 3 * GRID
"""How far right and down of an equal one a copy comes to lie."""


def shifted(annotations: Mapping[str, Annotation], right: float, down: float) -> dict[str, Annotation]:
    """These notes and arrows elsewhere, by id."""
    return {id: replace(each, place=(each.place[0] + right, each.place[1] + down)) for id, each in annotations.items()}


def annotated(project: Project, annotations: Mapping[str, Annotation]) -> Project:
    """The project with these in the place of those of the same ids, and beside the others."""
    return replace(project, annotations={**project.annotations, **annotations})


def without(project: Project, ids: Collection[str]) -> Project:
    """The project without these notes and arrows."""
    if not ids:
        return project
    return replace(project, annotations={id: each for id, each in project.annotations.items() if id not in ids})


def with_copies(project: Project, annotations: Iterable[Annotation]) -> Project:
    """The project with more notes and arrows, under fresh ids."""
    found = dict(project.annotations)
    for each in annotations:
        found[fresh_name(type(each).__name__.lower(), found)] = each
    return replace(project, annotations=found)


def read(value: Any) -> dict[str, Annotation]:
    """Those of a copied text, {} where it has none. Raises PasteError."""
    try:
        return notes_read(value)
    except ValueError as error:
        raise PasteError(f"the clipboard {error}") from error


def aside(project: Project, annotations: Mapping[str, Annotation]) -> Place:
    """How far right and down they go to cover no equal ones."""
    taken = {(type(each), each.place) for each in project.annotations.values()}
    way = 0.0
    while any((type(each), (each.place[0] + way, each.place[1] + way)) in taken for each in annotations.values()):
        way += STEP
    return way, way


def called(layers: str, annotations: Collection[str]) -> str:
    """Layers and annotations in a step of the history; layers: as these are called there, or ""."""
    if not annotations:
        return layers
    notes = next(iter(annotations)) if len(annotations) == 1 else f"{len(annotations)} notes and arrows"
    return f"{layers} and {notes}" if layers else notes
