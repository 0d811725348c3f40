"""Notes and arrows in what is copied as text: as a project file has them, and as strictly read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from explorer.formats.project_marks import annotations_as_json, annotations_of
from explorer.formats.strict_json import Fault
from explorer.network.annotations import Annotation
from explorer.network.project import Project


def notes_copied(project: Project, ids: Iterable[str]) -> dict[str, Any]:
    """Some of a project's notes and arrows as data of JSON, by id."""
    return annotations_as_json({id: project.annotations[id] for id in ids})


def notes_read(value: Any) -> dict[str, Annotation]:
    """Those of a copied text by id, {} where it has none. Raises ValueError with what is wrong with it."""
    try:
        return annotations_of(value) if value is not None else {}
    except Fault as fault:
        raise ValueError(str(fault)) from fault
