"""Project files of earlier days: whatever becomes of the format, these open, and mean what they meant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from explorer.formats import project_file
from explorer.formats.project_file import ProjectError
from explorer.layers.activations import ReLU
from explorer.layers.bypass import bypassed
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.ablation import Ablation
from explorer.network.annotations import Arrow, Bookmark, Note
from explorer.network.groups import Group, Groups
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe

GOLDEN = Path(__file__).parent / "golden"
NODES = (
    Node("x", Input(3, 32, 32)),
    Node("conv1", Conv2d(8, 3, 1, 1), ("x",)),
    Node("bn", BatchNorm2d(), ("conv1",)),
    Node("relu", ReLU(), ("bn",)),
    Node("conv2", Conv2d(8, 3, 1, 1, bias=False), ("relu",)),
    Node("sum", Add(), ("conv2", "conv1")),
    Node("pool", MaxPool2d(2, 2), ("sum",)),
    Node("flat", Flatten(), ("pool",)),
    Node("fc", Linear(10), ("flat",)),
)
GROUPS = Groups(
    {"\x1d1": Group("body"), "\x1d2": Group("inner", "\x1d1", closed=False)},
    {"bn": "\x1d2", "relu": "\x1d2", "conv2": "\x1d1"},
)
PROJECT = bypassed(
    Project(
        Network({node.id: node for node in NODES}),
        {**{node.id: (40.0 * i, 96.0 * i) for i, node in enumerate(NODES)}, "\x1d1": (8.0, 200.0)},
        recipe=Recipe(0.0, (0.5, 0.4, 0.3), (0.2, 0.2, 0.2), ("cat", "dog"), "bicubic", "letterbox", 0.3, 0.5),
        title="Golden", origin="written by hand", main="fc", ablations=(Ablation("conv1", 2, 0.5),),
        groups=GROUPS,
        annotations={
            "note1": Note((240.0, 0.0), (160.0, 80.0), "blue", "the “stem” <b>", 18),
            "arrow1": Arrow((240.0, 40.0), (-56.0, 8.0), "orange"),
        },
        bookmarks={3: Bookmark("the stem", (12.0, 34.0), 0.5)},
    ),
    ["relu"],
)  # fmt: skip


def test_a_project_of_november_2026_opens_as_it_was(tmp_path: Path) -> None:
    opened = project_file.read(GOLDEN / "project-1.cnnx")
    assert opened == PROJECT
    again = tmp_path / "again.cnnx"
    project_file.write(again, opened)
    assert project_file.read(again) == PROJECT


def test_the_golden_file_can_be_told_from_another() -> None:
    """The check above looks at everything: each part changed alone is seen."""
    opened = project_file.read(GOLDEN / "project-1.cnnx")
    others = (
        PROJECT.rewired(PROJECT.network.with_settings("conv1", stride=2)), PROJECT.moved({"x": (1.0, 0.0)}),
        replace(PROJECT, recipe=Recipe()), replace(PROJECT, title=""), replace(PROJECT, main=""),
        replace(PROJECT, ablations=()), PROJECT.regrouped(GROUPS.folded(["\x1d1"], closed=False)),
        replace(PROJECT, annotations={}), replace(PROJECT, bookmarks={}), replace(PROJECT, bypassed={}),
    )  # fmt: skip
    assert all(opened != other for other in others)


def test_a_file_of_the_future_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "future.cnnx"
    with ZipFile(GOLDEN / "project-1.cnnx") as old, ZipFile(path, "w") as new:
        (description,) = old.namelist()
        data = json.loads(old.read(description))
        new.writestr(description, json.dumps(data | {"version": data["version"] + 1, "news": []}))
    before = path.read_bytes()
    with pytest.raises(ProjectError, match="a newer CNN Explorer"):
        project_file.read(path)
    assert path.read_bytes() == before
