"""Project files (.cnnx): a stored zip of project.json and weights.safetensors; see docs/project-file.md."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from explorer.formats import project_json, regular, tensors
from explorer.formats.atomic import CannotSave, replacing
from explorer.formats.stored_zip import NotStored, chunks, entries
from explorer.formats.strict_json import Fault
from explorer.formats.words import amount, refusal
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.network.project import Project

DESCRIPTION, WEIGHTS = "project.json", "weights.safetensors"
LARGEST_WEIGHTS = 2_000_000_000
"""Bytes; VGG-19, the largest classic, has 0.6 GB."""

ANOTHER = "open another copy, or one saved by CNN Explorer"
CHUNK = 1 << 20
FROM_THE_START = (1980, 1, 1, 0, 0, 0)  # zip's first moment: the same project gives the same bytes


class ProjectError(Refusal):
    """A project file cannot be read or made; the message names it, the reason and what to do."""


def write(path: str | Path, project: Project) -> None:
    """Save a project, weights included: readers find the old file or the whole new one.

    The same project gives the same bytes. Raises CannotSave, or ProjectError where it could not be read again.
    """
    description = project_json.dumped(project)
    try:
        if project_json.loaded(description) != project.rewired(project.network):
            raise Fault("would come back changed")
        weights = _weights(path, project.weights) if project.weights else None
        size = os.path.getsize(weights) if weights else 0
        if size > LARGEST_WEIGHTS:
            raise Fault(f"has weights of {amount(size)}, at most {amount(LARGEST_WEIGHTS)} are kept")
    except Fault as error:
        raise ProjectError(refusal(path, f"cannot be saved: it {error}", "undo the last changes, then save")) from error
    except tensors.WeightsError as error:
        raise ProjectError(refusal(path, f"cannot be saved: {error}", "then save again")) from error
    except OSError as error:
        reason = f"could not be saved, its weights cannot be read: the system says “{error.strerror or error}”"
        raise ProjectError(refusal(path, reason, "try again")) from error
    with replacing(path, len(description) + size) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_member(DESCRIPTION, len(description)), description)
        if weights:
            with open(weights, "rb") as source, archive.open(_member(WEIGHTS, size), "w") as target:
                shutil.copyfileobj(source, target, CHUNK)
        if any(info.flag_bits for info in archive.infolist()):  # zipfile takes a failing seek for a pipe, and writes
            raise OSError(errno.EIO, os.strerror(errno.EIO))  # what is read from a pipe, but not here


def read(path: str | Path, weights: bool = True) -> Project:
    """Open a project file. Raises ProjectError, whatever the file holds.

    Its weights go to the weight store; without them, which is quick, the project is only good to be looked at.
    """
    return at_once(reading(path, weights))


def reading(path: str | Path, weights: bool = True) -> Generator[int, None, Project]:
    """As `read`, in steps that say how many bytes were done."""
    try:
        regular.size(path)
        with open(path, "rb", opener=regular.only_files) as file:  # by now perhaps another one than was looked at
            return (yield from _read(file, os.fstat(file.fileno()).st_size, weights))
    except regular.NotReadable as error:
        raise ProjectError(str(error)) from error
    except OSError as error:
        if isinstance(error, CannotSave):  # says by itself what is wrong with the cache
            raise ProjectError(str(error)) from error
        raise ProjectError(str(regular.unreadable(path, error))) from error
    except project_json.NewerFormat as error:
        raise ProjectError(refusal(path, str(error), "open it with that version")) from error
    except tensors.WeightsError as error:
        raise ProjectError(refusal(path, f"cannot be opened, {error}", ANOTHER)) from error
    except (Fault, NotStored) as error:
        raise ProjectError(refusal(path, str(error), ANOTHER)) from error


def _weights(path: str | Path, sha: str) -> Path:
    """The weights' file in the store; what the store has lost is taken again from the project that is written over."""
    try:
        return tensors.path(sha)
    except tensors.WeightsError:
        with suppress(ProjectError):
            if read(path).weights == sha:
                return tensors.path(sha)
        raise


def _read(file: BinaryIO, size: int, with_weights: bool) -> Generator[int, None, Project]:
    parts = entries(file, size, most=2)
    if DESCRIPTION not in parts or parts.keys() - {DESCRIPTION, WEIGHTS}:
        raise NotStored(f"is no project: it holds something else than {DESCRIPTION} and {WEIGHTS}")
    if parts[DESCRIPTION].size > project_json.LARGEST:
        raise NotStored(f"has a description of {amount(parts[DESCRIPTION].size)}, too large to be one")
    project = project_json.loaded(b"".join(chunks(file, parts[DESCRIPTION])))
    if bool(project.weights) != (WEIGHTS in parts):
        raise NotStored("has weights that its description does not name, or the other way round")
    if project.weights:
        weights = parts[WEIGHTS]
        if weights.size > LARGEST_WEIGHTS:
            raise NotStored(f"has weights of {amount(weights.size)}, at most {amount(LARGEST_WEIGHTS)} are read")
        if with_weights:
            yield from tensors.keeping_bytes(chunks(file, weights), project.weights, weights.size)
    return project


def _member(name: str, size: int) -> zipfile.ZipInfo:
    """A zip header that says the same on every system and at every time."""
    info = zipfile.ZipInfo(name, FROM_THE_START)
    info.create_system, info.external_attr, info.file_size = 3, 0o644 << 16, size
    return info
