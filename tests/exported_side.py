"""Programs of torch.export for tests: made by torch itself, and files that were put together by hand."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.formats import tensors
from explorer.network.project import Project


def saved(module: nn.Module, path: Path, *, side: int = 32, core: bool = False, batch: int = 1, **export: Any) -> Path:
    """The file that torch.export makes of a module; core: taken apart into torch's core operations."""
    program = torch.export.export(module.eval(), (torch.rand(batch, 3, side, side),), **export)
    torch.export.save(program.run_decompositions() if core else program, path)
    return path


def opened(path: Path) -> Project:
    """The project in a file."""
    project = list(open_file(path))[-1]
    assert isinstance(project, Project)
    return project


def apart(project: Project, module: nn.Module) -> float:
    """How far the network and the module are from each other, as a part of the greatest number."""
    layer = project.network.nodes["input"].layer
    picture = torch.rand(1, *layer.output(), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        wanted = module.eval()(picture)
    program = Program(project.network, tensors.read(project.weights), main=project.main)
    found: Tensor = program.run(picture)[0]
    assert found.shape == wanted.shape
    assert not program.untrained([program.output])
    assert float(wanted.std()) > 0
    return float((found - wanted).abs().max() / wanted.abs().max())


def changed(path: Path, target: Path, change: Callable[[dict[str, bytes]], None], *, at_the_top: bool = False) -> Path:
    """The file with other members; the folder they lie in is left out of their names. at_the_top: in no folder."""
    with zipfile.ZipFile(path) as archive:
        root = archive.namelist()[0].partition("/")[0]
        members = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    change(members)
    return stored(target, {name if at_the_top else f"{root}/{name}": data for name, data in members.items()})


def stored(target: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def graph_of(members: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    """Change the description of the graph."""
    document = json.loads(members["models/model.json"])
    change(document)
    members["models/model.json"] = json.dumps(document).encode()
